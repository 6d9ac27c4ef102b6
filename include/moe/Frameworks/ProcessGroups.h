//===- ProcessGroups.h - Process groups of a framework ----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The process groups a framework builds for a configuration, under its own
// names and in its own list order. Families are kept as boxes, so their size
// does not depend on the number of ranks; they are expanded while written.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_FRAMEWORKS_PROCESSGROUPS_H
#define MOE_FRAMEWORKS_PROCESSGROUPS_H

#include "moe/Topology/RankSpace.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <string>
#include <variant>

namespace mlir::moe {

/// The groups of one name, in the framework's order: the points of `ranks` in
/// turn, cut after every `groupSize`. `<2:8, 2:1, 4:2>` cut after 4 is
/// [0,2,4,6], [1,3,5,7], [8,10,12,14], [9,11,13,15].
///
/// One sequence instead of `RankGroups` because some lists have no two boxes:
/// Megatron cuts its data parallel groups across the axes that form them.
struct GroupFamily {
  /// The framework's own name.
  std::string name;
  Box ranks;
  int64_t groupSize = 1;
  /// Points after which a group ends however many it has, and the cutting
  /// starts anew; 0: none. `<12:1>` cut after 4 in blocks of 6 is [0,1,2,3],
  /// [4,5], [6,7,8,9], [10,11].
  int64_t blockSize = 0;

  int64_t count() const;
  /// Members of a group: `groupSize`, or what is left of its block.
  int64_t sizeOf(int64_t group) const;
  int64_t rankAt(int64_t group, int64_t member) const;
};

/// Everything a framework builds, in the order in which it does.
struct FrameworkGroups {
  /// As `--framework` spells it; refers to static storage.
  llvm::StringRef framework;
  /// Added to every rank of every family.
  int64_t firstRank = 0;
  llvm::SmallVector<GroupFamily, 24> families;
  /// Why the framework may refuse the configuration elsewhere, although it
  /// builds these groups; one sentence each.
  llvm::SmallVector<std::string, 1> warnings = {};

  /// The family of that name, or null.
  const GroupFamily *find(llvm::StringRef name) const;
};

/// Why a configuration builds no groups: every problem found, one sentence
/// each, with what was found, what was expected and what would be right.
struct RejectedConfiguration {
  llvm::SmallVector<std::string, 2> problems;
};

using GroupsResult = std::variant<FrameworkGroups, RejectedConfiguration>;

/// Writes `{"schema":"moe-groups/1","framework":…,"groups":{NAME:[[…],…],…}}`
/// and a newline, in memory that does not grow with the number of ranks.
void writeGroupsJson(const FrameworkGroups &groups, llvm::raw_ostream &out);

} // namespace mlir::moe

#endif // MOE_FRAMEWORKS_PROCESSGROUPS_H
