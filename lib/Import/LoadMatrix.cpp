//===- LoadMatrix.cpp - Recorded loads of experts -------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Import/LoadMatrix.h"
#include "moe/Quantity/Quantity.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <utility>

using namespace mlir::moe;
using json::Kind;
using llvm::StringRef;

/// More loads than a placement may have slots are of no use.
static constexpr size_t maxLoads = size_t(1) << 26;
static constexpr size_t maxLoadBytes = size_t(1) << 29;

static std::optional<int64_t> wholeNumberIn(StringRef text) {
  // Millions of loads are mostly written like this.
  if (int64_t number; !text.getAsInteger(10, number))
    return number;
  std::string error;
  if (std::optional<Decimal> number = Decimal::parse(text, error))
    return Quantity{*number, Unit()}.wholeSI();
  return std::nullopt;
}

std::optional<int64_t> mlir::moe::wholeNumberOf(const json::Value &value) {
  if (value.is(Kind::Integer))
    return value.integer();
  if (value.is(Kind::Decimal))
    return wholeNumberIn(value.text());
  return std::nullopt;
}

static std::string explainNumber(StringRef unit, const std::string &path,
                                 size_t index, const std::string &found) {
  return "expected a whole number of " + unit.str() + " for " + path + "[" +
         std::to_string(index) + "], found " + found;
}

std::optional<std::vector<int64_t>>
mlir::moe::readLoadRow(const json::Value &row, const std::string &path,
                       StringRef file, InputErrors &errors, StringRef unit) {
  std::vector<int64_t> tokens;
  size_t before = errors.count();
  for (auto [index, element] : llvm::enumerate(row.elements())) {
    std::optional<int64_t> number = wholeNumberOf(element);
    if (!number || *number < 0)
      errors.add(file, element.position(),
                 explainNumber(unit, path, index, element.describe()));
    else
      tokens.push_back(*number);
  }
  if (errors.count() != before)
    return std::nullopt;
  return tokens;
}

const json::Value *mlir::moe::findLoadRows(const json::Document &document,
                                           std::string &path,
                                           InputErrors &errors) {
  const json::Value *matrix = &document.root();
  path = "$";
  if (matrix->is(Kind::Object))
    if (const json::Member *member = matrix->find("logical_count")) {
      matrix = &member->value;
      path = "$.logical_count";
    }
  if (matrix->is(Kind::Array))
    return matrix;
  std::string similar;
  if (matrix->is(Kind::Object))
    for (const json::Member &member : matrix->members())
      if (similar.empty())
        if (!didYouMean(member.key, {"logical_count"}).empty())
          similar = " with the key " + quoted(member.key) +
                    didYouMean(member.key, {"logical_count"});
  errors.add(document.file(), matrix->position(),
             "expected an array of layers for " + path +
                 ", or an object with the key 'logical_count', found " +
                 matrix->describe() + similar);
  return nullptr;
}

namespace {
/// Collects rows and compares their lengths.
class MatrixReader {
public:
  MatrixReader(StringRef file, StringRef unit, InputErrors &errors)
      : file(file), unit(unit), errors(errors) {}

  void readJson(StringRef text);
  void readCsv(StringRef text);

  LoadMatrix matrix;

private:
  void add(Position position, std::vector<int64_t> row);
  bool readHeader(StringRef line);
  void readLine(StringRef line, unsigned number);
  void addLayer(int64_t layer, Position position, std::vector<int64_t> row);
  std::string explain(StringRef field) const;

  /// Whether the first column of a CSV file is the number of the layer.
  bool hasLayers = false;
  StringRef file, unit;
  InputErrors &errors;
};
} // namespace

void MatrixReader::add(Position position, std::vector<int64_t> row) {
  if (!matrix.empty() && row.size() != matrix.front().size())
    errors.add(file, position,
               "expected " + std::to_string(matrix.front().size()) +
                   " loads, one per expert as in the rows before, found " +
                   std::to_string(row.size()));
  matrix.push_back(std::move(row));
}

void MatrixReader::readJson(StringRef text) {
  auto document = json::Document::parse(text, file, errors);
  if (!document)
    return;
  std::string path;
  const json::Value *rows = findLoadRows(*document, path, errors);
  if (!rows)
    return;
  for (auto [index, row] : llvm::enumerate(rows->elements())) {
    std::string rowPath = path + "[" + std::to_string(index) + "]";
    if (!row.is(Kind::Array))
      errors.add(file, row.position(),
                 "expected an array of loads for " + rowPath + ", found " +
                     row.describe());
    else if (auto tokens = readLoadRow(row, rowPath, file, errors, unit))
      add(row.position(), std::move(*tokens));
  }
}

/// A field without blanks and the quotes that spreadsheets put around it.
static StringRef contentOf(StringRef field) {
  field = field.trim();
  if (field.size() > 1 && field.front() == '"' && field.back() == '"')
    return field.drop_front().drop_back().trim();
  return field;
}

