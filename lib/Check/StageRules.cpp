//===- StageRules.cpp - Rules about decided pipeline stages ---------------===//
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

static void addStageError(FindingList &findings, Location where,
                          std::string message, std::string expected,
                          std::string found) {
  Finding &finding =
      findings.add("pipeline-1", Severity::Error, where, std::move(message));
  finding.expected = std::move(expected);
  finding.found = std::move(found);
}

/// `[3, 4) ~> layer 3`, `[3, 6) ~> layers 3 to 5`.
static std::string layersText(int64_t begin, int64_t end) {
  if (end - begin == 1)
    return "layer " + llvm::itostr(begin);
  return "layers " + llvm::itostr(begin) + " to " + llvm::itostr(end - 1);
}

/// pipeline-1: the ranges of all chunks tile the layers of the model.
static void checkCoverage(const DecidedPipeline &pipeline, const Figure &layers,
                          FindingList &findings) {
  std::vector<std::pair<int64_t, int64_t>> ranges;
  for (const DecidedStage &stage : pipeline.stages)
    ranges.insert(ranges.end(), stage.layers.begin(), stage.layers.end());
  llvm::sort(ranges);
  int64_t next = 0;
  for (auto [begin, end] : ranges) {
    if (begin > next)
      addStageError(findings, pipeline.where,
                    "no stage holds " + layersText(next, begin),
                    "every layer once", "none");
    else if (begin < next && end > begin)
      addStageError(findings, pipeline.where,
                    "two stages hold layer " + llvm::itostr(begin),
                    "every layer once", "twice");
    next = std::max(next, end);
  }
  if (layers && next != *layers)
    addStageError(findings, pipeline.where,
                  "the stages end after " + counted(next, "layer") +
                      ", the model has " + llvm::itostr(*layers),
                  counted(*layers, "layer"), counted(next, "layer"));
}

/// pipeline-1: tokens visit the first chunk of every stage in turn, then the
/// second of every stage, so chunks are equally many and hold layers in that
/// order. Only for stages that hold every layer once.
static void checkChunkOrder(const DecidedPipeline &pipeline,
                            FindingList &findings) {
  if (pipeline.stages.empty())
    return;
  size_t chunks = pipeline.stages.front().layers.size();
  for (const DecidedStage &stage : pipeline.stages)
    if (stage.layers.size() != chunks)
      return addStageError(findings, stage.where,
                           "stage " + llvm::itostr(stage.index) + " has " +
                               counted(stage.layers.size(), "chunk") +
                               ", the first stage has " + llvm::itostr(chunks),
                           counted(chunks, "chunk"),
                           counted(stage.layers.size(), "chunk"));
  int64_t next = 0;
  for (size_t chunk = 0; chunk < chunks; ++chunk)
    for (const DecidedStage &stage : pipeline.stages) {
      auto [begin, end] = stage.layers[chunk];
      if (begin == end)
        continue;
      if (begin != next)
        return addStageError(
            findings, stage.where,
            "chunk " + llvm::itostr(chunk) + " of stage " +
                llvm::itostr(stage.index) + " holds " + layersText(begin, end) +
                ", but layer " + llvm::itostr(next) +
                " is the next that tokens reach",
            "layer " + llvm::itostr(next), layersText(begin, end));
      next = end;
    }
}

/// pipeline-1: tokens enter at the first stage and leave at the last.
static void checkStageEnds(const DecidedPipeline &pipeline,
                           FindingList &findings) {
  auto misplaced = [&](const DecidedStage &stage, StringRef part,
                       const DecidedStage &owner) {
    std::string expected = "stage " + llvm::itostr(owner.index);
    std::string found = "stage " + llvm::itostr(stage.index);
    addStageError(findings, stage.where,
                  found + " holds the " + part.str() + ", which belongs to " +
                      expected,
                  expected, found);
  };
  for (const DecidedStage &stage : pipeline.stages) {
    if (stage.embedding && &stage != &pipeline.stages.front())
      misplaced(stage, "embedding", pipeline.stages.front());
    if (stage.output && &stage != &pipeline.stages.back())
      misplaced(stage, "output head", pipeline.stages.back());
  }
}

static void checkDecided(const RuleInput &input,
                         const DecidedPipeline &pipeline,
                         FindingList &findings) {
  std::optional<int64_t> pp;
  if (const DecidedMesh *mesh = input.decisions.mesh(pipeline.mesh))
    if (auto axis = mesh->axes.position(AxisKind::Pipeline))
      pp = mesh->axes.sizes[*axis];
  int64_t stages = pipeline.stages.size();
  if (stages != pp.value_or(1))
    addStageError(findings, pipeline.where,
                  counted(stages, "stage") +
                      " for pp = " + llvm::itostr(pp.value_or(1)),
                  counted(pp.value_or(1), "stage"), counted(stages, "stage"));
  for (auto [position, stage] : llvm::enumerate(pipeline.stages)) {
    if (stage.index != static_cast<int64_t>(position))
      addStageError(findings, stage.where,
                    "stage " + llvm::itostr(stage.index) +
                        " stands where stage " + llvm::itostr(position) +
                        " belongs",
                    llvm::itostr(position), llvm::itostr(stage.index));
    bool empty = llvm::all_of(
        stage.layers, [](auto range) { return range.first == range.second; });
    if (empty && stage.mtpLayers == 0 && !stage.embedding && !stage.output) {
      Finding &finding = findings.add(
          "pipeline-2", Severity::Error, stage.where,
          "stage " + llvm::itostr(stage.index) +
              " holds no layer: its ranks would wait for work that never "
              "comes");
      finding.expected = "at least one layer";
      finding.found = "none";
    }
  }
  checkStageEnds(pipeline, findings);
  size_t before = findings.all().size();
  checkCoverage(pipeline, input.model.model.layers, findings);
  if (findings.all().size() == before)
    checkChunkOrder(pipeline, findings);
}

void moe::checkStages(const RuleInput &input, FindingList &findings) {
  if (input.decisions.pipeline)
    checkDecided(input, *input.decisions.pipeline, findings);
}
