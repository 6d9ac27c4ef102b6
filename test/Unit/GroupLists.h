//===- GroupLists.h - Process groups as plain lists -------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Groups written out as lists of ranks, and list code in the manner of the
// frameworks' own to compare them with.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_TEST_UNIT_GROUPLISTS_H
#define MOE_TEST_UNIT_GROUPLISTS_H

#include "moe/Frameworks/ProcessGroups.h"

#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"
#include <map>

namespace mlir::moe {

using Ranks = std::vector<int64_t>;
using Lists = std::vector<Ranks>;

inline Lists expand(const FrameworkGroups &groups, llvm::StringRef name) {
  const GroupFamily *family = groups.find(name);
  if (!family) {
    ADD_FAILURE() << name.str() << " is missing";
    return {};
  }
  Lists lists(family->count());
  for (int64_t group = 0; group < family->count(); ++group)
    for (int64_t member = 0; member < family->sizeOf(group); ++member)
      lists[group].push_back(groups.firstRank + family->rankAt(group, member));
  return lists;
}

/// Megatron's generate_masked_orthogonal_rank_groups: axes from the smallest
/// stride, counted up with the leftmost fastest.
inline Lists megatronRanks(llvm::StringRef order,
                           std::map<std::string, int64_t> sizes,
                           llvm::StringRef token, int64_t offset) {
  llvm::SmallVector<llvm::StringRef> axes, wanted;
  order.split(axes, '-');
  token.split(wanted, '-');
  int64_t world = 1;
  for (llvm::StringRef axis : axes)
    world *= sizes[axis.str()];
  std::map<Ranks, Ranks> groups; // by the other coordinates, last axis first
  for (int64_t rank = 0; rank < world; ++rank) {
    Ranks others;
    int64_t rest = rank;
    for (llvm::StringRef axis : axes) {
      int64_t size = sizes[axis.str()];
      others.insert(others.begin(),
                    llvm::is_contained(wanted, axis) ? 0 : rest % size);
      rest /= size;
    }
    groups[others].push_back(rank + offset);
  }
  Lists lists;
  for (auto &[others, ranks] : groups)
    lists.push_back(ranks);
  return lists;
}

inline Lists joined(const Lists &groups, int64_t size) {
  Lists result;
  for (const Ranks &group : groups)
    for (int64_t rank : group) {
      if (result.empty() || int64_t(result.back().size()) == size)
        result.emplace_back();
      result.back().push_back(rank);
    }
  return result;
}

/// Every `step`-th member of each group, from each of the first `step`.
inline Lists strided(const Lists &groups, int64_t step) {
  Lists result;
  for (const Ranks &group : groups)
    for (int64_t start = 0; start < step; ++start) {
      result.emplace_back();
      for (size_t i = start; i < group.size(); i += step)
        result.back().push_back(group[i]);
    }
  return result;
}

} // namespace mlir::moe

#endif // MOE_TEST_UNIT_GROUPLISTS_H
