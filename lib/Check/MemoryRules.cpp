//===- MemoryRules.cpp - Whether a plan fits into its GPUs ----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Amounts.h"
#include "ImbalancePolicy.h"
#include "LeastMemory.h"
#include "MemoryFixes.h"
#include "MemoryText.h"
#include "Rules.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include <cmath>

using namespace mlir;
using namespace mlir::moe;
using cost::Count;

static double asDouble(Count count) {
  return static_cast<double>(count.valueOr(0));
}

/// "an H100 has 85.52 GB (81559 MiB usable)"; of a GPU nobody knows "a GPU has
/// 64 GB". The number is the one that plans are compared with, not that of the
/// data sheet.
static std::string describeGpu(const ClusterFigures &cluster) {
  if (!cluster.usableMemory)
    return "a GPU has " + cluster.gpuMemory->str();
  bool vowel = StringRef("AH").contains(cluster.gpu.front());
  return (vowel ? "an " : "a ") + cluster.gpu + " has " +
         amount(cluster.usableMemory->toSI(), "B") + " (" +
         cluster.usableMemory->str() + " usable)";
}

/// Memory of one GPU that programs may use, bytes; nothing when not known.
static std::optional<double> memoryOfGpu(const ClusterFigures &cluster) {
  const std::optional<Quantity> &memory =
      cluster.usableMemory ? cluster.usableMemory : cluster.gpuMemory;
  if (!cluster.gpuMemory || memory->dimension() != Dimension::Bytes ||
      memory->toSI() <= 0)
    return std::nullopt;
  return memory->toSI();
}

//===----------------------------------------------------------------------===//
// memory-2: the cluster holds the model
//===----------------------------------------------------------------------===//

/// Bytes that one parameter takes at least, over all ranks together: gradients
/// and states exist once where an optimizer is described.
static double bytesPerParameter(const PlanModel &plan, const PlanCost &cost,
                                std::string &parts) {
  const cost::Workload &workload = cost.job().workload;
  double size = asDouble(cost.weightBytes(1000)) / 1000;
  parts = amount(size, "B");
  if (plan.workload.mode != Mode::Train || !plan.workload.optimizer)
    return size;
  auto add = [&](double more, StringRef name) {
    size += more;
    parts += " + " + amount(more, "B") + " of " + name.str();
  };
  auto bytesOf = [](cost::NumberFormat format) {
    return static_cast<double>(cost::bitsOf(format)) / 8;
  };
  parts += " of weights";
  add(bytesOf(workload.gradients), "gradients");
  if (workload.masterBits() > 0)
    add(bytesOf(workload.master), "master weights");
  add(static_cast<double>(workload.layerMoments) * bytesOf(workload.moments),
      "moments");
  parts = "(" + parts + ")";
  return size;
}

static void checkWholeModel(const RuleInput &input, FindingList &findings) {
  const ClusterFigures &cluster = input.model.cluster;
  std::optional<double> memory = memoryOfGpu(cluster);
  const Figure &ranks = cluster.worldSize ? cluster.worldSize : cluster.gpus;
  if (!memory || !ranks)
    return;
  const PartTable &model = input.cost.model();
  std::vector<ModelPart> parts = model.knownByParameters();
  std::string each;
  double perParameter = bytesPerParameter(input.model, input.cost, each);
  double needed = asDouble(model.knownParameters()) * perParameter;
  double there = *memory * static_cast<double>(*ranks);
  if (parts.empty() || needed <= there)
    return;
  // Of a model that is known in part, the largest part may do on its own.
  std::string what = "the model";
  Count parameters = model.knownParameters();
  if (!model.parameters()) {
    double part = asDouble(model[parts.front()].parameters) * perParameter;
    bool alone = part > there;
    what = alone ? nameOf(parts.front()).str() + " alone"
                 : std::string("the known parts of the model");
    parameters = alone ? model[parts.front()].parameters : parameters;
    needed = alone ? part : needed;
  }
  Finding &finding = findings.add(
      "memory-2", Severity::Error, cluster.worldSize.where,
      what + " would take " + amount(needed, "B") + ", all " +
          counted(*ranks, "GPU") + " together have " + amount(there, "B"));
  finding.expected = "at most " + amount(there, "B");
  finding.found = amount(needed, "B");
  finding.notes.emplace_back(input.model.model.hidden.where,
                             shortCount(parameters) + " parameters x " + each +
                                 " = " + amount(needed, "B"));
  double least = std::ceil(needed / *memory);
  if (least < 1e9)
    finding.notes.emplace_back(
        cluster.worldSize.where,
        "that is the memory of " + counted(static_cast<int64_t>(least), "GPU") +
            " before any activation or KV cache: " + describeGpu(cluster));
}

//===----------------------------------------------------------------------===//
// memory-1: every stage fits
//===----------------------------------------------------------------------===//

