//===- TableReader.cpp - Rows of a table ----------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Changes.h"
#include "TableCells.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

namespace {
/// Reads one table row by row.
class TableReader {
public:
  TableReader(ArrayRef<ProseLine> rows, const SectionNotes &section,
              ClaimSink &sink)
      : table(rows, section), section(section), sink(sink) {}
  std::vector<UnreadRow> read();

private:
  void readRow(size_t row);
  bool readPart(size_t row, size_t column);
  void readChangeOf(size_t row, size_t column);
  void readValues(size_t row);
  bool isOfThisPlan(size_t row, size_t column) const;
  bool isAmongAlternatives(size_t column) const;
  bool isAmongTotals(size_t column) const;
  void readFormula(size_t row);
  void readLimit(size_t row, size_t limit, size_t value);
  void readTarget(size_t row, size_t column);

  TableCells table;
  const SectionNotes &section;
  ClaimSink &sink;
  /// The rows are of several plans, or steps to one.
  bool series = false;
};
} // namespace

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

/// "1/64", "1/64 total", "1/64 of the model" of the memory of each GPU.
bool TableReader::readPart(size_t row, size_t column) {
  Statement cell(table.text(row, column), table.line(row).number,
                 table.line(row).raw);
  Statement heading(table.heading(column), 0, "");
  const auto &tokens = cell.tokens;
  PhraseMatch match =
      matchFirst(heading.tokens, 0, heading.tokens.size(), FigureKind::Bytes);
  bool part = tokens.size() >= 3 && tokens[0].isNumber() && tokens[1].is("/") &&
              tokens[2].isNumber() && tokens[0].amount.unit.empty() &&
              tokens[2].amount.unit.empty();
  static constexpr StringRef wholes[] = {"of",  "the",   "total", "all",
                                         "our", "whole", "model", "memory"};
  for (size_t i = 3; i < tokens.size(); ++i)
    part &= tokens[i].isWord() && llvm::is_contained(wholes, tokens[i].text);
  if (!part || !match || match.phrase->metric != "device_memory" ||
      !sink.claim(
          "device_memory / model_memory = " + numberText(tokens[0].amount) +
              " / " + numberText(tokens[2].amount),
          cell))
    return false;
  table.useAll(row, column);
  return true;
}

/// Whether another column of values holds the same kind of them: "Prefill" and
/// "Decode", "Plan A" and "Plan B".
bool TableReader::isAmongAlternatives(size_t column) const {
  for (size_t other = 0; other < table.columns().kinds.size(); ++other) {
    if (other == column || table.kind(other) != Column::Value)
      continue;
    for (size_t row = 0; row < table.size(); ++row) {
      std::optional<Amount> mine = table.amount(row, column),
                            theirs = table.amount(row, other);
      if (mine && theirs && kindOf(*mine) == kindOf(*theirs))
        return true;
    }
  }
  return false;
}

/// Whether the other columns of values are sums over all GPUs.
bool TableReader::isAmongTotals(size_t column) const {
  for (size_t other = 0; other < table.columns().kinds.size(); ++other)
    if (other != column && table.kind(other) == Column::Value &&
        !Statement(table.heading(other), 0, "")
             .hasAnyWord({"total", "aggregate", "cluster", "all", "node"}))
      return false;
  return true;
}

/// Whether the values of a column are those of the plan: it is the only one, or
/// says so, and is of no part of it.
bool TableReader::isOfThisPlan(size_t row, size_t column) const {
  static constexpr StringRef chosen[] = {"chosen", "selected", "our", "this",
                                         "final"};
  static constexpr StringRef parts[] = {
      "node",  "replica", "request", "user",    "token",    "stage",
      "p50",   "p90",     "p95",     "p99",     "total",    "aggregate",
      "layer", "prefill", "decode",  "cluster", "instance", "worst"};
  Statement heading(table.heading(column), 0, "");
  bool ofGpu = heading.hasWord("per") && heading.hasAnyWord({"gpu", "device"});
  if (heading.hasAnyWord(chosen) || (ofGpu && !series && isAmongTotals(column)))
    return true;
  std::optional<Amount> value = table.amount(row, column);
  bool counts = value && kindOf(*value) == FigureKind::Count;
  // "4 x 61" experts are in so many layers; GPUs are GPUs.
  Statement label = table.label(row);
  bool computed = table.columns().has(Column::Formula) && counts &&
                  (!label.hasWord("gpu") || label.hasWord("per"));
  if (computed)
    return false;
  return !series && !isAmongAlternatives(column) &&
         (counts || !heading.hasAnyWord(parts));
}

/// "20 GB -> 10 GB" beside "-50 %".
void TableReader::readChangeOf(size_t row, size_t column) {
  std::optional<size_t> beside = table.columns().find(Column::Change);
  Statement &cell = table.cell(row, column);
  std::vector<ValuePair> pairs = pairsIn(cell);
  if (!beside || pairs.size() != 1)
    return;
  Amount old = cell.tokens[pairs[0].before].amount,
         now = cell.tokens[pairs[0].after].amount;
  if (old.unit.empty())
    old.unit = now.unit;
  std::optional<size_t> number = table.number(row, *beside);
  if (number &&
      claimChange(old, now, changeAt(table.cell(row, *beside), *number),
                  table.label(row), sink))
    table.use(row, *beside);
}

/// A row whose label names the figure. Rows whose headings name figures are of
/// alternatives.
void TableReader::readValues(size_t row) {
  for (size_t column = 0; column < table.width(row); ++column) {
    Column kind = table.kind(column);
    bool note = kind == Column::None || kind == Column::Share;
    if (column == table.columns().label || (kind != Column::Value && !note) ||
        readPart(row, column))
      continue;
    Statement &cell = table.cell(row, column);
    readEquations(cell, sink);
    if (note)
      continue;
    readParentheses(cell, sink);
    readChangeOf(row, column);
    readChanges(cell, section, sink);
    if (isOfThisPlan(row, column))
      readMetrics(cell, sink);
  }
}

