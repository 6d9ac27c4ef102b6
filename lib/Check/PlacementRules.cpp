//===- PlacementRules.cpp - Which rank holds which expert -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Arithmetic.h"
#include "Rules.h"
#include "moe/Topology/RankSpace.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

namespace {
/// A placement with what it has to fit.
struct PlacementProblem {
  const DecidedPlacement &placement;
  const LayerRun *run;
  std::optional<int64_t> ranks;
  /// Expert-parallel ranks of one node, if known and more than one node.
  std::optional<int64_t> ranksPerNode;
};

/// One layer of a table: rows of slots.
struct LayerTable {
  ArrayRef<int32_t> experts;
  int64_t ranks, slots;
  int32_t at(int64_t rank, int64_t slot) const {
    return experts[rank * slots + slot];
  }
};
} // namespace

/// Entries of a table that a check looks at; larger ones are not plans.
static constexpr int64_t kMaxEntries = int64_t(1) << 22;

static Finding &addPlacementError(FindingList &findings,
                                  const PlacementProblem &problem,
                                  std::string message, std::string expected,
                                  std::string found) {
  Finding &finding =
      findings.add("placement-1", Severity::Error, problem.placement.where,
                   "placement @" + problem.placement.name + " " + message);
  finding.expected = std::move(expected);
  finding.found = std::move(found);
  return finding;
}

static std::string layerPrefix(const PlacementProblem &problem, int64_t layer,
                               bool single) {
  if (single)
    return "";
  int64_t first = problem.run ? problem.run->begin : 0;
  return "in layer " + llvm::itostr(first + layer) + " ";
}

/// "17, 40 and 3 more".
static std::string listed(ArrayRef<int64_t> numbers) {
  std::string text;
  for (int64_t number : numbers.take_front(3))
    text += (text.empty() ? "" : ", ") + llvm::itostr(number);
  if (numbers.size() > 3)
    text += " and " + llvm::itostr(numbers.size() - 3) + " more";
  return text;
}

/// placement-1 on one layer: every expert has a slot, none two on one rank.
static void checkLayer(const PlacementProblem &problem, const LayerTable &table,
                       const std::string &prefix, FindingList &findings) {
  int64_t experts = *problem.run->experts;
  std::vector<int64_t> lastRank(experts, -1);
  SmallVector<int64_t> absent;
  for (int64_t rank = 0; rank < table.ranks; ++rank)
    for (int64_t slot = 0; slot < table.slots; ++slot) {
      int32_t expert = table.at(rank, slot);
      std::string place = "rank " + llvm::itostr(rank);
      if (expert < -1 || expert >= experts) {
        addPlacementError(
            findings, problem,
            prefix + "names expert " + llvm::itostr(expert) + " on " + place +
                ", but there are " + llvm::itostr(experts),
            "0 to " + llvm::itostr(experts - 1), llvm::itostr(expert));
        return;
      }
      if (expert == -1)
        continue;
      if (lastRank[expert] == rank) {
        addPlacementError(findings, problem,
                          prefix + "holds expert " + llvm::itostr(expert) +
                              " twice on " + place + ", which balances nothing",
                          "once", "twice");
        return;
      }
      lastRank[expert] = rank;
    }
  for (int64_t expert = 0; expert < experts; ++expert)
    if (lastRank[expert] == -1)
      absent.push_back(expert);
  if (!absent.empty())
    addPlacementError(
        findings, problem, prefix + "has no slot for expert " + listed(absent),
        counted(experts, "expert"), llvm::itostr(experts - absent.size()));
}

/// placement-2 on one layer: replicas sit on different nodes.
static void checkReplicas(const PlacementProblem &problem,
                          const LayerTable &table, const std::string &prefix,
                          FindingList &findings) {
  int64_t experts = *problem.run->experts;
  // First node that holds the expert; -1 none yet, -2 several.
  std::vector<int64_t> node(experts, -1), replicas(experts, 0);
  for (int64_t rank = 0; rank < table.ranks; ++rank)
    for (int64_t slot = 0; slot < table.slots; ++slot) {
      int32_t expert = table.at(rank, slot);
      if (expert < 0)
        continue;
      int64_t here = rank / *problem.ranksPerNode;
      ++replicas[expert];
      node[expert] = node[expert] == -1 || node[expert] == here ? here : -2;
    }
  SmallVector<int64_t> together;
  for (int64_t expert = 0; expert < experts; ++expert)
    if (replicas[expert] > 1 && node[expert] >= 0)
      together.push_back(expert);
  if (together.empty())
    return;
  Finding &finding = findings.add(
      "placement-2", Severity::Warning, problem.placement.where,
      "placement @" + problem.placement.name + " " + prefix +
          "keeps all replicas of expert " + listed(together) + " on one node");
  finding.expected = "replicas on different nodes";
  finding.found = "node " + llvm::itostr(node[together.front()]);
}

