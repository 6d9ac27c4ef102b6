//===- MoEAttrs.td - Attributes and types ------------------*- tablegen -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_IR_MOEATTRS_TD
#define MOE_IR_MOEATTRS_TD

include "moe/IR/MoEEnums.td"

def MoE_QuantityAttr : MoE_Attr<"Quantity", "quantity"> {
  let summary = "A number with a unit, exactly as stated";
  let description = [{
    Keeps the digits and the unit as they were written: `"42.3 GB"` is neither
    `"42.30 GB"` (another precision) nor `"39.4 GiB"`. Operations print it as a
    string, `gpu_memory "80 GB"`.
  }];
  let parameters = (ins StringRefParameter<"number and unit">:$text);
  let assemblyFormat = "`<` $text `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    ::mlir::moe::Quantity getQuantity();
  }];
}

def MoE_BoundAttr : MoE_Attr<"Bound", "bound"> {
  let summary = "What a quantity has to satisfy";
  let description = [{
    A comparison (`"<= 1.05"`, `">= 95 %"`) or a range (`"60 % .. 95 %"`).
  }];
  let parameters = (ins StringRefParameter<"comparison or range">:$text);
  let assemblyFormat = "`<` $text `>`";
  let genVerifyDecl = 1;
}

// Lists print their own `<` and `>`: the empty literal before them keeps a space
// away that would make the attribute `#moe<axes <...>>`.
def MoE_AxesAttr : MoE_Attr<"Axes", "axes"> {
  let summary = "Axes of a mesh, major to minor";
  let description = [{
    The last axis joins neighbouring ranks: in `<pp = 4, dp = 4, tp = 8>` ranks
    0 to 7 form the first tensor-parallel group.

    **Constraints**
    - (mesh-2) sizes are at least 1 and no axis is named twice.
  }];
  let parameters = (ins ArrayRefParameter<"::mlir::moe::AxisKind">:$kinds,
                        ArrayRefParameter<"int64_t">:$sizes);
  let assemblyFormat = "`` custom<AxisList>($kinds, $sizes)";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Product of the sizes; nothing when it does not fit 63 bits.
    std::optional<int64_t> getNumRanks();
    /// Size of the axis, or nothing if it is not in the list.
    std::optional<int64_t> getSize(AxisKind kind);
    /// Position of the axis, or nothing if it is not in the list.
    std::optional<unsigned> getPosition(AxisKind kind);
  }];
}

def MoE_AxisKindListAttr : MoE_Attr<"AxisKindList", "axis_kinds"> {
  let summary = "Names of some axes of a mesh";
  let parameters = (ins ArrayRefParameter<"::mlir::moe::AxisKind">:$value);
  let assemblyFormat = "`` custom<AxisKinds>($value)";
  let genVerifyDecl = 1;
}

def MoE_LayerRangeAttr : MoE_Attr<"LayerRange", "layer_range"> {
  let summary = "Half-open range of layer indices";
  let parameters = (ins "int64_t":$begin, "int64_t":$end);
  let assemblyFormat = "`<` $begin `to` $end `>`";
  let genVerifyDecl = 1;
}

def MoE_BoxAttr : MoE_Attr<"Box", "box"> {
  let summary = "Ranks enumerated by size and stride, major to minor";
  let description = [{
    `<4:32, 8:1>` is 0..7, 32..39, 64..71, 96..103; `<>` is the single rank 0.
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$sizes,
                        ArrayRefParameter<"int64_t">:$strides);
  let assemblyFormat = "`<` custom<SizeStrides>($sizes, $strides) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    ::mlir::moe::Box getBox();
    static BoxAttr get(::mlir::MLIRContext *context, const ::mlir::moe::Box &box);
  }];
}

def MoE_AxisMapAttr : MoE_Attr<"AxisMap", "axis_map"> {
  let summary = "Which grid dimensions make up each named axis";
  let parameters = (ins
    ArrayRefParameter<"::mlir::moe::AxisKind">:$kinds,
    ArrayRefParameter<"::mlir::DenseI16ArrayAttr">:$dims);
  let assemblyFormat = "`` custom<AxisMapList>($kinds, $dims)";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Grid dimensions of the axis; empty when it is absent or of size 1.
    ::llvm::ArrayRef<int16_t> getDimsOf(AxisKind kind);
  }];
}

def MoE_OptimizerAttr : MoE_Attr<"Optimizer", "optimizer"> {
  let summary = "Optimizer, the number formats of its states, where they are";
  let description = [{
    `offload` is the share of the parameters whose states host memory keeps, as
    Megatron's `--optimizer-offload-fraction`.

    Example: `#moe.optimizer<name = "adamw", sharding = distributed, offload = "0.5">`
  }];
  let parameters = (ins
    OptionalParameter<"::mlir::StringAttr">:$name,
    OptionalParameter<"std::optional<::mlir::moe::Precision>">:$moments,
    OptionalParameter<"std::optional<::mlir::moe::Precision>">:$gradients,
    OptionalParameter<"std::optional<::mlir::moe::Precision>">:$master,
    OptionalParameter<"std::optional<::mlir::moe::StateSharding>">:$sharding,
    OptionalParameter<"::mlir::moe::QuantityAttr">:$offload);
  let assemblyFormat = [{
    `` custom<Optimizer>($name, $moments, $gradients, $master, $sharding,
                         $offload)
  }];
}

def MoE_WorkAttr : MoE_Attr<"Work", "work"> {
  let summary = "What one block asks of one rank";
  let description = [{
    Counts for one forward pass of one micro-batch: `weights` in parameters,
    `flops` of matrix multiplications and `core_flops` of attention (2 per
    multiply-add, causal, as Megatron-LM's `num_floating_point_operations`),
    `rows` and narrow `width` of one multiplication, bytes `moved` through
    memory beside it, `kept` for the backward pass, `transient` while that runs,
    and what it computes again (`redone_flops`, `redone_core_flops`,
    `redone_moved`). Counts of 0 are left out; `?` is a count that the plan
    leaves unknown or that exceeds 63 bits.

    Example: `#moe.work<weights = 44046336, flops = 360777252864, kept = ?>`
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$counts);
  let assemblyFormat = "`` custom<Work>($counts)";
  let builders = [AttrBuilder<(ins "const cost::BlockWork &":$work)>];
  let extraClassDeclaration = [{
    cost::BlockWork getWork() const;
  }];
  let genVerifyDecl = 1;
}

def MoE_RoutingType : TypeDef<MoE_Dialect, "Routing"> {
  let mnemonic = "routing";
  let summary = "Where a batch of tokens goes";
  let description = [{
    The experts chosen for each token of this rank: `!moe.routing<512 x 8>` for
    512 tokens that visit 8 experts each; `?` where the plan does not say.
  }];
  let parameters = (ins "int64_t":$tokens, "int64_t":$top_k);
  let assemblyFormat = "`<` custom<Dim>($tokens) `x` custom<Dim>($top_k) `>`";
  let genVerifyDecl = 1;
}

/// A RoutingType in operation formats, which would print the bare
/// `<512 x 8>` of a type they know.
def MoE_AnyRouting : Type<MoE_RoutingType.predicate, "routing">;

#endif // MOE_IR_MOEATTRS_TD
