// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Launches that contradict themselves.

// expected-error @below {{'moe.launch' op has hosts for 1 of its 2 ranks [launch-1]}}
moe.launch @launch_1 world_size 2 gpus_per_host 2 {
  host 0 ranks [0]
}

// -----

// expected-error @below {{'moe.launch' op has hosts for 0 of its 1 ranks [launch-1]}}
moe.launch @launch_1_empty world_size 1 gpus_per_host 2 {
}

// -----

// expected-error @below {{'moe.launch' op has hosts for 1 of its 1000000000000000000 ranks [launch-1]}}
moe.launch @launch_1_huge world_size 1000000000000000000 gpus_per_host 2 {
  host 0 ranks [0]
}

// -----

moe.launch @launch_1_outside world_size 2 gpus_per_host 2 {
  // expected-error @below {{'moe.host' op holds rank 2 outside the world of 2 [launch-1]}}
  host 0 ranks [0, 2]
}

// -----

moe.launch @launch_1_negative world_size 2 gpus_per_host 2 {
  // expected-error @below {{'moe.host' op holds rank -1 outside the world of 2 [launch-1]}}
  host 0 ranks [0, -1]
}

// -----

moe.launch @launch_1_same_host world_size 2 gpus_per_host 2 {
  // expected-error @below {{'moe.host' op holds rank 0, which is listed before [launch-1]}}
  host 0 ranks [0, 0]
}

// -----

moe.launch @launch_1_other_host world_size 2 gpus_per_host 2 {
  host 0 ranks [0]
  // expected-error @below {{'moe.host' op holds rank 0, which is listed before [launch-1]}}
  host 1 ranks [0, 1]
}

// -----

moe.launch @launch_2_crowded world_size 2 gpus_per_host 1 {
  // expected-error @below {{'moe.host' op holds 2 ranks but has 1 GPUs [launch-2]}}
  host 0 ranks [0, 1]
}

// -----

moe.launch @launch_2_idle world_size 1 gpus_per_host 1 {
  host 0 ranks [0]
  // expected-error @below {{'moe.host' op holds no rank [launch-2]}}
  host 1 ranks []
}

// -----

moe.launch @launch_2_number world_size 2 gpus_per_host 1 {
  host 0 ranks [0]
  // expected-error @below {{'moe.host' op is host 0 but comes at place 1; number hosts from 0 in order [launch-2]}}
  host 0 ranks [1]
}

// -----

moe.launch @launch_3_short world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.communicator' op has groups that do not partition the 4 ranks [launch-3]}}
  communicator @c along <tp> groups <2:2> members <1:1> runs []
}

// -----

moe.launch @launch_3_long world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.communicator' op has groups that do not partition the 4 ranks [launch-3]}}
  communicator @c along <tp> groups <4:2> members <2:1> runs []
}

// -----

moe.launch @launch_3_overlap world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.communicator' op has groups that do not partition the 4 ranks [launch-3]}}
  communicator @c along <tp> groups <2:1> members <2:1> runs []
}

// -----

moe.launch @launch_3_gap world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.communicator' op has groups that do not partition the 4 ranks [launch-3]}}
  communicator @c along <tp> groups <2:3> members <2:1> runs []
}

// -----

moe.launch @launch_3_huge world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.communicator' op has groups that do not partition the 4 ranks [launch-3]}}
  communicator @c along <tp> groups <2147483648:2147483648> members <2:1> runs []
}

// -----

moe.launch @launch_3_none world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.communicator' op has groups that do not partition the 4 ranks [launch-3]}}
  communicator @c along <tp> groups <> members <> runs []
}

// -----

moe.launch @launch_3_twin world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-note @below {{communicator declared here}}
  communicator @tp along <tp> groups <2:2> members <2:1> runs [all_reduce]
  // expected-error @below {{'moe.communicator' op has the groups of @tp; list it there as an alias [launch-3]}}
  communicator @other along <etp> groups <2:2, 1:1> members <2:1> runs []
}

// -----

moe.launch @launch_3_alias world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.communicator' op is the second communicator called 'x' [launch-3]}}
  communicator @tp along <tp> aliases ["x", "x"] groups <2:2> members <2:1> runs []
}

// -----

moe.launch @launch_3_name world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  communicator @tp along <tp> groups <2:2> members <2:1> runs [all_reduce]
  // expected-error @below {{'moe.communicator' op is the second communicator called 'tp' [launch-3]}}
  communicator @dp along <dp> aliases ["tp"] groups <2:1> members <2:2> runs []
}

// -----

moe.launch @launch_4 world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.coordinates' op has axes for 8 ranks in a world of 4 [launch-4]}}
  coordinates @m <dp = 2, tp = 4>
}

// -----

moe.launch @launch_4_overflow world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.coordinates' op has axes for more than 2^63 ranks in a world of 4 [launch-4]}}
  coordinates @m <dp = 4611686018427387904, tp = 4611686018427387904>
}

// -----

moe.launch @launch_5_number world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  stage 0 layers [0 to 2]
  // expected-error @below {{'moe.stage' op is stage 0 but comes at place 1; number stages from 0 in order [launch-5]}}
  stage 0 layers [2 to 4]
}

// -----

