//===- MegatronFamilies.cpp - The groups on Megatron-Core's grids ---------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Follows initialize_model_parallel of megatron/core/parallel_state.py.
//
//===----------------------------------------------------------------------===//

#include "MegatronGrids.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;

llvm::SmallVector<Degree, 4> MegatronGrids::attentionDegrees() const {
  llvm::SmallVector<Degree, 4> degrees{tp, pp, cp};
  if (gtpRemat.value > 1)
    degrees.push_back(gtpRemat);
  return degrees;
}

llvm::SmallVector<Degree, 4> MegatronGrids::expertDegrees() const {
  llvm::SmallVector<Degree, 4> degrees{etp, ep, pp};
  if (expertGtpRemat.value > 1)
    degrees.push_back(expertGtpRemat);
  return degrees;
}

static NamedGrid gridOf(llvm::ArrayRef<llvm::StringRef> order,
                        llvm::ArrayRef<Degree> sizes) {
  llvm::SmallVector<Degree> axes;
  for (llvm::StringRef name : llvm::reverse(order))
    for (const Degree &axis : sizes)
      if (axis.name == name)
        axes.push_back(axis);
  return NamedGrid(axes);
}

NamedGrid
MegatronGrids::attention(llvm::ArrayRef<llvm::StringRef> order) const {
  return gridOf(withGtpRemat(order, "tp"), {tp, gtpRemat, cp, dp, pp});
}

NamedGrid MegatronGrids::experts(llvm::ArrayRef<llvm::StringRef> order) const {
  return gridOf(withGtpRemat(order, "ep"), {{"tp", etp.value},
                                            ep,
                                            {"gtp_remat", expertGtpRemat.value},
                                            {"dp", edp.value},
                                            pp});
}

namespace {

class MegatronFamilies {
public:
  MegatronFamilies(const MegatronConfiguration &config,
                   const MegatronGrids &grids,
                   llvm::ArrayRef<llvm::StringRef> order)
      : config(config), grids(grids), attention(grids.attention(order)),
        experts(grids.experts(order)) {}

  llvm::SmallVector<GroupFamily, 24> build();

private:
  void addDataParallel();
  void addHybrid();
  void addContextParallel();
  void addPipelines();
  void addExperts();
  void addExpertDataParallel();
  void addOptimizerInstances();
  void addLevels(const NamedGrid &grid, llvm::StringRef axis,
                 llvm::StringRef name, llvm::ArrayRef<int64_t> sizes);
  void add(GroupFamily family) { families.push_back(std::move(family)); }

  const MegatronConfiguration &config;
  const MegatronGrids &grids;
  NamedGrid attention, experts;
  llvm::SmallVector<GroupFamily, 24> families;
};

} // namespace

void MegatronFamilies::addDataParallel() {
  add(attention.family("DATA_PARALLEL_GROUP_WITH_CP", {"dp", "cp"}));
  if (grids.inst.value > 1) {
    GroupFamily partial = attention.family(
        "INTRA_PARTIAL_DATA_PARALLEL_GROUP_WITH_CP", {"dp", "cp"});
    partial.groupSize /= grids.inst.value;
    add(partial);
  }
  if (config.hybridCp)
    addHybrid();
  add(attention.family("DATA_PARALLEL_GROUP", {"dp"}));
  if (grids.gtpRemat.value > 1) {
    add(attention.family("DATA_PARALLEL_GROUP_WITH_GTP_REMAT",
                         {"gtp_remat", "dp"}));
    add(attention.family("DATA_PARALLEL_GROUP_WITH_CP_WITH_GTP_REMAT",
                         {"gtp_remat", "dp", "cp"}));
  }
}

/// Groups of 2, 4, … ranks, up to half the largest power of two in the group
/// they are cut from, whose last one may be shorter;
/// create_hybrid_dp_cp_groups.
void MegatronFamilies::addHybrid() {
  int64_t whole = grids.dp.value * grids.cp.value;
  for (int64_t size = 2; size <= whole / 2; size *= 2) {
    GroupFamily family = attention.family(
        "HYBRID_DP_CP_GROUP_" + std::to_string(size), {"dp", "cp"});
    family.groupSize = size;
    family.blockSize = whole;
    add(family);
  }
}

void MegatronFamilies::addContextParallel() {
  add(attention.family("CONTEXT_PARALLEL_GROUP", {"cp"}));
  addLevels(attention, "cp", "CONTEXT_PARALLEL_GROUP", config.hierarchicalCp);
}

