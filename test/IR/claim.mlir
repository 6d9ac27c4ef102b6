// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// A claim keeps its equation as text and says where its number comes from.

// CHECK-LABEL: moe.plan @all {
moe.plan @all {
  // CHECK: {{^ +}}claim @a says "8.5 ms * 24 = 204 ms"{{$}}
  claim @a says "8.5 ms * 24 = 204 ms"
  // CHECK: {{^ +}}claim @b says "device_memory = 42.3 GB" quote "42.3 GB \22used\22" line 7 source assumed{{$}}
  claim @b says "device_memory = 42.3 GB" quote "42.3 GB \22used\22" line 7 source assumed
  // CHECK: {{^ +}}claim @c says "x = 1" source measured{{$}}
  claim @c says "x = 1" source measured
  // CHECK: {{^ +}}claim @d says "x = 1" source modelled{{$}}
  claim @d says "x = 1" source modelled
}
