//===- DeepSpeed.cpp - Process groups of DeepSpeed ------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Expert parallel groups are chunks of the data parallel groups, listed one
// data parallel group after the other.
//
//===----------------------------------------------------------------------===//

#include "Advice.h"
#include "moe/Frameworks/Configurations.h"

using namespace mlir::moe;

static std::string adviseOnWorld(const DeepSpeedConfiguration &config,
                                 const Problems &problems) {
  auto build = [&](int64_t world) {
    DeepSpeedConfiguration other = config;
    other.world = world;
    return buildGroups(other);
  };
  Degree tp{"", config.tp}, pp{"", config.pp}, ep{"", config.ep};
  return adviseWorld(config.world, productOf({tp, pp, ep}), build, problems);
}

GroupsResult mlir::moe::buildGroups(const DeepSpeedConfiguration &config) {
  Problems problems;
  Degree tp{"tp", config.tp}, pp{"pp", config.pp}, ep{"ep", config.ep};
  bool sound = problems.checkWorld(config.world);
  sound &= problems.checkDegrees({tp, pp, ep});
  if (!sound)
    return problems.take();
  std::optional<int64_t> dpSize =
      problems.checkMultiple({"world", config.world}, {tp, pp},
                             [&] { return adviseOnWorld(config, problems); });
  if (!dpSize)
    return problems.take();
  Degree dp{"dp", *dpSize};
  if (!problems.checkDivides(ep, {dp}))
    return problems.take();

  Degree edp{"edp", dp.value / ep.value};
  NamedGrid topology({pp, dp, tp});
  NamedGrid experts = config.dataBeforeExpert ? NamedGrid({pp, ep, edp, tp})
                                              : NamedGrid({pp, edp, ep, tp});
  // Without a pipeline there is one pipeline group, of rank 0: what DeepSpeed
  // itself printed (test/Inputs/rank_groups/ds_w16_doc_tp2_ep4.json). By the
  // text of get_axis_comm_lists it would be one for each rank; groups of one
  // rank carry nothing either way.
  GroupFamily pipe = topology.family("pipe", {"pp"});
  if (pp.value == 1)
    pipe = {"pipe", Box{}, 1};
  FrameworkGroups groups{
      "deepspeed",
      0,
      {experts.familyInOrder("ep", {"pp", "tp", "edp"}, {"ep"}),
       experts.familyInOrder("edp", {"pp", "tp", "ep"}, {"edp"}), pipe,
       topology.family("data", {"dp"}), topology.family("model", {"tp"})}};
  if (config.allGroups)
    groups.families.push_back(topology.family("ds_model", {"pp", "tp"}));
  return groups;
}
