//===- RecordedLoad.cpp - What recorded loads mean for ranks --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Analysis/RecordedLoad.h"

#include "moe/Analysis/ExpertSlots.h"
#include "moe/IR/IntegerTable.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>

using namespace mlir;
using namespace mlir::moe;

/// More is no recording of a model: 1024 layers of 16384 experts.
static constexpr int64_t maxCounts = int64_t(1) << 24;
/// Slots whose load is worth knowing: 16384 ranks of 64.
static constexpr int64_t maxPlaces = int64_t(1) << 20;

//===----------------------------------------------------------------------===//
// Counts
//===----------------------------------------------------------------------===//

std::variant<ExpertTokens, std::string>
moe::readTokens(const RecordedTokens &recorded, const LayerRun &run) {
  std::string error;
  std::optional<IntegerTable> table =
      IntegerTable::read(recorded.table, 64, error);
  if (!table)
    return error;
  int64_t experts = table->shape().back(), rows = table->size() / experts;
  if (run.experts && experts != *run.experts)
    return "holds counts of " + counted(experts, "expert") +
           ", the layers have " + std::to_string(*run.experts);
  if (table->shape().size() == 2 && rows != run.size())
    return "holds counts of " + counted(rows, "layer") + ", the run has " +
           std::to_string(run.size());
  if (table->size() > maxCounts)
    return "holds more than " + std::to_string(maxCounts) + " counts";
  ExpertTokens tokens{experts, {}};
  tokens.tokens.reserve(table->size());
  for (int64_t entry = 0; entry < table->size(); ++entry)
    tokens.tokens.push_back((*table)[entry]);
  return tokens;
}

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

static std::optional<std::string> checkSize(int64_t rows, int64_t ranks,
                                            int64_t slots) {
  cost::Count places = cost::Count(rows) * ranks * slots;
  if (places && *places <= maxPlaces * 64 && ranks <= maxPlaces / slots)
    return std::nullopt;
  return std::to_string(ranks) + " ranks of " + counted(slots, "slot") +
         " are more than " + std::to_string(maxPlaces) + " slots";
}

/// The shares of a decided placement, where it has some.
static std::optional<std::string> readShares(const DecidedPlacement &placement,
                                             ExpertPlaces &places) {
  if (!placement.shares)
    return std::nullopt;
  auto shares = dyn_cast<DenseFPElementsAttr>(placement.shares);
  if (!shares || !shares.getElementType().isF64() ||
      shares.getNumElements() != int64_t(places.experts.size()))
    return "placement @" + placement.name +
           " has weights that are no number of type f64 for each slot";
  llvm::append_range(places.shares, shares.getValues<double>());
  return std::nullopt;
}

static std::variant<ExpertPlaces, std::string>
readTable(const DecidedPlacement &placement, const LayerRun &run,
          int64_t ranks) {
  std::string name = "placement @" + placement.name, error;
  std::optional<IntegerTable> table =
      IntegerTable::read(placement.table, 32, error);
  if (!table)
    return name + ": " + error;
  llvm::ArrayRef<int64_t> shape = table->shape();
  if (shape.size() < 2 || shape.size() > 3 || shape[shape.size() - 2] != ranks)
    return name + " has no row for each of " + counted(ranks, "rank");
  if (shape.size() == 3 && shape[0] != run.size())
    return name + " covers " + counted(shape[0], "layer") + ", the run has " +
           std::to_string(run.size());
  ExpertPlaces places{ranks, shape.back(), {}, {}};
  int64_t rows = shape.size() == 3 ? shape[0] : 1;
  if (std::optional<std::string> fault = checkSize(rows, ranks, shape.back()))
    return *fault;
  places.experts.reserve(table->size());
  for (int64_t entry = 0; entry < table->size(); ++entry)
    places.experts.push_back(static_cast<int32_t>((*table)[entry]));
  if (std::optional<std::string> fault = readShares(placement, places))
    return *fault;
  return places;
}

/// What the `contiguous` and `round_robin` of a `placement` operation stand
/// for.
static ExpertPlaces spellOut(const DecidedPlacement &placement, int64_t experts,
                             int64_t ranks) {
  ExpertPlaces places{ranks, placement.slotsPerRank, {}, {}};
  bool dealt = placement.kind == PlacementKind::RoundRobin;
  for (int64_t rank = 0; rank < ranks; ++rank)
    for (int64_t slot = 0; slot < places.slots; ++slot)
      places.experts.push_back(static_cast<int32_t>(
          (dealt ? slot * ranks + rank : rank * places.slots + slot) %
          experts));
  return places;
}

const PlacementCache::Places &PlacementCache::find(ElementsAttr table,
                                                   const ExpertTokens &tokens,
                                                   int64_t ranks, int64_t slots,
                                                   DispatchRule dispatch) {
  auto key =
      std::make_tuple(table.getAsOpaquePointer(), ranks, slots, dispatch);
  auto found = known.find(key);
  if (found == known.end())
    found =
        known.emplace(key, placeByLoad(tokens, ranks, slots, dispatch)).first;
  return found->second;
}

