//===- StageBuilder.cpp - The program of one pipeline stage ---------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StageBuilder.h"
#include "Dims.h"

#include "moe/Cost/CollectiveRuns.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mlir::moe;

/// Number format of activations; 8-bit and 4-bit formats compute in bf16 and
/// quantise inside their blocks.
static Type activationType(MLIRContext *ctx, Precision precision) {
  switch (precision) {
  case Precision::FP32:
    return Float32Type::get(ctx);
  case Precision::FP16:
    return Float16Type::get(ctx);
  case Precision::BF16:
  case Precision::FP8:
  case Precision::MXFP8:
  case Precision::NVFP4:
    return BFloat16Type::get(ctx);
  }
  llvm_unreachable("unknown precision");
}

/// Number format in which gradients are summed.
static Type gradientType(MLIRContext *ctx, cost::NumberFormat format) {
  switch (format) {
  case cost::NumberFormat::FP32:
    return Float32Type::get(ctx);
  case cost::NumberFormat::FP16:
    return Float16Type::get(ctx);
  case cost::NumberFormat::BF16:
    return BFloat16Type::get(ctx);
  case cost::NumberFormat::FP8:
  case cost::NumberFormat::MXFP8:
    return Float8E5M2Type::get(ctx);
  case cost::NumberFormat::NVFP4:
    return Float4E2M1FNType::get(ctx);
  }
  llvm_unreachable("unknown number format");
}

StageBuilder::StageBuilder(const StageContext &context, OpBuilder &builder,
                           StageOp stage, int64_t numStages)
    : context(context), builder(builder), stage(stage), numStages(numStages),
      loc(stage.getLoc()),
      element(activationType(builder.getContext(),
                             context.plan.workload.precision)),
      sequenceParallel(context.job.sequenceParallel()) {}

//===----------------------------------------------------------------------===//
// Geometry
//===----------------------------------------------------------------------===//

int64_t StageBuilder::groupSize(cost::Axis axis) const {
  int64_t size = 1;
  for (int16_t dim : context.axes.dims(axis))
    size *= context.grid.shape[dim];
  return size;
}

RankedTensorType StageBuilder::tokenType(bool sharded) const {
  int64_t tokens = toDim(context.tokens);
  if (sharded)
    tokens = divideDim(tokens, context.job.degrees.tp);
  return RankedTensorType::get({tokens, toDim(context.plan.model.hidden.value)},
                               element);
}

const LayerRun *StageBuilder::runOf(int64_t layer) const {
  for (const LayerRun &run : context.plan.model.runs)
    if (layer >= run.begin && layer < run.end)
      return &run;
  return nullptr;
}

