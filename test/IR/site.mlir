// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Everything a site may need.

// CHECK-LABEL: moe.launch @job
moe.launch @job world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // CHECK: {{^ +}}site partition "gpu" account "moe" qos "high" time "04:00:00" reservation "r" constraint "h100" gpu_request "gres" container_image "img" container_mounts ["/a:/b"] modules ["cuda"] network_interface "eth0" hca_list ["mlx5_0"] environment <"A" = "1", "B" = "\22">{{$}}
  site partition "gpu" account "moe" qos "high" time "04:00:00" reservation "r" constraint "h100" gpu_request "gres" container_image "img" container_mounts ["/a:/b"] modules ["cuda"] network_interface "eth0" hca_list ["mlx5_0"] environment <"A" = "1", "B" = "\22">
}

// CHECK-LABEL: moe.launch @bare
moe.launch @bare world_size 1 gpus_per_host 1 {
  host 0 ranks [0]
  // CHECK: site{{$}}
  site
}
