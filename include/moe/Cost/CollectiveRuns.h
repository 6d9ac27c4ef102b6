//===- CollectiveRuns.h - How often a step runs a collective ----*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A stage is described by the collectives of one forward pass. Here is what the
// backward pass runs for them, and how often a step runs both: the one place
// from which times, the table of `moec estimate`, the trace and the launch
// count.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_COST_COLLECTIVERUNS_H
#define MOE_COST_COLLECTIVERUNS_H

#include "moe/Cost/StageWork.h"
#include "llvm/ADT/ArrayRef.h"

namespace mlir::moe::cost {

/// `times` collectives of a backward pass, each as large as the one of the
/// forward pass that they belong to.
struct BackwardRun {
  Collective kind;
  int64_t times;
};

/// What the backward pass runs for one collective of the forward pass:
///  - a gather scatters gradients, and gathers its input once more where it was
///    not kept whole (sequence parallelism of Megatron-Core's
///    LinearWithGradAccumulationAndAsyncCommunication; keys and values of
///    context parallelism, whose gradients go round a ring as they do);
///  - a scatter gathers gradients; an exchange sends them back.
/// Transfers between stages are not among them (see gradientsSent), nor is what
/// is repeated because it is computed again.
llvm::SmallVector<BackwardRun, 2> backwardRuns(const Job &job, Axis axis,
                                               Collective kind);

/// Whether the backward pass computes what a collective of a block belongs to
/// once more, and so runs the collective again: everything in a layer under
/// full recomputation, exchanges of experts and collectives of shared experts
/// with the experts (MoELayer.forward of Megatron-Core), feed-forward blocks
/// and shared experts with themselves.
bool runsAgain(const Job &job, BlockKind block, Axis axis);

/// Tokens of a micro-batch on their way to the next chunk, or their gradients
/// on the way back.
Transfer chunkTransfer(const Job &job, const Calibration &calibration);
/// Transfers in which the forward pass of a chunk hands on its tokens: none
/// from the last chunk of the model; from the others one, and one more for each
/// layer that predicted and whose output head is still to come.
int64_t statesSent(const Job &job, size_t stage, size_t chunk);
/// Transfers in which its backward pass sends gradients: as many as the chunk
/// before sent tokens.
int64_t gradientsSent(const Job &job, size_t stage, size_t chunk);

/// What the backward pass of `part` sends, added to the collectives of `sum`;
/// what chunks send to other stages is not among it.
void addBackward(const Job &job, const PartWork &part, PartWork &sum);

/// How often parameters are gathered for each reduction of gradients: fully
/// sharded training gathers for the forward and for the backward pass, a
/// distributed optimizer behind its update.
int64_t parameterGathers(const Workload &workload);
/// How often a step runs the collectives of gradients and parameters: fully
/// sharded training keeps neither whole, so with every micro-batch of the
/// stage; DualPipe gives each of two mirrored stages half of them.
Count gradientRuns(const Job &job);

/// What a rank of stage `index` sends, as the collectives of results that have
/// nothing else. It holds one stage, or two that are each other's mirror image.
struct RankTraffic {
  /// For one micro-batch through each of the stages, forward and backward;
  /// micro-batches take turns.
  PartWork batch;
  int64_t ways = 1; ///< number of these stages
  /// Gradients and parameters, as often as `gradientRuns` says.
  PartWork gradients;
};
RankTraffic trafficOfRank(const Job &job, const Calibration &calibration,
                          llvm::ArrayRef<StageWork> stages, size_t index);
/// In a whole step. Unknown where it does not fit 63 bits.
PartWork trafficOfStep(const Job &job, const RankTraffic &traffic);

} // namespace mlir::moe::cost

#endif // MOE_COST_COLLECTIVERUNS_H
