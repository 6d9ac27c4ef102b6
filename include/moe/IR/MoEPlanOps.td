//===- MoEPlanOps.td - What the author of a plan wants -----*- tablegen -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_IR_MOEPLANOPS_TD
#define MOE_IR_MOEPLANOPS_TD

include "moe/IR/MoEAttrs.td"

def MoE_PlanOp : MoE_ContainerOp<"plan"> {
  let summary = "Everything one training or serving job is decided from";
  let description = [{
    Holds at most one `cluster`, `model`, `workload`, `parallelism`,
    `distribution` and `stated`, any number of `policy`, `target`, `claim` and
    `load`, and the decisions that passes derive: `mesh`, `placement` and one
    `pipeline`. A plan whose file states no name is `unnamed` and called as the
    file.

    Example:
    ```mlir
    moe.plan @mixtral framework megatron {
      cluster @cluster gpu "H100" nodes 16 gpus_per_node 8
      workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
      parallelism @parallelism tp 2 pp 8 ep 8 etp 1
      claim @fits says "device_memory <= 76 GB" source assumed
    }
    ```

    **Constraints**
    - (body-1) holds operations of this level alone;
    - (plan-1) each section, and the pipeline, occurs at most once;
    - (plan-2) claims have distinct ids, policies and targets distinct metrics.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, UnitAttr:$unnamed,
                       OptionalAttr<MoE_FrameworkAttr>:$framework,
                       OptionalAttr<StrAttr>:$baseline);
  let assemblyFormat = [{
    $sym_name oilist(`unnamed` $unnamed
                   | `framework` custom<Keyword>($framework)
                   | `baseline` $baseline) attr-dict-with-keyword custom<Body>($body)
  }];
  let hasRegionVerifier = 1;
  let extraClassDeclaration = defaultDialect # [{
    /// The only child of kind `OpT`, or null.
    template <typename OpT> OpT getSection() {
      auto ops = getBody().template getOps<OpT>();
      return ops.empty() ? OpT() : *ops.begin();
    }
  }];
}

