//===- EstimateTables.cpp - The parts of a printed estimate ---------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EstimateTables.h"

#include "EstimateParts.h"
#include "HumanUnits.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

static double toReal(cost::Count count) { return static_cast<double>(*count); }

//===----------------------------------------------------------------------===//
// Stages
//===----------------------------------------------------------------------===//

/// Layers with the letters of Megatron's layouts: `E+3`, `8`, `m+L`.
static std::string describeStage(const cost::StageShape &stage) {
  std::vector<std::string> parts;
  if (stage.embedding)
    parts.push_back("E");
  if (int64_t layers = countLayers(stage))
    parts.push_back(llvm::itostr(layers));
  for (int64_t layer = 0; layer < stage.mtpLayers; ++layer)
    parts.push_back("m");
  if (stage.output)
    parts.push_back("L");
  return parts.empty() ? "-" : llvm::join(parts, "+");
}

/// The memory columns: what is 0 on every stage is left out.
static std::vector<MemoryPart> shownParts(const PlanEstimate &estimate) {
  std::vector<MemoryPart> parts;
  for (const MemoryPart &part : memoryParts())
    if (llvm::any_of(estimate.result.stages, [&](const auto &stage) {
          return *(stage.memory.*part.bytes) != 0;
        }))
      parts.push_back(part);
  return parts;
}

TextTable moe::stageTable(const PlanEstimate &estimate) {
  std::vector<MemoryPart> parts = shownParts(estimate);
  TextTable table;
  table.header = {"stage", "layers"};
  table.leftColumns = 2;
  for (const MemoryPart &part : parts)
    table.header.push_back(part.column.str());
  llvm::append_range(table.header,
                     llvm::ArrayRef<std::string>{"peak", "device", "forward"});
  if (estimate.job.isTraining())
    table.header.push_back("backward");
  size_t first = 0;
  for (size_t index = 0; index < estimate.result.stages.size(); ++index) {
    const cost::StageEstimate &stage = estimate.result.stages[index];
    std::vector<std::string> row = {std::to_string(index),
                                    describeStage(estimate.job.stages[index])};
    for (const MemoryPart &part : parts)
      row.push_back(showIn(toReal(stage.memory.*part.bytes), 1e9));
    row.push_back(showIn(toReal(stage.memory.peak()), 1e9));
    row.push_back(showIn(toReal(stage.memory.device()), 1e9));
    row.push_back(showSeconds(stage.time.forward));
    if (estimate.job.isTraining())
      row.push_back(showSeconds(stage.time.backward));
    if (!table.rows.empty() && llvm::equal(llvm::drop_begin(table.rows.back()),
                                           llvm::drop_begin(row))) {
      table.rows.back()[0] = std::to_string(first) + "-" + row[0];
      continue;
    }
    first = index;
    table.rows.push_back(std::move(row));
  }
  return table;
}

//===----------------------------------------------------------------------===//
// Other tables and bars
//===----------------------------------------------------------------------===//

TextTable moe::communicationTable(const PlanEstimate &estimate) {
  TextTable table;
  table.header = {"axis", "collective", "count", "sent", "between domains",
                  "time", "exposed"};
  table.leftColumns = 2;
  for (const cost::StepTraffic &traffic : estimate.result.traffic)
    table.rows.push_back(
        {nameOf(traffic.axis).str(), nameOf(traffic.kind).str(),
         llvm::itostr(traffic.count), showBytes(toReal(traffic.sent)),
         showBytes(toReal(traffic.network)), showSeconds(traffic.time),
         showSeconds(traffic.exposed)});
  return table;
}

TextTable moe::assumptionTable(const PlanEstimate &estimate) {
  TextTable table;
  table.header = {"figure", "taken as", "from"};
  table.leftColumns = 3;
  for (const Assumption &assumption : estimate.assumptions)
    table.rows.push_back({assumption.key, assumption.value, assumption.origin});
  return table;
}

std::vector<Bar> moe::memoryBars(const PlanEstimate &estimate) {
  const cost::StageMemory &memory =
      estimate.result.stages[estimate.fullestStage()].memory;
  double needed = toReal(memory.device());
  double left = estimate.job.machine.memoryBytes - needed;
  double whole = left >= 0 ? needed + left : needed;
  std::vector<Bar> bars;
  for (const MemoryPart &part : memoryParts())
    if (double bytes = toReal(memory.*part.bytes); bytes > 0)
      bars.push_back({part.name.str(), showBytes(bytes), bytes / whole});
  if (left >= 0)
    bars.push_back({"free", showBytes(left), left / whole});
  return bars;
}

std::vector<Bar> moe::timeBars(const PlanEstimate &estimate) {
  std::vector<Bar> bars;
  double total = estimate.stepSeconds();
  for (const TimePart &part : timeParts())
    if (double seconds = estimate.result.step.*part.seconds; seconds > 0)
      bars.push_back({part.name.str(), showSeconds(seconds), seconds / total});
  return bars;
}

//===----------------------------------------------------------------------===//
// Sentences
//===----------------------------------------------------------------------===//

/// `; 1 drafted behind each, 1.85 tokens a pass`, or nothing.
static std::string describeDrafts(const cost::Job &job) {
  if (job.workload.draftTokens == 0)
    return "";
  return "; " + llvm::itostr(job.workload.draftTokens) +
         " drafted behind each, " + showNumber(job.tokensPerPass()) +
         " tokens a pass";
}

