//===- ExpertLoad.h - Load of the ranks that hold experts -------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tokens of experts and copies of experts on ranks give the load of the ranks.
// Plain figures; moe/Analysis/RecordedLoad.h reads them from a plan. The
// arithmetic is that of the balancing library.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_ANALYSIS_EXPERTLOAD_H
#define MOE_ANALYSIS_EXPERTLOAD_H

#include "moe/IR/MoE.h"
#include <string>
#include <variant>
#include <vector>

namespace mlir::moe {

/// Tokens of the experts of some layers, row by row.
struct ExpertTokens {
  int64_t experts = 0;
  std::vector<int64_t> tokens;

  int64_t rows() const { return int64_t(tokens.size()) / experts; }
  std::vector<int64_t> row(int64_t index) const;
  /// Whether anything was counted in that row.
  bool isRecorded(int64_t index) const;
};

/// Copies of experts in the slots of ranks.
struct ExpertPlaces {
  int64_t ranks = 0, slots = 0; ///< slots of each rank
  /// Expert of each slot, -1 for none: rows x ranks x slots. One row stands for
  /// all layers.
  std::vector<int32_t> experts;
  /// Share of its expert's tokens that each slot serves, of the same size;
  /// empty: as the dispatch rule says.
  std::vector<double> shares;

  int64_t rowSize() const { return ranks * slots; }
  int64_t rows() const { return int64_t(experts.size()) / rowSize(); }
};

/// Load of the ranks in one layer.
struct RankLoad {
  double maxOverMean = 1;
  double bound = 1;   ///< no placement in these slots is below
  int64_t rank = 0;   ///< the busiest
  int64_t expert = 0; ///< most of whose tokens it serves
};

/// The places that balance the load best, layer by layer: what
/// `--moe-balance-experts` writes. A sentence where the loads cannot be
/// balanced, which starts with the row: "row 3: ...".
std::variant<ExpertPlaces, std::string> placeByLoad(const ExpertTokens &tokens,
                                                    int64_t ranks,
                                                    int64_t slots,
                                                    DispatchRule dispatch);

/// Max over mean that no placement is below in the worst row; nothing where the
/// loads cannot be balanced. Takes no search.
std::optional<double> boundByLoad(const ExpertTokens &tokens, int64_t ranks,
                                  int64_t slots, DispatchRule dispatch);

/// Load of the ranks for each row of `tokens`. Where `places` has no shares,
/// even dispatch gives every copy the same, and weighted dispatch the shares
/// that balance best. A sentence where the places do not fit the experts.
std::variant<std::vector<RankLoad>, std::string>
loadRanks(const ExpertTokens &tokens, const ExpertPlaces &places,
          DispatchRule dispatch);

} // namespace mlir::moe

#endif // MOE_ANALYSIS_EXPERTLOAD_H
