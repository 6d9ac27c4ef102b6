//===- ModelSection.cpp - Shapes of models to moe.model -------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModelSection.h"

#include "KeyReader.h"
#include "mlir/IR/Builders.h"
#include "moe/IR/FieldLocation.h"
#include "moe/Json/Document.h"
#include "moe/Model/HfConfig.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace mlir::moe;
using model::Figure;
using model::LayerRun;

/// Calls `visit` with every figure and the key that states it in a generic
/// description; messages point at these keys.
template <typename Visitor>
static void forEachFigure(const ModelShape &shape, Visitor visit) {
  visit("hidden_size", shape.hiddenSize);
  visit("num_hidden_layers", shape.numLayers);
  visit("vocab_size", shape.vocabSize);
  visit("tie_word_embeddings", shape.tiedEmbeddings);
  visit("num_attention_heads", shape.numHeads);
  visit("num_key_value_heads", shape.numKvHeads);
  visit("head_dim", shape.headDim);
  visit("q_lora_rank", shape.qLoraRank);
  visit("kv_lora_rank", shape.kvLoraRank);
  visit("qk_nope_head_dim", shape.qkNopeHeadDim);
  visit("qk_rope_head_dim", shape.qkRopeHeadDim);
  visit("v_head_dim", shape.vHeadDim);
  visit("sliding_window", shape.slidingWindow);
  visit("use_qk_norm", shape.queryKeyNorm);
  visit("intermediate_size", shape.denseWidth);
  visit("num_experts", shape.numExperts);
  visit("num_experts_per_tok", shape.topK);
  visit("moe_intermediate_size", shape.expertWidth);
  visit("n_shared_experts", shape.numSharedExperts);
  visit("shared_expert_intermediate_size", shape.sharedWidth);
  visit("gated", shape.gated);
  visit("moe_layers", shape.layerRuns);
  visit("scoring_func", shape.scoreFunction);
  visit("n_group", shape.numGroups);
  visit("topk_group", shape.topKGroups);
  visit("num_nextn_predict_layers", shape.numMtpLayers);
}

namespace {
/// One operation of a model, with the place of each figure.
class FigureOp {
public:
  FigureOp(OpBuilder &builder, StringRef operation, Location config,
           StringRef file)
      : builder(builder), state(config, operation), file(file) {}

  /// Adds a figure; those of 0 say that there is no such thing.
  void add(StringRef attribute, const Figure<int64_t> &figure) {
    if (!figure || *figure <= 0)
      return;
    state.addAttribute(attribute, builder.getI64IntegerAttr(*figure));
    locate(attribute, figure);
  }
  void add(StringRef attribute, const Figure<bool> &figure) {
    if (!figure)
      return;
    state.addAttribute(attribute, builder.getBoolAttr(*figure));
    locate(attribute, figure);
  }
  template <typename T>
  void locate(StringRef key, const Figure<T> &figure) {
    if (figure.isStated())
      places.emplace_back(
          key, locationOf(builder.getContext(), file, figure.position));
  }
  void set(StringRef attribute, Attribute value) {
    if (value)
      state.addAttribute(attribute, value);
  }
  Block *addBody() { return &state.addRegion()->emplaceBlock(); }
  bool empty() const { return state.attributes.empty(); }

  Operation *create() {
    state.location = withFieldLocs(state.location, places);
    return builder.create(state);
  }
  void createUnlessEmpty() {
    if (!empty())
      create();
  }

private:
  OpBuilder &builder;
  OperationState state;
  StringRef file;
  SmallVector<std::pair<StringRef, Location>> places;
};

/// Builds the operations of one model.
class ModelBuilder {
public:
  ModelBuilder(OpBuilder &builder, const ModelSource &source,
               const ModelShape &shape)
      : builder(builder), source(source), shape(shape),
        config(locationOf(builder.getContext(), source.file,
                          source.config.position())) {}

  ModelOp build();

private:
  FigureOp start(StringRef operation) {
    return FigureOp(builder, operation, config, source.file);
  }
  void addFigures(FigureOp &model);
  void addKeys(FigureOp &model);
  ArrayAttr assumed();
  void buildRuns();
  void buildRun(const LayerRun &run, StringRef name);
  void buildAttention();
  void buildExperts();

  OpBuilder &builder;
  const ModelSource &source;
  const ModelShape &shape;
  Location config;
};
} // namespace

ModelOp ModelBuilder::build() {
  FigureOp model = start("moe.model");
  model.set("sym_name", builder.getStringAttr("model"));
  addFigures(model);
  if (!source.from.empty())
    model.set("from", builder.getStringAttr(source.from));
  else
    addKeys(model);
  forEachFigure(shape, [&](StringRef key, const auto &figure) {
    model.locate(key, figure);
  });
  OpBuilder::InsertionGuard guard(builder);
  Block *body = model.addBody();
  auto op = cast<ModelOp>(model.create());
  builder.setInsertionPointToStart(body);
  buildRuns();
  return op;
}

void ModelBuilder::addFigures(FigureOp &model) {
  if (!shape.modelType.empty())
    model.set("type", builder.getStringAttr(shape.modelType));
  model.add("hidden", shape.hiddenSize);
  model.add("vocab", shape.vocabSize);
  model.add("layers", shape.numLayers);
  model.add("mtp_layers", shape.numMtpLayers);
  model.add("gated", shape.gated);
  model.add("tied_embeddings", shape.tiedEmbeddings);
  if (shape.quantizationBlock)
    model.set("quantization_block",
              builder.getDenseI64ArrayAttr(*shape.quantizationBlock));
  model.set("assumed", assumed());
  if (!shape.notDescribed.empty())
    model.set("not_described",
              builder.getStrArrayAttr(SmallVector<StringRef>(
                  shape.notDescribed.begin(), shape.notDescribed.end())));
}

