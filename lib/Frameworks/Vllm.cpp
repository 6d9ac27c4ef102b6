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

#include "Problems.h"
#include "moe/Frameworks/Configurations.h"

using namespace mlir::moe;

GroupsResult mlir::moe::buildGroups(const VllmConfiguration &config) {
  Problems problems;
  Degree dp{"dp", config.dp}, pp{"pp", config.pp}, pcp{"pcp", config.pcp},
      tp{"tp", config.tp};
  bool sound = problems.checkWorld(config.world);
  sound &= problems.checkDegrees({dp, pp, pcp, tp});
  if (!sound)
    return problems.take();
  std::optional<int64_t> external =
      problems.checkMultiple({"world", config.world}, {dp, pp, pcp, tp});
  if (!external)
    return problems.take();

  NamedGrid grid({{"external", *external}, dp, pp, pcp, tp});
  return FrameworkGroups{
      "vllm",
      0,
      {grid.family("tp", {"tp"}), grid.family("pcp", {"pcp"}),
       grid.familyInOrder("pp", {"external", "dp", "tp", "pcp"}, {"pp"}),
       grid.familyInOrder("dp", {"external", "tp", "pp", "pcp"}, {"dp"}),
       grid.family("ep", {"dp", "pcp", "tp"})}};
}
