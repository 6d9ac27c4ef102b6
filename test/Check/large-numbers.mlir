// Figures near the end of 63 bits are findings like others: no overflow, no
// search that never ends.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @large_degrees {
  // expected-note @+2 {{gpus_per_node = 8 (stated)}}
  // expected-note @+1 {{4611686018427387904 ranks (stated)}}
  cluster @cluster world_size 4611686018427387904 gpus_per_node 8
  model @model hidden 4611686018427387904 vocab 4611686018427387903 layers 4611686018427387904 {
    // expected-error @+7 {{4611686018427387904 attention heads cannot share 4611686018427387903 key-value heads evenly: 4611686018427387904 / 4611686018427387903 = 1.00 [heads-4]}}
    // expected-error @+6 {{the runs describe 32 layers, the model has 4611686018427387904 [model-1]}}
    // expected-error @+5 {{each token chooses 4611686018427387904 of only 4611686018427387903 experts [experts-1]}}
    // expected-note @+4 {{4611686018427387903 key-value heads here}}
    // expected-note @+3 {{4611686018427387901 columns of each expert here}}
    // expected-note @+2 {{4611686018427387903 experts here}}
    // expected-note @+1 {{4611686018427387904 experts would divide, but that is another trained model; 4611686018427387904 slots leave this one as it is}}
    layers @sparse 0 to 32 {
      attention heads 4611686018427387904 kv_heads 4611686018427387903 head_size 128
      experts count 4611686018427387903 top_k 4611686018427387904 width 4611686018427387901
    }
  }
  // expected-error @+1 {{sequence_length = 4611686018427387903 does not divide into 2 x cp = 2 x 4611686018427387904 chunks [workload-3]}}
  workload @workload mode train sequence_length 4611686018427387903 micro_batch 4611686018427387904 global_batch 4611686018427387904
  // expected-warning @+17 {{tp groups of 4611686018427387904 cross nodes of 8 GPUs [groups-3]}}
  // expected-error @+16 {{pp x vpp = 4611686018427387904 x 4611686018427387904 makes more chunks than the model has layers, 4611686018427387904 [pipeline-3]}}
  // expected-note @+15 {{set 'parallelism.vpp' to 1: without interleaving}}
  // expected-error @+14 {{the folded rule needs tp x cp x pp = 4611686018427387904 x 4611686018427387904 x 4611686018427387904 ranks, more than can be counted, but there are 4611686018427387904 [mesh-1]}}
  // expected-note @+13 {{tp = 4611686018427387904 (stated), cp = 4611686018427387904 (stated), pp = 4611686018427387904 (stated)}}
  // expected-note @+12 {{the product rule would need ep x tp x cp x pp = 4611686018427387904 x 4611686018427387904 x 4611686018427387904 x 4611686018427387904 ranks}}
  // expected-error @+11 {{the experts need etp x ep x pp = 4611686018427387904 x 4611686018427387904 x 4611686018427387904 ranks, but there are 4611686018427387904 [mesh-5]}}
  // expected-note @+10 {{etp = 4611686018427387904 (stated), ep = 4611686018427387904 (stated), pp = 4611686018427387904 (stated)}}
  // expected-error @+9 {{4611686018427387903 key-value heads can be neither split nor repeated evenly over tp = 4611686018427387904 [heads-2]}}
  // expected-note @+8 {{set 'parallelism.tp' to 1: 1 divides 4611686018427387903}}
  // expected-error @+7 {{4611686018427387901 columns of each expert cannot be split evenly over etp = 4611686018427387904: 4611686018427387901 / 4611686018427387904 = 1.00 [experts-3]}}
  // expected-note @+6 {{set 'parallelism.etp' to 1: 1 divides 4611686018427387901}}
  // expected-note @+5 {{cp = 4611686018427387904 (stated)}}
  // expected-error @+4 {{4611686018427387903 experts do not divide over ep = 4611686018427387904: 4611686018427387903 / 4611686018427387904 = 1.00 on each rank, and experts are whole [experts-2]}}
  // expected-note @+3 {{set 'experts.slots_per_rank' to 1: 4611686018427387904 slots, 1 redundant replica, the trained model unchanged}}
  // expected-remark @+2 {{experts per rank are 1 on 4611686018427387903 ranks, 0 on 1 rank: max/mean 1.000, variance 0.000 (population), 0.000 (sample) [balance-1]}}
  // expected-note @+1 {{equal counts are not yet equal load: that needs recorded loads ('experts.loads')}}
  parallelism @parallelism tp 4611686018427387904 pp 4611686018427387904 ep 4611686018427387904 vpp 4611686018427387904 cp 4611686018427387904 etp 4611686018427387904
}

