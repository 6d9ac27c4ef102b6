//===- CountGuesses.h - Counts that sentences mention -----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// "We train the 64 experts on 128 GPUs" asserts neither number, but where
// nothing else gives one, it is the figure of the plan.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_PROSE_COUNTGUESSES_H
#define MOE_LIB_PROSE_COUNTGUESSES_H

#include "ClaimSink.h"

namespace mlir::moe {

class CountGuesses {
public:
  /// Keeps the counts of a sentence; that of GPUs which are there becomes the
  /// figure at once.
  void note(Statement &statement, ClaimSink &sink);

  /// Once all is read: the figures of keys that have none.
  void take(ClaimSink &sink);

  /// "32 redundant experts" of which no figure was made.
  struct Redundant {
    int64_t number = 0;
    Statement statement;
  };
  const std::optional<Redundant> &leftOver() const { return redundant; }

private:
  struct Guess {
    llvm::StringRef key;
    int64_t number = 0;
    Statement statement;
  };
  void noteCount(size_t token, Statement &statement, ClaimSink &sink);
  void takeFirst(llvm::StringRef key, ClaimSink &sink);
  void takeGpus(ClaimSink &sink);
  void placeRedundantExperts(ClaimSink &sink);

  std::vector<Guess> guesses;
  std::optional<Redundant> redundant;
};

} // namespace mlir::moe

#endif // MOE_LIB_PROSE_COUNTGUESSES_H
