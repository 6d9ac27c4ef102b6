//===- RunJob.h - Measured runs as input of the cost model ------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_CALIBRATE_RUNJOB_H
#define MOE_CALIBRATE_RUNJOB_H

#include "moe/Calibrate/MeasuredRuns.h"
#include "moe/Calibrate/ModelTable.h"
#include "moe/Hardware/GpuPreset.h"

namespace mlir::moe {

/// A run that an estimate can be compared with.
struct RunJob {
  cost::Job job;
  /// Seconds of one step, or of one pass when serving; from tokens per second,
  /// FLOP/s or utilisation where the source gives no time. 0 where it measures
  /// memory alone.
  double stepSeconds = 0;
};

/// The job of a run that trains or serves. What the row leaves blank is taken
/// from the recipes that the source names (lib/Calibrate/RecipeDefaults.cpp).
/// Returns nothing and sets `reason` where the row does not say enough.
std::optional<RunJob> makeRunJob(const MeasuredRun &run,
                                 const ModelTable &models, std::string &reason);

/// The hardware of a job of `ranks` ranks, from data sheets.
cost::Machine machineOf(const GpuPreset &preset, int64_t ranks);

/// The job of a run that serves.
std::optional<RunJob> makeServingJob(const MeasuredRun &run,
                                     const MeasuredModel &model,
                                     const cost::Machine &machine,
                                     std::string &reason);

/// The dispatcher that tables call DeepEP, HybridEP or something else.
cost::TokenDispatcher publishedDispatcher(llvm::StringRef name);

/// Fills in what a row leaves blank.
void applyRecipeDefaults(MeasuredRun &run, const MeasuredModel &model);

/// The layout of a run without one: the output block and MTP layers take the
/// place of a layer; an uneven rest is taken off the ends.
std::vector<cost::StageShape> defaultStages(const MeasuredModel &model,
                                            int64_t pp, int64_t vpp);

/// The number format that tables call BF16, MXFP8, FP8-CS, ...
cost::NumberFormat publishedFormat(llvm::StringRef precision);
/// Year x 12 + month of a release such as "26.04.01" or "2025-04".
int64_t releaseMonth(llvm::StringRef release);

} // namespace mlir::moe

#endif // MOE_CALIBRATE_RUNJOB_H
