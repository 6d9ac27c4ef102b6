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

/// How often the backward pass runs a collective of the forward pass once more,
/// because it computes what depends on it again.
static int64_t runsAgain(const Job &job, PartKind part, Axis axis) {
  const RecomputeSet &recompute = job.workload.recompute;
  bool ofExperts = axis == Axis::Expert || axis == Axis::ExpertTensor;
  bool again = recompute.contains(RecomputeModule::FullLayer) ||
               (ofExperts && recompute.contains(RecomputeModule::MoE));
  return part == PartKind::Layers && again ? 1 : 0;
}

llvm::SmallVector<BackwardRun, 2>
mlir::moe::cost::backwardRuns(const Job &job, PartKind part, Axis axis,
                              Collective kind) {
  if (!job.isTraining())
    return {};
  int64_t again = runsAgain(job, part, axis);
  bool isRing = axis == Axis::Context &&
                job.workload.contextExchange == ContextExchange::Ring;
  if (isRing && kind == Collective::AllGather)
    return {{kind, 2 + again}};
  // Experts keep the rows that the ranks of etp gathered.
  int64_t regathers = axis == Axis::ExpertTensor ? 0 : 1;
  switch (kind) {
  case Collective::AllReduce:
  case Collective::AllToAll:
    return {{kind, 1 + again}};
  case Collective::AllGather:
    return {{Collective::ReduceScatter, 1}, {kind, regathers + again}};
  case Collective::ReduceScatter:
    return {{Collective::AllGather, 1}, {kind, again}};
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

bool mlir::moe::cost::sendsGradients(const Job &job, size_t stage,
                                     size_t chunk) {
  return job.isTraining() && job.degrees.pp > 1 && (stage > 0 || chunk > 0);
}

/// `times` x `from`, added to a sum.
static void addTimes(Traffic &sum, const Traffic &from, Count times) {
  // Where the number does not fit, bytes do not either and are unknown.
  sum.count = (Count(sum.count) + Count(from.count) * times).valueOr(INT64_MAX);
  sum.sent += from.sent * times;
  sum.network += from.network * times;
  sum.picoseconds += from.picoseconds * times;
}

/// The collectives alone.
static void addForward(const PartWork &part, int64_t times, PartWork &sum) {
  part.forEachTraffic([&](Axis axis, Collective kind, const Traffic &traffic) {
    addTimes(sum.at(axis, kind), traffic, times);
  });
}

void mlir::moe::cost::addBackward(const Job &job, PartKind kind,
                                  const PartWork &part, PartWork &sum) {
  part.forEachTraffic(
      [&](Axis axis, Collective collective, const Traffic &traffic) {
        for (auto [back, times] : backwardRuns(job, kind, axis, collective))
          if (times > 0)
            addTimes(sum.at(axis, back), traffic, times);
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
  auto addPart = [&](PartKind kind, const PartWork &part, int64_t times = 1) {
    addForward(part, times, sum);
    addBackward(job, kind, part, sum);
  };
  addPart(PartKind::End, work.embedding);
  for (const PartWork &chunk : work.chunks)
    addPart(PartKind::Layers, chunk);
  addPart(PartKind::Layers, work.mtp, job.predictionRuns());
  addPart(PartKind::End, work.output);
  Transfer gradients = chunkTransfer(job, calibration);
  for (size_t chunk = 0; chunk < work.chunks.size(); ++chunk)
    if (sendsGradients(job, index, chunk))
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
  auto addRuns = [&](const PartWork &part, Count runs) {
    part.forEachTraffic([&](Axis axis, Collective kind, const Traffic &each) {
      addTimes(step.at(axis, kind), each, runs);
    });
  };
  addRuns(traffic.batch, job.microBatches() / traffic.ways);
  addRuns(traffic.gradients, gradientRuns(job));
  return step;
}
