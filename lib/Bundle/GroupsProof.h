//===- GroupsProof.h - Proving groups.json ----------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The communicators against the coordinates of the rank map.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BUNDLE_GROUPSPROOF_H
#define MOE_LIB_BUNDLE_GROUPSPROOF_H

#include "RankMapProof.h"

namespace mlir::moe {

/// Expands the boxes of every communicator and compares its groups with the
/// ranks whose coordinates differ in its axes only.
void proveGroups(const ReadRankMap &map, const std::string &directory,
                 ProblemList &problems);

} // namespace mlir::moe

#endif // MOE_LIB_BUNDLE_GROUPSPROOF_H
