//===- ShardedWork.cpp - The cost of what was lowered ---------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Analysis/ShardedWork.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "moe/Analysis/GridAxes.h"
#include "moe/Cost/CollectiveRuns.h"
#include <set>

using namespace mlir;
using namespace mlir::moe;

namespace {
/// Adds up one function.
class StageMeter {
public:
  StageMeter(const cost::Job &job, const cost::Calibration &calibration,
             const GridAxes &axes, size_t index, cost::StageWork &stage)
      : job(job), calibration(calibration), axes(axes), index(index),
        stage(stage) {}

  LogicalResult measureForward(func::FuncOp function);
  LogicalResult measureGradients(func::FuncOp function);

private:
  void addBlock(WorkOpInterface op);
  void addWeights(WorkOpInterface op);
  void addIdleWeights();
  LogicalResult addCollective(CollectiveOpInterface op);
  /// Adds a collective of the last block.
  void addTransfer(const cost::Transfer &transfer) {
    part->add(transfer, cost::runsAgain(job, block, transfer.axis));
  }
  FailureOr<cost::Transfer> transferOf(CollectiveOpInterface op) const;
  const cost::LayerShape &shapeOf(int64_t layer) const;
  cost::PartWork &partOf(cost::BlockKind kind);

  const cost::Job &job;
  const cost::Calibration &calibration;
  const GridAxes &axes;
  size_t index;
  cost::StageWork &stage;
  /// The last block, and where it went.
  cost::BlockKind block = cost::BlockKind::Embedding;
  cost::PartWork *part = nullptr;
  /// Gathers that belong to the block behind them.
  SmallVector<cost::Transfer> entering;
  size_t chunk = 0;
  int64_t layer = 0;
  bool inMtp = false;
  /// Blocks whose weights are counted, by layer: drafts run a layer several
  /// times, and output heads are the same.
  std::set<std::pair<cost::BlockKind, int64_t>> held;
  /// Layers that predict, and their weights.
  std::set<int64_t> predicting;
  cost::StageWork predictions;
};
} // namespace

//===----------------------------------------------------------------------===//
// Blocks and collectives
//===----------------------------------------------------------------------===//

cost::PartWork &StageMeter::partOf(cost::BlockKind kind) {
  if (kind == cost::BlockKind::Embedding)
    return stage.embedding;
  if (kind == cost::BlockKind::Output)
    return stage.output;
  inMtp |= kind == cost::BlockKind::MultiTokenPrediction;
  return inMtp ? stage.mtp : stage.chunks[chunk];
}

void StageMeter::addWeights(WorkOpInterface op) {
  cost::BlockKind kind = op.getBlockKind();
  cost::Count weights = op.getBlockWork().weights;
  bool isHead = kind == cost::BlockKind::Output;
  if (!held.insert({kind, isHead ? 0 : layer}).second)
    return;
  stage.addWeights(kind, weights);
  if (inMtp && !isHead) {
    predicting.insert(layer);
    predictions.addWeights(kind, weights);
  }
}

/// Layers that predict are alike; drafts may be too few to reach all of them.
void StageMeter::addIdleWeights() {
  auto reached = static_cast<int64_t>(predicting.size());
  int64_t idle = job.stages[index].mtpLayers - reached;
  if (reached == 0 || idle <= 0)
    return;
  stage.denseWeights += predictions.denseWeights / reached * idle;
  stage.expertWeights += predictions.expertWeights / reached * idle;
}

void StageMeter::addBlock(WorkOpInterface op) {
  if (auto compute = dyn_cast<ComputeOp>(op.getOperation()))
    layer = compute.getLayer().value_or(layer);
  cost::BlockKind kind = op.getBlockKind();
  cost::BlockWork work = op.getBlockWork();
  part = &partOf(kind);
  block = kind;
  for (const cost::Transfer &transfer : entering)
    addTransfer(transfer);
  entering.clear();
  part->add(kind, work, job, calibration);
  addWeights(op);
}

/// The run a layer belongs to; layers behind the last are like it.
const cost::LayerShape &StageMeter::shapeOf(int64_t number) const {
  for (const cost::LayerShape &run : job.model.runs)
    if (number >= run.begin && number < run.end)
      return run;
  return job.model.runs.back();
}

