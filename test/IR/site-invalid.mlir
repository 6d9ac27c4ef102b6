// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Clauses of a site that are none.

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{expected '='}}
  site environment <"A">
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.site' op expected as many 'environment_names' as 'environment_values', found 1 and 0}}
  "moe.site"() {environment_names = ["A"]} : () -> ()
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.site' op expected as many 'environment_names' as 'environment_values', found 1 and 0}}
  "moe.site"() {environment_names = ["A"], environment_values = []} : () -> ()
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{custom op 'moe.partiton' is neither an operation of the dialect nor a clause of the operation before it, did you mean 'partition'?}}
  site partiton "gpu"
}

// -----

// expected-error @below {{'moe.site' op expects parent op 'moe.launch'}}
moe.site
