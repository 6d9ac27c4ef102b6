//===- Megatron.cpp - Process groups of Megatron-Core ---------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Follows initialize_model_parallel of megatron/core/parallel_state.py. Within
// a grid the leftmost axis of the order has the smallest stride; groups and
// members are listed with the smallest stride fastest, which is the order of
// first ranks.
//
//===----------------------------------------------------------------------===//

#include "MegatronOrder.h"
#include "moe/Frameworks/Configurations.h"
#include "moe/Wording/Wording.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;

namespace {

using Axes = llvm::SmallVector<llvm::StringRef, 6>;

class MegatronGroups {
public:
  explicit MegatronGroups(const MegatronConfiguration &config)
      : config(config), tp{"tp", config.tp}, pp{"pp", config.pp},
        cp{"cp", config.cp}, ep{"ep", config.ep},
        etp{"etp", config.etp.value_or(config.tp)}, inst{"inst", config.inst} {}

  GroupsResult build();

private:
  bool checkDegreesAlone();
  void deriveDataParallelism();
  void checkOrder(const Axes &order);
  void checkPipelines(const Axes &order);

  NamedGrid attentionGrid(const Axes &order) const;
  NamedGrid expertGrid(const Axes &order) const;
  void addAttentionFamilies(const NamedGrid &grid);
  void addPipelineFamilies(const NamedGrid &grid);
  void addExpertFamilies(const NamedGrid &grid);
  void addExpertInstances(const NamedGrid &grid);
  void add(GroupFamily family) { families.push_back(std::move(family)); }

  const MegatronConfiguration &config;
  Degree tp, pp, cp, ep, etp, inst;
  /// 0 until the world is found to be a multiple of the other degrees.
  Degree dp{"dp", 0}, edp{"edp", 0};
  Problems problems;
  llvm::SmallVector<GroupFamily, 24> families;
};

} // namespace

/// What can be said of each setting alone; whether the degrees can be computed
/// with.
bool MegatronGroups::checkDegreesAlone() {
  bool sound = problems.checkWorld(config.world);
  sound &= problems.checkDegrees({tp, pp, cp, ep});
  if (config.etp)
    sound &= problems.checkDegrees({etp});
  sound &= problems.checkDegrees({inst});
  if (config.vpp && problems.checkDegrees({{"vpp", *config.vpp}}) &&
      config.pp == 1)
    problems.add("'vpp' is " + llvm::Twine(*config.vpp) +
                 " but 'pp' is 1; virtual stages need a pipeline, so raise "
                 "'pp' or leave 'vpp' out");
  if (config.rankOffset < 0 || config.rankOffset > maxWorldSize)
    problems.add("'rank_offset' is " + llvm::Twine(config.rankOffset) +
                 "; it must be 0 to " + llvm::Twine(maxWorldSize));
  return sound;
}

void MegatronGroups::deriveDataParallelism() {
  Degree world{"world", config.world};
  dp.value = problems.checkMultiple(world, {tp, pp, cp}).value_or(0);
  edp.value = problems.checkMultiple(world, {etp, ep, pp}).value_or(0);
  if (dp.value > 0)
    problems.checkDivides(inst, {dp, cp});
  if (edp.value > 0)
    problems.checkDivides(inst, {edp});
}

void MegatronGroups::checkOrder(const Axes &order) {
  llvm::SmallVector<Degree> sizes{
      {"tp", std::max(tp.value, etp.value)}, cp, ep, pp};
  bool divisible = dp.value > 0 && edp.value > 0;
  if (divisible)
    sizes.push_back({"dp", std::max(dp.value, edp.value)});
  if (checkOrderIsComplete(config.order, order, sizes, problems) && divisible)
    checkPipelines(order);
}

/// Attention and experts must agree on the pipelines. Megatron reads the order
/// in any case, but looks for "pp" at its end in lower case only.
void MegatronGroups::checkPipelines(const Axes &order) {
  llvm::StringRef written = config.order;
  if (pp.value == 1 || written.ends_with("pp") ||
      (written.ends_with_insensitive("pp") && dp.value == edp.value))
    return;
  if (written.ends_with_insensitive("pp")) {
    problems.add("order " + quoted(written) +
                 " is not in lower case, and then Megatron does not see that "
                 "it ends in pp; write " +
                 quoted(written.lower()));
    return;
  }
  std::string advice =
      "; end the order in pp: '" + orderWithPipelineLast(order) + "'";
  if (dp.value != edp.value) {
    problems.add("order " + quoted(config.order) +
                 " does not end in pp, and then " + "dp (" +
                 llvm::Twine(dp.value) + ") and edp (" +
                 llvm::Twine(edp.value) + ") must be equal" + advice);
    return;
  }
  int64_t attention = attentionGrid(order).stride("pp");
  int64_t experts = expertGrid(order).stride("pp");
  if (attention != experts)
    problems.add("order " + quoted(config.order) +
                 " puts the stages of a pipeline " + llvm::Twine(attention) +
                 " ranks apart for attention and " + llvm::Twine(experts) +
                 " for the experts, but both must use the same pipelines" +
                 advice);
}

