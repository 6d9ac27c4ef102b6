//===- ModelParts.cpp - Parameters and FLOPs, part by part ----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModelParts.h"

#include "moe/Cost/BlockWork.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mlir::moe;
using cost::BlockWork;
using cost::Count;
using cost::Job;
using cost::LayerShape;

llvm::StringRef moe::nameOf(ModelPart part) {
  static constexpr llvm::StringRef names[] = {
      "attention",          "the dense feed-forward blocks",
      "the shared experts", "the router",
      "the experts",        "the embedding",
      "the output head",    "multi-token prediction"};
  return names[static_cast<unsigned>(part)];
}

static constexpr ModelPart allParts[] = {
    ModelPart::Attention, ModelPart::FeedForward, ModelPart::SharedExperts,
    ModelPart::Router,    ModelPart::Experts,     ModelPart::Embedding,
    ModelPart::Output,    ModelPart::Prediction};

Count PartTable::parameters() const {
  Count sum = 0;
  for (const PartCounts &part : parts)
    sum += part.parameters;
  return sum;
}

Count PartTable::knownParameters() const {
  Count sum = 0;
  for (const PartCounts &part : parts)
    sum += part.parameters.valueOr(0);
  return sum;
}

Count PartTable::flops() const {
  Count sum = 0;
  for (const PartCounts &part : parts)
    sum += part.gemmFlops + part.coreFlops;
  return sum;
}

Count PartTable::knownFlops() const {
  Count sum = 0;
  for (const PartCounts &part : parts)
    sum += Count(part.gemmFlops.valueOr(0)) + part.coreFlops.valueOr(0);
  return sum;
}

template <typename FnT>
static std::vector<ModelPart> largestFirst(FnT sizeOf) {
  std::vector<ModelPart> order;
  for (ModelPart part : allParts)
    if (sizeOf(part) > 0)
      order.push_back(part);
  llvm::stable_sort(
      order, [&](ModelPart a, ModelPart b) { return sizeOf(a) > sizeOf(b); });
  return order;
}

std::vector<ModelPart> PartTable::knownByParameters() const {
  return largestFirst(
      [&](ModelPart part) { return (*this)[part].parameters.valueOr(0); });
}

std::vector<ModelPart> PartTable::knownByFlops() const {
  return largestFirst([&](ModelPart part) {
    const PartCounts &counts = (*this)[part];
    return (Count(counts.gemmFlops.valueOr(0)) + counts.coreFlops.valueOr(0))
        .valueOr(0);
  });
}

namespace {
/// Adds the blocks of layers to the table of one rank.
class PartCounter {
public:
  /// Of the pass of `plan`, whose blocks `job` has; it counts `tokens` of them.
  PartCounter(const Job &plan, const Job &job, int64_t tokens)
      : plan(plan), job(job), tokens(tokens) {}

  void layer(const LayerShape &layer, Count times);
  void add(ModelPart part, const BlockWork &work, Count times);
  PartTable table;

private:
  const Job &plan, &job;
  int64_t tokens;
};
} // namespace

void PartCounter::add(ModelPart part, const BlockWork &work, Count times) {
  PartCounts &counts = table[part];
  counts.present = true;
  counts.parameters += work.weights * times;
  counts.gemmFlops += work.gemmFlops / tokens * times;
}

void PartCounter::layer(const LayerShape &layer, Count times) {
  add(ModelPart::Attention, cost::attentionWork(job, layer), times);
  table[ModelPart::Attention].coreFlops +=
      cost::coreFlopsPerToken(plan, layer) * times;
  if (job.degrees.cp > 1)
    add(ModelPart::Attention, cost::keyValueWork(job, layer), times);
  if (!layer.sparse)
    return add(ModelPart::FeedForward, cost::feedForwardWork(job, layer),
               times);
  add(ModelPart::Router, cost::routerWork(job, layer), times);
  add(ModelPart::Experts, cost::expertsWork(job, layer), times);
  if (layer.sharedWidth != Count(0))
    add(ModelPart::SharedExperts, cost::sharedExpertsWork(job, layer), times);
}

/// The job on one rank that trains one sequence at a time. Without a sequence
/// length it is one token, whose context nobody knows.
static Job onOneRank(const Job &plan) {
  Job job;
  job.model = plan.model;
  job.model.vocabMultiple = 1;
  job.workload = plan.workload;
  job.workload.phase = cost::Phase::Train;
  job.workload.microBatch = job.workload.globalBatch = 1;
  job.workload.sequenceLength = plan.context() ? plan.context() : Count(1);
  job.workload.capacityPermille = std::nullopt;
  for (LayerShape &run : job.model.runs) {
    run.slotsPerRank = run.experts;
    run.skew = cost::LoadSkew();
  }
  return job;
}

PartTable moe::countWholeModel(const Job &plan) {
  Job job = onOneRank(plan);
  int64_t tokens = *job.workload.sequenceLength;
  PartCounter counter(plan, job, tokens);
  for (const LayerShape &run : job.model.runs)
    counter.layer(run, run.size());
  BlockWork output = cost::outputWork(job);
  counter.add(ModelPart::Output, output, 1);
  if (!job.model.tiedEmbeddings)
    counter.add(ModelPart::Embedding, cost::embeddingWork(job), 1);
  Count predictions = 0;
  if (plan.isTraining())
    for (const cost::StageShape &stage : plan.stages)
      predictions += stage.mtpLayers;
  if (predictions != Count(0) && !job.model.runs.empty()) {
    PartCounter layer(plan, job, tokens);
    layer.layer(job.model.runs.back(), 1);
    layer.add(ModelPart::Output, output, 1);
    layer.add(ModelPart::Prediction, cost::mtpWork(job), 1);
    PartCounts &counts = counter.table[ModelPart::Prediction];
    counts.present = true;
    for (ModelPart part : allParts) {
      counts.gemmFlops += layer.table[part].gemmFlops * predictions;
      counts.coreFlops += layer.table[part].coreFlops * predictions;
    }
  }
  return counter.table;
}

/// Layers that a chunk and a run share.
static int64_t overlap(const std::pair<int64_t, int64_t> &chunk,
                       const LayerShape &run) {
  return std::max<int64_t>(
      std::min(chunk.second, run.end) - std::max(chunk.first, run.begin), 0);
}

std::vector<PartTable> moe::countStages(const Job &job) {
  std::vector<PartTable> tables;
  for (const cost::StageShape &stage : job.stages) {
    PartCounter counter(job, job, 1);
    for (const LayerShape &run : job.model.runs) {
      int64_t layers = 0;
      for (const auto &chunk : stage.chunks)
        layers += overlap(chunk, run);
      if (layers > 0)
        counter.layer(run, layers);
    }
    if (stage.mtpLayers > 0 && !job.model.runs.empty()) {
      counter.layer(job.model.runs.back(), stage.mtpLayers);
      counter.add(ModelPart::Prediction, cost::mtpWork(job), stage.mtpLayers);
    }
    // A tied output head uses the embedding of its stage; prediction looks
    // tokens up in a copy.
    bool shared = job.model.tiedEmbeddings && stage.output;
    if (stage.embedding ? !shared : stage.mtpLayers > 0)
      counter.add(ModelPart::Embedding, cost::embeddingWork(job), 1);
    if (stage.output)
      counter.add(ModelPart::Output, cost::outputWork(job), 1);
    for (ModelPart part : allParts)
      counter.table[part].gemmFlops = counter.table[part].coreFlops = 0;
    tables.push_back(counter.table);
  }
  return tables;
}
