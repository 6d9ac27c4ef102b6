//===- ModelCount.cpp - Parameters and FLOPs of a whole model ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Compose.h"

using namespace mlir::moe::cost;

namespace {
/// The model on one rank, one token at a time.
class OneRank {
public:
  explicit OneRank(const Job &plan) : plan(plan) {
    job.model = plan.model;
    job.model.vocabMultiple = 1; // Padding is no part of the model.
    job.workload = plan.workload;
    job.workload.phase = Phase::Decode;
    job.workload.batch = 1;
    job.workload.draftTokens = 0;
    job.workload.contextLength = plan.context();
    job.workload.capacityPermille = std::nullopt;
    for (LayerShape &run : job.model.runs) {
      run.slotsPerRank = run.experts;
      run.skew = LoadSkew();
    }
  }
  void count(int64_t mtpLayers, Estimate &result);

private:
  void countLayer(const LayerShape &layer, int64_t times, Estimate &result);
  void add(const BlockWork &work, int64_t times, Estimate &result);

  const Job &plan;
  Job job;
};
} // namespace

void OneRank::add(const BlockWork &work, int64_t times, Estimate &result) {
  result.parameters += work.weights * times;
  result.activeParameters += work.weights * times;
  result.forwardFlopsPerToken += work.flops() * times;
}

void OneRank::countLayer(const LayerShape &layer, int64_t times,
                         Estimate &result) {
  BlockWork attention = attentionWork(job, layer);
  attention.coreFlops = coreFlopsPerToken(plan, layer);
  add(attention, times, result);
  if (!layer.sparse)
    return add(feedForwardWork(job, layer), times, result);
  add(routerWork(job, layer), times, result);
  if (layer.sharedWidth != Count(0))
    add(sharedExpertsWork(job, layer), times, result);
  BlockWork experts = expertsWork(job, layer);
  result.parameters += experts.weights * times;
  result.activeParameters +=
      experts.weights / layer.experts * layer.topK * times;
  result.forwardFlopsPerToken += experts.flops() * times;
}

void OneRank::count(int64_t mtpLayers, Estimate &result) {
  for (const LayerShape &run : job.model.runs)
    countLayer(run, run.size(), result);
  BlockWork output = outputWork(job), embedding = embeddingWork(job);
  add(output, 1, result);
  if (!job.model.tiedEmbeddings)
    add(embedding, 1, result);
  if (mtpLayers == 0)
    return;
  // Megatron counts FLOPs of MTP layers; publishers leave out their parameters.
  Estimate mtp;
  mtp.parameters = mtp.activeParameters = mtp.forwardFlopsPerToken = 0;
  countLayer(job.model.runs.back(), mtpLayers, mtp);
  add(mtpWork(job), mtpLayers, mtp);
  add(output, mtpLayers, mtp);
  result.forwardFlopsPerToken += mtp.forwardFlopsPerToken;
}

void mlir::moe::cost::countModel(const Job &job, Estimate &result) {
  result.parameters = result.activeParameters = result.forwardFlopsPerToken = 0;
  int64_t mtpLayers = 0;
  // What drafts cost when serving is no work of the model.
  if (job.isTraining())
    for (const StageShape &stage : job.stages)
      mtpLayers += stage.mtpLayers;
  OneRank(job).count(mtpLayers, result);
}
