//===- ModelRules.cpp - The model by itself -------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Arithmetic.h"
#include "Rules.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

/// model-1: runs of layers follow each other from 0 to the last layer.
static void checkTiling(const ModelFigures &model, FindingList &findings) {
  // An importer that knows no number of layers writes one empty run.
  if (model.runs.empty() || (!model.layers && model.runs.size() == 1))
    return;
  int64_t next = 0;
  std::string text;
  for (const LayerRun &run : model.runs) {
    if (run.begin != next) {
      Finding &finding = findings.add(
          "model-1", Severity::Error, run.where,
          "layers @" + run.name + " begin at " + llvm::itostr(run.begin) +
              (run.begin > next ? ", leaving a gap after layer "
                                : ", overlapping layer ") +
              llvm::itostr(run.begin > next ? next - 1 : run.begin));
      finding.subject = run.name;
      finding.expected = llvm::itostr(next);
      finding.found = llvm::itostr(run.begin);
    }
    next = std::max(next, run.end);
  }
  if (!model.layers || next == *model.layers)
    return;
  Finding &finding =
      findings.add("model-1", Severity::Error, model.runs.back().where,
                   "the runs describe " + counted(next, "layer") +
                       ", the model has " + llvm::itostr(*model.layers));
  finding.expected = counted(*model.layers, "layer");
  finding.found = counted(next, "layer");
}

/// model-2: figures that carry the default of a configuration class.
static void checkAssumed(const ModelFigures &model, FindingList &findings) {
  if (model.assumed.empty())
    return;
  Finding &finding = findings.add(
      "model-2", Severity::Note, model.hidden.where,
      "not stated, so as Hugging Face's configuration class has " +
          std::string(model.assumed.size() == 1 ? "it: " : "them: ") +
          llvm::join(model.assumed, ", "));
  finding.found = llvm::join(model.assumed, ", ");
}

static void addExpertError(FindingList &findings, const LayerRun &run,
                           std::string message, std::string expected,
                           std::string found) {
  Finding &finding =
      findings.add("experts-1", Severity::Error, run.where, std::move(message));
  finding.subject = run.name;
  finding.expected = std::move(expected);
  finding.found = std::move(found);
}

/// experts-1: what a token chooses exists.
static void checkRouting(const LayerRun &run, FindingList &findings) {
  std::string experts = run.experts ? counted(*run.experts, "expert") : "";
  if (run.topK && run.experts && *run.topK > *run.experts)
    addExpertError(
        findings, run,
        "each token chooses " + llvm::itostr(*run.topK) + " of only " + experts,
        "at most " + llvm::itostr(*run.experts), llvm::itostr(*run.topK));
  if (!run.routerGroups)
    return;
  std::string groups = counted(*run.routerGroups, "router group");
  if (run.experts && *run.experts % *run.routerGroups != 0)
    addExpertError(findings, run,
                   experts + " do not divide into " + groups + ": " +
                       quotient(*run.experts, *run.routerGroups),
                   "a divisor of " + llvm::itostr(*run.experts),
                   llvm::itostr(*run.routerGroups));
  if (run.routerTopGroups && *run.routerTopGroups > *run.routerGroups)
    addExpertError(findings, run,
                   "each token chooses " + llvm::itostr(*run.routerTopGroups) +
                       " of only " + groups,
                   "at most " + llvm::itostr(*run.routerGroups),
                   llvm::itostr(*run.routerTopGroups));
  if (!run.routerTopGroups || !run.topK || !run.experts ||
      *run.experts % *run.routerGroups != 0)
    return;
  std::optional<int64_t> reachable =
      times(*run.routerTopGroups, *run.experts / *run.routerGroups);
  if (reachable && *reachable < *run.topK)
    addExpertError(
        findings, run,
        "top_groups = " + llvm::itostr(*run.routerTopGroups) + " reaches " +
            counted(*reachable, "expert") + ", fewer than the " +
            llvm::itostr(*run.topK) + " each token chooses",
        "at least " + llvm::itostr(*run.topK), llvm::itostr(*reachable));
}

/// experts-4: expert parallelism needs experts.
static void checkDense(const PlanModel &plan, FindingList &findings) {
  const Figure &ep = plan.degrees.ep;
  bool described = !plan.model.runs.empty() &&
                   llvm::all_of(plan.model.runs, [](const LayerRun &run) {
                     return bool(run.ffnWidth);
                   });
  if (!ep || *ep == 1 || !described)
    return;
  Finding &finding =
      findings.add("experts-4", Severity::Error, ep.where,
                   "ep = " + llvm::itostr(*ep) +
                       ", but the model has no layer with experts");
  finding.expected = "ep = 1";
  finding.found = "ep = " + llvm::itostr(*ep);
  finding.fixes.push_back({"parallelism.ep", "1", "the model is dense"});
}

/// experts-5: with group-limited routing a node holds whole groups.
static void checkGroupsPerNode(const PlanModel &plan, const LayerRun &run,
                               FindingList &findings) {
  const Figure &ep = plan.degrees.ep, &perNode = plan.cluster.gpusPerNode;
  if (!run.routerGroups || *run.routerGroups == 1 || !ep || !perNode ||
      *ep <= *perNode || findings.has("experts-5"))
    return;
  int64_t nodes = ceilDiv(*ep, *perNode);
  if (*run.routerGroups % nodes == 0 || nodes % *run.routerGroups == 0)
    return;
  Finding &finding =
      findings.add("experts-5", Severity::Note, ep.where,
                   counted(*run.routerGroups, "router group") + " on the " +
                       counted(nodes, "node") +
                       " of an ep group: groups straddle nodes, so "
                       "limiting a token to groups does not limit it to nodes");
  finding.expected = "a divisor or a multiple of " +
                     llvm::itostr(*run.routerGroups) + " nodes";
  finding.found = counted(nodes, "node");
}

void moe::checkModel(const RuleInput &input, FindingList &findings) {
  const ModelFigures &model = input.model.model;
  checkTiling(model, findings);
  checkAssumed(model, findings);
  for (const LayerRun &run : model.runs) {
    checkRouting(run, findings);
    checkGroupsPerNode(input.model, run, findings);
  }
  checkDense(input.model, findings);
}
