// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Words and numbers that attributes do not know; no message shows a C++ name.

// expected-error @below {{expected 'pp', 'dp', 'cp', 'tp', 'edp', 'ep' or 'etp', found 'qqqqqqqq'}}
module attributes {a = #moe.axis<qqqqqqqq>} {}

// -----

// expected-error @below {{expected 'megatron', 'deepspeed', 'torchtitan', 'vllm', 'sglang' or 'trtllm', found 'qqqqqqqq'}}
module attributes {a = #moe.framework<qqqqqqqq>} {}

// -----

// expected-error @below {{expected 'folded' or 'product', found 'qqqqqqqq'}}
module attributes {a = #moe.grid_rule<qqqqqqqq>} {}

// -----

// expected-error @below {{expected 'train', 'prefill' or 'decode', found 'qqqqqqqq'}}
module attributes {a = #moe.mode<qqqqqqqq>} {}

// -----

// expected-error @below {{expected 'fp32', 'fp16', 'bf16', 'fp8', 'mxfp8' or 'nvfp4', found 'qqqqqqqq'}}
module attributes {a = #moe.precision<qqqqqqqq>} {}

// -----

// expected-error @below {{expected 'none', 'distributed' or 'fsdp', found 'qqqqqqqq'}}
module attributes {a = #moe.state_sharding<qqqqqqqq>} {}

// -----

// expected-error @below {{expected 'alltoall', 'allgather', 'deepep' or 'hybridep', found 'qqqqqqqq'}}
module attributes {a = #moe.dispatcher<qqqqqqqq>} {}

// -----

// expected-error @below {{expected 'balanced' or 'natural', found 'qqqqqqqq'}}
module attributes {a = #moe.routing_kind<qqqqqqqq>} {}

// -----

// expected-error @below {{expected 'p2p', 'all_gather' or 'a2a', found 'qqqqqqqq'}}
module attributes {a = #moe.context_exchange<qqqqqqqq>} {}

// -----

// expected-error @below {{expected 'per_head' or 'per_layer', found 'qqqqqqqq'}}
module attributes {a = #moe.qk_norm<qqqqqqqq>} {}

// -----

// expected-error @below {{expected 'weighted' or 'even', found 'qqqqqqqq'}}
module attributes {a = #moe.dispatch_rule<qqqqqqqq>} {}

// -----

// expected-error @below {{expected 'contiguous', 'round_robin', 'balanced' or 'table', found 'qqqqqqqq'}}
module attributes {a = #moe.placement_kind<qqqqqqqq>} {}

// -----

// expected-error @below {{expected 'measured', 'modelled' or 'assumed', found 'qqqqqqqq'}}
module attributes {a = #moe.provenance<qqqqqqqq>} {}

// -----

// expected-error @below {{expected 'all_reduce', 'all_gather', 'reduce_scatter', 'all_to_all', 'broadcast' or 'send_recv', found 'qqqqqqqq'}}
module attributes {a = #moe.collective_kind<qqqqqqqq>} {}

// -----

// expected-error @below {{expected 'sequential', 'one_f_one_b', 'interleaved', 'zero_bubble' or 'dualpipe', found 'qqqqqqqq'}}
module attributes {a = #moe.schedule<qqqqqqqq>} {}

// -----

// expected-error @below {{expected 'softmax' or 'sigmoid', found 'qqqqqqqq'}}
module attributes {a = #moe.score<qqqqqqqq>} {}

// -----

// expected-error @below {{expected 'embedding', 'key_value', 'attention', 'feed_forward', 'shared_experts', 'experts', 'mtp', 'output', 'query_key_value' or 'attention_output', found 'qqqqqqqq'}}
module attributes {a = #moe.compute_kind<qqqqqqqq>} {}

// -----

// expected-error @below {{expected 'error', 'warning' or 'note', found 'qqqqqqqq'}}
module attributes {a = #moe.severity<qqqqqqqq>} {}

// -----

// expected-error @below {{expected 'pp', 'dp', 'cp', 'tp', 'edp', 'ep' or 'etp'}}
module attributes {a = #moe.axis<3>} {}

// -----

// expected-error @below {{expected a range of layers, found 5 to 3}}
module attributes {a = #moe.layer_range<5 to 3>} {}

// -----

// expected-error @below {{expected a range of layers, found -1 to 3}}
module attributes {a = #moe.layer_range<-1 to 3>} {}

// -----

// expected-error @below {{unknown unit 'gb' in "1 gb", did you mean 'GB'?}}
module attributes {a = #moe.quantity<"1 gb">} {}

// -----

// expected-error @below {{expected a condition such as "<= 1.05" or "60 % .. 95 %", found "1 GB"}}
module attributes {a = #moe.bound<"1 GB">} {}

// -----

// expected-error @below {{unknown attribute `nonsense` in dialect `moe`}}
module attributes {a = #moe.nonsense<1>} {}
