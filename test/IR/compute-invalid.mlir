// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Kinds and costs that are none.

func.func @case(%x: tensor<4xf32>, %m: memref<4xf32>) {
  // expected-error @below {{custom op 'moe.compute' expected 'embedding', 'key_value', 'attention', 'feed_forward', 'shared_experts', 'experts', 'mtp', 'output', 'query_key_value' or 'attention_output', found 'attn'}}
  %0 = moe.compute attn (%x) : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @case(%x: tensor<4xf32>, %m: memref<4xf32>) {
  // expected-error @below {{custom op 'moe.compute' expected 'embedding', 'key_value', 'attention', 'feed_forward', 'shared_experts', 'experts', 'mtp', 'output', 'query_key_value' or 'attention_output', found 'expert', did you mean 'experts'?}}
  %0 = moe.compute expert (%x) : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @case(%x: tensor<4xf32>, %m: memref<4xf32>) {
  // expected-error @below {{expected a count, found -1}}
  %0 = moe.compute experts (%x) work <weights = -1> : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @case(%x: tensor<4xf32>, %m: memref<4xf32>) {
  // expected-error @below {{found 'weight', did you mean 'weights'?}}
  %0 = moe.compute experts (%x) work <weight = 1> : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @case(%x: tensor<4xf32>, %m: memref<4xf32>) {
  // expected-error @below {{'flops' is given twice}}
  %0 = moe.compute experts (%x) work <flops = 1, flops = 2> : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @case(%x: tensor<4xf32>, %m: memref<4xf32>) {
  // expected-error @below {{'moe.compute' op attribute 'layer' failed to satisfy constraint: 64-bit signless integer attribute whose value is non-negative}}
  %0 = moe.compute experts layer -1 (%x) : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @case(%x: tensor<4xf32>, %m: memref<4xf32>) {
  // expected-error @below {{'moe.compute' op operand #0 must be variadic of ranked tensor of any type values, but got 'memref<4xf32>'}}
  %0 = moe.compute experts (%m) : (memref<4xf32>) -> tensor<4xf32>
  return
}
