//===- GroupTable.cpp - Groups of ranks in a table ------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   | Group | Size | Count |      |            | TP | EP |
//   | TP    |    4 |    16 |      | Degree     |  4 | 16 |
//   | EP    |   16 |     4 |      | Group size |  4 | 16 |
//                                 | Groups     | 16 |  4 |
//
// Axes name the rows or the columns; what their numbers are, the other side
// says.
//
//===----------------------------------------------------------------------===//

#include "TableCells.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

namespace {
/// What a number says of the groups of an axis.
enum class GroupFigure : uint8_t { Other, Degree, Size, Count };

/// A cell of a table.
struct CellPlace {
  size_t row, column;
};

/// What a table says of one axis.
struct AxisCells {
  std::optional<CellPlace> degree, size, count;
};
} // namespace

/// "tp" of "TP" and "Tensor parallelism"; empty for what is no axis.
static StringRef axisOf(StringRef name) {
  Statement words(name, 0, "");
  for (StringRef word : {"group", "size"})
    if (!words.tokens.empty() && words.tokens.back().is(word))
      words.tokens.pop_back();
  PhraseMatch match = matchAt(words.tokens, 0, FigureKind::Count);
  StringRef key = match ? match.phrase->key : StringRef();
  bool whole = match && match.end == words.tokens.size();
  return whole && key.consume_front("parallelism.") ? key : StringRef();
}

static GroupFigure figureOf(StringRef name) {
  Statement words(name, 0, "");
  if (words.hasAnyWord({"degree", "way", "parallelism"}))
    return GroupFigure::Degree;
  if (words.hasAnyWord({"size", "rank", "gpu", "member"}))
    return GroupFigure::Size;
  return words.hasAnyWord({"count", "group", "number"}) ? GroupFigure::Count
                                                        : GroupFigure::Other;
}

static void readAxis(TableCells &table, StringRef axis, const AxisCells &cells,
                     ClaimSink &sink) {
  auto digits = [&](const std::optional<CellPlace> &place) {
    return table.amount(place->row, place->column)->digits;
  };
  auto use = [&](const std::optional<CellPlace> &place) {
    if (place)
      table.useAll(place->row, place->column);
  };
  const CellPlace &first = cells.count ? *cells.count : *cells.degree;
  Statement line = table.label(first.row);
  if (cells.degree) {
    Statement degree(axis.str() + ": " + digits(cells.degree), line.line,
                     line.quote);
    degree.previous = line.previous;
    degree.advice = line.advice;
    readMetrics(degree, sink);
    if (llvm::is_contained(degree.used, true))
      use(cells.degree);
  }
  if (!cells.count || line.previous || line.advice)
    return;
  std::string json =
      "{ \"axis\": \"" + axis.str() + "\", \"count\": " + digits(cells.count);
  if (cells.size)
    json += ", \"size\": " + digits(cells.size);
  if (!sink.listed("stated.groups", json + " }", line))
    return;
  use(cells.count);
  use(cells.size);
}

void mlir::moe::readGroupTable(TableCells &table, ClaimSink &sink) {
  size_t label = table.columns().label;
  llvm::MapVector<StringRef, AxisCells> axes;
  for (size_t row = 0; row < table.size(); ++row)
    for (size_t column = 0; column < table.width(row); ++column) {
      StringRef name = table.name(row);
      StringRef rows = axisOf(name), columns = axisOf(table.heading(column));
      if (column == label || rows.empty() == columns.empty() ||
          !table.isPlainCount(row, column))
        continue;
      AxisCells &cells = axes[rows.empty() ? columns : rows];
      switch (figureOf(rows.empty() ? name : table.heading(column))) {
      case GroupFigure::Degree:
        cells.degree = {row, column};
        break;
      case GroupFigure::Size:
        cells.size = {row, column};
        break;
      case GroupFigure::Count:
        cells.count = {row, column};
        break;
      case GroupFigure::Other:
        break;
      }
    }
  for (const auto &[axis, cells] : axes)
    if (cells.count || (cells.degree && cells.size))
      readAxis(table, axis, cells, sink);
}
