//===- BalanceBenchmark.cpp - Times of the solvers beside EPLB ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All 58 layers of a model on one thread, for every kind of loads. `ratio` is
// the time over that of EPLB, measured in the same process.
//
//===----------------------------------------------------------------------===//

#include "moe/Balance/LoadGenerator.h"
#include "moe/Balance/Solvers.h"
#include <benchmark/benchmark.h>
#include <ctime>

using namespace mlir::moe;

static constexpr const char *kinds[] = {"zipf:0.8",          "zipf:1.2",
                                        "lognormal:1.0",     "dirichlet:0.3",
                                        "grouped:0.5:0.7:8", "sample:0.8:4096"};

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

/// Of the processor: what else runs on the machine does not count.
template <typename Solver>
static double seconds(const std::vector<PlacementProblem> &layers,
                      Solver solve) {
  std::clock_t start = std::clock();
  for (const PlacementProblem &problem : layers)
    benchmark::DoNotOptimize(solve(problem));
  return double(std::clock() - start) / CLOCKS_PER_SEC;
}

template <typename Solver>
static void compare(benchmark::State &state, Solver solve) {
  const char *kind = kinds[state.range(2)];
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
  state.SetLabel(kind);
  state.counters["ranks"] = double(state.range(0));
  state.counters["slots"] = double(state.range(1));
  state.counters["ratio"] = ours / theirs;
}

/// Ranks and slots for every kind of loads.
template <int64_t... shape>
static void shapes(benchmark::internal::Benchmark *benchmark) {
  constexpr int64_t numbers[] = {shape...};
  benchmark->ArgNames({"ranks", "slots", "kind"});
  for (size_t i = 0; i + 1 < std::size(numbers); i += 2)
    for (size_t kind = 0; kind < std::size(kinds); ++kind)
      benchmark->Args({numbers[i], numbers[i + 1], int64_t(kind)});
  benchmark->UseManualTime()->Unit(benchmark::kMillisecond)->MinTime(0.1);
}

static void weighted(benchmark::State &state) { compare(state, solveWeighted); }
BENCHMARK(weighted)->Apply(shapes<32, 9, 128, 3, 1024, 2>);

static void even(benchmark::State &state) {
  compare(state, [](const PlacementProblem &problem) {
    return solveEven(problem, SearchLimits::quick());
  });
}
BENCHMARK(even)->Apply(shapes<16, 18, 32, 9>);
