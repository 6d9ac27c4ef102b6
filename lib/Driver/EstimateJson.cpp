//===- EstimateJson.cpp - An estimate as JSON -----------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EstimatePrinters.h"

#include "EstimateParts.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace mlir::moe;

namespace {
/// Writes one estimate.
class EstimateJson {
public:
  EstimateJson(const PlanEstimate &estimate, llvm::raw_ostream &os)
      : estimate(estimate), result(estimate.result), json(os, 1) {}
  void write();

private:
  void writeHead();
  void writeStage(size_t index);
  void writeMemory();
  void writeTime();
  void writeTraffic(const cost::StepTraffic &traffic);
  void writeLoads();
  void writeLoad(const RunLoad &load);
  void writeAssumptions();

  const PlanEstimate &estimate;
  const cost::Estimate &result;
  llvm::json::OStream json;
};
} // namespace

static StringRef phaseName(cost::Phase phase) {
  switch (phase) {
  case cost::Phase::Train:
    return "train";
  case cost::Phase::Prefill:
    return "prefill";
  case cost::Phase::Decode:
    return "decode";
  }
  llvm_unreachable("unknown phase");
}

void EstimateJson::writeHead() {
  json.attribute("schema", "moe-estimate/1");
  json.attribute("plan", estimate.plan.name);
  json.attribute("mode", phaseName(estimate.job.workload.phase));
  json.attribute("gpu", estimate.plan.cluster.gpu);
  json.attribute("world_size", estimate.job.degrees.worldSize());
  json.attribute("micro_batches", *estimate.job.microBatches());
  json.attributeObject("parameters", [&] {
    json.attribute("total", *result.parameters);
    json.attribute("active", *result.activeParameters);
  });
  json.attribute("forward_flops_per_token", *result.forwardFlopsPerToken);
}

void EstimateJson::writeStage(size_t index) {
  const cost::StageShape &shape = estimate.job.stages[index];
  const cost::StageEstimate &stage = result.stages[index];
  json.attribute("stage", static_cast<int64_t>(index));
  json.attribute("layers", countLayers(shape));
  json.attributeArray("chunks", [&] {
    for (auto [begin, end] : shape.chunks)
      json.array([&, first = begin, last = end] {
        json.value(first);
        json.value(last);
      });
  });
  json.attribute("embedding", shape.embedding);
  json.attribute("mtp_layers", shape.mtpLayers);
  json.attribute("output", shape.output);
  for (const MemoryPart &part : memoryParts())
    json.attribute(part.key, *(stage.memory.*part.bytes));
  if (stage.memory.host != cost::Count(0))
    json.attribute("host_bytes", *stage.memory.host);
  json.attribute("peak_memory_bytes", *stage.memory.peak());
  json.attribute("device_memory_bytes", *stage.memory.device());
  json.attribute("forward_s", stage.time.forward);
  json.attribute("backward_s", stage.time.backward);
}

void EstimateJson::writeMemory() {
  double limit = estimate.job.machine.memoryBytes;
  json.attribute("peak_memory_bytes", *result.peakMemory());
  json.attribute("device_memory_bytes", *result.deviceMemory());
  json.attribute("gpu_memory_bytes", limit);
  json.attribute("fullest_stage",
                 static_cast<int64_t>(estimate.fullestStage()));
  json.attribute("fits", result.fits(estimate.job.machine));
}

void EstimateJson::writeTime() {
  double seconds = estimate.stepSeconds();
  ErrorBar bar = errorBarOf(result);
  json.attribute("step_time_s", seconds);
  json.attributeArray("step_time_range_s", [&] {
    json.value(seconds * bar.low);
    json.value(seconds * bar.high);
  });
  if (estimate.job.workload.phase == cost::Phase::Prefill)
    json.attribute("ttft_s", seconds);
  if (estimate.job.workload.phase == cost::Phase::Decode)
    json.attribute("tpot_s", seconds / estimate.job.tokensPerPass());
  json.attributeObject("step", [&] {
    for (const TimePart &part : timeParts())
      json.attribute(part.key, result.step.*part.seconds);
  });
  json.attribute("tokens_per_s_per_gpu", result.tokensPerSecondPerGpu);
  json.attribute("tflops_per_gpu", result.flopsPerSecondPerGpu / 1e12);
  json.attribute("mfu", result.utilisation);
  json.attribute("error_bar", std::max(1 - bar.low, bar.high - 1));
}

void EstimateJson::writeTraffic(const cost::StepTraffic &traffic) {
  json.attribute("axis", nameOf(traffic.axis));
  json.attribute("collective", nameOf(traffic.kind));
  json.attribute("count", traffic.count);
  json.attribute("bytes", *traffic.sent);
  json.attribute("network_bytes", *traffic.network);
  json.attribute("time_s", traffic.time);
  json.attribute("exposed_s", traffic.exposed);
}

void EstimateJson::writeLoad(const RunLoad &load) {
  json.attribute("layers", load.run);
  json.attribute("recorded_layers", load.recorded);
  json.attribute("mean_max_over_mean", load.mean);
  json.attribute("worst_max_over_mean", load.worst.maxOverMean);
  json.attribute("worst_layer", load.worstLayer);
  json.attribute("busiest_rank", load.worst.rank);
  json.attribute("busiest_expert", load.worst.expert);
  json.attribute("placed_by_load", load.balanced);
}

void EstimateJson::writeLoads() {
  const RecordedLoads &loads = estimate.loads;
  if (!loads.runs.empty())
    json.attributeArray("expert_load", [&] {
      for (const RunLoad &load : loads.runs)
        json.object([&] { writeLoad(load); });
    });
  if (!loads.unused.empty())
    json.attributeArray("unused_loads", [&] {
      for (const UnusedLoad &load : loads.unused)
        json.object([&] {
          json.attribute("layers", load.run);
          json.attribute("reason", load.reason);
        });
    });
}

void EstimateJson::writeAssumptions() {
  json.attributeArray("assumptions", [&] {
    for (const Assumption &assumption : estimate.assumptions)
      json.object([&] {
        json.attribute("figure", assumption.key);
        json.attribute("value", assumption.value);
        json.attribute("origin", assumption.origin);
      });
  });
}

void EstimateJson::write() {
  json.object([&] {
    writeHead();
    json.attributeArray("stages", [&] {
      for (size_t index = 0; index < result.stages.size(); ++index)
        json.object([&] { writeStage(index); });
    });
    writeMemory();
    writeTime();
    json.attributeArray("communication", [&] {
      for (const cost::StepTraffic &traffic : result.traffic)
        json.object([&] { writeTraffic(traffic); });
    });
    writeLoads();
    writeAssumptions();
  });
}

void moe::printEstimateJson(const PlanEstimate &estimate,
                            llvm::raw_ostream &os) {
  EstimateJson(estimate, os).write();
  os << "\n";
}
