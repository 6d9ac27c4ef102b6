//===- ExpertLoad.cpp - Load of the ranks that hold experts ---------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Analysis/ExpertLoad.h"

#include "moe/Balance/Solvers.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mlir::moe;

std::vector<int64_t> ExpertTokens::row(int64_t index) const {
  auto first = tokens.begin() + index * experts;
  return {first, first + experts};
}

bool ExpertTokens::isRecorded(int64_t index) const {
  return llvm::any_of(row(index), [](int64_t count) { return count != 0; });
}

static Dispatch ruleOf(DispatchRule dispatch) {
  return dispatch == DispatchRule::Weighted ? Dispatch::Weighted
                                            : Dispatch::Even;
}

static std::string inRow(int64_t row, const std::string &fault) {
  return "row " + std::to_string(row) + ": " + fault;
}

static PlacementProblem problemOf(const ExpertTokens &tokens, int64_t row,
                                  int64_t ranks, int64_t slots) {
  PlacementProblem problem;
  problem.loads = tokens.row(row);
  problem.ranks = ranks;
  problem.slots = slots;
  return problem;
}

std::variant<ExpertPlaces, std::string>
moe::placeByLoad(const ExpertTokens &tokens, int64_t ranks, int64_t slots,
                 DispatchRule dispatch) {
  ExpertPlaces places{ranks, slots, {}, {}};
  Dispatch rule = ruleOf(dispatch);
  for (int64_t row = 0; row < tokens.rows(); ++row) {
    PlacementProblem problem = problemOf(tokens, row, ranks, slots);
    std::vector<std::string> faults = problem.check();
    PlacementResult result;
    if (faults.empty()) {
      // Whoever checks a plan waits for this.
      SearchLimits limits{1e-5, int64_t(1) << 22};
      result = rule == Dispatch::Even ? solveEven(problem, limits)
                                      : solveWeighted(problem);
      faults = problem.verify(result, Duplicates::Forbidden, rule).faults;
    }
    if (!faults.empty())
      return inRow(row, faults.front());
    llvm::append_range(places.experts, result.experts);
    llvm::append_range(places.shares, result.weights);
  }
  return places;
}

std::optional<double> moe::boundByLoad(const ExpertTokens &tokens,
                                       int64_t ranks, int64_t slots,
                                       DispatchRule dispatch) {
  double worst = 0;
  for (int64_t row = 0; row < tokens.rows(); ++row) {
    PlacementProblem problem = problemOf(tokens, row, ranks, slots);
    if (!problem.check().empty())
      return std::nullopt;
    auto all = static_cast<double>(problem.total());
    if (all > 0)
      worst = std::max(worst, problem.lowerBound(ruleOf(dispatch)).tokens *
                                  static_cast<double>(ranks) / all);
  }
  return worst;
}

/// The slots of one layer, with their shares.
static PlacementResult slotsOf(const PlacementProblem &problem,
                               const ExpertPlaces &places, int64_t row,
                               Dispatch rule) {
  auto cut = [&](const auto &list) {
    auto first =
        list.begin() + (places.rows() == 1 ? 0 : row) * places.rowSize();
    return std::vector(first, first + places.rowSize());
  };
  PlacementResult result;
  result.experts = cut(places.experts);
  if (!places.shares.empty()) {
    result.weights = cut(places.shares);
    return result;
  }
  bool known = llvm::all_of(result.experts, [&](int32_t expert) {
    return expert >= PlacementResult::emptySlot &&
           expert < problem.numExperts();
  });
  if (!known) {
    result.weights.assign(result.experts.size(), 0);
    return result; // and verify() says which is not
  }
  shareEvenly(problem, result);
  bool copied = llvm::any_of(
      result.weights, [](double share) { return share > 0 && share < 1; });
  // Shares can only be solved of a sound placement.
  if (rule == Dispatch::Weighted && copied &&
      problem.verify(result, Duplicates::Allowed, rule).faults.empty())
    solveShares(problem, result);
  return result;
}

std::variant<std::vector<RankLoad>, std::string>
moe::loadRanks(const ExpertTokens &tokens, const ExpertPlaces &places,
               DispatchRule dispatch) {
  std::vector<RankLoad> loads;
  Dispatch rule = ruleOf(dispatch);
  for (int64_t row = 0; row < tokens.rows(); ++row) {
    PlacementProblem problem =
        problemOf(tokens, row, places.ranks, places.slots);
    std::vector<std::string> faults = problem.check();
    PlacementCertificate found;
    if (faults.empty()) {
      found = problem.verify(slotsOf(problem, places, row, rule),
                             Duplicates::Allowed, rule);
      faults = found.faults;
    }
    if (!faults.empty())
      return inRow(row, faults.front());
    loads.push_back({found.maxOverMean(), found.boundOverMean(),
                     found.heaviestRank, found.heaviestExpert});
  }
  return loads;
}
