//===- ExplainCost.cpp - Where a figure of an estimate comes from ---------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExplainCost.h"

#include "EstimateTables.h"
#include "HumanUnits.h"
#include "moe/Cost/StepTrace.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

using namespace mlir;
using namespace mlir::moe;

namespace {
/// Prints one figure.
class CostExplanation {
public:
  CostExplanation(const PlanEstimate &estimate, const CostFigure &figure,
                  size_t stage, llvm::raw_ostream &os)
      : estimate(estimate), figure(figure), stage(stage), os(os) {}
  void print(double value);

private:
  void printStages();
  void addInput(StringRef name);
  bool addCounted(StringRef name);
  void addKept();
  void addDenseParameters();
  void addTraffic();
  void add(StringRef name, std::string value, std::string origin) {
    inputs.push_back({name.str(), std::move(value), std::move(origin)});
  }
  std::string stageName() const { return "stage " + std::to_string(stage); }

  const PlanEstimate &estimate;
  const CostFigure &figure;
  size_t stage;
  llvm::raw_ostream &os;
  std::vector<CostInput> inputs;
};
} // namespace

//===----------------------------------------------------------------------===//
// Inputs that are not in the plan
//===----------------------------------------------------------------------===//

/// Forward passes of one chunk before the stage runs its first backward pass.
static int64_t countWaiting(const PlanEstimate &estimate, size_t stage,
                            size_t chunk) {
  cost::Schedule schedule = cost::scheduleOf(estimate.job);
  // Later rounds only repeat what the first ones do.
  schedule.microBatches =
      std::min(schedule.microBatches, schedule.stages * (schedule.chunks + 2));
  int64_t waiting = 0;
  for (const cost::Pass &pass :
       orderOfPasses(schedule, static_cast<int64_t>(stage))) {
    if (pass.backward)
      break;
    waiting += pass.chunk == static_cast<int64_t>(chunk);
  }
  return waiting;
}

/// Bytes that a forward pass leaves behind, by what it passes through.
void CostExplanation::addKept() {
  const cost::StageWork &work = estimate.work[stage];
  auto addPart = [&](const std::string &name, const cost::PartWork &part,
                     int64_t waiting) {
    if (part.keptBytes != cost::Count(0))
      add("kept by " + name, showBytes(static_cast<double>(*part.keptBytes)),
          "derived: " + counted(waiting, "micro-batch") +
              (waiting == 1 ? " waits" : " wait"));
  };
  for (size_t chunk = 0; chunk < work.chunks.size(); ++chunk)
    addPart("chunk " + std::to_string(chunk), work.chunks[chunk],
            countWaiting(estimate, stage, chunk));
  addPart("prediction layers", work.mtp, 1);
  addPart("the output head", work.output, 1);
}

void CostExplanation::addTraffic() {
  for (const cost::StepTraffic &traffic : estimate.result.traffic)
    add(nameOf(traffic.axis).str() + " " + nameOf(traffic.kind).str(),
        showSeconds(traffic.time),
        "derived: " + llvm::itostr(traffic.count) + " times, " +
            showBytes(static_cast<double>(*traffic.sent)) + " in all, " +
            showSeconds(traffic.exposed) + " exposed");
}

/// Parameters of the blocks, and what embeddings add to them or save.
void CostExplanation::addDenseParameters() {
  cost::Count copies =
      cost::embeddingCopies(estimate.job, static_cast<int64_t>(stage));
  add("dense parameters",
      llvm::itostr(*(estimate.work[stage].denseWeights - copies)),
      "derived: " + stageName() + " of one rank");
  if (*copies > 0)
    add("copy of the embedding", llvm::itostr(*copies),
        "derived: for the prediction layers");
  if (*copies < 0)
    add("tied output head", llvm::itostr(*copies),
        "derived: the embedding, held once");
}

