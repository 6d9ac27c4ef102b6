//===- CollectiveRuns.cpp - How often a step runs a collective ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Cost/CollectiveRuns.h"
#include "llvm/Support/ErrorHandling.h"

using namespace mlir::moe::cost;

bool mlir::moe::cost::runsAgain(const Job &job, BlockKind block, Axis axis) {
  const RecomputeSet &recompute = job.workload.recompute;
  bool isEnd = block == BlockKind::Embedding || block == BlockKind::Output;
  if (!job.isTraining() || isEnd)
    return false;
  if (recompute.contains(RecomputeModule::FullLayer))
    return true;
  bool withExperts = recompute.contains(RecomputeModule::MoE);
  if (axis == Axis::Expert || axis == Axis::ExpertTensor)
    return withExperts;
  if (block == BlockKind::SharedExperts)
    return withExperts || recompute.contains(RecomputeModule::SharedExperts);
  return block == BlockKind::FeedForward &&
         recompute.contains(RecomputeModule::FeedForward);
}

llvm::SmallVector<BackwardRun, 2>
mlir::moe::cost::backwardRuns(const Job &job, Axis axis, Collective kind) {
  if (!job.isTraining())
    return {};
  bool isRing = axis == Axis::Context &&
                job.workload.contextExchange == ContextExchange::Ring;
  if (isRing && kind == Collective::AllGather)
    return {{kind, 2}};
  // Experts keep the rows that the ranks of etp gathered.
  int64_t regathers = axis == Axis::ExpertTensor ? 0 : 1;
  switch (kind) {
  case Collective::AllReduce:
  case Collective::AllToAll:
    return {{kind, 1}};
  case Collective::AllGather:
    return {{Collective::ReduceScatter, 1}, {kind, regathers}};
  case Collective::ReduceScatter:
    return {{Collective::AllGather, 1}};
  case Collective::SendRecv:
    return {};
  }
  llvm_unreachable("unknown collective");
}

Transfer mlir::moe::cost::chunkTransfer(const Job &job,
                                        const Calibration &calibration) {
  Count tokens = job.sequenceParallel() ? job.shardedTokens() : job.tokens();
  return transfer(job, calibration, Axis::Pipeline, Collective::SendRecv,
                  tokens * job.model.hidden * job.activationBytes());
}

int64_t mlir::moe::cost::statesSent(const Job &job, size_t stage,
                                    size_t chunk) {
  size_t chunks = job.stages[stage].chunks.size();
  bool last = chunk + 1 == chunks;
  if (job.stages.size() == 1 || (last && stage + 1 == job.stages.size()))
    return 0;
  int64_t states = 1;
  // Layers that predict are in the last chunk of their stage, those that draft
  // have their output head beside them.
  for (size_t before = 0; last && !job.drafts() && before <= stage; ++before)
    states += job.stages[before].mtpLayers;
  return states;
}

int64_t mlir::moe::cost::gradientsSent(const Job &job, size_t stage,
                                       size_t chunk) {
  if (!job.isTraining() || (stage == 0 && chunk == 0))
    return 0;
  return stage > 0 ? statesSent(job, stage - 1, chunk)
                   : statesSent(job, job.stages.size() - 1, chunk - 1);
}

/// `times` x `from`, added to a sum.
static void addTimes(Traffic &sum, const Traffic &from, Count times) {
  // Where the number does not fit, bytes do not either and are unknown.
  sum.count = (Count(sum.count) + Count(from.count) * times).valueOr(INT64_MAX);
  sum.sent += from.sent * times;
  sum.network += from.network * times;
  sum.picoseconds += from.picoseconds * times;
}

/// The collectives alone, `times` over.
static void addForward(const PartWork &part, Count times, PartWork &sum) {
  part.forEachTraffic([&](Axis axis, Collective kind, const Traffic &traffic) {
    addTimes(sum.at(axis, kind), traffic, times);
  });
}

void mlir::moe::cost::addBackward(const Job &job, const PartWork &part,
                                  PartWork &sum) {
  part.forEachTraffic([&](Axis axis, Collective kind, const Traffic &traffic) {
    for (auto [back, times] : backwardRuns(job, axis, kind))
      if (times > 0)
        addTimes(sum.at(axis, back), traffic, times);
    if (const Traffic &again = part.repeatedAt(axis, kind); again.count > 0)
      addTimes(sum.at(axis, kind), again, 1);
  });
}

int64_t mlir::moe::cost::parameterGathers(const Workload &workload) {
  switch (workload.sharding) {
  case StateSharding::None:
    return 0;
  case StateSharding::Distributed:
    return 1;
  case StateSharding::FullyShared:
    return 2;
  }
  llvm_unreachable("unknown sharding");
}

Count mlir::moe::cost::gradientRuns(const Job &job) {
  if (job.workload.sharding != StateSharding::FullyShared)
    return 1;
  // Half of the micro-batches come from either end.
  bool mirrored = job.degrees.schedule == PipelineSchedule::DualPipe;
  return job.microBatches() / (mirrored ? 2 : 1);
}

/// Adds what a micro-batch sends on its ways through a stage.
static void addStage(const Job &job, const Calibration &calibration,
                     const StageWork &work, size_t index, PartWork &sum) {
  auto addPart = [&](const PartWork &part) {
    addForward(part, 1, sum);
    addBackward(job, part, sum);
  };
  for (const PartWork *part : {&work.embedding, &work.mtp, &work.output})
    addPart(*part);
  for (const PartWork &chunk : work.chunks)
    addPart(chunk);
  Transfer gradients = chunkTransfer(job, calibration);
  for (size_t chunk = 0; chunk < work.chunks.size(); ++chunk)
    for (int64_t sent = gradientsSent(job, index, chunk); sent > 0; --sent)
      sum.add(gradients);
}

RankTraffic mlir::moe::cost::trafficOfRank(const Job &job,
                                           const Calibration &calibration,
                                           llvm::ArrayRef<StageWork> stages,
                                           size_t index) {
  RankTraffic traffic;
  auto add = [&](size_t stage) {
    addStage(job, calibration, stages[stage], stage, traffic.batch);
    addForward(stages[stage].gradients, 1, traffic.gradients);
  };
  add(index);
  auto mirror = static_cast<size_t>(job.mirrorOf(static_cast<int64_t>(index)));
  if (mirror != index) {
    add(mirror);
    traffic.ways = 2;
  }
  return traffic;
}

PartWork mlir::moe::cost::trafficOfStep(const Job &job,
                                        const RankTraffic &traffic) {
  PartWork step;
  addForward(traffic.batch, job.microBatches() / traffic.ways, step);
  addForward(traffic.gradients, gradientRuns(job), step);
  return step;
}
