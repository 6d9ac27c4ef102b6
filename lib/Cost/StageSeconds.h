//===- StageSeconds.h - Time of one micro-batch on one stage ----*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_COST_STAGESECONDS_H
#define MOE_LIB_COST_STAGESECONDS_H

#include "moe/Cost/Calibration.h"
#include "moe/Cost/StageWork.h"

namespace mlir::moe::cost {

/// Collectives by axis and kind.
constexpr unsigned numTrafficSlots = numAxes * numCollectives;
constexpr unsigned slotOf(Axis axis, Collective kind) {
  return static_cast<unsigned>(axis) * numCollectives +
         static_cast<unsigned>(kind);
}

/// What of collectives shows, in forward and in backward passes.
struct ExposedTraffic {
  double forward = 0, backward = 0;
  double total() const { return forward + backward; }
};

/// Seconds of one micro-batch, forward and backward where it trains.
struct StageSeconds {
  double forward = 0, backward = 0; ///< all together, host included
  double compute = 0;
  double weights = 0; ///< of the backward pass, gradients of weights
  ExposedTraffic experts, tensor, other;
  /// The same by axis and kind of collective (see slotOf), both passes: it adds
  /// up to the three above.
  std::array<double, numTrafficSlots> exposed = {};
  /// The host is late by this much.
  double host = 0;
  double total() const { return forward + backward; }
};

/// Where micro-batches take one of two ways in turn.
StageSeconds meanOf(const StageSeconds &a, const StageSeconds &b);

/// Of stage `index`.
StageSeconds secondsOf(const Job &job, const Calibration &calibration,
                       const StageWork &work, size_t index);

} // namespace mlir::moe::cost

#endif // MOE_LIB_COST_STAGESECONDS_H
