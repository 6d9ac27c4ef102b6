//===- ReportComparison.h - What changed between two plans ------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_CHECK_REPORTCOMPARISON_H
#define MOE_CHECK_REPORTCOMPARISON_H

#include "moe/Check/Report.h"

namespace mlir::moe {

/// A finding of the first plan that the second does not have, only because it
/// does not say what would show it.
struct UntoldFinding {
  const Finding *finding;
  std::string why; ///< "after does not give cluster.gpu_memory"
};

/// Errors and warnings of two plans. A finding is the same in both when it
/// breaks the same rule and has the same subject.
struct ReportComparison {
  std::vector<const Finding *> fixed; ///< of the first plan alone
  std::vector<UntoldFinding> untold;  ///< nor is there any more to judge by
  std::vector<const Finding *> added; ///< of the second plan alone
  std::vector<const Finding *> open;  ///< of both, as the second plan has them
  /// "hidden_size 1024 -> 4096": figures by which the plans are of two models.
  std::vector<std::string> modelDifferences;
  /// "sequence_length 4096 -> 2048": by which they do different work.
  std::vector<std::string> workloadDifferences;
  /// Targets of one plan that those of the other, or what it claims, cannot
  /// meet; one sentence each.
  std::vector<std::string> targetConflicts;

  /// Whether the second plan is better, worse or neither, in a few words.
  /// Plans of two models or workloads are called neither, nor is a plan that
  /// says less.
  std::string outcome() const;
};

/// Points into both reports.
ReportComparison compareReports(const Report &before, PlanOp beforePlan,
                                const Report &after, PlanOp afterPlan);

/// Markdown that reads well in a terminal.
void printComparison(const Report &before, const Report &after,
                     const ReportComparison &comparison, llvm::raw_ostream &os);

/// An array: the reports of both plans (`moe-report/1`), then their comparison
/// (`moe-comparison/1`).
void printComparisonJson(const Report &before, const Report &after,
                         const ReportComparison &comparison,
                         llvm::raw_ostream &os);

} // namespace mlir::moe

#endif // MOE_CHECK_REPORTCOMPARISON_H
