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
/// peak.
struct PublishedUtilization {
  int64_t permille;
  StringLiteral text;
};
} // namespace

static const PublishedUtilization &publishedUtilization(Precision precision) {
  static constexpr PublishedUtilization bf16 = {
      473, "468 of 989 TFLOPS on H100, Mixtral-8x7B (Megatron-LM, "
           "megatron/core/transformer/moe/README.md)"};
  static constexpr PublishedUtilization below = {
      668, "1670 of 2500 TFLOPS on GB300 with MXFP8, DeepSeek-V3 "
           "(Megatron-Bridge 26.06, docs/performance-summary-archive.md)"};
  return precision == Precision::BF16 || precision == Precision::FP16 ||
                 precision == Precision::FP32
             ? bf16
             : below;
}

void moe::addIfUnreached(const RuleInput &input, const Rational &share,
                         const std::string &what, Location where,
                         FindingList &findings) {
  const PublishedUtilization &published =
      publishedUtilization(input.model.workload.precision);
  Rational most = *Rational::of(published.permille, 1000);
  if (share.compare(most) <= 0)
    return;
  Finding &finding = findings.add(
      "compute-2", Severity::Warning, where,
      what + " is " + asPercent(share) +
          " of the dense peak, more than any published training of an MoE "
          "model reaches: " +
          asPercent(most));
  finding.expected = "at most " + asPercent(most);
  finding.found = asPercent(share);
  finding.notes.emplace_back(where, published.text.str());
}
