//===- InputRules.cpp - Figures the plan does not give --------------------===//
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

using namespace mlir;
using namespace mlir::moe;

namespace {
/// Collects absent figures with what cannot be done without them.
class MissingFigures {
public:
  void require(bool present, StringRef section, StringRef key,
               StringRef affects, StringRef neededFor) {
    if (!present)
      missing.push_back(
          {section.str(), key.str(), affects.str(), neededFor.str()});
  }
  std::vector<MissingInput> missing;
};
} // namespace

static void requireCluster(const PlanModel &plan, MissingFigures &figures) {
  const Degrees &degrees = plan.degrees;
  figures.require(bool(plan.cluster.worldSize), "cluster", "world_size",
                  "equation", "the GPU equation");
  bool splits = *degrees.tp > 1 || *degrees.etp > 1;
  figures.require(plan.cluster.gpusPerNode || !splits, "cluster",
                  "gpus_per_node", "groups",
                  "whether tensor-parallel groups stay inside a node");
}

/// Whether every run of that kind gives the figure.
template <typename FigureT>
static bool allGive(const ModelFigures &model, bool sparseOnly,
                    FigureT LayerRun::*figure) {
  return llvm::all_of(model.runs, [&](const LayerRun &run) {
    return (sparseOnly && !run.sparse) || run.*figure;
  });
}

static void requireModel(const PlanModel &plan, MissingFigures &figures) {
  const ModelFigures &model = plan.model;
  const Degrees &degrees = plan.degrees;
  figures.require(bool(model.layers), "model", "num_hidden_layers", "pipeline",
                  "pipeline stages");
  figures.require(bool(model.hidden), "model", "hidden_size", "",
                  "the shapes each rank holds");
  figures.require(bool(model.vocab), "model", "vocab_size", "",
                  "the shape of the embedding");
  bool described = !model.runs.empty();
  figures.require(described && allGive(model, false, &LayerRun::heads), "model",
                  "num_attention_heads", *degrees.tp > 1 ? "model" : "",
                  "the split of attention over tp");
  bool experts = model.firstSparse() && model.firstSparse()->experts;
  bool dense = described && allGive(model, false, &LayerRun::ffnWidth);
  if (dense)
    return;
  figures.require(experts, "model", "num_experts",
                  *degrees.ep > 1 ? "balance" : "", "experts on each rank");
  figures.require(experts && allGive(model, true, &LayerRun::topK), "model",
                  "num_experts_per_tok", "", "tokens each expert gets");
  figures.require(experts && allGive(model, true, &LayerRun::expertWidth),
                  "model", "moe_intermediate_size",
                  *degrees.etp > 1 ? "model" : "", "the shapes of experts");
}

static void requireWorkload(const PlanModel &plan, MissingFigures &figures) {
  const WorkloadFigures &workload = plan.workload;
  figures.require(workload.mode.has_value(), "workload", "mode", "",
                  "whether the plan trains or serves");
  if (workload.mode == Mode::Decode) {
    figures.require(bool(workload.batch), "workload", "batch", "",
                    "tokens of one step");
    figures.require(bool(workload.contextLength), "workload", "context_length",
                    "", "the KV cache");
    return;
  }
  figures.require(bool(workload.sequenceLength), "workload", "sequence_length",
                  *plan.degrees.cp > 1 ? "pipeline" : "",
                  "tokens of one sample");
  if (!workload.isTraining())
    return figures.require(bool(workload.batch), "workload", "batch", "",
                           "the sequences of one pass");
  figures.require(bool(workload.microBatch), "workload", "micro_batch", "",
                  "the number of micro-batches");
  figures.require(bool(workload.globalBatch), "workload", "global_batch", "",
                  "the number of micro-batches");
}

/// input-2: parts of the model that no figure describes.
static void noteWhatIsNotDescribed(const ModelFigures &model,
                                   FindingList &findings) {
  for (const std::string &part : model.notDescribed) {
    Finding &finding =
        findings.add("input-2", Severity::Note, model.hidden.where,
                     "not described, so in no number of this report: " + part);
    finding.found = part;
  }
}

/// input-1
void moe::checkInput(const RuleInput &input, FindingList &findings) {
  noteWhatIsNotDescribed(input.model.model, findings);
  MissingFigures figures;
  requireModel(input.model, figures);
  requireCluster(input.model, figures);
  requireWorkload(input.model, figures);
  if (figures.missing.empty())
    return;
  std::string names;
  for (const MissingInput &missing : figures.missing)
    names += (names.empty() ? "" : ", ") + missing.section + "." + missing.key;
  bool one = figures.missing.size() == 1;
  Finding &finding =
      findings.add("input-1", Severity::Note, input.model.where,
                   counted(figures.missing.size(), "figure") +
                       (one ? " is not stated, and what needs it"
                            : " are not stated, and what needs them") +
                       " was not checked: " + names);
  finding.found = names;
  finding.missing = std::move(figures.missing);
}
