//===- BalancedLayers.cpp - Placements of all layers ----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BalancedLayers.h"
#include "PlacementFile.h"
#include "moe/Balance/HomeNodes.h"
#include "moe/Import/LoadMatrix.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;

namespace {
class LayerBalancer {
public:
  LayerBalancer(const BalanceOptions &options, llvm::raw_ostream &err)
      : options(options), err(err) {}
  std::optional<std::vector<BalancedLayer>> run();

private:
  bool readInputs();
  std::optional<LoadMatrix> readMatrix(llvm::StringRef path,
                                       llvm::StringRef unit = "tokens");
  bool readCosts();
  bool addLayer(size_t row);
  std::vector<std::string> check(const BalancedLayer &layer) const;
  void solve(BalancedLayer &layer) const;
  void repair(BalancedLayer &layer) const;
  PlacementResult solveWorst(const BalancedLayer &layer) const;
  PlacementCertificate certify(const PlacementProblem &problem,
                               const PlacementResult &result) const {
    return problem.verify(result, options.duplicates(), options.dispatchRule());
  }
  bool hasPlacementFile() const {
    return !options.from.empty() || !options.score.empty();
  }

  const BalanceOptions &options;
  llvm::raw_ostream &err;
  std::vector<LoadMatrix> windows;
  std::optional<PlacementFile> given;
  LinkCosts costs;
  std::vector<BalancedLayer> layers;
};
} // namespace

std::optional<LoadMatrix> LayerBalancer::readMatrix(llvm::StringRef path,
                                                    llvm::StringRef unit) {
  InputErrors errors;
  std::optional<LoadMatrix> matrix = readLoadMatrix(path, errors, unit);
  for (const InputError &error : errors.list())
    err << error.str();
  return matrix;
}

/// A square matrix of whole numbers, one row per sending rank.
bool LayerBalancer::readCosts() {
  std::optional<LoadMatrix> matrix = readMatrix(options.costs, "cost units");
  if (!matrix)
    return false;
  if (int64_t(matrix->size()) != *options.ranks ||
      int64_t(matrix->front().size()) != *options.ranks) {
    err << options.costs << ": error: expected " << *options.ranks << " x "
        << *options.ranks << " costs, one row per sending rank, found "
        << matrix->size() << " x " << matrix->front().size() << "\n";
    return false;
  }
  for (const std::vector<int64_t> &row : *matrix)
    costs.emplace_back(row.begin(), row.end());
  return true;
}

bool LayerBalancer::readInputs() {
  if (options.recipe)
    windows.push_back(generateLoads(*options.recipe, options.layers.value_or(1),
                                    *options.experts, options.seed.value_or(0),
                                    options.tokens.value_or(1 << 24)));
  for (const std::string &path : options.loads) {
    std::optional<LoadMatrix> matrix = readMatrix(path);
    if (!matrix)
      return false;
    if (!windows.empty() &&
        (matrix->size() != windows.front().size() ||
         matrix->front().size() != windows.front().front().size())) {
      err << path << ": error: expected "
          << counted(windows.front().size(), "layer") << " of "
          << counted(windows.front().front().size(), "expert")
          << " as in the window before, found " << matrix->size() << " of "
          << matrix->front().size() << "\n";
      return false;
    }
    windows.push_back(std::move(*matrix));
  }
  if (!options.costs.empty() && !readCosts())
    return false;
  if (!hasPlacementFile())
    return true;
  InputErrors errors;
  given = readPlacementFile(options.from.empty() ? options.score : options.from,
                            errors);
  for (const InputError &error : errors.list())
    err << error.str();
  return given.has_value();
}

std::vector<std::string>
LayerBalancer::check(const BalancedLayer &layer) const {
  std::vector<std::string> faults;
  for (const PlacementProblem &window : layer.windows)
    if (faults.empty())
      faults = window.check();
  if (!faults.empty())
    return faults;
  if (options.isEplb())
    faults = checkEplb(layer.problem(), options.hierarchy());
  if (options.isHome())
    faults = checkHome(layer.problem(), options.hierarchy());
  if (!given || !faults.empty())
    return faults;
  auto found = given->layers.find(int64_t(layer.row));
  if (found == given->layers.end())
    return {"the placement has no such layer"};
  if (given->ranks != *options.ranks || given->slots != *options.slots)
    return {"the placement has " + counted(given->ranks, "rank") + " of " +
            counted(given->slots, "slot") + ", expected " +
            std::to_string(*options.ranks) + " of " +
            std::to_string(*options.slots)};
  // To repair, a rank may have died and an expert may be twice on a rank.
  PlacementProblem alike = layer.problem();
  alike.usableSlots.clear();
  return alike.verify(found->second, Duplicates::Allowed).faults;
}

