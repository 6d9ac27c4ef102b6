//===- TableCells.h - The cells of a table as lines -------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A cell is read as a line of its own with its row as the key, "Expert weights:
// 0.84 GB", and remembers which of its numbers something was made of.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_PROSE_TABLECELLS_H
#define MOE_LIB_PROSE_TABLECELLS_H

#include "Readers.h"
#include "TableColumns.h"

namespace mlir::moe {

/// The rows under the headings of a table.
class TableCells {
public:
  TableCells(llvm::ArrayRef<ProseLine> rows, const SectionNotes &section);

  const TableColumns &columns() const { return known; }
  size_t size() const { return cells.size(); }
  /// Cells of a row; those behind the last heading have no kind.
  size_t width(size_t row) const { return cells[row].size(); }
  Column kind(size_t column) const {
    return column < known.kinds.size() ? known.kinds[column] : Column::None;
  }
  llvm::StringRef heading(size_t column) const;
  const ProseLine &line(size_t row) const { return rows[row + 1]; }

  Statement &cell(size_t row, size_t column) { return cells[row][column]; }
  /// As it was written, with the unit of the heading behind a bare number.
  llvm::StringRef text(size_t row, size_t column) const;
  /// The name of a row: of "Expert (EP)" the degree.
  llvm::StringRef name(size_t row) const { return names[row]; }
  /// What the row is about, to make claims of several cells with.
  Statement label(size_t row) const;

  /// The token of the first number of a cell; nothing without one.
  std::optional<size_t> number(size_t row, size_t column) const;
  std::optional<Amount> amount(size_t row, size_t column) const;
  /// Whether a cell is a count and nothing else.
  bool isPlainCount(size_t row, size_t column) const;
  /// Something was made of the first number of the cell, or of all.
  void use(size_t row, size_t column);
  void useAll(size_t row, size_t column);
  /// Whether something was made of a number of the row.
  bool isRead(size_t row) const;
  /// The numbers of a row, as they stand there, of which nothing was made.
  std::string left(size_t row) const;

private:
  llvm::ArrayRef<ProseLine> rows;
  TableColumns known;
  std::vector<std::vector<Statement>> cells;
  std::vector<std::vector<std::string>> texts;
  std::vector<std::string> names;
};

/// A cell with the unit that its heading or its label gives to a bare number.
std::string withUnit(llvm::StringRef cell, llvm::StringRef heading,
                     llvm::StringRef label);

/// The numbers behind the key of a line of which nothing was made, as they
/// stand there.
std::string leftNumbers(const Statement &statement);

/// GroupTable.cpp: degrees, sizes and counts of the groups of axes.
void readGroupTable(TableCells &table, ClaimSink &sink);

/// TableComparison.cpp: one figure in both plans, and how much better it got.
void readComparison(TableCells &table, size_t row, ClaimSink &sink);

/// TableSums.cpp: total rows, shares of them. Nothing is marked as read before
/// `finish`, for parts are values of their own.
class TableSums {
public:
  TableSums(TableCells &table, ClaimSink &sink) : table(table), sink(sink) {}
  void read();
  void finish();

private:
  std::optional<size_t> totalRow() const;
  std::string sumOf(size_t column, size_t total) const;
  bool isTotal(size_t column, size_t total) const;
  void readShares(size_t column, size_t total);

  TableCells &table;
  ClaimSink &sink;
  std::vector<std::pair<size_t, size_t>> claimed; ///< row and column
};

/// TableSeries.cpp: rows that are one job on more and more GPUs, or a plan step
/// by step. False when the table is neither; its values are of many plans then.
bool readSeries(TableCells &table, ClaimSink &sink);

} // namespace mlir::moe

#endif // MOE_LIB_PROSE_TABLECELLS_H
