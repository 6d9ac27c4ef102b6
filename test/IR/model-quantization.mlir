// The block of a block-quantized model reads back as it is printed.
// RUN: moe-opt %s | FileCheck %s

moe.plan @quantized {
  // CHECK: model @model quantization_block [128, 128] {
  model @model quantization_block [128, 128] {
  }
}
