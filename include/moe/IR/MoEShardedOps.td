//===- MoEShardedOps.td - What every stage runs ------------*- tablegen -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_IR_MOESHARDEDOPS_TD
#define MOE_IR_MOESHARDEDOPS_TD

include "mlir/Dialect/Shard/IR/ShardBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "moe/IR/MoEAttrs.td"
include "moe/IR/MoEInterfaces.td"

def MoE_ViewOp : MoE_DeclOp<"view", [
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "Named axes over the dimensions of a shard.grid";
  let description = [{
    Two views of one grid say how attention and experts share the ranks: an
    axis is a run of grid dimensions, empty when its size is 1.

    Example:
    ```mlir
    shard.grid @world(shape = 4x2x2x8)
    moe.view @attention on @world <pp = [0], dp = [1, 2], tp = [3]>
    moe.view @expert on @world <pp = [0], edp = [1], ep = [2, 3]>
    ```

    **Constraints**
    - (view-1) every dimension of the grid belongs to exactly one axis.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$grid,
                       MoE_AxisMapAttr:$axes);
  let assemblyFormat = "$sym_name `on` $grid $axes attr-dict";
}

def MoE_ComputeOp : MoE_Op<"compute", [Pure,
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "Computation of one block of one layer on one rank";
  let description = [{
    Opaque: what matters is the block's cost. `weights` counts the parameters
    that this rank holds for it, `flops` the floating-point operations of one
    forward pass over the operands' tokens (2 per multiply-add, core attention
    counted causal, as Megatron-LM's `num_floating_point_operations`). Both are
    absent where the plan leaves out a figure they need.

    Example:
    ```mlir
    func.func @block(%x: tensor<4096x7168xbf16>) -> tensor<4096x7168xbf16> {
      %y = moe.compute attention layer 3 (%x) weights 93749248 : (tensor<4096x7168xbf16>) -> tensor<4096x7168xbf16>
      return %y : tensor<4096x7168xbf16>
    }
    ```

    Rationale: attention math is not modelled; nothing in a launch depends on it.
  }];
  let arguments = (ins MoE_ComputeKindAttr:$kind,
                       OptionalAttr<MoE_NonNegativeI64>:$layer,
                       Variadic<AnyRankedTensor>:$inputs,
                       OptionalAttr<MoE_NonNegativeI64>:$weights,
                       OptionalAttr<MoE_NonNegativeI64>:$flops);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    custom<Keyword>($kind) (`layer` $layer^)? `(` $inputs `)`
    oilist(`weights` $weights | `flops` $flops) attr-dict
    `:` functional-type($inputs, $results)
  }];
}

def MoE_RouteOp : MoE_Op<"route", [Pure,
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "Choose experts for the tokens of this rank";
  let description = [{
    `experts` is absent where the plan does not give the number of experts.

    **Constraints**
    - (route-1) the routing has one row per token and no more choices than
      experts.
  }];
  let arguments = (ins AnyRankedTensor:$tokens,
                       OptionalAttr<MoE_PositiveI64>:$experts);
  let results = (outs MoE_RoutingType:$routing);
  let assemblyFormat = [{
    $tokens (`experts` $experts^)? attr-dict
    `:` type($tokens) `->` type($routing)
  }];
  let hasVerifier = 1;
}

class MoE_ExchangeOp<string mnemonic>
    : MoE_Op<mnemonic, [Pure,
        DeclareOpInterfaceMethods<MoE_CollectiveOpInterface>,
        DeclareOpInterfaceMethods<SymbolUserOpInterface>,
        DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let arguments = (ins AnyRankedTensor:$input, MoE_RoutingType:$routing,
                       FlatSymbolRefAttr:$grid, Shard_GridAxesAttr:$grid_axes,
                       SymbolRefAttr:$placement, UnitAttr:$dropless);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    $input `by` $routing `on` $grid `grid_axes` `=` $grid_axes
    `placement` $placement (`dropless` $dropless^)? attr-dict
    `:` type($input) `,` type($routing) `->` type($result)
  }];
}

def MoE_DispatchOp : MoE_ExchangeOp<"dispatch"> {
  let summary = "Send tokens to the ranks of their experts (all-to-all-v)";
  let description = [{
    The result has shape (ranks of the group) x (rows from each) x hidden. Rows
    from each rank are the capacity when tokens may be dropped; with `dropless`
    they are what balanced routing sends.

    **Constraints**
    - (dispatch-1) the first dimension is the size of the group, the last the
      hidden size of the input.
    - (dispatch-2) the placement exists.
  }];
}

def MoE_CombineOp : MoE_ExchangeOp<"combine"> {
  let summary = "Bring expert outputs back and sum them by gate weight";
  let description = [{
    The inverse of `moe.dispatch`: (ranks) x (rows) x hidden to tokens x hidden.

    **Constraints**
    - (dispatch-1) as `moe.dispatch`, with operand and result exchanged.
  }];
}

#endif // MOE_IR_MOESHARDEDOPS_TD
