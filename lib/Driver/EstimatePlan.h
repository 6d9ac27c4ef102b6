//===- EstimatePlan.h - What a plan costs -----------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_ESTIMATEPLAN_H
#define MOE_LIB_DRIVER_ESTIMATEPLAN_H

#include "LoadPlan.h"
#include "moe/Analysis/PlanModel.h"
#include "moe/Analysis/RecordedLoad.h"
#include "moe/Calibration/CalibrationFile.h"
#include "moe/Cost/Estimate.h"

namespace mlir::moe {

/// A figure that the plan does not state, and what the estimate takes instead.
struct Assumption {
  std::string key;    ///< in the plan file: "workload.recompute"
  std::string value;  ///< "none"
  std::string origin; ///< "default", "H100: NVIDIA H100 data sheet, SXM"
};
/// In the order of the plan format; only what the estimate depends on.
/// `newestSoftware` is the month (year x 12 + month) that the constants of the
/// cost model take for a release nobody states.
std::vector<Assumption> listAssumptions(PlanOp plan, const PlanModel &figures,
                                        const RecordedLoads &loads,
                                        int64_t newestSoftware);

/// An estimate, and everything it was made from.
struct PlanEstimate {
  PlanModel plan;
  RecordedLoads loads;
  cost::Job job;
  /// Constants of the cost model, and what they are for this machine.
  CalibrationFile constants;
  cost::Calibration calibration;
  std::vector<cost::StageWork> work;
  cost::Estimate result;
  std::vector<Assumption> assumptions;

  explicit PlanEstimate(PlanOp op) : plan(op) {}
  // `job` refers to `plan`.
  PlanEstimate(const PlanEstimate &) = delete;
  double stepSeconds() const { return result.step.total(); }
  /// The stage that needs most of its device.
  size_t fullestStage() const;
};

/// How the work of stages is measured.
enum class CostRoute {
  ClosedForm, ///< from the figures of the plan
  Lowered     ///< from the operations of the sharded level; lowers the module
};

/// Estimates a plan. Returns nothing where there is no estimate, after printing
/// everything that stands in the way to `err`: findings that make the plan
/// illegal, absent figures as one list to paste, rates that are not positive,
/// numbers beyond 63 bits. `planFile` is for the advice in messages.
std::unique_ptr<PlanEstimate>
estimatePlan(LoadedPlan &loaded, CostRoute route, StringRef planFile,
             raw_ostream &err,
             const CalibrationFile &calibration = CalibrationFile::builtIn());

/// The constants of a file, or those that are built in where `path` is empty.
/// Prints what is wrong with the file to `err` and returns nothing.
std::optional<CalibrationFile> readConstants(StringRef path, raw_ostream &err);

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_ESTIMATEPLAN_H
