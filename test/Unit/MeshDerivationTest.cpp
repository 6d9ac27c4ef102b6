//===- MeshDerivationTest.cpp - Meshes against the groups of Megatron-Core
//-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Analysis/MeshDerivation.h"
#include "moe/Frameworks/Configurations.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace mlir::moe;

namespace {

/// Degrees of a folded plan over `world` ranks.
struct Grid {
  int64_t world, tp, cp, pp, ep, etp;
  std::string order;
};

Degrees degreesOf(const Grid &grid, MLIRContext &context) {
  Degrees degrees(UnknownLoc::get(&context));
  auto set = [](Figure &figure, int64_t value) {
    figure.set(value, Origin::Stated, "stated");
  };
  set(degrees.tp, grid.tp);
  set(degrees.cp, grid.cp);
  set(degrees.pp, grid.pp);
  set(degrees.ep, grid.ep);
  set(degrees.etp, grid.etp);
  set(degrees.dp, grid.world / (grid.tp * grid.cp * grid.pp));
  set(degrees.edp, grid.world / (grid.etp * grid.ep * grid.pp));
  degrees.order = grid.order;
  return degrees;
}

/// The groups along `kind` in one view of the world grid.
std::vector<std::vector<int64_t>>
groupsOf(const WorldGrid &grid, const AxisDims &view, AxisKind kind) {
  SmallVector<unsigned> dims;
  for (const auto &[axis, list] : view)
    if (axis == kind)
      dims.append(list.begin(), list.end());
  RankGroups family = RankSpace(grid.shape).groupsAlong(dims);
  std::vector<std::vector<int64_t>> groups(family.count());
  for (int64_t group = 0; group < family.count(); ++group)
    for (int64_t member = 0; member < family.size(); ++member)
      groups[group].push_back(family.rankAt(group, member));
  llvm::sort(groups);
  return groups;
}

std::vector<std::vector<int64_t>> groupsOf(const FrameworkGroups &groups,
                                           StringRef name) {
  const GroupFamily *family = groups.find(name);
  EXPECT_NE(family, nullptr) << name.str();
  std::vector<std::vector<int64_t>> result;
  for (int64_t group = 0; family && group < family->count(); ++group) {
    result.emplace_back();
    for (int64_t member = 0; member < family->groupSize; ++member)
      result.back().push_back(family->rankAt(group, member));
    llvm::sort(result.back());
  }
  llvm::sort(result);
  return result;
}

/// The lowering's grid groups ranks as Megatron-Core's own generator does.
TEST(MeshDerivation, FoldedGroupsAreThoseOfMegatron) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  const Grid grids[] = {
      {1024, 2, 1, 8, 64, 1, "tp-cp-ep-dp-pp"},
      {128, 2, 1, 8, 8, 1, "tp-cp-ep-dp-pp"},
      {32, 2, 4, 2, 8, 1, "tp-cp-ep-dp-pp"},
      {16, 4, 1, 1, 4, 1, "tp-cp-ep-dp-pp"},
      {16, 2, 1, 2, 4, 2, "tp-cp-ep-dp-pp"},
      {64, 2, 1, 2, 8, 1, "ep-tp-cp-dp-pp"},
      {64, 4, 1, 4, 4, 1, "tp-cp-ep-pp-dp"},
  };
  const std::pair<AxisKind, StringRef> attention[] = {
      {AxisKind::Tensor, "TENSOR_MODEL_PARALLEL_GROUP"},
      {AxisKind::Context, "CONTEXT_PARALLEL_GROUP"},
      {AxisKind::Data, "DATA_PARALLEL_GROUP"},
      {AxisKind::Pipeline, "PIPELINE_MODEL_PARALLEL_GROUP"}};
  const std::pair<AxisKind, StringRef> expert[] = {
      {AxisKind::Expert, "EXPERT_MODEL_PARALLEL_GROUP"},
      {AxisKind::ExpertTensor, "EXPERT_TENSOR_PARALLEL_GROUP"},
      {AxisKind::ExpertData, "EXPERT_DATA_PARALLEL_GROUP"}};
  for (const Grid &grid : grids) {
    SCOPED_TRACE(grid.order + " over " + std::to_string(grid.world));
    auto meshes = deriveMeshes(degreesOf(grid, context));
    ASSERT_TRUE(std::holds_alternative<DerivedMeshes>(meshes));
    auto world = deriveWorldGrid(std::get<DerivedMeshes>(meshes), grid.etp);
    ASSERT_TRUE(std::holds_alternative<WorldGrid>(world));
    MegatronConfiguration config;
    config.world = grid.world;
    config.tp = grid.tp;
    config.cp = grid.cp;
    config.pp = grid.pp;
    config.ep = grid.ep;
    config.etp = grid.etp;
    config.order = grid.order;
    GroupsResult built = buildGroups(config);
    ASSERT_TRUE(std::holds_alternative<FrameworkGroups>(built));
    const auto &megatron = std::get<FrameworkGroups>(built);
    const auto &ours = std::get<WorldGrid>(world);
    for (auto [kind, name] : attention)
      EXPECT_EQ(groupsOf(ours, ours.attention, kind), groupsOf(megatron, name))
          << name.str();
    for (auto [kind, name] : expert)
      EXPECT_EQ(groupsOf(ours, ours.expert, kind), groupsOf(megatron, name))
          << name.str();
  }
}