/// Names of columns, none of which is a number: `layer` is that of the layer,
/// others say nothing.
bool MatrixReader::readHeader(StringRef line) {
  bool isFirst = true;
  for (StringRef field : llvm::split(line, ',')) {
    StringRef name = contentOf(field);
    if (name.empty() || !(llvm::isAlpha(name.front()) || name.front() == '_') ||
        name.equals_insensitive("nan") || name.starts_with_insensitive("inf"))
      return false;
    if (std::exchange(isFirst, false))
      hasLayers = name.starts_with_insensitive("layer");
  }
  return true;
}

std::string MatrixReader::explain(StringRef field) const {
  std::string found = quoted(field);
  if (field.find_first_of(";\t ") != StringRef::npos)
    return found + "; loads are separated by commas";
  if (field.size() > 18 && llvm::all_of(field, llvm::isDigit))
    return found + ", which does not fit into 64 bits";
  return found;
}

/// Layers between those that are listed have no load.
void MatrixReader::addLayer(int64_t layer, Position position,
                            std::vector<int64_t> row) {
  auto maxLayers = std::min<int64_t>(1 << 16, int64_t(maxLoads / row.size()));
  auto next = int64_t(matrix.size());
  if (layer < next || layer >= maxLayers) {
    errors.add(file, position,
               "expected a layer from " + std::to_string(next) + " to " +
                   std::to_string(maxLayers - 1) +
                   ", behind the one before, found " + std::to_string(layer));
    return;
  }
  matrix.resize(layer, std::vector<int64_t>(row.size()));
  add(position, std::move(row));
}

void MatrixReader::readLine(StringRef line, unsigned number) {
  std::vector<int64_t> row;
  if (!matrix.empty())
    row.reserve(matrix.front().size());
  size_t before = errors.count();
  unsigned column = 1;
  std::optional<int64_t> layer;
  for (StringRef field : llvm::split(line, ',')) {
    StringRef text = contentOf(field);
    std::optional<int64_t> found = wholeNumberIn(text);
    bool isLayer = hasLayers && column == 1;
    if (!found || *found < 0)
      errors.add(
          file, {number, column},
          isLayer ? "expected the number of a layer, found " + explain(text)
                  : explainNumber(unit, "row " + std::to_string(matrix.size()),
                                  row.size(), explain(text)));
    if (isLayer)
      layer = found;
    else
      row.push_back(found.value_or(0));
    column += field.size() + 1;
  }
  if (errors.count() != before)
    return;
  if (layer)
    addLayer(*layer, {number, 1}, std::move(row));
  else
    add({number, 1}, std::move(row));
}

void MatrixReader::readCsv(StringRef text) {
  unsigned number = 0;
  bool isFirst = true;
  for (StringRef line : llvm::split(text, '\n')) {
    ++number;
    if (line.trim().empty())
      continue;
    bool isHeader = std::exchange(isFirst, false) && readHeader(line);
    if (!isHeader)
      readLine(line.trim('\r'), number);
    if (errors.isFull())
      return;
  }
}

/// What no reader takes, with what to do.
static bool checkSize(StringRef text, bool isJson, StringRef path,
                      InputErrors &errors) {
  size_t loads = text.count(',') + 1;
  if (isJson && (loads >= json::maxValues || text.size() > json::maxFileBytes))
    errors.add(path, {},
               "found about " + std::to_string(loads) + " loads in " +
                   std::to_string(text.size()) +
                   " bytes of JSON, expected fewer than " +
                   std::to_string(json::maxValues) + " in at most " +
                   std::to_string(json::maxFileBytes) +
                   "; write them as CSV, one line of comma-separated loads "
                   "for each layer");
  else if (loads > maxLoads)
    errors.add(path, {},
               "found about " + std::to_string(loads) +
                   " loads, expected at most " + std::to_string(maxLoads));
  else
    return true;
  return false;
}

std::optional<LoadMatrix>
mlir::moe::readLoadMatrix(StringRef path, InputErrors &errors, StringRef unit) {
  size_t before = errors.count();
  std::unique_ptr<llvm::MemoryBuffer> buffer =
      json::readFileText(path, errors, maxLoadBytes);
  if (!buffer)
    return std::nullopt;
  MatrixReader reader(path, unit, errors);
  StringRef text = buffer->getBuffer();
  StringRef start = text.ltrim();
  bool isJson = start.starts_with("[") || start.starts_with("{") ||
                start.starts_with("/");
  if (!checkSize(text, isJson, path, errors))
    return std::nullopt;
  isJson ? reader.readJson(text) : reader.readCsv(text);
  if (errors.count() != before)
    return std::nullopt;
  if (reader.matrix.empty()) {
    errors.add(path, {}, "expected a row of loads per layer, found none");
    return std::nullopt;
  }
  return std::move(reader.matrix);
}
