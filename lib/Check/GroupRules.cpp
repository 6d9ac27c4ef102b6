//===- GroupRules.cpp - Groups of ranks -----------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Arithmetic.h"
#include "Rules.h"
#include "moe/Analysis/AxisDegree.h"
#include "moe/Cost/Job.h"
#include "moe/Topology/RankSpace.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

static constexpr AxisKind kAxes[] = {
    AxisKind::Tensor,    AxisKind::Context, AxisKind::Pipeline,
    AxisKind::Data,      AxisKind::Expert,  AxisKind::ExpertTensor,
    AxisKind::ExpertData};

/// "8 groups of 4", "groups of 4".
static std::string groupsText(std::optional<int64_t> count,
                              std::optional<int64_t> size) {
  std::string text = count ? counted(*count, "group") : "groups";
  return size ? text + " of " + llvm::itostr(*size) : text;
}

//===----------------------------------------------------------------------===//
// groups-1: stated sizes and numbers
//===----------------------------------------------------------------------===//

/// The axis whose groups have the stated shape, if another one does.
static std::optional<AxisKind> axisOfShape(const PlanModel &plan,
                                           const StatedGroups &stated) {
  const Figure &world = plan.cluster.worldSize;
  if (!stated.count || !stated.size || !world)
    return std::nullopt;
  for (AxisKind kind : kAxes) {
    const Figure &degree = degreeOf(plan.degrees, kind);
    if (kind != stated.axis && degree && *degree == *stated.size &&
        *world % *degree == 0 && *world / *degree == *stated.count)
      return kind;
  }
  return std::nullopt;
}

/// Documents count groups of the whole job or of one pipeline stage.
static bool countAgrees(const PlanModel &plan, int64_t count, int64_t size) {
  const Figure &world = plan.cluster.worldSize, &pp = plan.degrees.pp;
  if (!world || *world % size != 0)
    return true;
  int64_t implied = *world / size;
  return count == implied || (implied % *pp == 0 && count == implied / *pp);
}

static void checkStatedGroups(const PlanModel &plan, const StatedGroups &stated,
                              FindingList &findings) {
  const Figure &degree = degreeOf(plan.degrees, stated.axis);
  if (!degree)
    return;
  bool sizeAgrees = !stated.size || *stated.size == *degree;
  if (sizeAgrees &&
      (!stated.count || countAgrees(plan, *stated.count, *degree)))
    return;
  const Figure &world = plan.cluster.worldSize;
  std::optional<int64_t> count;
  if (world && *world % *degree == 0)
    count = *world / *degree;
  std::string implied = groupsText(count, *degree);
  int64_t pp = *plan.degrees.pp;
  if (count && pp > 1 && stated.axis != AxisKind::Pipeline && *count % pp == 0)
    implied += " (" + llvm::itostr(*count / pp) + " in each of " +
               llvm::itostr(pp) + " stages)";
  std::string axis = stringifyEnum(stated.axis).str();
  std::string found = groupsText(stated.count, stated.size);
  Finding &finding =
      findings.add("groups-1", Severity::Error, stated.where,
                   axis + " = " + llvm::itostr(*degree) + " gives " + implied +
                       ", stated are " + found);
  finding.subject = axis;
  finding.expected = implied;
  finding.found = found;
  finding.notes.emplace_back(degree.where, axis + " = " +
                                               llvm::itostr(*degree) + " (" +
                                               degree.source + ")");
  if (std::optional<AxisKind> other = axisOfShape(plan, stated))
    finding.notes.emplace_back(degreeOf(plan.degrees, *other).where,
                               found + " are the " +
                                   stringifyEnum(*other).str() + " groups");
}

//===----------------------------------------------------------------------===//
// groups-2: every rank is in a group
//===----------------------------------------------------------------------===//

static std::string leftOver(int64_t world, int64_t size) {
  int64_t rest = world % size;
  if (rest == 1)
    return "rank " + llvm::itostr(world - 1) + " is in no group";
  return "ranks " + llvm::itostr(world - rest) + " to " +
         llvm::itostr(world - 1) + " are in no group";
}