def MoE_ClusterOp : MoE_DeclOp<"cluster", [HasParent<"PlanOp">]> {
  let summary = "The machines, as the plan states them";
  let description = [{
    `gpu` names a preset (its figures are used where the plan gives none) or a
    GPU of the author's own. Bandwidths are per GPU and direction, that of
    `host_link` to the memory of the host. `world_size`
    is the number of ranks when it is less than `nodes` times `gpus_per_node`.
    `nodes_per_switch` is what a topology file says, or the plan itself;
    `rank_order` whether ranks fill the GPUs in their order or in the one that
    moves the fewest bytes over slow links.

    The files of `topology` also give `node_lists`, the nodes as host lists of
    Slurm, one for each leaf switch or one for all; and for each GPU of a node
    `nvlink_groups`, the number of the group in which NVLink joins it to others,
    `gpu_nics`, its own network adapters, and `gpu_numa`, its NUMA node.

    Example:
    ```mlir
    moe.plan @demo {
      cluster @cluster gpu "H800" nodes 16 gpus_per_node 8 gpu_memory "80 GB" intra_node "200 GB/s" source "vendor data sheet"
    }
    ```

    Rationale: a flat list of keys instead of one operation a tier. Plans state
    two tiers and the size of the NVLink domain; deeper hierarchies come from a
    topology file.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       OptionalAttr<StrAttr>:$gpu,
                       OptionalAttr<MoE_PositiveI64>:$nodes,
                       OptionalAttr<MoE_PositiveI64>:$gpus_per_node,
                       OptionalAttr<MoE_PositiveI64>:$world_size,
                       OptionalAttr<MoE_QuantityAttr>:$gpu_memory,
                       OptionalAttr<MoE_QuantityAttr>:$peak_bf16,
                       OptionalAttr<MoE_QuantityAttr>:$peak_fp8,
                       OptionalAttr<MoE_QuantityAttr>:$memory_bandwidth,
                       OptionalAttr<MoE_PositiveI64>:$nvlink_domain,
                       OptionalAttr<MoE_QuantityAttr>:$intra_node,
                       OptionalAttr<MoE_QuantityAttr>:$inter_node,
                       OptionalAttr<MoE_QuantityAttr>:$host_link,
                       OptionalAttr<StrArrayAttr>:$topology,
                       OptionalAttr<MoE_PositiveI64>:$nodes_per_switch,
                       OptionalAttr<StrArrayAttr>:$node_lists,
                       OptionalAttr<DenseI64ArrayAttr>:$nvlink_groups,
                       OptionalAttr<StrArrayAttr>:$gpu_nics,
                       OptionalAttr<DenseI64ArrayAttr>:$gpu_numa,
                       OptionalAttr<MoE_RankOrderAttr>:$rank_order,
                       OptionalAttr<StrAttr>:$source);
  let assemblyFormat = [{
    $sym_name oilist(`gpu` $gpu
                   | `nodes` $nodes
                   | `gpus_per_node` $gpus_per_node
                   | `world_size` $world_size
                   | `gpu_memory` custom<QuantityText>($gpu_memory)
                   | `peak_bf16` custom<QuantityText>($peak_bf16)
                   | `peak_fp8` custom<QuantityText>($peak_fp8)
                   | `memory_bandwidth` custom<QuantityText>($memory_bandwidth)
                   | `nvlink_domain` $nvlink_domain
                   | `intra_node` custom<QuantityText>($intra_node)
                   | `inter_node` custom<QuantityText>($inter_node)
                   | `host_link` custom<QuantityText>($host_link)
                   | `topology` $topology
                   | `nodes_per_switch` $nodes_per_switch
                   | `node_lists` $node_lists
                   | `nvlink_groups` custom<Stripped>($nvlink_groups)
                   | `gpu_nics` $gpu_nics
                   | `gpu_numa` custom<Stripped>($gpu_numa)
                   | `rank_order` custom<Keyword>($rank_order)
                   | `source` $source) attr-dict
  }];
  let hasVerifier = 1;
}

def MoE_WorkloadOp : MoE_DeclOp<"workload",
    [ParentOneOf<["PlanOp", "LaunchOp"]>]> {
  let summary = "Batches the job runs, and how";
  let description = [{
    Training states `micro_batch` and `global_batch` in sequences; serving
    states `batch` per replica and, for decode, `context_length`; `kv_cache` is
    the number format of keys and values, `draft_tokens` what prediction layers
    guess ahead in each pass of decode, `acceptance` the chance of the next
    guess to be right. `cp_comm_type`
    says what context-parallel ranks exchange: keys and values in a ring (`p2p`)
    or at once (`all_gather`), or heads for tokens (`a2a`); `tp_overlap`, whether
    products run on parts of what tensor-parallel ranks gather and scatter
    (Megatron's `--tp-comm-overlap`); `fused_loss`, whether one kernel computes
    softmax, loss and gradient in the place of the logits. A launch carries its
    plan's own.

    Example:
    ```mlir
    moe.plan @demo {
      workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 8192
        precision bf16 recompute ["mla_up_proj", "mlp"]
        optimizer <name = "adamw", moments = bf16, sharding = distributed> dispatcher deepep
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       OptionalAttr<MoE_ModeAttr>:$mode,
                       OptionalAttr<MoE_PositiveI64>:$sequence_length,
                       OptionalAttr<MoE_PositiveI64>:$context_length,
                       OptionalAttr<MoE_PositiveI64>:$micro_batch,
                       OptionalAttr<MoE_PositiveI64>:$global_batch,
                       OptionalAttr<MoE_PositiveI64>:$batch,
                       OptionalAttr<MoE_PrecisionAttr>:$kv_cache,
                       OptionalAttr<MoE_PositiveI64>:$draft_tokens,
                       OptionalAttr<MoE_QuantityAttr>:$acceptance,
                       OptionalAttr<MoE_PrecisionAttr>:$precision,
                       OptionalAttr<StrArrayAttr>:$recompute,
                       OptionalAttr<MoE_OptimizerAttr>:$optimizer,
                       OptionalAttr<BoolAttr>:$ep_overlap,
                       OptionalAttr<BoolAttr>:$tp_overlap,
                       OptionalAttr<MoE_DispatcherAttr>:$dispatcher,
                       OptionalAttr<MoE_RoutingKindAttr>:$routing,
                       OptionalAttr<MoE_QuantityAttr>:$capacity_factor,
                       OptionalAttr<MoE_ContextExchangeAttr>:$cp_comm_type,
                       OptionalAttr<BoolAttr>:$fused_loss,
                       OptionalAttr<StrArrayAttr>:$cuda_graph,
                       OptionalAttr<StrAttr>:$software);
  let assemblyFormat = [{
    $sym_name
    oilist(`mode` custom<Keyword>($mode)
         | `sequence_length` $sequence_length
         | `context_length` $context_length
         | `micro_batch` $micro_batch
         | `global_batch` $global_batch
         | `batch` $batch
         | `kv_cache` custom<Keyword>($kv_cache)
         | `draft_tokens` $draft_tokens
         | `acceptance` custom<QuantityText>($acceptance)
         | `precision` custom<Keyword>($precision)
         | `recompute` $recompute
         | `optimizer` custom<Stripped>($optimizer)
         | `ep_overlap` $ep_overlap
         | `tp_overlap` $tp_overlap
         | `dispatcher` custom<Keyword>($dispatcher)
         | `routing` custom<Keyword>($routing)
         | `capacity_factor` custom<QuantityText>($capacity_factor)
         | `cp_comm_type` custom<Keyword>($cp_comm_type)
         | `fused_loss` $fused_loss
         | `cuda_graph` $cuda_graph
         | `software` $software) attr-dict
  }];
  let hasVerifier = 1;
}

def MoE_ParallelismOp : MoE_DeclOp<"parallelism", [HasParent<"PlanOp">]> {
  let summary = "Degrees of parallelism, as the plan states them";
  let description = [{
    `folded` (the default) is the rule of Megatron-Core: TP x CP x PP x DP = N
    for attention and ETP x EP x PP x EDP = N for the experts, over the same N
    ranks. `product` is EP x TP x CP x PP x DP = N. `dp auto` is derived.
    `order` lists the axes from the one with the smallest stride; `layout` is
    Megatron's `--pipeline-model-parallel-layout`. `schedule` is `one_f_one_b`,
    `interleaved`, `zero_bubble` (ZB-H1, arXiv 2401.10241) or `dualpipe`
    (DeepSeek-V3, arXiv 2412.19437).

    Example:
    ```mlir
    moe.plan @demo {
      parallelism @parallelism rule folded tp 2 pp 8 vpp 4 dp auto ep 64 etp 1
        order "tp-cp-ep-dp-pp" layout "Et*3|(tt|)*29m|L"
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       OptionalAttr<MoE_GridRuleAttr>:$rule,
                       OptionalAttr<MoE_PositiveI64>:$tp,
                       OptionalAttr<MoE_PositiveI64>:$cp,
                       OptionalAttr<MoE_PositiveI64>:$pp,
                       OptionalAttr<MoE_PositiveI64>:$vpp,
                       OptionalAttr<I64Attr>:$dp,
                       OptionalAttr<MoE_PositiveI64>:$ep,
                       OptionalAttr<MoE_PositiveI64>:$etp,
                       OptionalAttr<StrAttr>:$order,
                       OptionalAttr<StrAttr>:$layout,
                       OptionalAttr<MoE_ScheduleAttr>:$schedule);
  let assemblyFormat = [{
    $sym_name oilist(`rule` custom<Keyword>($rule)
                   | `tp` $tp | `cp` $cp | `pp` $pp | `vpp` $vpp
                   | `dp` custom<DegreeOrAuto>($dp)
                   | `ep` $ep | `etp` $etp
                   | `order` $order | `layout` $layout
                   | `schedule` custom<Keyword>($schedule)) attr-dict
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// `dp auto`.
    static constexpr int64_t kAuto = -1;
  }];
}

def MoE_DistributionOp : MoE_DeclOp<"distribution", [HasParent<"PlanOp">]> {
  let summary = "How experts shall be spread over the expert-parallel ranks";
  let description = [{
    `slots_per_rank` counts physical expert slots a rank and layer; more slots
    than experts means replicas. `placed` names a rule; a placement read from a
    file stands beside it as a `placement` operation.

    Example:
    ```mlir
    moe.plan @demo {
      distribution @experts slots_per_rank 2 dispatch weighted placed balanced loads "loads.json"
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       OptionalAttr<MoE_PositiveI64>:$slots_per_rank,
                       OptionalAttr<MoE_DispatchRuleAttr>:$dispatch,
                       OptionalAttr<MoE_PlacementKindAttr>:$placed,
                       OptionalAttr<StrAttr>:$loads,
                       OptionalAttr<StrAttr>:$file);
  let assemblyFormat = [{
    $sym_name oilist(`slots_per_rank` $slots_per_rank
                   | `dispatch` custom<Keyword>($dispatch)
                   | `placed` custom<Keyword>($placed)
                   | `loads` $loads
                   | `file` $file) attr-dict
  }];
}

#endif // MOE_IR_MOEPLANOPS_TD