/// Where the experts of a run are: as decided; else by load where the plan says
/// `balanced`; else by rule. A sentence where nowhere.
static PlacementCache::Places
placesOf(const PlanModel &plan, const PlanDecisions &decisions,
         const LayerRun &run, const RecordedTokens &recorded,
         const ExpertTokens &tokens, PlacementCache &cache) {
  if (!plan.degrees.ep)
    return std::string("the number of expert-parallel ranks is not known");
  int64_t ranks = *plan.degrees.ep, experts = tokens.experts;
  const DecidedPlacement *decided = decisions.placementOf(run.name);
  if (decided && decided->kind == PlacementKind::Table)
    return readTable(*decided, run, ranks);
  std::optional<int64_t> slots =
      decided ? decided->slotsPerRank : slotsPerRank(plan, run);
  if (!slots)
    return std::string("the slots of a rank are not known");
  if (auto fault = checkSize(tokens.rows(), ranks, *slots))
    return *fault;
  if (decided)
    return spellOut(*decided, experts, ranks);
  const DistributionFigures &rule = plan.distribution;
  if (rule.placement == PlacementKind::Balanced)
    return cache.find(recorded.table, tokens, ranks, *slots, rule.dispatch);
  if (ranks * *slots < experts)
    return counted(experts, "expert") + " do not fit " +
           counted(ranks, "rank") + " of " + counted(*slots, "slot");
  return ExpertPlaces{ranks,
                      *slots,
                      placeByRule(rule.placement, experts, ranks, *slots,
                                  bool(rule.slotsPerRank))
                          .experts,
                      {}};
}

//===----------------------------------------------------------------------===//
// Loads of ranks
//===----------------------------------------------------------------------===//

/// Why counts do not decide what ranks get, if so.
static std::optional<std::string> overruled(const WorkloadFigures &workload) {
  if (workload.capacityPermille)
    return "'workload.capacity_factor' gives every expert equally many rows";
  if (workload.routing == RoutingKind::Balanced)
    return "'workload.routing' says that every expert gets equally many tokens";
  return std::nullopt;
}

static RunLoad summarize(const LayerRun &run, const ExpertTokens &tokens,
                         ArrayRef<RankLoad> loads, Location where) {
  RunLoad result(run.name, where, run.size());
  result.shared = tokens.rows() == 1 && run.size() > 1;
  result.worst.maxOverMean = 0;
  double sum = 0;
  for (int64_t row = 0; row < tokens.rows(); ++row) {
    if (!tokens.isRecorded(row))
      continue;
    ++result.recorded;
    sum += loads[row].maxOverMean;
    if (loads[row].maxOverMean > result.worst.maxOverMean) {
      result.worst = loads[row];
      result.worstLayer = run.begin + row;
    }
  }
  result.mean = sum / static_cast<double>(result.recorded);
  if (result.shared)
    result.recorded = run.size();
  return result;
}

static std::variant<RunLoad, std::string>
measure(const PlanModel &plan, const PlanDecisions &decisions,
        const RecordedTokens &recorded, const LayerRun &run,
        PlacementCache &cache) {
  if (std::optional<std::string> reason = overruled(plan.workload))
    return *reason;
  auto read = readTokens(recorded, run);
  if (auto *fault = std::get_if<std::string>(&read))
    return *fault;
  const auto &tokens = std::get<ExpertTokens>(read);
  if (llvm::all_of(tokens.tokens, [](int64_t count) { return count == 0; }))
    return std::string("no token was counted");
  auto places = placesOf(plan, decisions, run, recorded, tokens, cache);
  if (auto *fault = std::get_if<std::string>(&places))
    return *fault;
  auto loads = loadRanks(tokens, std::get<ExpertPlaces>(places),
                         plan.distribution.dispatch);
  if (auto *fault = std::get_if<std::string>(&loads))
    return *fault;
  RunLoad load = summarize(run, tokens, std::get<std::vector<RankLoad>>(loads),
                           recorded.where);
  load.balanced = plan.distribution.placement == PlacementKind::Balanced;
  return load;
}

RecordedLoads::RecordedLoads(const PlanModel &plan,
                             const PlanDecisions &decisions,
                             PlacementCache *cache) {
  PlacementCache own;
  PlacementCache &known = cache ? *cache : own;
  for (const RecordedTokens &recorded : plan.distribution.recorded)
    for (const LayerRun &run : plan.model.runs) {
      if (run.name != recorded.layers || find(run.name))
        continue;
      auto load = measure(plan, decisions, recorded, run, known);
      if (auto *reason = std::get_if<std::string>(&load))
        unused.push_back({run.name, *reason, recorded.where});
      else
        runs.push_back(std::get<RunLoad>(load));
    }
}

static const LayerRun *runNamed(const PlanModel &plan, StringRef name) {
  for (const LayerRun &run : plan.model.runs)
    if (run.name == name)
      return &run;
  return nullptr;
}

