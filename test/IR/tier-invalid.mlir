// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Tiers that are none.

moe.launch @case world_size 4 gpus_per_host 2 {
  // expected-error @below {{'moe.tier' op attribute 'num_gpus' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  tier @host holds 0
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  // expected-error @below {{'moe.tier' op attribute 'bytes_per_second' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  tier @host holds 2 bytes_per_second -1
}

// -----

// expected-error @below {{'moe.tier' op expects parent op 'moe.launch'}}
moe.tier @host holds 2
