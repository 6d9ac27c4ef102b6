//===- RunCounts.h - Copies that match runs of light experts ----*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two slots a rank, load T. Experts of at most T/2 have one copy. Those copies,
// lightest first, need partners: a heavier expert with c copies serves a run of
// c of them and wastes least if its share is just what the last of the run
// leaves. For each run the expert that wastes least is taken, then the next run
// begins. What is left when all light copies have partners is divided into
// shares of at most T/2, which are partners of one another.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BALANCE_RUNCOUNTS_H
#define MOE_LIB_BALANCE_RUNCOUNTS_H

#include "moe/Balance/PlacementProblem.h"

namespace mlir::moe {

/// Copies of each expert by this rule, for the least T between `low` and `high`
/// where that many slots are there. Without such a T, one copy of each.
std::vector<int32_t> countByRuns(const PlacementProblem &problem, double low,
                                 double high);

} // namespace mlir::moe

#endif // MOE_LIB_BALANCE_RUNCOUNTS_H
