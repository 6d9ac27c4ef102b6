//===- FitReport.cpp - How well a fit predicts ----------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Calibrate/FitReport.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include <cmath>
#include <map>
#include <set>

using namespace mlir::moe;

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

/// Linear between the two nearest values.
static double quantileOf(std::vector<double> values, double quantile) {
  if (values.empty())
    return 0;
  llvm::sort(values);
  double place = quantile * static_cast<double>(values.size() - 1);
  auto below = static_cast<size_t>(place);
  size_t above = std::min(below + 1, values.size() - 1);
  double share = place - static_cast<double>(below);
  return values[below] * (1 - share) + values[above] * share;
}

static double ratioOf(const LeftOut &run) {
  return run.estimatedSeconds / run.sample->stepSeconds;
}

ErrorSummary mlir::moe::summarize(llvm::ArrayRef<LeftOut> runs) {
  ErrorSummary result;
  std::vector<double> errors, logs;
  for (const LeftOut &run : runs) {
    errors.push_back(std::abs(1 / ratioOf(run) - 1));
    logs.push_back(std::log(ratioOf(run)));
  }
  result.runs = runs.size();
  result.median = quantileOf(errors, 0.5);
  result.bias = quantileOf(logs, 0.5);
  for (double error : errors)
    result.mean += error / static_cast<double>(errors.size());
  return result;
}

double mlir::moe::errorQuantile(llvm::ArrayRef<LeftOut> runs, double quantile) {
  std::vector<double> ratios;
  for (const LeftOut &run : runs)
    ratios.push_back(1 / ratioOf(run));
  return quantileOf(ratios, quantile);
}

namespace {
/// Runs of one plan.
struct PlanSpeeds {
  std::string rivals; ///< plans with the same may be compared
  std::vector<double> measured, estimated;
};
} // namespace

/// Tokens per second and GPU of a run that takes so long.
static double speedOf(const FitSample &sample, double seconds) {
  const cost::Workload &workload = sample.job.workload;
  return static_cast<double>(workload.globalBatch.valueOr(0)) *
         static_cast<double>(workload.sequenceLength.valueOr(0)) /
         static_cast<double>(sample.job.degrees.worldSize()) / seconds;
}

static std::map<std::string, PlanSpeeds>
groupPlans(llvm::ArrayRef<LeftOut> runs) {
  std::map<std::string, PlanSpeeds> plans;
  for (const LeftOut &run : runs) {
    const FitSample &sample = *run.sample;
    if (!sample.job.isTraining())
      continue;
    const cost::Workload &workload = sample.job.workload;
    std::string key = planKey(sample) + " " +
                      std::to_string(sample.job.degrees.worldSize()) + " " +
                      std::to_string(workload.globalBatch.valueOr(0));
    PlanSpeeds &plan = plans[key];
    plan.rivals = sample.family + " " + sample.job.machine.gpu.str() + " " +
                  std::to_string(workload.sequenceLength.valueOr(0));
    plan.measured.push_back(speedOf(sample, sample.stepSeconds));
    plan.estimated.push_back(speedOf(sample, run.estimatedSeconds));
  }
  return plans;
}

PairOrder mlir::moe::orderPairs(llvm::ArrayRef<LeftOut> runs) {
  constexpr double smallest = 0.03;
  PairOrder result;
  auto plans = groupPlans(runs);
  for (auto first = plans.begin(); first != plans.end(); ++first)
    for (auto second = std::next(first); second != plans.end(); ++second) {
      const PlanSpeeds &a = first->second, &b = second->second;
      double measured =
          std::log(quantileOf(a.measured, 0.5) / quantileOf(b.measured, 0.5));
      if (a.rivals != b.rivals || std::abs(measured) < smallest)
        continue;
      double estimated =
          std::log(quantileOf(a.estimated, 0.5) / quantileOf(b.estimated, 0.5));
      ++result.all;
      result.right += measured * estimated > 0;
    }
  return result;
}

//===----------------------------------------------------------------------===//
// What fits say about a calibration
//===----------------------------------------------------------------------===//

