//===- ExplainCost.h - Where a figure of an estimate comes from -*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_EXPLAINCOST_H
#define MOE_LIB_DRIVER_EXPLAINCOST_H

#include "EstimatePlan.h"

namespace mlir::moe {

/// A figure that the cost model computes.
struct CostFigure {
  llvm::StringLiteral name; ///< as in claims and, without its unit, in JSON
  llvm::StringLiteral what; ///< "bytes of weights on a GPU"
  llvm::StringLiteral formula;
  /// Keys of the plan file, other figures, and what `explainCost` knows by
  /// name: what enters the formula, in its order.
  std::vector<llvm::StringRef> inputs;
  /// Nothing where the figure is one of other modes or models.
  std::optional<double> (*value)(const PlanEstimate &estimate, size_t stage);
  std::string (*show)(double value);
  bool ofStage; ///< differs from stage to stage
};

/// All of them, in the order of an estimate.
llvm::ArrayRef<CostFigure> costFigures();
/// Null where the cost model computes nothing of that name.
const CostFigure *findCostFigure(llvm::StringRef name);

/// Prints the formula of a figure and each input with its value and where that
/// comes from; of figures of stages for `stage`, or for the fullest one.
/// Returns false where the mode of the plan has no such figure, and says so.
bool explainCost(const PlanEstimate &estimate, const CostFigure &figure,
                 std::optional<size_t> stage, llvm::raw_ostream &os);

/// An input of a formula: its value, and who gave it.
struct CostInput {
  std::string name, value, origin;
};
/// The figure of the plan at a key ("workload.micro_batch"); nothing where the
/// plan has none and needs none.
std::optional<CostInput> planInput(const PlanEstimate &estimate,
                                   llvm::StringRef key);
/// The load of the ranks, where it was recorded.
std::optional<CostInput> loadInput(const PlanEstimate &estimate);

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_EXPLAINCOST_H
