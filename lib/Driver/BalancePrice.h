//===- BalancePrice.h - What a placement is worth in a plan -----*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_BALANCEPRICE_H
#define MOE_LIB_DRIVER_BALANCEPRICE_H

#include "BalancedLayers.h"
#include "EstimatePlan.h"

namespace mlir::moe {

/// The plan of `moec balance --plan`, with its estimate.
class BalancePrice {
public:
  /// Reads and estimates the plan. Prints what is wrong to `err` and returns
  /// nothing where it has no estimate, or another number of ranks.
  static std::optional<BalancePrice> read(const BalanceOptions &options,
                                          llvm::raw_ostream &err);
  /// Time lost to uneven ranks before and after, and memory of a slot.
  void print(const BalanceOptions &options,
             llvm::ArrayRef<BalancedLayer> layers, llvm::raw_ostream &os) const;

private:
  double secondsLost(cost::LoadSkew skew) const;
  void printTime(llvm::ArrayRef<BalancedLayer> layers,
                 llvm::raw_ostream &os) const;
  void printMemory(int64_t slots, llvm::raw_ostream &os) const;

  std::unique_ptr<MLIRContext> context;
  std::optional<LoadedPlan> loaded;
  std::unique_ptr<PlanEstimate> estimate;
};

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_BALANCEPRICE_H