/// The error bars. Without a run that was left out they stay as they are.
static void recordErrors(CalibrationFile &file, const LeaveOneOut &models,
                         const LeaveOneOut &gpus) {
  if (!models.runs.empty())
    file.fitted = {std::min(errorQuantile(models.runs, 0.1), 1.0),
                   std::max(errorQuantile(models.runs, 0.9), 1.0)};
  // GPUs nobody has measured: as for GPUs that were left out, and wider.
  ErrorBand others = file.extrapolated;
  if (!gpus.runs.empty())
    others = {errorQuantile(gpus.runs, 0.05), errorQuantile(gpus.runs, 0.95)};
  file.extrapolated = {std::min(others.low, file.fitted.low),
                       std::max(others.high, file.fitted.high)};
  std::set<std::string> judged;
  for (const LeaveOneOut *result : {&models, &gpus})
    for (const LeftOut &run : result->runs)
      judged.insert(run.sample->job.machine.gpu.str());
  if (!judged.empty())
    file.fittedGpus.assign(judged.begin(), judged.end());
}

/// What the constants of `scope` are in all fits.
static void recordRanges(CalibrationFile &file, FitScope scope,
                         llvm::ArrayRef<const LeaveOneOut *> results) {
  for (auto [name, entry] : llvm::zip_equal(constantNames(), file.entries)) {
    if (name.serving != (scope == FitScope::Serving))
      continue;
    entry.low = entry.high = entry.value;
    for (const LeaveOneOut *result : results)
      for (const CostConstants &fit : result->fits) {
        entry.low = std::min(entry.low, fit.*name.value);
        entry.high = std::max(entry.high, fit.*name.value);
      }
  }
}

void mlir::moe::recordServing(CalibrationFile &file,
                              const LeaveOneOut &sources) {
  recordRanges(file, FitScope::Serving, &sources);
  if (!sources.runs.empty())
    file.served = {std::min(errorQuantile(sources.runs, 0.1), 1.0),
                   std::max(errorQuantile(sources.runs, 0.9), 1.0)};
}

void mlir::moe::recordFits(CalibrationFile &file, const LeaveOneOut &models,
                           const LeaveOneOut &gpus) {
  recordRanges(file, FitScope::Training, {&models, &gpus});
  recordErrors(file, models, gpus);
}

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

void mlir::moe::printConstants(const CalibrationFile &file,
                               llvm::raw_ostream &os) {
  os << "constant               prior      fitted     lowest     highest    "
        "unit\n";
  for (auto [name, entry] : llvm::zip(constantNames(), file.entries)) {
    os << llvm::format("%-22s %-10.4g ", name.name.data(), entry.prior);
    if (entry.spread == 0)
      os << llvm::format("%-10s %-10s %-10s ", "kept", "", "");
    else
      os << llvm::format("%-10.4g %-10.4g %-10.4g ", entry.value, entry.low,
                         entry.high);
    os << entry.unit << "\n";
  }
}

static void printSummary(llvm::StringRef name, llvm::ArrayRef<LeftOut> runs,
                         llvm::raw_ostream &os) {
  ErrorSummary summary = summarize(runs);
  os << llvm::format("%-24s %4zu  %7.1f%%  %7.1f%%  %+6.2f\n",
                     name.str().c_str(), summary.runs, 100 * summary.median,
                     100 * summary.mean, summary.bias);
}

void mlir::moe::printErrors(llvm::StringRef leftOut, const LeaveOneOut &result,
                            llvm::raw_ostream &os) {
  if (result.runs.empty()) {
    os << "without its " << leftOut << ": 0 runs could be judged, for no other "
       << leftOut << " is left to fit; the error bars stay as they were\n";
    return;
  }
  os << llvm::format("%-24s runs    median      mean    bias\n",
                     ("without its " + leftOut.str()).c_str());
  llvm::ArrayRef<LeftOut> rest = result.runs;
  while (!rest.empty()) {
    size_t size = 0;
    while (size < rest.size() && rest[size].group == rest.front().group)
      ++size;
    printSummary(rest.front().group, rest.take_front(size), os);
    rest = rest.drop_front(size);
  }
  printSummary("all", result.runs, os);
  PairOrder pairs = orderPairs(result.runs);
  if (pairs.all == 0)
    return;
  os << "pairs of plans in the right order: " << pairs.right << " of "
     << pairs.all
     << llvm::format(" (%.1f%%)\n", 100.0 * static_cast<double>(pairs.right) /
                                        static_cast<double>(pairs.all));
}
