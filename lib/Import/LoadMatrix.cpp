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

using namespace mlir::moe;
using json::Kind;
using llvm::StringRef;

static std::optional<int64_t> wholeNumberIn(StringRef text) {
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

static std::string expectedTokens(const std::string &path, size_t index,
                                  const std::string &found) {
  return "expected a whole number of tokens for " + path + "[" +
         std::to_string(index) + "], found " + found;
}

std::optional<std::vector<int64_t>>
mlir::moe::readLoadRow(const json::Value &row, const std::string &path,
                       StringRef file, InputErrors &errors) {
  std::vector<int64_t> tokens;
  size_t before = errors.count();
  for (auto [index, element] : llvm::enumerate(row.elements())) {
    std::optional<int64_t> number = wholeNumberOf(element);
    if (!number || *number < 0)
      errors.add(file, element.position(),
                 expectedTokens(path, index, element.describe()));
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
  errors.add(document.file(), matrix->position(),
             "expected an array of layers for " + path +
                 ", or an object with the key 'logical_count', found " +
                 matrix->describe());
  return nullptr;
}

namespace {
/// Collects rows and compares their lengths.
class MatrixReader {
public:
  MatrixReader(StringRef file, InputErrors &errors)
      : file(file), errors(errors) {}

  void readJson(StringRef text);
  void readCsv(StringRef text);

  LoadMatrix matrix;

private:
  void add(Position position, std::vector<int64_t> row);
  void readLine(StringRef line, unsigned number);

  StringRef file;
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
    else if (auto tokens = readLoadRow(row, rowPath, file, errors))
      add(row.position(), std::move(*tokens));
  }
}

void MatrixReader::readLine(StringRef line, unsigned number) {
  std::vector<int64_t> row;
  std::string path = "row " + std::to_string(matrix.size());
  size_t before = errors.count();
  unsigned column = 1;
  for (StringRef field : llvm::split(line, ',')) {
    std::optional<int64_t> tokens = wholeNumberIn(field.trim());
    if (!tokens || *tokens < 0)
      errors.add(file, {number, column},
                 expectedTokens(path, row.size(), quoted(field.trim())));
    row.push_back(tokens.value_or(0));
    column += field.size() + 1;
  }
  if (errors.count() == before)
    add({number, 1}, std::move(row));
}

void MatrixReader::readCsv(StringRef text) {
  unsigned number = 0;
  for (StringRef line : llvm::split(text, '\n')) {
    ++number;
    if (!line.trim().empty())
      readLine(line.trim('\r'), number);
    if (errors.isFull())
      return;
  }
}

std::optional<LoadMatrix> mlir::moe::readLoadMatrix(StringRef path,
                                                    InputErrors &errors) {
  size_t before = errors.count();
  std::unique_ptr<llvm::MemoryBuffer> buffer = json::readFileText(path, errors);
  if (!buffer)
    return std::nullopt;
  MatrixReader reader(path, errors);
  StringRef start = buffer->getBuffer().ltrim();
  bool isJson = start.starts_with("[") || start.starts_with("{") ||
                start.starts_with("/");
  isJson ? reader.readJson(buffer->getBuffer())
         : reader.readCsv(buffer->getBuffer());
  if (errors.count() != before)
    return std::nullopt;
  if (reader.matrix.empty()) {
    errors.add(path, {}, "expected a row of loads per layer, found none");
    return std::nullopt;
  }
  return std::move(reader.matrix);
}
