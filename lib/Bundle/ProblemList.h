//===- ProblemList.h - Problems of one file, up to a limit ------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A wrong stride makes every rank wrong; the first few say it.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BUNDLE_PROBLEMLIST_H
#define MOE_LIB_BUNDLE_PROBLEMLIST_H

#include "moe/Bundle/Verify.h"
#include "llvm/ADT/Twine.h"

namespace mlir::moe {

class ProblemList {
public:
  explicit ProblemList(size_t limit) : limit(limit) {}

  void add(llvm::StringRef file, const llvm::Twine &message) {
    if (problems.size() < limit)
      problems.push_back({file.str(), message.str()});
  }
  bool isFull() const { return problems.size() >= limit; }
  bool empty() const { return problems.empty(); }
  std::vector<BundleProblem> take() { return std::move(problems); }

private:
  size_t limit;
  std::vector<BundleProblem> problems;
};

} // namespace mlir::moe

#endif // MOE_LIB_BUNDLE_PROBLEMLIST_H
