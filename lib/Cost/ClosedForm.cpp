//===- ClosedForm.cpp - The work of stages without lowering --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Mirrors what --moe-partition builds, block by block and collective by
// collective, but counts each kind of layer once and multiplies.
//
//===----------------------------------------------------------------------===//

#include "moe/Cost/CollectiveRuns.h"

using namespace mlir::moe::cost;

namespace {
/// One layer, embedding or head, and the parameters it holds.
struct Part {
  PartWork work;
  Count denseWeights, expertWeights;
};

/// Appends blocks and collectives to a part.
class PartBuilder {
public:
  PartBuilder(const Job &job, const Calibration &calibration)
      : job(job), calibration(calibration) {}

  Part layer(const LayerShape &layer);
  Part embedding();
  /// A layer that predicts: a projection and one more of the last layers.
  Part prediction(const LayerShape &last);
  Part output();

private:
  void block(BlockKind kind, const BlockWork &work);
  /// Of the block `of`.
  void collective(BlockKind of, Axis axis, Collective kind, Count bytes);
  /// Bytes of the tokens of this rank, before or after tensor parallelism
  /// splits them.
  Count rowBytes(Count tokens) const {
    return tokens * job.model.hidden * job.activationBytes();
  }
  void enterTensorParallel(BlockKind of);
  void leaveTensorParallel(BlockKind of);
  void blocks(const LayerShape &layer);
  void attention(const LayerShape &layer);
  void contextExchange(Collective kind, Count width);
  void routedExperts(const LayerShape &layer);
  Part take();

  const Job &job;
  const Calibration &calibration;
  Part part;
};
} // namespace

Part PartBuilder::take() { return std::exchange(part, Part()); }

void PartBuilder::block(BlockKind kind, const BlockWork &work) {
  part.work.add(kind, work, job, calibration);
  (kind == BlockKind::Experts ? part.expertWeights : part.denseWeights) +=
      work.weights;
}

void PartBuilder::collective(BlockKind of, Axis axis, Collective kind,
                             Count bytes) {
  int64_t ranks = job.degrees.group(axis).size;
  if (ranks > 1)
    part.work.add(
        transfer(job, calibration, axis, kind, sentBytes(kind, bytes, ranks)),
        runsAgain(job, of, axis));
}

void PartBuilder::enterTensorParallel(BlockKind of) {
  if (job.sequenceParallel())
    collective(of, Axis::Tensor, Collective::AllGather,
               rowBytes(job.shardedTokens()));
}

void PartBuilder::leaveTensorParallel(BlockKind of) {
  collective(of, Axis::Tensor,
             job.sequenceParallel() ? Collective::ReduceScatter
                                    : Collective::AllReduce,
             rowBytes(job.tokens()));
}

/// `width` elements of every token over the context-parallel ranks.
void PartBuilder::contextExchange(Collective kind, Count width) {
  collective(BlockKind::Attention, Axis::Context, kind,
             job.tokens() * width * job.activationBytes());
}

void PartBuilder::attention(const LayerShape &layer) {
  enterTensorParallel(BlockKind::Attention);
  if (job.exchangesHeads()) {
    block(BlockKind::QueryKeyValue, queryKeyValueWork(job, layer));
    contextExchange(Collective::AllToAll, queryKeyValueWidth(job, layer));
    block(BlockKind::Attention, attentionWork(job, layer));
    contextExchange(Collective::AllToAll, attentionResultWidth(job, layer));
    block(BlockKind::AttentionOutput, attentionOutputWork(job, layer));
    return leaveTensorParallel(BlockKind::Attention);
  }
  if (job.degrees.cp > 1) {
    block(BlockKind::KeyValue, keyValueWork(job, layer));
    contextExchange(Collective::AllGather, keyValueWidth(job, layer));
  }
  block(BlockKind::Attention, attentionWork(job, layer));
  leaveTensorParallel(BlockKind::Attention);
}

