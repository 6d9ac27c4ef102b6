//===- RecordedLoad.h - What recorded loads mean for ranks ------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The loads of a plan (`load` operations) on the experts' ranks, under the
// placement that is decided or, without one, that the passes would decide.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_ANALYSIS_RECORDEDLOAD_H
#define MOE_ANALYSIS_RECORDEDLOAD_H

#include "moe/Analysis/ExpertLoad.h"
#include "moe/Analysis/PlanDecisions.h"
#include "moe/Analysis/PlanModel.h"
#include "moe/Cost/Job.h"
#include <map>
#include <tuple>

namespace mlir::moe {

/// Load of the ranks in a run of layers.
struct RunLoad {
  std::string run;
  Location where;         ///< of the recording
  int64_t layers = 0;     ///< of the run
  int64_t recorded = 0;   ///< of them, layers in which tokens were counted
  double mean = 1;        ///< of max over mean, over the recorded layers
  RankLoad worst;         ///< of the layer with the largest max over mean
  int64_t worstLayer = 0; ///< of the model
  /// One row of counts stands for all layers.
  bool shared = false;
  /// The experts are placed by this load.
  bool balanced = false;

  RunLoad(std::string run, Location where, int64_t layers)
      : run(std::move(run)), where(where), layers(layers) {}
};

/// A recording that says nothing about the ranks, and why: "no token was
/// counted".
struct UnusedLoad {
  std::string run, reason;
  Location where;
};

/// Placements by load that are known already: whoever tries many variants of
/// one plan searches once.
class PlacementCache {
public:
  using Places = std::variant<ExpertPlaces, std::string>;
  /// As `placeByLoad`; `table` is what `tokens` were read from.
  const Places &find(ElementsAttr table, const ExpertTokens &tokens,
                     int64_t ranks, int64_t slots, DispatchRule dispatch);

private:
  std::map<std::tuple<const void *, int64_t, int64_t, DispatchRule>, Places>
      known;
};

struct RecordedLoads {
  std::vector<RunLoad> runs;
  std::vector<UnusedLoad> unused;

  RecordedLoads() = default;
  /// Takes as long as placing the experts where they are to be balanced.
  RecordedLoads(const PlanModel &plan, const PlanDecisions &decisions,
                PlacementCache *cache = nullptr);
  const RunLoad *find(llvm::StringRef run) const;
  /// Whether the load of every layer with experts was counted.
  bool coverAll(const ModelFigures &model) const;
  /// The run with the worst layer of all, or null.
  const RunLoad *worst() const;
  /// Over all recorded layers, of max over mean.
  double mean() const;
};

/// The counts of a run, or a sentence why they are none of it: "holds counts of
/// 8 experts, the layers have 4".
std::variant<ExpertTokens, std::string>
readTokens(const RecordedTokens &recorded, const LayerRun &run);

/// Load of the ranks in the worst layer of all if the experts were placed by
/// load, with `slots` on each rank, 0 for those the plan gives it; nothing
/// where a run of `loads` cannot be.
std::optional<RankLoad> reachableLoad(const PlanModel &plan,
                                      const RecordedLoads &loads,
                                      PlacementCache &cache, int64_t slots = 0);

/// What no placement by load is below, in the worst layer, as max over mean,
/// with the slots the plan gives a rank; nothing where that is not known.
/// Searches nothing.
std::optional<double> boundOfLoad(const PlanModel &plan,
                                  const RecordedLoads &loads);

/// What placements and loads say about a job of describeJob(): slots of a rank,
/// and how uneven its load is. Layers without recorded load keep what they
/// have. Runs of `job` and `plan` are the same.
void describePlacements(const PlanModel &plan, const PlanDecisions &decisions,
                        const RecordedLoads &loads, cost::Job &job);

} // namespace mlir::moe

#endif // MOE_ANALYSIS_RECORDEDLOAD_H
