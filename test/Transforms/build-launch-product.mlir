// Under the product rule the data-parallel groups of the plan are a part of those
// of attention, and each has a name of its own.
// RUN: moe-opt %s --moe-lower-pipeline | FileCheck %s

moe.plan @product {
  cluster @cluster nodes 2 gpus_per_node 8
  model @model hidden 1024 vocab 32000 layers 2 gated true {
    layers @sparse 0 to 2 {
      attention heads 16 kv_heads 16 head_size 64
      experts count 8 top_k 2 width 2048
    }
  }
  workload @workload mode train sequence_length 1024 micro_batch 1 global_batch 64
  parallelism @parallelism rule product tp 2 ep 4 dp 2
}

// CHECK:      coordinates @all <pp = 1, dp = 2, ep = 4, cp = 1, tp = 2>
// CHECK:      communicator @tp along <tp>
// CHECK-NEXT: communicator @ep along <ep>
// CHECK-NEXT: communicator @dp along <dp> aliases ["edp"] groups <8:1> members <2:8>
// CHECK-NEXT: communicator @dp_ep along <dp, ep> aliases ["edp_ep"] groups <2:1> members <8:2>
