//===- ModuleGraph.h - The modules of a plan as a graph ---------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_CHECK_MODULEGRAPH_H
#define MOE_CHECK_MODULEGRAPH_H

#include "moe/IR/MoE.h"

namespace mlir::moe {

/// The way of a token as DOT: embedding, attention, dispatch, experts, combine
/// and output, with the ranks that the plan implies, an edge labelled by what
/// carries it. Stated modules stand beside them, with the ranks they are stated
/// on.
void printModuleGraph(PlanOp plan, llvm::raw_ostream &os);

} // namespace mlir::moe

#endif // MOE_CHECK_MODULEGRAPH_H