/// Under the product rule attention sees ep as data-parallel, and the experts
/// see dp and cp so.
TEST(MeshDerivation, ProductRuleSharesOneMesh) {
  DerivedMeshes meshes;
  meshes.attention.add(AxisKind::Pipeline, 1);
  meshes.attention.add(AxisKind::Data, 2);
  meshes.attention.add(AxisKind::Expert, 4);
  meshes.attention.add(AxisKind::Context, 3);
  meshes.attention.add(AxisKind::Tensor, 2);
  using Dims = SmallVector<int16_t, 2>;
  auto dims = [](const AxisDims &view, AxisKind kind) {
    for (const auto &[axis, list] : view)
      if (axis == kind)
        return list;
    return Dims{-1};
  };
  auto split = std::get<WorldGrid>(deriveWorldGrid(meshes, /*etp=*/2));
  EXPECT_EQ(split.shape, (SmallVector<int64_t, 6>{2, 4, 3, 2}));
  EXPECT_EQ(dims(split.attention, AxisKind::Data), (Dims{0, 1}));
  EXPECT_EQ(dims(split.expert, AxisKind::ExpertData), (Dims{0, 2}));
  EXPECT_EQ(dims(split.expert, AxisKind::Expert), (Dims{1}));
  EXPECT_EQ(dims(split.expert, AxisKind::ExpertTensor), (Dims{3}));
  EXPECT_EQ(dims(*split.all, AxisKind::Data), (Dims{0}));
  auto whole = std::get<WorldGrid>(deriveWorldGrid(meshes, /*etp=*/1));
  EXPECT_EQ(dims(whole.expert, AxisKind::ExpertData), (Dims{0, 2, 3}));
}

TEST(MeshDerivation, MeshesThatDoNotNestHaveNoGrid) {
  DerivedMeshes meshes;
  meshes.attention.add(AxisKind::Data, 3);
  meshes.attention.add(AxisKind::Tensor, 8);
  meshes.expert.emplace();
  meshes.expert->add(AxisKind::ExpertData, 4);
  meshes.expert->add(AxisKind::Expert, 6);
  auto world = deriveWorldGrid(meshes, 1);
  auto *none = std::get_if<NoRefinement>(&world);
  ASSERT_NE(none, nullptr);
  EXPECT_EQ(none->smallerCut, 6);
  EXPECT_EQ(none->largerCut, 8);
}

TEST(MeshDerivation, AWorldOfOneRankHasOneDimension) {
  DerivedMeshes meshes;
  meshes.attention.add(AxisKind::Data, 1);
  meshes.expert.emplace();
  meshes.expert->add(AxisKind::Expert, 1);
  auto world = std::get<WorldGrid>(deriveWorldGrid(meshes, 1));
  EXPECT_EQ(world.shape, (SmallVector<int64_t, 6>{1}));
}

} // namespace
