//===- MemoryFixes.h - Changes after which a plan fits ----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_MEMORYFIXES_H
#define MOE_LIB_CHECK_MEMORYFIXES_H

#include "Rules.h"
#include <vector>

namespace mlir::moe {

/// Changes after which every stage fits into `memoryBytes`, by the closed form:
/// what the backward pass recomputes, how states are sharded, the size of a
/// micro-batch or batch, and every value of a degree, with what has to follow
/// it. Fastest first, then by the number of changed keys; where nothing is
/// known about time, the smallest change first. Other rules may still refuse
/// one (FixTrial). Nothing for a plan on which a fix is tried.
std::vector<Fix> findChangesThatFit(const RuleInput &input, double memoryBytes);

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_MEMORYFIXES_H
