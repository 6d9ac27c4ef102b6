//===- MoEInterfaces.td - Interfaces -----------------------*- tablegen -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_IR_MOEINTERFACES_TD
#define MOE_IR_MOEINTERFACES_TD

include "mlir/IR/OpBase.td"

def MoE_WorkOpInterface : OpInterface<"WorkOpInterface"> {
  let cppNamespace = "::mlir::moe";
  let description = [{
    A computation of one rank: `moe.compute` and `moe.route`. With
    `CollectiveOpInterface` it is all that the cost of a stage is made of.
  }];
  let methods = [
    InterfaceMethod<"Which block it is.", "::mlir::moe::cost::BlockKind",
                    "getBlockKind", (ins)>,
    InterfaceMethod<[{
      What one forward pass of one micro-batch asks of one rank. Unknown counts
      where the operation does not say.
    }], "::mlir::moe::cost::BlockWork", "getBlockWork", (ins)>,
  ];
}

def MoE_CollectiveOpInterface : OpInterface<"CollectiveOpInterface"> {
  let cppNamespace = "::mlir::moe";
  let description = [{
    An operation that all ranks of a group execute together. The collectives of
    the `shard` dialect get it as external models when the `moe` dialect is
    loaded; `moe.dispatch` and `moe.combine` implement it.
  }];
  let methods = [
    InterfaceMethod<[{
      What the runtime has to provide: `all_reduce`, `all_to_all`, ...
    }], "::mlir::moe::CollectiveKind", "getCollectiveKind", (ins)>,
    InterfaceMethod<[{
      The dimensions of the grid that the group spans.
    }], "::llvm::ArrayRef<int16_t>", "getGroupDims", (ins)>,
    InterfaceMethod<[{
      Bytes one rank sends when the group has `groupSize` ranks, summed over its
      peers, for a bandwidth-optimal algorithm (the factors of nccl-tests,
      doc/PERFORMANCE.md), rounded up; 0 in a group of one. Nothing when a shape
      or the width of an element is unknown, when `groupSize` is below 1, or when
      a product exceeds 63 bits.
    }], "std::optional<int64_t>", "getSentBytes", (ins "int64_t":$groupSize)>,
  ];
}

#endif // MOE_IR_MOEINTERFACES_TD
