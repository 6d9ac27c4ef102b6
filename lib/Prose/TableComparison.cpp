//===- TableComparison.cpp - Rows with values before and after ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Changes.h"
#include "NumberNames.h"
#include "TableCells.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

namespace {
/// Reads one row.
class RowComparison {
public:
  RowComparison(TableCells &table, size_t row, ClaimSink &sink)
      : table(table), row(row), before(*table.columns().find(Column::Before)),
        after(*table.columns().find(Column::After)), sink(sink) {}
  void read();

private:
  const MetricPhrase *figure();
  std::vector<StatedChange> changesIn(size_t column) const;
  bool claimEitherWay(const StatedChange &stated, const Statement &line);
  void claimAll(size_t change);
  void readBeside();
  void readFigure();

  TableCells &table;
  size_t row, before, after;
  ClaimSink &sink;
  /// The values, each with the unit of the other one where it has none.
  Amount old, now;
};
} // namespace

/// The figure that the row is about: named behind the value or by the label. A
/// count is of just what the label says.
const MetricPhrase *RowComparison::figure() {
  static constexpr MetricPhrase anyRate{"", FigureKind::Rate, "throughput", ""};
  std::optional<FigureKind> kind = kindOf(now);
  size_t number = *table.number(row, after);
  const Statement &cell = table.cell(row, after);
  if (!kind)
    return nullptr;
  if (kind == FigureKind::Count) {
    // "3/128" and "256:1" are no counts.
    Statement label = table.label(row);
    StringRef text = table.text(row, after);
    PhraseMatch match = matchAt(label.tokens, 0, *kind);
    bool whole = match && match.end == label.tokens.size();
    return whole && !text.contains('/') && !text.contains(':') ? match.phrase
                                                               : nullptr;
  }
  if (PhraseMatch match = nameOf(cell, number, *kind))
    return now.unit != "x" || match.phrase->metric == "imbalance"
               ? changingFigure(match.phrase)
               : nullptr;
  // "Tokens/s" names no more than the unit.
  StringRef label = table.text(row, table.columns().label).trim();
  bool unit = readUnit(label, /*attached=*/true).length == label.size();
  bool rate = *kind == FigureKind::Rate && (unit || isRateOfAll(cell, number));
  return rate ? &anyRate : nullptr;
}

/// The changes that a cell states, in their direction: a sign, a word of the
/// cell, or one of the heading, "Reduction".
std::vector<StatedChange> RowComparison::changesIn(size_t column) const {
  std::vector<StatedChange> changes;
  Statement cell(table.text(row, column), 0, "");
  Direction above = directionIn(Statement(table.heading(column), 0, ""));
  for (size_t i = 0; i < cell.tokens.size(); ++i) {
    if (!cell.tokens[i].isNumber())
      continue;
    StatedChange change = changeAt(cell, i);
    if (i > 0 && cell.tokens[i - 1].is(">"))
      change.amount.bound = Comparison::Greater;
    bool good = change.direction == Direction::Up && above == Direction::Better;
    if (change.direction == Direction::Unsaid || good)
      change.direction = above;
    const Token *unit =
        i + 1 < cell.tokens.size() ? &cell.tokens[i + 1] : nullptr;
    if (unit && change.amount.unit.empty() && isPointsUnit(*unit))
      change.amount.unit = "points";
    changes.push_back(change);
  }
  if (std::optional<StatedChange> word = changeInWords(cell))
    changes.push_back(*word);
  return changes;
}

/// "-20 GB" beside 80 GB and 60 GB, "+22 points" beside 41 % and 63 %.
static bool claimPoints(const Amount &before, const Amount &after,
                        StatedChange change, const Statement &line,
                        ClaimSink &sink) {
  bool points = change.amount.unit == "points";
  if (points)
    change.amount.unit = "%";
  if (change.amount.dimension() != after.dimension() ||
      change.amount.unit.empty() || !areComparable(before, after) ||
      (!points && isChange(change.amount)))
    return false;
  std::string left = differenceOf(before, after);
  if (change.direction == Direction::Up)
    left = numberText(after) + " - " + numberText(before);
  else if (change.direction == Direction::Down)
    left = numberText(before) + " - " + numberText(after);
  return sink.equals(left, change.amount, line);
}

/// Without names of the columns, the second value may be what the first one is
/// compared with.
bool RowComparison::claimEitherWay(const StatedChange &stated,
                                   const Statement &line) {
  bool back = table.columns().isUnnamedPair &&
              !isThatChange(old, now, stated, sink) &&
              isThatChange(now, old, {stated.amount}, sink);
  return back ? claimChange(now, old, {stated.amount}, line, sink)
              : claimChange(old, now, stated, line, sink);
}

/// What a cell says of how the values differ.
void RowComparison::claimAll(size_t change) {
  Statement line = table.label(row);
  bool kept = false;
  for (const StatedChange &stated : changesIn(change))
    kept |= claimPoints(old, now, stated, line, sink) ||
            claimEitherWay(stated, line);
  if (!kept)
    return;
  table.use(row, before);
  table.use(row, after);
  table.useAll(row, change);
}

/// A change beside the value after: "120k tok/s (8x)", "20 % (halved)".
void RowComparison::readBeside() {
  Statement &cell = table.cell(row, after);
  Statement line = table.label(row);
  auto claim = [&](const StatedChange &change) {
    if (!claimChange(old, now, change, line, sink))
      return false;
    table.use(row, before);
    table.use(row, after);
    return true;
  };
  for (size_t i = *table.number(row, after) + 1; i < cell.tokens.size(); ++i)
    if (cell.tokens[i].isNumber() && isChange(cell.tokens[i].amount) &&
        !cell.used[i] && !isChange(now) && claim(changeAt(cell, i)))
      cell.use(i, i + 1);
  if (std::optional<StatedChange> word = changeInWords(cell))
    claim(*word);
}

void RowComparison::readFigure() {
  const MetricPhrase *phrase = figure();
  if (!phrase || table.columns().isUnnamedPair)
    return;
  Statement line = table.label(row);
  if (sink.metric(*phrase, old, line, true))
    table.use(row, before);
  if (sink.metric(*phrase, now, line, false))
    table.use(row, after);
}

void RowComparison::read() {
  if (after >= table.width(row) || before >= table.width(row))
    return;
  for (size_t column : {before, after}) {
    Statement &cell = table.cell(row, column);
    cell.previous = column == before;
    readEquations(cell, sink);
    readParentheses(cell, sink);
  }
  std::optional<Amount> first = table.amount(row, before),
                        second = table.amount(row, after);
  if (!first || !second)
    return;
  old = *first;
  now = *second;
  if (old.unit.empty())
    old.unit = now.unit;
  if (now.unit.empty())
    now.unit = old.unit;
  std::optional<size_t> change = table.columns().find(Column::Change);
  if (change && *change < table.width(row))
    claimAll(*change);
  readBeside();
  readFigure();
}

void mlir::moe::readComparison(TableCells &table, size_t row, ClaimSink &sink) {
  RowComparison(table, row, sink).read();
}