/// Each group along the axis, divided into levels of which the first is the
/// innermost; create_hierarchical_groups.
void MegatronFamilies::addLevels(const NamedGrid &grid, llvm::StringRef axis,
                                 llvm::StringRef name,
                                 llvm::ArrayRef<int64_t> sizes) {
  RankGroups groups = grid.along({axis});
  int64_t within = 1;
  for (auto [level, size] : llvm::enumerate(sizes)) {
    GroupFamily family{
        ("HIERARCHICAL_" + name + "_L" + llvm::Twine(level)).str(),
        groups.groups, size};
    int64_t stride = grid.stride(axis) * within;
    family.ranks.dims.push_back(
        {groups.size() / (within * size), stride * size});
    family.ranks.dims.push_back({within, grid.stride(axis)});
    family.ranks.dims.push_back({size, stride});
    add(family);
    within *= size;
  }
}

/// Word embeddings live on the first and the last stage, position embeddings on
/// the first.
void MegatronFamilies::addPipelines() {
  RankGroups pipelines = attention.along({"pp"});
  int64_t stages = pipelines.size();
  add(attention.family("PIPELINE_MODEL_PARALLEL_GROUP", {"pp"}));
  GroupFamily embedding{"EMBEDDING_GROUP", pipelines.groups, 1};
  if (stages > 1) {
    embedding.ranks.dims.push_back({2, attention.stride("pp") * (stages - 1)});
    embedding.groupSize = 2;
  }
  add(embedding);
  add({"POSITION_EMBEDDING_GROUP", pipelines.groups, 1});
}

void MegatronFamilies::addExperts() {
  add(experts.family("EXPERT_GTP_WEIGHT_REMAT_GROUP", {"gtp_remat"}));
  add(experts.family("EXPERT_MODEL_PARALLEL_GROUP", {"ep"}));
  add(experts.family("EXPERT_TENSOR_PARALLEL_GROUP", {"tp"}));
  add(experts.family("EXPERT_TENSOR_AND_MODEL_PARALLEL_GROUP", {"tp", "ep"}));
  add(experts.family("EXPERT_TENSOR_MODEL_PIPELINE_PARALLEL_GROUP",
                     {"tp", "ep", "pp"}));
  add(experts.family("EXPERT_TENSOR_MODEL_PIPELINE_PARALLEL_GROUP_WITH_EGTP",
                     {"tp", "ep", "gtp_remat", "pp"}));
}

void MegatronFamilies::addExpertDataParallel() {
  add(experts.family("EXPERT_DATA_PARALLEL_GROUP", {"dp"}));
  int64_t instances = grids.inst.value;
  if (instances > 1)
    addLevels(experts, "dp", "EXPERT_DATA_PARALLEL_GROUP",
              {grids.edp.value / instances, instances});
  if (grids.expertGtpRemat.value > 1)
    add(experts.family("EXPERT_DATA_PARALLEL_GROUP_WITH_GTP_REMAT",
                       {"gtp_remat", "dp"}));
}

/// One instance holds the model edp / inst times; Megatron strings its model
/// parallel groups together instead of sorting their ranks. With gtp_remat
/// there is one instance, and its ranks are sorted.
void MegatronFamilies::addOptimizerInstances() {
  llvm::StringRef name = "INTRA_DISTRIBUTED_OPTIMIZER_INSTANCE_GROUP";
  if (grids.hasGtpRemat()) {
    add({name.str(), Box{{{config.world, 1}}}, config.world});
    return;
  }
  GroupFamily instance = experts.family(name, {"tp", "ep", "pp"});
  instance.groupSize *= grids.edp.value / grids.inst.value;
  add(instance);
}

llvm::SmallVector<GroupFamily, 24> MegatronFamilies::build() {
  add(attention.family("GTP_WEIGHT_REMAT_GROUP", {"gtp_remat"}));
  addDataParallel();
  addContextParallel();
  add(attention.family("MODEL_PARALLEL_GROUP", {"tp", "gtp_remat", "pp"}));
  add(attention.family("TENSOR_MODEL_PARALLEL_GROUP", {"tp"}));
  addPipelines();
  add(attention.family("TENSOR_AND_DATA_PARALLEL_GROUP_WITH_CP",
                       {"tp", "gtp_remat", "dp", "cp"}));
  add(attention.family("TENSOR_AND_DATA_PARALLEL_GROUP",
                       {"tp", "gtp_remat", "dp"}));
  add(attention.family("TENSOR_AND_CONTEXT_PARALLEL_GROUP", {"tp", "cp"}));
  addExperts();
  addExpertDataParallel();
  addOptimizerInstances();
  return std::move(families);
}

llvm::SmallVector<GroupFamily, 24>
mlir::moe::buildMegatronFamilies(const MegatronConfiguration &config,
                                 const MegatronGrids &grids,
                                 llvm::ArrayRef<llvm::StringRef> order) {
  return MegatronFamilies(config, grids, order).build();
}
