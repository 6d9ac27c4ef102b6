// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Routings of known and unknown size.

// CHECK-LABEL: func.func @routes
func.func @routes(%x: tensor<512x7168xbf16>, %d: tensor<?x7168xbf16>) {
  // CHECK: %routing = moe.route %{{.*}} experts 256 : tensor<512x7168xbf16> -> !moe.routing<512 x 8>
  %a = moe.route %x experts 256 : tensor<512x7168xbf16> -> !moe.routing<512 x 8>
  // CHECK: moe.route %{{.*}} experts 8 : tensor<512x7168xbf16> -> !moe.routing<512 x 8>
  %b = moe.route %x experts 8 : tensor<512x7168xbf16> -> !moe.routing<512 x 8>
  // CHECK: moe.route %{{.*}} : tensor<512x7168xbf16> -> !moe.routing<? x ?>
  %c = moe.route %x : tensor<512x7168xbf16> -> !moe.routing<? x ?>
  // CHECK: moe.route %{{.*}} : tensor<?x7168xbf16> -> !moe.routing<512 x 2>
  %d0 = moe.route %d : tensor<?x7168xbf16> -> !moe.routing<512 x 2>
  return
}
// CHECK: func.func private @no_tokens(!moe.routing<0 x 1>)
func.func private @no_tokens(!moe.routing<0 x 1>)
