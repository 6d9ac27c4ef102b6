// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Named axes over a grid; an axis of size 1 has no dimension.

shard.grid @world(shape = 4x2x2x8)
shard.grid @ones(shape = 1x4x1)
shard.grid @unknown(shape = ?x4)
// CHECK: moe.view @attention on @world <pp = [0], dp = [1, 2], cp = [], tp = [3]>
moe.view @attention on @world <pp = [0], dp = [1, 2], cp = [], tp = [3]>
// CHECK: moe.view @expert on @world <pp = [0], edp = [1], ep = [2, 3]> {note}
moe.view @expert on @world <pp = [0], edp = [1], ep = [2, 3]> {note}
// Dimensions of size 1 may stay unnamed.
// CHECK: moe.view @partial on @ones <tp = [1]>
moe.view @partial on @ones <tp = [1]>
// CHECK: moe.view @dynamic on @unknown <dp = [0], tp = [1]>
moe.view @dynamic on @unknown <dp = [0], tp = [1]>
// Under the product rule the replicas of attention differ in dp and ep.
// CHECK: moe.view @apart on @world <pp = [], cp = [1], dp = [0, 2], tp = [3]>
moe.view @apart on @world <pp = [], cp = [1], dp = [0, 2], tp = [3]>
