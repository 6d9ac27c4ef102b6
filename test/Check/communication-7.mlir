// A claimed time takes no more overlap than the plan states.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @communication_7 framework megatron {
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
  // expected-warning-re @+1 {{no overlap makes a step of {{.*}} (claim 'step'): without any communication it is {{.*}} by estimate [communication-7]}}
  stated overlap "0 %" {
  }
  // expected-error-re @+4 {{claim 'step' is false: step_time is {{.*}}, not {{.*}} [claim-2]}}
  // expected-note-re @+3 {{within the precision of its decimals it is {{.*}} to {{.*}}}}
  // expected-note-re @+2 {{step_time = {{.*}}}}
  // expected-note-re @+1 {{without overlap it is {{.*}}, of which {{.*}} of communication: 400 all_gather over tp, 264 reduce_scatter over tp, 8 send_recv over pp, 512 all_to_all over ep}}
  claim @step says "step_time = 1000 ms" source modelled
}

// -----

moe.plan @communication_7_holds framework megatron {
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
  stated overlap "0 %" {
  }
  claim @step says "step_time <= 600 s" source modelled
}
