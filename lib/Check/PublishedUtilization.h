//===- PublishedUtilization.h - What was ever reached -----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_PUBLISHEDUTILIZATION_H
#define MOE_LIB_CHECK_PUBLISHEDUTILIZATION_H

#include "Rules.h"
#include "moe/Claims/Rational.h"

namespace mlir::moe {

/// `0.473 ~> 47.3 %`.
std::string asPercent(const Rational &share);

/// What has a share of the peak: the id of a claim or the name of a target, and
/// the same in words, "mfu = 80 %".
struct ClaimedShare {
  std::string subject, text;
};

/// compute-2: warns when a share of the dense BF16 peak is more than published
/// training of MoE models reaches in the number format of the plan, which
/// trains one.
void addIfUnreached(const RuleInput &input, const Rational &share,
                    const ClaimedShare &what, Location where,
                    FindingList &findings);

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_PUBLISHEDUTILIZATION_H
