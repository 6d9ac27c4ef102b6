//===- TableReader.cpp - Rows of a table ----------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Changes.h"
#include "Readers.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

namespace {
/// What a column holds.
enum class Column : uint8_t {
  Label,
  Before,
  After,
  Change,
  Share,
  Limit,
  Formula,
  Value,
  None
};

/// Reads one table.
class TableReader {
public:
  TableReader(ArrayRef<ProseLine> rows, const SectionNotes &section,
              ClaimSink &sink);
  std::vector<const ProseLine *> read();

private:
  Statement statementOf(const ProseLine &row, size_t column) const;
  bool readRow(const ProseLine &row);
  bool readComparison(const ProseLine &row);
  const MetricPhrase *phraseOf(const ProseLine &row, size_t column,
                               const Amount &value) const;
  std::optional<StatedChange> changeIn(const ProseLine &row) const;
  bool readPart(const ProseLine &row, size_t column);
  bool readValues(const ProseLine &row);
  bool readCell(const ProseLine &row, size_t column);
  bool readFormula(const ProseLine &row);
  bool readLimit(const ProseLine &row);
  std::string sumOf(size_t column, const Amount &total) const;
  void readShares(size_t column, const Amount &total);
  bool readTotals();
  std::optional<size_t> find(Column kind) const;
  std::optional<Amount> amountIn(const ProseLine &row, size_t column) const;

  ArrayRef<ProseLine> rows;
  const SectionNotes &section;
  ClaimSink &sink;
  std::vector<Column> columns;
};
} // namespace

/// What the words above a column say.
static Column columnOf(StringRef header, bool first) {
  Statement words(header, 0, "");
  size_t end = words.tokens.size();
  if (words.hasAnyWord({"improvement", "change", "gain", "speedup", "delta",
                        "reduction", "difference", "ratio", "diff", "Δ"}))
    return Column::Change;
  if (words.hasAnyWord({"after", "new", "current", "corrected", "proposed",
                        "proposal", "optimized", "improved", "enhanced",
                        "revised", "now"}))
    return Column::After;
  if (saysPrevious(words, 0, end))
    return Column::Before;
  if (words.hasAnyWord({"share", "fraction", "percentage"}) ||
      header.trim() == "%" || StringRef(header.lower()).contains("% of"))
    return Column::Share;
  if (first)
    return Column::Label;
  if (words.hasAnyWord({"limit", "threshold", "budget", "allowed", "required",
                        "requirement", "expected", "slo", "sla"}))
    return Column::Limit;
  if (words.hasAnyWord({"formula", "calculation", "computation", "derivation"}))
    return Column::Formula;
  return words.hasAnyWord(
             {"note", "comment", "source", "description", "reason"})
             ? Column::None
             : Column::Value;
}

TableReader::TableReader(ArrayRef<ProseLine> rows, const SectionNotes &section,
                         ClaimSink &sink)
    : rows(rows), section(section), sink(sink) {
  for (auto [index, cell] : llvm::enumerate(rows.front().cells))
    columns.push_back(columnOf(cell, index == 0));
  // Beside a baseline stands the plan, whatever its name.
  if (find(Column::Before) && !find(Column::After))
    if (std::optional<size_t> after = find(Column::Value))
      columns[*after] = Column::After;
  // A table of limits alone has no other values.
  if (find(Column::Limit) && !find(Column::Value))
    columns[*find(Column::Limit)] = Column::Value;
  // Beside before and after stands the change, whatever its name.
  if (find(Column::Before) && find(Column::After) && !find(Column::Change))
    if (std::optional<size_t> change = find(Column::Value))
      columns[*change] = Column::Change;
}

std::optional<size_t> TableReader::find(Column kind) const {
  auto found = llvm::find(columns, kind);
  if (found == columns.end())
    return std::nullopt;
  return static_cast<size_t>(found - columns.begin());
}