const cost::LayerShape &StageBuilder::shapeOf(const LayerRun &run) const {
  return context.job.model.runs[&run - context.plan.model.runs.data()];
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

Value StageBuilder::buildChunk(Value tokens, LayerRangeAttr range) {
  for (int64_t layer = range.getBegin(); layer < range.getEnd(); ++layer)
    if (const LayerRun *run = runOf(layer))
      tokens = buildLayer(tokens, *run, layer);
  return tokens;
}

SmallVector<Value> StageBuilder::buildInputs(Block &entry, size_t chunk) {
  int64_t index = stage.getIndex();
  int64_t before = (index + numStages - 1) % numStages;
  Value buffer = entry.getArgument(entry.getNumArguments() - 1);
  bool first = chunk == 0 && index == 0;
  int64_t received = first ? 0
                           : cost::statesSent(context.job, before,
                                              index == 0 ? chunk - 1 : chunk);
  SmallVector<Value> states;
  for (int64_t state = 0; state < received; ++state)
    states.push_back(receive(buffer, before));
  if (!states.empty())
    return states;
  bool embeds = chunk == 0 && stage.getEmbedding();
  return {embeds ? buildEmbedding(entry.getArgument(0)) : buffer};
}

/// Layers take turns. The first draft runs over all tokens that are verified,
/// each other one over the token drafted last; the output head sees one token
/// of each sequence.
SmallVector<Value> StageBuilder::buildDrafts(Value state) {
  int64_t layers = stage.getMtpLayers();
  if (layers == 0)
    return {};
  cost::Job job = context.job.laterDraft();
  job.model.runs = context.job.model.runs;
  StageContext later{
      context.plan,     context.grid,         context.axes,      job,
      context.gridName, job.tokens().value(), context.placements};
  StageBuilder drafts(later, builder, stage, numStages);
  SmallVector<Value> logits;
  for (int64_t i = 0, e = context.job.workload.draftTokens; i < e; ++i) {
    StageBuilder &draft = i == 0 ? *this : drafts;
    state = draft.buildMtp(state, *context.plan.model.layers + i % layers);
    logits.push_back(drafts.buildOutput(state));
  }
  numCollectives += drafts.numCollectives;
  return logits;
}

/// In training every layer that predicts stands behind the one before, and its
/// hidden states go to the output head beside those of the model.
void StageBuilder::buildEnd(SmallVector<Value> &states) {
  Value last = states.front();
  bool drafts = context.job.drafts();
  if (!drafts)
    for (int64_t i = 0, e = stage.getMtpLayers(); i < e; ++i)
      states.push_back(buildMtp(states.back(), *context.plan.model.layers + i));
  if (stage.getOutput())
    for (Value &state : states)
      state = buildOutput(state);
  if (drafts)
    llvm::append_range(states, buildDrafts(last));
}

/// Chunk after chunk. Tokens enter the pipeline at the first chunk of the first
/// stage and leave it at the last chunk of the last; every other chunk receives
/// them from the stage before and sends them to the stage behind.
SmallVector<Value> StageBuilder::buildChunks(Block &entry) {
  int64_t index = stage.getIndex();
  auto chunks = llvm::to_vector(stage.getLayers().getAsRange<LayerRangeAttr>());
  SmallVector<Value> states;
  for (auto [chunk, range] : llvm::enumerate(chunks)) {
    states = buildInputs(entry, chunk);
    states.front() = buildChunk(states.front(), range);
    if (chunk + 1 == chunks.size())
      buildEnd(states);
    int64_t sent = cost::statesSent(context.job, index, chunk);
    for (Value &state : MutableArrayRef(states).take_front(sent))
      state = send(state, (index + 1) % numStages);
  }
  return states;
}

void StageBuilder::buildForward() {
  MLIRContext *ctx = builder.getContext();
  SmallVector<Type> arguments;
  if (stage.getEmbedding())
    arguments.push_back(
        RankedTensorType::get({toDim(context.tokens)}, builder.getI32Type()));
  bool receives =
      numStages > 1 && (stage.getIndex() > 0 || stage.getLayers().size() > 1);
  if (receives || !stage.getEmbedding())
    arguments.push_back(tokenType(sequenceParallel));
  auto function = func::FuncOp::create(
      builder, loc, "stage" + std::to_string(stage.getIndex()),
      FunctionType::get(ctx, arguments, {}));
  OpBuilder::InsertionGuard guard(builder);
  Block *entry = function.addEntryBlock();
  builder.setInsertionPointToStart(entry);
  SmallVector<Value> results = buildChunks(*entry);
  func::ReturnOp::create(builder, loc, results);
  function.setType(
      FunctionType::get(ctx, arguments, ValueRange(results).getTypes()));
}

SmallVector<StageBuilder::GradientPart> StageBuilder::gradientParts() const {
  SmallVector<GradientPart> parts;
  for (auto [axis, weights] :
       {std::make_pair(cost::Axis::Data, parameters.denseWeights),
        std::make_pair(cost::Axis::ExpertData, parameters.expertWeights)}) {
    if (weights == cost::Count(0))
      continue;
    GradientPart &part = parts.emplace_back();
    part.axis = axis;
    int64_t ranks = groupSize(axis);
    part.shard = toDim((weights / ranks).value());
    part.total = multiplyDim(part.shard, ranks);
  }
  return parts;
}

/// Sums the gradients of the stage over the ranks that hold the same
/// parameters: dense ones over `dp` and `cp`, experts over `edp`. A distributed
/// optimizer (ZeRO-1) gathers the parameters and leaves each rank a part of
/// their gradients once a step; fully sharded training gathers for the forward
/// and for the backward pass, and runs this function with every micro-batch.
void StageBuilder::buildGradients() {
  MLIRContext *ctx = builder.getContext();
  const cost::Workload &workload = context.job.workload;
  bool fullyShared = workload.sharding == cost::StateSharding::FullyShared;
  int64_t gathers = cost::parameterGathers(workload);
  Type gradient = gradientType(ctx, workload.gradients);
  SmallVector<GradientPart> parts = gradientParts();
  SmallVector<Type> arguments;
  for (const GradientPart &part : parts) {
    arguments.push_back(RankedTensorType::get({part.total}, gradient));
    if (gathers > 0)
      arguments.push_back(RankedTensorType::get({part.shard}, element));
  }
  auto function = func::FuncOp::create(
      builder, loc, "stage" + std::to_string(stage.getIndex()) + "_gradients",
      FunctionType::get(ctx, arguments, {}));
  OpBuilder::InsertionGuard guard(builder);
  Block *entry = function.addEntryBlock();
  builder.setInsertionPointToStart(entry);
  SmallVector<Value> results;
  const auto *argument = entry->getArguments().begin();
  for (const GradientPart &part : parts) {
    Value gradients = *argument++;
    if (gathers == 0) {
      results.push_back(allReduce(gradients, part.axis));
      continue;
    }
    if (!fullyShared)
      results.push_back(reduceScatter(gradients, part.axis, 0));
    Value share = *argument++;
    for (int64_t i = 0; i < gathers; ++i)
      results.push_back(gather(share, part.axis, 0));
    if (fullyShared)
      results.push_back(reduceScatter(gradients, part.axis, 0));
  }
  func::ReturnOp::create(builder, loc, results);
  function.setType(
      FunctionType::get(ctx, arguments, ValueRange(results).getTypes()));
}

void StageBuilder::build() {
  buildForward();
  parameters.denseWeights +=
      cost::embeddingCopies(context.job, stage.getIndex());
  if (context.plan.workload.isTraining())
    buildGradients();
}
