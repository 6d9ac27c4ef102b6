//===- TableColumns.cpp - What the columns of a table hold ----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TableColumns.h"

#include "Changes.h"
#include "Readers.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

std::optional<size_t> TableColumns::find(Column kind) const {
  auto found = llvm::find(kinds, kind);
  if (found == kinds.end())
    return std::nullopt;
  return static_cast<size_t>(found - kinds.begin());
}

//===----------------------------------------------------------------------===//
// Headings alone
//===----------------------------------------------------------------------===//

namespace {
/// Words of headings and what they say; the first row that fits decides.
struct HeadingWords {
  Column kind;
  std::vector<StringRef> words;
};
} // namespace

static ArrayRef<HeadingWords> headingWords() {
  static const std::vector<HeadingWords> rows = {
      {Column::Efficiency, {"efficiency"}},
      {Column::Change,
       {"improvement", "change", "gain", "speedup", "delta", "reduction",
        "difference", "ratio", "diff", "Δ", "gap", "error", "deviation",
        "saving"}},
      {Column::Claimed,
       {"claimed", "claim", "promised", "submitted", "stated", "estimated",
        "estimate", "predicted", "projected", "assumed", "documented"}},
      {Column::Found,
       {"actual", "measured", "achieved", "observed", "found", "recalculated",
        "correct", "computed", "real", "provided"}},
      {Column::After,
       {"after", "new", "corrected", "proposed", "proposal", "optimized",
        "optimised", "improved", "enhanced", "revised", "now", "our", "fixed",
        "tuned", "updated"}},
      {Column::Current, {"current", "currently", "today", "existing", "quo"}},
      {Column::Before, {"initial", "naive", "unoptimized"}},
      {Column::Target,
       {"target", "goal", "slo", "sla", "objective", "recommended", "suggested",
        "recommendation", "desired", "ideal"}},
      {Column::Share, {"share", "fraction", "percentage"}},
      {Column::Need, {"required", "needed", "need", "requirement", "used"}},
      {Column::Expected, {"expected"}},
      {Column::Limit,
       {"limit", "budget", "allowed", "available", "capacity", "maximum"}},
      {Column::Formula,
       {"formula", "calculation", "computation", "derivation", "lhs",
        "expression"}},
      {Column::None,
       {"note", "comment", "source", "description", "reason", "rationale",
        "status", "alert", "threshold", "remark"}}};
  return rows;
}

/// "Memory used" and "used memory" are values, "Used" beside "Available" needs.
static bool namesFigure(const Statement &words) {
  for (FigureKind kind :
       {FigureKind::Bytes, FigureKind::Seconds, FigureKind::Rate,
        FigureKind::Ratio, FigureKind::Compute, FigureKind::Count})
    if (matchFirst(words.tokens, 0, words.tokens.size(), kind))
      return true;
  return false;
}

/// What the words above a column say.
static Column kindOfHeading(StringRef heading) {
  Statement words(heading, 0, "");
  auto says = [&](Column kind) {
    return llvm::any_of(headingWords(), [&](const HeadingWords &row) {
      return row.kind == kind && words.hasAnyWord(row.words);
    });
  };
  for (Column kind : {Column::Efficiency, Column::Change, Column::Claimed,
                      Column::Found, Column::After, Column::Current})
    if (says(kind))
      return kind;
  StringRef text = heading.trim();
  if (text.equals_insensitive("speed-up") ||
      text.equals_insensitive("speed up"))
    return Column::Change;
  if (saysPrevious(words, 0, words.tokens.size()) || says(Column::Before))
    return Column::Before;
  if (heading.trim() == "%" || StringRef(heading.lower()).contains("% of"))
    return Column::Share;
  for (Column kind :
       {Column::Target, Column::Share, Column::Need, Column::Expected,
        Column::Limit, Column::Formula, Column::None})
    if (says(kind)) {
      bool figure =
          (kind == Column::Need || kind == Column::Limit) && namesFigure(words);
      return figure ? Column::Value : kind;
    }
  return Column::Value;
}

//===----------------------------------------------------------------------===//
// Cells
//===----------------------------------------------------------------------===//

