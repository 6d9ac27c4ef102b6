//===- NodeDivision.cpp - The experts of a node as chains -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NodeDivision.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

using namespace mlir::moe;

/// Heaviest first, to the chain that lacks most by rank.
bool NodeDivision::fill(llvm::ArrayRef<LoadItem> experts) {
  auto perRank = [&](size_t i) {
    return double(lacking[i]) / double(chains[i].ranks);
  };
  for (const LoadItem &item : experts) {
    size_t best = chains.size();
    for (size_t i = 0; i < chains.size(); ++i)
      if (chains[i].room(slots) > 1 &&
          (best == chains.size() || perRank(i) > perRank(best)))
        best = i;
    if (best == chains.size())
      return false;
    chains[best].items.push_back(item);
    lacking[best] -= item.tokens;
  }
  return true;
}

/// Where a chain has too much, the exchange with the one that lacks most that
/// evens the two out.
bool NodeDivision::evenOut() {
  auto [least, most] = std::minmax_element(lacking.begin(), lacking.end());
  if (*least >= 0)
    return false;
  LoadItem *give = nullptr, *take = nullptr;
  int64_t best = *least;
  for (LoadItem &mine : chains[least - lacking.begin()].items)
    for (LoadItem &theirs : chains[most - lacking.begin()].items) {
      int64_t moved = mine.tokens - theirs.tokens;
      int64_t after = std::min(*least + moved, *most - moved);
      if (after > best)
        best = after, give = &mine, take = &theirs;
    }
  if (!give)
    return false;
  int64_t moved = give->tokens - take->tokens;
  *least += moved, *most -= moved;
  std::swap(*give, *take);
  return true;
}

/// Two random experts of two chains, if both still lack something after that.
void NodeDivision::exchange() {
  size_t one = random.below(chains.size()), other = random.below(chains.size());
  std::vector<LoadItem> &mine = chains[one].items,
                        &theirs = chains[other].items;
  if (one == other || mine.empty() || theirs.empty())
    return;
  LoadItem &give = mine[random.below(mine.size())];
  LoadItem &take = theirs[random.below(theirs.size())];
  int64_t moved = give.tokens - take.tokens;
  if (lacking[one] + moved < 0 || lacking[other] - moved < 0)
    return;
  lacking[one] += moved, lacking[other] -= moved;
  std::swap(give, take);
}

bool NodeDivision::divideAt(llvm::ArrayRef<LoadItem> experts, int64_t ranks,
                            int64_t count, int64_t head) {
  chains.assign(count, {});
  lacking.clear();
  for (int64_t i = 0; i < count; ++i) {
    chains[i].ranks = i == 0 ? head
                             : (ranks - head) * i / (count - 1) -
                                   (ranks - head) * (i - 1) / (count - 1);
    lacking.push_back(chains[i].ranks * mean);
  }
  if (!fill(experts))
    return false;
  while (evenOut())
    ;
  return llvm::all_of(lacking, [](int64_t tokens) { return tokens >= 0; });
}

bool NodeDivision::divide(llvm::ArrayRef<LoadItem> experts, int64_t ranks,
                          int64_t count, int64_t exchanges) {
  // A heavy expert needs a long chain: the first, which is filled first.
  int64_t head = count == 1 ? ranks : ranks / count;
  while (!divideAt(experts, ranks, count, head))
    if (++head > ranks - count + 1)
      return false;
  for (int64_t i = 0; count > 1 && i < exchanges; ++i)
    exchange();
  return true;
}
