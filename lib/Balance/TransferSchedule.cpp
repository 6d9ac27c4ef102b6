//===- TransferSchedule.cpp - Rounds of transfers -------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Transfers are the edges of a graph between senders and receivers, rounds are
// its colours: as many as the busiest rank has edges are enough (Koenig, 1916).
// An edge gets a colour that is free at its sender; where its receiver uses
// that, the two colours are swapped along the path that is in the way.
//
//===----------------------------------------------------------------------===//

#include "moe/Balance/Repair.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <numeric>

using namespace mlir::moe;

namespace {
class Rounds {
public:
  Rounds(std::vector<Transfer> &transfers, int64_t ranks);
  void colour();

private:
  /// The transfer of a rank in a round, or -1.
  int64_t &sent(int64_t rank, int64_t round) {
    return sending[rank * rounds + round];
  }
  int64_t &received(int64_t rank, int64_t round) {
    return receiving[rank * rounds + round];
  }
  int64_t freeRound(llvm::ArrayRef<int64_t> used, int64_t rank) const {
    llvm::ArrayRef<int64_t> mine = used.slice(rank * rounds, rounds);
    return llvm::find(mine, -1) - mine.begin();
  }
  void put(int64_t index, int64_t round) {
    Transfer &transfer = transfers[index];
    transfer.round = round;
    sent(transfer.from, round) = index;
    received(transfer.to, round) = index;
  }
  void makeFree(int64_t receiver, int64_t round, int64_t other);

  std::vector<Transfer> &transfers;
  int64_t rounds = 0;
  std::vector<int64_t> sending, receiving;
};
} // namespace

Rounds::Rounds(std::vector<Transfer> &transfers, int64_t ranks)
    : transfers(transfers) {
  std::vector<int64_t> out(ranks), in(ranks);
  for (const Transfer &transfer : transfers)
    rounds = std::max({rounds, ++out[transfer.from], ++in[transfer.to]});
  sending.assign(ranks * rounds, -1);
  receiving.assign(ranks * rounds, -1);
}

/// Frees `round` at a receiver that has `other` free: swaps the two along the
/// path that leaves it. The path cannot reach the sender that asked, which has
/// `round` free.
void Rounds::makeFree(int64_t receiver, int64_t round, int64_t other) {
  std::vector<int64_t> path;
  int64_t rank = receiver, colour = round;
  for (bool atReceiver = true;; atReceiver = !atReceiver) {
    int64_t index = atReceiver ? received(rank, colour) : sent(rank, colour);
    if (index < 0)
      break;
    path.push_back(index);
    rank = atReceiver ? transfers[index].from : transfers[index].to;
    colour = colour == round ? other : round;
  }
  for (int64_t index : path) {
    sent(transfers[index].from, transfers[index].round) = -1;
    received(transfers[index].to, transfers[index].round) = -1;
  }
  for (int64_t index : path)
    put(index, transfers[index].round == round ? other : round);
}

void Rounds::colour() {
  for (size_t index = 0; index < transfers.size(); ++index) {
    const Transfer &transfer = transfers[index];
    int64_t round = freeRound(sending, transfer.from);
    int64_t other = freeRound(receiving, transfer.to);
    if (received(transfer.to, round) >= 0)
      makeFree(transfer.to, round, other);
    put(int64_t(index), round);
  }
}

void mlir::moe::keepSlots(const PlacementProblem &problem,
                          const std::vector<int32_t> &before,
                          PlacementResult &after) {
  for (int64_t rank = 0; rank < problem.ranks; ++rank) {
    int64_t first = rank * problem.slots, end = first + problem.slotsOf(rank);
    for (int64_t slot = first; slot < end; ++slot) {
      int32_t expert = before[slot];
      if (expert < 0 || after.experts[slot] == expert)
        continue;
      for (int64_t p = first; p < end; ++p)
        if (after.experts[p] == expert) {
          std::swap(after.experts[p], after.experts[slot]);
          if (!after.weights.empty())
            std::swap(after.weights[p], after.weights[slot]);
          break;
        }
    }
  }
}

/// The holder of the expert that sends to `to` at the least cost, of equal ones
/// the one that sends least.
static int64_t chooseSender(llvm::ArrayRef<int64_t> holders, int64_t to,
                            const LinkCosts &costs,
                            llvm::ArrayRef<int64_t> sends) {
  auto isBetter = [&](int64_t a, int64_t b) {
    double one = costs.empty() ? 0 : costs[a][to];
    double other = costs.empty() ? 0 : costs[b][to];
    return one != other ? one < other : sends[a] < sends[b];
  };
  return *std::min_element(holders.begin(), holders.end(), isBetter);
}

std::vector<Transfer> mlir::moe::scheduleTransfers(
    const PlacementProblem &problem, const std::vector<int32_t> &before,
    const std::vector<int32_t> &after, const LinkCosts &costs) {
  std::vector<std::vector<int64_t>> holders(problem.numExperts());
  for (int64_t slot = 0; slot < problem.numSlots(); ++slot)
    if (int64_t rank = slot / problem.slots;
        before[slot] >= 0 && problem.slotsOf(rank) > 0)
      holders[before[slot]].push_back(rank);
  std::vector<Transfer> transfers, fromStorage;
  std::vector<int64_t> sends(problem.ranks);
  for (int64_t slot = 0; slot < problem.numSlots(); ++slot) {
    int32_t expert = after[slot];
    int64_t rank = slot / problem.slots;
    if (expert < 0 || llvm::is_contained(holders[expert], rank))
      continue;
    if (holders[expert].empty()) {
      fromStorage.push_back({0, Transfer::storage, rank, slot, expert, 0});
      continue;
    }
    int64_t from = chooseSender(holders[expert], rank, costs, sends);
    ++sends[from];
    double cost = costs.empty() ? 0 : costs[from][rank];
    transfers.push_back({0, from, rank, slot, expert, cost});
  }
  // The first get the first rounds that are free.
  llvm::stable_sort(transfers, [](const Transfer &a, const Transfer &b) {
    return a.cost > b.cost;
  });
  Rounds(transfers, problem.ranks).colour();
  // Behind what their rank receives from others.
  std::vector<int64_t> next(problem.ranks);
  for (const Transfer &transfer : transfers)
    next[transfer.to] = std::max(next[transfer.to], transfer.round + 1);
  for (Transfer &transfer : fromStorage) {
    transfer.round = next[transfer.to]++;
    transfers.push_back(transfer);
  }
  llvm::stable_sort(transfers, [](const Transfer &a, const Transfer &b) {
    return a.round < b.round;
  });
  return transfers;
}

double mlir::moe::costOfRounds(llvm::ArrayRef<Transfer> transfers) {
  std::vector<double> dearest;
  for (const Transfer &transfer : transfers) {
    dearest.resize(std::max<size_t>(dearest.size(), transfer.round + 1));
    double &cost = dearest[transfer.round];
    cost = std::max(cost, transfer.cost);
  }
  return std::accumulate(dearest.begin(), dearest.end(), 0.0);
}