static std::optional<cost::Collective> kindOf(CollectiveKind kind) {
  switch (kind) {
  case CollectiveKind::AllReduce:
    return cost::Collective::AllReduce;
  case CollectiveKind::AllGather:
    return cost::Collective::AllGather;
  case CollectiveKind::ReduceScatter:
    return cost::Collective::ReduceScatter;
  case CollectiveKind::AllToAll:
    return cost::Collective::AllToAll;
  case CollectiveKind::SendRecv:
    return cost::Collective::SendRecv;
  case CollectiveKind::Broadcast:
    return std::nullopt;
  }
  llvm_unreachable("unknown collective");
}

FailureOr<cost::Transfer>
StageMeter::transferOf(CollectiveOpInterface op) const {
  std::optional<cost::Collective> kind = kindOf(op.getCollectiveKind());
  if (!kind)
    return op->emitError() << "is a collective without a cost";
  auto sentAlong = [&](cost::Axis axis) {
    return op.getSentBytes(job.degrees.group(axis).size);
  };
  if (isa<DispatchOp, CombineOp>(op.getOperation()))
    return cost::expertTransfer(job, calibration, shapeOf(layer),
                                sentAlong(cost::Axis::Expert));
  FailureOr<cost::Axis> axis = axes.axisOf(op, op.getGroupDims());
  if (failed(axis))
    return failure();
  return cost::transfer(job, calibration, *axis, *kind, sentAlong(*axis));
}

/// A gather prepares the block behind it; everything else ends the block before
/// it. So does a gather that collects what a combine brought back, where ranks
/// of tensor parallelism share a sequence inside the experts alone.
static bool isEntering(CollectiveOpInterface op, const cost::Job &job) {
  auto gather = dyn_cast<shard::AllGatherOp>(op.getOperation());
  return gather && (job.sequenceParallel() ||
                    !gather.getInput().getDefiningOp<CombineOp>());
}

LogicalResult StageMeter::addCollective(CollectiveOpInterface op) {
  // The sender accounts for a pipeline transfer.
  if (isa<shard::RecvOp>(op.getOperation()))
    return success();
  FailureOr<cost::Transfer> transfer = transferOf(op);
  if (failed(transfer))
    return failure();
  // Alone in its group, a rank sends nothing and nobody builds a communicator.
  if (job.degrees.group(transfer->axis).size == 1)
    return success();
  if (isa<shard::SendOp>(op.getOperation())) {
    stage.chunks[chunk].add(*transfer);
    if (chunk + 1 < stage.chunks.size())
      ++chunk;
  } else if (isEntering(op, job)) {
    entering.push_back(*transfer);
  } else if (part) {
    addTransfer(*transfer);
  }
  return success();
}

LogicalResult StageMeter::measureForward(func::FuncOp function) {
  for (Operation &op : function.getOps()) {
    if (auto work = dyn_cast<WorkOpInterface>(op))
      addBlock(work);
    else if (auto collective = dyn_cast<CollectiveOpInterface>(op))
      if (failed(addCollective(collective)))
        return failure();
  }
  addIdleWeights();
  stage.denseWeights += cost::embeddingCopies(job, static_cast<int64_t>(index));
  return success();
}

LogicalResult StageMeter::measureGradients(func::FuncOp function) {
  for (auto op : function.getOps<CollectiveOpInterface>()) {
    FailureOr<cost::Transfer> transfer = transferOf(op);
    if (failed(transfer))
      return failure();
    stage.gradients.add(*transfer);
  }
  return success();
}

FailureOr<std::vector<cost::StageWork>>
moe::measureShardedStages(ModuleOp module, const cost::Job &job,
                          const cost::Calibration &calibration) {
  GridAxes axes(module);
  std::vector<cost::StageWork> stages(job.stages.size());
  for (size_t index = 0; index < stages.size(); ++index) {
    std::string name = "stage" + std::to_string(index);
    auto forward = module.lookupSymbol<func::FuncOp>(name);
    if (!forward)
      return module.emitError()
             << "has no function @" << name << "; run --moe-partition first";
    stages[index].chunks.resize(job.stages[index].chunks.size());
    StageMeter meter(job, calibration, axes, index, stages[index]);
    if (failed(meter.measureForward(forward)))
      return failure();
    if (auto gradients = module.lookupSymbol<func::FuncOp>(name + "_gradients"))
      if (failed(meter.measureGradients(gradients)))
        return failure();
  }
  return stages;
}
