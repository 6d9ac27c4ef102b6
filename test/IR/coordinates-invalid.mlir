// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Axes that are none.

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{expected axis 'dp' to have a size of at least 1, found 0 [mesh-2]}}
  coordinates @m <dp = 0>
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{axis 'dp' is named twice [mesh-2]}}
  coordinates @m <dp = 2, dp = 2>
}

// -----

// expected-error @below {{'moe.coordinates' op expects parent op 'moe.launch'}}
moe.coordinates @m <dp = 1>
