//===- PlanMetrics.cpp - Figures of a plan that claims may name -----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlanMetrics.h"

#include "Arithmetic.h"
#include "CollectiveCounts.h"
#include "CostMetrics.h"
#include "ExpertCounts.h"
#include "ScalingMetrics.h"
#include "moe/Hardware/GpuPreset.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>
#include <cmath>
#include <numeric>

using namespace mlir;
using namespace mlir::moe;

static MetricAnswer answered(const Rational &number, std::string derivation,
                             Measure measure = {}) {
  MetricAnswer answer;
  answer.value = ClaimValue::exact(number, measure);
  answer.derivation = std::move(derivation);
  return answer;
}

static MetricAnswer missing(StringRef name) {
  MetricAnswer answer;
  answer.missing = {name.str()};
  return answer;
}

static MetricAnswer answerOf(const Figure &figure, StringRef section) {
  if (!figure)
    return missing((section + "." + figure.name).str());
  return answered(*figure, llvm::itostr(*figure) + " (" + figure.source + ")");
}

/// Figures under their own names.
std::optional<MetricAnswer> PlanMetrics::figure(StringRef name) const {
  struct Row {
    StringRef name;
    const Figure &figure;
    StringRef section;
  };
  const Degrees &degrees = plan.degrees;
  const ClusterFigures &cluster = plan.cluster;
  const WorkloadFigures &workload = plan.workload;
  const Row rows[] = {{"world_size", cluster.worldSize, "cluster"},
                      {"gpus", cluster.gpus, "cluster"},
                      {"nodes", cluster.nodes, "cluster"},
                      {"gpus_per_node", cluster.gpusPerNode, "cluster"},
                      {"tp", degrees.tp, "parallelism"},
                      {"cp", degrees.cp, "parallelism"},
                      {"pp", degrees.pp, "parallelism"},
                      {"vpp", degrees.vpp, "parallelism"},
                      {"dp", degrees.dp, "parallelism"},
                      {"ep", degrees.ep, "parallelism"},
                      {"etp", degrees.etp, "parallelism"},
                      {"edp", degrees.edp, "parallelism"},
                      {"layers", plan.model.layers, "model"},
                      {"hidden_size", plan.model.hidden, "model"},
                      {"vocab_size", plan.model.vocab, "model"},
                      {"sequence_length", workload.sequenceLength, "workload"},
                      {"context_length", workload.contextLength, "workload"},
                      {"micro_batch", workload.microBatch, "workload"},
                      {"global_batch", workload.globalBatch, "workload"},
                      {"batch", workload.batch, "workload"}};
  for (const Row &row : rows)
    if (row.name == name)
      return answerOf(row.figure, row.section);
  return std::nullopt;
}

/// `tp_groups`, `ep_group_size`, ...
std::optional<MetricAnswer> PlanMetrics::group(StringRef name) const {
  bool size = name.consume_back("_group_size");
  if (!size && !name.consume_back("_groups"))
    return std::nullopt;
  MetricAnswer degree = *figure(name);
  if (size || !degree.value)
    return degree;
  const Figure &world = plan.cluster.worldSize;
  if (!world)
    return missing("cluster.world_size");
  std::optional<Rational> count =
      divide(Rational(*world), degree.value->nominal);
  if (!count)
    return missing(("parallelism." + name).str());
  return answered(*count, llvm::itostr(*world) + " ranks / " + name.str() +
                              " " + degree.value->nominal.str(0));
}

/// What a GPU has, and which data sheet says so. The peak of a data sheet is
/// rounded: 989.4 TFLOPS are the 989 of an H100.
static MetricAnswer hardwareAnswer(StringRef gpu, const Quantity &quantity,
                                   const SourcedQuantity *sheet) {
  bool fromSheet = sheet && sheet->value == quantity;
  bool rounded = fromSheet && quantity.dimension() == Dimension::FlopPerSecond;
  MetricAnswer answer;
  answer.value = ClaimValue::of(quantity, rounded);
  answer.derivation =
      quantity.str() +
      (fromSheet ? " (" + gpu + ": " + sheet->source + ")" : " (stated)").str();
  return answer;
}

/// A data sheet's "80 GB" are 81559 MiB to the driver: the size is known
/// between the two.
static void widenToUsable(const Quantity &usable, MetricAnswer &answer) {
  std::optional<Rational> size = Rational::of(usable);
  if (!size || !answer.value)
    return;
  ClaimValue &value = *answer.value;
  value.low = std::min(value.low, *size);
  value.high = std::max(value.high, *size);
  answer.derivation += ", " + usable.str() + " to programs";
}

