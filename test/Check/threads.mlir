// Plans from real threads that must be refused, with everything that is wrong
// with them in one run.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @vllm_52435 framework vllm {
  cluster @cluster gpu "H100" world_size 3
  model @model hidden 4096 vocab 128000 layers 32 {
    // expected-note @+3 {{64 attention heads here}}
    // expected-note @+2 {{256 experts here}}
    // expected-note @+1 {{255 or 258 experts would divide, but that is another trained model; 258 slots leave this one as it is}}
    layers @sparse 0 to 32 {
      attention heads 64 kv_heads 4 head_size 128
      experts count 256 top_k 8 width 2048
    }
  }
  workload @workload mode decode batch 8 context_length 4096
  // expected-error @+8 {{64 attention heads cannot be split evenly over tp = 3: 64 / 3 = 21.33 [heads-1]}}
  // expected-note @+7 {{set 'parallelism.tp' to 1: 1 divides 64}}
  // expected-note @+6 {{so 4 key-value heads can be neither split nor repeated evenly over tp = 3 [heads-2]}}
  // expected-error @+5 {{256 experts do not divide over ep = 3: 256 / 3 = 85.33 on each rank, and experts are whole [experts-2]}}
  // expected-note @+4 {{set 'experts.slots_per_rank' to 86: 258 slots, 2 redundant replicas, the trained model unchanged}}
  // expected-remark @+3 {{3 ranks satisfy the folded rule, the default; the product rule would need ep x tp x cp x pp = 3 x 3 x 1 x 1 = 9 ranks, 3x over-subscribed [mesh-7]}}
  // expected-remark @+2 {{experts per rank are 86, 85, 85: max/mean 1.008, variance 0.222 (population), 0.333 (sample) [balance-1]}}
  // expected-note @+1 {{equal counts are not yet equal load: that needs recorded loads ('experts.loads')}}
  parallelism @parallelism tp 3 ep 3
}

// -----

moe.plan @slime_1818 framework megatron {
  // expected-note @+1 {{8 ranks (derived: 1 nodes x 8 GPUs)}}
  cluster @cluster gpu "H100" nodes 1
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+4 {{the experts need etp x ep x pp = 1 x 8 x 2 = 16 ranks, but there are 8: 2x over-subscribed [mesh-5]}}
  // expected-note @+3 {{etp = 1 (stated), ep = 8 (stated), pp = 2 (stated)}}
  // expected-note @+2 {{set 'parallelism.ep' to 4: the experts then fill 8 ranks evenly}}
  // expected-note @+1 {{set 'parallelism.ep' to 2: the experts then fill 8 ranks evenly}}
  parallelism @parallelism tp 2 pp 2 ep 8 etp 1
}

// -----

moe.plan @megatron_bridge_546 framework megatron {
  // expected-note @+1 {{8 ranks (stated)}}
  cluster @cluster gpu "H100" world_size 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+4 {{the experts need etp x ep x pp = 4 x 4 x 1 = 16 ranks, but there are 8: 2x over-subscribed [mesh-5]}}
  // expected-note @+3 {{etp = 4 (stated), ep = 4 (stated), pp = 1 (default: 1)}}
  // expected-note @+2 {{set 'parallelism.ep' to 2: the experts then fill 8 ranks evenly}}
  // expected-note @+1 {{set 'parallelism.ep' to 1: the experts then fill 8 ranks evenly}}
  parallelism @parallelism tp 4 ep 4 etp 4
}

// -----

moe.plan @deepspeed_7535 framework deepspeed {
  // expected-note @+1 {{2 ranks (stated)}}
  cluster @cluster gpu "A100" world_size 2
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+5 {{the experts need etp x ep x pp = 1 x 8 x 1 = 8 ranks, but there are 2: 4x over-subscribed [mesh-5]}}
  // expected-note @+4 {{etp = 1 (default: 1), ep = 8 (stated), pp = 1 (default: 1)}}
  // expected-note @+3 {{set 'parallelism.ep' to 2: the experts then fill 2 ranks evenly}}
  // expected-note @+2 {{set 'parallelism.ep' to 1: the experts then fill 2 ranks evenly}}
  // expected-note @+1 {{so one ep group takes 8 ranks, but there are 2 [groups-2]}}
  parallelism @parallelism ep 8
}

// -----

moe.plan @vllm_40955 framework vllm {
  // expected-note @+1 {{gpus_per_node = 8 (H100: HGX board of 8 GPUs behind NVSwitch)}}
  cluster @cluster gpu "H100" nodes 2
  model @model hidden 4096 vocab 128000 layers 32 quantization_block [128, 128] {
    // expected-note @+1 {{3072 columns of each expert here}}
    layers @sparse 0 to 32 {
      attention heads 64 kv_heads 16 head_size 128
      experts count 64 top_k 8 width 3072
    }
  }
  workload @workload mode decode batch 8 context_length 4096
  // expected-error @+4 {{3072 columns of each expert over etp = 16 leave 3072 / 16 = 192, which is no multiple of the quantization block of 128 [quantization-1]}}
  // expected-note @+3 {{set 'parallelism.etp' to 8: 8 divides 3072}}
  // expected-warning @+2 {{etp groups of 16 cross nodes of 8 GPUs [groups-3]}}
  // expected-warning @+1 {{tp groups of 16 cross nodes of 8 GPUs [groups-3]}}
  parallelism @parallelism tp 16 ep 1 etp 16
}

// -----

moe.plan @sglang_8253 framework sglang {
  // expected-error @+5 {{16 ranks do not spread evenly over 3 nodes: 16 / 3 = 5.33 [cluster-3]}}
  // expected-note @+4 {{set 'cluster.nodes' to 4: 4 ranks on each node}}
  // expected-note @+3 {{set 'cluster.nodes' to 2: 8 ranks on each node}}
  // expected-warning @+2 {{8 GPUs of 3 nodes x 8 GPUs = 24 would be idle: world_size is 16 [cluster-2]}}
  // expected-note @+1 {{gpus_per_node = 8 (H100: HGX board of 8 GPUs behind NVSwitch)}}
  cluster @cluster gpu "H100" nodes 3 world_size 16
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 64 kv_heads 16 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode decode batch 8 context_length 4096
  // expected-warning @+2 {{tp groups of 16 cross nodes of 8 GPUs [groups-3]}}
  // expected-remark @+1 {{16 ranks satisfy the folded rule, the default; the product rule would need ep x tp x cp x pp = 16 x 16 x 1 x 1 = 256 ranks, 16x over-subscribed [mesh-7]}}
  parallelism @parallelism tp 16 ep 16
}
