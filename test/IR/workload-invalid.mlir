// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Words and numbers that a workload does not know.

moe.plan @case {
  // expected-error @below {{custom op 'moe.workload' expected 'train', 'prefill' or 'decode', found 'training'}}
  workload @workload mode training
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.workload' expected 'train', 'prefill' or 'decode', found 'Train', did you mean 'train'?}}
  workload @workload mode Train
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.workload' expected 'train', 'prefill' or 'decode'}}
  workload @workload mode 5
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.workload' expected 'fp32', 'fp16', 'bf16', 'fp8', 'mxfp8' or 'nvfp4', found 'bf61', did you mean 'bf16'?}}
  workload @workload precision bf61
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.workload' expected 'alltoall', 'allgather', 'deepep' or 'hybridep', found 'deep_ep', did you mean 'deepep'?}}
  workload @workload dispatcher deep_ep
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.workload' expected 'balanced' or 'natural', found 'natral', did you mean 'natural'?}}
  workload @workload routing natral
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.workload' expected 'name', 'moments', 'gradients', 'master' or 'sharding', found 'moment', did you mean 'moments'?}}
  workload @workload optimizer <moment = bf16>
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.workload' expected 'name', 'moments', 'gradients', 'master' or 'sharding'}}
  workload @workload optimizer <3>
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.workload' expected 'fp32', 'fp16', 'bf16', 'fp8', 'mxfp8' or 'nvfp4', found 'fp33', did you mean 'fp32'?}}
  workload @workload optimizer <moments = fp33>
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.workload' 'moments' is given twice}}
  workload @workload optimizer <moments = bf16, moments = fp32>
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.workload' expected 'none', 'distributed' or 'fsdp', found 'zero'}}
  workload @workload optimizer <sharding = zero>
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.workload' op expected 'capacity_factor' to be a bare number such as "1.05", found "1 GB"}}
  workload @workload capacity_factor "1 GB"
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.workload' op expected 'capacity_factor' to be above 0, found "-1"}}
  workload @workload capacity_factor "-1"
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.workload' op attribute 'sequence_length' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  workload @workload sequence_length 0
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.workload' op attribute 'context_length' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  workload @workload context_length 0
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.workload' op attribute 'micro_batch' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  workload @workload micro_batch 0
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.workload' op attribute 'global_batch' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  workload @workload global_batch 0
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.workload' op attribute 'batch' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  workload @workload batch 0
}

// -----

// expected-error @below {{'moe.workload' op expects parent op 'moe.plan'}}
moe.workload @workload
