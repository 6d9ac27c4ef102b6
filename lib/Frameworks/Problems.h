//===- Problems.h - Collects what is wrong with a configuration -*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The checks every framework shares. Each records a problem and lets the
// caller go on, so that a user sees all of them in one run.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_FRAMEWORKS_PROBLEMS_H
#define MOE_LIB_FRAMEWORKS_PROBLEMS_H

#include "NamedGrid.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/Twine.h"

namespace mlir::moe {

class Problems {
public:
  bool empty() const { return rejected.problems.empty(); }
  RejectedConfiguration take() { return std::move(rejected); }
  llvm::ArrayRef<std::string> all() const { return rejected.problems; }
  void add(const llvm::Twine &problem) {
    rejected.problems.push_back(problem.str());
  }

  /// The world has 1 to maxWorldSize ranks.
  bool checkWorld(int64_t world);
  /// Every degree is at least 1.
  bool checkDegrees(llvm::ArrayRef<Degree> degrees);
  /// `whole` is divisible by the product of `parts`, all positive. Returns the
  /// quotient, or nothing and a problem that ends in `advice()`.
  std::optional<int64_t>
  checkMultiple(const Degree &whole, llvm::ArrayRef<Degree> parts,
                llvm::function_ref<std::string()> advice);
  /// The product of `parts` is divisible by `divisor`. All are positive.
  bool checkDivides(const Degree &divisor, llvm::ArrayRef<Degree> parts);
  /// `whole` is the product of `parts`, all positive; otherwise a problem that
  /// ends in `advice()`.
  bool checkProduct(const Degree &whole, llvm::ArrayRef<Degree> parts,
                    llvm::function_ref<std::string()> advice);

private:
  RejectedConfiguration rejected;
};

/// `tp x pp x cp = 2 x 4 x 1 = 8`; a single factor reads `ep = 8`.
std::string describeProduct(llvm::ArrayRef<Degree> factors);

/// The product, or nothing where it does not fit an int64_t.
std::optional<int64_t> productOf(llvm::ArrayRef<Degree> factors);

} // namespace mlir::moe

#endif // MOE_LIB_FRAMEWORKS_PROBLEMS_H
