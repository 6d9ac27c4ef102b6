//===- PlanWords.cpp - Which plan words are about -------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Readers.h"

using namespace mlir::moe;
using llvm::StringRef;

bool mlir::moe::saysPrevious(const Statement &statement, size_t begin,
                             size_t end) {
  static constexpr StringRef words[] = {
      "previous", "previously", "before",    "baseline", "old",   "original",
      "was",      "were",       "incorrect", "former",   "prior", "legacy"};
  return statement.hasWordIn(words, begin, end);
}

bool mlir::moe::saysAdvice(const Statement &statement, size_t begin,
                           size_t end) {
  static constexpr StringRef words[] = {
      "should",  "consider", "recommend",  "recommended",  "recommendation",
      "could",   "would",    "may",        "might",        "suggestion",
      "suggest", "target",   "goal",       "modification", "risk",
      "future",  "e.g",      "mitigation", "slo",          "sla"};
  return statement.hasWordIn(words, begin, end);
}
