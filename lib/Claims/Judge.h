//===- Judge.h - The verdict on a claim -------------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CLAIMS_JUDGE_H
#define MOE_LIB_CLAIMS_JUDGE_H

#include "Evaluator.h"

namespace mlir::moe {

/// Judges a claim against the plan and the claims it refers to, all of which
/// are in `claims`; `side` becomes what other claims see of it.
Judgement judgeClaim(const ClaimTree &tree, const MetricSource &source,
                     const StatedSides &claims, StatedSide &side);

} // namespace mlir::moe

#endif // MOE_LIB_CLAIMS_JUDGE_H