// -----

// expected-remark @+1 {{1 figure is not stated, and what needs it was not checked: cluster.world_size [input-1]}}
moe.plan @large_cluster framework megatron {
  // expected-error @+1 {{nodes x gpus_per_node = 4611686018427387904 x 4611686018427387904 are more GPUs than can be counted [cluster-1]}}
  cluster @cluster nodes 4611686018427387904 gpus_per_node 4611686018427387904
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2
}

// -----

moe.plan @large_world framework megatron {
  // expected-note @+1 {{1000000000 ranks (derived: 125000000 nodes x 8 GPUs)}}
  cluster @cluster nodes 125000000 gpus_per_node 8
  // expected-remark @+1 {{Megatron-Core pads the vocabulary of 128000 to 128128, a multiple of 128 x tp = 896 [vocab-1]}}
  model @model hidden 4096 vocab 128000 layers 32 {
    // expected-note @+3 {{32 attention heads here}}
    // expected-note @+2 {{64 experts here}}
    // expected-note @+1 {{60 or 65 experts would divide, but that is another trained model; 65 slots leave this one as it is}}
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4102 micro_batch 1 global_batch 256
  // expected-error @+15 {{the folded rule needs tp x cp x pp = 7 x 1 x 3 = 21 to divide the 1000000000 ranks, so that dp is whole [mesh-1]}}
  // expected-note @+14 {{tp = 7 (stated), cp = 1 (default: 1), pp = 3 (stated)}}
  // expected-note @+13 {{the product rule would need ep x tp x cp x pp = 5 x 7 x 1 x 3 = 105 ranks}}
  // expected-note @+12 {{so 1000000000 ranks cannot be split into tp groups of 7: ranks 999999994 to 999999999 are in no group [groups-2]}}
  // expected-note @+11 {{so 1000000000 ranks cannot be split into pp groups of 3: rank 999999999 is in no group [groups-2]}}
  // expected-error @+10 {{the experts need etp x ep x pp = 1 x 5 x 3 = 15 to divide the 1000000000 ranks [mesh-5]}}
  // expected-note @+9 {{etp = 1 (stated), ep = 5 (stated), pp = 3 (stated)}}
  // expected-error @+8 {{32 attention heads cannot be split evenly over tp = 7: 32 / 7 = 4.57 [heads-1]}}
  // expected-note @+7 {{set 'parallelism.tp' to 1: 1 divides 32}}
  // expected-note @+6 {{so 8 key-value heads can be neither split nor repeated evenly over tp = 7 [heads-2]}}
  // expected-error @+5 {{64 experts do not divide over ep = 5: 64 / 5 = 12.8 on each rank, and experts are whole [experts-2]}}
  // expected-note @+4 {{set 'experts.slots_per_rank' to 13: 65 slots, 1 redundant replica, the trained model unchanged}}
  // expected-remark @+3 {{32 layers over pp = 3: 2 stages of 11 layers and 1 of 10, as no layout says otherwise [pipeline-5]}}
  // expected-remark @+2 {{experts per rank are 13, 13, 13, 13, 12: max/mean 1.016, variance 0.160 (population), 0.200 (sample) [balance-1]}}
  // expected-note @+1 {{equal counts are not yet equal load: that needs recorded loads ('experts.loads')}}
  parallelism @parallelism tp 7 pp 3 ep 5 etp 1
}

// -----

moe.plan @large_slots framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-note @+1 {{tp = 2 (stated)}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-error @+2 {{slots_per_rank = 4611686018427387904 for 64 experts gives a rank some of them twice, which balances nothing [placement-1]}}
  // expected-note @+1 {{set 'experts.slots_per_rank' to 16: 64 slots, 0 redundant replicas, the trained model unchanged}}
  distribution @experts slots_per_rank 4611686018427387904
  // expected-error @+1 {{'utilized_ranks' counts 4611686018427387904 ranks, there are 16 [ranks-1]}}
  stated utilized_ranks "4611686018427387904 of 4611686018427387904" {
    expert_counts [4611686018427387904, 4611686018427387904, 4611686018427387904, 4611686018427387904]
    // expected-error @+1 {{tp = 2 gives 8 groups of 2 (4 in each of 2 stages), stated are 4611686018427387904 groups of 4611686018427387904 [groups-1]}}
    groups axis tp count 4611686018427387904 size 4611686018427387904
    // expected-error @+1 {{module 'experts' has the ranks "0-4611686018427387904", expected numbers and ranges as in "0-1,4" [ranks-2]}}
    module "experts" ranks "0-4611686018427387904"
  }
}