/// "stages 0, 1, 3 of 8".
static std::string listStages(ArrayRef<size_t> stages, size_t all) {
  if (stages.size() == all)
    return "all " + llvm::utostr(all) + " stages";
  if (stages.size() > 8)
    return llvm::utostr(stages.size()) + " of " + llvm::utostr(all) + " stages";
  SmallVector<std::string> numbers;
  for (size_t stage : stages)
    numbers.push_back(llvm::utostr(stage));
  return (stages.size() == 1 ? "stage " : "stages ") +
         llvm::join(numbers, ", ") + " of " + llvm::utostr(all);
}

static void noteStages(const cost::Estimate &estimate, double memory,
                       Finding &finding) {
  if (estimate.stages.size() == 1)
    return;
  SmallVector<size_t> tooLarge;
  size_t smallest = 0;
  for (size_t stage = 0; stage < estimate.stages.size(); ++stage) {
    if (asDouble(estimate.stages[stage].memory.device()) > memory)
      tooLarge.push_back(stage);
    if (*estimate.stages[stage].memory.device() <
        *estimate.stages[smallest].memory.device())
      smallest = stage;
  }
  finding.notes.emplace_back(
      finding.where, listStages(tooLarge, estimate.stages.size()) +
                         (tooLarge.size() == 1 ? " does" : " do") +
                         " not fit; the least is needed by stage " +
                         llvm::utostr(smallest) + ": " +
                         bytes(estimate.stages[smallest].memory.device()));
}

/// memory-1 where the plan cannot fit, memory-5 where the error of the estimate
/// or what the plan leaves open may make it fit.
static Finding &addUnfit(const RuleInput &input, const std::string &who,
                         double device, double memory, FindingList &findings) {
  LeastMemory least = leastMemory(input, device);
  double limit = memory * (1 + memoryError);
  bool certain = least.bytes > limit, beyond = device > limit;
  std::string message = std::string(certain ? "the plan does not fit: "
                                            : "the plan may not fit: ") +
                        who + " needs " + amount(device, "B");
  std::string atLeast = amount(least.bytes, "B") +
                        " with the most favourable " +
                        llvm::join(least.open, ", ");
  if (certain && !least.open.empty())
    message += ", still " + atLeast;
  if (!certain)
    message += beyond
                   ? " as far as the plan says"
                   : " by an estimate that is good to " + percent(memoryError);
  message += ", " + describeGpu(input.model.cluster);
  Finding &finding = findings.add(certain ? "memory-1" : "memory-5",
                                  certain ? Severity::Error : Severity::Warning,
                                  input.model.degrees.pp.where, message);
  if (!certain && beyond)
    finding.notes.emplace_back(finding.where,
                               "what is not stated decides: " + atLeast);
  if (certain)
    finding.consequenceOf = "memory-2";
  return finding;
}

/// Why there is no fix: no change is enough, or `someFit` but break something.
static std::string describeFailure(const cost::StageMemory &needs,
                                   double memory, bool someFit) {
  std::string change = " single change of recomputation, sharding, batch or a "
                       "degree ";
  if (someFit)
    return "every" + change + "that makes it fit breaks another rule or claim";
  std::string text = "no" + change + "makes it fit";
  double fixed = asDouble(needs.weights + needs.gradients + needs.optimizer);
  bool states = asDouble(needs.gradients) > 0;
  if (fixed > memory)
    text += std::string("; weights") +
            (states ? ", gradients and optimizer states" : "") +
            " alone take " + amount(fixed, "B");
  return text;
}

static void checkEstimate(const RuleInput &input,
                          const cost::Estimate &estimate, double memory,
                          FindingList &findings) {
  size_t stage = largestStage(estimate);
  const cost::StageMemory &needs = estimate.stages[stage].memory;
  double device = asDouble(needs.device());
  if (device <= memory)
    return;
  std::string who = estimate.stages.size() > 1
                        ? "a rank of stage " + llvm::utostr(stage)
                        : std::string("a rank");
  Finding &finding = addUnfit(input, who, device, memory, findings);
  finding.expected = "at most " + amount(memory, "B");
  finding.found = amount(device, "B");
  finding.notes.emplace_back(finding.where,
                             describeMemory(needs, /*withReserve=*/true));
  noteStages(estimate, memory, finding);
  finding.fixes = findChangesThatFit(input, memory);
  finding.withoutFix = describeFailure(needs, memory, !finding.fixes.empty());
}

