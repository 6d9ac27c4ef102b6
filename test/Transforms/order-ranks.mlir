// Ranks that exchange most come to share hosts, where the plan asks for it; what
// crosses hosts is reported in any case.
// RUN: moe-opt %s --split-input-file --moe-order-ranks | FileCheck %s
// RUN: moe-opt %s --split-input-file --moe-order-ranks=always | FileCheck %s --check-prefix=ALWAYS

moe.plan @asks {
  cluster @cluster rank_order by_traffic
}
// CHECK-LABEL: moe.launch @asked
moe.launch @asked of @asks world_size 8 gpus_per_host 4 {
  tier @host holds 4
  // CHECK: host 0 ranks [0, 2, 4, 6]
  host 0 ranks [0, 1, 2, 3]
  // CHECK: host 1 ranks [1, 3, 5, 7]
  host 1 ranks [4, 5, 6, 7]
  // CHECK: coordinates @expert <ep = 4, pp = 2>
  coordinates @expert <ep = 4, pp = 2>
  communicator @ep along <ep> groups <2:1> members <4:2> runs [all_to_all] sends [1200]
  communicator @pp along <pp> groups <4:2> members <2:1> runs [send_recv] sends [8]
  // CHECK: figure "ep across hosts" is "0 B of 9.6 kB a step" from "lowered program, all ranks"
  // CHECK: figure "pp across hosts" is "32 B of 32 B a step, within rails"
  // CHECK: figure "rank order" is "by traffic" from "derived"
}

// -----

moe.plan @does_not {
  cluster @cluster
}
// CHECK-LABEL: moe.launch @given
// ALWAYS-LABEL: moe.launch @given
moe.launch @given of @does_not world_size 8 gpus_per_host 4 {
  tier @host holds 4
  // CHECK: host 0 ranks [0, 1, 2, 3]
  // ALWAYS: host 0 ranks [0, 2, 4, 6]
  host 0 ranks [0, 1, 2, 3]
  host 1 ranks [4, 5, 6, 7]
  coordinates @expert <ep = 4, pp = 2>
  // Two of four members sit on each host: two thirds of the bytes cross.
  // CHECK: figure "ep across hosts" is "6.4 kB of 9.6 kB a step, within rails"
  // CHECK: figure "pp across hosts" is "0 B of 32 B a step"
  // CHECK-NOT: rank order
  communicator @ep along <ep> groups <2:1> members <4:2> runs [all_to_all] sends [1200]
  communicator @pp along <pp> groups <4:2> members <2:1> runs [send_recv] sends [8]
}

// -----

// Out of an NVLink domain of two hosts is worse than out of a host.

moe.plan @domains {
  cluster @cluster rank_order by_traffic
}
// CHECK-LABEL: moe.launch @two_tiers
moe.launch @two_tiers of @domains world_size 8 gpus_per_host 2 {
  tier @host holds 2
  tier @nvlink holds 4
  // CHECK: host 0 ranks [0, 2]
  // CHECK: host 1 ranks [4, 6]
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  host 2 ranks [4, 5]
  host 3 ranks [6, 7]
  coordinates @expert <ep = 4, tp = 2>
  communicator @tp along <tp> groups <4:2> members <2:1> runs [all_reduce] sends [500]
  communicator @ep along <ep> groups <2:1> members <4:2> runs [all_to_all] sends [1200]
}

// -----

// What leaves a host should stay on the rail of its GPU. A chain of four with two members
// on each host leaves from the second GPU for a first; of orders with as much traffic that
// one is taken in which it does not.

moe.plan @rails {
  cluster @cluster rank_order by_traffic
}
// CHECK-LABEL: moe.launch @between_rails
// CHECK: host 0 ranks [0, 4]
// CHECK: figure "pp across hosts" is "12 B of 12 B a step, within rails"
// CHECK: figure "dp across hosts" is "0 B of 8 B a step"
moe.launch @between_rails of @rails world_size 8 gpus_per_host 2 {
  tier @host holds 2
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  host 2 ranks [4, 5]
  host 3 ranks [6, 7]
  coordinates @attention <dp = 2, pp = 4>
  communicator @pp along <pp> groups <2:4> members <4:1> runs [send_recv] sends [2]
  communicator @dp along <dp> groups <4:1> members <2:4> runs [all_reduce] sends [1]
}

// -----

// Without an order to find, the report says how much it is.

// CHECK-LABEL: moe.launch @reported
// CHECK: figure "pp across hosts" is "4 B of 12 B a step, 4 B of it between rails"
// CHECK: figure "dp across hosts" is "8 B of 8 B a step, within rails"
moe.launch @reported world_size 8 gpus_per_host 2 {
  tier @host holds 2
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  host 2 ranks [4, 5]
  host 3 ranks [6, 7]
  coordinates @attention <dp = 2, pp = 4>
  communicator @pp along <pp> groups <2:4> members <4:1> runs [send_recv] sends [2]
  communicator @dp along <dp> groups <4:1> members <2:4> runs [all_reduce] sends [1]
}

// -----

// Two GPUs that share an adapter share a rail.

// CHECK-LABEL: moe.launch @one_adapter
// CHECK: figure "pp across hosts" is "4 B of 12 B a step, within rails"
moe.launch @one_adapter world_size 8 gpus_per_host 2 gpu_nics ["mlx5_0", "mlx5_0"] {
  tier @host holds 2
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  host 2 ranks [4, 5]
  host 3 ranks [6, 7]
  coordinates @attention <dp = 2, pp = 4>
  communicator @pp along <pp> groups <2:4> members <4:1> runs [send_recv] sends [2]
}

// -----

// A GPU without an adapter of its own: nothing is known of rails.

// CHECK-LABEL: moe.launch @no_adapter
// CHECK: figure "pp across hosts" is "4 B of 12 B a step" from
moe.launch @no_adapter world_size 8 gpus_per_host 2 gpu_nics ["mlx5_0", ""] {
  tier @host holds 2
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  host 2 ranks [4, 5]
  host 3 ranks [6, 7]
  coordinates @attention <dp = 2, pp = 4>
  communicator @pp along <pp> groups <2:4> members <4:1> runs [send_recv] sends [2]
}

// -----

// Inside an NVLink domain of several hosts no network carries anything.

// CHECK-LABEL: moe.launch @domain_rails
// CHECK: figure "pp across hosts" is "4 B of 12 B a step" from
// CHECK: figure "pp out of NVLink domains" is "0 B of 12 B a step" from
moe.launch @domain_rails world_size 8 gpus_per_host 2 {
  tier @host holds 2
  tier @nvlink holds 4
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  host 2 ranks [4, 5]
  host 3 ranks [6, 7]
  coordinates @attention <dp = 2, pp = 4>
  communicator @pp along <pp> groups <2:4> members <4:1> runs [send_recv] sends [2]
}

// -----

// Hosts that are not filled alike have no order of dimensions.

moe.plan @uneven {
  cluster @cluster rank_order by_traffic
}
// CHECK-LABEL: moe.launch @uneven_hosts
moe.launch @uneven_hosts of @uneven world_size 3 gpus_per_host 2 {
  // CHECK: host 0 ranks [0, 1]
  host 0 ranks [0, 1]
  host 1 ranks [2]
  communicator @dp along <dp> groups <1:3> members <3:1> runs [all_reduce] sends [500]
}
