//===- PipelineRules.cpp - Layers and pipeline stages ---------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Arithmetic.h"
#include "Rules.h"
#include "moe/Model/StageLayout.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

/// "pp = 8" or "pp x vpp = 8 x 4 = 32".
static std::string chunksText(const Degrees &degrees) {
  if (*degrees.vpp == 1)
    return "pp = " + llvm::itostr(*degrees.pp);
  return Factors{&degrees.pp, &degrees.vpp}.equation();
}

/// pipeline-7: chunks take turns on the stages of a pipeline
/// (megatron/core/parallel_state.py, initialize_model_parallel).
static void checkInterleaving(const Degrees &degrees, FindingList &findings) {
  if (*degrees.pp > 1 || *degrees.vpp == 1)
    return;
  Finding &finding = findings.add(
      "pipeline-7", Severity::Error, degrees.vpp.where,
      "vpp = " + llvm::itostr(*degrees.vpp) +
          " interleaves the stages of a pipeline, but pp = 1 makes none");
  finding.expected = "vpp = 1";
  finding.found = "vpp = " + llvm::itostr(*degrees.vpp);
  finding.fixes.push_back({"parallelism.vpp", "1", "without interleaving"});
}

//===----------------------------------------------------------------------===//
// pipeline-8: the schedule fits stages, chunks and micro-batches
//===----------------------------------------------------------------------===//

static Finding &addScheduleError(const Degrees &degrees, std::string message,
                                 FindingList &findings) {
  return findings.add("pipeline-8", Severity::Error, degrees.scheduleWhere,
                      std::move(message));
}

/// What plan files call it.
static StringRef wordOf(Schedule schedule) {
  return schedule == Schedule::OneFOneB ? "1f1b" : stringifySchedule(schedule);
}

static void checkChunks(const Degrees &degrees, FindingList &findings) {
  Schedule schedule = *degrees.schedule;
  bool interleaved = schedule == Schedule::Interleaved;
  if (interleaved == (*degrees.vpp > 1))
    return;
  std::string vpp = "vpp = " + llvm::itostr(*degrees.vpp);
  Finding &finding = addScheduleError(
      degrees,
      interleaved ? "the schedule interleaves chunks of stages, but " + vpp +
                        " leaves each stage one"
                  : "the schedule " + quoted(wordOf(schedule)) +
                        " runs one chunk on each stage, but " + vpp,
      findings);
  finding.expected = interleaved ? "vpp of at least 2" : "vpp = 1";
  finding.found = vpp;
  finding.notes.emplace_back(degrees.vpp.where, vpp + " here");
  finding.fixes.push_back({"parallelism.schedule", "null",
                           "1f1b, interleaved where stages have chunks"});
  if (!interleaved)
    finding.fixes.push_back({"parallelism.vpp", "1", "one chunk a stage"});
}

/// Micro-batches enter at both ends: DualPipe of deepseek-ai asserts that ranks
/// are even and micro-batches even and at least twice as many.
static void checkBothEnds(const PlanModel &plan, FindingList &findings) {
  const Degrees &degrees = plan.degrees;
  int64_t pp = *degrees.pp;
  if (pp % 2 != 0) {
    Finding &finding = addScheduleError(
        degrees,
        "dualpipe mirrors each stage on another one, but pp = " +
            llvm::itostr(pp) + " leaves one alone",
        findings);
    finding.expected = "an even pp";
    finding.found = "pp = " + llvm::itostr(pp);
    return;
  }
  const Figure &global = plan.workload.globalBatch;
  std::optional<int64_t> unit =
      product({&degrees.dp, &plan.workload.microBatch});
  if (!global || !unit || *global % *unit != 0 || findings.has("mesh-1"))
    return;
  int64_t batches = *global / *unit;
  if (batches % 2 == 0 && batches / 2 >= pp)
    return;
  Finding &finding = addScheduleError(
      degrees,
      "dualpipe lets half of the micro-batches enter at either end, at least "
      "pp of them, but a replica has " +
          llvm::itostr(batches),
      findings);
  finding.expected = "an even number, at least 2 x pp = " +
                     std::to_string(static_cast<uint64_t>(pp) * 2);
  finding.found = counted(batches, "micro-batch");
  finding.notes.emplace_back(global.where, "the global batch");
}

