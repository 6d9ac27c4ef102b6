//===- StageSplit.cpp - Layers over pipeline stages -----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Cost/StageSplit.h"

#include "moe/Cost/Estimate.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>
#include <numeric>

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
/// One way to place everything but the layers of the last run: those before it
/// in the first chunks, prediction layers in the last chunk or before it.
struct Arrangement {
  /// Layers before the last run, by chunk; the last entry is of the chunk in
  /// which the last run begins.
  std::vector<int64_t> front = {0};
  bool predictsEarly = false;
};

/// Searches a problem.
class SplitSearch {
public:
  SplitSearch(const SplitProblem &problem, StageCostFn cost)
      : problem(problem), cost(cost),
        frontLayers(problem.chunks == 1 ? 0 : problem.runs.back()) {}
  std::optional<StageSplit> run();

private:
  class Table;
  using Counts = llvm::SmallVector<int64_t, 8>;
  void tryFronts(Arrangement &arrangement, int64_t left);
  void tryArrangement(const Arrangement &arrangement);
  void keepBetter(std::vector<StageShape> stages);
  bool mayBeEmpty(const Arrangement &arrangement, int64_t chunk) const;
  std::optional<Counts> leastOf(const Arrangement &arrangement, int64_t stage,
                                int64_t layers) const;
  std::optional<Counts> dealToChunks(const Arrangement &arrangement,
                                     int64_t stage, int64_t layers) const;
  void moveUntilFits(const Arrangement &arrangement, int64_t stage,
                     const Counts &least, Counts &taken) const;
  StageShape shapeOf(const Arrangement &arrangement, int64_t stage,
                     const Counts &taken) const;
  std::optional<StageShape> stageOf(const Arrangement &arrangement,
                                    int64_t stage, int64_t begin,
                                    int64_t end) const;
  void joinChunks(std::vector<StageShape> &stages) const;
  bool fits(const StageCost &found) const {
    return problem.limitBytes <= 0 || found.bytes <= problem.limitBytes;
  }
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
// Shapes of stages
//===----------------------------------------------------------------------===//

/// Whether something else than layers of the last run is in the chunk.
bool SplitSearch::mayBeEmpty(const Arrangement &arrangement,
                             int64_t chunk) const {
  bool predicts = arrangement.predictsEarly && chunk + 1 == lastChunk();
  bool isFront =
      chunk < int64_t(arrangement.front.size()) && arrangement.front[chunk] > 0;
  return chunk == 0 || chunk == lastChunk() || predicts || isFront;
}

/// The fewest layers that each chunk of the stage takes, -1 for one that takes
/// none: before the last run begins, or behind the prediction layers. Nothing
/// where `layers` are too few or have nowhere to go.
std::optional<SplitSearch::Counts>
SplitSearch::leastOf(const Arrangement &arrangement, int64_t stage,
                     int64_t layers) const {
  Counts least;
  int64_t needed = 0;
  bool open = false;
  for (int64_t slot = 0; slot < problem.chunks; ++slot) {
    int64_t chunk = slot * problem.stages + stage;
    bool closed = chunk + 1 < int64_t(arrangement.front.size()) ||
                  (arrangement.predictsEarly && chunk == lastChunk());
    least.push_back(closed ? -1 : !mayBeEmpty(arrangement, chunk));
    needed += std::max<int64_t>(least.back(), 0);
    open |= !closed;
  }
  if (layers < needed || (layers > 0 && !open))
    return std::nullopt;
  return least;
}

/// Layers of the last run by chunk of the stage: the emptiest chunk takes the
/// next, of equals the latest.
std::optional<SplitSearch::Counts>
SplitSearch::dealToChunks(const Arrangement &arrangement, int64_t stage,
                          int64_t layers) const {
  std::optional<Counts> least = leastOf(arrangement, stage, layers);
  if (!least)
    return std::nullopt;
  Counts taken;
  for (int64_t each : *least)
    taken.push_back(std::max<int64_t>(each, 0));
  auto sizeOf = [&](int64_t slot) {
    size_t chunk = slot * problem.stages + stage;
    bool front = chunk < arrangement.front.size();
    return taken[slot] + (front ? arrangement.front[chunk] : 0);
  };
  int64_t rest =
      layers - std::accumulate(taken.begin(), taken.end(), int64_t(0));
  for (; rest > 0; --rest) {
    int64_t next = -1;
    for (int64_t slot = 0; slot < problem.chunks; ++slot)
      if ((*least)[slot] >= 0 && (next < 0 || sizeOf(slot) <= sizeOf(next)))
        next = slot;
    ++taken[next];
  }
  moveUntilFits(arrangement, stage, *least, taken);
  return taken;
}

/// Moves layers from early chunks to the last one while too much is in flight.
void SplitSearch::moveUntilFits(const Arrangement &arrangement, int64_t stage,
                                const Counts &least, Counts &taken) const {
  int64_t last = -1;
  for (int64_t slot = 0; slot < problem.chunks; ++slot)
    if (least[slot] >= 0)
      last = slot;
  for (int64_t from = 0; from < last;) {
    if (least[from] < 0 || taken[from] == least[from]) {
      ++from;
      continue;
    }
    if (fits(cost(stage, shapeOf(arrangement, stage, taken))))
      return;
    --taken[from];
    ++taken[last];
  }
}

/// Chunks by what they hold; those of the last run begin with it.
StageShape SplitSearch::shapeOf(const Arrangement &arrangement, int64_t stage,
                                const Counts &taken) const {
  StageShape shape;
  for (int64_t slot = 0; slot < problem.chunks; ++slot) {
    size_t chunk = slot * problem.stages + stage;
    int64_t begin = 0;
    for (size_t before = 0; before < arrangement.front.size(); ++before)
      if (before < chunk)
        begin += arrangement.front[before];
    int64_t front =
        chunk < arrangement.front.size() ? arrangement.front[chunk] : 0;
    shape.chunks.emplace_back(begin, begin + front + taken[slot]);
  }
  int64_t predicts = problem.stages - (arrangement.predictsEarly ? 2 : 1);
  shape.embedding = stage == 0;
  shape.output = stage + 1 == problem.stages;
  shape.mtpLayers = stage == predicts ? problem.mtpLayers : 0;
  return shape;
}

/// The stage with units [begin, end) of what is dealt out.
std::optional<StageShape> SplitSearch::stageOf(const Arrangement &arrangement,
                                               int64_t stage, int64_t begin,
                                               int64_t end) const {
  std::optional<Counts> taken = dealToChunks(arrangement, stage, end - begin);
  if (!taken)
    return std::nullopt;
  StageShape shape = shapeOf(arrangement, stage, *taken);
  if (problem.chunks == 1)
    shape.chunks.front() = {begin, end};
  return shape;
}

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

//===----------------------------------------------------------------------===//
// Search
//===----------------------------------------------------------------------===//

/// Sums in another order differ by less.
static constexpr double rounding = 1e-12;

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
  bool alike = best && split.slowest <= best->slowest * (1 + rounding) &&
               split.slowest >= best->slowest * (1 - rounding);
  if (!best ||
      (alike ? aim(split) < aim(*best) : split.slowest < best->slowest))
    best = std::move(split);
}

