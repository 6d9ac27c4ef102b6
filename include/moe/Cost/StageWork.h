//===- StageWork.h - What one pipeline stage does ---------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sums over the blocks and collectives of a stage, for one micro-batch. They
// are whole numbers, so that adding block by block (from the operations of the
// sharded level) and multiplying by the number of layers (the closed form) give
// the same.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_COST_STAGEWORK_H
#define MOE_COST_STAGEWORK_H

#include "moe/Cost/BlockWork.h"
#include "moe/Cost/Transfer.h"
#include "llvm/ADT/bit.h"
#include <vector>

namespace mlir::moe::cost {

/// Traffic of one axis by one kind of collective in one forward pass.
struct Traffic {
  int64_t count = 0;
  Count sent, network, picoseconds;
};
constexpr unsigned numCollectives = 5;
bool operator==(const Traffic &a, const Traffic &b);

/// Sums of one part of a stage.
struct PartWork {
  Count gemmFlops, coreFlops, scores;
  Count keptBytes;
  /// Largest of any block.
  Count transientBytes;
  /// Computation alone; backward includes what is computed again.
  Count forwardPs, backwardPs;
  /// Of the backward pass, gradients of weights: nothing waits for them.
  Count weightPs;
  /// Of the forward pass, products of blocks that gather and scatter over tp.
  Count tensorProductPs;
  /// Of the host, which launches the forward pass meanwhile.
  Count hostPs;

  /// Collectives of the forward pass, by axis and kind.
  Traffic &at(Axis axis, Collective kind) {
    unsigned slot = slotOf(axis, kind);
    usedSlots |= uint64_t(1) << slot;
    return traffic[slot];
  }
  const Traffic &at(Axis axis, Collective kind) const {
    return traffic[slotOf(axis, kind)];
  }
  /// Of them, those that the backward pass runs once more, because it computes
  /// again what depends on them.
  Traffic &repeatedAt(Axis axis, Collective kind) {
    return repeated[slotOf(axis, kind)];
  }
  const Traffic &repeatedAt(Axis axis, Collective kind) const {
    return repeated[slotOf(axis, kind)];
  }
  /// Calls `visit(axis, kind, traffic)` for those that there are, in the order
  /// of axes and kinds.
  template <typename Visitor>
  void forEachTraffic(Visitor visit) const {
    for (uint64_t rest = usedSlots; rest != 0; rest &= rest - 1) {
      auto slot = static_cast<unsigned>(llvm::countr_zero(rest));
      visit(static_cast<Axis>(slot / numCollectives),
            static_cast<Collective>(slot % numCollectives), traffic[slot]);
    }
  }
  /// Everything to nothing; parts are reused, and most slots stay empty.
  void clear();
  void add(BlockKind kind, const BlockWork &work, const Job &job,
           const Calibration &calibration);
  void add(const Transfer &transfer, bool isRepeated = false);
  /// `times` x `other`.
  void add(const PartWork &other, int64_t times = 1);

private:
  static unsigned slotOf(Axis axis, Collective kind) {
    return static_cast<unsigned>(axis) * numCollectives +
           static_cast<unsigned>(kind);
  }
  friend bool operator==(const PartWork &a, const PartWork &b);

  std::array<Traffic, numAxes * numCollectives> traffic, repeated;
  /// Bit of each slot of `traffic` that may hold something.
  uint64_t usedSlots = 0;
};
bool operator==(const PartWork &a, const PartWork &b);

struct StageWork {
  /// Parameters that one rank holds, reduces and updates, by who shares their
  /// states: the ranks of `dp x cp` or those of `edp`. With embeddingCopies().
  Count denseWeights, expertWeights;
  /// Layers, chunk by chunk, with the pipeline transfers.
  llvm::SmallVector<PartWork, 0> chunks;
  /// Embedding; layers that predict further tokens; output heads and losses,
  /// also those of predicted tokens.
  PartWork embedding, mtp, output;
  /// Once a step: reduction of gradients, gathering of parameters.
  PartWork gradients;

  void addWeights(BlockKind kind, Count weights);
};
bool operator==(const StageWork &a, const StageWork &b);

/// Output heads that a pass through the stage applies to predicted tokens. In
/// training the stage of the output head gets the hidden states of all
/// predictions (process_mtp_loss in megatron/core/transformer/
/// multi_token_prediction.py); drafts need theirs where they are made.
int64_t predictedHeads(const Job &job, const StageShape &shape);

/// Dense parameters of stage `index` beside those of its blocks: layers that
/// predict look tokens up in a copy of the embedding (Megatron-Core puts one on
/// every stage that predicts), and a tied output head is the embedding where
/// both are on one rank. Under DualPipe they are also on one rank where each is
/// on the other's mirror image (DeepSeek-V3, arXiv 2412.19437, section 3.2.3).
Count embeddingCopies(const Job &job, int64_t index);
/// Of the parameters of stage `index`, those of the embedding and the output
/// head, copies included.
Count endParameters(const Job &job, int64_t index);

/// The closed form: fills `stages`, one for each stage of the job.
void measureStages(const Job &job, const Calibration &calibration,
                   std::vector<StageWork> &stages);

} // namespace mlir::moe::cost

#endif // MOE_COST_STAGEWORK_H