/// All keys, also those without a meaning here: a plan is written as it was.
void ModelBuilder::addKeys(FigureOp &model) {
  SmallVector<Attribute> keys, values;
  for (const json::Member &member : source.config.members()) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    llvm::json::OStream os(stream);
    member.value.write(os);
    keys.push_back(builder.getStringAttr(member.key));
    values.push_back(builder.getStringAttr(text));
  }
  model.set("keys", builder.getArrayAttr(keys));
  model.set("values", builder.getArrayAttr(values));
}

ArrayAttr ModelBuilder::assumed() {
  SmallVector<Attribute> names;
  forEachFigure(shape, [&](StringRef key, const auto &figure) {
    if (figure.provenance == model::Provenance::Default)
      names.push_back(builder.getStringAttr(key));
  });
  return names.empty() ? ArrayAttr() : builder.getArrayAttr(names);
}

void ModelBuilder::buildRuns() {
  if (!shape.layerRuns) {
    // Of how many layers nobody says; their blocks are known all the same.
    bool isMoe = shape.hasExperts();
    if (isMoe || shape.denseWidth || shape.numHeads)
      buildRun({0, 0, isMoe}, isMoe ? "sparse" : "dense");
    return;
  }
  unsigned numOfKind[2] = {0, 0};
  for (const LayerRun &run : *shape.layerRuns) {
    std::string name = run.isMoe ? "sparse" : "dense";
    if (unsigned number = ++numOfKind[run.isMoe]; number > 1)
      name += "_" + std::to_string(number);
    buildRun(run, name);
  }
}

void ModelBuilder::buildRun(const LayerRun &run, StringRef name) {
  FigureOp layers = start("moe.layers");
  layers.set("sym_name", builder.getStringAttr(name));
  layers.set("begin", builder.getI64IntegerAttr(run.begin));
  layers.set("end", builder.getI64IntegerAttr(run.end));
  layers.locate("num_hidden_layers", shape.numLayers);
  Block *body = layers.addBody();
  layers.create();
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(body);
  buildAttention();
  if (run.isMoe)
    return buildExperts();
  FigureOp ffn = start("moe.ffn");
  ffn.add("width", shape.denseWidth);
  ffn.createUnlessEmpty();
}

void ModelBuilder::buildAttention() {
  FigureOp attention = start("moe.attention");
  attention.add("heads", shape.numHeads);
  // Under latent attention these two say nothing about the weights.
  if (!shape.hasMla()) {
    attention.add("kv_heads", shape.numKvHeads);
    attention.add("head_size", shape.headDim);
  }
  attention.add("q_lora_rank", shape.qLoraRank);
  attention.add("kv_lora_rank", shape.kvLoraRank);
  attention.add("qk_nope_head_dim", shape.qkNopeHeadDim);
  attention.add("qk_rope_head_dim", shape.qkRopeHeadDim);
  attention.add("v_head_dim", shape.vHeadDim);
  attention.add("sliding_window", shape.slidingWindow);
  if (shape.queryKeyNorm && !shape.hasMla())
    if (auto norm = symbolizeQkNorm(*shape.queryKeyNorm))
      attention.set("qk_norm", QkNormAttr::get(builder.getContext(), *norm));
  attention.createUnlessEmpty();
}

void ModelBuilder::buildExperts() {
  FigureOp experts = start("moe.experts");
  experts.add("count", shape.numExperts);
  experts.add("top_k", shape.topK);
  experts.add("width", shape.expertWidth);
  experts.add("shared", shape.numSharedExperts);
  experts.add("shared_width", shape.sharedWidth);
  experts.create();
  FigureOp router = start("moe.router");
  if (shape.scoreFunction)
    if (auto score = symbolizeScoreKind(*shape.scoreFunction))
      router.set("score", ScoreKindAttr::get(builder.getContext(), *score));
  router.add("groups", shape.numGroups);
  router.add("top_groups", shape.topKGroups);
  router.createUnlessEmpty();
}

ModelOp moe::buildModel(OpBuilder &builder, const ModelSource &source,
                        InputErrors &errors, std::vector<InputNote> *notes) {
  ModelShape shape =
      readModelConfig(source.config, source.path, source.file, errors);
  if (notes)
    llvm::append_range(*notes, shape.notes);
  return ModelBuilder(builder, source, shape).build();
}

//===----------------------------------------------------------------------===//
// Inline keys
//===----------------------------------------------------------------------===//

void moe::writeInlineKeys(ModelOp model, llvm::json::OStream &os) {
  for (auto [key, value] :
       llvm::zip(model.getKeysAttr().getAsRange<StringAttr>(),
                 model.getValuesAttr().getAsRange<StringAttr>())) {
    os.attributeBegin(key.getValue());
    os.rawValue(value.getValue());
    os.attributeEnd();
  }
}

bool moe::inlineKeysAgree(ModelOp model) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::json::OStream os(stream);
  os.object([&] { writeInlineKeys(model, os); });
  InputErrors errors;
  std::optional<json::Document> document =
      json::Document::parse(text, "model", errors);
  if (!document)
    return false;
  OpBuilder builder(model.getContext());
  OwningOpRef<ModelOp> fresh = buildModel(
      builder, {document->root(), "model", "$.model", ""}, errors, nullptr);
  fresh->setSymName(model.getSymName());
  return errors.empty() &&
         OperationEquivalence::isEquivalentTo(
             *fresh, model, OperationEquivalence::IgnoreLocations);
}
