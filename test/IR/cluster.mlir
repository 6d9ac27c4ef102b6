// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Every figure of a cluster is optional and prints in one order.

// CHECK-LABEL: moe.plan @minimal {
moe.plan @minimal {
  // CHECK: {{^ +}}cluster @cluster{{$}}
  cluster @cluster
}

// CHECK-LABEL: moe.plan @full {
moe.plan @full {
  // CHECK: {{^ +}}cluster @cluster gpu "H800" nodes 16 gpus_per_node 8 world_size 120 gpu_memory "80 GB" peak_bf16 "989.4 TFLOPS" peak_fp8 "1979 TFLOPS" nvlink_domain 8 intra_node "200 GB/s" inter_node "400 Gb/s" topology ["topology.conf", "topo.txt"] nodes_per_switch 16 node_lists ["n[0-15]"] nvlink_groups [0, 0, 1, 1] gpu_nics ["mlx5_0", "mlx5_1,mlx5_2", "", ""] gpu_numa [0, 0, 1, 1] rank_order by_traffic source "data sheet"{{$}}
  cluster @cluster gpu "H800" nodes 16 gpus_per_node 8 world_size 120 gpu_memory "80 GB" peak_bf16 "989.4 TFLOPS" peak_fp8 "1979 TFLOPS" nvlink_domain 8 intra_node "200 GB/s" inter_node "400 Gb/s" topology ["topology.conf", "topo.txt"] nodes_per_switch 16 node_lists ["n[0-15]"] nvlink_groups [0, 0, 1, 1] gpu_nics ["mlx5_0", "mlx5_1,mlx5_2", "", ""] gpu_numa [0, 0, 1, 1] rank_order by_traffic source "data sheet"
}

// CHECK-LABEL: moe.plan @reordered
moe.plan @reordered {
  // CHECK: cluster @cluster gpu "own" nodes 9223372036854775807 gpu_memory "80GB" {note = 1 : i64}
  cluster @cluster gpu_memory "80GB" nodes 9223372036854775807 gpu "own" {note = 1 : i64}
}
