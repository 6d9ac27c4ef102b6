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

/// Words for the plan before; a title asks "was the grid wrong?" of this one.
static constexpr StringRef beforeWords[] = {
    "previous",  "previously", "before", "baseline", "old",   "original",
    "incorrect", "former",     "prior",  "legacy",   "today", "existing"};

bool mlir::moe::saysPrevious(const Statement &statement, size_t begin,
                             size_t end) {
  return statement.hasWordIn(beforeWords, begin, end) ||
         statement.hasWordIn({"was", "were"}, begin, end);
}

bool mlir::moe::titlesPrevious(const Statement &title) {
  return title.hasAnyWord(beforeWords);
}

/// The tokens beside a number, up to the next ones: "only 256 GPUs are
/// available".
static std::pair<size_t, size_t> besides(const Statement &statement,
                                         size_t number, size_t before,
                                         size_t behind) {
  auto [first, last] = statement.clauseOf(number);
  size_t begin = number, end = number + 1;
  while (begin > first && number - begin < before &&
         !statement.tokens[begin - 1].isNumber())
    --begin;
  while (end < last && end - number <= behind &&
         !statement.tokens[end].isNumber())
    ++end;
  return {begin, end};
}

bool mlir::moe::saysNeed(const Statement &statement, size_t number) {
  auto [begin, end] = statement.clauseOf(number);
  return statement.hasWordIn({"need", "needed", "require", "required",
                              "requirement", "necessary", "demand"},
                             begin, end);
}

bool mlir::moe::saysAvailable(const Statement &statement, size_t number) {
  auto [begin, end] = besides(statement, number, 3, 4);
  return statement.hasWordIn({"available", "have", "ha", "has", "only",
                              "cluster", "own", "exist"},
                             begin, end) &&
         !statement.hasWordIn({"need", "require"}, begin, end);
}

StringRef mlir::moe::sourceOf(const Statement &statement) {
  static constexpr StringRef measured[] = {
      "measured", "measurement", "benchmarked", "profiled", "observed"};
  static constexpr StringRef modelled[] = {"modelled",  "modeled",
                                           "estimated", "simulated",
                                           "projected", "predicted"};
  static constexpr StringRef assumed[] = {"assumed", "assuming", "assumption"};
  bool isMeasured = statement.hasAnyWord(measured),
       isModelled = statement.hasAnyWord(modelled),
       isAssumed = statement.hasAnyWord(assumed);
  if (isMeasured + isModelled + isAssumed != 1)
    return "";
  return isMeasured ? "measured" : isModelled ? "modelled" : "assumed";
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
  // "alert when utilization < 60 %" hopes for the contrary.
  bool alert = statement.hasWordIn(
                   {"alert", "alarm", "warn", "page", "trigger"}, 0, first) &&
               statement.hasWordIn({"when", "once", "whenever"}, 0, first);
  return alert ||
         statement.hasWordIn({"if", "would", "could", "might", "suppose",
                              "supposing", "unless", "considered"},
                             0, first) ||
         statement.hasAnyWord({"instead", "alternative", "alternatively",
                               "hypothetical", "hypothetically", "rejected",
                               "wrong", "mistaken"});
}
