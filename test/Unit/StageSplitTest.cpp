//===- StageSplitTest.cpp - Layers over pipeline stages -------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Cost/StageSplit.h"
#include "moe/Cost/StepTrace.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>

using namespace mlir::moe::cost;

namespace {

/// Costs that are sums over layers, with ends that cost something and earlier
/// chunks that hold more.
struct SumOfLayers {
  SplitProblem problem;
  std::vector<double> seconds, bytes; ///< of a layer, by run
  double embedding = 0, prediction = 0, output = 0;

  double inFlight(int64_t stage, int64_t slot) const {
    return double((problem.chunks - slot) * problem.stages - stage);
  }
  StageCost operator()(int64_t stage, const StageShape &shape) const {
    StageCost found;
    for (int64_t slot = 0; slot < int64_t(shape.chunks.size()); ++slot) {
      bool last = slot + 1 == int64_t(shape.chunks.size());
      double chunk = embedding * (shape.embedding && slot == 0);
      if (last)
        chunk += output * shape.output + prediction * double(shape.mtpLayers);
      for (size_t run = 0; run < problem.runs.size(); ++run) {
        bool isLast = run + 1 == problem.runs.size();
        int64_t end = isLast ? problem.layers : problem.runs[run + 1];
        int64_t layers = std::max<int64_t>(
            std::min(shape.chunks[slot].second, end) -
                std::max(shape.chunks[slot].first, problem.runs[run]),
            0);
        chunk += seconds[run] * double(layers);
        found.bytes += bytes[run] * double(layers) * inFlight(stage, slot);
      }
      found.seconds += chunk;
      found.longestChunk = std::max(found.longestChunk, chunk);
    }
    found.bytes += 3 * shape.output + double(shape.mtpLayers);
    return found;
  }
};

/// Tries every way to cut `embedding, layers, prediction layers, output head`
/// into chunks that are not empty; prediction layers stay together, in the last
/// chunk or the one before it.
class Enumeration {
public:
  Enumeration(const SplitProblem &problem, StageCostFn cost)
      : problem(problem), cost(cost) {}

  double slowest = HUGE_VAL;
  /// What is least among the fastest: bytes of the fullest stage, with several
  /// chunks a stage the longest of them.
  double second = HUGE_VAL;
  bool found = false;

  void run() {
    for (bool early : {false, true})
      if (!early || (problem.mtpLayers > 0 && problem.stages > 1))
        cut({}, 0, early);
  }

private:
  void cut(std::vector<int64_t> sizes, int64_t next, bool early) {
    int64_t chunks = problem.stages * problem.chunks;
    int64_t chunk = int64_t(sizes.size());
    if (chunk == chunks) {
      if (next == problem.layers)
        measure(sizes, early);
      return;
    }
    bool holdsMore =
        chunk == 0 || chunk + 1 == chunks || (early && chunk + 2 == chunks);
    bool behind = early && chunk + 1 == chunks;
    for (int64_t size = holdsMore ? 0 : 1; next + size <= problem.layers;
         ++size) {
      if (behind && size > 0)
        break;
      sizes.push_back(size);
      cut(sizes, next + size, early);
      sizes.pop_back();
    }
  }

  void measure(const std::vector<int64_t> &sizes, bool early) {
    std::vector<StageShape> stages(problem.stages);
    int64_t next = 0;
    for (size_t chunk = 0; chunk < sizes.size(); ++chunk) {
      stages[chunk % problem.stages].chunks.push_back(
          {next, next + sizes[chunk]});
      next += sizes[chunk];
    }
    stages.front().embedding = true;
    stages.back().output = true;
    stages[problem.stages - (early ? 2 : 1)].mtpLayers = problem.mtpLayers;
    double slow = 0, full = 0, longest = 0;
    for (int64_t stage = 0; stage < problem.stages; ++stage) {
      StageCost own = cost(stage, stages[stage]);
      slow = std::max(slow, own.seconds);
      full = std::max(full, own.bytes);
      longest = std::max(longest, own.longestChunk);
    }
    if (problem.limitBytes > 0 && full > problem.limitBytes)
      return;
    found = true;
    bool alike = std::abs(slow - slowest) <= 1e-9 * slow;
    double aim = problem.chunks > 1 ? longest : full;
    if (alike ? aim < second : slow < slowest) {
      slowest = slow;
      second = aim;
    }
  }