/// The unit in a header: "Memory (GB)", "GB", "Tokens/s".
static UnitWord unitOfHeader(StringRef header) {
  size_t open = header.find_first_of("([");
  if (open == StringRef::npos) {
    UnitWord whole = readUnit(header.trim(), /*attached=*/true);
    bool unit = whole.length == header.trim().size() && !whole.unit.empty() &&
                whole.unit != "x" && whole.power == 0;
    return unit ? whole : UnitWord();
  }
  StringRef inside = header.drop_front(open + 1).ltrim();
  UnitWord unit = readUnit(inside, /*attached=*/true);
  return unit.power == 0 ? unit : UnitWord();
}

/// A cell with its row as the key: "Expert weights: 0.84 GB".
Statement TableReader::statementOf(const ProseLine &row, size_t column) const {
  std::string cell = row.cells[column];
  StringRef header = column < rows.front().cells.size()
                         ? StringRef(rows.front().cells[column])
                         : StringRef();
  UnitWord unit = unitOfHeader(header);
  if (unit.length == 0)
    unit = unitOfHeader(row.cells.front());
  std::vector<Token> tokens = readTokens(cell);
  bool bare = tokens.size() == 1 && tokens[0].isNumber() &&
              tokens[0].amount.unit.empty();
  if (bare && unit.length)
    cell += " " + unit.unit.str();
  std::string label = row.cells.front();
  llvm::erase_if(label, [](char c) { return c == ':' || c == ','; });
  Statement statement(label + ": " + cell, row.number, row.raw);
  statement.previous = section.previous;
  statement.advice = section.advice;
  return statement;
}

