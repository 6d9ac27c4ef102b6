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
  // expected-error @below {{custom op 'moe.workload' expected 'name', 'moments', 'gradients', 'master', 'sharding' or 'offload', found 'moment', did you mean 'moments'?}}
  workload @workload optimizer <moment = bf16>
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.workload' expected 'name', 'moments', 'gradients', 'master', 'sharding' or 'offload'}}
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

// expected-error @below {{'moe.workload' op expects parent op to be one of 'moe.plan, moe.launch'}}
moe.workload @workload

// -----

moe.plan @case {
  // expected-error @below {{expected 'core_attn', 'mla_up_proj', 'layernorm', 'moe_act', 'mlp', 'moe', 'shared_experts', 'none' or 'full' for 'recompute', found 'moe_actt', did you mean 'moe_act'?}}
  workload @workload recompute ["moe_actt"]
}

// -----

moe.plan @case {
  // expected-error @below {{'full' in 'recompute' stands for all of it, expected it alone, found 2 words}}
  workload @workload recompute ["full", "mlp"]
}

// -----

moe.plan @case {
  // expected-error @below {{expected 'attn', 'mlp', 'moe', 'moe_router', 'moe_preprocess', 'full' or 'full_iteration' for 'cuda_graph', found 'foo'}}
  workload @workload cuda_graph ["foo"]
}

// -----

moe.plan @case {
  // expected-error @below {{expected 'adam', 'adamw', 'sgd', 'lion' or 'muon' for 'name' of the optimizer, found 'adafactorX'}}
  workload @workload optimizer <name = "adafactorX">
}

// -----

moe.plan @case {
  // expected-error @below {{expected 'fp32', 'fp16', 'bf16' or 'fp8' for 'moments' of the optimizer, found 'nvfp4'}}
  workload @workload optimizer <moments = nvfp4>
}

// -----

moe.plan @case {
  // expected-error @below {{expected 'fp32', 'fp16' or 'bf16' for 'gradients' of the optimizer, found 'fp8'}}
  workload @workload optimizer <gradients = fp8>
}

// -----

moe.plan @case {
  // expected-error @below {{expected 'fp32', 'fp16' or 'bf16' for 'master' of the optimizer, found 'mxfp8'}}
  workload @workload optimizer <master = mxfp8>
}

// -----

moe.plan @case {
  // expected-error @below {{expected 'bf16' or 'fp8' for 'kv_cache', found 'nvfp4'}}
  workload @workload kv_cache nvfp4
}

// -----

moe.plan @case {
  // expected-error @below {{expected 'acceptance' to be at most 1, found "85"}}
  workload @workload draft_tokens 1 acceptance "85"
}

// -----

moe.plan @case {
  // expected-error @below {{expected 'offload' to be at most 1, found "2"}}
  workload @workload optimizer <offload = "2">
}