std::optional<MetricAnswer> PlanMetrics::hardware(StringRef name) const {
  const ClusterFigures &cluster = plan.cluster;
  std::string error;
  std::optional<GpuPreset> preset = lookupGpuPreset(cluster.gpu, error);
  auto orNone = [](const std::optional<SourcedQuantity> &sheet) {
    return sheet ? &*sheet : nullptr;
  };
  struct Row {
    StringRef name;
    const std::optional<Quantity> &quantity;
    const SourcedQuantity *sheet;
  };
  const Row rows[] = {
      {"gpu_memory", cluster.gpuMemory, preset ? &preset->memory : nullptr},
      {"peak_bf16", cluster.peakBf16, preset ? &preset->bf16Peak : nullptr},
      {"peak_fp8", cluster.peakFp8,
       preset ? orNone(preset->fp8Peak) : nullptr}};
  const auto *row =
      llvm::find_if(rows, [&](const Row &each) { return each.name == name; });
  if (row == std::end(rows))
    return std::nullopt;
  if (!row->quantity)
    return missing(("cluster." + name).str());
  MetricAnswer answer = hardwareAnswer(cluster.gpu, *row->quantity, row->sheet);
  if (name == "gpu_memory" && cluster.usableMemory)
    widenToUsable(*cluster.usableMemory, answer);
  return answer;
}

MetricAnswer PlanMetrics::layersPerRank() const {
  std::vector<int64_t> stages = cost.layersOfStages();
  if (stages.empty())
    return missing(plan.model.layers ? "parallelism.layout"
                                     : "model.num_hidden_layers");
  auto [least, most] = std::minmax_element(stages.begin(), stages.end());
  int64_t layers = std::accumulate(stages.begin(), stages.end(), int64_t(0));
  MetricAnswer answer = answered(*least, counted(layers, "layer") + " / pp " +
                                             llvm::utostr(stages.size()));
  if (*least == *most)
    return answer;
  answer.largest = ClaimValue::exact(*most);
  constexpr size_t mostListed = 16;
  std::string list;
  for (int64_t stage : stages) {
    answer.stages.push_back(ClaimValue::exact(stage));
    list += (list.empty() ? ": " : ", ") + llvm::itostr(stage);
  }
  if (stages.size() <= mostListed)
    answer.derivation += list;
  return answer;
}

/// Whole experts: of one that `etp` splits, a rank holds a part.
MetricAnswer PlanMetrics::expertsPerRank() const {
  const LayerRun *run = plan.model.firstSparse();
  if (!run || !run->experts)
    return missing("model.num_experts");
  std::optional<ExpertCounts> counts = ExpertCounts::implied(plan);
  const Figure &etp = plan.degrees.etp, &ep = plan.degrees.ep;
  if (!counts || !etp)
    return missing("experts.slots_per_rank");
  auto held = [&](int64_t count) { return *Rational::of(count, *etp); };
  int64_t slots = counts->total();
  std::string source = counted(slots, "expert") + " / ep " + llvm::itostr(*ep);
  if (*etp > 1)
    source += " / etp " + llvm::itostr(*etp);
  MetricAnswer answer = answered(held(slots / counts->ranks()), source);
  if (!counts->isEven()) {
    answer.largest = ClaimValue::exact(held(counts->max()));
    answer.derivation += ": " + counts->str();
  }
  return answer;
}

/// The share of (token, expert) pairs that leave their GPU. Tokens are routed
/// evenly, so 1 of ep pairs stays.
MetricAnswer PlanMetrics::remoteTokenShare() const {
  const Figure &ep = plan.degrees.ep, &etp = plan.degrees.etp;
  // Ranks of one expert share its tokens in ways the plan does not say.
  if (!ep || !etp || *etp != 1)
    return missing("remote_token_share");
  return answered(*Rational::of(*ep - 1, *ep),
                  "1 - 1 / ep " + llvm::itostr(*ep) + ", with even routing");
}

MetricAnswer PlanMetrics::microBatches() const {
  const Figure &global = plan.workload.globalBatch,
               &micro = plan.workload.microBatch, &dp = plan.degrees.dp;
  std::optional<int64_t> unit = product({&dp, &micro});
  if (!global)
    return missing("workload.global_batch");
  if (!unit)
    return missing(micro ? "parallelism.dp" : "workload.micro_batch");
  return answered(*Rational::of(*global, *unit),
                  "global batch " + llvm::itostr(*global) + " / (dp " +
                      llvm::itostr(*dp) + " x micro batch " +
                      llvm::itostr(*micro) + ")");
}

MetricAnswer PlanMetrics::expertSlots(bool redundantOnly) const {
  const LayerRun *run = plan.model.firstSparse();
  std::optional<ExpertCounts> counts = ExpertCounts::implied(plan);
  if (!run || !run->experts)
    return missing("model.num_experts");
  if (!counts)
    return missing("experts.slots_per_rank");
  int64_t slots = counts->total();
  return answered(redundantOnly ? slots - *run->experts : slots,
                  counted(slots, "slot") + " for " +
                      counted(*run->experts, "expert"));
}

