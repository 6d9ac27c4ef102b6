//===- BoundWords.cpp - Words that bound a number -------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NumberNames.h"

using namespace mlir::moe;
using llvm::StringRef;

namespace {
/// Words before a number, and the bound that they give it.
struct BoundRow {
  StringRef words;
  Comparison bound;
};
} // namespace

/// Longer ones before those they end with.
static constexpr BoundRow boundRows[] = {
    {"no more than", Comparison::LessEqual},
    {"not more than", Comparison::LessEqual},
    {"no greater than", Comparison::LessEqual},
    {"no higher than", Comparison::LessEqual},
    {"not exceed", Comparison::LessEqual},
    {"not exceeding", Comparison::LessEqual},
    {"never exceed", Comparison::LessEqual},
    {"at most", Comparison::LessEqual},
    {"at the most", Comparison::LessEqual},
    {"up to", Comparison::LessEqual},
    {"within", Comparison::LessEqual},
    {"capped at", Comparison::LessEqual},
    {"limited to", Comparison::LessEqual},
    {"no less than", Comparison::GreaterEqual},
    {"not less than", Comparison::GreaterEqual},
    {"no lower than", Comparison::GreaterEqual},
    {"not below", Comparison::GreaterEqual},
    {"never below", Comparison::GreaterEqual},
    {"not under", Comparison::GreaterEqual},
    {"at least", Comparison::GreaterEqual},
    {"less than", Comparison::Less},
    {"lower than", Comparison::Less},
    {"fewer than", Comparison::Less},
    {"under", Comparison::Less},
    {"below", Comparison::Less},
    {"more than", Comparison::Greater},
    {"greater than", Comparison::Greater},
    {"higher than", Comparison::Greater},
    {"exceed", Comparison::Greater},
    {"exceeding", Comparison::Greater},
    {"over", Comparison::Greater},
    {"above", Comparison::Greater},
};

void mlir::moe::boundByWords(Statement &statement, size_t number) {
  Amount &value = statement.tokens[number].amount;
  if (value.bound != Comparison::Equal || value.isRange())
    return;
  for (const BoundRow &row : boundRows) {
    size_t words = row.words.count(' ') + 1;
    size_t begin = number - std::min(number, words);
    if (endOfWords(statement.tokens, begin, row.words) != number)
      continue;
    // "29 % below 210,000" is a distance.
    bool distance = begin > 0 && statement.tokens[begin - 1].isNumber();
    if (!distance) {
      value.bound = row.bound;
      statement.use(begin, number);
    }
    return;
  }
}
