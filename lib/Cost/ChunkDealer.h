//===- ChunkDealer.h - Layers over the chunks of one stage ------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_COST_CHUNKDEALER_H
#define MOE_LIB_COST_CHUNKDEALER_H

#include "moe/Cost/StageSplit.h"

namespace mlir::moe::cost {

/// Seconds and bytes that are summed in another order differ by less.
constexpr double roundingOfSums = 1e-12;

/// One way to place everything but the layers of the last run: those before it
/// in the first chunks, prediction layers in the last chunk or before it.
struct Arrangement {
  /// Layers before the last run, by chunk; the last entry is of the chunk in
  /// which the last run begins.
  std::vector<int64_t> front = {0};
  bool predictsEarly = false;
};

/// Deals the layers of a stage to its chunks.
class ChunkDealer {
public:
  ChunkDealer(const SplitProblem &problem, const Arrangement &arrangement,
              StageCostFn cost)
      : problem(problem), arrangement(arrangement), cost(cost) {}

  /// The stage with units [begin, end) of what is dealt out: layers, with
  /// several chunks those of the last run. Nothing where the chunks cannot take
  /// them.
  std::optional<StageShape> stageOf(int64_t stage, int64_t begin,
                                    int64_t end) const;

private:
  /// Layers of the last run, by chunk of a stage.
  using Counts = llvm::SmallVector<int64_t, 8>;
  bool mayBeEmpty(int64_t chunk) const;
  bool holdsLayersAlone(int64_t stage) const;
  int64_t frontOf(int64_t stage, int64_t slot) const;
  std::optional<Counts> leastOf(int64_t stage, int64_t layers) const;
  int64_t nextChunk(int64_t stage, const Counts &least,
                    const Counts &taken) const;
  std::optional<Counts> dealToChunks(int64_t stage, int64_t layers) const;
  void moveUntilFits(int64_t stage, const Counts &least, Counts &taken) const;
  StageShape shapeOf(int64_t stage, const Counts &taken) const;
  int64_t lastChunk() const { return problem.stages * problem.chunks - 1; }

  const SplitProblem &problem;
  const Arrangement &arrangement;
  StageCostFn cost;
};

} // namespace mlir::moe::cost

#endif // MOE_LIB_COST_CHUNKDEALER_H