/// Tokens that one set of all experts gets in a pass; without them `missing`
/// gets the keys that would say.
std::optional<double>
PlanMetrics::tokensOfExperts(std::vector<std::string> &missing) const {
  const WorkloadFigures &workload = plan.workload;
  const Figure &edp = plan.degrees.edp;
  Factors factors = {workload.isTraining() ? &workload.microBatch
                                           : &workload.batch};
  if (workload.mode != Mode::Decode)
    factors.push(workload.sequenceLength);
  for (const Figure *figure : factors.all())
    if (!*figure)
      missing.push_back("workload." + figure->name);
  if (!missing.empty())
    return std::nullopt;
  factors.push(plan.degrees.dp);
  std::optional<int64_t> tokens = factors.value();
  if (!tokens || !edp) {
    missing.push_back("parallelism.dp");
    return std::nullopt;
  }
  return static_cast<double>(*tokens) / static_cast<double>(*edp);
}

/// Tokens go to their experts and come back.
MetricAnswer PlanMetrics::tokenExchanges() const {
  const Figure &ep = plan.degrees.ep;
  if (!plan.model.layers)
    return missing("model.num_hidden_layers");
  if (!ep || *ep == 1)
    return answered(0, "no expert is on another rank");
  return answered(countExchanges(plan),
                  "dispatch and combine x " +
                      counted(countMoELayers(plan.model), "MoE layer"));
}

MetricAnswer PlanMetrics::tensorReductions() const {
  const Figure &tp = plan.degrees.tp, &etp = plan.degrees.etp;
  if (!plan.model.layers)
    return missing("model.num_hidden_layers");
  if (!tp || !etp)
    return missing(tp ? "parallelism.etp" : "parallelism.tp");
  SplitBlocks blocks = countSplitBlocks(plan);
  return answered(blocks.all(),
                  counted(blocks.attention, "split attention block") + " + " +
                      counted(blocks.feedForward, "split FFN block"));
}

/// Experts that are expected to get no token when each of T tokens chooses
/// top_k of E at random: E (1 - top_k / E)^T.
MetricAnswer PlanMetrics::idleExperts() const {
  MetricAnswer experts = ofExperts(&LayerRun::experts, "num_experts");
  MetricAnswer topK = ofExperts(&LayerRun::topK, "num_experts_per_tok");
  MetricAnswer answer;
  for (const MetricAnswer *input : {&experts, &topK})
    answer.missing.insert(answer.missing.end(), input->missing.begin(),
                          input->missing.end());
  std::vector<std::string> unknown;
  std::optional<double> tokens = tokensOfExperts(unknown);
  answer.missing.insert(answer.missing.end(), unknown.begin(), unknown.end());
  if (!answer.missing.empty())
    return answer;
  const LayerRun &run = *plan.model.firstSparse();
  auto count = static_cast<double>(*run.experts);
  double idle =
      count * std::pow(1.0 - static_cast<double>(*run.topK) / count, *tokens);
  // Six places are more than anybody states.
  constexpr int64_t places = 1000000;
  return answered(
      *Rational::of(std::llround(idle * static_cast<double>(places)), places),
      llvm::itostr(*run.experts) + " x (1 - " + llvm::itostr(*run.topK) +
          " / " + llvm::itostr(*run.experts) + ")^" +
          llvm::itostr(std::llround(*tokens)) + " tokens, with random routing");
}

MetricAnswer PlanMetrics::ofExperts(std::optional<int64_t> LayerRun::*figure,
                                    StringRef key) const {
  const LayerRun *run = plan.model.firstSparse();
  if (!run || !(run->*figure))
    return missing(("model." + key).str());
  return answered(*(run->*figure), llvm::itostr(*(run->*figure)));
}

MetricAnswer PlanMetrics::metric(StringRef name) const {
  for (std::optional<MetricAnswer> answer :
       {figure(name), group(name), hardware(name)})
    if (answer)
      return *answer;
  if (name == "layers_per_rank")
    return layersPerRank();
  if (name == "experts_per_rank")
    return expertsPerRank();
  if (name == "experts")
    return ofExperts(&LayerRun::experts, "num_experts");
  if (name == "top_k")
    return ofExperts(&LayerRun::topK, "num_experts_per_tok");
  if (name == "expert_slots" || name == "redundant_slots")
    return expertSlots(name == "redundant_slots");
  if (name == "remote_token_share")
    return remoteTokenShare();
  if (name == "micro_batches")
    return microBatches();
  if (name == "token_exchanges")
    return tokenExchanges();
  if (name == "tensor_reductions")
    return tensorReductions();
  if (name == "idle_experts")
    return idleExperts();
  if (name == "strong_scaling" || name == "weak_scaling")
    return missing(secondSize.str());
  if (std::optional<MetricAnswer> answer = loadMetric(plan, cost, name))
    return *answer;
  if (std::optional<MetricAnswer> answer = costMetric(plan, cost, name))
    return *answer;
  return missing(name);
}