static NamedGrid gridOf(const Axes &order, llvm::ArrayRef<Degree> sizes) {
  llvm::SmallVector<Degree> axes;
  for (llvm::StringRef name : llvm::reverse(order))
    for (const Degree &axis : sizes)
      if (axis.name == name)
        axes.push_back(axis);
  return NamedGrid(axes);
}

NamedGrid MegatronGroups::attentionGrid(const Axes &order) const {
  return gridOf(order, {tp, cp, dp, pp});
}

NamedGrid MegatronGroups::expertGrid(const Axes &order) const {
  return gridOf(order, {{"tp", etp.value}, ep, {"dp", edp.value}, pp});
}

void MegatronGroups::addAttentionFamilies(const NamedGrid &grid) {
  add(grid.family("GTP_WEIGHT_REMAT_GROUP", {}));
  add(grid.family("DATA_PARALLEL_GROUP_WITH_CP", {"dp", "cp"}));
  if (inst.value > 1) {
    GroupFamily partial =
        grid.family("INTRA_PARTIAL_DATA_PARALLEL_GROUP_WITH_CP", {"dp", "cp"});
    partial.groupSize /= inst.value;
    add(partial);
  }
  add(grid.family("DATA_PARALLEL_GROUP", {"dp"}));
  add(grid.family("CONTEXT_PARALLEL_GROUP", {"cp"}));
  add(grid.family("MODEL_PARALLEL_GROUP", {"tp", "pp"}));
  add(grid.family("TENSOR_MODEL_PARALLEL_GROUP", {"tp"}));
  addPipelineFamilies(grid);
  add(grid.family("TENSOR_AND_DATA_PARALLEL_GROUP_WITH_CP",
                  {"tp", "dp", "cp"}));
  add(grid.family("TENSOR_AND_DATA_PARALLEL_GROUP", {"tp", "dp"}));
  add(grid.family("TENSOR_AND_CONTEXT_PARALLEL_GROUP", {"tp", "cp"}));
}

/// Word embeddings live on the first and the last stage, position embeddings on
/// the first.
void MegatronGroups::addPipelineFamilies(const NamedGrid &grid) {
  RankGroups pipelines = grid.along({"pp"});
  add(grid.family("PIPELINE_MODEL_PARALLEL_GROUP", {"pp"}));
  GroupFamily embedding{"EMBEDDING_GROUP", pipelines.groups, 1};
  if (pp.value > 1) {
    embedding.ranks.dims.push_back({2, grid.stride("pp") * (pp.value - 1)});
    embedding.groupSize = 2;
  }
  add(embedding);
  add({"POSITION_EMBEDDING_GROUP", pipelines.groups, 1});
}

void MegatronGroups::addExpertFamilies(const NamedGrid &grid) {
  add(grid.family("EXPERT_GTP_WEIGHT_REMAT_GROUP", {}));
  add(grid.family("EXPERT_MODEL_PARALLEL_GROUP", {"ep"}));
  add(grid.family("EXPERT_TENSOR_PARALLEL_GROUP", {"tp"}));
  add(grid.family("EXPERT_TENSOR_AND_MODEL_PARALLEL_GROUP", {"tp", "ep"}));
  for (llvm::StringRef name :
       {"EXPERT_TENSOR_MODEL_PIPELINE_PARALLEL_GROUP",
        "EXPERT_TENSOR_MODEL_PIPELINE_PARALLEL_GROUP_WITH_EGTP"})
    add(grid.family(name, {"tp", "ep", "pp"}));
  add(grid.family("EXPERT_DATA_PARALLEL_GROUP", {"dp"}));
  if (inst.value > 1)
    addExpertInstances(grid);
  // One instance holds the model edp / inst times; Megatron strings its model
  // parallel groups together instead of sorting their ranks.
  GroupFamily instance = grid.family(
      "INTRA_DISTRIBUTED_OPTIMIZER_INSTANCE_GROUP", {"tp", "ep", "pp"});
  instance.groupSize *= edp.value / inst.value;
  add(instance);
}

/// Each expert data parallel group, cut into the instances (level 0) and across
/// them (level 1); create_hierarchical_groups.
void MegatronGroups::addExpertInstances(const NamedGrid &grid) {
  int64_t within = edp.value / inst.value;
  GroupFamily level0 =
      grid.family("HIERARCHICAL_EXPERT_DATA_PARALLEL_GROUP_L0", {"dp"});
  level0.groupSize = within;
  add(level0);
  GroupFamily level1{"HIERARCHICAL_EXPERT_DATA_PARALLEL_GROUP_L1",
                     grid.along({"dp"}).groups, inst.value};
  level1.ranks.dims.push_back({within, grid.stride("dp")});
  level1.ranks.dims.push_back({inst.value, grid.stride("dp") * within});
  add(level1);
}

GroupsResult MegatronGroups::build() {
  bool sound = checkDegreesAlone();
  std::optional<Axes> order = parseMegatronOrder(config.order, problems);
  if (sound)
    deriveDataParallelism();
  if (sound && order)
    checkOrder(*order);
  if (!order || !problems.empty())
    return problems.take();
  addAttentionFamilies(attentionGrid(*order));
  addExpertFamilies(expertGrid(*order));
  return FrameworkGroups{"megatron", config.rankOffset, std::move(families)};
}

GroupsResult mlir::moe::buildGroups(const MegatronConfiguration &config) {
  return MegatronGroups(config).build();
}
