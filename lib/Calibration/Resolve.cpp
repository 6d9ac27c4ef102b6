//===- Resolve.cpp - Constants for one machine ----------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Calibration/CalibrationFile.h"

#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>

using namespace mlir::moe;

// The reference of what depends on power and on special function units: H100
// SXM, 700 W for 989 dense bf16 TFLOP/s, and 16 exponentials per clock on each
// of 132 multiprocessors at 1.755 GHz.
static constexpr double referenceWattsPerTeraflop = 700 / 989.0;
static constexpr double referenceExponentials = 3.7e12 / 989e12;
/// No GPU sustains more than this over the reference share of its peak.
static constexpr double mostPower = 1.15;

GpuFacts CalibrationFile::factsOf(const cost::Machine &machine) const {
  for (const GpuFacts &facts : gpus)
    if (facts.name == machine.gpu)
      return facts;
  GpuFacts facts;
  facts.name = machine.gpu.str();
  facts.exponentialRate = machine.peakBf16 * referenceExponentials;
  return facts;
}

/// Tensor cores at full rate draw more than the board may: clocks fall.
static double powerFactor(const GpuFacts &facts, const cost::Machine &machine,
                          double exponent) {
  double peak = facts.nominalPeak > 0 ? facts.nominalPeak : machine.peakBf16;
  if (facts.boardWatts == 0 || peak <= 0)
    return 1;
  double wattsPerTeraflop =
      static_cast<double>(facts.boardWatts) / (peak / 1e12);
  return std::min(
      mostPower,
      std::pow(wattsPerTeraflop / referenceWattsPerTeraflop, exponent));
}

static double softwareFactor(const CalibrationFile &file, double yearlyGain,
                             int64_t month) {
  if (month == 0)
    month = file.newestMonth;
  month = std::min(month, file.newestMonth);
  double years = static_cast<double>(month - file.referenceMonth) / 12;
  return std::exp(-yearlyGain * years);
}

cost::Calibration CalibrationFile::resolve(const cost::Machine &machine,
                                           int64_t softwareMonth) const {
  CostConstants c = values();
  GpuFacts facts = factsOf(machine);
  double software = softwareFactor(*this, c.yearlyGain, softwareMonth);
  double host = software * (facts.graceHost ? c.graceFactor : 1);
  cost::Calibration result;
  result.gemmShare =
      std::min(1.0, c.gemmShare * powerFactor(facts, machine, c.powerExponent));
  result.fp8Ratio = c.fp8Ratio;
  result.fp4Ratio = c.fp4Ratio;
  result.halfRows = c.halfRows;
  result.halfWidth = c.halfWidth;
  result.coreShare = c.coreShare;
  result.exponentialRate = facts.exponentialRate;
  result.forwardExponentials = c.forwardExponentials;
  result.backwardExponentials = c.backwardExponentials;
  result.memoryShare = std::min(1.0, c.memoryShare / software);
  result.cacheShare = c.cacheShare;
  result.blockGap = c.blockGap * software;
  result.launchSeconds = c.launchSeconds * host;
  result.graphShare = c.graphShare;
  result.nvlinkShare = c.nvlinkShare;
  result.networkShare = c.networkShare;
  result.transferSeconds = c.transferSeconds;
  result.overlappedExchange = c.overlappedExchange;
  result.servedExchange = c.servedExchange;
  result.exposedGradients = c.exposedGradients;
  result.hidingShare = c.hidingShare;
  result.stepSeconds = c.stepSeconds * software;
  result.servedBlockSeconds = c.servedBlockSeconds;
  bool known = llvm::is_contained(fittedGpus, machine.gpu);
  const ErrorBand &band = known ? fitted : extrapolated;
  result.errorLow = band.low;
  result.errorHigh = band.high;
  result.servedErrorLow = served.low;
  result.servedErrorHigh = served.high;
  return result;
}

CostConstants CalibrationFile::values() const {
  CostConstants result;
  for (auto [name, entry] : llvm::zip(constantNames(), entries))
    result.*name.value = entry.value;
  return result;
}

void CalibrationFile::setValues(const CostConstants &values) {
  for (auto [name, entry] : llvm::zip(constantNames(), entries))
    entry.value = values.*name.value;
}
