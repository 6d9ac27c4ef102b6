//===- StageSplit.h - Layers over pipeline stages ---------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Stages that take equally long. A pipeline goes at the pace of its slowest
// stage; first and last stages have an embedding, prediction layers and the
// output head beside their layers, and layers differ.
//
// A split is a list of chunks in the order in which tokens pass them: the
// embedding is in the first, prediction layers are in the last or the one
// before it, the output head is in the last, and no chunk is empty. With v
// chunks a stage, chunk c belongs to stage c modulo the number of stages.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_COST_STAGESPLIT_H
#define MOE_COST_STAGESPLIT_H

#include "moe/Cost/Estimate.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mlir::moe::cost {

/// What one stage takes: seconds of one micro-batch, forward and backward, of
/// all its chunks and of the longest one; bytes of the device.
struct StageCost {
  double seconds = 0, bytes = 0, longestChunk = 0;
};
/// The cost of stage `index` with these layers. Depends on nothing else.
using StageCostFn =
    llvm::function_ref<StageCost(int64_t index, const StageShape &shape)>;

/// What is to be split.
struct SplitProblem {
  /// First layer of each run of identical layers; the first is 0.
  std::vector<int64_t> runs;
  int64_t layers = 0, mtpLayers = 0;
  int64_t stages = 1, chunks = 1; ///< chunks of each stage
  double limitBytes = 0;          ///< of a stage; 0: none

  bool fits(const StageCost &found) const {
    return limitBytes <= 0 || found.bytes <= limitBytes;
  }
  /// What is wrong with it: empty where `splitStages` has an answer to look
  /// for.
  std::string check() const;
};

struct StageSplit {
  std::vector<StageShape> stages;
  double slowest = 0;      ///< seconds of the slowest stage
  double fullest = 0;      ///< bytes of the fullest stage
  double longestChunk = 0; ///< seconds of the longest chunk
};

/// The split whose slowest stage is fastest, by dynamic programming; nothing
/// where none keeps the limit. Of those with one chunk a stage, the one whose
/// fullest stage is emptiest. With more, the one whose longest chunk is
/// shortest: a pipeline that changes chunks waits for the longest. Chunks of a
/// stage take equally long, as far as whole layers and the limit allow: early
/// ones hold more micro-batches in flight.
///
/// Exact for any runs of layers with one chunk a stage, in O(stages x layers^2)
/// costs. With more, layers before the last run are tried in every arrangement
/// (few layers at the front differ from all others); costs then depend on how
/// many layers of the last run a stage has. Needs a sound problem, and costs
/// that depend on the chunk of a layer in `bytes` alone.
std::optional<StageSplit> splitStages(const SplitProblem &problem,
                                      StageCostFn cost);

/// Costs of the stages of a job, by the closed form. An unknown time is 0,
/// bytes that cannot be counted are infinite.
class StageCosts {
public:
  /// The stages of `job` do not matter; `mtpLayers` are on some of them.
  /// `calibration` outlives this.
  StageCosts(const Job &job, const Calibration &calibration, int64_t mtpLayers);
  StageCost operator()(int64_t index, const StageShape &shape);

private:
  StageCost measure(int64_t index, const StageShape &shape,
                    const StageShape &whole);
  double longestOf(int64_t index, const StageShape &whole,
                   const StageCost &cost);

  Job job;
  const Calibration &calibration;
  int64_t mtpLayers;
  Workspace workspace;
  Estimate result;
  /// By stage and by layers of each run in each chunk: what costs depend on.
  std::map<std::vector<int64_t>, StageCost> costs;
};

} // namespace mlir::moe::cost

#endif // MOE_COST_STAGESPLIT_H