/// The numbers of a cell.
static std::vector<Amount> amountsIn(const ProseLine &row, size_t column) {
  std::vector<Amount> amounts;
  if (column < row.cells.size())
    for (const Token &token : readTokens(row.cells[column]))
      if (token.isNumber())
        amounts.push_back(token.amount);
  return amounts;
}

static bool hasNumbers(ArrayRef<ProseLine> rows, size_t column) {
  return llvm::any_of(rows.drop_front(), [&](const ProseLine &row) {
    return !amountsIn(row, column).empty();
  });
}

/// Whether a cell states a change: "-23 %", "2x", "+22 points".
static bool statesChanges(ArrayRef<ProseLine> rows, size_t column) {
  return llvm::any_of(rows.drop_front(), [&](const ProseLine &row) {
    Statement cell(column < row.cells.size() ? StringRef(row.cells[column])
                                             : StringRef(),
                   0, "");
    return cell.hasAnyWord({"pp", "point"}) ||
           llvm::any_of(amountsIn(row, column), isChange);
  });
}

/// "v1" and "Rev 2": the words and the number of a heading.
static std::optional<std::pair<std::string, unsigned>>
versionOf(StringRef heading) {
  static constexpr StringRef series[] = {
      "v",     "rev",  "revision", "version", "draft",     "iteration",
      "round", "plan", "release",  "gen",     "generation"};
  heading = heading.trim();
  StringRef name = heading.take_while([](char c) { return !llvm::isDigit(c); });
  unsigned number = 0;
  std::string word = name.trim().lower();
  if (heading.drop_front(name.size()).getAsInteger(10, number) ||
      !llvm::is_contained(series, StringRef(word)))
    return std::nullopt;
  return std::pair(word, number);
}

/// Whether the second heading is a later version of the first.
static bool isLaterVersion(StringRef first, StringRef second) {
  auto before = versionOf(first), after = versionOf(second);
  return before && after && before->first == after->first &&
         before->second < after->second;
}

/// "#" and "Symbol" are no names of rows; neither is a column of 1, 2, 3.
static size_t labelColumn(ArrayRef<ProseLine> rows) {
  const std::vector<std::string> &headings = rows.front().cells;
  if (headings.size() < 3 || hasNumbers(rows, 1))
    return 0;
  std::string first = StringRef(headings[0]).trim().lower();
  static constexpr StringRef counters[] = {"#",   "no",     "no.",      "nr",
                                           "nr.", "symbol", "notation", "id"};
  if (llvm::is_contained(counters, StringRef(first)))
    return 1;
  for (auto [index, row] : llvm::enumerate(rows.drop_front()))
    if (StringRef(row.cells[0]).trim() != llvm::utostr(index) &&
        StringRef(row.cells[0]).trim() != llvm::utostr(index + 1))
      return 0;
  return rows.size() > 2 ? 1 : 0;
}

//===----------------------------------------------------------------------===//
// Headings beside each other
//===----------------------------------------------------------------------===//

namespace {
/// Decides what headings mean beside each other.
class ColumnResolver {
public:
  explicit ColumnResolver(ArrayRef<ProseLine> rows) : rows(rows) {}
  TableColumns resolve();

private:
  void resolveChanges();
  void resolveCurrent();
  void resolveClaimed();
  void resolveLimits();
  void resolvePair();
  void turn(Column from, Column to) {
    for (Column &kind : columns.kinds)
      if (kind == from)
        kind = to;
  }
  bool has(Column kind) const { return columns.has(kind); }

  ArrayRef<ProseLine> rows;
  TableColumns columns;
};
} // namespace

/// A column of changes has some; "Change" above words names what was done.
void ColumnResolver::resolveChanges() {
  for (auto [index, kind] : llvm::enumerate(columns.kinds))
    if ((kind == Column::Change || kind == Column::Value) &&
        !hasNumbers(rows, index))
      kind = Column::None;
  bool pair = (has(Column::Before) || has(Column::Current)) &&
              (has(Column::After) || has(Column::Value));
  if (!pair || has(Column::Change))
    return;
  // Beside before and after stands the change, whatever its name.
  for (auto [index, kind] : llvm::enumerate(columns.kinds))
    if (kind == Column::Value && statesChanges(rows, index) &&
        (has(Column::After) || llvm::count(columns.kinds, Column::Value) > 1))
      return (void)(kind = Column::Change);
}

