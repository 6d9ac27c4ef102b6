//===- PlanWords.cpp - Which plan words are about -------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Readers.h"
#include "llvm/ADT/STLExtras.h"

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

bool mlir::moe::saysHypothesis(const Statement &statement) {
  auto number = llvm::find_if(
      statement.tokens, [](const Token &token) { return token.isNumber(); });
  auto first = static_cast<size_t>(number - statement.tokens.begin());
  return statement.hasWordIn({"if", "would", "could", "might", "suppose",
                              "supposing", "unless", "considered"},
                             0, first) ||
         statement.hasAnyWord({"instead", "alternative", "alternatively",
                               "hypothetical", "hypothetically", "rejected"});
}
