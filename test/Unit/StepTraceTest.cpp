//===- StepTraceTest.cpp - Schedules by hand ------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Cost/StepTrace.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"
#include <set>
#include <string>

using namespace mlir::moe::cost;

namespace {

using Durations = std::vector<llvm::SmallVector<ChunkSeconds, 0>>;
using Stages = std::vector<std::vector<TimedPass>>;

/// All chunks take the same time.
Durations evenly(const Schedule &schedule, double forward, double backward) {
  return Durations(schedule.stages,
                   llvm::SmallVector<ChunkSeconds, 0>(
                       schedule.chunks, ChunkSeconds{forward, backward}));
}

double endOf(const Stages &stages) {
  double end = 0;
  for (const auto &passes : stages)
    for (const TimedPass &pass : passes)
      end = std::max(end, pass.end);
  return end;
}

/// "F0 F1 B0 B1"; with several chunks "F0.1" for chunk 1.
std::string orderText(const Schedule &schedule, int64_t stage) {
  std::string text;
  for (const Pass &pass : orderOfPasses(schedule, stage)) {
    text += (text.empty() ? "" : " ") + std::string(pass.backward ? "B" : "F") +
            std::to_string(pass.microBatch);
    if (schedule.chunks > 1)
      text += "." + std::to_string(pass.chunk);
  }
  return text;
}

TEST(StepTraceTest, OrderOfOneForwardOneBackward) {
  Schedule schedule{2, 1, 3};
  EXPECT_EQ(orderText(schedule, 0), "F0 F1 B0 F2 B1 B2");
  EXPECT_EQ(orderText(schedule, 1), "F0 B0 F1 B1 F2 B2");
}

// 2 stages of 2 chunks, 4 micro-batches in groups of 2: the last stage has
// (2 - 1) x 2 passes of warm-up, the first 2 more.
TEST(StepTraceTest, OrderOfInterleavedChunks) {
  Schedule schedule{2, 2, 4};
  EXPECT_EQ(orderText(schedule, 1),
            "F0.0 F1.0 F0.1 B0.1 F1.1 B1.1 F2.0 B0.0 F3.0 B1.0 F2.1 B2.1 F3.1 "
            "B3.1 B2.0 B3.0");
  EXPECT_EQ(orderText(schedule, 0).substr(0, 29),
            "F0.0 F1.0 F0.1 F1.1 F2.0 B0.1");
}

// Forward 1 s, backward 2 s:
//   stage 0  F0 F1 .  .  B0 B0 .  B1 B1
//   stage 1  .  F0 B0 B0 F1 B1 B1
TEST(StepTraceTest, TwoStagesTwoMicroBatches) {
  Schedule schedule{2, 1, 2};
  auto stages = simulate(schedule, evenly(schedule, 1, 2));
  ASSERT_TRUE(stages);
  double starts[2][4] = {{0, 1, 4, 7}, {1, 2, 4, 5}};
  for (int stage = 0; stage < 2; ++stage)
    for (int pass = 0; pass < 4; ++pass)
      EXPECT_EQ((*stages)[stage][pass].start, starts[stage][pass])
          << stage << " " << pass;
  EXPECT_EQ(endOf(*stages), 9);
}

// A step of equal stages lasts micro-batches x stage + (stages - 1) x stage /
// chunks: the formula of the estimate (moe/Cost/Estimate.h).
TEST(StepTraceTest, EqualStagesEndAsTheFormulaSays) {
  for (int64_t stages : {1, 2, 4, 8})
    for (int64_t chunks : {1, 2, 3})
      for (int64_t groups : {1, 2, 5}) {
        Schedule schedule{stages, chunks, groups * stages};
        if (stages == 1 && chunks > 1)
          continue;
        SCOPED_TRACE(std::to_string(stages) + " stages of " +
                     std::to_string(chunks) + " chunks, " +
                     std::to_string(schedule.microBatches));
        double pass = 3;
        auto times = simulate(schedule, evenly(schedule, 1, 2));
        ASSERT_TRUE(times);
        double busy =
            static_cast<double>(schedule.microBatches * chunks) * pass;
        EXPECT_EQ(endOf(*times), busy + static_cast<double>(stages - 1) * pass);
      }
}

// 4 stages of 2 chunks, 8 micro-batches: 8 x 6 s of work, and a bubble of
// 3 x 6 / 2 s on every stage.
TEST(StepTraceTest, InterleavedBubble) {
  Schedule schedule{4, 2, 8};
  auto stages = simulate(schedule, evenly(schedule, 1, 2));
  ASSERT_TRUE(stages);
  EXPECT_EQ(endOf(*stages), 57);
  for (const auto &passes : *stages) {
    double busy = 0;
    for (const TimedPass &pass : passes)
      busy += pass.end - pass.start;
    EXPECT_EQ(busy, 48);
  }
}

/// Every pass once, none before its input, none beside another of its stage.
void expectSound(const Schedule &schedule, const Stages &stages) {
  auto endOfPass = [&](int64_t stage, int64_t chunk, int64_t batch,
                       bool backward) {
    auto found = llvm::find_if(stages[stage], [&](const TimedPass &p) {
      return p.chunk == chunk && p.microBatch == batch &&
             p.backward == backward;
    });
    return found->end;
  };
  for (int64_t stage = 0; stage < schedule.stages; ++stage) {
    std::set<std::tuple<int64_t, int64_t, bool>> seen;
    double free = 0;
    for (const TimedPass &pass : stages[stage]) {
      EXPECT_GE(pass.start, free);
      free = pass.end;
      seen.insert({pass.chunk, pass.microBatch, pass.backward});
      double input = 0;
      if (!pass.backward && stage > 0)
        input = endOfPass(stage - 1, pass.chunk, pass.microBatch, false);
      if (pass.backward)
        input = endOfPass(stage, pass.chunk, pass.microBatch, false);
      if (pass.backward && stage + 1 < schedule.stages)
        input = std::max(
            input, endOfPass(stage + 1, pass.chunk, pass.microBatch, true));
      EXPECT_GE(pass.start, input);
    }
    EXPECT_EQ(seen.size(), stages[stage].size());
    EXPECT_EQ(static_cast<int64_t>(seen.size()), *schedule.passesPerStage());
  }
}

TEST(StepTraceTest, UnequalStagesRespectTheirInputs) {
  for (Schedule schedule : {Schedule{3, 1, 5}, Schedule{3, 2, 6},
                            Schedule{4, 1, 2}, Schedule{2, 3, 8}}) {
    Durations durations = evenly(schedule, 1, 2);
    for (int64_t stage = 0; stage < schedule.stages; ++stage)
      for (int64_t chunk = 0; chunk < schedule.chunks; ++chunk)
        durations[stage][chunk].forward += double((stage * 7 + chunk * 3) % 5);
    auto stages = simulate(schedule, durations);
    ASSERT_TRUE(stages);
    expectSound(schedule, *stages);
  }
}

TEST(StepTraceTest, ServingPassesThroughAllStages) {
  Schedule schedule{3, 1, 1, /*backward=*/false};
  auto stages = simulate(schedule, evenly(schedule, 2, 0));
  ASSERT_TRUE(stages);
  EXPECT_EQ(endOf(*stages), 6);
  EXPECT_EQ((*stages)[2].size(), 1U);
}

TEST(StepTraceTest, ChunksShareTheTimeOfTheirStage) {
  StageWork work;
  work.chunks.resize(2);
  work.chunks[0].forwardPs = 100;
  work.chunks[0].backwardPs = 200;
  work.chunks[1].forwardPs = 50;
  work.chunks[1].backwardPs = 100;
  work.embedding.forwardPs = 50;
  work.output.backwardPs = 100;
  auto shares = dealToChunks(work, {4, 8});
  ASSERT_EQ(shares.size(), 2U);
  EXPECT_DOUBLE_EQ(shares[0].forward, 3);
  EXPECT_DOUBLE_EQ(shares[1].forward, 1);
  EXPECT_DOUBLE_EQ(shares[0].backward, 4);
  EXPECT_DOUBLE_EQ(shares[1].backward, 4);
}

} // namespace