  const SplitProblem &problem;
  StageCostFn cost;
};

/// Whether the chunks are each layer once, in the order of tokens.
void expectWhole(const SplitProblem &problem, const StageSplit &split) {
  ASSERT_EQ(int64_t(split.stages.size()), problem.stages);
  int64_t next = 0, predictions = 0;
  for (int64_t slot = 0; slot < problem.chunks; ++slot)
    for (const StageShape &stage : split.stages) {
      ASSERT_EQ(int64_t(stage.chunks.size()), problem.chunks);
      EXPECT_EQ(stage.chunks[slot].first, next);
      EXPECT_GE(stage.chunks[slot].second, next);
      next = stage.chunks[slot].second;
    }
  EXPECT_EQ(next, problem.layers);
  for (const StageShape &stage : split.stages) {
    EXPECT_EQ(stage.embedding, &stage == &split.stages.front());
    EXPECT_EQ(stage.output, &stage == &split.stages.back());
    predictions += stage.mtpLayers;
  }
  EXPECT_EQ(predictions, problem.mtpLayers);
}

SumOfLayers randomSum(std::mt19937 &random, int64_t chunks) {
  auto below = [&](int64_t limit) { return int64_t(random() % limit); };
  SumOfLayers sum;
  sum.problem.stages = 2 + below(3);
  sum.problem.chunks = chunks;
  sum.problem.layers =
      sum.problem.stages * chunks - 1 + below(chunks == 1 ? 9 : 5);
  sum.problem.mtpLayers = below(3);
  sum.problem.runs = {0};
  for (int64_t run = 1; run <= below(4); ++run)
    if (int64_t begin = sum.problem.runs.back() + 1 + below(3);
        begin < sum.problem.layers)
      sum.problem.runs.push_back(begin);
  for (size_t run = 0; run < sum.problem.runs.size(); ++run) {
    sum.seconds.push_back(1 + double(below(40)) / 8);
    sum.bytes.push_back(1 + double(below(8)));
  }
  sum.embedding = double(below(20)) / 8;
  sum.prediction = double(below(60)) / 8;
  sum.output = double(below(60)) / 8;
  return sum;
}

TEST(StageSplit, NoSplitOfAllIsBetter) {
  std::mt19937 random(5);
  int splits = 0, limited = 0;
  for (int run = 0; run < 600; ++run) {
    SumOfLayers sum = randomSum(random, /*chunks=*/1 + run % 3);
    if (!sum.problem.check().empty())
      continue;
    // Half of them with a limit, about where it starts to matter.
    if (run % 2) {
      auto free = splitStages(sum.problem, sum);
      ASSERT_TRUE(free);
      sum.problem.limitBytes = free->fullest * (0.7 + 0.1 * (random() % 4));
    }
    Enumeration all(sum.problem, sum);
    all.run();
    std::optional<StageSplit> split = splitStages(sum.problem, sum);
    ASSERT_EQ(split.has_value(), all.found) << "run " << run;
    if (!split)
      continue;
    ++splits;
    limited += sum.problem.limitBytes > 0;
    expectWhole(sum.problem, *split);
    EXPECT_NEAR(split->slowest, all.slowest, 1e-9) << "run " << run;
    // Chunks give way to a limit.
    if (sum.problem.chunks == 1) {
      EXPECT_NEAR(split->fullest, all.second, 1e-9) << "run " << run;
    } else if (sum.problem.limitBytes <= 0) {
      EXPECT_NEAR(split->longestChunk, all.second, 1e-9) << "run " << run;
    }
    if (sum.problem.limitBytes > 0) {
      EXPECT_LE(split->fullest, sum.problem.limitBytes);
    }
  }
  EXPECT_GT(splits, 400);
  EXPECT_GT(limited, 100);
}

/// When a step of 8 micro-batches ends, forward 1 and backward 2 of 3 parts.
double endOf(const StageSplit &split, const SumOfLayers &sum) {
  Schedule schedule{sum.problem.stages, sum.problem.chunks, 8};
  std::vector<llvm::SmallVector<ChunkSeconds, 0>> durations;
  for (int64_t stage = 0; stage < schedule.stages; ++stage) {
    auto &chunks = durations.emplace_back();
    for (int64_t slot = 0; slot < schedule.chunks; ++slot) {
      StageShape alone = split.stages[stage];
      for (int64_t other = 0; other < schedule.chunks; ++other)
        if (other != slot)
          alone.chunks[other] = {0, 0};
      alone.embedding &= slot == 0;
      alone.output &= slot + 1 == schedule.chunks;
      double seconds = sum(stage, alone).seconds;
      chunks.push_back({seconds / 3, seconds * 2 / 3});
    }
  }
  auto stages = simulate(schedule, durations);
  double end = 0;
  for (const auto &passes : *stages)
    end = std::max(end, passes.back().end);
  return end;
}

TEST(StageSplit, ChunksOfAStageTakeEquallyLong) {
  // 16 layers over 2 stages of 2 chunks, and an output head that is 4 of them:
  // 10 and 6, of which the last chunk takes one.
  SumOfLayers sum;
  sum.problem = {{0}, 16, 0, 2, 2, 0};
  sum.seconds = {1};
  sum.bytes = {1};
  sum.output = 4;
  std::optional<StageSplit> split = splitStages(sum.problem, sum);
  ASSERT_TRUE(split);
  EXPECT_EQ(split->slowest, 10);
  EXPECT_EQ(split->longestChunk, 5);
  using Chunks = llvm::SmallVector<std::pair<int64_t, int64_t>, 4>;
  EXPECT_EQ(split->stages[0].chunks, Chunks({{0, 5}, {10, 15}}));
  EXPECT_EQ(split->stages[1].chunks, Chunks({{5, 10}, {15, 16}}));
  // Chunks of equally many layers would end later.
  StageSplit counted = *split;
  counted.stages[0].chunks = {{0, 5}, {8, 13}};
  counted.stages[1].chunks = {{5, 8}, {13, 16}};
  EXPECT_LT(endOf(*split, sum), endOf(counted, sum));
}

TEST(StageSplit, AHeadLongerThanAStageStandsAlone) {
  // The head is 20 layers: the last stage has nothing else but a layer in its
  // first chunk, which may not be empty.
  SumOfLayers sum;
  sum.problem = {{0}, 16, 0, 4, 2, 0};
  sum.seconds = {1};
  sum.bytes = {1};
  sum.output = 20;
  std::optional<StageSplit> split = splitStages(sum.problem, sum);
  ASSERT_TRUE(split);
  EXPECT_EQ(split->slowest, 21);
  EXPECT_EQ(split->longestChunk, 20);
  auto [begin, end] = split->stages[3].chunks[1];
  EXPECT_EQ(begin, end);
}

TEST(StageSplit, SaysWhatCannotBeSplit) {
  auto check = [](SplitProblem problem) { return problem.check(); };
  EXPECT_EQ(check({{0}, 8, 0, 4, 2, 0}), "");
  EXPECT_EQ(check({{0}, 8, 0, 4, 3, 0}),
            "8 layers do not fill 4 stages of 3 chunks");
  EXPECT_EQ(check({{0}, 0, 0, 4, 1, 0}),
            "expected at least one layer, one stage and one chunk, found 0, 4 "
            "and 1");
  EXPECT_EQ(check({{0, 9}, 8, 0, 4, 1, 0}),
            "the runs of layers do not cover 8 layers");
  EXPECT_EQ(check({{0, 40}, 61, 0, 4, 2, 0}),
            "with several chunks a stage at most 12 layers may come before "
            "those that are alike, found 40");
  EXPECT_EQ(check({{0, 40}, 61, 0, 4, 1, 0}), "");
  EXPECT_EQ(check({{0}, 1'000'000, 0, 4, 1, 0}),
            "1000000 layers over 4 stages are too many to search");
}

//===----------------------------------------------------------------------===//
// Costs of the closed form
//===----------------------------------------------------------------------===//

/// 7 layers, the first two dense and cheap, with a large vocabulary.
Job smallJob(int64_t vpp) {
  Job job;
  job.model.hidden = 512;
  job.model.vocab = 50'000;
  job.model.matrices = 3;
  LayerShape dense;
  dense.end = 2;
  dense.heads = dense.kvHeads = 8;
  dense.headDim = 64;
  dense.ffnWidth = 512;
  LayerShape sparse = dense;
  sparse.begin = 2, sparse.end = 7, sparse.sparse = true;
  sparse.experts = sparse.slotsPerRank = 8;
  sparse.topK = 4;
  sparse.expertWidth = 512;
  job.model.runs = {dense, sparse};
  job.degrees.pp = 3;
  job.degrees.vpp = vpp;
  job.degrees.groups[unsigned(Axis::Pipeline)] = {3, 3};
  job.workload.sequenceLength = 1024;
  job.workload.microBatch = 1;
  job.workload.globalBatch = 12;
  job.machine.peakBf16 = 1e14;
  job.machine.memoryBandwidth = 1e12;
  job.machine.nvlink = job.machine.network = 1e11;
  return job;
}

TEST(StageSplit, ByTheClosedForm) {
  for (int64_t vpp : {1, 2})
    for (int64_t mtp : {0, 1}) {
      SCOPED_TRACE(vpp * 10 + mtp);
      Calibration calibration;
      Job job = smallJob(vpp);
      SplitProblem problem{{0, 2}, 7, mtp, 3, vpp, 0};
      ASSERT_EQ(problem.check(), "");
      StageCosts costs(job, calibration, mtp);
      Enumeration all(problem, costs);
      all.run();
      std::optional<StageSplit> split = splitStages(problem, costs);
      ASSERT_TRUE(split);
      expectWhole(problem, *split);
      EXPECT_NEAR(split->slowest, all.slowest, 1e-9 * all.slowest);
      if (vpp > 1) {
        EXPECT_NEAR(split->longestChunk, all.second, 1e-9 * all.second);
      }
      // What the whole estimate says of these stages.
      job.stages.assign(split->stages.begin(), split->stages.end());
      Workspace workspace;
      Estimate result;
      estimate(job, calibration, workspace, result);
      double slowest = 0;
      for (const StageEstimate &stage : result.stages)
        slowest = std::max(slowest, stage.time.forward + stage.time.backward);
      EXPECT_NEAR(split->slowest, slowest, 1e-9 * slowest);
      EXPECT_NEAR(split->fullest, double(*result.deviceMemory()), 1);
    }
}

} // namespace
