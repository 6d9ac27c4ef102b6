// RUN: moe-opt %s | FileCheck %s

// Every attribute and type in its own form, every word of every vocabulary.

// CHECK: #moe.axes<pp = 4, tp = 9223372036854775807>, #moe.axes<>
// CHECK-SAME: #moe.axis_kinds<pp, dp>, #moe.axis_kinds<>
// CHECK-SAME: #moe.axis_map<pp = [0], dp = [1, 2], cp = []>, #moe.axis_map<>
// CHECK-SAME: #moe.box<4:32, 8:1>, #moe.box<>
// CHECK-SAME: #moe.layer_range<0 to 0>, #moe.layer_range<3 to 9223372036854775807>
// CHECK-SAME: #moe.quantity<"42.30 GB">, #moe.bound<"60 % .. 95 %">
// CHECK-SAME: #moe.optimizer<>, #moe.optimizer<name = "a\22b", moments = fp8, gradients = fp32, master = fp32, sharding = none>
// CHECK-SAME: !moe.routing<512 x 8>, !moe.routing<? x ?>
module attributes {moe.values = [
  #moe.axes<pp = 4, tp = 9223372036854775807>, #moe.axes<>,
  #moe.axis_kinds<pp, dp>, #moe.axis_kinds<>,
  #moe.axis_map<pp = [0], dp = [1, 2], cp = []>, #moe.axis_map<>,
  #moe.box<4:32, 8:1>, #moe.box<>,
  #moe.layer_range<0 to 0>, #moe.layer_range<3 to 9223372036854775807>,
  #moe.quantity<"42.30 GB">, #moe.bound<"60 % .. 95 %">,
  #moe.optimizer<>, #moe.optimizer<sharding = none, name = "a\22b", master = fp32, gradients = fp32, moments = fp8>,
  !moe.routing<512 x 8>, !moe.routing<? x ?>
]} {}

