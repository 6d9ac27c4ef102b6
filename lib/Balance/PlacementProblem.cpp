//===- PlacementProblem.cpp - Input and bound of a placement --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Balance/PlacementProblem.h"
#include "ChainBound.h"
#include "CompanyBound.h"
#include "PairBound.h"
#include "ReplicaCounts.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

using namespace mlir::moe;

/// More slots than this is not a deployment, and indices must fit an int32_t.
static constexpr int64_t maxSlots = int64_t(1) << 24;

int64_t PlacementProblem::total() const {
  int64_t sum = 0;
  for (int64_t load : loads)
    sum += load;
  return sum;
}

int64_t PlacementProblem::numUsableSlots() const {
  int64_t usable = 0;
  for (int64_t rank = 0; rank < ranks; ++rank)
    usable += slotsOf(rank);
  return usable;
}

double PlacementProblem::totalSpeed() const {
  double speed = 0;
  for (int64_t rank = 0; rank < ranks; ++rank)
    if (slotsOf(rank) > 0)
      speed += speedOf(rank);
  return speed;
}

/// Negative loads, and sums that exact arithmetic could not hold.
static void checkLoads(const PlacementProblem &problem,
                       std::vector<std::string> &faults) {
  // Solvers scale loads by the number of ranks instead of dividing.
  int64_t limit = INT64_MAX / problem.ranks, sum = 0;
  for (int64_t expert = 0; expert < problem.numExperts(); ++expert) {
    int64_t load = problem.loads[expert];
    if (load < 0) {
      faults.push_back("expert " + std::to_string(expert) + " has the load " +
                       std::to_string(load) +
                       "; a load is a number of tokens, at least 0");
      return;
    }
    if (load > limit - sum) {
      faults.push_back("the loads sum to more than " + std::to_string(limit) +
                       ", too much for exact arithmetic on " +
                       std::to_string(problem.ranks) +
                       " ranks; divide all loads by one number");
      return;
    }
    sum += load;
  }
}

/// Slots and speeds of ranks that differ.
static void checkRanks(const PlacementProblem &problem,
                       std::vector<std::string> &faults) {
  auto checkSize = [&](size_t found, const char *what) {
    if (found != 0 && found != size_t(problem.ranks))
      faults.push_back("expected " + std::string(what) + " for each of " +
                       counted(problem.ranks, "rank") + ", found " +
                       std::to_string(found));
    return found == size_t(problem.ranks);
  };
  if (checkSize(problem.usableSlots.size(), "a number of slots"))
    for (int64_t rank = 0; rank < problem.ranks; ++rank)
      if (int64_t slots = problem.usableSlots[rank];
          slots < 0 || slots > problem.slots)
        faults.push_back("rank " + std::to_string(rank) + " has " +
                         std::to_string(slots) + " usable slots of " +
                         std::to_string(problem.slots));
  if (checkSize(problem.speeds.size(), "a speed"))
    for (int64_t rank = 0; rank < problem.ranks; ++rank)
      if (double speed = problem.speeds[rank];
          !(speed >= 0.001 && speed <= 1000))
        faults.push_back("the speed of rank " + std::to_string(rank) +
                         " is not between 0.001 and 1000");
}

std::vector<std::string> PlacementProblem::check() const {
  std::vector<std::string> faults;
  if (ranks < 1)
    faults.push_back("experts need at least 1 rank, found " +
                     std::to_string(ranks));
  if (slots < 1)
    faults.push_back("a rank needs at least 1 slot, found " +
                     std::to_string(slots));
  if (loads.empty())
    faults.push_back("there is no expert to place");
  if (!faults.empty())
    return faults;
  checkRanks(*this, faults);
  checkLoads(*this, faults);
  if (!faults.empty())
    return faults;
  if (ranks > maxSlots / slots) {
    faults.push_back(counted(ranks, "rank") + " of " + counted(slots, "slot") +
                     " are more than " + std::to_string(maxSlots) + " slots");
  } else if (numUsableSlots() < numExperts()) {
    int64_t needed = (numExperts() + ranks - 1) / ranks;
    faults.push_back(
        counted(numExperts(), "expert") + " do not fit " +
        (isUniform()
             ? counted(ranks, "rank") + " of " + counted(slots, "slot") + "; " +
                   counted(needed, "slot") + " on each rank are enough"
             : "the " + counted(numUsableSlots(), "usable slot") +
                   "; use more slots or fewer dead ranks"));
  }
  return faults;
}

/// Where ranks differ and no slot is redundant: every slot has an expert, and
/// those of a rank are no lighter than the lightest.
static void raiseByFullRanks(const PlacementProblem &problem,
                             LoadBound &bound) {
  if (problem.numUsableSlots() > problem.numExperts())
    return;
  std::vector<int64_t> loads = problem.loads;
  llvm::sort(loads);
  std::vector<double> lightest(1);
  for (int64_t load : loads)
    lightest.push_back(lightest.back() + double(load));
  for (int64_t rank = 0; rank < problem.ranks; ++rank) {
    int64_t slots = problem.slotsOf(rank);
    double time = lightest[slots] / problem.speedOf(rank);
    if (slots > 0 && time > bound.tokens)
      bound = {time, "rank " + std::to_string(rank) + " full of the " +
                         counted(slots, "lightest expert")};
  }
}

LoadBound PlacementProblem::lowerBound(Dispatch dispatch) const {
  LoadBound bound;
  bound.tokens = double(total()) / totalSpeed();
  double fastest = 0;
  for (int64_t rank = 0; rank < ranks; ++rank)
    if (slotsOf(rank) > 0)
      fastest = std::max(fastest, speedOf(rank));
  std::vector<int32_t> copies = countReplicas<double>(loads, numUsableSlots());
  for (int64_t expert = 0; expert < numExperts(); ++expert) {
    double share = double(loads[expert]) / copies[expert] / fastest;
    if (share > bound.tokens) {
      bound.tokens = share;
      bound.why = std::to_string(loads[expert]) + " tokens of expert " +
                  std::to_string(expert) + " on " +
                  counted(copies[expert], "slot");
    }
  }
  if (!isUniform()) {
    raiseByFullRanks(*this, bound);
    return bound;
  }
  raiseByChains(*this, bound);
  bool isWhole = numSlots() == numExperts();
  if (slots == 2 && (isWhole || dispatch == Dispatch::Even))
    raiseByPairs(*this, bound);
  else if (isWhole)
    raiseByCompany(*this, bound);
  return bound;
}