/// "Current" is what was before something new, and the plan beside a baseline.
void ColumnResolver::resolveCurrent() {
  if (!has(Column::Current))
    return;
  if (has(Column::Before))
    return turn(Column::Current, Column::After);
  if (has(Column::After))
    return turn(Column::Current, Column::Before);
  if (has(Column::Target)) {
    // A target that is not met yet is no fault.
    bool compared = has(Column::Change);
    turn(Column::Target, compared ? Column::After : Column::None);
    columns.isUnnamedPair = compared;
    return turn(Column::Current, compared ? Column::Before : Column::Value);
  }
  turn(Column::Current, has(Column::Change) ? Column::Before : Column::Value);
}

/// What was claimed and what was found are values of one plan; which of them is
/// the plan, nobody says.
void ColumnResolver::resolveClaimed() {
  if (has(Column::Claimed)) {
    for (Column other : {Column::Found, Column::Need, Column::Expected}) {
      if (!has(other))
        continue;
      bool compared = has(Column::Change) && other == Column::Found;
      columns.isUnnamedPair |= compared;
      turn(other, compared ? Column::After : Column::None);
      return turn(Column::Claimed, compared ? Column::Before : Column::None);
    }
    turn(Column::Claimed, Column::Value);
  }
  turn(Column::Found, Column::Value);
}

/// What is needed is a value beside what there is, and expected of others.
void ColumnResolver::resolveLimits() {
  if (has(Column::Need) && has(Column::Limit) && !has(Column::Value))
    turn(Column::Need, Column::Value);
  else if (has(Column::Need))
    turn(Column::Need, has(Column::Value) ? Column::Expected : Column::Value);
  bool alone = !has(Column::Value) && !has(Column::After);
  if (alone && has(Column::Expected))
    turn(Column::Expected, Column::Value);
  else if (alone && has(Column::Limit))
    for (auto [index, kind] : llvm::enumerate(columns.kinds))
      if (kind == Column::Limit &&
          StringRef(rows.front().cells[index]).contains_insensitive("avail"))
        kind = Column::Value;
  // Beside a baseline, what is recommended is the other plan.
  if (has(Column::Before) && has(Column::Target) && !has(Column::After)) {
    columns.isUnnamedPair = true;
    turn(Column::Target, Column::After);
  }
}

/// The values that are compared.
void ColumnResolver::resolvePair() {
  std::vector<size_t> values;
  for (auto [index, kind] : llvm::enumerate(columns.kinds))
    if (kind == Column::Value && hasNumbers(rows, index))
      values.push_back(index);
  // Beside a baseline stands the plan, whatever its name.
  if (has(Column::Before) && !has(Column::After) && !values.empty())
    columns.kinds[values.front()] = Column::After;
  if (has(Column::After) && !has(Column::Before)) {
    bool compared = has(Column::Change) && values.size() == 1;
    turn(Column::Value, compared ? Column::Before : Column::None);
    if (!compared)
      turn(Column::After, Column::Value);
  }
  if (!has(Column::Change) || has(Column::Before) || values.size() != 2)
    return;
  const std::vector<std::string> &headings = rows.front().cells;
  StringRef first = headings[values[0]], second = headings[values[1]];
  if (namesFigure(Statement(first, 0, "")) ||
      namesFigure(Statement(second, 0, "")))
    return;
  columns.kinds[values[0]] = Column::Before;
  columns.kinds[values[1]] = Column::After;
  columns.isUnnamedPair = !isLaterVersion(first, second);
}

TableColumns ColumnResolver::resolve() {
  columns.label = labelColumn(rows);
  for (auto [index, heading] : llvm::enumerate(rows.front().cells))
    columns.kinds.push_back(index < columns.label    ? Column::None
                            : index == columns.label ? Column::Label
                                                     : kindOfHeading(heading));
  resolveChanges();
  resolveCurrent();
  resolveClaimed();
  resolveLimits();
  resolvePair();
  return std::move(columns);
}

TableColumns mlir::moe::columnsOf(ArrayRef<ProseLine> rows) {
  return ColumnResolver(rows).resolve();
}