static void checkSchedule(const PlanModel &plan, FindingList &findings) {
  const Degrees &degrees = plan.degrees;
  if (!degrees.schedule || !plan.workload.isTraining() || *degrees.pp == 1)
    return;
  Schedule schedule = *degrees.schedule;
  bool known =
      schedule == Schedule::OneFOneB || schedule == Schedule::Interleaved;
  if (!known && plan.framework == Framework::Megatron) {
    Finding &finding = addScheduleError(
        degrees, "Megatron-Core has no schedule " + quoted(wordOf(schedule)),
        findings);
    finding.expected = "1f1b or interleaved";
    finding.found = wordOf(schedule).str();
    finding.fixes.push_back({"parallelism.schedule", "null",
                             "1f1b, interleaved where stages have chunks"});
    return;
  }
  checkChunks(degrees, findings);
  if (schedule == Schedule::DualPipe)
    checkBothEnds(plan, findings);
}

//===----------------------------------------------------------------------===//
// Without a layout
//===----------------------------------------------------------------------===//

/// Adds the values of pp, `most` at most, that divide the layers.
static void offerEqualStages(const PlanModel &plan, unsigned most,
                             Finding &finding) {
  int64_t layers = *plan.model.layers;
  for (int64_t value : divisorsNear(layers, *plan.degrees.pp, most))
    finding.fixes.push_back(
        {"parallelism.pp", llvm::itostr(value),
         counted(layers / value, "layer") + " in each stage"});
}

/// pipeline-3: a stage for every rank, a layer for every stage.
static void checkDepth(const PlanModel &plan, FindingList &findings) {
  const Figure &pp = plan.degrees.pp, &vpp = plan.degrees.vpp,
               &layers = plan.model.layers;
  std::optional<int64_t> chunks = times(*pp, *vpp);
  // The embedding and the loss may take chunks as layers do: Megatron-Core,
  // account_for_embedding_in_pipeline_split.
  constexpr int64_t ends = 2;
  if (!layers || (chunks && *chunks - ends <= *layers && *pp <= *layers))
    return;
  bool stages = *pp > *layers;
  Finding &finding = findings.add(
      "pipeline-3", Severity::Error, stages ? pp.where : vpp.where,
      (stages ? "pp = " + llvm::itostr(*pp) : chunksText(plan.degrees)) +
          " makes more " + (stages ? "stages" : "chunks") +
          " than the model has layers, " + llvm::itostr(*layers));
  finding.expected = "at most " + llvm::itostr(*layers);
  finding.found = stages ? llvm::itostr(*pp)
                         : (chunks ? llvm::itostr(*chunks)
                                   : std::string("more than can be counted"));
  if (stages)
    return offerEqualStages(plan, 4, finding);
  for (int64_t value : divisorsNear(*layers / *pp, *vpp, 2))
    if (value > 1)
      finding.fixes.push_back(
          {"parallelism.vpp", llvm::itostr(value),
           counted(*layers / (*pp * value), "layer") + " in each chunk"});
  finding.fixes.push_back({"parallelism.vpp", "1", "without interleaving"});
}

/// Chunks of the pipeline where the layers do not divide over them; 0 where
/// they do, or where pipeline-3 says why they cannot.
static int64_t unevenChunks(const PlanModel &plan,
                            const FindingList &findings) {
  const Figure &layers = plan.model.layers;
  std::optional<int64_t> chunks = times(*plan.degrees.pp, *plan.degrees.vpp);
  if (!layers || !chunks || *layers % *chunks == 0 ||
      findings.has("pipeline-3"))
    return 0;
  return *chunks;
}

/// pipeline-4: "uniform" insists on equal stages.
static void checkUniform(const PlanModel &plan, FindingList &findings) {
  const Degrees &degrees = plan.degrees;
  const Figure &layers = plan.model.layers;
  int64_t chunks = unevenChunks(plan, findings);
  if (chunks == 0)
    return;
  int64_t dropped = *layers % chunks;
  Finding &finding = findings.add(
      "pipeline-4", Severity::Error, degrees.layoutWhere,
      counted(*layers, "layer") + " do not divide into equal stages over " +
          chunksText(degrees) + ": " + llvm::itostr(*layers - dropped) +
          " would be built and " + llvm::itostr(dropped) + " dropped");
  finding.expected = "a multiple of " + llvm::itostr(chunks);
  finding.found = counted(*layers, "layer");
  finding.notes.emplace_back(plan.model.layers.where,
                             counted(*layers, "layer") + " here");
  finding.fixes.push_back({"parallelism.layout", "null",
                           "stages then differ by one layer at most"});
  offerEqualStages(plan, 2, finding);
}