// CHECK: #moe.axis<pp>
// CHECK-SAME: #moe.axis<dp>
// CHECK-SAME: #moe.axis<cp>
// CHECK-SAME: #moe.axis<tp>
// CHECK-SAME: #moe.axis<edp>
// CHECK-SAME: #moe.axis<ep>
// CHECK-SAME: #moe.axis<etp>
module attributes {moe.values = [#moe.axis<pp>, #moe.axis<dp>, #moe.axis<cp>, #moe.axis<tp>, #moe.axis<edp>, #moe.axis<ep>, #moe.axis<etp>]} {}

// CHECK: #moe.framework<megatron>
// CHECK-SAME: #moe.framework<deepspeed>
// CHECK-SAME: #moe.framework<torchtitan>
// CHECK-SAME: #moe.framework<vllm>
// CHECK-SAME: #moe.framework<sglang>
// CHECK-SAME: #moe.framework<trtllm>
module attributes {moe.values = [#moe.framework<megatron>, #moe.framework<deepspeed>, #moe.framework<torchtitan>, #moe.framework<vllm>, #moe.framework<sglang>, #moe.framework<trtllm>]} {}

// CHECK: #moe.grid_rule<folded>
// CHECK-SAME: #moe.grid_rule<product>
module attributes {moe.values = [#moe.grid_rule<folded>, #moe.grid_rule<product>]} {}

// CHECK: #moe.mode<train>
// CHECK-SAME: #moe.mode<prefill>
// CHECK-SAME: #moe.mode<decode>
module attributes {moe.values = [#moe.mode<train>, #moe.mode<prefill>, #moe.mode<decode>]} {}

// CHECK: #moe.precision<fp32>
// CHECK-SAME: #moe.precision<fp16>
// CHECK-SAME: #moe.precision<bf16>
// CHECK-SAME: #moe.precision<fp8>
// CHECK-SAME: #moe.precision<mxfp8>
// CHECK-SAME: #moe.precision<nvfp4>
module attributes {moe.values = [#moe.precision<fp32>, #moe.precision<fp16>, #moe.precision<bf16>, #moe.precision<fp8>, #moe.precision<mxfp8>, #moe.precision<nvfp4>]} {}

// CHECK: #moe.state_sharding<none>
// CHECK-SAME: #moe.state_sharding<distributed>
// CHECK-SAME: #moe.state_sharding<fsdp>
module attributes {moe.values = [#moe.state_sharding<none>, #moe.state_sharding<distributed>, #moe.state_sharding<fsdp>]} {}

// CHECK: #moe.dispatcher<alltoall>
// CHECK-SAME: #moe.dispatcher<allgather>
// CHECK-SAME: #moe.dispatcher<deepep>
// CHECK-SAME: #moe.dispatcher<hybridep>
module attributes {moe.values = [#moe.dispatcher<alltoall>, #moe.dispatcher<allgather>, #moe.dispatcher<deepep>, #moe.dispatcher<hybridep>]} {}

// CHECK: #moe.context_exchange<p2p>
// CHECK-SAME: #moe.context_exchange<all_gather>
// CHECK-SAME: #moe.context_exchange<a2a>
module attributes {moe.values = [#moe.context_exchange<p2p>, #moe.context_exchange<all_gather>, #moe.context_exchange<a2a>]} {}

// CHECK: #moe.qk_norm<per_head>
// CHECK-SAME: #moe.qk_norm<per_layer>
module attributes {moe.values = [#moe.qk_norm<per_head>, #moe.qk_norm<per_layer>]} {}

// CHECK: #moe.routing_kind<balanced>
// CHECK-SAME: #moe.routing_kind<natural>
module attributes {moe.values = [#moe.routing_kind<balanced>, #moe.routing_kind<natural>]} {}

// CHECK: #moe.dispatch_rule<weighted>
// CHECK-SAME: #moe.dispatch_rule<even>
module attributes {moe.values = [#moe.dispatch_rule<weighted>, #moe.dispatch_rule<even>]} {}

// CHECK: #moe.placement_kind<contiguous>
// CHECK-SAME: #moe.placement_kind<round_robin>
// CHECK-SAME: #moe.placement_kind<balanced>
// CHECK-SAME: #moe.placement_kind<table>
module attributes {moe.values = [#moe.placement_kind<contiguous>, #moe.placement_kind<round_robin>, #moe.placement_kind<balanced>, #moe.placement_kind<table>]} {}

// CHECK: #moe.provenance<measured>
// CHECK-SAME: #moe.provenance<modelled>
// CHECK-SAME: #moe.provenance<assumed>
module attributes {moe.values = [#moe.provenance<measured>, #moe.provenance<modelled>, #moe.provenance<assumed>]} {}

// CHECK: #moe.collective_kind<all_reduce>
// CHECK-SAME: #moe.collective_kind<all_gather>
// CHECK-SAME: #moe.collective_kind<reduce_scatter>
// CHECK-SAME: #moe.collective_kind<all_to_all>
// CHECK-SAME: #moe.collective_kind<broadcast>
// CHECK-SAME: #moe.collective_kind<send_recv>
module attributes {moe.values = [#moe.collective_kind<all_reduce>, #moe.collective_kind<all_gather>, #moe.collective_kind<reduce_scatter>, #moe.collective_kind<all_to_all>, #moe.collective_kind<broadcast>, #moe.collective_kind<send_recv>]} {}

// CHECK: #moe.schedule<sequential>
// CHECK-SAME: #moe.schedule<one_f_one_b>
// CHECK-SAME: #moe.schedule<interleaved>
module attributes {moe.values = [#moe.schedule<sequential>, #moe.schedule<one_f_one_b>, #moe.schedule<interleaved>]} {}

// CHECK: #moe.score<softmax>
// CHECK-SAME: #moe.score<sigmoid>
module attributes {moe.values = [#moe.score<softmax>, #moe.score<sigmoid>]} {}

// CHECK: #moe.compute_kind<embedding>
// CHECK-SAME: #moe.compute_kind<key_value>
// CHECK-SAME: #moe.compute_kind<query_key_value>
// CHECK-SAME: #moe.compute_kind<attention>
// CHECK-SAME: #moe.compute_kind<attention_output>
// CHECK-SAME: #moe.compute_kind<feed_forward>
// CHECK-SAME: #moe.compute_kind<shared_experts>
// CHECK-SAME: #moe.compute_kind<experts>
// CHECK-SAME: #moe.compute_kind<mtp>
// CHECK-SAME: #moe.compute_kind<output>
module attributes {moe.values = [#moe.compute_kind<embedding>, #moe.compute_kind<key_value>, #moe.compute_kind<query_key_value>, #moe.compute_kind<attention>, #moe.compute_kind<attention_output>, #moe.compute_kind<feed_forward>, #moe.compute_kind<shared_experts>, #moe.compute_kind<experts>, #moe.compute_kind<mtp>, #moe.compute_kind<output>]} {}

// CHECK: #moe.severity<error>
// CHECK-SAME: #moe.severity<warning>
// CHECK-SAME: #moe.severity<note>
module attributes {moe.values = [#moe.severity<error>, #moe.severity<warning>, #moe.severity<note>]} {}
