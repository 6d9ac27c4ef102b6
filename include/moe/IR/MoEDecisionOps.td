//===- MoEDecisionOps.td - What passes decide about a plan --*- tablegen -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_IR_MOEDECISIONOPS_TD
#define MOE_IR_MOEDECISIONOPS_TD

include "moe/IR/MoEAttrs.td"

def MoE_MeshOp : MoE_DeclOp<"mesh", [HasParent<"PlanOp">,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "Logical view of the ranks of a cluster";
  let description = [{
    Axes run major to minor: neighbours along the last axis are neighbouring
    ranks. `folds @other keeping <...>` says that the mesh renames the ranks of
    `@other` and that the listed axes group them identically; `@other` is a mesh
    that folds no other.

    Example:
    ```mlir
    moe.plan @demo {
      cluster @cluster nodes 16 gpus_per_node 8
      mesh @attention <pp = 4, dp = 4, tp = 8> on @cluster
      mesh @expert <pp = 4, edp = 2, ep = 16> on @cluster folds @attention keeping <pp>
    }
    ```

    **Constraints**
    - (mesh-1) the product of the axis sizes is the number of ranks (a finding
      of `--verify-balance`);
    - (mesh-3) kept axes have the same size and stride in both meshes (a
      finding);
    - (mesh-4) the two meshes have a common refinement (a finding).
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, MoE_AxesAttr:$axes,
                       FlatSymbolRefAttr:$cluster,
                       OptionalAttr<FlatSymbolRefAttr>:$folds,
                       OptionalAttr<MoE_AxisKindListAttr>:$keeping);
  let assemblyFormat = [{
    $sym_name $axes `on` $cluster (`folds` $folds^ `keeping` $keeping)?
    attr-dict
  }];
  let hasVerifier = 1;
}

def MoE_PipelineOp : MoE_BodyOp<"pipeline",
    [HasParent<"PlanOp">, Symbol,
     DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "Assignment of layers to pipeline stages";
  let description = [{
    One `stage` per pipeline rank. With virtual stages a stage lists one range
    of layers per chunk, in the order in which it runs them.

    Example:
    ```mlir
    moe.plan @demo {
      cluster @cluster nodes 1 gpus_per_node 2
      mesh @attention <pp = 2> on @cluster
      model @model layers 8 {}
      pipeline @stages of @model on @attention schedule interleaved {
        stage 0 layers [0 to 2, 4 to 6] embedding
        stage 1 layers [2 to 4, 6 to 8] output
      }
    }
    ```

    **Constraints**
    - (body-1) holds `stage` alone.
    - (pipeline-1) one stage per `pp` rank, and the stages cover the layers of
      the model once (a finding of `--verify-balance`).
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$model,
                       FlatSymbolRefAttr:$mesh, MoE_ScheduleAttr:$schedule);
  let assemblyFormat = [{
    $sym_name `of` $model `on` $mesh `schedule` custom<Keyword>($schedule)
    attr-dict-with-keyword custom<Body>($body)
  }];
  let hasRegionVerifier = 1;
}

def MoE_LayerRangeArrayAttr
    : TypedArrayAttrBase<MoE_LayerRangeAttr, "layer ranges">;

def MoE_StageOp : MoE_Op<"stage", [ParentOneOf<["PipelineOp", "LaunchOp"]>]> {
  let summary = "What one pipeline stage holds, chunk by chunk";
  let description = [{
    `embedding` and `output` mark the stages that hold the token embedding and
    the output head; `mtp_layers` counts multi-token prediction layers. The same
    operation states a stage of a plan and of a launch.

    Example:
    ```mlir
    moe.plan @demo {
      cluster @cluster world_size 2
      mesh @attention <pp = 2> on @cluster
      model @model layers 8 {}
      pipeline @stages of @model on @attention schedule one_f_one_b {
        stage 0 layers [0 to 4] embedding
        stage 1 layers [4 to 8] output mtp_layers 1
      }
    }
    ```
  }];
  let arguments = (ins MoE_NonNegativeI64:$index,
                       MoE_LayerRangeArrayAttr:$layers,
                       UnitAttr:$embedding, UnitAttr:$output,
                       DefaultValuedAttr<MoE_NonNegativeI64, "0">:$mtp_layers);
  let assemblyFormat = [{
    $index `layers` custom<LayerRanges>($layers)
    oilist(`embedding` $embedding | `output` $output)
    (`mtp_layers` $mtp_layers^)? attr-dict
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Layers of all chunks together.
    int64_t getNumLayers();
  }];
}

def MoE_LoadOp : MoE_DeclOp<"load", [HasParent<"PlanOp">,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "Measured tokens per layer and expert";
  let description = [{
    Counts per expert, or per layer and expert; none is negative.

    Example:
    ```mlir
    moe.plan @demo {
      model @model {
        layers @sparse 3 to 61 { experts count 256 }
      }
      load @measured of @model::@sparse = dense<1> : tensor<58x256xi64>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, SymbolRefAttr:$layers,
                       ElementsAttr:$tokens);
  let assemblyFormat = "$sym_name `of` $layers `=` $tokens attr-dict";
  let hasVerifier = 1;
}

def MoE_PlacementOp : MoE_DeclOp<"placement", [HasParent<"PlanOp">,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "Which expert-parallel rank holds which expert";
  let description = [{
    `contiguous`: slot p holds expert p modulo the number of experts.
    `round_robin`: rank r holds experts r, r + ranks, r + 2 x ranks, ... A
    `table` of shape ranks x slots (or layers x ranks x slots) names the expert
    of every slot, -1 for an empty one; an expert named twice is a replica. A
    placement read from a file names no mesh: the plan has none yet.

    Example:
    ```mlir
    moe.plan @demo {
      cluster @cluster world_size 2
      model @model {
        layers @sparse 0 to 4 { experts count 3 }
        layers @other 4 to 8 { experts count 8 }
      }
      mesh @expert <ep = 2> on @cluster
      placement @sparse of @model::@sparse on @expert slots 2 table dense<[[0, 1], [2, -1]]> : tensor<2x2xi32>
      placement @other of @model::@other on @expert slots 4 contiguous
    }
    ```

    **Constraints**
    - (placement-1) every expert has a slot and no rank holds one twice (a
      finding of `--verify-balance`).
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, SymbolRefAttr:$layers,
                       OptionalAttr<FlatSymbolRefAttr>:$mesh,
                       MoE_PositiveI64:$slots_per_rank,
                       MoE_PlacementKindAttr:$kind,
                       OptionalAttr<ElementsAttr>:$table);
  let assemblyFormat = [{
    $sym_name `of` $layers (`on` $mesh^)? `slots` $slots_per_rank
    custom<Keyword>($kind) ($table^)? attr-dict
  }];
  let hasVerifier = 1;
}

#endif // MOE_IR_MOEDECISIONOPS_TD
