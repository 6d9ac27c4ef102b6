//===- WorkloadRules.cpp - Batches, sequences, modes ----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Arithmetic.h"
#include "RecomputeModules.h"
#include "Rules.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

/// workload-1: the global batch is whole micro-batches of every replica.
static void checkBatch(const PlanModel &plan, FindingList &findings) {
  const Figure &global = plan.workload.globalBatch;
  const Figure &micro = plan.workload.microBatch, &dp = plan.degrees.dp;
  Factors step = {&dp, &micro};
  // Without whole grids `dp` says nothing.
  if (!plan.workload.isTraining() || !global || !step.known() ||
      findings.has("mesh-1"))
    return;
  std::optional<int64_t> unit = step.value();
  if (unit && *global % *unit == 0)
    return;
  Finding &finding =
      findings.add("workload-1", Severity::Error, global.where,
                   "global_batch = " + llvm::itostr(*global) +
                       " is no multiple of " + Factors{&dp, &micro}.equation());
  finding.expected = unit ? "a multiple of " + llvm::itostr(*unit) : "";
  finding.found = llvm::itostr(*global);
  finding.notes.emplace_back(dp.where, step.sources());
  if (!unit)
    return;
  int64_t down = *global / *unit;
  if (down > 0)
    finding.fixes.push_back({"workload.global_batch",
                             llvm::itostr(down * *unit),
                             counted(down, "micro-batch") + " per replica"});
  if (std::optional<int64_t> up = times(down + 1, *unit))
    finding.fixes.push_back(
        {"workload.global_batch", llvm::itostr(*up),
         counted(down + 1, "micro-batch") + " per replica"});
}

/// workload-2: interleaved stages take turns in rounds of `pp` micro-batches
/// (megatron/core/pipeline_parallel/schedules.py).
static void checkRounds(const PlanModel &plan, FindingList &findings) {
  const Figure &global = plan.workload.globalBatch;
  const Figure &pp = plan.degrees.pp, &vpp = plan.degrees.vpp;
  std::optional<int64_t> unit =
      product({&plan.degrees.dp, &plan.workload.microBatch});
  if (!plan.workload.isTraining() || !global || !unit || *vpp == 1 ||
      *global % *unit != 0 || findings.has("mesh-1"))
    return;
  int64_t batches = *global / *unit;
  if (batches % *pp == 0)
    return;
  Finding &finding = findings.add(
      "workload-2", Severity::Error, vpp.where,
      counted(batches, "micro-batch") + " per replica do not fill rounds of " +
          "pp = " + llvm::itostr(*pp) + ", which vpp = " + llvm::itostr(*vpp) +
          " needs");
  finding.expected = "a multiple of " + llvm::itostr(*pp);
  finding.found = llvm::itostr(batches);
  std::optional<int64_t> round = times(*unit, *pp);
  std::optional<int64_t> more =
      round ? times(ceilDiv(*global, *round), *round) : std::nullopt;
  if (more)
    finding.fixes.push_back(
        {"workload.global_batch", llvm::itostr(*more),
         counted(*more / *unit, "micro-batch") + " per replica"});
  finding.fixes.push_back({"parallelism.vpp", "1", "without interleaving"});
}

/// workload-3: context parallelism gives each rank two chunks of the sequence,
/// one from either end (megatron/core/utils.py, get_batch_on_this_cp_rank).
static void checkSequence(const PlanModel &plan, FindingList &findings) {
  const Figure &sequence = plan.workload.sequenceLength;
  const Figure &cp = plan.degrees.cp;
  std::optional<int64_t> chunks = times(2, *cp);
  // A step of decoding computes one token per request, with nothing to balance.
  if (!sequence || *cp == 1 || plan.workload.mode == Mode::Decode ||
      (chunks && *sequence % *chunks == 0))
    return;
  Finding &finding = findings.add(
      "workload-3", Severity::Error, sequence.where,
      "sequence_length = " + llvm::itostr(*sequence) +
          " does not divide into 2 x cp = " +
          (chunks ? llvm::itostr(*chunks) : "2 x " + llvm::itostr(*cp)) +
          " chunks");
  finding.expected = chunks ? "a multiple of " + llvm::itostr(*chunks) : "";
  finding.found = llvm::itostr(*sequence);
  finding.notes.emplace_back(cp.where, "cp = " + llvm::itostr(*cp) + " (" +
                                           cp.source + ")");
  if (!chunks)
    return;
  if (std::optional<int64_t> more = times(ceilDiv(*sequence, *chunks), *chunks))
    finding.fixes.push_back({"workload.sequence_length", llvm::itostr(*more),
                             "padded to whole chunks"});
}

