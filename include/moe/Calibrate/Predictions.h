//===- Predictions.h - Every run, measured and predicted --------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_CALIBRATE_PREDICTIONS_H
#define MOE_CALIBRATE_PREDICTIONS_H

#include "moe/Calibrate/Fit.h"

namespace mlir::moe {

/// A row of the table and what it became.
struct PredictedRun {
  const MeasuredRun *run = nullptr;
  const FitSample *sample = nullptr;
};

/// Fits without each model, GPU, and source of serving.
struct LeftOutFits {
  LeaveOneOut models, gpus, sources;
};

/// The JSON that benchmarks/accuracy/page.py reads and describes. Speeds are
/// those of runs that are judged; `file` holds the constants of the whole fit.
std::string predictionsJson(llvm::ArrayRef<PredictedRun> runs,
                            const CalibrationFile &file,
                            const LeftOutFits &fits);

} // namespace mlir::moe

#endif // MOE_CALIBRATE_PREDICTIONS_H
