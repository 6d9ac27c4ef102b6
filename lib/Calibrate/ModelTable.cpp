//===- ModelTable.cpp - Shapes of the models that were measured -----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Calibrate/ModelTable.h"

#include "moe/Json/Document.h"
#include "moe/Json/ObjectReader.h"

using namespace mlir::moe;
using llvm::StringRef;

/// Layers in two runs, dense ones first.
static void setRuns(MeasuredModel &model, const cost::LayerShape &layer) {
  model.shape.runs.clear();
  cost::LayerShape run = layer;
  if (model.denseLayers > 0) {
    run.begin = 0;
    run.end = model.denseLayers;
    run.sparse = false;
    model.shape.runs.push_back(run);
  }
  if (model.layers > model.denseLayers) {
    run.begin = model.denseLayers;
    run.end = model.layers;
    run.sparse = true;
    model.shape.runs.push_back(run);
  }
}

namespace {
/// Reads the figures of one model.
class ModelReader {
public:
  explicit ModelReader(json::ObjectReader object) : object(std::move(object)) {}
  MeasuredModel read();

private:
  int64_t count(StringRef key, int64_t min) {
    if (!object.require(key))
      return 0;
    return object.integer(key, min, int64_t(1) << 32).value_or(0);
  }
  void readAttention(cost::LayerShape &layer);

  json::ObjectReader object;
};
} // namespace

void ModelReader::readAttention(cost::LayerShape &layer) {
  layer.heads = count("nh", 1);
  layer.latentAttention = object.find("mla") != nullptr;
  if (!layer.latentAttention) {
    layer.kvHeads = count("kv", 1);
    layer.headDim = count("hd", 1);
    return;
  }
  auto ranks = object.integers("mla", 0, int64_t(1) << 32);
  if (!ranks)
    return;
  if (ranks->size() != 5) {
    object.report("mla", "'" + object.pathOf("mla") +
                             "' must hold the ranks of queries and of keys and "
                             "values, and the sizes of a head without and with "
                             "rotation and of its values");
    return;
  }
  layer.qLoraRank = (*ranks)[0];
  layer.kvLoraRank = (*ranks)[1];
  layer.qkNopeDim = (*ranks)[2];
  layer.qkRopeDim = (*ranks)[3];
  layer.vHeadDim = (*ranks)[4];
}

MeasuredModel ModelReader::read() {
  MeasuredModel model;
  cost::LayerShape layer;
  model.layers = count("L", 1);
  model.denseLayers = count("dense", 0);
  model.mtpLayers = count("mtp", 0);
  model.shape.hidden = count("h", 1);
  model.shape.vocab = count("V", 1);
  model.shape.matrices = 3;
  readAttention(layer);
  layer.ffnWidth = count("ffn", 0);
  layer.experts = count("E", 0);
  layer.topK = count("k", 0);
  layer.expertWidth = count("mf", 0);
  layer.sharedWidth = count("shared", 0);
  model.shape.tiedEmbeddings = count("tied", 0) != 0;
  if (object.find("swa"))
    layer.window = count("swa", 1);
  if (object.find("qk_norm") && count("qk_norm", 0) != 0)
    layer.queryKeyNorm = cost::QueryKeyNorm::PerHead;
  if (object.find("clamped_gates"))
    model.shape.clampedGates = model.shape.biases =
        count("clamped_gates", 0) != 0;
  // Node-limited routing of DeepSeek-V3: 4 of 8 groups.
  if (object.find("top_groups"))
    layer.routerTopGroups = count("top_groups", 1);
  if (model.denseLayers > model.layers)
    object.report("dense", "more dense layers than layers");
  object.rejectUnknown();
  setRuns(model, layer);
  return model;
}

static std::optional<ModelTable>
readTable(const json::Document &document, InputErrors &errors,
          llvm::StringMap<MeasuredModel> &models) {
  if (!document.root().is(json::Kind::Object)) {
    errors.add(document.file(), document.root().position(),
               "expected an object, found " + document.root().describe());
    return std::nullopt;
  }
  json::ObjectReader root(document.root(), "$", document.file(), errors);
  for (const json::Member &member : document.root().members())
    if (auto object = root.objectAt(member.key))
      models[member.key] = ModelReader(*object).read();
  return errors.empty() ? std::optional(ModelTable()) : std::nullopt;
}

std::optional<ModelTable> ModelTable::parse(StringRef text, StringRef file,
                                            InputErrors &errors) {
  auto document = json::Document::parse(text, file, errors);
  if (!document)
    return std::nullopt;
  llvm::StringMap<MeasuredModel> models;
  auto table = readTable(*document, errors, models);
  if (table)
    table->models = std::move(models);
  return table;
}

std::optional<ModelTable> ModelTable::readFile(StringRef path,
                                               InputErrors &errors) {
  auto text = json::readFileText(path, errors);
  return text ? parse(text->getBuffer(), path, errors) : std::nullopt;
}

/// Splits "NAME-L12"; the number is 0 where there is none.
static std::pair<StringRef, int64_t> splitLayers(StringRef name) {
  auto [base, digits] = name.rsplit("-L");
  int64_t layers = 0;
  if (digits.empty() || digits.getAsInteger(10, layers) || layers < 1)
    return {name, 0};
  return {base, layers};
}

StringRef ModelTable::familyOf(StringRef name) {
  return splitLayers(name).first;
}

std::optional<MeasuredModel> ModelTable::find(StringRef name) const {
  auto found = models.find(name);
  if (found != models.end())
    return found->second;
  auto [base, layers] = splitLayers(name);
  found = models.find(base);
  if (layers == 0 || found == models.end())
    return std::nullopt;
  MeasuredModel model = found->second;
  // A cut model keeps one dense layer of a few; a dense one stays dense.
  bool isDense = model.denseLayers == model.layers;
  model.denseLayers =
      isDense ? layers : std::min({model.denseLayers, layers, int64_t(1)});
  model.layers = layers;
  model.mtpLayers = 0;
  setRuns(model, cost::LayerShape(model.shape.runs.back()));
  return model;
}
