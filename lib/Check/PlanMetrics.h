//===- PlanMetrics.h - Metrics that follow from a plan alone ----*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The figures of claims that need no cost model: degrees, groups, layers,
// experts, the hardware. For the others the answer names what is missing.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_PLANMETRICS_H
#define MOE_LIB_CHECK_PLANMETRICS_H

#include "moe/Analysis/PlanModel.h"
#include "moe/Claims/Claims.h"

namespace mlir::moe {

class PlanMetrics : public MetricSource {
public:
  explicit PlanMetrics(const PlanModel &plan) : plan(plan) {}
  MetricAnswer metric(llvm::StringRef name) const override;

private:
  std::optional<MetricAnswer> figure(llvm::StringRef name) const;
  std::optional<MetricAnswer> group(llvm::StringRef name) const;
  std::optional<MetricAnswer> hardware(llvm::StringRef name) const;
  MetricAnswer layersPerRank() const;
  MetricAnswer expertsPerRank() const;
  MetricAnswer remoteTokenShare() const;
  MetricAnswer microBatches() const;
  std::optional<double> tokensOfExperts() const;
  MetricAnswer idleExperts() const;
  MetricAnswer expertSlots(bool redundantOnly) const;
  /// The MoE layers' figure of that kind.
  MetricAnswer ofExperts(std::optional<int64_t> LayerRun::*figure,
                         llvm::StringRef key) const;

  const PlanModel &plan;
};

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_PLANMETRICS_H