/// workload-8: between the products of a layer each tensor-parallel rank has a
/// share of the sequence (sequence parallelism).
static void checkSequenceShares(const PlanModel &plan, FindingList &findings) {
  const Figure &sequence = plan.workload.sequenceLength;
  const Figure &tp = plan.degrees.tp, &cp = plan.degrees.cp;
  if (!sequence || *tp == 1 || !plan.workload.isTraining() ||
      *sequence % *cp != 0 || *sequence / *cp % *tp == 0)
    return;
  Finding &finding = findings.add(
      "workload-8", Severity::Error, sequence.where,
      "sequence_length = " + llvm::itostr(*sequence) +
          (*cp > 1 ? " / cp = " + llvm::itostr(*sequence / *cp) : "") +
          " does not divide over tp = " + llvm::itostr(*tp) + " ranks");
  finding.found = llvm::itostr(*sequence);
  finding.notes.emplace_back(tp.where, "tp = " + llvm::itostr(*tp) + " (" +
                                           tp.source + ")");
  // Context parallelism asks for two chunks a rank (workload-3).
  int64_t chunks = *cp > 1 && *tp % 2 != 0 ? 2 : 1;
  Factors ranks = {&tp, &cp};
  std::optional<int64_t> unit = ranks.value();
  if (unit)
    unit = times(*unit, chunks);
  if (!unit)
    return;
  finding.expected = "a multiple of " + llvm::itostr(*unit);
  if (std::optional<int64_t> more = times(ceilDiv(*sequence, *unit), *unit))
    finding.fixes.push_back({"workload.sequence_length", llvm::itostr(*more),
                             "padded to whole shares"});
}

static Finding &addModeWarning(FindingList &findings, Location where,
                               std::string key, std::string message,
                               std::string expected, std::string found) {
  Finding &finding =
      findings.add("workload-4", Severity::Warning, where, std::move(message));
  finding.subject = std::move(key);
  finding.expected = std::move(expected);
  finding.found = std::move(found);
  return finding;
}

/// Offers to leave out what the mode does not use.
static void offerRemoval(StringRef mode, Finding &finding) {
  finding.fixes.push_back({"workload." + finding.subject, "null",
                           "a " + mode.str() + " plan does not use it"});
}

/// workload-4: what the plan describes belongs to its mode.
static void checkMode(const WorkloadFigures &workload, FindingList &findings) {
  if (!workload.mode) {
    if (workload.optimizer)
      addModeWarning(findings, *workload.optimizer, "optimizer",
                     "an optimizer is described, but the plan has no mode: "
                     "training also keeps gradients, serving keeps a KV cache "
                     "and no optimizer",
                     "\"mode\": \"train\", \"prefill\" or \"decode\"",
                     "no mode");
    return;
  }
  std::string mode = stringifyEnum(*workload.mode).str();
  auto misplaced = [&](const Figure &figure, StringRef belongs) {
    if (figure.origin == Origin::Stated)
      offerRemoval(mode, addModeWarning(findings, figure.where, figure.name,
                                        quoted(figure.name) + " belongs to " +
                                            belongs.str() + ", a " + mode +
                                            " plan does not use it",
                                        "no " + quoted(figure.name), mode));
  };
  if (*workload.mode == Mode::Train) {
    misplaced(workload.batch, "serving");
    misplaced(workload.contextLength, "decode");
    misplaced(workload.draftTokens, "decode");
    return;
  }
  if (*workload.mode == Mode::Prefill)
    misplaced(workload.draftTokens, "decode");
  if (workload.optimizer)
    offerRemoval(mode,
                 addModeWarning(findings, *workload.optimizer, "optimizer",
                                "a " + mode + " plan keeps no optimizer states",
                                "no 'optimizer'", mode));
  misplaced(workload.globalBatch, "training");
  misplaced(workload.microBatch, "training");
}

//===----------------------------------------------------------------------===//
// workload-5: what is recomputed is there
//===----------------------------------------------------------------------===//

static const NamedModule *findModule(StringRef name) {
  const auto *found =
      llvm::find_if(recomputeModules(), [&](const NamedModule &module) {
        return module.name == name;
      });
  return found == recomputeModules().end() ? nullptr : found;
}

