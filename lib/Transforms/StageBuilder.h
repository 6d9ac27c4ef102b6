//===- StageBuilder.h - The program of one pipeline stage -------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Builds the function that one pipeline stage runs: per-rank shapes, compute
// blocks, the collectives of every axis, dispatch and combine.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_TRANSFORMS_STAGEBUILDER_H
#define MOE_LIB_TRANSFORMS_STAGEBUILDER_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "moe/Analysis/CostJob.h"
#include "moe/Analysis/GridAxes.h"
#include "moe/Cost/StageWork.h"
#include "moe/IR/MoE.h"

namespace mlir::moe {

/// Where stages are built, and what all of them share.
struct StageContext {
  const PlanModel &plan;
  const WorldGrid &grid;
  const GridAxes &axes;
  /// The plan as the cost model sees it.
  const cost::Job &job;
  StringRef gridName;
  /// Tokens of one pass on one rank, before tensor parallelism splits them;
  /// nothing when they do not divide.
  std::optional<int64_t> tokens;
  /// Placement of each run of MoE layers, by its name.
  llvm::StringMap<SymbolRefAttr> placements;
};

/// Builds `@stage<i>` and, for training, `@stage<i>_gradients`.
class StageBuilder {
public:
  StageBuilder(const StageContext &context, OpBuilder &builder, StageOp stage,
               int64_t numStages);
  void build();
  /// Collectives inserted so far, exchanges of tokens included.
  unsigned getNumCollectives() const { return numCollectives; }

private:
  void buildForward();
  /// What follows the entry of the forward function; its results.
  SmallVector<Value> buildChunks(Block &entry);
  Value buildChunk(Value tokens, LayerRangeAttr range);
  /// What a chunk starts from: what the one before sent, the embedding of the
  /// tokens, or the argument of the function.
  SmallVector<Value> buildInputs(Block &entry, size_t chunk);
  /// What stands behind the layers: those that predict, and output heads.
  void buildEnd(SmallVector<Value> &states);
  /// Drafts one token after the other; their logits.
  SmallVector<Value> buildDrafts(Value state);
  void buildGradients();
  /// Gradients of the parameters that the ranks of an axis hold alike.
  struct GradientPart {
    cost::Axis axis;
    /// Elements; padded, so that every rank gets the same share.
    int64_t shard, total;
  };
  llvm::SmallVector<GradientPart> gradientParts() const;
  Value buildEmbedding(Value ids);
  Value buildLayer(Value tokens, const LayerRun &run, int64_t layer);
  Value buildAttention(Value tokens, const cost::LayerShape &shape,
                       int64_t layer);
  Value buildExchangedAttention(Value input, const cost::LayerShape &shape,
                                int64_t layer);
  Value buildFeedForward(Value tokens, ComputeKind kind, int64_t layer,
                         const cost::BlockWork &work);
  Value buildExperts(Value tokens, const LayerRun &run, int64_t layer);
  Value buildRoutedExperts(Value local, const LayerRun &run,
                           const cost::LayerShape &shape, int64_t layer);
  Value buildMtp(Value tokens, int64_t layer);
  Value buildOutput(Value tokens);
  Value receive(Value buffer, int64_t from);
  Value send(Value tokens, int64_t to);

  /// The tensor-parallel collectives around a block: with sequence parallelism
  /// a block gathers its tokens and scatters its sum, otherwise it sums alone.
  Value enterTensorParallel(Value tokens);
  Value leaveTensorParallel(Value partial);
  /// All-gather; `type` where it does not follow from the operand.
  Value gather(Value value, cost::Axis axis, int64_t dim, Type type = {});
  Value reduceScatter(Value value, cost::Axis axis, int64_t dim);
  Value allReduce(Value value, cost::Axis axis);
  /// All-to-all of a group of several ranks.
  Value exchange(Value value, cost::Axis axis, int64_t splitDim,
                 int64_t concatDim);
  /// Counts a collective over `axis` and lets it say what it is for.
  template <typename OpT>
  Value communicate(OpT op, cost::Axis axis);
  Value compute(ComputeKind kind, std::optional<int64_t> layer,
                ValueRange inputs, Type result, const cost::BlockWork &work);

  int64_t groupSize(cost::Axis axis) const;
  /// Tokens x hidden of this rank, before or after sequence sharding.
  RankedTensorType tokenType(bool sharded) const;
  const LayerRun *runOf(int64_t layer) const;
  const cost::LayerShape &shapeOf(const LayerRun &run) const;
  WorkAttr account(cost::BlockKind kind, const cost::BlockWork &work);

  const StageContext &context;
  OpBuilder &builder;
  StageOp stage;
  int64_t numStages;
  Location loc;
  Type element;
  bool sequenceParallel;
  unsigned numCollectives = 0;
  bool hasHead = false;
  /// Parameters of the stage on one rank; unknown once one block is.
  cost::StageWork parameters;
};

} // namespace mlir::moe

#endif // MOE_LIB_TRANSFORMS_STAGEBUILDER_H
