//===- MoEModelOps.td - The model of a plan ----------------*- tablegen -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_IR_MOEMODELOPS_TD
#define MOE_IR_MOEMODELOPS_TD

include "moe/IR/MoEAttrs.td"

def MoE_ModelOp : MoE_ContainerOp<"model",
    [ParentOneOf<["PlanOp", "LaunchOp"]>]> {
  let summary = "Shape of the model";
  let description = [{
    Figures the plan does not give are absent, never guessed. `from` is the
    Hugging Face `config.json` the figures were read from; `keys` lists the keys
    of an inline description with the text of their values, so that exporting
    the plan writes them back as they were stated. `assumed` names figures that
    nobody stated and that carry the default of the model's configuration class,
    `not_described` parts of such a model that have no figures here. A launch
    carries its plan's own.

    Example:
    ```mlir
    moe.plan @demo {
      model @model from "config.json" type "deepseek_v3" hidden 7168 vocab 129280 layers 61 {
        layers @dense 0 to 3 {
          attention heads 128 q_lora_rank 1536 kv_lora_rank 512 qk_nope_head_dim 128 qk_rope_head_dim 64 v_head_dim 128
          ffn width 18432
        }
        layers @sparse 3 to 61 {
          attention heads 128 q_lora_rank 1536 kv_lora_rank 512 qk_nope_head_dim 128 qk_rope_head_dim 64 v_head_dim 128
          experts count 256 top_k 8 width 2048 shared 1 shared_width 2048
          router score sigmoid groups 8 top_groups 4
        }
      }
    }
    ```

    **Constraints**
    - (body-1) holds `layers` alone.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       OptionalAttr<StrAttr>:$from,
                       OptionalAttr<StrAttr>:$type,
                       OptionalAttr<MoE_PositiveI64>:$hidden,
                       OptionalAttr<MoE_PositiveI64>:$vocab,
                       OptionalAttr<MoE_PositiveI64>:$layers,
                       OptionalAttr<MoE_NonNegativeI64>:$mtp_layers,
                       OptionalAttr<BoolAttr>:$gated,
                       OptionalAttr<BoolAttr>:$tied_embeddings,
                       OptionalAttr<DenseI64ArrayAttr>:$quantization_block,
                       OptionalAttr<StrArrayAttr>:$keys,
                       OptionalAttr<StrArrayAttr>:$values,
                       OptionalAttr<StrArrayAttr>:$assumed,
                       OptionalAttr<StrArrayAttr>:$not_described);
  let assemblyFormat = [{
    $sym_name oilist(`from` $from
                   | `type` $type
                   | `hidden` $hidden
                   | `vocab` $vocab
                   | `layers` $layers
                   | `mtp_layers` $mtp_layers
                   | `gated` $gated
                   | `tied_embeddings` $tied_embeddings
                   | `quantization_block` custom<Stripped>($quantization_block)
                   | `keys` custom<KeyValues>($keys, $values)
                   | `assumed` $assumed
                   | `not_described` $not_described)
    attr-dict-with-keyword custom<Body>($body)
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def MoE_LayersOp : MoE_ContainerOp<"layers", [HasParent<"ModelOp">]> {
  let summary = "A run of identical transformer layers";
  let description = [{
    Layers `begin` to `end`, half open; `0 to 0` while nobody says how many
    layers the model has. A run without `experts` and `ffn` has a feed-forward
    block nobody described.

    Example:
    ```mlir
    moe.plan @demo {
      model @model {
        layers @dense 0 to 3 { ffn width 18432 }
        layers @sparse 3 to 61 { experts count 256 top_k 8 }
      }
    }
    ```

    **Constraints**
    - (body-1) holds `attention`, `ffn`, `experts` and `router` alone.
    - (layers-1) each of them once, at most one of `ffn` and `experts`, and a
      `router` only with `experts`.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       MoE_NonNegativeI64:$begin, MoE_NonNegativeI64:$end);
  let assemblyFormat = [{
    $sym_name $begin `to` $end attr-dict-with-keyword custom<Body>($body)
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let extraClassDeclaration = defaultDialect # [{
    /// The only child of kind `OpT`, or null.
    template <typename OpT> OpT getBlock() {
      auto ops = getBody().template getOps<OpT>();
      return ops.empty() ? OpT() : *ops.begin();
    }
  }];
}

def MoE_AttentionOp : MoE_Op<"attention", [HasParent<"LayersOp">]> {
  let summary = "Attention block of every layer of the run";
  let description = [{
    Grouped-query attention states `heads`, `kv_heads` and `head_size`;
    multi-head latent attention states the ranks of its projections instead.
    `qk_norm` normalises queries and keys, each head on its own or all together.

    Example:
    ```mlir
    moe.plan @demo {
      model @model {
        layers @run 0 to 4 {
          attention heads 64 kv_heads 4 head_size 128 qk_norm per_head
        }
      }
    }
    ```
  }];
  let arguments = (ins OptionalAttr<MoE_PositiveI64>:$heads,
                       OptionalAttr<MoE_PositiveI64>:$kv_heads,
                       OptionalAttr<MoE_PositiveI64>:$head_size,
                       OptionalAttr<MoE_PositiveI64>:$q_lora_rank,
                       OptionalAttr<MoE_PositiveI64>:$kv_lora_rank,
                       OptionalAttr<MoE_PositiveI64>:$qk_nope_head_dim,
                       OptionalAttr<MoE_PositiveI64>:$qk_rope_head_dim,
                       OptionalAttr<MoE_PositiveI64>:$v_head_dim,
                       OptionalAttr<MoE_PositiveI64>:$sliding_window,
                       OptionalAttr<MoE_QkNormAttr>:$qk_norm);
  let assemblyFormat = [{
    oilist(`heads` $heads | `kv_heads` $kv_heads | `head_size` $head_size
         | `q_lora_rank` $q_lora_rank | `kv_lora_rank` $kv_lora_rank
         | `qk_nope_head_dim` $qk_nope_head_dim
         | `qk_rope_head_dim` $qk_rope_head_dim
         | `v_head_dim` $v_head_dim
         | `sliding_window` $sliding_window
         | `qk_norm` custom<Keyword>($qk_norm)) attr-dict
  }];
}

def MoE_FfnOp : MoE_Op<"ffn", [HasParent<"LayersOp">]> {
  let summary = "Dense feed-forward block";
  let description = [{
    `width` is the size of the intermediate activations; whether two or three
    matrices make the block is `gated` of the model.

    Example:
    ```mlir
    moe.plan @demo {
      model @model {
        layers @run 0 to 4 {
          ffn width 18432
        }
      }
    }
    ```
  }];
  let arguments = (ins OptionalAttr<MoE_PositiveI64>:$width);
  let assemblyFormat = "(`width` $width^)? attr-dict";
}

def MoE_ExpertsOp : MoE_Op<"experts", [HasParent<"LayersOp">]> {
  let summary = "Routed experts, and shared ones that every token visits";
  let description = [{
    Every token visits `top_k` of `count` experts and all `shared` ones. `width`
    is the intermediate size of one routed expert, `shared_width` that of all
    `shared` experts together: they run as one wider block.

    Example:
    ```mlir
    moe.plan @demo {
      model @model {
        layers @run 0 to 4 {
          experts count 256 top_k 8 width 2048 shared 1 shared_width 2048
        }
      }
    }
    ```
  }];
  let arguments = (ins OptionalAttr<MoE_PositiveI64>:$count,
                       OptionalAttr<MoE_PositiveI64>:$top_k,
                       OptionalAttr<MoE_PositiveI64>:$width,
                       OptionalAttr<MoE_NonNegativeI64>:$shared,
                       OptionalAttr<MoE_PositiveI64>:$shared_width);
  let assemblyFormat = [{
    oilist(`count` $count | `top_k` $top_k | `width` $width
         | `shared` $shared | `shared_width` $shared_width) attr-dict
  }];
}

def MoE_RouterOp : MoE_Op<"router", [HasParent<"LayersOp">]> {
  let summary = "How tokens choose experts";
  let description = [{
    With `groups`, a token first chooses `top_groups` of them and then experts
    inside these (group-limited routing).

    Example:
    ```mlir
    moe.plan @demo {
      model @model {
        layers @run 0 to 4 {
          experts count 256 top_k 8
          router score sigmoid groups 8 top_groups 4
        }
      }
    }
    ```
  }];
  let arguments = (ins OptionalAttr<MoE_ScoreKindAttr>:$score,
                       OptionalAttr<MoE_PositiveI64>:$groups,
                       OptionalAttr<MoE_PositiveI64>:$top_groups);
  let assemblyFormat = [{
    oilist(`score` custom<Keyword>($score)
         | `groups` $groups | `top_groups` $top_groups) attr-dict
  }];
}

#endif // MOE_IR_MOEMODELOPS_TD
