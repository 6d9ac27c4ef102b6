//===- PublishedUtilization.cpp - What was ever reached -------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PublishedUtilization.h"

using namespace mlir;
using namespace mlir::moe;

std::string moe::asPercent(const Rational &share) {
  std::optional<Rational> percent = multiply(share, Rational(100));
  return (percent ? percent->str(1) : share.str(3)) + " %";
}

namespace {
/// The most that published training of MoE models reaches, of the dense BF16
/// peak: the largest of benchmarks/accuracy/measured.csv, against which
/// test/Check/published-utilization.test holds it.
struct PublishedUtilization {
  int64_t permille;
  StringLiteral text;
};
} // namespace

static const PublishedUtilization &publishedUtilization(Precision precision) {
  static constexpr PublishedUtilization bf16 = {
      522, "Mixtral-8x22B on 128 H100, Megatron-Core with folded groups "
           "(arXiv:2504.14960, Table 4)"};
  static constexpr PublishedUtilization below = {
      668, "1670 of 2500 TFLOPS on GB300 with MXFP8, DeepSeek-V3 "
           "(Megatron-Bridge 26.06, docs/performance-summary-archive.md)"};
  return precision == Precision::BF16 || precision == Precision::FP16 ||
                 precision == Precision::FP32
             ? bf16
             : below;
}

/// Dense models and passes of serving have other limits.
static bool trainsExperts(const PlanModel &plan) {
  return plan.workload.isTraining() &&
         (plan.model.runs.empty() || plan.model.firstSparse());
}

void moe::addIfUnreached(const RuleInput &input, const Rational &share,
                         const ClaimedShare &what, Location where,
                         FindingList &findings) {
  if (!trainsExperts(input.model))
    return;
  const PublishedUtilization &published =
      publishedUtilization(input.model.workload.precision);
  Rational most = *Rational::of(published.permille, 1000);
  if (share.compare(most) <= 0)
    return;
  Finding &finding = findings.add(
      "compute-2", Severity::Warning, where,
      what.text + " is " + asPercent(share) +
          " of the dense peak, more than any published training of an MoE "
          "model reaches: " +
          asPercent(most));
  finding.subject = what.subject;
  finding.expected = "at most " + asPercent(most);
  finding.found = asPercent(share);
  finding.notes.emplace_back(where, published.text.str());
}