/// One placement for all windows.
PlacementResult LayerBalancer::solveWorst(const BalancedLayer &layer) const {
  PlacementResult result = solveWindows(layer.windows);
  if (options.dispatchRule() == Dispatch::Even)
    return result;
  // The shares of one window, or equal ones: what the worst likes best.
  auto worst = [&](const PlacementResult &candidate) {
    double most = 0;
    for (const PlacementProblem &window : layer.windows)
      most = std::max(most, certify(window, candidate).maxOverMean());
    return most;
  };
  PlacementResult best = result;
  for (const PlacementProblem &window : layer.windows) {
    PlacementResult candidate = result;
    solveShares(window, candidate);
    if (worst(candidate) < worst(best))
      best = std::move(candidate);
  }
  return best;
}

/// Keeps what runs if the repair gains too little.
void LayerBalancer::repair(BalancedLayer &layer) const {
  RepairOptions repair;
  repair.dispatch = options.dispatchRule();
  repair.target = options.target;
  repair.maxMoves = options.maxMoves.value_or(INT64_MAX);
  repair.costs = costs;
  layer.result = repairPlacement(layer.problem(), layer.before, repair);
  keepSlots(layer.problem(), layer.before.experts, layer.result);
  PlacementCertificate now =
      layer.problem().verify(layer.before, Duplicates::Allowed);
  if (now.faults.empty() && now.numDuplicates == 0 &&
      now.maxOverMean() - certify(layer.problem(), layer.result).maxOverMean() <
          options.worth) {
    layer.result = layer.before;
    layer.isKept = true;
  }
  layer.transfers = scheduleTransfers(layer.problem(), layer.before.experts,
                                      layer.result.experts, costs);
}

void LayerBalancer::solve(BalancedLayer &layer) const {
  const PlacementProblem &problem = layer.problem();
  if (!options.score.empty()) {
    layer.result = layer.before;
  } else if (!options.from.empty()) {
    repair(layer);
  } else if (options.isEplb()) {
    layer.result = solveEplb(problem, options.hierarchy());
  } else if (options.isHome()) {
    HomePlacement home =
        solveHome(problem, options.hierarchy(), options.dispatchRule());
    layer.result = std::move(home.result);
    layer.offHome = home.offHome;
    layer.offHomeBound = home.offHomeBound;
    layer.isBoundOfAllHomes = home.triedAllHomes;
  } else if (layer.windows.size() > 1) {
    layer.result = solveWorst(layer);
  } else {
    layer.result = options.dispatchRule() == Dispatch::Even
                       ? solveEven(problem)
                       : solveWeighted(problem);
  }
}

/// Experts in order, again from the first where slots are left.
static PlacementResult placeInOrder(const PlacementProblem &problem) {
  PlacementResult result;
  int64_t next = 0;
  for (int64_t slot = 0; slot < problem.numSlots(); ++slot)
    result.experts.push_back(slot % problem.slots <
                                     problem.slotsOf(slot / problem.slots)
                                 ? int32_t(next++ % problem.numExperts())
                                 : PlacementResult::emptySlot);
  shareEvenly(problem, result);
  return result;
}

bool LayerBalancer::addLayer(size_t row) {
  BalancedLayer &layer = layers.emplace_back();
  layer.row = row;
  for (const LoadMatrix &window : windows)
    layer.windows.push_back(options.problem(window[row]));
  std::vector<std::string> faults = check(layer);
  if (faults.empty()) {
    layer.before =
        given ? given->layers.at(int64_t(row)) : placeInOrder(layer.problem());
    solve(layer);
    for (size_t i = 0; i < layer.windows.size(); ++i) {
      PlacementCertificate found = certify(layer.windows[i], layer.result);
      if (i == 0 || found.maxOverMean() > layer.certificate.maxOverMean()) {
        layer.certificate = std::move(found);
        layer.worstWindow = i;
      }
    }
    faults = layer.certificate.faults;
  }
  for (const std::string &fault : faults)
    err << (hasPlacementFile() && given ? options.from + options.score
                                        : options.source())
        << ": error: layer " << row << ": " << fault << "\n";
  return faults.empty();
}

std::optional<std::vector<BalancedLayer>> LayerBalancer::run() {
  if (!readInputs())
    return std::nullopt;
  for (size_t row = 0; row < windows.front().size(); ++row) {
    bool hasLoad = llvm::any_of(windows, [&](const LoadMatrix &window) {
      return llvm::any_of(window[row], [](int64_t load) { return load != 0; });
    });
    // What is wrong with one layer is mostly wrong with all.
    if (hasLoad && !addLayer(row))
      return std::nullopt;
  }
  if (layers.empty()) {
    err << options.source() << ": error: no layer has load\n";
    return std::nullopt;
  }
  return std::move(layers);
}

std::optional<std::vector<BalancedLayer>>
mlir::moe::balanceLayers(const BalanceOptions &options,
                         llvm::raw_ostream &err) {
  return LayerBalancer(options, err).run();
}

BalanceSummary mlir::moe::summarize(llvm::ArrayRef<BalancedLayer> layers) {
  BalanceSummary summary;
  for (auto [index, layer] : llvm::enumerate(layers)) {
    double ratio = layer.certificate.maxOverMean();
    summary.mean += ratio / double(layers.size());
    if (ratio > summary.worst)
      summary.worst = ratio, summary.worstLayer = index;
  }
  return summary;
}
