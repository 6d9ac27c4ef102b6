//===- LayerRuns.cpp - Which layers have experts --------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LayerRuns.h"
#include "moe/Model/HfConfig.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <functional>

using namespace mlir::moe;
using namespace mlir::moe::model;
using llvm::StringRef;

namespace {
/// Whether layer i has experts, and the keys that say so.
struct LayerPattern {
  std::function<bool(int64_t)> isMoe;
  std::string origin;
};

/// Reads the keys of the rules; absent ones take the family's default.
class PatternReader {
public:
  PatternReader(ConfigReader &reader, const ConfigFamily &family,
                const ModelShape &shape)
      : reader(reader), family(family), shape(shape) {}

  std::optional<LayerPattern> read(LayerRule rule);

private:
  std::optional<LayerPattern> firstDense();
  std::optional<LayerPattern> layerFlags(const ConfigReader::Entry &entry);
  std::optional<LayerPattern> sparseStep();
  std::optional<LayerPattern> interleave();
  std::optional<LayerPattern> periodOffset();
  std::optional<LayerPattern> startEnd();
  LayerPattern byKeys();
  /// The key, the family's default, or `otherwise`.
  int64_t integer(StringRef key, int64_t min, int64_t otherwise);
  std::vector<int64_t> layerList(StringRef key, bool &isStated);

  ConfigReader &reader;
  const ConfigFamily &family;
  const ModelShape &shape;
};
} // namespace

int64_t PatternReader::integer(StringRef key, int64_t min, int64_t otherwise) {
  Figure<int64_t> figure;
  reader.integer(key, min, maxModelLayers, figure);
  return figure.value.value_or(family.defaultOf(key).value_or(otherwise));
}

std::vector<int64_t> PatternReader::layerList(StringRef key, bool &isStated) {
  Figure<std::vector<int64_t>> figure;
  reader.integers(reader.find(key), 0, maxModelLayers, figure);
  isStated = figure.isStated();
  return figure.value.value_or(std::vector<int64_t>());
}

/// `moe_layer_freq` as a list of one flag for each layer.
std::optional<LayerPattern>
PatternReader::layerFlags(const ConfigReader::Entry &entry) {
  Figure<std::vector<int64_t>> flags;
  reader.integers(entry, 0, 1, flags);
  if (!flags)
    return std::nullopt;
  auto numFlags = static_cast<int64_t>(flags->size());
  if (shape.numLayers && numFlags != *shape.numLayers) {
    reader.report(entry, "'moe_layer_freq' has " + std::to_string(numFlags) +
                             " entries, expected one for each of " +
                             std::to_string(*shape.numLayers) + " layers");
    return std::nullopt;
  }
  return LayerPattern{
      [flags = *flags](int64_t layer) { return flags[layer] != 0; },
      "moe_layer_freq"};
}

std::optional<LayerPattern> PatternReader::firstDense() {
  int64_t numDense = integer("first_k_dense_replace", 0, 0);
  ConfigReader::Entry frequency = reader.find("moe_layer_freq");
  if (frequency && frequency.value->is(json::Kind::Array))
    return layerFlags(frequency);
  int64_t step = integer("moe_layer_freq", 1, 1);
  return LayerPattern{
      [=](int64_t layer) { return layer >= numDense && layer % step == 0; },
      "first_k_dense_replace, moe_layer_freq"};
}

std::optional<LayerPattern> PatternReader::sparseStep() {
  int64_t step = integer("decoder_sparse_step", 1, 1);
  bool isStated = false;
  std::vector<int64_t> dense = layerList("mlp_only_layers", isStated);
  llvm::sort(dense);
  return LayerPattern{[=](int64_t layer) {
                        return (layer + 1) % step == 0 &&
                               !llvm::binary_search(dense, layer);
                      },
                      "decoder_sparse_step, mlp_only_layers"};
}

std::optional<LayerPattern> PatternReader::interleave() {
  bool isStated = false;
  std::vector<int64_t> layers = layerList("moe_layers", isStated);
  int64_t step = integer("interleave_moe_layer_step", 1, 1);
  if (!isStated)
    return LayerPattern{[=](int64_t layer) { return (layer + 1) % step == 0; },
                        "interleave_moe_layer_step"};
  llvm::sort(layers);
  return LayerPattern{
      [=](int64_t layer) { return llvm::binary_search(layers, layer); },
      "moe_layers"};
}

std::optional<LayerPattern> PatternReader::periodOffset() {
  int64_t period = integer("expert_layer_period", 1, 1);
  int64_t offset = integer("expert_layer_offset", 0, 0);
  return LayerPattern{[=](int64_t layer) { return layer % period == offset; },
                      "expert_layer_period, expert_layer_offset"};
}

std::optional<LayerPattern> PatternReader::startEnd() {
  int64_t start = integer("moe_layer_start_index", 0, 0);
  int64_t end = integer("moe_layer_end_index", -1, -1);
  int64_t step = integer("moe_layer_interval", 1, 1);
  return LayerPattern{[=](int64_t layer) {
                        return (layer + 1) % step == 0 && layer >= start &&
                               (end == -1 || layer <= end);
                      },
                      "moe_layer_start_index, moe_layer_end_index, "
                      "moe_layer_interval"};
}

LayerPattern PatternReader::byKeys() {
  // Every rule is read, so that all its keys count as known.
  std::optional<LayerPattern> patterns[] = {firstDense(), sparseStep(),
                                            interleave()};
  constexpr StringRef keys[] = {
      "first_k_dense_replace|moe_layer_freq",
      "decoder_sparse_step|mlp_only_layers",
      "moe_layers|interleave_moe_layer_step",
  };
  for (auto [pattern, names] : llvm::zip_equal(patterns, keys))
    if (pattern)
      for (StringRef name : llvm::split(names, '|'))
        if (ConfigReader::Entry entry = reader.find(name);
            entry && !entry.isNull())
          return *pattern;
  return {[](int64_t) { return true; }, "all layers of a model with experts"};
}

std::optional<LayerPattern> PatternReader::read(LayerRule rule) {
  switch (rule) {
  case LayerRule::Dense:
    return LayerPattern{[](int64_t) { return false; },
                        "a model without experts"};
  case LayerRule::AllMoe:
    return LayerPattern{[](int64_t) { return true; },
                        "all layers of " + family.configClass.str()};
  case LayerRule::FirstDense:
    return firstDense();
  case LayerRule::SparseStep:
    return sparseStep();
  case LayerRule::Interleave:
    return interleave();
  case LayerRule::PeriodOffset:
    return periodOffset();
  case LayerRule::StartEnd:
    return startEnd();
  case LayerRule::ByKeys:
    return byKeys();
  }
  return std::nullopt;
}

void mlir::moe::readLayerRuns(ConfigReader &reader, const ConfigFamily &family,
                              ModelShape &shape) {
  PatternReader patterns(reader, family, shape);
  // Read in any case: the keys of the rule count as known.
  std::optional<LayerPattern> stated = patterns.read(family.layerRule);
  // A family with experts of which the configuration has none is dense.
  std::optional<LayerPattern> pattern =
      shape.hasExperts() ? stated : patterns.read(LayerRule::Dense);
  if (!shape.numLayers || !stated || !pattern)
    return;
  std::vector<LayerRun> runs;
  for (int64_t layer = 0; layer < *shape.numLayers; ++layer) {
    bool isMoe = pattern->isMoe(layer);
    if (runs.empty() || runs.back().isMoe != isMoe)
      runs.push_back({layer, layer, isMoe});
    runs.back().end = layer + 1;
  }
  shape.layerRuns.setDerived(std::move(runs), pattern->origin);
}
