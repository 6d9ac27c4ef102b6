//===- StageSplit.cpp - Layers over pipeline stages -----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChunkDealer.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>

using namespace mlir::moe::cost;

/// Costs a search may ask for: 64 stages of 1024 layers.
static constexpr int64_t maxSteps = int64_t(1) << 26;
/// Layers before the last run: each is in a chunk of its own or not.
static constexpr int64_t maxFront = 12;

std::string SplitProblem::check() const {
  auto count = [](int64_t number) { return std::to_string(number); };
  if (stages < 1 || chunks < 1 || layers < 1 || mtpLayers < 0)
    return "expected at least one layer, one stage and one chunk, found " +
           count(layers) + ", " + count(stages) + " and " + count(chunks);
  if (runs.empty() || runs.front() != 0 || runs.back() >= layers)
    return "the runs of layers do not cover " + count(layers) + " layers";
  Count items = Count(layers) + 2, places = Count(stages) * chunks;
  if (!places || *places > *items)
    return count(layers) + " layers do not fill " + count(stages) +
           " stages of " + count(chunks) + " chunks";
  Count steps = Count(stages) * layers * layers;
  if (!steps || *steps > maxSteps)
    return count(layers) + " layers over " + count(stages) +
           " stages are too many to search";
  if (chunks > 1 && runs.back() > maxFront)
    return "with several chunks a stage at most " + count(maxFront) +
           " layers may come before those that are alike, found " +
           count(runs.back());
  return "";
}

//===----------------------------------------------------------------------===//
// Chains
//===----------------------------------------------------------------------===//

/// Cost of stage `index` with units [begin, end) of what is dealt out; nothing
/// where it cannot have them.
using ChainCostFn = llvm::function_ref<std::optional<double>(
    int64_t index, int64_t begin, int64_t end)>;

/// Deals `units` out to stages in order so that the largest cost is smallest;
/// the ends of the stages, or nothing. Of equals, early stages take few.
static std::optional<std::vector<int64_t>>
dealOut(int64_t stages, int64_t units, ChainCostFn cost) {
  // Of the first stages that take the first units: the largest cost, and where
  // the last of them begins.
  std::vector<double> best(units + 1, HUGE_VAL);
  std::vector<std::vector<int64_t>> begins(stages);
  best[0] = 0;
  for (int64_t stage = 0; stage < stages; ++stage) {
    std::vector<double> next(units + 1, HUGE_VAL);
    begins[stage].assign(units + 1, -1);
    for (int64_t end = 0; end <= units; ++end)
      for (int64_t begin = 0; begin <= end; ++begin) {
        // Nothing is gained where the stages before are no better already.
        if (!(best[begin] < next[end]))
          continue;
        std::optional<double> own = cost(stage, begin, end);
        double most = own ? std::max(best[begin], *own) : HUGE_VAL;
        if (most < next[end]) {
          next[end] = most;
          begins[stage][end] = begin;
        }
      }
    best = std::move(next);
  }
  if (best[units] == HUGE_VAL)
    return std::nullopt;
  std::vector<int64_t> ends(stages);
  int64_t end = units;
  for (int64_t stage = stages; stage-- > 0; end = begins[stage][end])
    ends[stage] = end;
  return ends;
}

namespace {
/// Searches a problem.
class SplitSearch {
public:
  SplitSearch(const SplitProblem &problem, StageCostFn cost)
      : problem(problem), cost(cost),
        frontLayers(problem.chunks == 1 ? 0 : problem.runs.back()) {}
  std::optional<StageSplit> run();

private:
  class Table;
  void tryFronts(Arrangement &arrangement, int64_t left);
  void tryArrangement(const Arrangement &arrangement);
  void keepBetter(std::vector<StageShape> stages);
  void joinChunks(std::vector<StageShape> &stages) const;
  /// What is best among splits that are equally fast.
  double secondAim(double bytes, double longestChunk) const {
    return problem.chunks > 1 ? longestChunk : bytes;
  }
  int64_t lastChunk() const { return problem.stages * problem.chunks - 1; }

  const SplitProblem &problem;
  StageCostFn cost;
  /// Layers that are arranged before the others are dealt out: none with one
  /// chunk a stage, which takes any range.
  const int64_t frontLayers;
  std::optional<StageSplit> best;
};
} // namespace

//===----------------------------------------------------------------------===//
// Search
//===----------------------------------------------------------------------===//

/// Puts the chunks of all stages behind each other.
void SplitSearch::joinChunks(std::vector<StageShape> &stages) const {
  int64_t next = 0;
  for (int64_t slot = 0; slot < problem.chunks; ++slot)
    for (StageShape &stage : stages) {
      auto &[begin, end] = stage.chunks[slot];
      end = next + end - begin;
      begin = next;
      next = end;
    }
}

