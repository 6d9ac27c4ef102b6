//===- BalancePrice.cpp - What a placement is worth in a plan -------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BalancePrice.h"

#include "HumanUnits.h"
#include "moe/Wording/Wording.h"
#include "llvm/Support/Format.h"
#include <cmath>

using namespace mlir;
using namespace mlir::moe;

std::optional<BalancePrice> BalancePrice::read(const BalanceOptions &options,
                                               raw_ostream &err) {
  BalancePrice price;
  price.context = makePlanContext();
  price.loaded = loadPlan(options.plan, price.context.get(), err);
  if (!price.loaded)
    return std::nullopt;
  price.estimate =
      estimatePlan(*price.loaded, CostRoute::ClosedForm, options.plan, err);
  if (!price.estimate)
    return std::nullopt;
  if (int64_t ep = price.estimate->job.degrees.ep; ep != *options.ranks) {
    err << options.plan << ": error: the experts of the plan are on "
        << counted(ep, "rank") << ", --ranks says " << *options.ranks << "\n";
    return std::nullopt;
  }
  return price;
}

static cost::Estimate estimateOf(const PlanEstimate &plan,
                                 const cost::Job &job) {
  cost::Workspace workspace;
  cost::Estimate result;
  cost::estimate(job, plan.calibration, workspace, result);
  return result;
}

double BalancePrice::secondsLost(cost::LoadSkew skew) const {
  auto secondsOf = [&](cost::LoadSkew each) {
    cost::Job job = estimate->job;
    for (cost::LayerShape &run : job.model.runs)
      if (run.sparse)
        run.skew = each;
    return estimateOf(*estimate, job).step.total();
  };
  return secondsOf(skew) - secondsOf(cost::LoadSkew());
}

namespace {
/// Load of the busiest rank over the mean, of several layers.
struct LayerLoads {
  double sum = 0, worst = 1;
  int64_t layers = 0;

  void add(double maxOverMean) {
    sum += maxOverMean;
    worst = std::max(worst, maxOverMean);
    ++layers;
  }
  double mean() const {
    return layers > 0 ? sum / static_cast<double>(layers) : 1;
  }
  cost::LoadSkew skew() const {
    auto permille = [](double ratio) { return std::llround(ratio * 1000); };
    return {permille(mean()), permille(worst), permille(mean())};
  }
};
} // namespace

void BalancePrice::printTime(llvm::ArrayRef<BalancedLayer> layers,
                             raw_ostream &os) const {
  LayerLoads before, after;
  for (const BalancedLayer &layer : layers) {
    PlacementCertificate running =
        layer.problem().verify(layer.before, Duplicates::Allowed);
    // A placement on a dead rank has no load.
    if (running.faults.empty())
      before.add(running.maxOverMean());
    after.add(layer.certificate.maxOverMean());
  }
  os << estimate->plan.name << ", "
     << (estimate->job.isTraining() ? "a step" : "a pass") << " of "
     << showSeconds(estimate->stepSeconds()) << ": ";
  if (before.layers == after.layers)
    os << showSeconds(secondsLost(before.skew()))
       << " are lost to uneven ranks before (mean max/mean "
       << llvm::format("%.3f", before.mean()) << "), ";
  os << showSeconds(secondsLost(after.skew())) << " as placed ("
     << llvm::format("%.3f", after.mean()) << ")\n";
}

void BalancePrice::printMemory(int64_t slots, raw_ostream &os) const {
  auto bytesOf = [&](int64_t held) {
    cost::Job job = estimate->job;
    for (cost::LayerShape &run : job.model.runs)
      if (run.sparse)
        run.slotsPerRank = held;
    cost::Count bytes = estimateOf(*estimate, job).deviceMemory();
    return bytes ? static_cast<double>(*bytes) : NAN;
  };
  double device = estimate->job.machine.memoryBytes;
  double held = bytesOf(slots), slot = bytesOf(slots + 1) - held;
  if (!(slot > 0))
    return;
  os << "one more slot on every rank takes " << showBytes(slot)
     << " of the fullest GPU, all layers together; ";
  if (held > device)
    os << counted(slots, "slot") << " a rank are " << showBytes(held - device)
       << " too much already\n";
  else
    os << showBytes(device - held) << " are free, room for "
       << static_cast<int64_t>((device - held) / slot) << " more\n";
}

void BalancePrice::print(const BalanceOptions &options,
                         llvm::ArrayRef<BalancedLayer> layers,
                         raw_ostream &os) const {
  printTime(layers, os);
  printMemory(*options.slots, os);
}
