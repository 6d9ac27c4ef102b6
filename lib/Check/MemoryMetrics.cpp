//===- MemoryMetrics.cpp - Parameters and bytes as metrics ----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Amounts.h"
#include "CostMetrics.h"
#include "MemoryText.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace mlir::moe;
using cost::Count;

static Measure sizeMeasure() { return Measure::of(Dimension::Bytes); }

/// A count, with the error of the memory model where it is an estimate.
static std::optional<ClaimValue> valueOf(Count count, double error,
                                         const Measure &measure) {
  if (!count)
    return std::nullopt;
  if (error == 0)
    return ClaimValue::exact(*count, measure);
  return withError(static_cast<double>(*count), error, measure);
}

/// Names of the figures that parts of the model are computed from and that the
/// plan does not give.
static std::vector<std::string> missingOf(const PlanCost &cost,
                                          ArrayRef<StringRef> keys) {
  std::vector<std::string> names;
  for (const MissingFigure &figure : cost.missing())
    if (llvm::is_contained(keys, figure.name))
      names.push_back(figure.name);
  return names;
}

static std::vector<std::string>
missingOf(const PlanModel &plan, const PlanCost &cost, ModelPart part) {
  if (part == ModelPart::Attention)
    return missingOf(cost,
                     {"model.hidden_size", "model.num_hidden_layers",
                      "model.num_attention_heads", "model.num_key_value_heads",
                      "model.head_dim", "model.qk_nope_head_dim",
                      "model.qk_rope_head_dim", "model.v_head_dim"});
  if (part == ModelPart::Embedding)
    return missingOf(cost, {"model.hidden_size", "model.vocab_size"});
  std::vector<std::string> names = missingOf(
      cost, {"model.hidden_size", "model.num_hidden_layers", "model.gated",
             "model.num_experts", "model.moe_intermediate_size"});
  if (!plan.degrees.etp)
    names.push_back("parallelism.etp");
  return names;
}

//===----------------------------------------------------------------------===//
// Parts of the weights
//===----------------------------------------------------------------------===//

/// Where experts do not divide over the ranks some hold one fewer than others:
/// of what the fullest rank holds, what the emptiest does.
static Count onEmptiestRank(const PlanModel &plan, Count parameters) {
  const LayerRun *run = plan.model.firstSparse();
  const Figure &ep = plan.degrees.ep;
  if (plan.distribution.slotsPerRank || !run || !run->experts || !ep ||
      *run->experts % *ep == 0)
    return parameters;
  int64_t few = *run->experts / *ep;
  return parameters / (few + 1) * few;
}

/// The part on each stage, where stages differ. Ranks of one may, too.
static void addStages(const PlanCost &cost, ModelPart part,
                      MetricAnswer &answer) {
  for (const PartTable &table : cost.stages()) {
    Count parameters = table[part].present ? table[part].parameters : Count(0);
    if (Count size = cost.weightBytes(parameters))
      answer.stages.push_back(ClaimValue::exact(*size, sizeMeasure()));
  }
  if (llvm::all_of(answer.stages, [&](const ClaimValue &stage) {
        return stage.nominal == answer.stages.front().nominal;
      }))
    answer.stages.clear();
}