/// Costs of the stages of an arrangement that keep the limit.
class SplitSearch::Table {
public:
  Table(const SplitSearch &search, const Arrangement &arrangement,
        int64_t units)
      : search(search), arrangement(arrangement) {
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
    std::optional<StageShape> shape =
        search.stageOf(arrangement, stage, begin, end);
    if (!shape)
      return std::nullopt;
    StageCost found = search.cost(stage, *shape);
    return search.fits(found) ? std::optional(found) : std::nullopt;
  }

  const SplitSearch &search;
  const Arrangement &arrangement;
  std::vector<std::vector<std::optional<StageCost>>> byCount;
};

/// First the fastest slowest stage, then, no slower, the second aim.
void SplitSearch::tryArrangement(const Arrangement &arrangement) {
  int64_t units = problem.layers - frontLayers;
  Table table(*this, arrangement, units);
  double slowest = HUGE_VAL;
  auto seconds = [&](int64_t stage, int64_t begin,
                     int64_t end) -> std::optional<double> {
    std::optional<StageCost> found = table.at(stage, begin, end);
    return found ? std::optional(found->seconds) : std::nullopt;
  };
  auto second = [&](int64_t stage, int64_t begin,
                    int64_t end) -> std::optional<double> {
    std::optional<StageCost> found = table.at(stage, begin, end);
    return found && found->seconds <= slowest * (1 + rounding)
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
  for (int64_t stage = 0; stage < problem.stages; ++stage)
    stages.push_back(
        *stageOf(arrangement, stage, begin(stage), (*ends)[stage]));
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
