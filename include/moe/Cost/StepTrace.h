//===- StepTrace.h - The simulated schedule of a step -----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every pass of every micro-batch through every chunk of a pipeline, in the
// order in which Megatron-Core runs them (megatron/core/pipeline_parallel/
// schedules.py), started as soon as its stage is free and what it needs is
// there. The estimate has a formula for the end of it; this shows how it comes
// about.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_COST_STEPTRACE_H
#define MOE_COST_STEPTRACE_H

#include "moe/Cost/Estimate.h"

namespace mlir::moe::cost {

/// One micro-batch through one chunk of a stage.
struct Pass {
  int64_t chunk = 0, microBatch = 0;
  bool backward = false;
};

/// What determines the order of passes.
struct Schedule {
  int64_t stages = 1, chunks = 1, microBatches = 1;
  bool backward = true; ///< false when serving

  /// Passes of one stage.
  Count passesPerStage() const {
    return Count(chunks) * microBatches * (backward ? 2 : 1);
  }
};

/// The passes of one stage in their order: 1F1B with one chunk, else
/// interleaved (arXiv 2104.04473, section 2.2) with groups of as many
/// micro-batches as there are stages.
std::vector<Pass> orderOfPasses(const Schedule &schedule, int64_t stage);

/// Seconds that one chunk of a stage takes for one micro-batch.
struct ChunkSeconds {
  double forward = 0, backward = 0;
};

/// A pass with its time, in seconds from the start of the step.
struct TimedPass : Pass {
  double start = 0, end = 0;
};

/// The passes of all stages, stage by stage in the order they run.
/// `seconds[stage][chunk]` gives their durations. Nothing where a stage would
/// wait for ever, which happens when micro-batches do not fill the groups of an
/// interleaved schedule.
std::optional<std::vector<std::vector<TimedPass>>>
simulate(const Schedule &schedule,
         llvm::ArrayRef<llvm::SmallVector<ChunkSeconds, 0>> seconds);

/// The schedule of a job. The number of micro-batches is known.
Schedule scheduleOf(const Job &job);
/// Times of stages, dealt to their chunks by computation: the embedding is in
/// the first chunk, multi-token prediction and the output head in the last.
llvm::SmallVector<ChunkSeconds, 0> dealToChunks(const StageWork &work,
                                                const StageTime &time);

/// Collectives of one axis and kind in one pass.
struct PassTraffic {
  Axis axis = Axis::Tensor;
  Collective kind = Collective::AllReduce;
  int64_t count = 0;
  Count sent, network;
  double seconds = 0; ///< whether hidden or not
};
/// What a pass through a chunk of stage `stage` sends, in the order of axes and
/// kinds. Its micro-batch does not matter.
std::vector<PassTraffic> trafficOfChunk(const Job &job,
                                        const Calibration &calibration,
                                        const StageWork &work, const Pass &pass,
                                        size_t stage);

} // namespace mlir::moe::cost

#endif // MOE_COST_STEPTRACE_H
