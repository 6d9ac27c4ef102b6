// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Figures of a cluster that mean nothing: sizes below 1, other units, no units.

moe.plan @case {
  // expected-error @below {{'moe.cluster' op attribute 'nodes' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  cluster @cluster nodes 0
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.cluster' op attribute 'gpus_per_node' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  cluster @cluster gpus_per_node 0
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.cluster' op attribute 'world_size' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  cluster @cluster world_size 0
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.cluster' op attribute 'nvlink_domain' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  cluster @cluster nvlink_domain 0
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.cluster' op attribute 'nodes' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  cluster @cluster nodes -3
}

// -----

moe.plan @case {
  // expected-error @below {{integer constant out of range for attribute}}
  cluster @cluster nodes 99999999999999999999
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.cluster' unknown unit 'gb' in "80 gb", did you mean 'GB'?}}
  cluster @cluster gpu_memory "80 gb"
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.cluster' expected a number with its unit such as "80 GB", found "lots"}}
  cluster @cluster gpu_memory "lots"
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.cluster' expected a number with its unit such as "80 GB", found ""}}
  cluster @cluster gpu_memory ""
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.cluster' found an exponent in "1e9 B", write the number with all its digits and a unit such as 'GB'}}
  cluster @cluster gpu_memory "1e9 B"
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.cluster' the number "999999999999999999" has more than 17 digits}}
  cluster @cluster gpu_memory "999999999999999999 GB"
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.cluster' expected a number with its unit such as "80 GB", found "\xff GB"}}
  cluster @cluster gpu_memory "\FF GB"
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.cluster' expected string}}
  cluster @cluster gpu_memory 80
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.cluster' op expected 'gpu_memory' to be a size such as "80 GB", found "2 ms"}}
  cluster @cluster gpu_memory "2 ms"
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.cluster' op expected 'peak_bf16' to be a compute rate such as "989 TFLOPS", found "450 GB/s"}}
  cluster @cluster peak_bf16 "450 GB/s"
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.cluster' op expected 'peak_fp8' to be a compute rate such as "989 TFLOPS", found "1"}}
  cluster @cluster peak_fp8 "1"
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.cluster' op expected 'intra_node' to be a bandwidth such as "450 GB/s", found "80 GB"}}
  cluster @cluster intra_node "80 GB"
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.cluster' op expected 'inter_node' to be a bandwidth such as "450 GB/s", found "50 %"}}
  cluster @cluster inter_node "50 %"
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.cluster' op expected 'gpu_memory' to be above 0, found "-80 GB"}}
  cluster @cluster gpu_memory "-80 GB"
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.cluster' op expected 'inter_node' to be above 0, found "0 GB/s"}}
  cluster @cluster inter_node "0 GB/s"
}

// -----

moe.plan @typo {
  // expected-error @below {{custom op 'moe.gpuz' is neither an operation of the dialect nor a clause of the operation before it, did you mean 'gpu'?}}
  cluster @cluster gpuz "H100"
}

// -----

moe.plan @twice {
  // expected-error @below {{`nodes` clause can appear at most once in the expansion of the oilist directive}}
  cluster @cluster nodes 1 nodes 2
}

// -----

// expected-error @below {{'moe.cluster' op expects parent op 'moe.plan'}}
moe.cluster @cluster

// -----

// expected-error @+2 {{unknown unit 'gb' in "1 gb", did you mean 'GB'?}}
moe.plan @generic {
  "moe.cluster"() {sym_name = "c", gpu_memory = #moe.quantity<"1 gb">} : () -> ()
}

// -----

moe.plan @case {
  // expected-error @below {{expected at least 1 B/s for 'inter_node', found "0.000000000001 B/s"}}
  cluster @cluster inter_node "0.000000000001 B/s"
}

// -----

moe.plan @case {
  // expected-error @below {{expected at least 1 FLOP/s for 'peak_bf16', found "0.5 FLOPS"}}
  cluster @cluster peak_bf16 "0.5 FLOPS"
}
