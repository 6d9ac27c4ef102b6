//===- TransferTimeTest.cpp - Collectives, by hand ------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SmallJob.h"

#include "moe/Cost/Estimate.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace mlir::moe::cost;

namespace {

TEST(TransferTime, TiersRunSideBySide) {
  Job job = smallJob();
  Calibration calibration;
  setGroup(job, Axis::Tensor, spread(8, 8));
  auto inside = transfer(job, calibration, Axis::Tensor, Collective::AllGather,
                         1'000'000'000);
  EXPECT_EQ(inside.picoseconds, Count(10'000'000'000)); // 1 GB at 100 GB/s
  // A ring over 2 domains of 4: one of four ranks sends outside.
  setGroup(job, Axis::Tensor, spread(8, 4));
  auto across = transfer(job, calibration, Axis::Tensor, Collective::AllGather,
                         1'000'000'000);
  EXPECT_EQ(across.network, Count(250'000'000));
  // 25 ms outside, and 0.3 of 7.5 ms inside.
  EXPECT_EQ(across.picoseconds, Count(25'000'000'000 + 2'250'000'000));
}

TEST(TransferTime, SharesOfBandwidthAndTheStart) {
  Job job = smallJob();
  Calibration calibration;
  calibration.nvlinkShare = 0.5;
  calibration.transferSeconds = 10e-6;
  setGroup(job, Axis::Tensor, spread(8, 8));
  auto result = transfer(job, calibration, Axis::Tensor,
                         Collective::ReduceScatter, 1'000'000);
  EXPECT_EQ(result.picoseconds, Count(20'000'000 + 10'000'000));
}

TEST(TransferTime, TokensVisitEachDomainOnce) {
  Job job = smallJob();
  Calibration calibration;
  LayerShape layer;
  layer.topK = 4;
  setGroup(job, Axis::Expert, spread(16, 8));
  Count sent = 15'000'000;
  auto plain = expertTransfer(job, calibration, layer, sent);
  // 8 of the 15 peers are in the other domain.
  EXPECT_EQ(plain.network, Count(8'000'000));
  // Of 2 domains a token with 4 random experts visits 2 (1 - 1/16) = 1.875: of
  // its 4 copies that is 0.46875.
  job.workload.dispatcher = TokenDispatcher::DeepEP;
  EXPECT_EQ(expertTransfer(job, calibration, layer, sent).network,
            Count(3'750'000));
  // Node-limited routing bounds the visits: 2 (1 - 1/2) of 4 copies.
  layer.routerTopGroups = 1;
  EXPECT_EQ(expertTransfer(job, calibration, layer, sent).network,
            Count(2'000'000));
}

TEST(Degrees, GroupsInMegatronsOrder) {
  // 64 ranks in domains of 8: tp 2, cp 2, dp 4, pp 4; etp 1, ep 8, edp 2.
  Degrees degrees;
  degrees.tp = 2, degrees.cp = 2, degrees.pp = 4, degrees.dp = 4;
  degrees.ep = 8, degrees.edp = 2;
  placeGroups(degrees, 8);
  auto expect = [&](Axis axis, int64_t size, int64_t local) {
    EXPECT_EQ(degrees.group(axis).size, size) << nameOf(axis).str();
    EXPECT_EQ(degrees.group(axis).local, local) << nameOf(axis).str();
  };
  expect(Axis::Tensor, 2, 2);
  expect(Axis::Context, 2, 2);
  expect(Axis::Data, 8, 4); // every second of 8 neighbours
  expect(Axis::Pipeline, 4, 1);
  expect(Axis::Expert, 8, 8);
  expect(Axis::ExpertTensor, 1, 1);
  expect(Axis::ExpertData, 2, 1);
}

TEST(TransferTime, AnExchangeEndsWithTheBusiestRank) {
  // 8 MB leave the domain at 0.5 GB/s, a rank that gets twice as much takes
  // twice as long; what the mean rank sends stays the same.
  Job job = smallJob();
  job.machine.network = 0.5e9;
  job.machine.nvlink = 1e15;
  setGroup(job, Axis::Expert, spread(16, 8));
  Calibration calibration;
  LayerShape layer, skewed;
  layer.topK = skewed.topK = 4;
  skewed.skew.exchange = 2000;
  for (Phase phase : {Phase::Train, Phase::Decode})
    for (TokenDispatcher dispatcher :
         {TokenDispatcher::AllToAll, TokenDispatcher::DeepEP}) {
      job.workload.phase = phase;
      job.workload.dispatcher = dispatcher;
      auto even = expertTransfer(job, calibration, layer, 15'000'000);
      auto uneven = expertTransfer(job, calibration, skewed, 15'000'000);
      EXPECT_EQ(uneven.sent, even.sent);
      EXPECT_EQ(uneven.network, even.network);
      EXPECT_NEAR(static_cast<double>(*uneven.picoseconds),
                  2 * static_cast<double>(*even.picoseconds), 1e5);
      // Computation that is uneven alone leaves the exchange as calibrated.
      skewed.skew = LoadSkew::everywhere(2000);
      EXPECT_EQ(
          expertTransfer(job, calibration, skewed, 15'000'000).picoseconds,
          even.picoseconds);
      skewed.skew.exchange = 2000;
    }
}

/// deepseek-ai/DeepEP, docs/legacy.md, low-latency kernels on H800: 128 tokens
/// of 7168, 8 experts each, fp8 out and bf16 back; microseconds of both.
double lowLatencyMicroseconds(int64_t ranks, int64_t softwareMonth) {
  Job job = smallJob();
  job.machine.nvlink = 200e9;
  job.machine.network = 50e9;
  job.workload.phase = Phase::Decode;
  job.workload.precision = NumberFormat::FP8;
  job.workload.dispatcher = TokenDispatcher::DeepEP;
  job.workload.softwareMonth = softwareMonth;
  Calibration calibration;
  calibration.nvlinkShare = 0.73;
  calibration.networkShare = 0.82;
  calibration.transferSeconds = 11e-6;
  LayerShape layer;
  layer.topK = 8;
  setGroup(job, Axis::Expert, spread(ranks, 8));
  Count bytes = Count(128LL * 8 * 7168 * 2) * (ranks - 1) / ranks;
  auto exchange = expertTransfer(job, calibration, layer, bytes);
  return 2e-6 * static_cast<double>(*exchange.picoseconds);
}

TEST(TransferTime, DecodeSendsEveryCopyOnItsOwn) {
  // Inside a domain over NVLink.
  int64_t newest = 0;
  for (auto [ranks, measured] : {std::pair(16, 118 + 195),
                                 {32, 155 + 273},
                                 {64, 173 + 314},
                                 {256, 194 + 360}})
    EXPECT_NEAR(lowLatencyMicroseconds(ranks, newest), measured,
                0.04 * measured);
  // The first kernels used the network alone.
  int64_t first = 2025 * 12 + 3;
  for (auto [ranks, measured] : {std::pair(16, 173 + 329),
                                 {32, 182 + 350},
                                 {64, 186 + 353},
                                 {256, 194 + 360}})
    EXPECT_NEAR(lowLatencyMicroseconds(ranks, first), measured,
                0.06 * measured);
}

} // namespace
