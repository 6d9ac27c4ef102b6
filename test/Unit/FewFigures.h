//===- FewFigures.h - A plan for claims to speak of -------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_TEST_UNIT_FEWFIGURES_H
#define MOE_TEST_UNIT_FEWFIGURES_H

#include "moe/Claims/Claims.h"

namespace mlir::moe {

/// A plan with a few figures; some differ over ranks, one is not there.
class FewFigures : public MetricSource {
public:
  MetricAnswer metric(llvm::StringRef name) const override {
    MetricAnswer answer;
    if (name == "layers_per_rank") {
      answer.value = ClaimValue::exact(24);
      answer.derivation = "24 layers / pp 1";
    } else if (name == "experts_per_rank") {
      answer.value = ClaimValue::exact(21);
      answer.largest = ClaimValue::exact(22);
    } else if (name == "gpu_memory") {
      answer.value =
          ClaimValue::exact(64'000'000'000, Measure::of(Dimension::Bytes));
    } else if (name == "kv_cache") {
      for (int64_t gigabytes : {8, 6, 6, 7})
        answer.stages.push_back(ClaimValue::exact(
            gigabytes * 1'000'000'000, Measure::of(Dimension::Bytes)));
      answer.value = answer.stages[1];
      answer.largest = answer.stages[0];
    } else if (name == "redundant_slots") {
      answer.value = ClaimValue::exact(*Rational::of(1, 2));
    } else if (name == "sequence_length") {
      answer.missing = {"workload.sequence_length"};
    } else {
      answer.missing = {name.str()};
    }
    return answer;
  }
};

inline Judgement judged(llvm::StringRef says) {
  return judgeClaims({{"c", says.str()}}, FewFigures()).front();
}

inline std::string verdict(llvm::StringRef says) {
  Judgement result = judged(says);
  if (result.verdict == ClaimVerdict::Unreadable)
    return std::to_string(result.column) + ": " + result.message;
  return nameOf(result.verdict).str();
}

inline std::vector<std::string> verdicts(llvm::ArrayRef<ClaimText> claims) {
  std::vector<std::string> names;
  for (const Judgement &result : judgeClaims(claims, FewFigures()))
    names.push_back(result.verdict == ClaimVerdict::Unreadable
                        ? result.message
                        : nameOf(result.verdict).str());
  return names;
}

} // namespace mlir::moe

#endif // MOE_TEST_UNIT_FEWFIGURES_H
