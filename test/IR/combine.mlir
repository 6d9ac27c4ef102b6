// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Exchanges with and without a capacity, of known and unknown sizes.

shard.grid @world(shape = 4x2x2x8)
shard.grid @unknown(shape = 4x?)
moe.plan @plan {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @expert <pp = 4, edp = 2, ep = 16> on @cluster
  placement @initial of @model::@sparse on @expert slots 16 contiguous
}

// CHECK-LABEL: func.func @case0
func.func @case0(%a: tensor<16x320x7168xbf16>, %r: !moe.routing<512 x 8>) {
  // CHECK: %combined = moe.combine %{{.*}} by %{{.*}} on @world grid_axes = [2, 3] placement @plan::@initial : tensor<16x320x7168xbf16>, !moe.routing<512 x 8> -> tensor<512x7168xbf16>{{$}}
  %0 = moe.combine %a by %r on @world grid_axes = [2, 3] placement @plan::@initial : tensor<16x320x7168xbf16>, !moe.routing<512 x 8> -> tensor<512x7168xbf16>
  return
}

// CHECK-LABEL: func.func @case1
func.func @case1(%a: tensor<16x320x7168xbf16>, %r: !moe.routing<512 x 8>) {
  // CHECK: %combined = moe.combine %{{.*}} by %{{.*}} on @world grid_axes = [2, 3] placement @plan::@initial dropless : tensor<16x320x7168xbf16>, !moe.routing<512 x 8> -> tensor<512x7168xbf16>{{$}}
  %0 = moe.combine %a by %r on @world grid_axes = [2, 3] placement @plan::@initial dropless : tensor<16x320x7168xbf16>, !moe.routing<512 x 8> -> tensor<512x7168xbf16>
  return
}

// CHECK-LABEL: func.func @case2
func.func @case2(%a: tensor<16x?x7168xbf16>, %r: !moe.routing<? x ?>) {
  // CHECK: %combined = moe.combine %{{.*}} by %{{.*}} on @world grid_axes = [2, 3] placement @plan::@initial : tensor<16x?x7168xbf16>, !moe.routing<? x ?> -> tensor<512x7168xbf16>{{$}}
  %0 = moe.combine %a by %r on @world grid_axes = [2, 3] placement @plan::@initial : tensor<16x?x7168xbf16>, !moe.routing<? x ?> -> tensor<512x7168xbf16>
  return
}

// CHECK-LABEL: func.func @case3
func.func @case3(%a: tensor<7x320x7168xbf16>, %r: !moe.routing<512 x 8>) {
  // CHECK: %combined = moe.combine %{{.*}} by %{{.*}} on @unknown grid_axes = [1] placement @plan::@initial : tensor<7x320x7168xbf16>, !moe.routing<512 x 8> -> tensor<512x7168xbf16>{{$}}
  %0 = moe.combine %a by %r on @unknown grid_axes = [1] placement @plan::@initial : tensor<7x320x7168xbf16>, !moe.routing<512 x 8> -> tensor<512x7168xbf16>
  return
}
