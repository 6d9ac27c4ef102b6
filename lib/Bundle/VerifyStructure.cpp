//===- VerifyStructure.cpp - Proving rank map and groups against each other
//===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See Verify.h.
//
//===----------------------------------------------------------------------===//

#include "GroupsProof.h"
#include "RankMapProof.h"

namespace mlir::moe {

std::vector<BundleProblem> verifyStructure(llvm::StringRef directory,
                                           size_t maxProblems) {
  ProblemList problems(maxProblems);
  std::string root = directory.str();
  std::optional<ReadRankMap> map = readRankMap(root, problems);
  if (map) {
    proveRankMap(*map, problems);
    proveCsv(*map, root, problems);
  }
  // Without sound coordinates groups cannot be judged.
  if (map && problems.empty())
    proveGroups(*map, root, problems);
  return problems.take();
}

} // namespace mlir::moe
