//===- RankList.h - Ranks as a document lists them --------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_RANKLIST_H
#define MOE_LIB_CHECK_RANKLIST_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace mlir::moe {

/// "0-1,4": closed ranges of ranks. Does not grow with the ranks in a range.
class RankList {
public:
  /// On failure returns nothing and sets `error` to what follows a subject:
  /// "has the ranks 'x', expected ...".
  static std::optional<RankList> parse(llvm::StringRef text,
                                       std::string &error);

  bool empty() const { return ranges.empty(); }
  int64_t count() const;
  /// The largest rank.
  int64_t last() const;
  /// A rank that is in two ranges, the smallest.
  std::optional<int64_t> firstRepeated() const;
  /// The first ranks below `world` that are in no range, first and last.
  std::optional<std::pair<int64_t, int64_t>> firstGap(int64_t world) const;
  void add(const RankList &other);

private:
  /// First and last rank, sorted.
  llvm::SmallVector<std::pair<int64_t, int64_t>, 4> ranges;
};

/// "3 of 128": ranks in use, and all of them.
struct RankShare {
  int64_t used, all;
  /// Nothing unless both are numbers, `used` not negative and `all` positive.
  static std::optional<RankShare> parse(llvm::StringRef text);
};

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_RANKLIST_H