moe.launch @launch_5_overlap world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  stage 0 layers [0 to 2]
  // expected-error @below {{'moe.stage' op holds layers 1 to 4, but the layers before end at 2 [launch-5]}}
  stage 1 layers [1 to 4]
}

// -----

moe.launch @launch_5_gap world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  stage 0 layers [0 to 2, 6 to 8]
  // expected-error @below {{'moe.stage' op holds layers 3 to 6, but the layers before end at 2 [launch-5]}}
  stage 1 layers [3 to 6]
}

// -----

moe.launch @launch_5_start world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.stage' op holds layers 1 to 2, but the layers before end at 0 [launch-5]}}
  stage 0 layers [1 to 2]
}

// -----

moe.launch @launch_7 world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-note @below {{first declared here}}
  site
  // expected-error @below {{'moe.site' op occurs twice in 'moe.launch' [launch-7]}}
  site
}

// -----

moe.launch @launch_7_model world_size 1 gpus_per_host 1 {
  host 0 ranks [0]
  // expected-note @below {{first declared here}}
  model @a {}
  // expected-error @below {{'moe.model' op occurs twice in 'moe.launch' [launch-7]}}
  model @b {}
}

// -----

moe.launch @launch_7_workload world_size 1 gpus_per_host 1 {
  host 0 ranks [0]
  // expected-note @below {{first declared here}}
  workload @a
  // expected-error @below {{'moe.workload' op occurs twice in 'moe.launch' [launch-7]}}
  workload @b
}

// -----

moe.launch @launch_8_host world_size 4 gpus_per_host 2 {
  // expected-error @below {{'moe.tier' op has 3 GPUs, expected a multiple of the 2 of a host [launch-8]}}
  tier @host holds 3
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
}

// -----

moe.launch @launch_8_order world_size 4 gpus_per_host 2 {
  tier @switch holds 4
  // expected-error @below {{'moe.tier' op has 2 GPUs, expected a multiple of the 4 of the tier before it [launch-8]}}
  tier @host holds 2
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
}

// -----

moe.launch @launch_9_number world_size 2 gpus_per_host 2 {
  host 0 ranks [0, 1]
  // expected-error @below {{'moe.communicator' op has 2 numbers of bytes for 1 collective [launch-9]}}
  communicator @tp along <tp> groups <1:2> members <2:1> runs [all_reduce] sends [1, 2]
}

// -----

moe.launch @launch_9_negative world_size 2 gpus_per_host 2 {
  host 0 ranks [0, 1]
  // expected-error @below {{'moe.communicator' op sends -1 bytes [launch-9]}}
  communicator @tp along <tp> groups <1:2> members <2:1> runs [all_reduce] sends [-1]
}

// -----

// expected-error @below {{'moe.launch' op has 1 stage, but 'pp' has 2 coordinates [launch-10]}}
moe.launch @launch_10_stages world_size 2 gpus_per_host 2 {
  host 0 ranks [0, 1]
  coordinates @attention <pp = 2, tp = 1>
  stage 0 layers [0 to 2]
}

// -----

moe.launch @launch_10_slots world_size 2 gpus_per_host 2 {
  host 0 ranks [0, 1]
  coordinates @expert <ep = 2>
  // expected-error @below {{'moe.expert_slots' op has slots on 1 expert-parallel rank, but 'ep' has 2 coordinates [launch-10]}}
  expert_slots @sparse layers 0 to 1 experts 2 shards 1 table dense<[[0, 1]]> : tensor<1x2xi32>
}

// -----

moe.launch @body_1 world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.view' op cannot stand in 'moe.launch', which holds 'tier', 'host', 'coordinates', 'communicator', 'stage', 'expert_slots', 'model', 'workload', 'figure', 'risk', 'target', 'finding' or 'site' [body-1]}}
  view @v on @world <tp = [0]>
  shard.grid @world(shape = 4)
}

// -----

// expected-error @below {{'moe.launch' op attribute 'world_size' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
moe.launch @case world_size 0 gpus_per_host 2 {
}

// -----

// expected-error @below {{'moe.launch' op attribute 'gpus_per_host' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
moe.launch @case world_size 1 gpus_per_host -2 {
}

// -----

// expected-error @below {{custom op 'moe.launch' expected '{' or a clause, found 'framwork', did you mean 'framework'?}}
moe.launch @j world_size 1 gpus_per_host 1 framwork megatron {}

// -----

// expected-error @below {{custom op 'moe.launch' expected 'megatron', 'deepspeed', 'torchtitan', 'vllm', 'sglang' or 'trtllm', found 'megatron_core'}}
moe.launch @j world_size 1 gpus_per_host 1 framework megatron_core {}

// -----

// expected-error @below {{'moe.launch' op has 1 value in 'gpu_nics', but 2 GPUs per host [launch-11]}}
moe.launch @launch_11_nics world_size 2 gpus_per_host 2 gpu_nics ["mlx5_0"] {
  host 0 ranks [0, 1]
}

// -----

// expected-error @below {{'moe.launch' op has 3 values in 'gpu_numa', but 2 GPUs per host [launch-11]}}
moe.launch @launch_11_numa world_size 2 gpus_per_host 2 gpu_numa [0, 0, 1] {
  host 0 ranks [0, 1]
}