/// The first number of a cell; nothing when there is none.
std::optional<Amount> TableReader::amountIn(const ProseLine &row,
                                            size_t column) const {
  if (column >= row.cells.size())
    return std::nullopt;
  Statement statement = statementOf(row, column);
  for (size_t i = statement.keyEnd; i < statement.tokens.size(); ++i) {
    if (!statement.tokens[i].isNumber())
      continue;
    Amount amount = statement.tokens[i].amount;
    static constexpr std::pair<StringRef, Comparison> signs[] = {
        {"<", Comparison::Less},
        {">", Comparison::Greater},
        {"<=", Comparison::LessEqual},
        {">=", Comparison::GreaterEqual}};
    for (auto [sign, bound] : signs)
      if (i > 0 && statement.tokens[i - 1].is(sign))
        amount.bound = bound;
    return amount;
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Before and after
//===----------------------------------------------------------------------===//

/// The figure that a row is about: named behind the value or by the label. A
/// count is of just what the label says.
const MetricPhrase *TableReader::phraseOf(const ProseLine &row, size_t column,
                                          const Amount &value) const {
  static constexpr MetricPhrase anyRate{"", FigureKind::Rate, "throughput", ""};
  std::optional<FigureKind> kind = kindOf(value);
  if (!kind)
    return nullptr;
  Statement cell = statementOf(row, column);
  Statement label(row.cells.front(), row.number, row.raw);
  if (kind == FigureKind::Count) {
    // "3/128" and "256:1" are no counts.
    StringRef text = row.cells[column];
    PhraseMatch match = matchAt(label.tokens, 0, *kind);
    bool whole = match && match.end == label.tokens.size();
    return whole && !text.contains('/') && !text.contains(':') ? match.phrase
                                                               : nullptr;
  }
  if (PhraseMatch match =
          matchFirst(cell.tokens, cell.keyEnd, cell.tokens.size(), *kind))
    return changingFigure(match.phrase);
  if (PhraseMatch match =
          matchLast(label.tokens, 0, label.tokens.size(), *kind))
    return value.unit != "x" || match.phrase->metric == "imbalance"
               ? changingFigure(match.phrase)
               : nullptr;
  return kind == FigureKind::Rate ? &anyRate : nullptr;
}

/// The change of a row, in its direction: a sign, a word of the cell, or one of
/// the heading, "Reduction".
std::optional<StatedChange> TableReader::changeIn(const ProseLine &row) const {
  std::optional<size_t> column = find(Column::Change);
  if (!column || *column >= row.cells.size())
    return std::nullopt;
  Statement cell(row.cells[*column], row.number, row.raw);
  Statement heading(rows.front().cells[*column], row.number, row.raw);
  for (size_t i = 0; i < cell.tokens.size(); ++i) {
    if (!cell.tokens[i].isNumber())
      continue;
    StatedChange change = changeAt(cell, i);
    Direction above = directionIn(heading);
    bool good = change.direction == Direction::Up && above == Direction::Better;
    if (change.direction == Direction::Unsaid || good)
      change.direction = above;
    std::optional<Amount> stated = amountIn(row, *column);
    if (stated)
      change.amount = *stated;
    return change;
  }
  return std::nullopt;
}

/// One figure in both plans, and how much better it got.
bool TableReader::readComparison(const ProseLine &row) {
  size_t before = *find(Column::Before), after = *find(Column::After);
  std::optional<Amount> old = amountIn(row, before), now = amountIn(row, after);
  if (!old || !now)
    return false;
  if (old->unit.empty())
    old->unit = now->unit;
  if (now->unit.empty())
    now->unit = old->unit;
  bool kept = false;
  Statement whole(row.cells.front(), row.number, row.raw);
  whole.advice = section.advice;
  for (size_t column : {before, after}) {
    Statement cell = statementOf(row, column);
    cell.previous = column == before;
    readEquations(cell, sink);
    readParentheses(cell, sink);
    kept |= llvm::is_contained(cell.used, true);
  }
  if (std::optional<StatedChange> change = changeIn(row))
    kept |= claimChange(*old, *now, *change, whole, sink);
  const MetricPhrase *metric = phraseOf(row, after, *now);
  if (!metric)
    return kept;
  kept |= sink.metric(*metric, *old, whole, true);
  kept |= sink.metric(*metric, *now, whole, false);
  return kept;
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

bool TableReader::readCell(const ProseLine &row, size_t column) {
  Statement statement = statementOf(row, column);
  readEquations(statement, sink);
  readParentheses(statement, sink);
  readChanges(statement, section, sink);
  readMetrics(statement, sink);
  return llvm::is_contained(statement.used, true);
}

/// "1/64 total" of the memory of each GPU.
bool TableReader::readPart(const ProseLine &row, size_t column) {
  Statement cell(row.cells[column], row.number, row.raw);
  Statement header(column < rows.front().cells.size()
                       ? StringRef(rows.front().cells[column])
                       : StringRef(),
                   row.number, row.raw);
  const auto &tokens = cell.tokens;
  PhraseMatch match =
      matchFirst(header.tokens, 0, header.tokens.size(), FigureKind::Bytes);
  bool part = tokens.size() > 3 && tokens[0].isNumber() && tokens[1].is("/") &&
              tokens[2].isNumber() && cell.hasWord("total");
  if (!part || !match || match.phrase->metric != "device_memory")
    return false;
  return sink.claim(
      "device_memory / model_memory = " + numberText(tokens[0].amount) + " / " +
          numberText(tokens[2].amount),
      cell);
}

/// A row whose label names the figure: one value, or the first of several
/// columns. Rows whose headers name figures are of alternatives.
bool TableReader::readValues(const ProseLine &row) {
  bool kept = false, first = true;
  for (size_t column = 1; column < std::min(row.cells.size(), columns.size());
       ++column) {
    if (columns[column] != Column::Value)
      continue;
    kept |= readPart(row, column);
    if (first)
      kept |= readCell(row, column);
    first = false;
  }
  return kept;
}

/// "12.1 x 2" beside "24.2".
bool TableReader::readFormula(const ProseLine &row) {
  std::optional<size_t> formula = find(Column::Formula),
                        value = find(Column::Value);
  std::optional<Amount> result =
      formula && value ? amountIn(row, *value) : std::nullopt;
  if (!result || *formula >= row.cells.size())
    return false;
  std::string label = row.cells.front();
  llvm::erase_if(label, [](char c) { return c == ':' || c == ','; });
  Statement line(label + ": " + row.cells[*formula] + " = " + result->text(),
                 row.number, row.raw);
  readEquations(line, sink);
  return llvm::is_contained(line.used, true);
}

/// "< 80 GB" expected, "58.9 GB" found.
bool TableReader::readLimit(const ProseLine &row) {
  std::optional<size_t> limit = find(Column::Limit),
                        value = find(Column::Value);
  if (!limit || !value)
    return false;
  std::optional<Amount> bound = amountIn(row, *limit),
                        found = amountIn(row, *value);
  if (!bound || !found || bound->bound == Comparison::Equal ||
      found->bound != Comparison::Equal || found->isRange())
    return false;
  Statement line(row.cells.front(), row.number, row.raw);
  return sink.equals(numberText(*found), *bound, line);
}

bool TableReader::readRow(const ProseLine &row) {
  if (find(Column::Before) && find(Column::After))
    return readComparison(row);
  bool kept = readFormula(row);
  kept |= readLimit(row);
  return readValues(row) || kept;
}

/// The sum of a column above its last row, as a claim writes it; empty when the
/// column does not add up things of one kind.
std::string TableReader::sumOf(size_t column, const Amount &total) const {
  std::string sum;
  for (const ProseLine &row : rows.drop_front().drop_back()) {
    std::optional<Amount> part = amountIn(row, column);
    if (!part || part->isRange() || part->power ||
        part->dimension() != total.dimension())
      return "";
    sum += (sum.empty() ? "sum(" : ", ") + numberText(*part);
  }
  return sum + ")";
}

/// "7.1 GB" and "15 %" of a row under a total of "48.7 GB".
void TableReader::readShares(size_t column, const Amount &total) {
  std::optional<size_t> share = find(Column::Share);
  if (!share || total.isRange() || total.power)
    return;
  for (const ProseLine &row : rows.drop_front().drop_back()) {
    std::optional<Amount> part = amountIn(row, column),
                          percent = amountIn(row, *share);
    Statement line(row.cells.front(), row.number, row.raw);
    if (part && percent && percent->unit == "%" && !part->isRange())
      sink.equals(numberText(*part) + " / " + numberText(total), *percent,
                  line);
  }
}

/// "Total" is the sum of the rows above it.
bool TableReader::readTotals() {
  const ProseLine &last = rows.back();
  Statement label(last.cells.front(), last.number, last.raw);
  if (!label.hasAnyWord({"total", "sum", "overall"}) || rows.size() < 4)
    return false;
  bool kept = false;
  for (size_t column = 1; column < std::min(last.cells.size(), columns.size());
       ++column) {
    std::optional<Amount> total = amountIn(last, column);
    if (!total || columns[column] == Column::Share)
      continue;
    std::string sum = sumOf(column, *total);
    if (sum.empty() || !sink.equals(sum, *total, label))
      continue;
    kept = true;
    readShares(column, *total);
  }
  return kept;
}

std::vector<const ProseLine *> TableReader::read() {
  std::vector<const ProseLine *> unread;
  if (readPlanRow(rows, sink, unread))
    return unread;
  bool totals = rows.size() > 1 && readTotals();
  for (const ProseLine &row : rows.drop_front()) {
    bool hasNumber = false;
    for (size_t column = 1; column < row.cells.size(); ++column)
      hasNumber |= amountIn(row, column).has_value();
    bool kept = readRow(row);
    if (hasNumber && !kept && !(totals && &row == &rows.back()))
      unread.push_back(&row);
  }
  return unread;
}

std::vector<const ProseLine *> mlir::moe::readTable(ArrayRef<ProseLine> rows,
                                                    const SectionNotes &section,
                                                    ClaimSink &sink) {
  return TableReader(rows, section, sink).read();
}
