//===- MemoryFixes.h - Changes after which a plan fits ----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_MEMORYFIXES_H
#define MOE_LIB_CHECK_MEMORYFIXES_H

#include "PlanCost.h"
#include "moe/Check/Finding.h"
#include <vector>

namespace mlir::moe {

/// Changes of one key after which every stage fits into `memoryBytes`, by the
/// closed form: what the backward pass recomputes, how states are sharded, the
/// size of a micro-batch or batch, a degree. Fastest first; where nothing is
/// known about time, the smallest change first.
std::vector<Fix> findChangesThatFit(const PlanModel &plan,
                                    const PlanDecisions &decisions,
                                    const PlanCost &cost, double memoryBytes);

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_MEMORYFIXES_H
