//===- HomeShipping.h - Load shipped between nodes --------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Makes the loads of all nodes equal: what the node with the most load has
// above the mean goes to the node with the least deficit, in as few and as
// large parts of experts as possible, since each part takes a slot there. A
// node of k ranks is exact with up to k(S-1)+1 experts (WrapAround.h), so that
// many have room. Where no part fits, two whole experts change nodes, which
// takes no slot.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BALANCE_HOMESHIPPING_H
#define MOE_LIB_BALANCE_HOMESHIPPING_H

#include "moe/Balance/PlacementProblem.h"
#include <map>

namespace mlir::moe {

/// How many tokens of each expert each node serves, times the number of nodes.
class HomeShipping {
public:
  /// Every expert at home.
  HomeShipping(const PlacementProblem &problem, std::vector<int32_t> homes,
               int64_t nodes);

  /// Ships until the nodes are equal or nothing fits any more.
  void ship();

  /// Experts and scaled tokens of a node, by expert.
  const std::map<int32_t, int64_t> &on(int64_t node) const {
    return tokens[node];
  }
  /// The part of an expert's tokens that the node serves; an expert without
  /// tokens is where it is.
  double partOn(int64_t node, int32_t expert) const;
  /// The part of all tokens that is not served at home.
  double partShipped() const;

private:
  int64_t room(int64_t node) const {
    return limit - int64_t(tokens[node].size());
  }
  void move(int64_t from, int64_t to, int32_t expert, int64_t amount);
  bool shipFrom(int64_t from, int64_t to);
  bool exchange(int64_t from, int64_t to, int64_t most, bool onlyIfCheap);
  void helpFill(int64_t from, int64_t to);
  std::vector<std::pair<int64_t, int32_t>> heaviest(int64_t node) const;

  const PlacementProblem &problem;
  std::vector<int32_t> homes;
  int64_t nodes, limit, mean;
  std::vector<std::map<int32_t, int64_t>> tokens;
  std::vector<int64_t> loads;
};

} // namespace mlir::moe

#endif // MOE_LIB_BALANCE_HOMESHIPPING_H
