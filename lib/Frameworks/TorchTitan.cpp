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

#include "Advice.h"
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

/// What to use where the degrees leave no whole dp_shard.
static std::string adviseOnRemainder(const TorchTitanConfiguration &config,
                                     llvm::ArrayRef<Degree> degrees,
                                     const Problems &problems) {
  auto build = [&](int64_t world) {
    TorchTitanConfiguration other = config;
    other.world = world;
    return buildGroups(other);
  };
  Degree replicate{"", config.dpReplicate}, pp{"", config.pp},
      ep{"", config.ep};
  return adviseWorld(
      config.world,
      commonMultiple({productOf(degrees), productOf({replicate, pp, ep})}),
      build, problems);
}

/// What to use where dp_shard is given and the degrees do not make the world:
/// the world they make, or the dp_shard that makes this one.
static std::string adviseOnProduct(const TorchTitanConfiguration &config,
                                   llvm::ArrayRef<Degree> others,
                                   const Problems &problems) {
  Proposals proposals(problems);
  TorchTitanConfiguration other = config;
  std::optional<int64_t> rest = productOf(others);
  std::optional<int64_t> product =
      rest ? productOf({{"", *rest}, {"", config.dpShard}}) : std::nullopt;
  if (product && *product <= maxWorldSize) {
    other.world = *product;
    proposals.consider("world", *product, buildGroups(other));
  }
  if (rest && config.world % *rest == 0) {
    other.world = config.world;
    other.dpShard = config.world / *rest;
    proposals.consider("dp_shard", other.dpShard, buildGroups(other));
  }
  if (proposals.empty())
    return "; the degrees must use every rank once";
  return "; use " + proposals.text();
}

/// The groups of degrees that make the world; `shard` is what -1 stands for.
static FrameworkGroups familiesOf(const TorchTitanConfiguration &config,
                                  const Degree &shard) {
  Degree replicate{"dp_replicate", config.dpReplicate}, cp{"cp", config.cp},
      tp{"tp", config.tp}, pp{"pp", config.pp}, ep{"ep", config.ep};
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
  llvm::SmallVector<Degree, 4> others{replicate, cp, tp, pp};
  if (shard.value == -1)
    shard.value =
        problems
            .checkMultiple(
                world, others,
                [&] { return adviseOnRemainder(config, others, problems); })
            .value_or(0);
  else
    problems.checkProduct(world, {replicate, shard, cp, tp, pp}, [&] {
      return adviseOnProduct(config, others, problems);
    });
  if (shard.value > 0)
    problems.checkDivides(ep, {shard, cp, tp});
  if (!problems.empty())
    return problems.take();

  return familiesOf(config, shard);
}