/// pipeline-5: an even split that is uneven where it must be.
static void noteUnevenSplit(const PlanModel &plan, FindingList &findings) {
  const Degrees &degrees = plan.degrees;
  const Figure &layers = plan.model.layers;
  int64_t chunks = unevenChunks(plan, findings);
  if (chunks == 0)
    return;
  int64_t more = *layers % chunks, fewer = chunks - more;
  int64_t size = *layers / chunks;
  std::string part = *degrees.vpp == 1 ? "stage" : "chunk";
  Finding &finding = findings.add(
      "pipeline-5", Severity::Note, degrees.pp.where,
      counted(*layers, "layer") + " over " + chunksText(degrees) + ": " +
          counted(more, part) + " of " + counted(size + 1, "layer") + " and " +
          llvm::itostr(fewer) + " of " + llvm::itostr(size) +
          ", as no layout says otherwise");
  finding.expected = "equal stages";
  finding.found = llvm::itostr(size + 1) + " and " + llvm::itostr(size);
}

//===----------------------------------------------------------------------===//
// With a layout
//===----------------------------------------------------------------------===//

/// pipeline-2: every stage of a layout has work.
static void checkEmptyStages(const Degrees &degrees, const StageLayout &layout,
                             FindingList &findings) {
  for (int64_t stage = 0; stage < *degrees.pp && stage < layout.numChunks();
       ++stage) {
    bool empty = true;
    for (int64_t chunk = stage; chunk < layout.numChunks();
         chunk += *degrees.pp)
      empty &= layout.chunks()[chunk].layers.empty();
    if (!empty)
      continue;
    Finding &finding =
        findings.add("pipeline-2", Severity::Error, degrees.layoutWhere,
                     "stage " + llvm::itostr(stage) +
                         " of the layout is empty: its ranks would wait for "
                         "work that never comes");
    finding.expected = "at least one layer";
    finding.found = "none";
  }
}

/// pipeline-1 and pipeline-2 on a stated layout.
static void checkLayout(const PlanModel &plan, const StageLayout &layout,
                        FindingList &findings) {
  const Degrees &degrees = plan.degrees;
  Location where = degrees.layoutWhere;
  std::optional<int64_t> chunks = times(*degrees.pp, *degrees.vpp);
  if (!chunks || layout.numChunks() != *chunks) {
    Finding &finding = findings.add(
        "pipeline-1", Severity::Error, where,
        "the layout has " + counted(layout.numChunks(), "chunk") + ", but " +
            chunksText(degrees) + " needs " +
            (chunks ? llvm::itostr(*chunks) : "more than can be counted"));
    finding.expected = chunks ? counted(*chunks, "chunk") : "";
    finding.found = counted(layout.numChunks(), "chunk");
    if (layout.numChunks() % *degrees.pp == 0)
      finding.fixes.push_back({"parallelism.vpp",
                               llvm::itostr(layout.numChunks() / *degrees.pp),
                               "as many chunks as the layout has"});
  }
  const Figure &layers = plan.model.layers;
  int64_t decoders = layout.count(LayerKind::Decoder);
  if (layers && decoders != *layers) {
    Finding &finding =
        findings.add("pipeline-1", Severity::Error, where,
                     "the layout places " + counted(decoders, "layer") +
                         ", the model has " + llvm::itostr(*layers));
    finding.expected = counted(*layers, "layer");
    finding.found = counted(decoders, "layer");
    finding.notes.emplace_back(layers.where,
                               counted(*layers, "layer") + " here");
  }
  checkEmptyStages(degrees, layout, findings);
}

