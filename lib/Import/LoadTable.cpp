//===- LoadTable.cpp - Recorded expert loads ------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LayerTable.h"

#include "NamedFile.h"
#include "mlir/IR/Builders.h"
#include "moe/Import/LoadMatrix.h"

using namespace mlir;
using namespace mlir::moe;
using json::Kind;

namespace {
/// Rows of a load file, by layer of the model.
class LoadReader {
public:
  LoadReader(const MoeLayers &layers, const json::Document &document,
             InputErrors &errors)
      : layers(layers), document(document), errors(errors) {}

  /// The rows of every run, or nothing with errors.
  std::optional<std::vector<std::vector<int64_t>>> read();

private:
  void rejectLoadOfDenseLayers(ArrayRef<json::Value> rows);
  void readRowOf(LayersOp run, const json::Value &row, size_t index,
                 std::vector<int64_t> &tokens);

  const MoeLayers &layers;
  const json::Document &document;
  InputErrors &errors;
  std::string path;
};
} // namespace

void LoadReader::readRowOf(LayersOp run, const json::Value &row, size_t index,
                           std::vector<int64_t> &tokens) {
  std::string rowPath = path + "[" + std::to_string(index) + "]";
  int64_t experts = expertsOf(run);
  if (!row.is(Kind::Array))
    return errors.add(document.file(), row.position(),
                      "expected an array of loads for " + rowPath + ", found " +
                          row.describe());
  if (row.elements().size() != size_t(experts))
    return errors.add(document.file(), row.position(),
                      "expected " + std::to_string(experts) +
                          " loads, one per expert, for " + rowPath +
                          ", found " + std::to_string(row.elements().size()));
  if (auto read = readLoadRow(row, rowPath, document.file(), errors))
    llvm::append_range(tokens, *read);
}

/// Load on a layer without experts: the rows are those of another model.
void LoadReader::rejectLoadOfDenseLayers(ArrayRef<json::Value> rows) {
  auto hasExperts = [&](int64_t layer) {
    return llvm::any_of(layers.runs, [&](LayersOp run) {
      return layer >= int64_t(run.getBegin()) && layer < int64_t(run.getEnd());
    });
  };
  auto isZero = [](const json::Value &load) {
    return wholeNumberOf(load) == 0;
  };
  for (auto [layer, row] : llvm::enumerate(rows))
    if (!hasExperts(layer) && row.is(Kind::Array) &&
        !llvm::all_of(row.elements(), isZero))
      errors.add(document.file(), row.position(),
                 "found load in " + path + "[" + std::to_string(layer) +
                     "], but layer " + std::to_string(layer) +
                     " of the model has no experts");
}

std::optional<std::vector<std::vector<int64_t>>> LoadReader::read() {
  const json::Value *matrix = findLoadRows(document, path, errors);
  if (!matrix)
    return std::nullopt;
  ArrayRef<json::Value> rows = matrix->elements();
  bool hasAllLayers = rows.size() == size_t(layers.total);
  if (!hasAllLayers && rows.size() != size_t(layers.sparse)) {
    errors.add(document.file(), matrix->position(),
               "expected " + std::to_string(layers.total) +
                   " rows, one per layer, or " + std::to_string(layers.sparse) +
                   ", one per MoE layer, for " + path + ", found " +
                   std::to_string(rows.size()));
    return std::nullopt;
  }
  size_t before = errors.count();
  if (hasAllLayers)
    rejectLoadOfDenseLayers(rows);
  std::vector<std::vector<int64_t>> tables;
  size_t row = 0;
  for (LayersOp run : layers.runs) {
    std::vector<int64_t> &tokens = tables.emplace_back();
    if (hasAllLayers)
      row = run.getBegin();
    for (int64_t layer = run.getBegin(); layer < int64_t(run.getEnd()); ++layer)
      readRowOf(run, rows[row], row, tokens), ++row;
  }
  if (errors.count() != before)
    return std::nullopt;
  return tables;
}

void moe::buildLoads(OpBuilder &builder, const MoeLayers &layers,
                     const json::Document &document, InputErrors &errors) {
  auto tables = LoadReader(layers, document, errors).read();
  if (!tables)
    return;
  Location where = locationOfTable(builder, document);
  for (size_t i = 0; i < tables->size(); ++i) {
    LayersOp run = layers.runs[i];
    ArrayRef<int64_t> tokens = (*tables)[i];
    auto type = RankedTensorType::get({sizeOf(run), expertsOf(run)},
                                      builder.getI64Type());
    LoadOp::create(builder, where, "load_" + run.getSymName().str(),
                   referenceTo(run), DenseIntElementsAttr::get(type, tokens));
  }
}
