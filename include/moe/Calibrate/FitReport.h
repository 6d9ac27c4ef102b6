//===- FitReport.h - How well a fit predicts --------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_CALIBRATE_FITREPORT_H
#define MOE_CALIBRATE_FITREPORT_H

#include "moe/Calibrate/Fit.h"
#include "llvm/Support/raw_ostream.h"

namespace mlir::moe {

/// Errors of speeds: |estimated / measured - 1| of tokens per second.
struct ErrorSummary {
  size_t runs = 0;
  double median = 0, mean = 0;
  /// Of ln(estimated / measured) of times: above 0 is estimated too slow.
  double bias = 0;
};
ErrorSummary summarize(llvm::ArrayRef<LeftOut> runs);

/// How many pairs of training plans of one model, GPU and sequence length,
/// whose speeds differ by over 3 %, are estimated in the order of their speeds.
/// Runs of one plan under several releases count once, by their medians.
struct PairOrder {
  size_t right = 0, all = 0;
};
PairOrder orderPairs(llvm::ArrayRef<LeftOut> runs);

/// Measured over estimated time at that quantile, 0 to 1.
double errorQuantile(llvm::ArrayRef<LeftOut> runs, double quantile);

/// Writes what the fits say about every constant and the error bars into
/// `file`.
void recordFits(CalibrationFile &file, const LeaveOneOut &models,
                const LeaveOneOut &gpus);
/// The same of serving, from fits without each source.
void recordServing(CalibrationFile &file, const LeaveOneOut &sources);

/// The tables of `moec calibrate`.
void printConstants(const CalibrationFile &file, llvm::raw_ostream &os);
void printErrors(llvm::StringRef leftOut, const LeaveOneOut &result,
                 llvm::raw_ostream &os);

} // namespace mlir::moe

#endif // MOE_CALIBRATE_FITREPORT_H
