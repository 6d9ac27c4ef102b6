// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Tables that do not hold every expert, and tables that are not there.

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.expert_slots' op names expert 2, but there are only 2 [launch-6]}}
  expert_slots @s layers 0 to 1 experts 2 shards 1 table dense<[[0], [2]]> : tensor<2x1xi32>
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.expert_slots' op names expert -2, but there are only 2 [launch-6]}}
  expert_slots @s layers 0 to 1 experts 2 shards 1 table dense<[[0], [-2]]> : tensor<2x1xi32>
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.expert_slots' op puts expert 0 twice on expert-parallel rank 0 [launch-6]}}
  expert_slots @s layers 0 to 1 experts 2 shards 1 table dense<[[0, 0], [1, -1]]> : tensor<2x2xi32>
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.expert_slots' op gives expert 1 no slot; 1 of 2 experts have one [launch-6]}}
  expert_slots @s layers 0 to 1 experts 2 shards 1 table dense<[[0], [-1]]> : tensor<2x1xi32>
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.expert_slots' op gives expert 1 no slot; 1 of 1000000000000000000 experts have one [launch-6]}}
  expert_slots @s layers 0 to 1 experts 1000000000000000000 shards 1 table dense<0> : tensor<2x1xi32>
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.expert_slots' op gives expert 0 no slot; 1 of 2 experts have one [launch-6]}}
  expert_slots @s layers 0 to 2 experts 2 shards 1 table dense<[[[0], [1]], [[1], [1]]]> : tensor<2x2x1xi32>
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.expert_slots' op has a table for 1 layers, but stands for 2 [launch-6]}}
  expert_slots @s layers 0 to 2 experts 2 shards 1 table dense<[[[0], [1]]]> : tensor<1x2x1xi32>
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.expert_slots' op expected a range of layers, found 3 to 3 [launch-6]}}
  expert_slots @s layers 3 to 3 experts 1 shards 1 table dense<0> : tensor<1x1xi32>
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.expert_slots' op expected a range of layers, found 5 to 3 [launch-6]}}
  expert_slots @s layers 5 to 3 experts 1 shards 1 table dense<0> : tensor<1x1xi32>
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.expert_slots' op expected a table of 2 or 3 dimensions, found 'tensor<1xi32>'}}
  expert_slots @s layers 0 to 1 experts 2 shards 1 table dense<0> : tensor<1xi32>
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.expert_slots' op expected a table of i32, found tensor<1x1xi64>}}
  expert_slots @s layers 0 to 1 experts 2 shards 1 table dense<0> : tensor<1x1xi64>
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.expert_slots' op expected a table of 1 to 268435456 entries, found tensor<1000000000x1000000000xi32>}}
  expert_slots @s layers 0 to 1 experts 2 shards 1 table dense<0> : tensor<1000000000x1000000000xi32>
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.expert_slots' op expected a table of 1 to 268435456 entries, found tensor<0x1xi32>}}
  expert_slots @s layers 0 to 1 experts 2 shards 1 table dense<> : tensor<0x1xi32>
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.expert_slots' op the resource 'absent' of the table has no data}}
  expert_slots @s layers 0 to 1 experts 2 shards 1 table dense_resource<absent> : tensor<2x2xi32>
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.expert_slots' op expected a table written as 'dense' or 'dense_resource'}}
  expert_slots @s layers 0 to 1 experts 2 shards 1 table sparse<[[0, 0]], [1]> : tensor<2x2xi32>
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.expert_slots' op attribute 'experts' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  expert_slots @s layers 0 to 1 experts 0 shards 1 table dense<0> : tensor<1x1xi32>
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.expert_slots' op attribute 'shards' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  expert_slots @s layers 0 to 1 experts 1 shards 0 table dense<0> : tensor<1x1xi32>
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.expert_slots' op attribute 'begin' failed to satisfy constraint: 64-bit signless integer attribute whose value is non-negative}}
  expert_slots @s layers -1 to 2 experts 2 shards 1 table dense<0> : tensor<1x1xi32>
}

// -----

// expected-error @below {{'moe.expert_slots' op expects parent op 'moe.launch'}}
moe.expert_slots @s layers 0 to 1 experts 1 shards 1 table dense<0> : tensor<1x1xi32>