/// `host memory: 12.3 GB of states of a rank`, or nothing.
static std::vector<std::string> hostLines(const cost::Estimate &result) {
  double most = 0;
  for (const cost::StageEstimate &stage : result.stages)
    most = std::max(most, toReal(stage.memory.host));
  if (most == 0)
    return {};
  return {"host memory: " + showIn(most, 1e9) +
          " GB of optimizer states of a rank"};
}

/// `train: 128 micro-batches of 1 x 4096 tokens`.
static std::string describeWorkload(const PlanEstimate &estimate) {
  const cost::Workload &workload = estimate.job.workload;
  auto sequence = [&] { return llvm::itostr(*workload.sequenceLength); };
  switch (workload.phase) {
  case cost::Phase::Train:
    return "train: per replica " +
           counted(*estimate.job.microBatches(), "micro-batch") + " of " +
           llvm::itostr(*workload.microBatch) + " x " + sequence() + " tokens";
  case cost::Phase::Prefill:
    return "prefill: per replica " + llvm::itostr(*workload.batch) + " x " +
           sequence() + " tokens";
  case cost::Phase::Decode:
    return "decode: per replica " + llvm::itostr(*workload.batch) +
           " tokens, each after " + llvm::itostr(*workload.contextLength) +
           describeDrafts(estimate.job);
  }
  llvm_unreachable("unknown phase");
}

static std::string describeDegrees(const cost::Degrees &degrees) {
  std::string text;
  for (auto [name, degree] :
       {std::pair("tp", degrees.tp), std::pair("cp", degrees.cp),
        std::pair("pp", degrees.pp), std::pair("vpp", degrees.vpp),
        std::pair("dp", degrees.dp), std::pair("ep", degrees.ep),
        std::pair("etp", degrees.etp)})
    if (degree > 1)
      text +=
          (text.empty() ? "" : ", ") + (name + (" " + llvm::itostr(degree)));
  return text.empty() ? "one rank" : text;
}

std::vector<std::string> moe::headLines(const PlanEstimate &estimate) {
  const PlanModel &plan = estimate.plan;
  const cost::Estimate &result = estimate.result;
  std::string model = plan.model.type.empty() ? "" : plan.model.type + " on ";
  std::vector<std::string> lines = {
      plan.name + ": " + model +
          llvm::itostr(estimate.job.degrees.worldSize()) + " x " +
          plan.cluster.gpu + " (" + describeDegrees(estimate.job.degrees) + ")",
      describeWorkload(estimate) + ", " +
          stringifyPrecision(plan.workload.precision).str(),
      showCount(toReal(result.parameters)) + " parameters, " +
          showCount(toReal(result.activeParameters)) +
          " of them active for a token; forward " +
          showCount(toReal(result.forwardFlopsPerToken), "G") +
          "FLOP per token"};
  llvm::append_range(lines, hostLines(result));
  llvm::append_range(lines, loadLines(estimate.loads));
  return lines;
}

std::string moe::showWithError(const PlanEstimate &estimate, double seconds) {
  ErrorBar bar = errorBarOf(estimate.result);
  return showSeconds(seconds) + " (" + showSeconds(seconds * bar.low) + " .. " +
         showSeconds(seconds * bar.high) + ")";
}

std::string moe::fitLine(const PlanEstimate &estimate) {
  size_t stage = estimate.fullestStage();
  double device = estimate.job.machine.memoryBytes;
  double needed = toReal(estimate.result.stages[stage].memory.device());
  std::string text = "stage " + std::to_string(stage) + " needs " +
                     showBytes(needed) + " of " + showBytes(device) + ": ";
  if (needed <= device)
    return text + "fits, " + showBytes(device - needed) + " (" +
           showShare((device - needed) / device) + ") are left";
  text += "does not fit, ";
  if (needed >= 2 * device)
    return text + showNumber(needed / device) + " times too much";
  return text + showBytes(needed - device) + " (" +
         showShare((needed - device) / device) + ") are too much";
}

std::string moe::timeLine(const PlanEstimate &estimate) {
  std::string time = showWithError(estimate, estimate.stepSeconds());
  switch (estimate.job.workload.phase) {
  case cost::Phase::Train:
    return "one step takes " + time;
  case cost::Phase::Prefill:
    return "time to first token (TTFT) " + time;
  case cost::Phase::Decode:
    return "time per output token (TPOT) " +
           showWithError(estimate,
                         estimate.stepSeconds() / estimate.job.tokensPerPass());
  }
  llvm_unreachable("unknown phase");
}

std::string moe::rateLine(const PlanEstimate &estimate) {
  const cost::Estimate &result = estimate.result;
  return showNumber(result.tokensPerSecondPerGpu) + " tokens/s/GPU, " +
         showNumber(result.flopsPerSecondPerGpu / 1e12) + " TFLOP/s/GPU, MFU " +
         showShare(result.utilisation);
}

std::string moe::dominanceLine(const PlanEstimate &estimate) {
  std::vector<Bar> bars = timeBars(estimate);
  llvm::stable_sort(
      bars, [](const Bar &a, const Bar &b) { return a.share > b.share; });
  std::string text = bars.front().name +
                     " dominates: " + showShare(bars.front().share) +
                     " of the time";
  if (bars.size() > 1)
    text += "; next, " + bars[1].name + ": " + showShare(bars[1].share);
  return text;
}
