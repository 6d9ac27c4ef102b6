//===- Fit.cpp - Fitting constants to measured runs -----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Calibrate/Fit.h"

#include "moe/Cost/Estimate.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>
#include <nlopt.h>

using namespace mlir::moe;

//===----------------------------------------------------------------------===//
// Samples
//===----------------------------------------------------------------------===//

std::string mlir::moe::planKey(const FitSample &sample) {
  const cost::Degrees &d = sample.job.degrees;
  const cost::Workload &w = sample.job.workload;
  return llvm::formatv(
      "{0} {1} {2} {3} {4} {5} {6} {7} {8} {9} {10} {11} {12} {13} {14}",
      sample.family, sample.job.machine.gpu, static_cast<int>(w.precision),
      d.tp, d.cp, d.pp, d.vpp, d.ep, d.etp, w.microBatch.valueOr(0),
      w.sequenceLength.valueOr(0), static_cast<int>(w.sharding),
      static_cast<int>(w.graphs), w.expertOverlap, w.tensorOverlap);
}

void mlir::moe::setWeights(std::vector<FitSample> &samples) {
  llvm::StringMap<int> runsOfPlan;
  for (const FitSample &sample : samples)
    ++runsOfPlan[planKey(sample)];
  for (FitSample &sample : samples)
    sample.weight = (sample.judged ? 1 : 0.5) /
                    std::sqrt(double(runsOfPlan[planKey(sample)]));
}

double mlir::moe::estimateSeconds(const cost::Job &job,
                                  const CalibrationFile &file) {
  cost::Workspace workspace;
  cost::Estimate result;
  cost::estimate(job, file.resolve(job.machine, job.workload.softwareMonth),
                 workspace, result);
  return result.step.total();
}

//===----------------------------------------------------------------------===//
// The objective
//===----------------------------------------------------------------------===//

/// Errors below this count squared, above it linearly.
static constexpr double robustWidth = 0.06;
/// Half of this is what a constant costs that is one spread away from its
/// prior, where a run that is off by 1.7 times `robustWidth` costs one. From
/// 0.35 to 2 errors of runs left out differ by less than a hundredth.
static constexpr double priorWeight = 2.0;

static double robust(double error) {
  double scaled = error / robustWidth;
  return std::sqrt(1 + scaled * scaled) - 1;
}

static bool isFitted(const CalibrationFile &file, size_t index,
                     FitScope scope) {
  return file.entries[index].spread > 0 &&
         constantNames()[index].serving == (scope == FitScope::Serving);
}

namespace {
/// The function to be minimised, over logarithms of the free constants.
class Objective {
public:
  Objective(llvm::ArrayRef<FitSample> samples, FitScope scope,
            CalibrationFile &file)
      : samples(samples), file(file) {
    for (size_t index = 0; index < file.entries.size(); ++index)
      if (isFitted(file, index, scope))
        free.push_back(index);
  }
  size_t size() const { return free.size(); }
  std::vector<double> start() const;
  double spread(size_t which) const { return file.entries[free[which]].spread; }
  double highest(size_t which) const;
  double value(const double *logs);
  void set(const double *logs);

private:
  llvm::ArrayRef<FitSample> samples;
  CalibrationFile &file;
  std::vector<size_t> free; ///< which entries
  cost::Workspace workspace;
  cost::Estimate estimate;
};
} // namespace

/// Constants stay within four spreads of their priors.
static constexpr double widestSpreads = 4;

/// Nothing has a larger share than all.
double Objective::highest(size_t which) const {
  const ConstantEntry &entry = file.entries[free[which]];
  double most = widestSpreads * entry.spread;
  if (llvm::StringRef(entry.unit).starts_with("share"))
    most = std::min(most, std::log(1 / entry.prior));
  return most;
}

/// Logarithms of value over prior.
std::vector<double> Objective::start() const {
  std::vector<double> logs;
  for (size_t index : free) {
    const ConstantEntry &entry = file.entries[index];
    logs.push_back(std::log(entry.value / entry.prior));
  }
  return logs;
}

void Objective::set(const double *logs) {
  for (auto [which, index] : llvm::enumerate(free)) {
    ConstantEntry &entry = file.entries[index];
    entry.value = entry.prior * std::exp(logs[which]);
  }
}

