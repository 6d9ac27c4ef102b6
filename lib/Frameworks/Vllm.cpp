//===- Vllm.cpp - Process groups of vLLM ----------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// vLLM swaps the axis of a group with the last one of its layout instead of
// moving it there, so its pp and dp lists run over tp before pcp and are not
// ordered by their first rank.
//
//===----------------------------------------------------------------------===//

#include "Advice.h"
#include "moe/Frameworks/Configurations.h"

using namespace mlir::moe;

GroupsResult mlir::moe::buildGroups(const VllmConfiguration &config) {
  Problems problems;
  Degree dp{"dp", config.dp}, pp{"pp", config.pp}, pcp{"pcp", config.pcp},
      tp{"tp", config.tp};
  Degree dcp{"dcp", config.dcp};
  bool sound = problems.checkWorld(config.world);
  sound &= problems.checkDegrees({dp, pp, pcp, tp, dcp});
  if (!sound)
    return problems.take();
  problems.checkDivides(dcp, {tp});
  std::optional<int64_t> external =
      problems.checkMultiple({"world", config.world}, {dp, pp, pcp, tp}, [&] {
        auto build = [&](int64_t world) {
          VllmConfiguration other = config;
          other.world = world;
          return buildGroups(other);
        };
        return adviseWorld(config.world, productOf({dp, pp, pcp, tp}), build,
                           problems);
      });
  if (!problems.empty())
    return problems.take();

  NamedGrid grid({{"external", *external}, dp, pp, pcp, tp});
  FrameworkGroups groups{"vllm", 0, {}};
  auto add = [&](const GroupFamily &family) {
    groups.families.push_back(family);
  };
  if (config.allGroups)
    add({"world", Box{{{config.world, 1}}}, config.world});
  add(grid.family("tp", {"tp"}));
  if (config.allGroups || dcp.value > 1) {
    GroupFamily family = grid.family("dcp", {"tp"});
    family.groupSize = dcp.value;
    add(family);
  }
  add(grid.family("pcp", {"pcp"}));
  add(grid.familyInOrder("pp", {"external", "dp", "tp", "pcp"}, {"pp"}));
  add(grid.familyInOrder("dp", {"external", "tp", "pp", "pcp"}, {"dp"}));
  add(grid.family("ep", {"dp", "pcp", "tp"}));
  return groups;
}