namespace {
/// A run whose counts decide what ranks get, to be placed on so many slots.
struct RunToPlace {
  const RecordedTokens &recorded;
  ExpertTokens tokens;
  int64_t slots;
};
} // namespace

/// The runs of `loads`, with `slots` on each rank, 0 for those the plan gives
/// it; nothing where one of them cannot be placed.
static std::optional<std::vector<RunToPlace>>
runsToPlace(const PlanModel &plan, const RecordedLoads &loads, int64_t slots) {
  std::vector<RunToPlace> runs;
  for (const RecordedTokens &recorded : plan.distribution.recorded) {
    const LayerRun *run = runNamed(plan, recorded.layers);
    if (!run || !loads.find(run->name))
      continue;
    auto read = readTokens(recorded, *run);
    auto *tokens = std::get_if<ExpertTokens>(&read);
    std::optional<int64_t> held =
        slots > 0 ? std::optional(slots) : slotsPerRank(plan, *run);
    if (!tokens || !held || checkSize(run->size(), *plan.degrees.ep, *held))
      return std::nullopt;
    runs.push_back({recorded, std::move(*tokens), *held});
  }
  return runs;
}

std::optional<RankLoad> moe::reachableLoad(const PlanModel &plan,
                                           const RecordedLoads &loads,
                                           PlacementCache &cache,
                                           int64_t slots) {
  auto runs = runsToPlace(plan, loads, slots);
  if (!runs)
    return std::nullopt;
  DispatchRule dispatch = plan.distribution.dispatch;
  std::optional<RankLoad> worst;
  for (const RunToPlace &run : *runs) {
    const auto &places = cache.find(run.recorded.table, run.tokens,
                                    *plan.degrees.ep, run.slots, dispatch);
    if (!std::holds_alternative<ExpertPlaces>(places))
      return std::nullopt;
    auto found =
        loadRanks(run.tokens, std::get<ExpertPlaces>(places), dispatch);
    for (const RankLoad &load : std::get<std::vector<RankLoad>>(found))
      if (!worst || load.maxOverMean > worst->maxOverMean)
        worst = load;
  }
  return worst;
}

std::optional<double> moe::boundOfLoad(const PlanModel &plan,
                                       const RecordedLoads &loads) {
  auto runs = runsToPlace(plan, loads, /*slots=*/0);
  if (!runs)
    return std::nullopt;
  std::optional<double> worst;
  for (const RunToPlace &run : *runs) {
    std::optional<double> bound = boundByLoad(
        run.tokens, *plan.degrees.ep, run.slots, plan.distribution.dispatch);
    if (!bound)
      return std::nullopt;
    worst = std::max(worst.value_or(0), *bound);
  }
  return worst;
}

const RunLoad *RecordedLoads::find(StringRef run) const {
  for (const RunLoad &load : runs)
    if (load.run == run)
      return &load;
  return nullptr;
}

bool RecordedLoads::coverAll(const ModelFigures &model) const {
  return llvm::all_of(model.runs, [&](const LayerRun &run) {
    const RunLoad *load = find(run.name);
    return !run.sparse || (load && load->recorded == load->layers);
  });
}

const RunLoad *RecordedLoads::worst() const {
  const RunLoad *found = nullptr;
  for (const RunLoad &load : runs)
    if (!found || load.worst.maxOverMean > found->worst.maxOverMean)
      found = &load;
  return found;
}

double RecordedLoads::mean() const {
  double sum = 0, layers = 0;
  for (const RunLoad &load : runs) {
    sum += load.mean * static_cast<double>(load.recorded);
    layers += static_cast<double>(load.recorded);
  }
  return layers > 0 ? sum / layers : 1;
}

//===----------------------------------------------------------------------===//
// Jobs
//===----------------------------------------------------------------------===//

static int64_t toPermille(double ratio) {
  return static_cast<int64_t>(std::llround(ratio * 1000));
}

/// `recorded` over the recorded layers of a run, `other` over the rest.
static double meanOf(const RunLoad &load, double recorded, double other) {
  auto rest = static_cast<double>(load.layers - load.recorded);
  return (recorded * static_cast<double>(load.recorded) + other * rest) /
         static_cast<double>(load.layers);
}

void moe::describePlacements(const PlanModel &plan,
                             const PlanDecisions &decisions,
                             const RecordedLoads &loads, cost::Job &job) {
  for (auto [run, shape] : llvm::zip_equal(plan.model.runs, job.model.runs)) {
    if (const DecidedPlacement *placement = decisions.placementOf(run.name))
      shape.slotsPerRank = placement->slotsPerRank;
    const RunLoad *load = loads.find(run.name);
    if (!load)
      continue;
    double other = static_cast<double>(shape.skew.mean) / 1000;
    bool all = load->recorded == load->layers;
    double worst = std::max(load->worst.maxOverMean, all ? 0 : other);
    shape.skew = {toPermille(meanOf(*load, load->mean, other)),
                  toPermille(worst), toPermille(meanOf(*load, load->mean, 1))};
  }
}