/// Bytes of a part on the ranks that hold some of it.
static MetricAnswer answerOfPart(const PlanModel &plan, const PlanCost &cost,
                                 ModelPart part) {
  MetricAnswer answer;
  answer.missing = missingOf(plan, cost, part);
  Count least, most = 0;
  size_t largest = 0;
  bool found = false;
  for (auto [stage, table] : llvm::enumerate(cost.stages())) {
    if (!table[part].present)
      continue;
    Count parameters = table[part].parameters;
    if (!parameters && answer.missing.empty())
      answer.missing = {"a count below 2^63"};
    if (!parameters)
      return answer;
    if (!found || *parameters < *least)
      least = parameters;
    if (!found || *most < *parameters) {
      most = parameters;
      largest = stage;
    }
    found = true;
  }
  if (cost.stages().empty() && answer.missing.empty())
    answer.missing = {"the stages of the pipeline"};
  if (!answer.missing.empty())
    return answer;
  if (found && part == ModelPart::Experts)
    least = onEmptiestRank(plan, least);
  Count low = cost.weightBytes(least), high = cost.weightBytes(most);
  if (!low || !high)
    return withoutCount();
  answer.value = ClaimValue::exact(found ? *low : 0, sizeMeasure());
  if (found && low != high)
    answer.largest = ClaimValue::exact(*high, sizeMeasure());
  addStages(cost, part, answer);
  answer.derivation =
      found ? describePart(cost, part, largest) : "the model has no such part";
  return answer;
}

//===----------------------------------------------------------------------===//
// Memory of stages
//===----------------------------------------------------------------------===//

/// The least and the most of all stages.
template <typename FnT>
static MetricAnswer spread(const PlanCost &cost, double error, FnT bytesOf) {
  const cost::Estimate *estimate = cost.memory();
  if (!estimate)
    return withoutEstimate(cost, /*memoryAlone=*/true);
  MetricAnswer answer;
  Count least, most;
  size_t largest = 0;
  for (auto [stage, each] : llvm::enumerate(estimate->stages)) {
    Count size = bytesOf(each.memory);
    if (!size)
      return withoutCount();
    answer.stages.push_back(*valueOf(size, error, sizeMeasure()));
    if (stage == 0 || *size < *least)
      least = size;
    if (stage == 0 || *size > *most) {
      most = size;
      largest = stage;
    }
  }
  answer.value = valueOf(least, error, sizeMeasure());
  if (least != most)
    answer.largest = valueOf(most, error, sizeMeasure());
  answer.derivation =
      least != most
          ? bytes(most) + " on stage " +
                llvm::itostr(static_cast<int64_t>(largest)) + " of " +
                llvm::itostr(static_cast<int64_t>(estimate->stages.size()))
          : bytes(most);
  if (error > 0)
    answer.derivation += ", +- " + percent(error);
  return answer;
}

static MetricAnswer totalMemory(const PlanCost &cost, bool device) {
  MetricAnswer answer =
      spread(cost, memoryError, [device](const cost::StageMemory &memory) {
        return device ? memory.device() : memory.peak();
      });
  if (answer.value)
    answer.derivation +=
        ": " +
        describeMemory(
            cost.memory()->stages[largestStage(*cost.memory())].memory, device);
  return answer;
}

/// `device_memory` over what programs may use of the memory of a GPU, as rules
/// and reports compare it.
static MetricAnswer memoryUtilization(const PlanModel &plan,
                                      const PlanCost &cost) {
  MetricAnswer answer = totalMemory(cost, /*device=*/true);
  const ClusterFigures &cluster = plan.cluster;
  const std::optional<Quantity> &whole =
      cluster.usableMemory ? cluster.usableMemory : cluster.gpuMemory;
  std::optional<ClaimValue> divisor =
      whole ? ClaimValue::of(*whole, false) : std::nullopt;
  if (!divisor || divisor->mayBeZero())
    answer.missing.push_back("cluster.gpu_memory");
  if (!answer.missing.empty()) {
    answer.value = answer.largest = std::nullopt;
    return answer;
  }
  answer.value = divide(*answer.value, *divisor);
  if (answer.largest)
    answer.largest = divide(*answer.largest, *divisor);
  for (ClaimValue &stage : answer.stages)
    if (std::optional<ClaimValue> share = divide(stage, *divisor))
      stage = *share;
  answer.derivation = "(" + answer.derivation + ") / " + whole->str();
  return answer;
}

