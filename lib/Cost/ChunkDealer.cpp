//===- ChunkDealer.cpp - Layers over the chunks of one stage --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChunkDealer.h"

#include <cmath>
#include <numeric>

using namespace mlir::moe::cost;

/// Whether something else than layers of the last run is in the chunk.
bool ChunkDealer::mayBeEmpty(int64_t chunk) const {
  bool predicts = arrangement.predictsEarly && chunk + 1 == lastChunk();
  bool isFront =
      chunk < int64_t(arrangement.front.size()) && arrangement.front[chunk] > 0;
  return chunk == 0 || chunk == lastChunk() || predicts || isFront;
}

/// Layers before the last run in a chunk of the stage.
int64_t ChunkDealer::frontOf(int64_t stage, int64_t slot) const {
  size_t chunk = slot * problem.stages + stage;
  return chunk < arrangement.front.size() ? arrangement.front[chunk] : 0;
}

/// Whether the stage has nothing but layers of the last run.
bool ChunkDealer::holdsLayersAlone(int64_t stage) const {
  bool predicts = arrangement.predictsEarly && stage + 2 == problem.stages;
  bool front = false;
  for (int64_t slot = 0; slot < problem.chunks; ++slot)
    front |= frontOf(stage, slot) > 0;
  return stage > 0 && stage + 1 < problem.stages && !predicts && !front;
}

/// The fewest layers that each chunk of the stage takes, -1 for one that takes
/// none: before the last run begins, or behind the prediction layers. Nothing
/// where `layers` are too few or have nowhere to go.
std::optional<ChunkDealer::Counts> ChunkDealer::leastOf(int64_t stage,
                                                        int64_t layers) const {
  Counts least;
  int64_t needed = 0;
  bool open = false;
  for (int64_t slot = 0; slot < problem.chunks; ++slot) {
    int64_t chunk = slot * problem.stages + stage;
    bool closed = chunk + 1 < int64_t(arrangement.front.size()) ||
                  (arrangement.predictsEarly && chunk == lastChunk());
    least.push_back(closed ? -1 : !mayBeEmpty(chunk));
    needed += std::max<int64_t>(least.back(), 0);
    open |= !closed;
  }
  if (layers < needed || (layers > 0 && !open))
    return std::nullopt;
  return least;
}

/// Which chunk of the stage takes the next layer, of those that may: the one
/// that leaves the longest chunk shortest. An embedding, an output head or
/// other layers count as what they cost. Of equals the emptiest, of these the
/// latest.
int64_t ChunkDealer::nextChunk(int64_t stage, const Counts &least,
                               const Counts &taken) const {
  auto sizeOf = [&](int64_t slot) {
    return taken[slot] + frontOf(stage, slot);
  };
  bool alike = holdsLayersAlone(stage);
  auto longestWith = [&](int64_t slot) {
    Counts more = taken;
    ++more[slot];
    return cost(stage, shapeOf(stage, more)).longestChunk;
  };
  int64_t next = -1;
  double shortest = HUGE_VAL;
  for (int64_t slot = 0; slot < problem.chunks; ++slot) {
    if (least[slot] < 0)
      continue;
    double longest = alike ? 0 : longestWith(slot);
    bool same = next >= 0 && longest <= shortest * (1 + roundingOfSums) &&
                longest >= shortest * (1 - roundingOfSums);
    if (next < 0 ||
        (same ? sizeOf(slot) <= sizeOf(next) : longest < shortest)) {
      next = slot;
      shortest = longest;
    }
  }
  return next;
}

/// Layers of the last run by chunk of the stage.
std::optional<ChunkDealer::Counts>
ChunkDealer::dealToChunks(int64_t stage, int64_t layers) const {
  std::optional<Counts> least = leastOf(stage, layers);
  if (!least)
    return std::nullopt;
  Counts taken;
  for (int64_t each : *least)
    taken.push_back(std::max<int64_t>(each, 0));
  int64_t rest =
      layers - std::accumulate(taken.begin(), taken.end(), int64_t(0));
  for (; rest > 0; --rest)
    ++taken[nextChunk(stage, *least, taken)];
  moveUntilFits(stage, *least, taken);
  return taken;
}

/// Moves layers from early chunks to the last one while too much is in flight.
void ChunkDealer::moveUntilFits(int64_t stage, const Counts &least,
                                Counts &taken) const {
  int64_t last = -1;
  for (int64_t slot = 0; slot < problem.chunks; ++slot)
    if (least[slot] >= 0)
      last = slot;
  for (int64_t from = 0; from < last;) {
    if (least[from] < 0 || taken[from] == least[from]) {
      ++from;
      continue;
    }
    if (problem.fits(cost(stage, shapeOf(stage, taken))))
      return;
    --taken[from];
    ++taken[last];
  }
}

/// Chunks by what they hold; those of the last run begin with it.
StageShape ChunkDealer::shapeOf(int64_t stage, const Counts &taken) const {
  StageShape shape;
  for (int64_t slot = 0; slot < problem.chunks; ++slot) {
    size_t chunk = slot * problem.stages + stage;
    int64_t begin = 0;
    for (size_t before = 0; before < arrangement.front.size(); ++before)
      if (before < chunk)
        begin += arrangement.front[before];
    shape.chunks.emplace_back(begin,
                              begin + frontOf(stage, slot) + taken[slot]);
  }
  int64_t predicts = problem.stages - (arrangement.predictsEarly ? 2 : 1);
  shape.embedding = stage == 0;
  shape.output = stage + 1 == problem.stages;
  shape.mtpLayers = stage == predicts ? problem.mtpLayers : 0;
  return shape;
}

/// The stage with units [begin, end) of what is dealt out.
std::optional<StageShape> ChunkDealer::stageOf(int64_t stage, int64_t begin,
                                               int64_t end) const {
  std::optional<Counts> taken = dealToChunks(stage, end - begin);
  if (!taken)
    return std::nullopt;
  StageShape shape = shapeOf(stage, *taken);
  if (problem.chunks == 1)
    shape.chunks.front() = {begin, end};
  return shape;
}
