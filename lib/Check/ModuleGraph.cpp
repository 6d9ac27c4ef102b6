//===- ModuleGraph.cpp - The modules of a plan as a graph -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Check/ModuleGraph.h"

#include "moe/Analysis/PlanModel.h"
#include "moe/Analysis/PlanStatements.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"
#include <utility>

using namespace mlir;
using namespace mlir::moe;

namespace {
/// Writes nodes and edges in the order of the way.
class Graph {
public:
  Graph(PlanOp plan, llvm::raw_ostream &os)
      : plan(plan), statements(plan), os(os) {}
  void print();

private:
  void addNode(StringRef label, const std::string &detail, StringRef shape);
  void addStep(StringRef label, const std::string &detail,
               StringRef carriedBy = "");
  void addRun(const LayerRun &run);
  void addStated();
  std::string ranksOf(bool oneStage) const;
  std::string sumOf(const Figure &degree) const;

  PlanModel plan;
  /// What a token passes on its way out of the last step.
  std::string pending;
  PlanStatements statements;
  llvm::raw_ostream &os;
  unsigned nodes = 0;
};
} // namespace

/// A text inside a quoted DOT string, fit to be shown.
static std::string escapedDot(StringRef text) {
  std::string shown = quoted(text), result;
  for (char c : StringRef(shown).drop_front().drop_back()) {
    if (c == '"' || c == '\\')
      result += '\\';
    result += c;
  }
  return result;
}

/// "64 ranks", "32 ranks, 1 of 2 stages"; empty while the world is unknown.
std::string Graph::ranksOf(bool oneStage) const {
  const Figure &world = plan.cluster.worldSize, &pp = plan.degrees.pp;
  if (!world)
    return "";
  if (!oneStage || *pp == 1 || *world % *pp != 0)
    return counted(*world, "rank");
  return counted(*world / *pp, "rank") + ", 1 of " + counted(*pp, "stage");
}

void Graph::addNode(StringRef label, const std::string &detail,
                    StringRef shape) {
  os << "  n" << nodes++ << " [shape=" << shape << ", label=\""
     << escapedDot(label);
  if (!detail.empty())
    os << "\\n" << escapedDot(detail);
  os << "\"];\n";
}

/// The edge to it carries what left the last step, then `carriedBy`.
void Graph::addStep(StringRef label, const std::string &detail,
                    StringRef carriedBy) {
  std::string carrier = std::exchange(pending, "");
  if (!carrier.empty() && !carriedBy.empty())
    carrier += ", ";
  carrier += carriedBy;
  addNode(label, detail, "box");
  if (nodes < 2)
    return;
  os << "  n" << nodes - 2 << " -> n" << nodes - 1;
  if (!carrier.empty())
    os << " [label=\"" << escapedDot(carrier) << "\"]";
  os << ";\n";
}

/// Ranks that hold parts of a matrix add up what comes out of it, as an
/// all-reduce or, of split sequences, a reduce-scatter and an all-gather.
std::string Graph::sumOf(const Figure &degree) const {
  return degree && *degree > 1
             ? "sum over " + degree.name + " " + llvm::itostr(*degree)
             : "";
}

void Graph::addRun(const LayerRun &run) {
  const Degrees &degrees = plan.degrees;
  std::string layers =
      run.size() > 0 ? counted(run.size(), "layer") : std::string("layers");
  std::string name = (run.name.empty() ? "" : run.name + ": ") + layers;
  addStep("attention", name);
  pending = sumOf(degrees.tp);
  if (!run.sparse) {
    addStep("feed-forward", name);
    pending = sumOf(degrees.tp);
    return;
  }
  std::string exchange =
      *degrees.ep > 1 ? "all_to_all over ep " + llvm::itostr(*degrees.ep) : "";
  std::string experts =
      run.experts ? counted(*run.experts, "expert") : std::string("experts");
  addStep("router", name);
  addStep("experts",
          experts + " on ep " + llvm::itostr(*degrees.ep) + " x etp " +
              (degrees.etp ? llvm::itostr(*degrees.etp) : "?"),
          exchange.empty() ? "" : "dispatch: " + exchange);
  pending = sumOf(degrees.etp);
  addStep("combine", name, exchange.empty() ? "" : "combine: " + exchange);
  // Shared experts are split like a feed-forward block.
  if (run.sharedExperts > 0)
    pending = sumOf(degrees.tp);
}

static std::string placeOf(const StatedModule &module) {
  if (!module.ranks.empty())
    return "ranks " + module.ranks;
  return module.device.empty() ? "no ranks" : "on the " + module.device;
}

/// Modules as a document states them; those on ranks that no step has show it.
void Graph::addStated() {
  if (statements.modules.empty())
    return;
  os << "  subgraph cluster_stated {\n  label=\"as stated\";\n";
  unsigned first = nodes;
  for (const StatedModule &module : statements.modules)
    addNode(module.name, placeOf(module),
            module.ranks.empty() ? "ellipse" : "box");
  for (unsigned node = first; node + 1 < nodes; ++node)
    os << "  n" << node << " -> n" << node + 1 << " [style=dashed];\n";
  os << "  }\n";
}

void Graph::print() {
  os << "digraph \"" << escapedDot(plan.name) << "\" {\n  rankdir=LR;\n";
  if (const Figure &pp = plan.degrees.pp; *pp > 1)
    os << "  label=\"" << *pp << " stages, send_recv over pp between them\";\n";
  addStep("embedding", ranksOf(/*oneStage=*/true));
  for (const LayerRun &run : plan.model.runs)
    addRun(run);
  addStep("output", ranksOf(/*oneStage=*/true));
  addStated();
  os << "}\n";
}

void moe::printModuleGraph(PlanOp plan, llvm::raw_ostream &os) {
  Graph(plan, os).print();
}
