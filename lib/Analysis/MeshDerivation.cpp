//===- MeshDerivation.cpp - Degrees to meshes -----------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Analysis/MeshDerivation.h"

#include "moe/Analysis/AxisDegree.h"

#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mlir::moe;

std::optional<unsigned> MeshAxes::position(AxisKind kind) const {
  const auto *found = llvm::find(kinds, kind);
  if (found == kinds.end())
    return std::nullopt;
  return found - kinds.begin();
}

static constexpr StringRef kOrderAxes[] = {"tp", "cp", "ep", "dp", "pp"};

std::variant<SmallVector<AxisKind, 5>, std::string>
moe::parseAxisOrder(StringRef order) {
  SmallVector<AxisKind, 5> axes;
  SmallVector<StringRef> words;
  order.split(words, '-');
  for (StringRef word : words) {
    if (!llvm::is_contained(kOrderAxes, word))
      return "the order " + quoted(order) + " names " + quoted(word) +
             ", expected " + oneOf(kOrderAxes) + didYouMean(word, kOrderAxes);
    AxisKind kind = *symbolizeAxisKind(word);
    if (llvm::is_contained(axes, kind))
      return "the order " + quoted(order) + " names " + quoted(word) + " twice";
    axes.push_back(kind);
  }
  for (StringRef word : kOrderAxes)
    if (!llvm::is_contained(axes, *symbolizeAxisKind(word)))
      return "the order " + quoted(order) + " leaves out " + quoted(word);
  return axes;
}

const Figure &moe::degreeOf(const Degrees &degrees, AxisKind kind) {
  switch (kind) {
  case AxisKind::Pipeline:
    return degrees.pp;
  case AxisKind::Data:
    return degrees.dp;
  case AxisKind::Context:
    return degrees.cp;
  case AxisKind::Tensor:
    return degrees.tp;
  case AxisKind::ExpertData:
    return degrees.edp;
  case AxisKind::Expert:
    return degrees.ep;
  case AxisKind::ExpertTensor:
    return degrees.etp;
  }
  llvm_unreachable("unknown axis");
}

/// What an axis of the order is in the expert mesh; nothing for `cp`, whose
/// ranks are data-parallel there.
static std::optional<AxisKind> expertAxis(AxisKind kind) {
  if (kind == AxisKind::Context)
    return std::nullopt;
  if (kind == AxisKind::Tensor)
    return AxisKind::ExpertTensor;
  if (kind == AxisKind::Data)
    return AxisKind::ExpertData;
  return kind;
}

std::variant<DerivedMeshes, std::string>
moe::deriveMeshes(const Degrees &degrees) {
  auto order = parseAxisOrder(degrees.order);
  if (auto *error = std::get_if<std::string>(&order))
    return *error;
  DerivedMeshes meshes;
  bool folded = degrees.rule == GridRule::Folded;
  if (folded)
    meshes.expert.emplace();
  std::string unknown;
  auto add = [&](MeshAxes &mesh, AxisKind kind) {
    const Figure &degree = degreeOf(degrees, kind);
    if (degree)
      mesh.add(kind, *degree);
    else
      unknown = "the degree " + quoted(degree.name) + " is not known";
  };
  for (AxisKind kind : llvm::reverse(std::get<0>(order))) {
    if (!folded || kind != AxisKind::Expert)
      add(meshes.attention, kind);
    if (folded)
      if (std::optional<AxisKind> axis = expertAxis(kind))
        add(*meshes.expert, *axis);
  }
  if (!unknown.empty())
    return unknown;
  return meshes;
}

//===----------------------------------------------------------------------===//
// World grid
//===----------------------------------------------------------------------===//

ArrayRef<int16_t> moe::dimsOf(const AxisDims &view, AxisKind kind) {
  for (const auto &[candidate, dims] : view)
    if (candidate == kind)
      return dims;
  return {};
}

/// Grid of the product rule: the axes larger than 1, each a dimension.
static WorldGrid productGrid(const MeshAxes &mesh, int64_t etp) {
  WorldGrid grid;
  grid.all.emplace();
  auto dims = [](AxisDims &view, AxisKind kind) -> SmallVector<int16_t, 2> & {
    auto *found =
        llvm::find_if(view, [&](auto &axis) { return axis.first == kind; });
    if (found != view.end())
      return found->second;
    return view.emplace_back(kind, SmallVector<int16_t, 2>()).second;
  };
  auto asAttention = [](AxisKind kind) {
    return kind == AxisKind::Expert ? AxisKind::Data : kind;
  };
  auto asExpert = [&](AxisKind kind) {
    if (kind == AxisKind::Tensor && etp > 1)
      return AxisKind::ExpertTensor;
    bool own = kind == AxisKind::Pipeline || kind == AxisKind::Expert;
    return own ? kind : AxisKind::ExpertData;
  };
  for (auto [kind, size] : llvm::zip_equal(mesh.kinds, mesh.sizes)) {
    SmallVector<int16_t, 2> *runs[] = {&dims(*grid.all, kind),
                                       &dims(grid.attention, asAttention(kind)),
                                       &dims(grid.expert, asExpert(kind))};
    if (size == 1)
      continue;
    for (SmallVector<int16_t, 2> *run : runs)
      run->push_back(grid.shape.size());
    grid.shape.push_back(size);
  }
  return grid;
}

std::variant<WorldGrid, NoRefinement>
moe::deriveWorldGrid(const DerivedMeshes &meshes, int64_t etp) {
  WorldGrid grid;
  if (!meshes.expert) {
    grid = productGrid(meshes.attention, etp);
  } else {
    auto refined = refine(RankSpace(meshes.attention.sizes),
                          RankSpace(meshes.expert->sizes));
    if (auto *none = std::get_if<NoRefinement>(&refined))
      return *none;
    auto &refinement = std::get<Refinement>(refined);
    grid.shape = refinement.grid;
    for (auto [kind, dims] :
         llvm::zip_equal(meshes.attention.kinds, refinement.first))
      grid.attention.emplace_back(kind, dims);
    for (auto [kind, dims] :
         llvm::zip_equal(meshes.expert->kinds, refinement.second))
      grid.expert.emplace_back(kind, dims);
  }
  // A world of one rank still needs a dimension.
  if (grid.shape.empty())
    grid.shape.push_back(1);
  return grid;
}
