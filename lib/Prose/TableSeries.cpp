//===- TableSeries.cpp - Rows that are one plan after another -------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   | GPUs | tokens/s | Efficiency |      | Step         | Time   | Change |
//   |  128 |  335,000 |      100 % |      | baseline     | 31.2 s |        |
//   |  256 |  640,000 |     95.5 % |      | + overlap    | 26.5 s | -15 %  |
//
// Each row is compared with the first one or with the one above it; which, most
// rows of the table tell.
//
//===----------------------------------------------------------------------===//

#include "Changes.h"
#include "TableCells.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

namespace {
/// Reads the figures that compare rows.
class SeriesReader {
public:
  SeriesReader(TableCells &table, ClaimSink &sink) : table(table), sink(sink) {}
  bool read();

private:
  bool isNumbered() const;
  bool countsMachines() const;
  bool isOfRate(size_t column) const;
  std::optional<size_t> measuredColumn() const;
  std::optional<size_t> valuesBefore(size_t change) const;
  ValuesOfGpus valuesOf(size_t row, size_t measured) const;
  void readEfficiency(size_t measured, size_t share);
  void readChanges(size_t values, size_t change);

  using Comparison = llvm::function_ref<bool(size_t row, size_t reference)>;
  std::optional<bool> comparesWithFirst(Comparison holds) const;

  TableCells &table;
  ClaimSink &sink;
};
} // namespace

/// Whether the label of every row is a number: rows are settings.
bool SeriesReader::isNumbered() const {
  for (size_t row = 0; row < table.size(); ++row) {
    Statement label = table.label(row);
    if (label.tokens.empty() || !label.tokens.front().isNumber())
      return false;
  }
  return table.size() > 1;
}

/// Whether the rows are of more and more GPUs or nodes.
bool SeriesReader::countsMachines() const {
  Statement heading(table.heading(table.columns().label), 0, "");
  return isNumbered() &&
         heading.hasAnyWord({"gpu", "node", "device", "rank", "accelerator",
                             "card", "machine", "n"});
}

bool SeriesReader::isOfRate(size_t column) const {
  Statement heading(table.heading(column), 0, "");
  return static_cast<bool>(
      matchFirst(heading.tokens, 0, heading.tokens.size(), FigureKind::Rate));
}

/// The first column of rates or times.
std::optional<size_t> SeriesReader::measuredColumn() const {
  for (size_t column = 0; column < table.columns().kinds.size(); ++column) {
    std::optional<Amount> first = table.amount(0, column);
    if (!first || table.kind(column) != Column::Value)
      continue;
    std::optional<FigureKind> kind = kindOf(*first);
    if (kind == FigureKind::Rate || kind == FigureKind::Seconds ||
        (kind == FigureKind::Count && isOfRate(column)))
      return column;
  }
  return std::nullopt;
}

ValuesOfGpus SeriesReader::valuesOf(size_t row, size_t measured) const {
  Amount gpus = table.label(row).tokens.front().amount;
  gpus.unit.clear(); // "64x"
  return {gpus, table.amount(row, measured).value_or(Amount())};
}

/// Whether rows compare with the first one rather than with the one above, as
/// most of them do; nothing when none compares with either.
std::optional<bool> SeriesReader::comparesWithFirst(Comparison holds) const {
  size_t first = 0, above = 0;
  for (size_t row = 1; row < table.size(); ++row) {
    first += holds(row, 0);
    above += holds(row, row - 1);
  }
  // Of two rows the one above is the first.
  if (first + above == 0 && table.size() > 2)
    return std::nullopt;
  return first >= above;
}

void SeriesReader::readEfficiency(size_t measured, size_t share) {
  auto holds = [&](size_t row, size_t reference) {
    auto left =
        efficiencyOf(valuesOf(reference, measured), valuesOf(row, measured));
    auto stated = table.amount(row, share);
    return left && stated && sink.holds(*left, *stated);
  };
  // An efficiency is that against the smallest machine, if nothing else.
  bool withFirst = comparesWithFirst(holds).value_or(true);
  for (size_t row = 1; row < table.size(); ++row) {
    size_t reference = withFirst ? 0 : row - 1;
    auto left =
        efficiencyOf(valuesOf(reference, measured), valuesOf(row, measured));
    auto stated = table.amount(row, share);
    if (!left || !stated || stated->unit != "%" ||
        !sink.equals(*left, *stated, table.label(row)))
      continue;
    table.use(reference, measured);
    table.use(row, measured);
    table.use(row, share);
  }
  // The first row is all of itself.
  std::optional<Amount> whole = table.amount(0, share);
  if (whole && whole->unit == "%" && whole->digits == "100")
    table.use(0, share);
}

/// The change of a row against another one. A "speed-up" is a gain.
static std::optional<StatedChange> seriesChange(TableCells &table, size_t row,
                                                size_t column) {
  std::optional<size_t> token = table.number(row, column);
  if (!token)
    return std::nullopt;
  StatedChange change = changeAt(table.cell(row, column), *token);
  if (change.direction == Direction::Unsaid && change.amount.unit == "x")
    change.direction = Direction::Better;
  return change;
}

void SeriesReader::readChanges(size_t values, size_t change) {
  auto compare = [&](size_t row, size_t reference, bool claim) {
    auto before = table.amount(reference, values),
         after = table.amount(row, values);
    auto stated = seriesChange(table, row, change);
    if (!before || !after || !stated)
      return false;
    return claim ? claimChange(*before, *after, *stated, table.label(row), sink)
                 : isThatChange(*before, *after, *stated, sink);
  };
  std::optional<bool> withFirst =
      comparesWithFirst([&](size_t row, size_t reference) {
        return compare(row, reference, /*claim=*/false);
      });
  if (!withFirst)
    return;
  for (size_t row = 1; row < table.size(); ++row) {
    size_t reference = *withFirst ? 0 : row - 1;
    if (!compare(row, reference, /*claim=*/true))
      continue;
    table.use(reference, values);
    table.use(row, values);
    table.use(row, change);
  }
  std::optional<Amount> none = table.amount(0, change);
  if (none && none->unit == "x" && valueOf(*none) == 1)
    table.use(0, change);
}

/// The values that a column of changes stands behind.
std::optional<size_t> SeriesReader::valuesBefore(size_t change) const {
  for (size_t column = change; column-- > 0;)
    if (table.kind(column) == Column::Value && table.amount(0, column) &&
        (table.size() < 2 || table.amount(1, column)))
      return column;
  return std::nullopt;
}

bool SeriesReader::read() {
  const TableColumns &columns = table.columns();
  if (columns.has(Column::Before) || table.size() < 2)
    return false;
  std::optional<size_t> measured = measuredColumn();
  std::optional<size_t> share = columns.find(Column::Efficiency);
  bool machines = countsMachines() && measured;
  if (machines && share)
    readEfficiency(*measured, *share);
  bool changes = false;
  for (auto [column, kind] : llvm::enumerate(columns.kinds)) {
    std::optional<size_t> values = kind != Column::Change ? std::nullopt
                                   : machines ? measured
                                              : valuesBefore(column);
    if (!values)
      continue;
    readChanges(*values, column);
    changes = true;
  }
  return changes || isNumbered();
}

bool mlir::moe::readSeries(TableCells &table, ClaimSink &sink) {
  return SeriesReader(table, sink).read();
}