/// Over the stages: the largest over the mean, or the variance over the mean
/// squared.
static MetricAnswer memorySpread(const PlanCost &cost, bool variance) {
  const cost::Estimate *estimate = cost.memory();
  if (!estimate)
    return withoutEstimate(cost, /*memoryAlone=*/true);
  auto count = static_cast<double>(estimate->stages.size());
  double sum = 0, squares = 0, most = 0;
  for (const cost::StageEstimate &stage : estimate->stages) {
    auto size = static_cast<double>(*stage.memory.device());
    sum += size / count;
    squares += size * size / count;
    most = std::max(most, size);
  }
  double spread = std::max(0.0, squares / (sum * sum) - 1);
  MetricAnswer answer;
  answer.value =
      withError(variance ? spread : most / sum, memoryError, Measure());
  answer.derivation = amount(most, "B") + " on the largest stage, " +
                      amount(sum, "B") + " on average";
  return answer;
}

//===----------------------------------------------------------------------===//
// The whole model
//===----------------------------------------------------------------------===//

/// Names of all figures of the model that are missing.
static MetricAnswer withoutModel(const PlanCost &cost) {
  MetricAnswer answer;
  for (const MissingFigure &figure : cost.missing())
    if (StringRef(figure.name).starts_with("model."))
      answer.missing.push_back(figure.name);
  if (answer.missing.empty())
    answer.missing = {"a count below 2^63"};
  return answer;
}

/// Of the experts only those a token visits.
static Count activeParameters(const PlanCost &cost) {
  Count experts = 0;
  const cost::Job &job = cost.job();
  for (const cost::LayerShape &run : job.model.runs)
    if (run.sparse)
      experts += job.model.matrices * job.model.hidden * run.expertWidth *
                 run.topK * run.size();
  return cost.model().parameters() -
         cost.model()[ModelPart::Experts].parameters + experts;
}

static std::string describeParameters(const PartTable &model) {
  std::string text;
  for (ModelPart part : model.knownByParameters())
    text += (text.empty() ? "" : " + ") + nameOf(part).str() + " " +
            shortCount(model[part].parameters);
  return text;
}

static MetricAnswer modelCount(const PlanCost &cost, Count count,
                               std::string derivation, Measure measure = {}) {
  if (!count)
    return withoutModel(cost);
  MetricAnswer answer;
  answer.value = ClaimValue::exact(*count, measure);
  answer.derivation = std::move(derivation);
  return answer;
}

std::optional<MetricAnswer>
moe::memoryMetric(const PlanModel &plan, const PlanCost &cost, StringRef name) {
  std::optional<ModelPart> part =
      llvm::StringSwitch<std::optional<ModelPart>>(name)
          .Case("expert_weights", ModelPart::Experts)
          .Case("attention_weights", ModelPart::Attention)
          .Case("embedding_weights", ModelPart::Embedding)
          .Default(std::nullopt);
  if (part)
    return answerOfPart(plan, cost, *part);
  for (const MemoryKind &field : memoryKinds())
    if (field.metric == name)
      return spread(
          cost, field.exact ? 0 : memoryError,
          [&](const cost::StageMemory &memory) { return memory.*field.bytes; });
  if (name == "device_memory" || name == "peak_memory")
    return totalMemory(cost, name == "device_memory");
  if (name == "memory_utilization")
    return memoryUtilization(plan, cost);
  if (name == "memory_imbalance" || name == "memory_variance")
    return memorySpread(cost, name == "memory_variance");
  Count parameters = cost.model().parameters();
  if (name == "parameters")
    return modelCount(cost, parameters, describeParameters(cost.model()));
  if (name == "active_parameters")
    return modelCount(cost, activeParameters(cost),
                      "of the experts only those a token visits");
  if (name == "model_memory")
    return modelCount(
        cost, cost.weightBytes(parameters),
        shortCount(parameters) + " parameters x " +
            amount(static_cast<double>(*cost.weightBytes(1000)) / 1000, "B"),
        sizeMeasure());
  return std::nullopt;
}
