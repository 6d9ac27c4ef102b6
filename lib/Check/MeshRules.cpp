//===- MeshRules.cpp - Meshes and their folding ---------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Arithmetic.h"
#include "FrameworkAnswer.h"
#include "Rules.h"
#include "moe/Topology/RankSpace.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

namespace {
/// Two meshes over the same ranks, the second folding the first.
struct FoldedPair {
  std::string firstName, secondName;
  const MeshAxes &first, &second;
  llvm::ArrayRef<AxisKind> keeping;
  Location where;
  const PlanModel *derivedFrom; ///< null for meshes that stand in the plan
};
} // namespace

static std::string axisText(AxisKind kind, int64_t size, int64_t stride) {
  return stringifyEnum(kind).str() + " = " + llvm::itostr(size) + ", " +
         (stride == 1 ? "neighbouring ranks"
                      : llvm::itostr(stride) + " ranks apart");
}

/// mesh-3: kept axes have equal size and stride; then their groups are equal.
static void checkKept(const FoldedPair &pair, FindingList &findings) {
  RankSpace first(pair.first.sizes), second(pair.second.sizes);
  for (AxisKind kind : pair.keeping) {
    std::optional<unsigned> a = pair.first.position(kind);
    std::optional<unsigned> b = pair.second.position(kind);
    std::string axis = stringifyEnum(kind).str();
    if (!a || !b) {
      findings
          .add("mesh-3", Severity::Error, pair.where,
               pair.secondName + " keeps " + axis + ", which " +
                   (a ? pair.secondName : pair.firstName) + " does not have")
          .subject = axis;
      continue;
    }
    if (first.sizes()[*a] == second.sizes()[*b] &&
        (first.sizes()[*a] == 1 || first.stride(*a) == second.stride(*b)))
      continue;
    std::string left = axisText(kind, first.sizes()[*a], first.stride(*a));
    std::string right = axisText(kind, second.sizes()[*b], second.stride(*b));
    Finding &finding = findings.add(
        "mesh-3", Severity::Error, pair.where,
        "the " + axis + " groups of " + pair.firstName + " (" + left +
            ") and of " + pair.secondName + " (" + right + ") differ");
    finding.subject = axis;
    finding.expected = left;
    finding.found = right;
    finding.fixes.push_back({"parallelism.order", "\"tp-cp-ep-dp-pp\"",
                             "pipeline stages are then the same ranks for "
                             "attention and experts"});
  }
}

/// mesh-4: the two meshes have a common refinement.
static void checkRefinement(const FoldedPair &pair, FindingList &findings) {
  auto result =
      refine(RankSpace(pair.first.sizes), RankSpace(pair.second.sizes));
  auto *none = std::get_if<NoRefinement>(&result);
  if (!none)
    return;
  // What a framework runs without such a grid is only refused by the build.
  const PlanModel *plan = pair.derivedFrom;
  bool runs =
      plan && canAskFramework(*plan) && askFramework(*plan).problems.empty();
  Finding &finding = findings.add(
      "mesh-4", runs ? Severity::Warning : Severity::Error, pair.where,
      pair.firstName + " and " + pair.secondName +
          " have no common grid: one groups ranks by " +
          llvm::itostr(none->smallerCut) + ", the other by " +
          llvm::itostr(none->largerCut) + ", and " +
          llvm::itostr(none->smallerCut) + " does not divide " +
          llvm::itostr(none->largerCut) +
          (runs ? "; " + displayName(*plan->framework).str() +
                      " runs such a plan, `moec build` cannot"
                : ""));
  finding.expected = "each cut divides the next";
  finding.found =
      llvm::itostr(none->smallerCut) + ", " + llvm::itostr(none->largerCut);
}

static void checkPair(const FoldedPair &pair, FindingList &findings) {
  std::optional<int64_t> first = countRanks(pair.first.sizes);
  // Different numbers of ranks are the business of mesh-1 and mesh-5.
  if (!first || first != countRanks(pair.second.sizes))
    return;
  unsigned before = findings.all().size();
  checkKept(pair, findings);
  if (findings.all().size() == before)
    checkRefinement(pair, findings);
}

/// Stages are the same ranks for attention and experts.
static constexpr AxisKind kept[] = {AxisKind::Pipeline};

/// The meshes that the degrees imply; mesh-6: the order of their axes.
static void checkDerived(const RuleInput &input, FindingList &findings) {
  const Degrees &degrees = input.model.degrees;
  auto order = parseAxisOrder(degrees.order);
  if (auto *error = std::get_if<std::string>(&order)) {
    Finding &finding =
        findings.add("mesh-6", Severity::Error, degrees.orderWhere, *error);
    finding.expected = "each of tp, cp, ep, dp, pp once, the smallest stride "
                       "first";
    finding.found = degrees.order;
    return;
  }
  auto result = deriveMeshes(degrees);
  auto *meshes = std::get_if<DerivedMeshes>(&result);
  if (meshes && meshes->expert)
    checkPair({"the attention mesh", "the expert mesh", meshes->attention,
               *meshes->expert, kept, degrees.orderWhere, &input.model},
              findings);
}

/// mesh-1 for a mesh that stands in the plan.
static void checkDecidedSize(const DecidedMesh &mesh, const Figure &world,
                             FindingList &findings) {
  std::optional<int64_t> ranks = countRanks(mesh.axes.sizes);
  if (!world || ranks == *world)
    return;
  std::string found = ranks ? llvm::itostr(*ranks) : "more than 2^63";
  Finding &finding =
      findings.add("mesh-1", Severity::Error, mesh.where,
                   "mesh @" + mesh.name + " covers " + found +
                       " ranks, but there are " + llvm::itostr(*world));
  finding.subject = mesh.name;
  finding.expected = counted(*world, "rank");
  finding.found = found + " ranks";
  finding.notes.emplace_back(world.where, counted(*world, "rank") + " (" +
                                              world.source + ")");
}

void moe::checkMeshes(const RuleInput &input, FindingList &findings) {
  checkDerived(input, findings);
  for (const DecidedMesh &mesh : input.decisions.meshes) {
    checkDecidedSize(mesh, input.model.cluster.worldSize, findings);
    if (const DecidedMesh *first = input.decisions.mesh(mesh.folds))
      checkPair({"mesh @" + first->name, "mesh @" + mesh.name, first->axes,
                 mesh.axes, mesh.keeping, mesh.where, nullptr},
                findings);
  }
}