static void checkPartition(const PlanModel &plan, FindingList &findings) {
  const Figure &world = plan.cluster.worldSize;
  if (!world)
    return;
  for (AxisKind kind : kAxes) {
    const Figure &degree = degreeOf(plan.degrees, kind);
    if (!degree || *world % *degree == 0 ||
        (degree.origin != Origin::Stated && kind == AxisKind::ExpertTensor))
      continue;
    bool ofExperts = kind == AxisKind::Expert || kind == AxisKind::ExpertTensor;
    bool tooLarge = *degree > *world;
    std::string axis = stringifyEnum(kind).str();
    Finding &finding = findings.add(
        "groups-2", Severity::Error, degree.where,
        tooLarge ? "one " + axis + " group takes " + llvm::itostr(*degree) +
                       " ranks, but there are " + llvm::itostr(*world)
                 : counted(*world, "rank") + " cannot be split into " + axis +
                       " groups of " + llvm::itostr(*degree) + ": " +
                       leftOver(*world, *degree));
    finding.subject = axis;
    finding.expected = "a divisor of " + llvm::itostr(*world);
    finding.found = llvm::itostr(*degree);
    bool folded = plan.degrees.rule == GridRule::Folded;
    finding.consequenceOf = ofExperts && folded ? "mesh-5" : "mesh-1";
  }
}

//===----------------------------------------------------------------------===//
// groups-3: tensor-parallel groups stay inside a node
//===----------------------------------------------------------------------===//

/// Whether some group of `size` ranks, `stride` apart, has ranks in two blocks
/// of `block` neighbouring ranks. Groups fill runs of size x stride ranks.
static bool crossesBlocks(int64_t size, int64_t stride, int64_t block,
                          int64_t world) {
  std::optional<int64_t> run = times(size, stride);
  if (size == 1 || world <= block)
    return false;
  return !run || *run > block || block % *run != 0;
}

namespace {
/// Groups along one axis: ranks `stride` apart.
struct GroupShape {
  AxisKind axis;
  int64_t size, stride, world;
};
} // namespace

/// Whether NVLink reaches further than a node.
static bool hasRacks(const ClusterFigures &cluster) {
  return cluster.nvlinkDomain && *cluster.nvlinkDomain > *cluster.gpusPerNode;
}

/// GPUs among which exchange is fast: of a node, or of a larger NVLink domain.
static const Figure &fastBlock(const ClusterFigures &cluster) {
  return hasRacks(cluster) ? cluster.nvlinkDomain : cluster.gpusPerNode;
}

static std::string blockName(const ClusterFigures &cluster) {
  return hasRacks(cluster) ? "NVLink domain" : "node";
}

/// "tp groups of 2, 8 ranks apart,".
static std::string groupsOf(llvm::StringRef axis, int64_t size,
                            int64_t stride) {
  std::string text = (axis + " groups of " + llvm::Twine(size)).str();
  return stride > 1 ? text + ", " + llvm::itostr(stride) + " ranks apart,"
                    : text;
}

static void noteDomain(const Figure &domain, Finding &finding) {
  finding.notes.emplace_back(domain.where, domain.name + " = " +
                                               llvm::itostr(*domain) + " (" +
                                               domain.source + ")");
}

static void checkLocality(const PlanModel &plan, const GroupShape &groups,
                          FindingList &findings) {
  const ClusterFigures &cluster = plan.cluster;
  if (!cluster.gpusPerNode)
    return;
  const Figure &domain = fastBlock(cluster);
  auto [axis, size, stride, world] = groups;
  if (!crossesBlocks(size, stride, *domain, world))
    return;
  std::string name = stringifyEnum(axis).str();
  std::string block = blockName(cluster);
  Finding &finding = findings.add(
      "groups-3", Severity::Warning, degreeOf(plan.degrees, axis).where,
      groupsOf(name, size, stride) + " cross " + block + "s of " +
          counted(*domain, "GPU"));
  finding.subject = name;
  finding.expected = name + " groups inside one " + block;
  finding.found = llvm::itostr(size);
  noteDomain(domain, finding);
}

