//===- BalanceOptions.h - Arguments of moec balance -------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_BALANCEOPTIONS_H
#define MOE_LIB_DRIVER_BALANCEOPTIONS_H

#include "moe/Balance/LoadGenerator.h"
#include "moe/Balance/Solvers.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"

namespace mlir::moe {

/// What the command line says, checked for what can be seen there.
struct BalanceOptions {
  /// Recorded windows, or a recipe for one.
  std::vector<std::string> loads;
  std::optional<LoadRecipe> recipe;
  std::optional<int64_t> experts, layers, seed, tokens;

  std::optional<int64_t> ranks, slots, nodes, groups;
  std::vector<int64_t> rankSlots, dead;
  std::vector<double> speeds;
  std::string dispatch, mode = "flat";

  /// A placement to repair, or only to certify.
  std::string from, score, costs;
  /// The plan in which the placement has a price.
  std::string plan;
  std::optional<int64_t> maxMoves;
  double target = 1.02;
  /// Gain in max over mean below which the running placement stays.
  double worth = 0;

  std::string output, format = "json", svg;
  bool advise = false, chart = false;

  /// The exit status when the command is over.
  std::optional<int> parse(llvm::ArrayRef<llvm::StringRef> args,
                           llvm::raw_ostream &out, llvm::raw_ostream &err);

  bool isEplb() const { return mode == "eplb"; }
  bool isHome() const { return mode == "home"; }
  Dispatch dispatchRule() const {
    return isEplb() || dispatch == "even" ? Dispatch::Even : Dispatch::Weighted;
  }
  Duplicates duplicates() const {
    return isEplb() || !score.empty() ? Duplicates::Allowed
                                      : Duplicates::Forbidden;
  }
  EplbHierarchy hierarchy() const {
    return {groups.value_or(1), nodes.value_or(1)};
  }
  /// The problem of one layer, with the ranks as the options describe them.
  PlacementProblem problem(std::vector<int64_t> tokens) const;
  /// Where the loads are from, for messages.
  std::string source() const { return recipe ? "--generate" : loads.front(); }

private:
  std::string readNumbers(llvm::StringRef speeds, llvm::StringRef rankSlots,
                          llvm::StringRef dead, llvm::StringRef target,
                          llvm::StringRef worth);
  std::string explainMissing() const;
  std::string explainConflict() const;
};

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_BALANCEOPTIONS_H
