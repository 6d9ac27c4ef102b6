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
#include "moe/Wording/Wording.h"
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

static void addPlacementError(FindingList &findings,
                              const PlacementProblem &problem,
                              const llvm::Twine &message, std::string expected,
                              std::string found) {
  Finding &finding = findings.add(
      "placement-1", Severity::Error, problem.placement.where,
      ("placement @" + problem.placement.name + " " + message).str());
  finding.subject = problem.placement.name;
  finding.expected = std::move(expected);
  finding.found = std::move(found);
}

/// "in layer 5 and 3 more " before what is wrong there; nothing for a table
/// that is the same in all layers.
static std::string layersPrefix(const PlacementProblem &problem,
                                ArrayRef<int64_t> layers, bool single) {
  if (single)
    return "";
  std::string text =
      "in layer " + llvm::itostr(problem.run->begin + layers.front());
  if (layers.size() > 1)
    text += " and " + llvm::utostr(layers.size() - 1) + " more";
  return text + " ";
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

/// What is wrong with one layer; the first such thing.
static std::optional<std::string> faultOf(const LayerTable &table,
                                          int64_t experts) {
  std::vector<int64_t> lastRank(experts, -1);
  auto on = [](int64_t rank) { return " on rank " + llvm::itostr(rank); };
  for (int64_t rank = 0; rank < table.ranks; ++rank)
    for (int64_t slot = 0; slot < table.slots; ++slot) {
      int32_t expert = table.at(rank, slot);
      if (expert < -1 || expert >= experts)
        return "names expert " + llvm::itostr(expert) + on(rank) +
               ", but there are " + llvm::itostr(experts);
      if (expert == -1)
        continue;
      if (lastRank[expert] == rank)
        return "holds expert " + llvm::itostr(expert) + " twice" + on(rank) +
               ", which balances nothing";
      lastRank[expert] = rank;
    }
  SmallVector<int64_t> absent;
  for (int64_t expert = 0; expert < experts; ++expert)
    if (lastRank[expert] == -1)
      absent.push_back(expert);
  if (absent.empty())
    return std::nullopt;
  return "has no slot for expert " + listed(absent);
}

/// Experts of one layer all of whose replicas are on one node.
static SmallVector<int64_t>
crowdedExperts(const LayerTable &table, int64_t experts, int64_t ranksPerNode) {
  // The node that holds the expert; -1 none yet, -2 several.
  std::vector<int64_t> node(experts, -1), replicas(experts, 0);
  for (int64_t rank = 0; rank < table.ranks; ++rank)
    for (int64_t slot = 0; slot < table.slots; ++slot) {
      int32_t expert = table.at(rank, slot);
      if (expert < 0)
        continue;
      int64_t here = rank / ranksPerNode;
      ++replicas[expert];
      node[expert] = node[expert] == -1 || node[expert] == here ? here : -2;
    }
  SmallVector<int64_t> crowded;
  for (int64_t expert = 0; expert < experts; ++expert)
    if (replicas[expert] > 1 && node[expert] >= 0)
      crowded.push_back(expert);
  return crowded;
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

/// Whether a table has the shape its plan needs: rows, layers, enough slots.
static bool checkShape(const PlacementProblem &problem, ArrayRef<int64_t> shape,
                       FindingList &findings) {
  int64_t ranks = shape[shape.size() - 2], slots = shape.back();
  int64_t experts = *problem.run->experts, layers = problem.run->size();
  if (problem.ranks && ranks != *problem.ranks) {
    addPlacementError(findings, problem,
                      "has rows for " + counted(ranks, "rank") +
                          ", but the experts are spread over " +
                          llvm::itostr(*problem.ranks),
                      counted(*problem.ranks, "row"), counted(ranks, "row"));
    return false;
  }
  if (shape.size() == 3 && layers > 0 && shape[0] != layers) {
    addPlacementError(findings, problem,
                      "covers " + counted(shape[0], "layer") + ", but @" +
                          problem.run->name + " has " + llvm::itostr(layers),
                      counted(layers, "layer"), counted(shape[0], "layer"));
    return false;
  }
  std::optional<int64_t> places = times(ranks, slots);
  if (places && *places >= experts)
    return true;
  addPlacementError(findings, problem,
                    "has " + (places ? counted(*places, "slot") : "no slots") +
                        ", too few for " + counted(experts, "expert"),
                    "at least " + llvm::itostr(experts),
                    places ? llvm::itostr(*places) : "");
  return false;
}

/// placement-1 and placement-2 on every layer of a table. A finding names the
/// first layer that is wrong and counts the others.
static void checkLayers(const PlacementProblem &problem,
                        ArrayRef<int64_t> shape, ArrayRef<int32_t> entries,
                        FindingList &findings) {
  int64_t ranks = shape[shape.size() - 2], slots = shape.back();
  bool single = shape.size() == 2;
  int64_t experts = *problem.run->experts;
  std::optional<std::string> fault;
  SmallVector<int64_t> crowded, faulty, unspread;
  for (int64_t layer = 0; layer < (single ? 1 : shape[0]); ++layer) {
    LayerTable table{entries.slice(layer * ranks * slots, ranks * slots), ranks,
                     slots};
    if (std::optional<std::string> wrong = faultOf(table, experts)) {
      faulty.push_back(layer);
      if (!fault)
        fault = wrong;
      continue;
    }
    if (!problem.ranksPerNode)
      continue;
    auto here = crowdedExperts(table, experts, *problem.ranksPerNode);
    if (here.empty())
      continue;
    unspread.push_back(layer);
    if (crowded.empty())
      crowded = here;
  }
  if (fault)
    addPlacementError(findings, problem,
                      layersPrefix(problem, faulty, single) + *fault,
                      "every expert, none twice on a rank", *fault);
  if (crowded.empty())
    return;
  Finding &finding = findings.add(
      "placement-2", Severity::Warning, problem.placement.where,
      "placement @" + problem.placement.name + " " +
          layersPrefix(problem, unspread, single) +
          "keeps all replicas of expert " + listed(crowded) + " on one node");
  finding.subject = problem.placement.name;
  finding.expected = "replicas on different nodes";
  finding.found = "one node";
}

static void checkTable(const PlacementProblem &problem, FindingList &findings) {
  auto type = cast<ShapedType>(problem.placement.table.getType());
  if (!checkShape(problem, type.getShape(), findings))
    return;
  std::vector<int32_t> entries;
  if (readTable(problem.placement.table, entries))
    checkLayers(problem, type.getShape(), entries, findings);
  else
    addPlacementError(findings, problem, "has a table that cannot be read",
                      "at most 2^22 entries",
                      llvm::itostr(type.getNumElements()));
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

/// Expert-parallel ranks of a node, if they fill some: of the mesh of the
/// experts, decided or as the degrees give it.
static std::optional<int64_t> ranksPerNode(const RuleInput &input,
                                           const DecidedMesh *decided) {
  const Figure &perNode = input.model.cluster.gpusPerNode;
  auto derived = deriveMeshes(input.model.degrees);
  const auto *meshes = std::get_if<DerivedMeshes>(&derived);
  const MeshAxes *mesh = decided          ? &decided->axes
                         : !meshes        ? nullptr
                         : meshes->expert ? &*meshes->expert
                                          : &meshes->attention;
  if (!mesh || !perNode || !countRanks(mesh->sizes))
    return std::nullopt;
  std::optional<unsigned> axis = mesh->position(AxisKind::Expert);
  if (!axis)
    return std::nullopt;
  int64_t stride = RankSpace(mesh->sizes).stride(*axis);
  if (*perNode % stride != 0 || *perNode / stride >= mesh->sizes[*axis])
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
