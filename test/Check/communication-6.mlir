// A time that is claimed has room for the communication of a pass or step.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @communication_6 framework megatron {
  cluster @cluster gpu "H100" nodes 16 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 gated true {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
    optimizer <name = "adamw", sharding = distributed>
  parallelism @parallelism tp 2 pp 2 ep 16 etp 1
  // expected-error-re @+5 {{a step of {{.*}} (claim 'step') is shorter than its communication alone: {{.*}} at the full speed of the links [communication-6]}}
  // expected-note @+4 {{400 all_gather over tp, 264 reduce_scatter over tp, 8 send_recv over pp, 512 all_to_all over ep}}
  // expected-error-re @+3 {{claim 'step' is false: step_time is {{.*}}, not {{.*}} [claim-2]}}
  // expected-note-re @+2 {{within the precision of its decimals it is {{.*}} to {{.*}}}}
  // expected-note-re @+1 {{step_time = {{.*}}}}
  claim @step says "step_time = 10 ms" source modelled
}

// -----

moe.plan @communication_6_serving {
  cluster @cluster gpu "H100" nodes 16 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 gated true {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode decode context_length 4096 batch 128
  parallelism @parallelism tp 1 ep 64 etp 1
  // expected-error-re @+7 {{a pass of < {{.*}} (claim 'tpot') is shorter than its communication alone: {{.*}} at the full speed of the links [communication-6]}}
  // expected-note @+6 {{64 all_to_all over ep}}
  // expected-error-re @+5 {{claim 'tpot' is false: tpot is {{.*}}, which is not < 0.1 ms [claim-2]}}
  // expected-note-re @+4 {{within the precision of its decimals it is {{.*}} to {{.*}}}}
  // expected-note-re @+3 {{tpot = {{.*}}}}
  // expected-warning @+2 {{a latency of < 0.1 ms (claim 'tpot') leaves 3.125 us for each of 32 layers; published for dispatch and combine over ep = 64 are 487 us, 155.8 times that [communication-5]}}
  // expected-note @+1 {{DeepEP on H800 over RDMA: 128 tokens a rank, hidden size 7168}}
  claim @tpot says "tpot < 0.1 ms" source modelled
}

// -----

moe.plan @communication_6_holds framework megatron {
  cluster @cluster gpu "H100" nodes 16 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 gated true {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
    optimizer <name = "adamw", sharding = distributed>
  parallelism @parallelism tp 2 pp 2 ep 16 etp 1
  claim @step says "step_time <= 600 s" source modelled
}
