//===- RankList.cpp - Ranks as a document lists them ----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RankList.h"

#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;
using llvm::SmallVector;
using llvm::StringRef;

/// No plan has ranks beyond this; keeps sums inside 63 bits.
static constexpr int64_t kMaxRank = int64_t(1) << 40;

std::optional<RankList> RankList::parse(StringRef text, std::string &error) {
  RankList list;
  SmallVector<StringRef> parts;
  text.split(parts, ',');
  for (StringRef part : parts) {
    auto [firstText, lastText] = part.trim().split('-');
    int64_t first = 0, last = 0;
    bool bad = firstText.trim().getAsInteger(10, first) || first < 0;
    if (part.contains('-'))
      bad |= lastText.trim().getAsInteger(10, last) || last < first;
    else
      last = first;
    if (bad || last > kMaxRank) {
      error = "has the ranks " + quotedValue(text) +
              ", expected numbers and ranges as in \"0-1,4\"";
      return std::nullopt;
    }
    list.ranges.emplace_back(first, last);
  }
  llvm::sort(list.ranges);
  return list;
}

int64_t RankList::count() const {
  int64_t count = 0, next = 0;
  for (auto [first, last] : ranges) {
    count += std::max<int64_t>(0, last - std::max(first, next) + 1);
    next = std::max(next, last + 1);
  }
  return count;
}

int64_t RankList::last() const {
  int64_t last = -1;
  for (auto range : ranges)
    last = std::max(last, range.second);
  return last;
}

std::optional<int64_t> RankList::firstRepeated() const {
  int64_t next = 0;
  for (auto [first, last] : ranges) {
    if (first < next)
      return first;
    next = std::max(next, last + 1);
  }
  return std::nullopt;
}

std::optional<std::pair<int64_t, int64_t>>
RankList::firstGap(int64_t world) const {
  int64_t next = 0;
  for (auto [first, last] : ranges) {
    if (first > next)
      break;
    next = std::max(next, last + 1);
  }
  if (next >= world)
    return std::nullopt;
  int64_t end = world;
  for (auto range : ranges)
    if (range.first > next)
      end = std::min(end, range.first);
  return std::make_pair(next, end - 1);
}

void RankList::add(const RankList &other) {
  ranges.append(other.ranges.begin(), other.ranges.end());
  llvm::sort(ranges);
}

std::optional<RankShare> RankShare::parse(StringRef text) {
  auto [used, all] = text.split(" of ");
  RankShare share{};
  if (used.trim().getAsInteger(10, share.used) ||
      all.trim().getAsInteger(10, share.all) || share.used < 0 || share.all < 1)
    return std::nullopt;
  return share;
}