/// What is counted from the stages of the plan. False for another name.
bool CostExplanation::addCounted(StringRef name) {
  const cost::StageWork &work = estimate.work[stage];
  const cost::Degrees &degrees = estimate.job.degrees;
  // Ranks of both ends of the pipeline hold the same stages.
  bool isMirrored = degrees.schedule == cost::PipelineSchedule::DualPipe;
  std::string mirrored = isMirrored ? "2 x " : "";
  auto count = [&](cost::Count value, StringRef what, std::string origin) {
    add(what, llvm::itostr(*value), "derived: " + std::move(origin));
  };
  if (name == "dense_parameters") {
    addDenseParameters();
  } else if (name == "expert_parameters")
    count(work.expertWeights, "expert parameters",
          stageName() + " of one rank");
  else if (name == "dense_replicas")
    count(degrees.group(cost::Axis::Data).size, "ranks that share them",
          mirrored + "dp x cp");
  else if (name == "expert_replicas")
    count(degrees.group(cost::Axis::ExpertData).size, "ranks that share them",
          mirrored + "edp");
  else if (name == "micro_batches")
    count(estimate.job.microBatches(), "micro_batches",
          "global_batch / (dp x micro_batch)");
  else if (name == "tokens")
    count(estimate.job.tokens() * degrees.cp * estimate.job.microBatches() *
              degrees.dp,
          "tokens", "all replicas");
  else if (name == "time")
    add("time", showWithError(estimate, estimate.stepSeconds()),
        "computed: 'step_time', 'ttft' or 'tpot'");
  else
    return false;
  return true;
}

void CostExplanation::addInput(StringRef name) {
  if (name == "kept_bytes")
    return addKept();
  if (name == "traffic")
    return addTraffic();
  if (name == "stage_time") {
    for (auto [index, each] : llvm::enumerate(estimate.result.stages))
      add("stage " + std::to_string(index),
          showSeconds(each.time.forward + each.time.backward),
          "derived: one micro-batch, forward and backward");
    return;
  }
  if (addCounted(name))
    return;
  if (const CostFigure *other = findCostFigure(name)) {
    std::optional<double> value = other->value(estimate, stage);
    if (value && *value != 0)
      add(name, other->show(*value), "computed, a figure of its own");
    return;
  }
  if (std::optional<CostInput> input = planInput(estimate, name))
    inputs.push_back(std::move(*input));
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

void CostExplanation::printStages() {
  os << "  by stage";
  for (size_t index = 0; index < estimate.result.stages.size(); ++index)
    os << (index ? ", " : "  ") << figure.show(*figure.value(estimate, index));
  os << "\n";
}

void CostExplanation::print(double value) {
  os << figure.name;
  if (figure.ofStage)
    os << " of " << stageName();
  os << " = " << figure.show(value) << "\n  " << figure.what << "\n  formula   "
     << figure.formula << "\n";
  if (figure.ofStage && estimate.result.stages.size() > 1)
    printStages();
  for (StringRef name : figure.inputs)
    addInput(name);
  size_t nameWidth = 0, valueWidth = 0;
  for (const CostInput &input : inputs) {
    nameWidth = std::max(nameWidth, input.name.size());
    valueWidth = std::max(valueWidth, input.value.size());
  }
  for (const CostInput &input : inputs)
    os << "  from  " << llvm::left_justify(input.name, nameWidth) << "  "
       << llvm::left_justify(input.value, valueWidth) << "  " << input.origin
       << "\n";
}

bool moe::explainCost(const PlanEstimate &estimate, const CostFigure &figure,
                      std::optional<size_t> stage, llvm::raw_ostream &os) {
  size_t shown = stage.value_or(estimate.fullestStage());
  std::optional<double> value = figure.value(estimate, shown);
  if (!value) {
    os << figure.name << "\n  " << figure.what
       << "\n  a figure of another workload.mode, or of models with experts\n";
    return false;
  }
  CostExplanation(estimate, figure, shown, os).print(*value);
  return true;
}