/// Why nothing is recomputed for the name; empty where something is.
static std::string explainAbsence(const ModelFigures &model, StringRef name) {
  const NamedModule *module = findModule(name);
  if (!module || hasPart(model, module->module))
    return "";
  return quoted(name) + " needs " + module->part.str() +
         ", which the model does not have";
}

static void checkRecomputation(const PlanModel &plan, FindingList &findings) {
  const WorkloadFigures &workload = plan.workload;
  std::vector<std::string> kept, reasons;
  SmallVector<StringRef> idle;
  for (const std::string &name : workload.recompute) {
    std::string reason = explainAbsence(plan.model, name);
    if (reason.empty()) {
      kept.push_back("\"" + name + "\"");
      continue;
    }
    idle.push_back(name);
    reasons.push_back(std::move(reason));
  }
  if (!workload.isTraining() || idle.empty())
    return;
  bool refused = plan.framework == Framework::Megatron &&
                 llvm::is_contained(idle, "mla_up_proj");
  Finding &finding = findings.add(
      "workload-5", refused ? Severity::Error : Severity::Warning,
      workload.recomputeWhere,
      "there is nothing to recompute for " + allOf(idle) +
          (refused ? ", and Megatron-Core refuses 'mla_up_proj' without "
                     "latent attention"
                   : ""));
  constexpr size_t mostNotes = 3;
  for (const std::string &reason : ArrayRef(reasons).take_front(mostNotes))
    finding.notes.emplace_back(finding.where, reason);
  std::string rest = "[" + llvm::join(kept, ", ") + "]";
  finding.expected = "modules that the model has";
  finding.found = "[" + llvm::join(workload.recompute, ", ") + "]";
  finding.fixes.push_back({"workload.recompute",
                           kept.empty() ? "\"none\"" : rest,
                           "what is left is what is recomputed"});
}

/// workload-6: an expert has room for all tokens at most.
static void checkCapacity(const PlanModel &plan, FindingList &findings) {
  const std::optional<int64_t> &permille = plan.workload.capacityPermille;
  const LayerRun *run = plan.model.firstSparse();
  if (!permille || !run || !run->experts || !run->topK || *run->topK < 1 ||
      *run->topK > *run->experts)
    return;
  // Exact: permille / 1000 <= experts / topK.
  std::optional<int64_t> stated = times(*permille, *run->topK),
                         most = times(*run->experts, 1000);
  if (!most || (stated && *stated <= *most))
    return;
  std::string limit = llvm::itostr(*run->experts / *run->topK);
  if (*run->experts % *run->topK != 0)
    limit = llvm::itostr(*run->experts) + " / " + llvm::itostr(*run->topK);
  Finding &finding = findings.add(
      "workload-6", Severity::Warning, plan.workload.capacityWhere,
      "the capacity factor gives an expert room for more tokens than there "
      "are: with " +
          counted(*run->experts, "expert") + " and " +
          llvm::itostr(*run->topK) +
          " of them for each token, all tokens are " + limit +
          " times the mean");
  finding.expected = "at most " + limit;
  finding.found = ratio(*permille, 1000, 3);
  finding.notes.emplace_back(run->where, "the experts");
}

/// workload-7: prediction layers draft.
static void checkDrafts(const PlanModel &plan, FindingList &findings) {
  const Figure &drafts = plan.workload.draftTokens;
  if (plan.workload.mode != Mode::Decode || !drafts ||
      plan.model.mtpLayers > 0 || plan.model.runs.empty())
    return;
  Finding &finding = findings.add(
      "workload-7", Severity::Error, drafts.where,
      counted(*drafts, "token") +
          " of each pass would be drafted by prediction layers, and the model "
          "has none");
  finding.expected = "a model with num_nextn_predict_layers, or no "
                     "'draft_tokens'";
  finding.found = "draft_tokens = " + llvm::itostr(*drafts);
  finding.fixes.push_back(
      {"workload.draft_tokens", "null", "one token in each pass"});
}

void moe::checkWorkload(const RuleInput &input, FindingList &findings) {
  checkBatch(input.model, findings);
  checkRounds(input.model, findings);
  checkSequence(input.model, findings);
  checkSequenceShares(input.model, findings);
  checkMode(input.model.workload, findings);
  checkRecomputation(input.model, findings);
  checkCapacity(input.model, findings);
  checkDrafts(input.model, findings);
}
