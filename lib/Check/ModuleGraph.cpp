//===- ModuleGraph.cpp - The modules of a plan as a graph
//-------------------===//
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
               const std::string &carriedBy);
  void addRun(const LayerRun &run);
  void addStated();
  std::string ranksOf(bool oneStage) const;

  PlanModel plan;
  PlanStatements statements;
  llvm::raw_ostream &os;
  unsigned nodes = 0;
};
} // namespace

/// A text inside a quoted DOT string.
static std::string escapedDot(StringRef text) {
  std::string result;
  for (char c : text)
    if (c == '"' || c == '\\')
      result += std::string("\\") + c;
    else
      result += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
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

void Graph::addStep(StringRef label, const std::string &detail,
                    const std::string &carriedBy) {
  addNode(label, detail, "box");
  if (nodes < 2)
    return;
  os << "  n" << nodes - 2 << " -> n" << nodes - 1;
  if (!carriedBy.empty())
    os << " [label=\"" << escapedDot(carriedBy) << "\"]";
  os << ";\n";
}

void Graph::addRun(const LayerRun &run) {
  const Degrees &degrees = plan.degrees;
  std::string layers =
      run.size() > 0 ? counted(run.size(), "layer") : std::string("layers");
  std::string name = (run.name.empty() ? "" : run.name + ": ") + layers;
  std::string sum =
      *degrees.tp > 1 ? "all_reduce over tp " + llvm::itostr(*degrees.tp) : "";
  addStep("attention", name, "");
  if (!run.sparse) {
    addStep("feed-forward", name, sum);
    return;
  }
  std::string exchange =
      *degrees.ep > 1 ? "all_to_all over ep " + llvm::itostr(*degrees.ep) : "";
  std::string experts =
      run.experts ? counted(*run.experts, "expert") : std::string("experts");
  addStep("router", name, sum);
  addStep("experts",
          experts + " on ep " + llvm::itostr(*degrees.ep) + " x etp " +
              (degrees.etp ? llvm::itostr(*degrees.etp) : "?"),
          exchange.empty() ? "" : "dispatch: " + exchange);
  addStep("combine", name, exchange.empty() ? "" : "combine: " + exchange);
}

/// Modules as a document states them; those on ranks that no step has show it.
void Graph::addStated() {
  if (statements.modules.empty())
    return;
  os << "  subgraph cluster_stated {\n  label=\"as stated\";\n";
  unsigned first = nodes;
  for (const StatedModule &module : statements.modules)
    addNode(module.name,
            module.ranks.empty() ? "no ranks" : "ranks " + module.ranks,
            module.ranks.empty() ? "ellipse" : "box");
  for (unsigned node = first; node + 1 < nodes; ++node)
    os << "  n" << node << " -> n" << node + 1 << " [style=dashed];\n";
  os << "  }\n";
}

void Graph::print() {
  os << "digraph \"" << escapedDot(plan.name) << "\" {\n  rankdir=LR;\n";
  addStep("embedding", ranksOf(/*oneStage=*/true), "");
  for (const LayerRun &run : plan.model.runs)
    addRun(run);
  addStep("output", ranksOf(/*oneStage=*/true), "");
  addStated();
  os << "}\n";
}

void moe::printModuleGraph(PlanOp plan, llvm::raw_ostream &os) {
  Graph(plan, os).print();
}
