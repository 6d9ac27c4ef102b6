// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// A model keeps the figures, the stated keys with their text, and what was assumed.

// CHECK-LABEL: moe.plan @minimal
moe.plan @minimal {
  // CHECK: {{^ +}}model @model {{[{]$}}
  model @model {}
}

// CHECK-LABEL: moe.plan @full
moe.plan @full {
  // CHECK: model @model from "config.json" type "deepseek_v3" hidden 7168 vocab 129280 layers 61 mtp_layers 1 gated true tied_embeddings false quantization_block [128, 128] keys <"hidden_size" = "7168", "x" = "\22y\22"> assumed ["vocab"] attributes {note = 1 : i64} {
  model @model from "config.json" type "deepseek_v3" hidden 7168 vocab 129280 layers 61 mtp_layers 1 gated true tied_embeddings false quantization_block [128, 128] keys <"hidden_size" = "7168", "x" = "\22y\22"> assumed ["vocab"] attributes {note = 1 : i64} {}
}

// CHECK-LABEL: moe.plan @no_keys
moe.plan @no_keys {
  // CHECK: model @model mtp_layers 0 keys <> {
  model @model mtp_layers 0 keys <> {}
}
