//===- BalanceReport.cpp - What moec balance says about it ----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BalanceReport.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"

using namespace mlir::moe;

static void printMoves(const BalanceOptions &options,
                       const BalancedLayer &layer, llvm::raw_ostream &os) {
  llvm::ArrayRef<Transfer> moves = layer.transfers;
  os << "; " << counted(int64_t(moves.size()), "move") << " in "
     << counted(moves.empty() ? 0 : moves.back().round + 1, "round");
  if (!options.costs.empty())
    os << llvm::format(" that cost %.10g, each its dearest move",
                       costOfRounds(moves));
}

static void printLayer(const BalanceOptions &options,
                       const BalancedLayer &layer, llvm::raw_ostream &os) {
  const PlacementCertificate &found = layer.certificate;
  os << llvm::format("%5lld  %10.6f  %10.6f  %9.4f %%  ", (long long)layer.row,
                     found.maxOverMean(), found.boundOverMean(),
                     100 * found.gap())
     << "rank " << found.heaviestRank
     << llvm::format(" has %.10g", found.maxLoad) << " tokens"
     << (layer.problem().speeds.empty() ? "" : " for its speed")
     << ", most of expert " << found.heaviestExpert;
  LoadBound bound = layer.problem().lowerBound(options.dispatchRule());
  os << llvm::format("; bound %.10g: ", found.bound)
     << (bound.why.empty() ? "the mean" : bound.why);
  if (found.numDuplicates > 0)
    os << "; " << counted(found.numDuplicates, "slot") << " with an expert "
       << "that its rank has already";
  if (layer.windows.size() > 1)
    os << "; worst of " << layer.windows.size() << " is window "
       << layer.worstWindow;
  if (options.isHome())
    os << llvm::format("; off home %.4f, at least %.4f", layer.offHome,
                       layer.offHomeBound)
       << (layer.isBoundOfAllHomes ? "" : " for these homes");
  if (!options.from.empty() && layer.isKept)
    os << "; kept, a repair gains too little";
  else if (!options.from.empty())
    printMoves(options, layer, os);
  os << "\n";
}

void mlir::moe::printCertificate(const BalanceOptions &options,
                                 llvm::ArrayRef<BalancedLayer> layers,
                                 llvm::raw_ostream &os) {
  const PlacementProblem &problem = layers.front().problem();
  int64_t experts = problem.numExperts();
  os << counted(experts, "expert") << " in "
     << counted(problem.numUsableSlots(), "slot") << " of "
     << counted(*options.ranks, "rank");
  if (problem.isUniform())
    os << "; weighted dispatch is exact from " << experts << " + "
       << *options.ranks << " - 1 = " << experts + *options.ranks - 1
       << " slots on";
  else
    os << " that differ";
  os << "\n"
     << "layer    max/mean  lower bound        gap  what binds\n";
  for (const BalancedLayer &layer : layers)
    printLayer(options, layer, os);
  BalanceSummary summary = summarize(layers);
  os << llvm::format("mean max/mean %.6f, worst %.6f (layer %lld)\n",
                     summary.mean, summary.worst,
                     (long long)layers[summary.worstLayer].row);
}

static int64_t numLive(const PlacementProblem &problem) {
  int64_t live = 0;
  for (int64_t rank = 0; rank < problem.ranks; ++rank)
    live += problem.slotsOf(rank) > 0;
  return live;
}

/// Why ranks hold unequal numbers of experts, and what each fix means.
static void adviseOnDivision(const PlacementProblem &problem,
                             llvm::raw_ostream &os) {
  int64_t experts = problem.numExperts(), ranks = numLive(problem);
  int64_t down = experts / ranks * ranks, up = down + ranks;
  if (experts % ranks == 0)
    return;
  os << experts << " experts are not a multiple of " << ranks
     << " ranks: without copies some ranks hold " << experts / ranks + 1
     << " and some " << experts / ranks
     << llvm::format(", max/mean %.4f under equal loads\n",
                     double(experts / ranks + 1) * double(ranks) /
                         double(experts))
     << "  " << counted(up - experts, "redundant slot") << " (" << up
     << " in all): no change to the model, weights of "
     << counted(up - experts, "expert") << " more in memory\n";
  if (down > 0)
    os << "  " << down << " experts: " << counted(experts - down, "expert")
       << " of a trained model would have to be pruned, and the router with "
          "them; for a model not yet trained it is free\n";
  os << "  " << up << " experts: " << counted(up - experts, "expert")
     << " would have to be added and trained; for a model not yet trained it "
        "costs their parameters\n";
}

void mlir::moe::printAdvice(const BalanceOptions &options,
                            llvm::ArrayRef<BalancedLayer> layers,
                            llvm::raw_ostream &os) {
  constexpr int64_t maxRows = 8;
  const PlacementProblem &first = layers.front().problem();
  adviseOnDivision(first, os);
  os << "slots  redundant  mean max/mean      worst\n";
  int64_t live = numLive(first);
  int64_t fewest = (first.numExperts() + live - 1) / live;
  for (int64_t slots = fewest; slots < fewest + maxRows; ++slots) {
    double mean = 0, worst = 0;
    for (const BalancedLayer &layer : layers) {
      PlacementProblem problem = layer.problem();
      problem.slots = slots;
      for (int64_t &usable : problem.usableSlots)
        usable = usable > 0 ? slots : 0;
      bool even = options.dispatchRule() == Dispatch::Even;
      // Rows of a table, not placements to keep.
      PlacementResult result =
          even ? solveEven(problem, {1e-4, int64_t(1) << 20})
               : solveWeighted(problem);
      double ratio = problem.verify(result).maxOverMean();
      mean += ratio / double(layers.size());
      worst = std::max(worst, ratio);
    }
    os << llvm::format("%5lld  %9lld  %13.6f  %9.6f\n", (long long)slots,
                       (long long)(slots * live - first.numExperts()), mean,
                       worst);
    if (worst <= options.target) {
      os << llvm::format("%lld slots a rank reach %.4g on every layer; each "
                         "redundant slot holds one more expert's weights on "
                         "its rank, for every layer\n",
                         (long long)slots, options.target);
      return;
    }
  }
  os << llvm::format("no number of slots up to %lld reaches %.4g on every "
                     "layer\n",
                     (long long)(fewest + maxRows - 1), options.target);
}