void PartBuilder::routedExperts(const LayerShape &layer) {
  block(BlockKind::Router, routerWork(job, layer));
  Count exchanged = rowBytes(exchangedRows(job, layer) * job.degrees.ep);
  Transfer exchange = expertTransfer(
      job, calibration, layer,
      sentBytes(Collective::AllToAll, exchanged, job.degrees.ep));
  bool exchanges = job.degrees.ep > 1;
  bool again = runsAgain(job, BlockKind::Experts, Axis::Expert);
  if (exchanges)
    part.work.add(exchange, again);
  collective(BlockKind::Experts, Axis::ExpertTensor, Collective::AllGather,
             exchanged);
  block(BlockKind::Experts, expertsWork(job, layer));
  collective(BlockKind::Experts, Axis::ExpertTensor, Collective::ReduceScatter,
             exchanged * job.degrees.etp);
  if (exchanges)
    part.work.add(exchange, again);
}

void PartBuilder::blocks(const LayerShape &layer) {
  attention(layer);
  if (!layer.sparse) {
    enterTensorParallel(BlockKind::FeedForward);
    block(BlockKind::FeedForward, feedForwardWork(job, layer));
    return leaveTensorParallel(BlockKind::FeedForward);
  }
  routedExperts(layer);
  // Without sequence parallelism every rank dispatches a part of the tokens
  // and gathers the sums.
  if (!job.sequenceParallel())
    collective(BlockKind::Experts, Axis::Tensor, Collective::AllGather,
               rowBytes(job.shardedTokens()));
  if (layer.sharedWidth != Count(0)) {
    enterTensorParallel(BlockKind::SharedExperts);
    block(BlockKind::SharedExperts, sharedExpertsWork(job, layer));
    leaveTensorParallel(BlockKind::SharedExperts);
  }
}

Part PartBuilder::layer(const LayerShape &layer) {
  blocks(layer);
  return take();
}

Part PartBuilder::embedding() {
  block(BlockKind::Embedding, embeddingWork(job));
  leaveTensorParallel(BlockKind::Embedding);
  return take();
}

Part PartBuilder::prediction(const LayerShape &last) {
  block(BlockKind::MultiTokenPrediction, mtpWork(job));
  blocks(last);
  return take();
}

Part PartBuilder::output() {
  enterTensorParallel(BlockKind::Output);
  block(BlockKind::Output, outputWork(job));
  return take();
}

//===----------------------------------------------------------------------===//
// Stages
//===----------------------------------------------------------------------===//

/// Layers that a range and a run share.
static int64_t overlap(const std::pair<int64_t, int64_t> &range,
                       const LayerShape &run) {
  int64_t begin = std::max(range.first, run.begin);
  int64_t end = std::min(range.second, run.end);
  return std::max<int64_t>(end - begin, 0);
}

namespace {
/// The parts every stage is made of.
struct Parts {
  llvm::SmallVector<Part, 3> layers; ///< one for each run
  Part embedding, prediction, output;
  /// Of all drafts but the first; heads of all drafts.
  PartWork laterDraft, draftHead;
};
} // namespace

static void addPart(StageWork &stage, PartWork &to, const Part &part,
                    int64_t times = 1) {
  if (times == 0)
    return;
  to.add(part.work, times);
  stage.denseWeights += part.denseWeights * times;
  stage.expertWeights += part.expertWeights * times;
}

/// Layers that predict run once each, or draft one after the other.
static void addPredictions(StageWork &stage, const StageShape &shape,
                           const Parts &parts, const Job &job) {
  int64_t layers = shape.mtpLayers;
  if (layers == 0)
    return;
  const Part &each = parts.prediction;
  stage.mtp.add(each.work, job.drafts() ? 1 : layers);
  if (job.drafts())
    stage.mtp.add(parts.laterDraft, job.workload.draftTokens - 1);
  stage.denseWeights += each.denseWeights * layers;
  stage.expertWeights += each.expertWeights * layers;
}

/// Heads of one stage have the same weights.
static void addHeads(StageWork &stage, const StageShape &shape,
                     const Parts &parts, const Job &job) {
  int64_t predicted = predictedHeads(job, shape);
  if (shape.output)
    stage.output.add(parts.output.work);
  stage.output.add(job.drafts() ? parts.draftHead : parts.output.work,
                   predicted);
  if (shape.output || predicted > 0)
    stage.denseWeights += parts.output.denseWeights;
}