void SplitSearch::keepBetter(std::vector<StageShape> stages) {
  StageSplit split;
  split.stages = std::move(stages);
  for (auto [index, shape] : llvm::enumerate(split.stages)) {
    StageCost found = cost(int64_t(index), shape);
    split.slowest = std::max(split.slowest, found.seconds);
    split.fullest = std::max(split.fullest, found.bytes);
    split.longestChunk = std::max(split.longestChunk, found.longestChunk);
  }
  auto aim = [&](const StageSplit &each) {
    return secondAim(each.fullest, each.longestChunk);
  };
  joinChunks(split.stages);
  bool alike = best && split.slowest <= best->slowest * (1 + roundingOfSums) &&
               split.slowest >= best->slowest * (1 - roundingOfSums);
  if (!best ||
      (alike ? aim(split) < aim(*best) : split.slowest < best->slowest))
    best = std::move(split);
}

/// Costs of the stages of an arrangement that keep the limit.
class SplitSearch::Table {
public:
  Table(const SplitSearch &search, const ChunkDealer &dealer, int64_t units)
      : search(search), dealer(dealer) {
    // With several chunks only the number of layers counts.
    for (int64_t stage = 0;
         search.problem.chunks > 1 && stage < search.problem.stages; ++stage)
      for (auto &row = byCount.emplace_back(); int64_t(row.size()) <= units;)
        row.push_back(measure(stage, 0, int64_t(row.size())));
  }
  std::optional<StageCost> at(int64_t stage, int64_t begin, int64_t end) const {
    return byCount.empty() ? measure(stage, begin, end)
                           : byCount[stage][end - begin];
  }

private:
  std::optional<StageCost> measure(int64_t stage, int64_t begin,
                                   int64_t end) const {
    std::optional<StageShape> shape = dealer.stageOf(stage, begin, end);
    if (!shape)
      return std::nullopt;
    StageCost found = search.cost(stage, *shape);
    return search.problem.fits(found) ? std::optional(found) : std::nullopt;
  }

  const SplitSearch &search;
  const ChunkDealer &dealer;
  std::vector<std::vector<std::optional<StageCost>>> byCount;
};

/// First the fastest slowest stage, then, no slower, the second aim.
void SplitSearch::tryArrangement(const Arrangement &arrangement) {
  int64_t units = problem.layers - frontLayers;
  ChunkDealer dealer(problem, arrangement, cost);
  Table table(*this, dealer, units);
  double slowest = HUGE_VAL;
  auto seconds = [&](int64_t stage, int64_t begin,
                     int64_t end) -> std::optional<double> {
    std::optional<StageCost> found = table.at(stage, begin, end);
    return found ? std::optional(found->seconds) : std::nullopt;
  };
  auto second = [&](int64_t stage, int64_t begin,
                    int64_t end) -> std::optional<double> {
    std::optional<StageCost> found = table.at(stage, begin, end);
    return found && found->seconds <= slowest * (1 + roundingOfSums)
               ? std::optional(secondAim(found->bytes, found->longestChunk))
               : std::nullopt;
  };
  auto ends = dealOut(problem.stages, units, seconds);
  if (!ends)
    return;
  auto begin = [&](int64_t stage) { return stage ? (*ends)[stage - 1] : 0; };
  slowest = 0;
  for (int64_t stage = 0; stage < problem.stages; ++stage)
    slowest = std::max(slowest, *seconds(stage, begin(stage), (*ends)[stage]));
  ends = dealOut(problem.stages, units, second);
  std::vector<StageShape> stages;
  stages.reserve(problem.stages);
  for (int64_t stage = 0; stage < problem.stages; ++stage)
    stages.push_back(*dealer.stageOf(stage, begin(stage), (*ends)[stage]));
  keepBetter(std::move(stages));
}

/// Every way to cut the layers before the last run into chunks, of which the
/// first alone may have none of them.
void SplitSearch::tryFronts(Arrangement &arrangement, int64_t left) {
  if (left == 0)
    return tryArrangement(arrangement);
  if (int64_t(arrangement.front.size()) > lastChunk())
    return;
  for (int64_t taken = 1; taken <= left; ++taken) {
    arrangement.front.push_back(taken);
    tryFronts(arrangement, left - taken);
    arrangement.front.pop_back();
  }
}

std::optional<StageSplit> SplitSearch::run() {
  bool mayPredictEarly = problem.mtpLayers > 0 && problem.stages > 1;
  for (bool early : {false, true}) {
    if (early && !mayPredictEarly)
      continue;
    for (int64_t first = 0; first <= frontLayers; ++first) {
      Arrangement arrangement{{first}, early};
      tryFronts(arrangement, frontLayers - first);
    }
  }
  return std::move(best);
}

std::optional<StageSplit>
mlir::moe::cost::splitStages(const SplitProblem &problem, StageCostFn cost) {
  return SplitSearch(problem, cost).run();
}
