//===- TableSums.cpp - Totals of a table and shares of them ---------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Changes.h"
#include "TableCells.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

/// The row that says it is the total, with parts above it.
std::optional<size_t> TableSums::totalRow() const {
  for (size_t row = 2; row < table.size(); ++row)
    if (table.label(row).hasAnyWord({"total", "sum", "overall", "summe"}))
      return row;
  return std::nullopt;
}

/// The sum of a column above a row, as a claim writes it; empty when the column
/// does not add up things of one kind.
std::string TableSums::sumOf(size_t column, size_t total) const {
  std::optional<Amount> whole = table.amount(total, column);
  std::string sum;
  for (size_t row = 0; row < total; ++row) {
    std::optional<Amount> part = table.amount(row, column);
    if (!part || part->isRange() || part->power ||
        part->dimension() != whole->dimension())
      return "";
    sum += (sum.empty() ? "sum(" : ", ") + numberText(*part);
  }
  return sum + ")";
}

/// "Total" alone is the sum of what stands above; "Total GPUs" and "Total
/// memory" may be another figure, unless they are near it.
bool TableSums::isTotal(size_t column, size_t total) const {
  Statement label = table.label(total);
  size_t words = llvm::count_if(
      label.tokens, [](const Token &token) { return token.isWord(); });
  if (label.hasAnyWord({"available", "capacity", "limit", "budget"}))
    return false;
  if (words == 1)
    return true;
  double sum = 0;
  for (size_t row = 0; row < total; ++row)
    sum += valueOf(*table.amount(row, column));
  return isNearSum(sum, valueOf(*table.amount(total, column)));
}

/// "7.1 GB" and "15 %" of a row under a total of "48.7 GB".
void TableSums::readShares(size_t column, size_t total) {
  std::optional<size_t> share = table.columns().find(Column::Share);
  std::optional<Amount> whole = table.amount(total, column);
  if (!share || whole->isRange() || whole->power)
    return;
  for (size_t row = 0; row < total; ++row) {
    std::optional<Amount> part = table.amount(row, column),
                          percent = table.amount(row, *share);
    bool kept = part && percent && percent->unit == "%" && !part->isRange() &&
                sink.equals(numberText(*part) + " / " + numberText(*whole),
                            *percent, table.label(row));
    if (kept)
      claimed.emplace_back(row, *share);
  }
  std::optional<Amount> all = table.amount(total, *share);
  if (all && all->unit == "%" && all->digits == "100")
    claimed.emplace_back(total, *share);
}

void TableSums::read() {
  std::optional<size_t> total = totalRow();
  if (!total)
    return;
  for (size_t column = 1; column < table.width(*total); ++column) {
    std::optional<Amount> whole = table.amount(*total, column);
    Column kind = table.kind(column);
    if (!whole || kind == Column::Share || kind == Column::Change ||
        column >= table.columns().kinds.size())
      continue;
    std::string sum = sumOf(column, *total);
    if (sum.empty() || !isTotal(column, *total) ||
        !sink.equals(sum, *whole, table.label(*total)))
      continue;
    for (size_t row = 0; row <= *total; ++row)
      claimed.emplace_back(row, column);
    readShares(column, *total);
  }
}

void TableSums::finish() {
  for (auto [row, column] : claimed)
    table.use(row, column);
}
