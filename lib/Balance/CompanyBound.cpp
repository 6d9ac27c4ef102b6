//===- CompanyBound.cpp - Whole experts beside the heaviest ---------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CompanyBound.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>

using namespace mlir::moe;

namespace {
class CompanySearch {
public:
  explicit CompanySearch(const PlacementProblem &problem)
      : company(size_t(problem.slots - 1)), loads(problem.loads) {
    llvm::sort(loads);
  }
  /// The number of heaviest experts that find no company within `tokens`; 0 if
  /// nothing is proven.
  size_t numForsaken(int64_t tokens);

private:
  bool areApart() const;
  bool chooseFor(size_t heavy);
  bool choose(size_t members, size_t above);
  bool tryMember(size_t member, size_t members);
  size_t nextHeavier(size_t expert) const;
  bool isMaximal() const;
  bool isTooLight(size_t member, size_t left) const;
  /// Heavy experts are the last, those that may be chosen are before them.
  size_t numOthers() const { return loads.size() - number; }

  static constexpr size_t maxHeavy = 8;
  /// Experts looked at for one T and number of heavy experts.
  static constexpr int64_t maxEffort = int64_t(1) << 15;

  size_t company;             // others on a rank
  std::vector<int64_t> loads; // lightest first
  size_t number = 0, heavy = 0;
  int64_t within = 0, effort = 0;
  std::vector<bool> taken;
  /// What is chosen for the expert at hand, and the room that is left.
  std::vector<size_t> members;
  int64_t room = 0;
};
} // namespace

/// Whether no two fit on one rank: the two lightest, and the lightest others.
bool CompanySearch::areApart() const {
  if (number < 2)
    return true;
  int64_t sum = loads[numOthers()] + loads[numOthers() + 1];
  for (size_t i = 0; i + 1 < company; ++i)
    sum += loads[i];
  return sum > within;
}

/// The first expert that is heavier and free.
size_t CompanySearch::nextHeavier(size_t expert) const {
  size_t next = expert + 1;
  while (next < numOthers() && (taken[next] || loads[next] == loads[expert]))
    ++next;
  return next;
}

/// Whether each member is the heaviest that there is room for.
bool CompanySearch::isMaximal() const {
  return llvm::all_of(members, [&](size_t member) {
    size_t next = nextHeavier(member);
    return next == numOthers() || loads[next] - loads[member] > room;
  });
}

/// Whether so many members up to this one always leave room for a heavier one
/// than this.
bool CompanySearch::isTooLight(size_t member, size_t left) const {
  size_t next = nextHeavier(member);
  if (next == numOthers())
    return false;
  int64_t most = loads[next];
  for (size_t i = member; i-- > 0 && left > 1;)
    if (!taken[i])
      most += loads[i], --left;
  return most <= room;
}

/// Whether this heavy expert and those after it find company.
bool CompanySearch::chooseFor(size_t next) {
  if (next == number)
    return true;
  std::vector<size_t> before;
  std::swap(before, members);
  int64_t roomBefore = room;
  heavy = next;
  room = within - loads[loads.size() - 1 - next];
  bool found = room >= 0 && choose(company, numOthers());
  heavy = next - 1;
  room = roomBefore;
  std::swap(before, members);
  return found;
}

bool CompanySearch::tryMember(size_t member, size_t left) {
  taken[member] = true;
  members.push_back(member);
  room -= loads[member];
  bool found = choose(left - 1, member);
  room += loads[member];
  members.pop_back();
  taken[member] = false;
  return found;
}

/// Chooses so many members more, each before `above`; true also where the
/// effort is used up.
bool CompanySearch::choose(size_t left, size_t above) {
  if (left == 0)
    return isMaximal() && chooseFor(heavy + 1);
  // The heaviest that there is room for, then lighter ones.
  auto end = loads.begin() + int64_t(above);
  size_t first = std::upper_bound(loads.begin(), end, room) - loads.begin();
  for (size_t i = first; i-- > left - 1;) {
    if (taken[i])
      continue;
    if (--effort < 0 || tryMember(i, left))
      return true;
    // A lighter last one would not be maximal.
    if (left == 1 || isTooLight(i, left))
      return false;
  }
  return false;
}

size_t CompanySearch::numForsaken(int64_t tokens) {
  within = tokens;
  for (number = 1; number <= std::min(maxHeavy, loads.size()); ++number) {
    if (!areApart() || number * (company + 1) > loads.size())
      return 0;
    effort = maxEffort;
    taken.assign(loads.size(), false);
    if (!chooseFor(0))
      return number;
    if (effort < 0)
      return 0;
  }
  return 0;
}

void mlir::moe::raiseByCompany(const PlacementProblem &problem,
                               LoadBound &bound) {
  if (problem.slots < 2)
    return;
  CompanySearch search(problem);
  auto proven = int64_t(std::ceil(bound.tokens * (1 - 1e-15)));
  size_t experts = search.numForsaken(proven);
  if (experts == 0)
    return;
  int64_t open = proven, step = std::max<int64_t>(1, proven >> 20);
  const int64_t precision = step;
  while (size_t more = search.numForsaken(open = proven + step))
    experts = more, proven = open, step *= 2;
  while (open - proven > precision) {
    int64_t middle = proven + (open - proven) / 2;
    if (size_t more = search.numForsaken(middle))
      experts = more, proven = middle;
    else
      open = middle;
  }
  // Whole experts have whole tokens.
  bound = {double(proven) + 1,
           counted(int64_t(problem.slots - 1), "whole expert") +
               " beside each of the " + counted(experts, "heaviest expert")};
}
