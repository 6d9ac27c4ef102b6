//===- ServingJob.cpp - Published serving as input of the cost model ------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rows that state a context decode, others prefill. Both count the tokens that
// a GPU computes in a second; what a cache answers is not computed.
//
//===----------------------------------------------------------------------===//

#include "moe/Calibrate/RunJob.h"
#include "moe/Cost/Estimate.h"

using namespace mlir::moe;
using llvm::StringRef;

static std::string explainServing(const MeasuredRun &run) {
  if (run.batch < 1)
    return "it does not state the sequences in flight";
  if (run.context < 1 && run.sequenceLength < 1)
    return "it states neither the length of prompts nor the keys in the cache";
  if (run.numGpus < 1 || run.tokensPerSecondPerGpu <= 0)
    return "it does not say how many GPUs made how many tokens";
  for (int64_t ranks : {run.tp * run.pp, run.ep * run.pp})
    if (ranks < 1 || run.numGpus % ranks != 0)
      return "its degrees of parallelism do not divide the GPUs";
  return "";
}

static cost::Workload servedWorkload(const MeasuredRun &run) {
  cost::Workload workload;
  workload.phase = run.context > 0 ? cost::Phase::Decode : cost::Phase::Prefill;
  workload.batch = run.batch;
  workload.sequenceLength = run.sequenceLength;
  workload.contextLength = run.context;
  workload.precision = publishedFormat(run.precision);
  workload.dispatcher = publishedDispatcher(run.dispatcher);
  workload.expertOverlap = run.expertOverlap.value_or(false);
  workload.softwareMonth = releaseMonth(run.release);
  return workload;
}

static cost::Degrees servedDegrees(const MeasuredRun &run, int64_t domain) {
  cost::Degrees degrees;
  degrees.tp = run.tp;
  degrees.pp = run.pp;
  degrees.ep = run.ep;
  degrees.dp = run.numGpus / (run.tp * run.pp);
  degrees.edp = run.numGpus / (run.ep * run.pp);
  cost::placeGroups(degrees, domain);
  return degrees;
}

static void placeServedExperts(const MeasuredRun &run,
                               cost::ModelShape &model) {
  bool balanced = StringRef(run.routing).contains("force-balanced");
  for (cost::LayerShape &layer : model.runs) {
    layer.slotsPerRank = run.slotsPerRank > 0 ? cost::Count(run.slotsPerRank)
                                              : layer.experts / run.ep;
    if (!balanced)
      layer.skew = cost::LoadSkew::natural(cost::Phase::Decode);
  }
}

std::optional<RunJob> mlir::moe::makeServingJob(const MeasuredRun &run,
                                                const MeasuredModel &model,
                                                const cost::Machine &machine,
                                                std::string &reason) {
  reason = explainServing(run);
  if (!reason.empty())
    return std::nullopt;
  RunJob result;
  cost::Job &job = result.job;
  job.model = model.shape;
  placeServedExperts(run, job.model);
  job.workload = servedWorkload(run);
  job.machine = machine;
  job.degrees = servedDegrees(run, machine.nvlinkDomain);
  // Layers that predict further tokens do not run.
  MeasuredModel served = model;
  served.mtpLayers = 0;
  for (cost::StageShape &stage : defaultStages(served, run.pp, 1))
    job.stages.push_back(std::move(stage));
  double tokens = static_cast<double>(job.tokens().valueOr(0)) *
                  static_cast<double>(job.degrees.dp) /
                  static_cast<double>(run.numGpus);
  result.stepSeconds = tokens / run.tokensPerSecondPerGpu;
  return result;
}
