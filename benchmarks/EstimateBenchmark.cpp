//===- EstimateBenchmark.cpp - Time of one closed-form estimate -----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Search estimates a plan ten million times: goal C5, below 20 us, nothing
// allocated once the workspace has grown. The counter `allocations` counts
// calls of operator new in one estimate.
//
//===----------------------------------------------------------------------===//

#include "moe/Calibration/CalibrationFile.h"
#include "moe/Cost/Estimate.h"

#include "benchmark/benchmark.h"
#include "llvm/Support/Compiler.h"
#include <cstdlib>
#include <new>

using namespace mlir::moe::cost;

static int64_t allocations = 0;
// Not inlined: the compiler would take free() for the wrong partner of new.
LLVM_ATTRIBUTE_NOINLINE void *operator new(size_t size) {
  ++allocations;
  if (void *memory = std::malloc(size))
    return memory;
  std::abort();
}
LLVM_ATTRIBUTE_NOINLINE void operator delete(void *memory) noexcept {
  std::free(memory);
}
LLVM_ATTRIBUTE_NOINLINE void operator delete(void *memory, size_t) noexcept {
  std::free(memory);
}

/// deepseek-ai/DeepSeek-V3, config.json.
static ModelShape deepSeekV3() {
  ModelShape model;
  model.hidden = 7168, model.vocab = 129280, model.matrices = 3;
  LayerShape dense;
  dense.begin = 0, dense.end = 3;
  dense.latentAttention = true;
  dense.heads = 128, dense.qLoraRank = 1536, dense.kvLoraRank = 512;
  dense.qkNopeDim = 128, dense.qkRopeDim = 64, dense.vHeadDim = 128;
  dense.ffnWidth = 18432;
  LayerShape sparse = dense;
  sparse.begin = 3, sparse.end = 61, sparse.sparse = true;
  sparse.experts = 256, sparse.topK = 8, sparse.expertWidth = 2048;
  sparse.sharedWidth = 2048, sparse.routerTopGroups = 4;
  model.runs = {dense, sparse};
  return model;
}

/// The published training: 2048 H800, 16 stages, 64-way expert parallelism.
static Job trainingJob(int64_t pp, int64_t vpp) {
  Job job;
  job.model = deepSeekV3();
  job.model.runs.back().slotsPerRank = 4;
  job.degrees.pp = pp, job.degrees.vpp = vpp, job.degrees.ep = 64;
  job.degrees.dp = 2048 / pp, job.degrees.edp = 2048 / pp / 64;
  auto group = [&](Axis axis, int64_t size, int64_t local) {
    job.degrees.groups[static_cast<unsigned>(axis)] = {size, local};
  };
  group(Axis::Pipeline, pp, 1);
  group(Axis::Data, 2048 / pp, 8);
  group(Axis::Expert, 64, 8);
  group(Axis::ExpertData, 2048 / pp / 64, 1);
  job.workload.sequenceLength = 4096, job.workload.microBatch = 1;
  job.workload.globalBatch = 15360;
  job.workload.precision = NumberFormat::FP8;
  job.workload.sharding = StateSharding::Distributed;
  job.workload.dispatcher = TokenDispatcher::DeepEP;
  job.machine = {"H800", 80e9, 3.35e12, 989e12, 1979e12, 0, 200e9, 50e9, 8, 8};
  int64_t chunks = pp * vpp, perChunk = 61 / chunks, more = 61 % chunks;
  int64_t layer = 0;
  job.stages.resize(pp);
  for (int64_t chunk = 0; chunk < chunks; ++chunk) {
    int64_t end = layer + perChunk + (chunk < more);
    job.stages[chunk % pp].chunks.push_back({layer, end});
    layer = end;
  }
  job.stages.front().embedding = true;
  job.stages.back().output = true;
  job.stages.back().mtpLayers = 1;
  return job;
}

static void estimatePlan(benchmark::State &state) {
  Job job = trainingJob(state.range(0), state.range(1));
  Calibration calibration = mlir::moe::CalibrationFile::builtIn().resolve(
      job.machine, job.workload.softwareMonth);
  Workspace workspace;
  Estimate result;
  estimate(job, calibration, workspace, result);
  if (!(result.tokensPerSecondPerGpu > 0))
    state.SkipWithError("the plan has no estimate");
  int64_t before = allocations;
  for (auto unused : state) {
    (void)unused;
    estimate(job, calibration, workspace, result);
    benchmark::DoNotOptimize(result);
  }
  state.counters["allocations"] = static_cast<double>(allocations - before) /
                                  static_cast<double>(state.iterations());
}
BENCHMARK(estimatePlan)
    ->ArgNames({"pp", "vpp"})
    ->Args({1, 1})
    ->Args({16, 1})
    ->Args({16, 3})
    ->Unit(benchmark::kMicrosecond);