/// The multi-token-prediction layers and the two ends.
static void checkEnds(const PlanModel &plan, const StageLayout &layout,
                      FindingList &findings) {
  auto check = [&](LayerKind kind, int64_t expected) {
    int64_t found = layout.count(kind);
    if (found == expected)
      return;
    std::string letter = {'\'', static_cast<char>(kind), '\''};
    Finding &finding =
        findings.add("pipeline-1", Severity::Error, plan.degrees.layoutWhere,
                     "the layout has " + letter + " " + counted(found, "time") +
                         ", expected " + llvm::itostr(expected));
    finding.expected = letter + " " + counted(expected, "time");
    finding.found = counted(found, "time");
  };
  check(LayerKind::Embedding, 1);
  check(LayerKind::Loss, 1);
  // A plan may leave multi-token prediction out of training, and a model that
  // is described by hand may leave it out of the description.
  bool known = !plan.model.type.empty() || plan.model.mtpLayers > 0;
  if (known && layout.count(LayerKind::Mtp) > plan.model.mtpLayers)
    check(LayerKind::Mtp, plan.model.mtpLayers);
}

/// What the layout holds, in reading order.
static std::vector<LayerKind> flattened(ArrayRef<LayoutChunk> chunks) {
  std::vector<LayerKind> kinds;
  for (const LayoutChunk &chunk : chunks)
    kinds.insert(kinds.end(), chunk.layers.begin(), chunk.layers.end());
  return kinds;
}

static void addOrderError(const PlanModel &plan, std::string message,
                          std::string expected, FindingList &findings) {
  Finding &finding = findings.add("pipeline-1", Severity::Error,
                                  plan.degrees.layoutWhere, std::move(message));
  finding.expected = std::move(expected);
}

/// The MTP layers stand behind every layer, in one chunk, the last of a stage.
static void checkMtpOrder(const PlanModel &plan, const StageLayout &layout,
                          FindingList &findings) {
  SmallVector<int64_t> holders;
  for (auto [position, chunk] : llvm::enumerate(layout.chunks()))
    if (chunk.count(LayerKind::Mtp) > 0)
      holders.push_back(position);
  if (holders.empty())
    return;
  if (holders.size() > 1)
    addOrderError(plan,
                  "the layout has 'm' in " + counted(holders.size(), "chunk"),
                  "all MTP layers in one chunk", findings);
  std::vector<LayerKind> rest =
      flattened(layout.chunks().drop_front(holders.front()));
  rest.erase(rest.begin(), llvm::find(rest, LayerKind::Mtp));
  if (llvm::is_contained(rest, LayerKind::Decoder))
    addOrderError(plan, "the layout has 't' behind 'm'", "'m' behind every 't'",
                  findings);
  if (holders.front() < layout.numChunks() - *plan.degrees.pp)
    addOrderError(plan,
                  "the layout has 'm' in chunk " +
                      llvm::itostr(holders.front()) +
                      ", which is not the last of its stage",
                  "'m' in the last chunk of a stage", findings);
}

/// Tokens enter through the embedding and leave through the loss.
static void checkOrder(const PlanModel &plan, const StageLayout &layout,
                       FindingList &findings) {
  std::vector<LayerKind> kinds = flattened(layout.chunks());
  if (kinds.empty())
    return;
  if (layout.count(LayerKind::Embedding) == 1 &&
      kinds.front() != LayerKind::Embedding)
    addOrderError(plan, "the layout does not begin with 'E'", "'E' first",
                  findings);
  if (layout.count(LayerKind::Loss) == 1 && kinds.back() != LayerKind::Loss)
    addOrderError(plan, "the layout does not end with 'L'", "'L' last",
                  findings);
  checkMtpOrder(plan, layout, findings);
}

void moe::checkPipeline(const RuleInput &input, FindingList &findings) {
  const PlanModel &plan = input.model;
  checkInterleaving(plan.degrees, findings);
  checkSchedule(plan, findings);
  std::optional<std::string> text = plan.degrees.layout;
  // A layout may give the embedding, MTP layers or the loss a stage of their
  // own.
  if (!text || *text == "uniform")
    checkDepth(plan, findings);
  if (!text) {
    noteUnevenSplit(plan, findings);
  } else if (*text == "uniform") {
    checkUniform(plan, findings);
  } else {
    std::string error;
    if (auto layout = StageLayout::parse(*text, error)) {
      checkLayout(plan, *layout, findings);
      checkEnds(plan, *layout, findings);
      checkOrder(plan, *layout, findings);
    } else {
      findings
          .add("pipeline-6", Severity::Error, plan.degrees.layoutWhere, error)
          .found = *text;
    }
  }
}
