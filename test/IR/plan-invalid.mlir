// RUN: moe-opt %s --split-input-file --verify-diagnostics

// What a plan cannot hold: a section twice, or what is no part of a plan.

moe.plan @plan_1_cluster {
  // expected-note @below {{first declared here}}
  cluster @first
  // expected-error @below {{'moe.cluster' op occurs twice in 'moe.plan' [plan-1]}}
  cluster @second
}

// -----

moe.plan @plan_1_model {
  // expected-note @below {{first declared here}}
  model @first {}
  // expected-error @below {{'moe.model' op occurs twice in 'moe.plan' [plan-1]}}
  model @second {}
}

// -----

moe.plan @plan_1_workload {
  // expected-note @below {{first declared here}}
  workload @first
  // expected-error @below {{'moe.workload' op occurs twice in 'moe.plan' [plan-1]}}
  workload @second
}

// -----

moe.plan @plan_1_parallelism {
  // expected-note @below {{first declared here}}
  parallelism @first
  // expected-error @below {{'moe.parallelism' op occurs twice in 'moe.plan' [plan-1]}}
  parallelism @second
}

// -----

moe.plan @plan_1_distribution {
  // expected-note @below {{first declared here}}
  distribution @first
  // expected-error @below {{'moe.distribution' op occurs twice in 'moe.plan' [plan-1]}}
  distribution @second
}

// -----

moe.plan @plan_1_stated {
  // expected-note @below {{first declared here}}
  stated {}
  // expected-error @below {{'moe.stated' op occurs twice in 'moe.plan' [plan-1]}}
  stated {}
}

// -----

moe.plan @plan_1_pipeline {
  cluster @cluster
  model @model {}
  mesh @mesh <pp = 1> on @cluster
  // expected-note @below {{first declared here}}
  pipeline @first of @model on @mesh schedule sequential {}
  // expected-error @below {{'moe.pipeline' op occurs twice in 'moe.plan' [plan-1]}}
  pipeline @second of @model on @mesh schedule sequential {}
}

// -----

moe.plan @body_1_nested {
  // expected-error @below {{'moe.plan' op cannot stand in 'moe.plan', which holds 'cluster', 'model', 'workload', 'parallelism', 'distribution', 'policy', 'target', 'claim', 'stated', 'mesh', 'pipeline', 'load' or 'placement' [body-1]}}
  plan @inner {}
}

// -----

moe.plan @body_1_foreign {
  // expected-error @below {{'arith.constant' op cannot stand in 'moe.plan', which holds 'cluster', 'model', 'workload', 'parallelism', 'distribution', 'policy', 'target', 'claim', 'stated', 'mesh', 'pipeline', 'load' or 'placement' [body-1]}}
  %0 = arith.constant 0 : i32
}

// -----

// expected-error @below {{custom op 'moe.plan' expected 'megatron', 'deepspeed', 'torchtitan', 'vllm', 'sglang' or 'trtllm', found 'megatorn', did you mean 'megatron'?}}
moe.plan @typo framework megatorn {}

// -----

// expected-error @below {{custom op 'moe.plan' expected '{' or a clause, found 'framwork', did you mean 'framework'?}}
moe.plan @typo framwork megatron {}

// -----

moe.plan @typo {
  // expected-error @below {{custom op 'moe.clustr' is neither an operation of the dialect nor a clause of the operation before it, did you mean 'cluster'?}}
  clustr @c
}

// -----

moe.plan @same_name {
  // expected-note @below {{see existing symbol definition here}}
  cluster @c
  // expected-error @below {{redefinition of symbol named 'c'}}
  workload @c
}

// -----

// expected-error @below {{'moe.plan' op region #0 ('body') failed to verify constraint: region with 1 blocks}}
"moe.plan"() ({}) {sym_name = "no_block"} : () -> ()

// -----

// expected-error @below {{expected valid '@'-identifier for symbol name}}
moe.plan {}
