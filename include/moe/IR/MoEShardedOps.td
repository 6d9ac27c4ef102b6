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
    axis is a list of grid dimensions, major to minor, empty when its size is 1.
    The dimensions need not be neighbours: under the product rule the replicas of
    attention differ in `dp` and `ep`, which another axis may lie between.

    Example:
    ```mlir
    shard.grid @world(shape = 4x2x2x8)
    moe.view @attention on @world <pp = [0], dp = [1, 2], tp = [3]>
    moe.view @expert on @world <pp = [0], edp = [1], ep = [2, 3]>
    ```

    **Constraints**
    - (view-1) every dimension of the grid belongs to exactly one axis (one of
      size 1 may belong to none), every axis names its dimensions in ascending
      order, and no axis is named twice.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$grid,
                       MoE_AxisMapAttr:$axes);
  let assemblyFormat = "$sym_name `on` $grid $axes attr-dict";
}

def MoE_ComputeOp : MoE_Op<"compute", [Pure,
    DeclareOpInterfaceMethods<MoE_WorkOpInterface>,
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "Computation of one block of one layer on one rank";
  let description = [{
    Opaque: what matters is the block's cost, its `work` (see `#moe.work`).

    Example:
    ```mlir
    func.func @block(%x: tensor<4096x7168xbf16>) -> tensor<4096x7168xbf16> {
      %y = moe.compute attention layer 3 (%x) work <weights = 93749248> : (tensor<4096x7168xbf16>) -> tensor<4096x7168xbf16>
      return %y : tensor<4096x7168xbf16>
    }
    ```

    Rationale: attention math is not modelled; nothing in a launch depends on it.
  }];
  let arguments = (ins MoE_ComputeKindAttr:$kind,
                       OptionalAttr<MoE_NonNegativeI64>:$layer,
                       Variadic<AnyRankedTensor>:$inputs,
                       OptionalAttr<MoE_WorkAttr>:$work);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    custom<Keyword>($kind) (`layer` $layer^)? `(` $inputs `)`
    (`work` custom<Stripped>($work)^)? attr-dict
    `:` functional-type($inputs, $results)
  }];
}

def MoE_RouteOp : MoE_Op<"route", [Pure,
    DeclareOpInterfaceMethods<MoE_WorkOpInterface>,
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "Choose experts for the tokens of this rank";
  let description = [{
    `experts` is absent where the plan does not give the number of experts. The
    `work` is that of the norm before the experts, the router and the permutation
    of tokens.

    Example:
    ```mlir
    func.func @route(%tokens: tensor<512x7168xbf16>) -> !moe.routing<512 x 8> {
      %routing = moe.route %tokens experts 256 : tensor<512x7168xbf16> -> !moe.routing<512 x 8>
      return %routing : !moe.routing<512 x 8>
    }
    ```

    **Constraints**
    - (route-1) the routing has one row per token and no more choices than
      experts.
  }];
  let arguments = (ins AnyRankedTensor:$tokens,
                       OptionalAttr<MoE_PositiveI64>:$experts,
                       OptionalAttr<MoE_WorkAttr>:$work);
  let results = (outs MoE_AnyRouting:$routing);
  let assemblyFormat = [{
    $tokens (`experts` $experts^)? (`work` custom<Stripped>($work)^)? attr-dict
    `:` type($tokens) `->` type($routing)
  }];
  let hasVerifier = 1;
}

class MoE_ExchangeOp<string mnemonic>
    : MoE_Op<mnemonic, [Pure,
        DeclareOpInterfaceMethods<MoE_CollectiveOpInterface>,
        DeclareOpInterfaceMethods<SymbolUserOpInterface>,
        DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let arguments = (ins AnyRankedTensor:$input, MoE_AnyRouting:$routing,
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

    Example, 512 tokens x 8 experts / 16 ranks x a capacity of 125 %:
    ```mlir
    shard.grid @world(shape = 2x16)
    moe.plan @demo {
      cluster @cluster world_size 32
      model @model {
        layers @sparse 0 to 4 { experts count 256 }
      }
      mesh @expert <edp = 2, ep = 16> on @cluster
      placement @sparse of @model::@sparse on @expert slots 16 contiguous
    }
    func.func @send(%tokens: tensor<512x7168xbf16>, %routing: !moe.routing<512 x 8>) -> tensor<16x320x7168xbf16> {
      %rows = moe.dispatch %tokens by %routing on @world grid_axes = [1] placement @demo::@sparse : tensor<512x7168xbf16>, !moe.routing<512 x 8> -> tensor<16x320x7168xbf16>
      return %rows : tensor<16x320x7168xbf16>
    }
    ```

    **Constraints**
    - (dispatch-1) the first dimension is the size of the group, the last the
      hidden size of the input; the routing has one row per token; no dimension
      of the grid is named twice.
    - (dispatch-2) the placement exists, and its table has a row for each rank of
      the group.
  }];
}

def MoE_CombineOp : MoE_ExchangeOp<"combine"> {
  let summary = "Bring expert outputs back and sum them by gate weight";
  let description = [{
    The inverse of `moe.dispatch`: (ranks) x (rows) x hidden to tokens x hidden.

    Example:
    ```mlir
    shard.grid @world(shape = 2x16)
    moe.plan @demo {
      cluster @cluster world_size 32
      model @model {
        layers @sparse 0 to 4 { experts count 256 }
      }
      mesh @expert <edp = 2, ep = 16> on @cluster
      placement @sparse of @model::@sparse on @expert slots 16 contiguous
    }
    func.func @bring_back(%rows: tensor<16x320x7168xbf16>, %routing: !moe.routing<512 x 8>) -> tensor<512x7168xbf16> {
      %tokens = moe.combine %rows by %routing on @world grid_axes = [1] placement @demo::@sparse : tensor<16x320x7168xbf16>, !moe.routing<512 x 8> -> tensor<512x7168xbf16>
      return %tokens : tensor<512x7168xbf16>
    }
    ```

    **Constraints**
    - (dispatch-1) as `moe.dispatch`, with operand and result exchanged.
    - (dispatch-2) the placement exists, and its table has a row for each rank of
      the group.
  }];
}

#endif // MOE_IR_MOESHARDEDOPS_TD
