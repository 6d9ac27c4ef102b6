// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Every kind of block, with its layer and its cost.

// CHECK-LABEL: func.func @blocks
func.func @blocks(%x: tensor<4096x7168xbf16>) {
  // CHECK: %embedding = moe.compute embedding(%{{.*}}) : (tensor<4096x7168xbf16>) -> tensor<4096x7168xbf16>
  %emb = moe.compute embedding (%x) : (tensor<4096x7168xbf16>) -> tensor<4096x7168xbf16>
  // CHECK: %key_value = moe.compute key_value(%{{.*}}) : (tensor<4096x7168xbf16>) -> tensor<4096x7168xbf16>
  %key = moe.compute key_value (%x) : (tensor<4096x7168xbf16>) -> tensor<4096x7168xbf16>
  // CHECK: %attention = moe.compute attention(%{{.*}}) : (tensor<4096x7168xbf16>) -> tensor<4096x7168xbf16>
  %att = moe.compute attention (%x) : (tensor<4096x7168xbf16>) -> tensor<4096x7168xbf16>
  // CHECK: %feed_forward = moe.compute feed_forward(%{{.*}}) : (tensor<4096x7168xbf16>) -> tensor<4096x7168xbf16>
  %fee = moe.compute feed_forward (%x) : (tensor<4096x7168xbf16>) -> tensor<4096x7168xbf16>
  // CHECK: %shared_experts = moe.compute shared_experts(%{{.*}}) : (tensor<4096x7168xbf16>) -> tensor<4096x7168xbf16>
  %sha = moe.compute shared_experts (%x) : (tensor<4096x7168xbf16>) -> tensor<4096x7168xbf16>
  // CHECK: %experts = moe.compute experts(%{{.*}}) : (tensor<4096x7168xbf16>) -> tensor<4096x7168xbf16>
  %exp = moe.compute experts (%x) : (tensor<4096x7168xbf16>) -> tensor<4096x7168xbf16>
  // CHECK: %mtp = moe.compute mtp(%{{.*}}) : (tensor<4096x7168xbf16>) -> tensor<4096x7168xbf16>
  %mtp = moe.compute mtp (%x) : (tensor<4096x7168xbf16>) -> tensor<4096x7168xbf16>
  // CHECK: %output = moe.compute output(%{{.*}}) : (tensor<4096x7168xbf16>) -> tensor<4096x7168xbf16>
  %out = moe.compute output (%x) : (tensor<4096x7168xbf16>) -> tensor<4096x7168xbf16>
  // Counts of 0 are left out; `?` is unknown.
  // CHECK: moe.compute attention layer 3(%{{.*}}) work <weights = 93749248, kept = ?> :
  %cost = moe.compute attention layer 3 (%x) work <weights = 93749248, flops = 0, kept = ?> : (tensor<4096x7168xbf16>) -> tensor<4096x7168xbf16>
  // CHECK: %{{.*}}:2 = moe.compute embedding(){{ +}}: () -> (tensor<?x8xf32>, tensor<1xi4>)
  %two:2 = moe.compute embedding () : () -> (tensor<?x8xf32>, tensor<1xi4>)
  return
}
