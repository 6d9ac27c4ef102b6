//===- PlacementCertificate.cpp - Proof of a placement --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Shares no code with the solvers but the problem itself.
//
//===----------------------------------------------------------------------===//

#include "moe/Balance/PlacementProblem.h"

#include <cmath>

using namespace mlir::moe;

namespace {
class Verifier {
public:
  Verifier(const PlacementProblem &problem, const PlacementResult &result,
           Duplicates rule, Dispatch dispatch)
      : problem(problem), result(result), rule(rule), dispatch(dispatch) {}

  PlacementCertificate verify();

private:
  bool checkShape();
  void readSlots();
  void checkShares();
  void measureRanks();
  void fault(std::string text) {
    if (certificate.faults.size() < maxFaults)
      certificate.faults.push_back(std::move(text));
  }

  static constexpr size_t maxFaults = 20;
  /// Rounding of a sum of shares; a sum that is wrong is wrong by more.
  static constexpr double tolerance = 1e-9;

  const PlacementProblem &problem;
  const PlacementResult &result;
  Duplicates rule;
  Dispatch dispatch;
  PlacementCertificate certificate;
  /// By expert: sum of shares, slots, and the last rank that had one.
  std::vector<double> shares;
  std::vector<int64_t> copies, lastRank;
};
} // namespace

bool Verifier::checkShape() {
  if (int64_t(result.experts.size()) == problem.numSlots() &&
      result.weights.size() == result.experts.size())
    return true;
  fault("expected " + std::to_string(problem.numSlots()) +
        " slots with a weight each, found " +
        std::to_string(result.experts.size()) + " slots and " +
        std::to_string(result.weights.size()) + " weights");
  return false;
}

void Verifier::readSlots() {
  shares.assign(problem.numExperts(), 0);
  copies.assign(problem.numExperts(), 0);
  lastRank.assign(problem.numExperts(), -1);
  for (int64_t slot = 0; slot < problem.numSlots(); ++slot) {
    int64_t expert = result.experts[slot], rank = slot / problem.slots;
    double weight = result.weights[slot];
    std::string where = "slot " + std::to_string(slot);
    // Written so that NaN is outside.
    if (!(weight >= 0 && weight <= 1 + tolerance))
      fault(where + " has a weight outside 0 to 1");
    if (expert == PlacementResult::emptySlot) {
      if (weight != 0)
        fault(where + " is empty but has a weight");
      continue;
    }
    if (slot % problem.slots >= problem.slotsOf(rank)) {
      fault(where + " of rank " + std::to_string(rank) +
            " cannot be used but holds an expert");
      continue;
    }
    if (expert < 0 || expert >= problem.numExperts()) {
      fault(where + " holds expert " + std::to_string(expert) +
            ", experts are 0 to " + std::to_string(problem.numExperts() - 1));
      continue;
    }
    if (lastRank[expert] == rank) {
      ++certificate.numDuplicates;
      if (rule == Duplicates::Forbidden)
        fault("rank " + std::to_string(rank) + " holds expert " +
              std::to_string(expert) + " twice");
    }
    lastRank[expert] = rank;
    ++copies[expert];
    shares[expert] += weight;
  }
}

void Verifier::checkShares() {
  for (int64_t expert = 0; expert < problem.numExperts(); ++expert)
    if (copies[expert] == 0)
      fault("expert " + std::to_string(expert) + " has no slot");
    else if (!(std::abs(shares[expert] - 1) <= tolerance))
      fault("the weights of expert " + std::to_string(expert) + " sum to " +
            std::to_string(shares[expert]) + " instead of 1");
}

void Verifier::measureRanks() {
  for (int64_t rank = 0; rank < problem.ranks; ++rank) {
    double load = 0, most = -1;
    int64_t mostExpert = 0;
    for (int64_t slot = rank * problem.slots; slot < (rank + 1) * problem.slots;
         ++slot) {
      int64_t expert = result.experts[slot];
      if (expert == PlacementResult::emptySlot)
        continue;
      double tokens = double(problem.loads[expert]) * result.weights[slot];
      load += tokens;
      if (tokens > most)
        most = tokens, mostExpert = expert;
    }
    load /= problem.speedOf(rank);
    if (rank == 0 || load > certificate.maxLoad) {
      certificate.maxLoad = load;
      certificate.heaviestRank = rank;
      certificate.heaviestExpert = mostExpert;
    }
  }
}

PlacementCertificate Verifier::verify() {
  certificate.meanLoad = double(problem.total()) / problem.totalSpeed();
  certificate.bound = problem.lowerBound(dispatch).tokens;
  if (!checkShape())
    return certificate;
  readSlots();
  checkShares();
  if (certificate.faults.empty())
    measureRanks();
  return certificate;
}

PlacementCertificate PlacementProblem::verify(const PlacementResult &result,
                                              Duplicates rule,
                                              Dispatch dispatch) const {
  return Verifier(*this, result, rule, dispatch).verify();
}