double Objective::value(const double *logs) {
  set(logs);
  double sum = 0;
  for (const FitSample &sample : samples) {
    cost::estimate(
        sample.job,
        file.resolve(sample.job.machine, sample.job.workload.softwareMonth),
        workspace, estimate);
    sum += sample.weight *
           robust(std::log(estimate.step.total() / sample.stepSeconds));
  }
  for (size_t which = 0; which < free.size(); ++which) {
    double distance = logs[which] / spread(which);
    sum += priorWeight / 2 * distance * distance;
  }
  return sum;
}

//===----------------------------------------------------------------------===//
// The solver
//===----------------------------------------------------------------------===//

static constexpr double differenceStep = 1e-4;

/// What NLopt calls.
static double evaluate(unsigned size, const double *logs, double *gradient,
                       void *data) {
  auto &objective = *static_cast<Objective *>(data);
  double value = objective.value(logs);
  if (!gradient)
    return value;
  std::vector<double> moved(logs, logs + size);
  for (unsigned which = 0; which < size; ++which) {
    moved[which] = logs[which] + differenceStep;
    gradient[which] = (objective.value(moved.data()) - value) / differenceStep;
    moved[which] = logs[which];
  }
  return value;
}

static std::string solve(Objective &objective, std::vector<double> &logs) {
  auto size = static_cast<unsigned>(objective.size());
  nlopt_opt solver = nlopt_create(NLOPT_LD_SLSQP, size);
  if (!solver)
    return "NLopt cannot create a solver";
  std::vector<double> low(size), high(size);
  for (unsigned which = 0; which < size; ++which) {
    high[which] = objective.highest(which);
    low[which] = -widestSpreads * objective.spread(which);
    logs[which] = std::clamp(logs[which], low[which], high[which]);
  }
  nlopt_set_lower_bounds(solver, low.data());
  nlopt_set_upper_bounds(solver, high.data());
  nlopt_set_min_objective(solver, evaluate, &objective);
  nlopt_set_ftol_rel(solver, 1e-5);
  nlopt_set_maxeval(solver, 200);
  double least = 0;
  nlopt_result status = nlopt_optimize(solver, logs.data(), &least);
  nlopt_destroy(solver);
  // A line search that cannot improve is an end, too.
  if (status > 0 || status == NLOPT_ROUNDOFF_LIMITED)
    return "";
  return std::string("NLopt: ") + nlopt_result_to_string(status);
}

std::optional<std::string>
mlir::moe::fitConstants(llvm::ArrayRef<FitSample> samples, FitScope scope,
                        CalibrationFile &file) {
  Objective objective(samples, scope, file);
  std::vector<double> logs = objective.start();
  if (logs.empty() || samples.empty())
    return "there is nothing to fit";
  std::string error = solve(objective, logs);
  objective.set(logs.data());
  if (!error.empty())
    return error;
  return std::nullopt;
}

std::optional<LeaveOneOut> mlir::moe::leaveOneOut(
    llvm::ArrayRef<FitSample> samples, FitScope scope,
    const CalibrationFile &file,
    llvm::function_ref<llvm::StringRef(const FitSample &)> groupOf,
    std::string &error) {
  std::vector<std::string> groups;
  for (const FitSample &sample : samples)
    if (sample.judged)
      groups.push_back(groupOf(sample).str());
  llvm::sort(groups);
  groups.erase(llvm::unique(groups), groups.end());
  LeaveOneOut result;
  for (const std::string &group : groups) {
    std::vector<FitSample> others;
    for (const FitSample &sample : samples)
      if (groupOf(sample) != group)
        others.push_back(sample);
    if (others.empty())
      continue;
    // From the priors: the values of `file` may have seen the group.
    CalibrationFile fitted = file;
    for (auto [index, entry] : llvm::enumerate(fitted.entries))
      if (isFitted(fitted, index, scope))
        entry.value = entry.prior;
    if (std::optional<std::string> fault =
            fitConstants(others, scope, fitted)) {
      error = "without " + group + ": " + *fault;
      return std::nullopt;
    }
    result.fits.push_back(fitted.values());
    for (const FitSample &sample : samples)
      if (sample.judged && groupOf(sample) == group)
        result.runs.push_back(
            {&sample, group, estimateSeconds(sample.job, fitted)});
  }
  return result;
}