/// Each chunk but the first of the model receives its tokens; each but the last
/// sends them on.
static void addPipelineTransfers(StageWork &stage, int64_t index,
                                 const Job &job,
                                 const Calibration &calibration) {
  if (job.degrees.pp == 1)
    return;
  Transfer send = chunkTransfer(job, calibration);
  for (size_t chunk = 0; chunk < stage.chunks.size(); ++chunk)
    for (int64_t state = statesSent(job, index, chunk); state > 0; --state)
      stage.chunks[chunk].add(send);
}

/// Sums gradients over the ranks that hold the same parameters. A distributed
/// optimizer leaves each rank a part and gathers the parameters; fully sharded
/// training gathers them twice, for the forward and for the backward pass. What
/// frameworks send bucket by bucket counts as one collective.
static void addGradients(StageWork &stage, const Job &job,
                         const Calibration &calibration) {
  if (!job.isTraining())
    return;
  auto reduce = [&](Axis axis, Count weights) {
    int64_t ranks = job.degrees.group(axis).size;
    if (ranks == 1 || weights == Count(0))
      return;
    Count share = weights / ranks; // padded: every rank gets the same
    Count total = share * ranks * bitsOf(job.workload.gradients) / 8;
    auto add = [&](Collective kind, Count bytes) {
      stage.gradients.add(transfer(job, calibration, axis, kind,
                                   sentBytes(kind, bytes, ranks)));
    };
    if (job.workload.sharding == StateSharding::None)
      return add(Collective::AllReduce, total);
    for (int64_t gather = 0; gather < parameterGathers(job.workload); ++gather)
      add(Collective::AllGather, share * job.activationBytes());
    add(Collective::ReduceScatter, total);
  };
  reduce(Axis::Data, stage.denseWeights);
  reduce(Axis::ExpertData, stage.expertWeights);
}

static void measureStage(StageWork &stage, const StageShape &shape,
                         int64_t index, const Parts &parts, const Job &job,
                         const Calibration &calibration) {
  stage.denseWeights = stage.expertWeights = 0;
  for (PartWork *part :
       {&stage.embedding, &stage.mtp, &stage.output, &stage.gradients})
    part->clear();
  stage.chunks.resize(shape.chunks.size());
  for (PartWork &chunk : stage.chunks)
    chunk.clear();
  for (size_t chunk = 0; chunk < shape.chunks.size(); ++chunk)
    for (size_t run = 0; run < parts.layers.size(); ++run)
      addPart(stage, stage.chunks[chunk], parts.layers[run],
              overlap(shape.chunks[chunk], job.model.runs[run]));
  if (shape.embedding)
    addPart(stage, stage.embedding, parts.embedding);
  addPredictions(stage, shape, parts, job);
  addHeads(stage, shape, parts, job);
  stage.denseWeights += embeddingCopies(job, index);
  addPipelineTransfers(stage, index, job, calibration);
  addGradients(stage, job, calibration);
}

static Parts measureParts(const Job &job, const Calibration &calibration) {
  PartBuilder builder(job, calibration);
  Parts parts;
  for (const LayerShape &run : job.model.runs)
    parts.layers.push_back(builder.layer(run));
  parts.embedding = builder.embedding();
  parts.output = builder.output();
  bool predicts = job.predictionLayers() > 0 && !job.model.runs.empty();
  if (predicts)
    parts.prediction = builder.prediction(job.model.runs.back());
  if (predicts && job.drafts()) {
    Job draft = job.laterDraft();
    PartBuilder drafts(draft, calibration);
    parts.laterDraft = drafts.prediction(job.model.runs.back()).work;
    parts.draftHead = drafts.output().work;
  }
  return parts;
}

void mlir::moe::cost::measureStages(const Job &job,
                                    const Calibration &calibration,
                                    std::vector<StageWork> &stages) {
  Parts parts = measureParts(job, calibration);
  stages.resize(job.stages.size());
  for (size_t index = 0; index < stages.size(); ++index)
    measureStage(stages[index], job.stages[index], static_cast<int64_t>(index),
                 parts, job, calibration);
}
