//===- Fit.h - Fitting constants to measured runs ---------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_CALIBRATE_FIT_H
#define MOE_CALIBRATE_FIT_H

#include "moe/Calibrate/RunJob.h"
#include "moe/Calibration/CalibrationFile.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace mlir::moe {

/// A measured run and how much it counts.
struct FitSample {
  std::string id, family, source;
  cost::Job job;
  double stepSeconds = 0, weight = 1;
  /// Its speed was the purpose of the measurement, so it is judged by it.
  bool judged = true;
};

/// Runs of one plan under several releases count as one and a bit: the root of
/// their number. Runs that were measured for their memory count half.
void setWeights(std::vector<FitSample> &samples);
/// What two runs of one plan have in common, but the release.
std::string planKey(const FitSample &sample);

/// Seconds of a step by the model.
double estimateSeconds(const cost::Job &job, const CalibrationFile &file);

/// Constants of serving are fitted to runs that serve, with those of training
/// as they are.
enum class FitScope : uint8_t { Training, Serving };

/// Fits the constants of `scope` that may move (spread > 0), starting at their
/// values in `file`, to `samples`. Minimises the sum over runs of a robust
/// function of ln(estimated / measured), and over constants of how far they are
/// from their priors. Returns an error of the solver, or nothing.
std::optional<std::string> fitConstants(llvm::ArrayRef<FitSample> samples,
                                        FitScope scope, CalibrationFile &file);

/// A judged run that took no part in the fit that estimates it.
struct LeftOut {
  const FitSample *sample = nullptr;
  std::string group; ///< what was left out: a family, a GPU, a source
  double estimatedSeconds = 0;
};
struct LeaveOneOut {
  std::vector<LeftOut> runs; ///< ordered by group
  /// Constants of each fit.
  std::vector<CostConstants> fits;
};
/// Fits once without each group that `groupOf` names, starting at the priors.
std::optional<LeaveOneOut>
leaveOneOut(llvm::ArrayRef<FitSample> samples, FitScope scope,
            const CalibrationFile &file,
            llvm::function_ref<llvm::StringRef(const FitSample &)> groupOf,
            std::string &error);

} // namespace mlir::moe

#endif // MOE_CALIBRATE_FIT_H
