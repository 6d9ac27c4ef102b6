//===- BalanceBenchmark.cpp - Times of the solvers beside EPLB ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All 58 layers of a model on one thread. `ratio` is the time over that of
// EPLB, measured in the same process.
//
//===----------------------------------------------------------------------===//

#include "moe/Balance/LoadGenerator.h"
#include "moe/Balance/Solvers.h"
#include <benchmark/benchmark.h>
#include <chrono>

using namespace mlir::moe;

static std::vector<PlacementProblem> problems(const char *kind, int64_t ranks,
                                              int64_t slots) {
  std::string error;
  std::vector<PlacementProblem> layers;
  for (std::vector<int64_t> &loads :
       generateLoads(*LoadRecipe::parse(kind, error), 58, 256, 0, 1 << 24)) {
    PlacementProblem &problem = layers.emplace_back();
    problem.loads = std::move(loads);
    problem.ranks = ranks, problem.slots = slots;
  }
  return layers;
}

template <typename Solver>
static double seconds(const std::vector<PlacementProblem> &layers,
                      Solver solve) {
  auto start = std::chrono::steady_clock::now();
  for (const PlacementProblem &problem : layers)
    benchmark::DoNotOptimize(solve(problem));
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

template <typename Solver>
static void compare(benchmark::State &state, const char *kind, Solver solve) {
  std::vector<PlacementProblem> layers =
      problems(kind, state.range(0), state.range(1));
  double ours = 0, theirs = 0;
  for (auto _ : state) {
    double time = seconds(layers, solve);
    ours += time;
    state.SetIterationTime(time);
    theirs += seconds(layers, [](const PlacementProblem &problem) {
      return solveEplb(problem);
    });
  }
  state.counters["ratio"] = ours / theirs;
}

static void weighted(benchmark::State &state) {
  compare(state, "lognormal:1.0", solveWeighted);
}
BENCHMARK(weighted)
    ->ArgNames({"ranks", "slots"})
    ->Args({32, 9})
    ->Args({128, 3})
    ->Args({1024, 2})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

static void even(benchmark::State &state) {
  compare(state, "lognormal:1.0", [](const PlacementProblem &problem) {
    SearchLimits limits;
    limits.tolerance = 1e-3;
    return solveEven(problem, limits);
  });
}
BENCHMARK(even)
    ->ArgNames({"ranks", "slots"})
    ->Args({16, 18})
    ->Args({32, 9})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