/// Without an estimate, parts of the weights may be too large on their own.
static void checkKnownWeights(const RuleInput &input, double memory,
                              FindingList &findings) {
  const PlanCost &cost = input.cost;
  bool shared =
      cost.job().workload.sharding == cost::StateSharding::FullyShared;
  if (cost.memory() || shared)
    return;
  for (auto [stage, table] : llvm::enumerate(cost.stages())) {
    Count size = cost.weightBytes(table.knownParameters());
    std::vector<ModelPart> parts = table.knownByParameters();
    if (parts.empty() || (size && asDouble(size) <= memory))
      continue;
    ModelPart part = parts.front();
    Count ofPart = cost.weightBytes(table[part].parameters);
    bool alone = !ofPart || asDouble(ofPart) > memory;
    Finding &finding = findings.add(
        "memory-1", Severity::Error, input.model.degrees.pp.where,
        "the plan does not fit: " +
            (alone ? nameOf(part).str() + " alone take " + bytes(ofPart)
                   : "the weights that are known take " + bytes(size)) +
            " of each rank" +
            (cost.stages().size() > 1 ? " of stage " + llvm::utostr(stage)
                                      : std::string()) +
            ", " + describeGpu(input.model.cluster));
    finding.expected = "at most " + amount(memory, "B");
    finding.found = bytes(alone ? ofPart : size);
    finding.notes.emplace_back(finding.where, describePart(cost, part, stage) +
                                                  " = " + bytes(ofPart));
    finding.consequenceOf = "memory-2";
    return;
  }
}

//===----------------------------------------------------------------------===//
// memory-3, memory-4: policies
//===----------------------------------------------------------------------===//

static std::optional<Quantity> asQuantity(double value, StringRef unit) {
  std::string error, text;
  llvm::raw_string_ostream(text) << llvm::format("%.3f", value) << " " << unit;
  return Quantity::parse(text, error);
}

/// memory-3: stages need about the same.
static void checkSpread(const RuleInput &input, const cost::Estimate &estimate,
                        FindingList &findings) {
  if (estimate.stages.size() < 2)
    return;
  double sum = 0;
  size_t most = largestStage(estimate), least = 0;
  for (size_t stage = 0; stage < estimate.stages.size(); ++stage) {
    double size = asDouble(estimate.stages[stage].memory.device());
    sum += size;
    if (size < asDouble(estimate.stages[least].memory.device()))
      least = stage;
  }
  double mean = sum / static_cast<double>(estimate.stages.size());
  double largest = asDouble(estimate.stages[most].memory.device());
  ImbalancePolicy policy = ImbalancePolicy::ofMemory(input.statements);
  if (!policy.breaks(largest / mean))
    return;
  std::string found = policy.show(largest / mean);
  Finding &finding = findings.add(
      "memory-3", Severity::Warning, input.model.degrees.pp.where,
      "memory is uneven over the stages: stage " + llvm::utostr(most) +
          " needs " + amount(largest, "B") + ", " + found +
          " times the mean of " + amount(mean, "B"));
  finding.expected = policy.limit();
  finding.found = found;
  finding.notes.emplace_back(
      finding.where,
      "stage " + llvm::utostr(most) + ": " +
          describeMemory(estimate.stages[most].memory, /*withReserve=*/true));
  finding.notes.emplace_back(
      finding.where,
      "stage " + llvm::utostr(least) + ": " +
          describeMemory(estimate.stages[least].memory, /*withReserve=*/true));
  if (policy.stated())
    finding.notes.emplace_back(policy.stated()->where, "the policy");
}

/// memory-4: the memory in use is what the policy wants.
static void checkPolicy(const RuleInput &input, const cost::Estimate &estimate,
                        double memory, FindingList &findings) {
  const StatedBound *policy = input.statements.policy("device_memory");
  if (!policy)
    return;
  double device = asDouble(estimate.deviceMemory());
  bool share = policy->bound.dimension() != Dimension::Bytes;
  std::optional<Quantity> used = share ? asQuantity(100 * device / memory, "%")
                                       : asQuantity(device / 1e9, "GB");
  if (!used || used->dimension() != policy->bound.dimension() ||
      policy->bound.admits(*used))
    return;
  std::string found = share ? percent(device / memory) : amount(device, "B");
  Finding &finding = findings.add("memory-4", Severity::Warning, policy->where,
                                  "the largest stage uses " + found +
                                      " of the memory of a GPU, the policy "
                                      "is " +
                                      policy->bound.str());
  if (share)
    finding.message += ": " + amount(device, "B") + ", and " +
                       describeGpu(input.model.cluster);
  finding.expected = policy->bound.str();
  finding.found = found;
  finding.notes.emplace_back(
      finding.where,
      describeMemory(estimate.stages[largestStage(estimate)].memory,
                     /*withReserve=*/true));
  finding.consequenceOf = findings.has("memory-1") ? "memory-1" : "memory-5";
}

void moe::checkMemory(const RuleInput &input, FindingList &findings) {
  checkWholeModel(input, findings);
  std::optional<double> memory = memoryOfGpu(input.model.cluster);
  const cost::Estimate *estimate = input.cost.memory();
  if (memory && estimate)
    checkEstimate(input, *estimate, *memory, findings);
  if (memory)
    checkKnownWeights(input, *memory, findings);
  if (!estimate)
    return;
  checkSpread(input, *estimate, findings);
  if (memory)
    checkPolicy(input, *estimate, *memory, findings);
}