static void checkLocality(const PlanModel &plan, const MeshAxes &mesh,
                          AxisKind kind, FindingList &findings) {
  std::optional<unsigned> axis = mesh.position(kind);
  if (!axis || !countRanks(mesh.sizes))
    return;
  RankSpace space(mesh.sizes);
  checkLocality(
      plan, {kind, mesh.sizes[*axis], space.stride(*axis), space.numRanks()},
      findings);
}

//===----------------------------------------------------------------------===//
// groups-4: expert-parallel groups fill NVLink domains
//===----------------------------------------------------------------------===//

/// "ranks 64 to 95 are 8 of one domain and 24 of the next": the first run of
/// `run` ranks that a boundary between blocks of `block` cuts.
static std::string firstStraddling(int64_t run, int64_t block) {
  int64_t first = run > block ? 0 : block / run * run;
  int64_t before = block - first;
  std::string text =
      "ranks " + llvm::itostr(first) + " to " + llvm::itostr(first + run - 1) +
      " are " + llvm::itostr(before) + " of one and " +
      llvm::itostr(std::min(run - before, block)) + " of the next";
  return run - before > block ? text + ", and so on" : text;
}

static void checkStraddling(const PlanModel &plan, const MeshAxes &mesh,
                            FindingList &findings) {
  const ClusterFigures &cluster = plan.cluster;
  std::optional<unsigned> axis = mesh.position(AxisKind::Expert);
  if (!cluster.gpusPerNode || *cluster.gpusPerNode < 1 || !axis ||
      !countRanks(mesh.sizes))
    return;
  const Figure &domain = fastBlock(cluster);
  RankSpace space(mesh.sizes);
  int64_t size = mesh.sizes[*axis], stride = space.stride(*axis);
  int64_t run = size * stride;
  int64_t block =
      cost::alignedDomain(*domain, *cluster.gpusPerNode, space.numRanks());
  if (size == 1 || run % block == 0 || block % run == 0)
    return;
  std::string blocks = blockName(cluster) + "s";
  Finding &finding = findings.add(
      "groups-4", Severity::Warning, plan.degrees.ep.where,
      groupsOf("ep", size, stride) + " straddle " + blocks + " of " +
          counted(*domain, "GPU") + ": " + firstStraddling(run, block));
  finding.expected =
      "ep groups inside one " + blockName(cluster) + " or over whole ones";
  finding.found = llvm::itostr(size);
  noteDomain(domain, finding);
  int64_t fitting = *domain / run * run;
  if (fitting > 0 && fitting % *cluster.gpusPerNode == 0)
    finding.notes.emplace_back(plan.degrees.ep.where,
                               "with " + counted(fitting, "rank") +
                                   " in each of the " + blocks +
                                   " no group would");
}

static void checkLocalities(const PlanModel &plan, FindingList &findings) {
  auto result = deriveMeshes(plan.degrees);
  auto *meshes = std::get_if<DerivedMeshes>(&result);
  if (meshes && !findings.has("mesh-1") && !findings.has("mesh-5")) {
    checkLocality(plan, meshes->attention, AxisKind::Tensor, findings);
    if (meshes->expert)
      checkLocality(plan, *meshes->expert, AxisKind::ExpertTensor, findings);
    checkStraddling(plan, meshes->expert ? *meshes->expert : meshes->attention,
                    findings);
    return;
  }
  // Whatever the other degrees become, groups of neighbours are this wide.
  const Figure &tp = plan.degrees.tp, &world = plan.cluster.worldSize,
               &node = plan.cluster.gpusPerNode;
  if (world && *tp <= *world && node && *tp > *node &&
      StringRef(plan.degrees.order).starts_with("tp"))
    checkLocality(plan, {AxisKind::Tensor, *tp, 1, *world}, findings);
}

void moe::checkGroups(const RuleInput &input, FindingList &findings) {
  for (const StatedGroups &stated : input.statements.groups)
    checkStatedGroups(input.model, stated, findings);
  checkPartition(input.model, findings);
  checkLocalities(input.model, findings);
}
