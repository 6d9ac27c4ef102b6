//===- Estimate.h - Memory, FLOPs, communication, time ----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The cost of a plan, from the work of its stages. Both routes end here.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_COST_ESTIMATE_H
#define MOE_COST_ESTIMATE_H

#include "moe/Cost/StageWork.h"
#include "llvm/ADT/ArrayRef.h"

namespace mlir::moe::cost {

/// Bytes on the rank of a stage that holds most.
struct StageMemory {
  Count weights, gradients, optimizer;
  /// Kept for backward passes, of all micro-batches in flight.
  Count activations;
  /// Largest set of short-lived tensors: logits, gradients of one layer or of
  /// the output head, tokens on their way to experts.
  Count buffers;
  /// Held all the time by libraries: workspaces of matrix multiplications,
  /// placeholders of weight gradients.
  Count workspaces;
  Count keyValueCache;
  /// What the allocator does not see: CUDA context, communicators, buffers of
  /// token dispatchers.
  Count reserve;
  /// States of the optimizer in host memory, of this rank; in no sum here.
  Count host;

  /// What the framework's allocator peaks at (PyTorch's max allocated).
  Count peak() const {
    return weights + gradients + optimizer + activations + buffers +
           workspaces + keyValueCache;
  }
  /// What the device needs; decides whether the plan fits.
  Count device() const { return peak() + reserve; }
};

struct StageTime {
  double forward = 0, backward = 0; ///< of one micro-batch, all chunks
};

/// Collectives of one axis and kind in one step, on the busiest stage.
struct StepTraffic {
  Axis axis = Axis::Tensor;
  Collective kind = Collective::AllReduce;
  int64_t count = 0;
  Count sent, network;
  double time = 0;    ///< seconds
  double exposed = 0; ///< of them not hidden behind computation
};

struct StageEstimate {
  StageMemory memory;
  StageTime time;
};

/// Where the time of a step goes; the parts add up to it.
struct StepTime {
  double compute = 0, expertTraffic = 0, tensorTraffic = 0, otherTraffic = 0;
  double host = 0;   ///< the device waits for launches
  double bubble = 0; ///< of the pipeline
  /// Reduction of gradients and gathering of parameters that nothing hides.
  double gradients = 0;
  double optimizer = 0;
  double fixed = 0; ///< whatever a step does once
  double total() const {
    return compute + expertTraffic + tensorTraffic + otherTraffic + host +
           bubble + gradients + optimizer + fixed;
  }
};

struct Estimate {
  Count parameters, activeParameters; ///< of the whole model
  Count forwardFlopsPerToken;
  llvm::SmallVector<StageEstimate, 8> stages;
  llvm::SmallVector<StepTraffic, 8> traffic;
  StepTime step;
  double tokensPerSecondPerGpu = 0;
  double flopsPerSecondPerGpu = 0; ///< forward and backward, of the model
  double utilisation = 0;          ///< of the dense bf16 peak
  /// Error bar of the times: 8 of 10 runs that took no part in the fit took
  /// between these multiples of their estimate.
  double errorLow = 1, errorHigh = 1;

  /// The largest over all stages; unknown where a count exceeds 63 bits.
  Count peakMemory() const;
  Count deviceMemory() const;
  bool fits(const Machine &machine) const;
};

/// Reused between estimates; after the first one nothing is allocated.
struct Workspace {
  std::vector<StageWork> stages;
};

/// The closed form. All figures of the job are known (see missingFigures in
/// Analysis/CostJob.h); the counts of `result` are unknown where they do not
/// fit 63 bits.
void estimate(const Job &job, const Calibration &calibration,
              Workspace &workspace, Estimate &result);
/// Parameters, active parameters and FLOPs per token of the whole model alone,
/// by Megatron's convention.
void countModel(const Job &job, Estimate &result);
/// From the work of the stages, wherever it was measured.
void compose(const Job &job, const Calibration &calibration,
             llvm::ArrayRef<StageWork> stages, Estimate &result);

} // namespace mlir::moe::cost

#endif // MOE_COST_ESTIMATE_H
