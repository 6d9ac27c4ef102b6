//===- TableCells.cpp - The cells of a table as lines ---------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TableCells.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

/// The unit in a header: "Memory (GB)", "GB", "Tokens/s".
static UnitWord unitOfHeading(StringRef header) {
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

std::string mlir::moe::withUnit(StringRef cell, StringRef heading,
                                StringRef label) {
  std::vector<Token> tokens = readTokens(cell);
  bool bare = tokens.size() == 1 && tokens[0].isNumber() &&
              tokens[0].amount.unit.empty();
  UnitWord unit = bare ? unitOfHeading(heading) : UnitWord();
  if (bare && unit.length == 0)
    unit = unitOfHeading(label);
  return unit.length ? (cell + " " + unit.unit).str() : cell.str();
}

/// The name of a row: of "Expert (EP)" the degree, without the signs that part
/// a line.
static std::string nameOfRow(StringRef cell) {
  // A label is a name; what is longer is none.
  constexpr size_t longest = 200;
  auto [before, behind] = cell.split('(');
  StringRef inside = behind.split(')').first.trim();
  for (StringRef degree : {"TP", "PP", "EP", "DP", "CP", "ETP", "EDP"})
    if (inside.equals_insensitive(degree))
      return degree.str();
  std::string name = cell.take_front(longest).str();
  llvm::erase_if(name, [](char c) { return c == ':' || c == ','; });
  return name;
}

TableCells::TableCells(ArrayRef<ProseLine> rows, const SectionNotes &section)
    : rows(rows), known(columnsOf(rows)) {
  std::optional<size_t> units;
  for (auto [column, cell] : llvm::enumerate(rows.front().cells))
    if (StringRef(cell).trim().lower() == "unit" ||
        StringRef(cell).trim().lower() == "units")
      units = column;
  for (const ProseLine &row : rows.drop_front()) {
    std::string label =
        known.label < row.cells.size() ? nameOfRow(row.cells[known.label]) : "";
    names.push_back(label);
    cells.emplace_back();
    texts.emplace_back();
    for (auto [column, cell] : llvm::enumerate(row.cells)) {
      StringRef above = units && *units < row.cells.size()
                            ? StringRef(row.cells[*units])
                            : heading(column);
      texts.back().push_back(withUnit(cell, above, label));
      Statement statement(
          column == known.label ? cell : label + ": " + texts.back().back(),
          row.number, row.raw);
      statement.previous = section.previous;
      statement.advice = section.advice;
      statement.ofEachGpu = section.ofEachGpu;
      statement.ofHardware = section.ofHardware;
      cells.back().push_back(std::move(statement));
    }
  }
}

StringRef TableCells::heading(size_t column) const {
  const std::vector<std::string> &headings = rows.front().cells;
  return column < headings.size() ? StringRef(headings[column]) : StringRef();
}

StringRef TableCells::text(size_t row, size_t column) const {
  return texts[row][column];
}

Statement TableCells::label(size_t row) const {
  StringRef text = known.label < texts[row].size()
                       ? StringRef(texts[row][known.label])
                       : StringRef();
  Statement label(text, line(row).number, line(row).raw);
  label.previous = cells[row].empty() ? false : cells[row].front().previous;
  label.advice = cells[row].empty() ? false : cells[row].front().advice;
  return label;
}

std::optional<size_t> TableCells::number(size_t row, size_t column) const {
  if (column >= cells[row].size() || column == known.label)
    return std::nullopt;
  const Statement &cell = cells[row][column];
  for (size_t i = cell.keyEnd; i < cell.tokens.size(); ++i)
    if (cell.tokens[i].isNumber())
      return i;
  return std::nullopt;
}

std::optional<Amount> TableCells::amount(size_t row, size_t column) const {
  std::optional<size_t> token = number(row, column);
  if (!token)
    return std::nullopt;
  const Statement &cell = cells[row][column];
  Amount amount = cell.tokens[*token].amount;
  static constexpr std::pair<StringRef, Comparison> signs[] = {
      {"<", Comparison::Less},
      {">", Comparison::Greater},
      {"<=", Comparison::LessEqual},
      {">=", Comparison::GreaterEqual}};
  for (auto [sign, bound] : signs)
    if (*token > 0 && cell.tokens[*token - 1].is(sign))
      amount.bound = bound;
  return amount;
}

bool TableCells::isPlainCount(size_t row, size_t column) const {
  if (column >= texts[row].size())
    return false;
  std::vector<Token> tokens = readTokens(texts[row][column]);
  return tokens.size() == 1 && tokens[0].isNumber() &&
         kindOf(tokens[0].amount) == FigureKind::Count &&
         !tokens[0].amount.isRange();
}

void TableCells::use(size_t row, size_t column) {
  if (std::optional<size_t> token = number(row, column))
    cells[row][column].use(*token, *token + 1);
}

void TableCells::useAll(size_t row, size_t column) {
  Statement &cell = cells[row][column];
  cell.use(cell.keyEnd, cell.tokens.size());
}

bool TableCells::isRead(size_t row) const {
  for (const auto &[column, cell] : llvm::enumerate(cells[row]))
    if (column != known.label)
      for (auto [token, used] : llvm::zip(cell.tokens, cell.used))
        if (used && token.isNumber())
          return true;
  return false;
}

std::string mlir::moe::leftNumbers(const Statement &statement) {
  std::string numbers;
  for (size_t i = statement.keyEnd; i < statement.tokens.size(); ++i)
    if (statement.isLeft(i))
      numbers += (numbers.empty() ? "" : ", ") + statement.tokens[i].text;
  return numbers;
}

std::string TableCells::left(size_t row) const {
  std::string numbers;
  for (const auto &[column, cell] : llvm::enumerate(cells[row])) {
    std::string more = column > known.label ? leftNumbers(cell) : "";
    numbers += (numbers.empty() || more.empty() ? "" : ", ") + more;
  }
  return numbers;
}
