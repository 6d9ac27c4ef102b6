//===- MoEStatementOps.td - What a plan claims about itself --*- tablegen -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_IR_MOESTATEMENTOPS_TD
#define MOE_IR_MOESTATEMENTOPS_TD

include "moe/IR/MoEAttrs.td"

def MoE_PolicyOp : MoE_Op<"policy", [HasParent<"PlanOp">]> {
  let summary = "A range the plan shall stay in; a breach is a warning";
  let description = [{
    Names a metric, not itself: a `target` may name the same one.

    Example:
    ```mlir
    moe.plan @demo {
      policy @device_memory "60 % .. 95 %"
      policy @imbalance "<= 1.05"
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$metric, MoE_BoundAttr:$bound);
  let assemblyFormat = "$metric custom<BoundText>($bound) attr-dict";
}

def MoE_TargetOp
    : MoE_Op<"target", [ParentOneOf<["PlanOp", "LaunchOp"]>]> {
  let summary = "What the running job is monitored against";
  let description = [{
    A launch repeats those of its plan: they become alerts.

    Example:
    ```mlir
    moe.plan @demo {
      target @gpu_utilization ">= 95 %"
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$metric, MoE_BoundAttr:$bound);
  let assemblyFormat = "$metric custom<BoundText>($bound) attr-dict";
}

def MoE_ClaimOp : MoE_Op<"claim", [HasParent<"PlanOp">]> {
  let summary = "A number its author asserts";
  let description = [{
    `says` is one equation, inequality or range over numbers with units, metrics
    of the plan and other claims. `quote` and `line` point into the document the
    claim was taken from; `source` says whether the number was measured,
    modelled or assumed.

    Example:
    ```mlir
    moe.plan @demo {
      claim @memory says "device_memory = 42.3 GB" quote "42.3 GB used per GPU" line 7 source assumed
    }
    ```

    Rationale: the equation is text because it is a language of its own, with
    decimals that must stay exactly as written; it is parsed where it is checked.
    Claims refer to each other inside that text and are no symbols: a claim may
    be called as a section or a mesh is.
  }];
  let arguments = (ins SymbolNameAttr:$id, StrAttr:$says,
                       OptionalAttr<StrAttr>:$quote,
                       OptionalAttr<MoE_PositiveI64>:$line,
                       OptionalAttr<MoE_ProvenanceAttr>:$source);
  let assemblyFormat = [{
    $id `says` $says oilist(`quote` $quote | `line` $line
                                | `source` custom<Keyword>($source)) attr-dict
  }];
}

def MoE_StatedOp : MoE_BodyOp<"stated", [HasParent<"PlanOp">]> {
  let summary = "What a document says about the structure of its own plan";
  let description = [{
    Each entry is compared with what the plan implies.

    Example:
    ```mlir
    moe.plan @demo {
      stated overlap "0 %" utilized_ranks "3 of 128" {
        groups axis tp count 8 size 4
        expert_counts [22, 21, 21]
        collective all_gather for "expert routing"
        module "embedding" ranks "0-1"
      }
    }
    ```

    **Constraints**
    - (body-1) holds `groups`, `expert_counts`, `collective` and `module` alone.
  }];
  let arguments = (ins OptionalAttr<MoE_QuantityAttr>:$overlap,
                       OptionalAttr<StrAttr>:$utilized_ranks);
  let assemblyFormat = [{
    oilist(`overlap` custom<QuantityText>($overlap)
         | `utilized_ranks` $utilized_ranks) attr-dict-with-keyword custom<Body>($body)
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def MoE_GroupsOp : MoE_Op<"groups", [HasParent<"StatedOp">]> {
  let summary = "Number and size of the groups of one axis, as stated";
  let description = [{
    Compared with the groups that the degrees of parallelism make.

    Example:
    ```mlir
    moe.plan @demo {
      stated {
        groups axis tp count 8 size 4
      }
    }
    ```
  }];
  let arguments = (ins MoE_AxisKindAttr:$axis,
                       OptionalAttr<MoE_PositiveI64>:$count,
                       OptionalAttr<MoE_PositiveI64>:$size);
  let assemblyFormat = [{
    `axis` custom<Keyword>($axis) oilist(`count` $count | `size` $size)
    attr-dict
  }];
}

def MoE_ExpertCountsOp : MoE_Op<"expert_counts", [HasParent<"StatedOp">]> {
  let summary = "Experts on each rank, as stated";
  let description = [{
    One count per expert-parallel rank, wrong ones included.

    Example:
    ```mlir
    moe.plan @demo {
      stated {
        expert_counts [22, 21, 21]
      }
    }
    ```
  }];
  let arguments = (ins DenseI64ArrayAttr:$counts);
  let assemblyFormat = "$counts attr-dict";
}

def MoE_CollectiveOp : MoE_Op<"collective", [HasParent<"StatedOp">]> {
  let summary = "A collective operation, as stated";
  let description = [{
    What it is used `for` or the `axis` it runs along, and the `time` it is said
    to take `per` layer, step, ...

    Example:
    ```mlir
    moe.plan @demo {
      stated {
        collective all_gather for "expert routing"
        collective all_reduce axis tp time "2 ms" per "layer"
      }
    }
    ```
  }];
  let arguments = (ins MoE_CollectiveKindAttr:$kind,
                       OptionalAttr<StrAttr>:$purpose,
                       OptionalAttr<MoE_AxisKindAttr>:$axis,
                       OptionalAttr<MoE_QuantityAttr>:$time,
                       OptionalAttr<StrAttr>:$per);
  let assemblyFormat = [{
    custom<Keyword>($kind) oilist(`for` $purpose
                                | `axis` custom<Keyword>($axis)
                                | `time` custom<QuantityText>($time)
                                | `per` $per) attr-dict
  }];
  let hasVerifier = 1;
}

def MoE_StatedModuleOp : MoE_Op<"module", [HasParent<"StatedOp">]> {
  let summary = "A module and where it sits, as stated";
  let description = [{
    Either `ranks`, or a `device` that is no rank.

    Example:
    ```mlir
    moe.plan @demo {
      stated {
        module "embedding" ranks "0-1"
        module "tokenization" device "host"
      }
    }
    ```
  }];
  let arguments = (ins StrAttr:$module, OptionalAttr<StrAttr>:$ranks,
                       OptionalAttr<StrAttr>:$device);
  let assemblyFormat = [{
    $module oilist(`ranks` $ranks | `device` $device) attr-dict
  }];
}

#endif // MOE_IR_MOESTATEMENTOPS_TD
