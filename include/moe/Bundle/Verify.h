//===- Verify.h - Proving a launch bundle -----------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads a bundle back and looks for what must not be: changed files, and rank
// maps or groups that contradict themselves or each other. Shares no code with
// the emitters, so that a fault of theirs is found.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_BUNDLE_VERIFY_H
#define MOE_BUNDLE_VERIFY_H

#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace mlir::moe {

/// Something wrong with a file of a bundle; `file` is relative to it.
struct BundleProblem {
  std::string file;
  std::string message;
};

/// Compares every file with bundle.json. Names changed, missing and added files
/// and everything that is not a regular file; symbolic links are not followed.
/// The content of site.env, logs/ and build/ is free.
std::vector<BundleProblem> verifyDigests(llvm::StringRef directory);

/// Re-derives rankmap.json, rankmap.csv and groups.json from each other: the
/// ranks are a permutation and no GPU has two; coordinates are those of the
/// meshes; every communicator's groups are disjoint, cover the world unless
/// declared a subset, and join exactly ranks that differ in its axes only, in
/// the order of its keys. Reports the first `maxProblems`.
std::vector<BundleProblem> verifyStructure(llvm::StringRef directory,
                                           size_t maxProblems = 20);

} // namespace mlir::moe

#endif // MOE_BUNDLE_VERIFY_H