/// Rows of a table as plain numbers; false when there are too many, or the
/// attribute does not give them.
static bool readTable(ElementsAttr table, std::vector<int32_t> &entries) {
  int64_t size = table.getNumElements();
  if (size > kMaxEntries)
    return false;
  auto values = table.tryGetValues<int32_t>();
  if (!values)
    return false;
  entries.assign(values->begin(), values->end());
  return true;
}

static void checkTable(const PlacementProblem &problem, FindingList &findings) {
  auto type = cast<ShapedType>(problem.placement.table.getType());
  ArrayRef<int64_t> shape = type.getShape();
  int64_t ranks = shape[shape.size() - 2], slots = shape.back();
  bool single = shape.size() == 2;
  if (problem.ranks && ranks != *problem.ranks) {
    addPlacementError(findings, problem,
                      "has rows for " + counted(ranks, "rank") +
                          ", but the experts are spread over " +
                          llvm::itostr(*problem.ranks),
                      counted(*problem.ranks, "row"), counted(ranks, "row"));
    return;
  }
  if (!single && problem.run->size() > 0 && shape[0] != problem.run->size()) {
    addPlacementError(
        findings, problem,
        "covers " + counted(shape[0], "layer") + ", but @" + problem.run->name +
            " has " + llvm::itostr(problem.run->size()),
        counted(problem.run->size(), "layer"), counted(shape[0], "layer"));
    return;
  }
  std::vector<int32_t> entries;
  if (!readTable(problem.placement.table, entries) ||
      *problem.run->experts > kMaxEntries) {
    addPlacementError(findings, problem, "has a table that cannot be read",
                      "at most 2^22 entries",
                      llvm::itostr(type.getNumElements()));
    return;
  }
  for (int64_t layer = 0; layer < (single ? 1 : shape[0]); ++layer) {
    LayerTable table{
        ArrayRef(entries).slice(layer * ranks * slots, ranks * slots), ranks,
        slots};
    std::string prefix = layerPrefix(problem, layer, single);
    checkLayer(problem, table, prefix, findings);
    if (problem.ranksPerNode)
      checkReplicas(problem, table, prefix, findings);
  }
}

/// placement-1 for a placement by rule.
static void checkFormula(const PlacementProblem &problem,
                         FindingList &findings) {
  if (!problem.ranks)
    return;
  int64_t slots = problem.placement.slotsPerRank;
  int64_t experts = *problem.run->experts;
  std::optional<int64_t> total = times(*problem.ranks, slots);
  if (total && *total < experts)
    addPlacementError(findings, problem,
                      "has " + counted(*total, "slot") + ", too few for " +
                          counted(experts, "expert"),
                      "at least " + llvm::itostr(experts),
                      llvm::itostr(*total));
  else if (slots > experts)
    addPlacementError(findings, problem,
                      "gives a rank " + counted(slots, "slot") + " for " +
                          counted(experts, "expert") +
                          ", so that it holds some twice",
                      "at most " + llvm::itostr(experts), llvm::itostr(slots));
}

/// Expert-parallel ranks of one node, when a node holds whole expert groups
/// and the group spans several.
static std::optional<int64_t> ranksPerNode(const RuleInput &input,
                                           const DecidedMesh *mesh) {
  const Figure &perNode = input.model.cluster.gpusPerNode;
  if (!mesh || !perNode || !countRanks(mesh->axes.sizes))
    return std::nullopt;
  std::optional<unsigned> axis = mesh->axes.position(AxisKind::Expert);
  if (!axis)
    return std::nullopt;
  int64_t stride = RankSpace(mesh->axes.sizes).stride(*axis);
  if (*perNode % stride != 0 || *perNode / stride >= mesh->axes.sizes[*axis])
    return std::nullopt;
  return *perNode / stride;
}

void moe::checkPlacements(const RuleInput &input, FindingList &findings) {
  for (const DecidedPlacement &placement : input.decisions.placements) {
    PlacementProblem problem{placement, nullptr, std::nullopt, std::nullopt};
    for (const LayerRun &run : input.model.model.runs)
      if (run.name == placement.layers)
        problem.run = &run;
    if (!problem.run || !problem.run->experts)
      continue;
    const DecidedMesh *mesh = input.decisions.mesh(placement.mesh);
    if (mesh) {
      if (std::optional<unsigned> axis = mesh->axes.position(AxisKind::Expert))
        problem.ranks = mesh->axes.sizes[*axis];
    } else if (input.model.degrees.ep) {
      problem.ranks = *input.model.degrees.ep;
    }
    problem.ranksPerNode = ranksPerNode(input, mesh);
    if (placement.kind == PlacementKind::Table)
      checkTable(problem, findings);
    else
      checkFormula(problem, findings);
  }
}
