//===- EmitMonitoring.cpp - Prometheus alerts -----------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Targets of the plan as expressions over the metrics of dcgm-exporter, and the
// memory that the plan expects. Metrics are those of its default counters.
//
//===----------------------------------------------------------------------===//

#include "Context.h"
#include "RankTable.h"
#include "moe/Emit/Render.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace mlir::moe {

namespace {
/// What Prometheus can compute of a metric of plans.
struct Observed {
  StringLiteral metric;
  StringLiteral alert;
  StringLiteral expression; ///< {0}: which GPUs
};
} // namespace

static constexpr Observed observed[] = {
    {"gpu_utilization", "MoeTargetGpuUtilization",
     "avg(avg_over_time(DCGM_FI_DEV_GPU_UTIL{0}[10m])) / 100"},
    {"compute_utilization", "MoeTargetComputeUtilization",
     "avg(avg_over_time(DCGM_FI_PROF_PIPE_TENSOR_ACTIVE{0}[10m]))"},
    {"memory_utilization", "MoeTargetMemoryUtilization",
     "max(DCGM_FI_DEV_FB_USED{0} / (DCGM_FI_DEV_FB_USED{0} + "
     "DCGM_FI_DEV_FB_FREE{0}))"},
    {"memory_variance", "MoeTargetMemoryVariance",
     "stdvar(DCGM_FI_DEV_FB_USED{0}) / (avg(DCGM_FI_DEV_FB_USED{0}) * "
     "avg(DCGM_FI_DEV_FB_USED{0}))"},
};

/// The GPUs of hosts that have a rank.
struct UsedGpus {
  /// `{gpu=~'0|1'}`, or nothing when each number is used on some host.
  std::string matcher;
  int64_t leastPerHost = 0; ///< of the hosts that have any
};

static UsedGpus usedGpus(const JobView &view) {
  RankTable ranks(view);
  BitVector used(static_cast<unsigned>(view.gpusPerHost));
  std::vector<int64_t> perHost;
  for (int64_t rank = 0; rank < view.worldSize; ++rank) {
    used.set(static_cast<unsigned>(ranks.gpuOf(rank)));
    auto host = static_cast<size_t>(ranks.hostOf(rank));
    perHost.resize(std::max(perHost.size(), host + 1));
    ++perHost[host];
  }
  UsedGpus result;
  for (int64_t count : perHost)
    if (count && (!result.leastPerHost || count < result.leastPerHost))
      result.leastPerHost = count;
  if (used.all())
    return result;
  SmallVector<std::string> numbers;
  for (unsigned gpu : used.set_bits())
    numbers.push_back(std::to_string(gpu));
  result.matcher = "{gpu=~'" + join(numbers, "|") + "'}";
  return result;
}

/// `0.95`, without zeros behind.
static std::string shortest(double value) {
  std::string text;
  raw_string_ostream(text) << format("%g", value);
  return text;
}

/// `(x < 0.95)`, `(x < 0.6) or (x > 0.95)`.
static std::string breachOf(const std::string &expression,
                            const JobTarget &target) {
  SmallVector<std::string> parts;
  auto add = [&](char sign, const std::optional<double> &limit) {
    if (limit)
      parts.push_back(
          formatv("({0}) {1} {2}", expression, sign, shortest(*limit)).str());
  };
  add('<', target.atLeast);
  add('>', target.atMost);
  return join(parts, " or ");
}

static json::Array targetAlerts(const JobView &view, StringRef gpus) {
  json::Array alerts;
  for (const JobTarget &target : view.targets)
    for (const Observed &known : observed)
      if (known.metric == target.metric)
        alerts.push_back(json::Object{
            {"alert", known.alert},
            {"expression",
             breachOf(formatv(known.expression.data(), gpus).str(), target)},
            {"metric", templateValue(target.metric)},
            {"target", templateValue(target.text)}});
  return alerts;
}

/// Targets that no metric of the exporter measures, as "a, b".
static std::string unobservedTargets(const JobView &view) {
  std::string names;
  for (const JobTarget &target : view.targets)
    if (none_of(observed, [&](const Observed &known) {
          return known.metric == target.metric;
        }))
      names += (names.empty() ? "" : ", ") + target.metric;
  return names;
}

Error emitMonitoring(StringRef path, const JobView &view,
                     const EmitOptions &options, raw_ostream &os) {
  json::Object context = commonContext(view);
  context["objectName"] = objectName(view.name);
  auto memory = find_if(view.risks, [](const JobRisk &risk) {
    return risk.metric == "device_memory";
  });
  // Servers take all memory there is and give it to requests.
  bool serves = is_contained({"vllm", "sglang", "trtllm"}, view.framework);
  bool isKnown =
      memory != view.risks.end() && memory->marginPermille > 0 && !serves;
  context["memoryKnown"] = isKnown;
  context["memoryExpected"] = isKnown ? templateValue(memory->expected) : "";
  context["memoryShare"] =
      isKnown ? formatv("{0:f3}", 1 - memory->marginPermille / 1000.0).str()
              : "";
  UsedGpus used = usedGpus(view);
  context["gpus"] = used.matcher;
  context["gpusOfHost"] = std::to_string(used.leastPerHost);
  context["targets"] = targetAlerts(view, used.matcher);
  std::string others = unobservedTargets(view);
  context["anyUnobserved"] = !others.empty();
  context["unobserved"] = templateValue(others);
  return printTemplate(path, options, context, os);
}

} // namespace mlir::moe