/// In "75 x 23.6M x 2B" of a size nothing but "2B" is in bytes.
static std::string withBytes(StringRef formula, const Amount &result) {
  std::string text;
  size_t from = 0;
  if (kindOf(result) != FigureKind::Bytes || formula.contains("byte"))
    return formula.str();
  for (const Token &token : readTokens(formula)) {
    StringRef number = token.text;
    unsigned bytes = 0;
    bool few = token.isNumber() && number.consume_back("B") &&
               !number.trim().getAsInteger(10, bytes) && bytes <= 64;
    if (!few)
      continue;
    text += (formula.slice(from, token.begin) + llvm::Twine(number) + " bytes")
                .str();
    from = token.end;
  }
  return text + formula.substr(from).str();
}

/// "12.1 x 2" beside "24.2".
void TableReader::readFormula(size_t row) {
  std::optional<size_t> formula = table.columns().find(Column::Formula),
                        value = table.columns().find(Column::Value);
  if (!formula || !value || *formula >= table.width(row) ||
      !table.amount(row, *value) || !table.amount(row, *formula))
    return;
  Statement label = table.label(row);
  Statement line(
      "Result: " +
          withBytes(table.text(row, *formula), *table.amount(row, *value)) +
          " = " + table.text(row, *value).str(),
      label.line, label.quote);
  line.advice = label.advice;
  readEquations(line, sink);
  if (!llvm::is_contained(line.used, true))
    return;
  table.useAll(row, *formula);
  // The result may be the value of a figure, too.
  table.cell(row, *value).reopen(*table.number(row, *value));
}

/// Which side of a limit without a sign is right; nothing where that depends.
static std::optional<Comparison> boundOf(Column kind, const Amount &limit) {
  if (limit.bound != Comparison::Equal)
    return limit.bound;
  if (kind == Column::Limit)
    return Comparison::LessEqual;
  std::optional<FigureKind> figure = kindOf(limit);
  if (kind == Column::Target && figure == FigureKind::Seconds)
    return Comparison::LessEqual;
  if (kind == Column::Target && figure == FigureKind::Rate)
    return Comparison::GreaterEqual;
  return std::nullopt;
}

/// "< 80 GB" expected, "58.9 GB" found; "80 GB" available, "62 GB" needed.
void TableReader::readLimit(size_t row, size_t limit, size_t value) {
  std::optional<Amount> bound = table.amount(row, limit),
                        found = table.amount(row, value);
  if (!bound || !found || found->bound != Comparison::Equal || found->isRange())
    return;
  std::optional<Comparison> side = boundOf(table.kind(limit), *bound);
  // Expected counts are counts that are the same; "100 tokens/ms" is none.
  bool same = table.isPlainCount(row, limit) &&
              table.isPlainCount(row, value) &&
              table.kind(limit) == Column::Expected;
  if (!side && !same)
    return;
  if (side)
    bound->bound = *side;
  if (found->unit.empty() && kindOf(*bound) != FigureKind::Count)
    return;
  if (!sink.equals(numberText(*found), *bound, table.label(row)))
    return;
  table.use(row, limit);
  table.cell(row, value).reopen(*table.number(row, value));
}

/// "< 50 ms" under "Target".
void TableReader::readTarget(size_t row, size_t column) {
  std::optional<Amount> bound = table.amount(row, column);
  if (!bound || bound->bound == Comparison::Equal)
    return;
  Statement label = table.label(row);
  Statement target(table.text(row, table.columns().label).str() +
                       " target: " + table.text(row, column).str(),
                   label.line, label.quote);
  for (Token &token : target.tokens)
    if (token.isNumber() && token.amount.digits == bound->digits)
      token.amount.bound = bound->bound;
  readMetrics(target, sink);
  if (llvm::is_contained(target.used, true))
    table.use(row, column);
}

void TableReader::readRow(size_t row) {
  const TableColumns &columns = table.columns();
  if (columns.has(Column::Before) && columns.has(Column::After))
    readComparison(table, row, sink);
  readFormula(row);
  std::optional<size_t> value = columns.find(Column::Value);
  for (size_t column = 0; column < table.width(row); ++column) {
    Column kind = table.kind(column);
    bool limit = kind == Column::Limit || kind == Column::Expected ||
                 kind == Column::Target;
    if (limit && value)
      readLimit(row, column, *value);
    if (kind == Column::Target)
      readTarget(row, column);
    else if (limit && !value)
      readMetrics(table.cell(row, column), sink);
  }
  readValues(row);
}

std::vector<UnreadRow> TableReader::read() {
  TableSums sums(table, sink);
  sums.read();
  series = readSeries(table, sink);
  readGroupTable(table, sink);
  std::vector<UnreadRow> unread;
  for (size_t row = 0; row < table.size(); ++row)
    readRow(row);
  sums.finish();
  for (size_t row = 0; row < table.size(); ++row) {
    std::string numbers = table.left(row);
    if (!numbers.empty())
      unread.push_back({&table.line(row), table.isRead(row) ? numbers : ""});
  }
  return unread;
}

std::vector<UnreadRow> mlir::moe::readTable(ArrayRef<ProseLine> rows,
                                            const SectionNotes &section,
                                            ClaimSink &sink) {
  std::vector<UnreadRow> unread;
  if (readPlanRow(rows, section, sink, unread))
    return unread;
  return TableReader(rows, section, sink).read();
}
