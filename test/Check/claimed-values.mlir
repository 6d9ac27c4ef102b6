// What reports say of claimed values: the words of the claim, and of a figure that
// differs over stages the fullest one.
// RUN: not %moec check %s | FileCheck %s

moe.plan @claimed_values framework megatron {
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
  claim @step says "step_time = 0.01 s" source modelled
  claim @busy says "mfu > 110 %" source modelled
  claim @fullest says "device_memory = 35.1 GB" source modelled
  claim @share says "memory_utilization = 41.0 %" source modelled
  claim @all says "device_memory <= 40 GB" source modelled
  claim @other says "activations = 7.15 GB" source modelled
}

// CHECK: 6 claims: 3 true, 0 truncated, 3 false, 0 unverifiable

// CHECK:      error: mfu > 110 % is more than the whole [compute-3]
// CHECK-NEXT:   expected at most 100 %, found > 110 %
// CHECK:      error: a step of 0.01 s (claim 'step') is shorter than its communication alone
// CHECK-NEXT:   expected more than {{.*}}, found 0.01 s
// CHECK:      claim 'other' is false: activations is 14.31 GB on the fullest stage, not 7.15 GB [claim-2]
// CHECK-NEXT:   expected 14.31 GB, found 7.15 GB
// CHECK-NEXT:   note: 7.15 GB is that of stage 1, where less is needed; a single value is that of the fullest
