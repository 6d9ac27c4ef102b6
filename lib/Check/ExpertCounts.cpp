//===- ExpertCounts.cpp - How many experts each rank holds ----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExpertCounts.h"

#include "Arithmetic.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include <functional>
#include <map>

using namespace mlir;
using namespace mlir::moe;

void ExpertCounts::add(int64_t count, int64_t ranks) {
  if (ranks == 0)
    return;
  for (auto &run : runs)
    if (run.first == count) {
      run.second += ranks;
      return;
    }
  runs.emplace_back(count, ranks);
  llvm::sort(runs, [](auto a, auto b) { return a.first > b.first; });
}

ExpertCounts ExpertCounts::evenSplit(int64_t experts, int64_t ranks) {
  ExpertCounts counts;
  counts.add(experts / ranks + 1, experts % ranks);
  counts.add(experts / ranks, ranks - experts % ranks);
  return counts;
}

ExpertCounts ExpertCounts::of(ArrayRef<int64_t> list) {
  std::map<int64_t, int64_t, std::greater<int64_t>> ranksWith;
  for (int64_t count : list)
    ++ranksWith[count];
  ExpertCounts counts;
  counts.runs.assign(ranksWith.begin(), ranksWith.end());
  return counts;
}

std::optional<ExpertCounts> ExpertCounts::implied(const PlanModel &plan) {
  const LayerRun *run = plan.model.firstSparse();
  const Figure &ep = plan.degrees.ep, &slots = plan.distribution.slotsPerRank;
  if (!run || !run->experts || !ep)
    return std::nullopt;
  if (!slots)
    return evenSplit(*run->experts, *ep);
  std::optional<int64_t> total = times(*slots, *ep);
  if (!total || *total < *run->experts)
    return std::nullopt;
  ExpertCounts counts;
  counts.add(*slots, *ep);
  return counts;
}

ExpertCounts ExpertCounts::repeated(int64_t groups) const {
  ExpertCounts all = *this;
  for (auto &[count, number] : all.runs)
    number *= groups;
  return all;
}

int64_t ExpertCounts::ranks() const {
  int64_t ranks = 0;
  for (auto [count, number] : runs)
    ranks += number;
  return ranks;
}

int64_t ExpertCounts::total() const {
  int64_t total = 0;
  for (auto [count, number] : runs) {
    int64_t part = 0;
    if (llvm::MulOverflow(count, number, part) ||
        llvm::AddOverflow(total, part, total))
      return std::numeric_limits<int64_t>::max();
  }
  return total;
}

int64_t ExpertCounts::max() const { return runs.empty() ? 0 : runs[0].first; }

double ExpertCounts::mean() const {
  return static_cast<double>(total()) / static_cast<double>(ranks());
}

double ExpertCounts::maxOverMean() const {
  return static_cast<double>(max()) / mean();
}

double ExpertCounts::scatter() const {
  double center = mean(), sum = 0;
  for (auto [count, number] : runs)
    sum += (count - center) * (count - center) * static_cast<double>(number);
  return sum;
}

double ExpertCounts::populationVariance() const {
  return scatter() / static_cast<double>(ranks());
}

std::optional<double> ExpertCounts::sampleVariance() const {
  if (ranks() < 2)
    return std::nullopt;
  return scatter() / static_cast<double>(ranks() - 1);
}

std::string ExpertCounts::str() const {
  std::string text;
  if (ranks() <= 8) {
    for (auto [count, number] : runs)
      for (int64_t i = 0; i < number; ++i)
        text += (text.empty() ? "" : ", ") + llvm::itostr(count);
    return text;
  }
  constexpr size_t maxListed = 8;
  for (auto [count, number] : ArrayRef(runs).take_front(maxListed))
    text += (text.empty() ? "" : ", ") + llvm::itostr(count) + " on " +
            counted(number, "rank");
  if (runs.size() > maxListed)
    text += " and " + counted(runs.size() - maxListed, "smaller count");
  return text;
}
