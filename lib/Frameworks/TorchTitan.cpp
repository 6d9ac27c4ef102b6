//===- TorchTitan.cpp - Process groups of torchtitan ----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Three views of one world: dense storage (pp, dp_replicate, dp_shard, cp, tp),
// data loading (pp, batch, cp, tp) and experts (pp, dp_replicate, efsdp, ep).
//
//===----------------------------------------------------------------------===//

#include "Problems.h"
#include "moe/Frameworks/Configurations.h"

using namespace mlir::moe;

static bool checkShard(int64_t dpShard, Problems &problems) {
  if (dpShard == -1 || dpShard >= 1)
    return true;
  problems.add("'dp_shard' is " + llvm::Twine(dpShard) +
               "; it must be at least 1, or -1 for what the other degrees "
               "leave");
  return false;
}

GroupsResult mlir::moe::buildGroups(const TorchTitanConfiguration &config) {
  Problems problems;
  Degree replicate{"dp_replicate", config.dpReplicate}, cp{"cp", config.cp},
      tp{"tp", config.tp}, pp{"pp", config.pp}, ep{"ep", config.ep};
  bool sound = problems.checkWorld(config.world);
  sound &= problems.checkDegrees({replicate, cp, tp, pp, ep});
  sound &= checkShard(config.dpShard, problems);
  if (!sound)
    return problems.take();

  Degree world{"world", config.world};
  Degree shard{"dp_shard", config.dpShard};
  if (shard.value == -1)
    shard.value =
        problems.checkMultiple(world, {replicate, cp, tp, pp}).value_or(0);
  else
    problems.checkProduct(world, {replicate, shard, cp, tp, pp});
  if (shard.value > 0)
    problems.checkDivides(ep, {shard, cp, tp});
  if (!problems.empty())
    return problems.take();

  NamedGrid dense({pp, replicate, shard, cp, tp});
  NamedGrid experts({pp,
                     replicate,
                     {"efsdp", shard.value * cp.value * tp.value / ep.value},
                     ep});
  return FrameworkGroups{
      "torchtitan",
      0,
      {dense.family("pp", {"pp"}),
       dense.family("batch", {"dp_replicate", "dp_shard"}),
       dense.family("loss", {"dp_replicate", "dp_shard", "cp"}),
       dense.family("dp_replicate", {"dp_replicate"}),
       dense.family("cp", {"cp"}), dense.family("tp", {"tp"}),
       experts.family("ep", {"ep"}), experts.family("efsdp", {"efsdp"}),
       dense.family("dp", {"dp_replicate", "dp_shard"}),
       dense.family("dp_shard", {"dp_shard"})}};
}
