//===- Risks.h - How far a plan is from its limits --------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_CHECK_RISKS_H
#define MOE_CHECK_RISKS_H

#include "moe/IR/MoE.h"
#include <string>
#include <vector>

namespace mlir::moe {

/// A figure of the plan and what ends or slows the job where it is larger.
struct Risk {
  std::string metric;   ///< one that `moec explain` derives
  std::string expected; ///< "61.2 GB, up to 67.3 GB"
  std::string limit;    ///< "85.52 GB of the GPU"
  /// What the largest expected value leaves of the limit; negative beyond it.
  int64_t marginPermille = 0;
  std::string advice; ///< what to do when it is reached
};

/// Memory, step time against the time-out of collectives, imbalance of recorded
/// loads and rate of the network, as far as the plan has the figures for each.
/// Largest values are those of the error bars in docs/accuracy.md.
std::vector<Risk> assessRisks(PlanOp plan);

} // namespace mlir::moe

#endif // MOE_CHECK_RISKS_H
