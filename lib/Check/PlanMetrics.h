//===- PlanMetrics.h - Figures of a plan that claims may name --*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Degrees, groups, layers, experts and the hardware here, memory, FLOPs and
// time from CostMetrics.h. Where there is no value the answer names what is
// missing.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_PLANMETRICS_H
#define MOE_LIB_CHECK_PLANMETRICS_H

#include "PlanCost.h"
#include "moe/Analysis/PlanModel.h"
#include "moe/Claims/Claims.h"

namespace mlir::moe {

class PlanMetrics : public MetricSource {
public:
  /// Both outlive this.
  PlanMetrics(const PlanModel &plan, const PlanCost &cost)
      : plan(plan), cost(cost) {}
  MetricAnswer metric(llvm::StringRef name) const override;

private:
  std::optional<MetricAnswer> figure(llvm::StringRef name) const;
  std::optional<MetricAnswer> group(llvm::StringRef name) const;
  std::optional<MetricAnswer> hardware(llvm::StringRef name) const;
  MetricAnswer layersPerRank() const;
  MetricAnswer expertsPerRank() const;
  MetricAnswer remoteTokenShare() const;
  MetricAnswer microBatches() const;
  std::optional<double>
  tokensOfExperts(std::vector<std::string> &missing) const;
  MetricAnswer idleExperts() const;
  MetricAnswer tokenExchanges() const;
  MetricAnswer tensorReductions() const;
  MetricAnswer expertSlots(bool redundantOnly) const;
  /// The MoE layers' figure of that kind.
  MetricAnswer ofExperts(std::optional<int64_t> LayerRun::*figure,
                         llvm::StringRef key) const;

  const PlanModel &plan;
  const PlanCost &cost;
};

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_PLANMETRICS_H
