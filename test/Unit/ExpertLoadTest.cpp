//===- ExpertLoadTest.cpp - Load of the ranks that hold experts -----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Analysis/ExpertLoad.h"
#include "mlir/Parser/Parser.h"
#include "moe/Analysis/CostJob.h"
#include "moe/Analysis/ExpertSlots.h"
#include "moe/Analysis/RecordedLoad.h"
#include "gtest/gtest.h"
#include <map>
#include <random>

using namespace mlir;
using namespace mlir::moe;

namespace {

std::vector<RankLoad> loadsOf(const ExpertTokens &tokens,
                              const ExpertPlaces &places, DispatchRule rule) {
  auto loads = loadRanks(tokens, places, rule);
  if (auto *fault = std::get_if<std::string>(&loads))
    ADD_FAILURE() << *fault;
  return std::get<std::vector<RankLoad>>(loads);
}

/// Max over mean of one row, slot by slot: every copy of an expert has the same
/// share.
double evenLoad(const std::vector<int64_t> &tokens, const int32_t *slots,
                int64_t ranks, int64_t perRank) {
  std::map<int32_t, int64_t> copies;
  for (int64_t slot = 0; slot < ranks * perRank; ++slot)
    ++copies[slots[slot]];
  double most = 0, all = 0;
  for (int64_t rank = 0; rank < ranks; ++rank) {
    double load = 0;
    for (int64_t slot = rank * perRank; slot < (rank + 1) * perRank; ++slot)
      if (slots[slot] >= 0)
        load += double(tokens[slots[slot]]) / double(copies[slots[slot]]);
    most = std::max(most, load);
    all += load;
  }
  return all > 0 ? most * double(ranks) / all : 1;
}

TEST(ExpertLoad, EvenSharesAreThoseOfCountingSlotBySlot) {
  std::mt19937_64 random(7);
  for (int run = 0; run < 2000; ++run) {
    int64_t ranks = 1 + int64_t(random() % 5),
            slots = 1 + int64_t(random() % 4);
    int64_t experts = 1 + int64_t(random() % (ranks * slots));
    ExpertTokens tokens{experts, {}};
    for (int64_t count = 0; count < 3 * experts; ++count)
      tokens.tokens.push_back(int64_t(random() % 1000));
    bool dealt = random() % 2;
    ExpertPlaces places{ranks,
                        slots,
                        placeByRule(dealt ? PlacementKind::RoundRobin
                                          : PlacementKind::Contiguous,
                                    experts, ranks, slots, random() % 2)
                            .experts,
                        {}};
    auto even = loadsOf(tokens, places, DispatchRule::Even);
    auto best = loadsOf(tokens, places, DispatchRule::Weighted);
    ASSERT_EQ(even.size(), 3U);
    for (int64_t row = 0; row < 3; ++row) {
      EXPECT_NEAR(
          even[row].maxOverMean,
          evenLoad(tokens.row(row), places.experts.data(), ranks, slots), 1e-9);
      // Chosen shares are at least as good as equal ones.
      EXPECT_LE(best[row].maxOverMean, even[row].maxOverMean + 1e-9);
      EXPECT_GE(best[row].maxOverMean, best[row].bound - 1e-9);
    }
  }
}

TEST(ExpertLoad, StatedSharesCount) {
  // Expert 0 has 60 tokens, a third of them on rank 1, where expert 1 has 40.
  ExpertTokens tokens{2, {60, 40}};
  ExpertPlaces places{2, 2, {0, -1, 1, 0}, {0.75, 0, 1, 0.25}};
  auto loads = loadsOf(tokens, places, DispatchRule::Weighted);
  EXPECT_DOUBLE_EQ(loads[0].maxOverMean, 55.0 / 50);
  EXPECT_EQ(loads[0].rank, 1);
  EXPECT_EQ(loads[0].expert, 1);
  // Left to the dispatch rule: equal shares, or the best ones.
  places.shares.clear();
  EXPECT_DOUBLE_EQ(loadsOf(tokens, places, DispatchRule::Even)[0].maxOverMean,
                   70.0 / 50);
  EXPECT_NEAR(loadsOf(tokens, places, DispatchRule::Weighted)[0].maxOverMean, 1,
              1e-12);
}

TEST(ExpertLoad, PlacementsByLoadHaveTheLoadTheyWereProvenWith) {
  ExpertTokens tokens{4, {70, 10, 10, 10, 1, 2, 3, 4}};
  for (DispatchRule rule : {DispatchRule::Weighted, DispatchRule::Even}) {
    auto placed = placeByLoad(tokens, 2, 3, rule);
    ASSERT_TRUE(std::holds_alternative<ExpertPlaces>(placed));
    for (const RankLoad &load :
         loadsOf(tokens, std::get<ExpertPlaces>(placed), rule))
      EXPECT_NEAR(load.maxOverMean, 1, 1e-12);
  }
}

TEST(ExpertLoad, PlacesThatFitNoExpertsAreRefused) {
  ExpertTokens tokens{2, {60, 40}};
  auto faultOf = [&](ExpertPlaces places) {
    auto loads = loadRanks(tokens, places, DispatchRule::Weighted);
    auto *fault = std::get_if<std::string>(&loads);
    return fault ? *fault : "";
  };
  EXPECT_EQ(faultOf({2, 1, {0, 0}, {}}), "row 0: expert 1 has no slot");
  EXPECT_EQ(faultOf({2, 1, {0, 7}, {}}),
            "row 0: slot 1 holds expert 7, experts are 0 to 1");
  EXPECT_EQ(faultOf({2, 1, {0, -9}, {}}),
            "row 0: slot 1 holds expert -9, experts are 0 to 1");
  EXPECT_EQ(faultOf({2, 1, {0, 1}, {0.5, 1}}),
            "row 0: the weights of expert 0 sum to 0.500000 instead of 1");
  auto placed = placeByLoad(tokens, 1, 1, DispatchRule::Even);
  EXPECT_EQ(std::get<std::string>(placed),
            "row 0: 2 experts do not fit 1 rank of 1 slot; 2 slots on each "
            "rank are enough");
}

//===----------------------------------------------------------------------===//
// Of a plan
//===----------------------------------------------------------------------===//

class RecordedLoadTest : public ::testing::Test {
protected:
  RecordedLoadTest() { context.loadDialect<MoEDialect>(); }

  /// The loads of a plan of 4 experts in layers 1 to 3, on 2 ranks.
  RecordedLoads read(const std::string &more,
                     const std::string &workload = "mode train") {
    module = parseSourceString<ModuleOp>(
        "moe.plan @p { cluster @c world_size 2\n"
        "parallelism @g tp 1 pp 1 ep 2 etp 1\n"
        "workload @w " +
            workload +
            "\nmodel @m layers 3 { layers @dense 0 to 1 { ffn width 8 }\n"
            "layers @sparse 1 to 3 { experts count 4 top_k 1 width 8 } }\n" +
            more + "\n}",
        &context);
    EXPECT_TRUE(module);
    if (!module)
      return RecordedLoads();
    plan = *module->getOps<PlanOp>().begin();
    return RecordedLoads(PlanModel(plan), PlanDecisions(plan));
  }
  std::string reasonOf(const std::string &more,
                       const std::string &workload = "mode train") {
    RecordedLoads loads = read(more, workload);
    return loads.unused.size() == 1 ? loads.unused.front().reason : "";
  }

  MLIRContext context{MLIRContext::Threading::DISABLED};
  OwningOpRef<ModuleOp> module;
  PlanOp plan;
};

constexpr const char *twoLayers =
    "load @l of @m::@sparse = dense<[[30, 30, 20, 20], [70, 10, 10, 10]]> : "
    "tensor<2x4xi64>\n";

TEST_F(RecordedLoadTest, TimeTakesTheMeanOfTheLayersBuffersTheWorst) {
  RecordedLoads loads = read(twoLayers);
  ASSERT_EQ(loads.runs.size(), 1U);
  const RunLoad &load = loads.runs.front();
  // 60 of 100 tokens on rank 0, then 80: 1.2 and 1.6 times the mean.
  EXPECT_DOUBLE_EQ(load.mean, 1.4);
  EXPECT_DOUBLE_EQ(load.worst.maxOverMean, 1.6);
  EXPECT_EQ(load.worstLayer, 2);
  EXPECT_EQ(load.worst.rank, 0);
  EXPECT_EQ(load.worst.expert, 0);
  EXPECT_TRUE(loads.coverAll(PlanModel(plan).model));
  cost::Job job = describeJob(PlanModel(plan), WorldGrid());
  EXPECT_EQ(job.model.runs[1].skew.mean, 1000);
  describePlacements(PlanModel(plan), PlanDecisions(plan), loads, job);
  EXPECT_EQ(job.model.runs[1].skew.mean, 1400);
  EXPECT_EQ(job.model.runs[1].skew.worst, 1600);
  EXPECT_EQ(job.model.runs[1].skew.exchange, 1400);
  EXPECT_EQ(job.model.runs[0].skew.mean, 1000);
}

TEST_F(RecordedLoadTest, LayersWithoutTokensKeepTheRuleOfTheRouting) {
  RecordedLoads loads =
      read("load @l of @m::@sparse = dense<[[0, 0, 0, 0], [70, 10, 10, 10]]> : "
           "tensor<2x4xi64>\n",
           "mode train routing natural");
  cost::Job job = describeJob(PlanModel(plan), WorldGrid());
  describePlacements(PlanModel(plan), PlanDecisions(plan), loads, job);
  EXPECT_EQ(job.model.runs[1].skew.mean, 1350); // of 1.1 and 1.6
  EXPECT_EQ(job.model.runs[1].skew.worst, 1600);
  EXPECT_EQ(job.model.runs[1].skew.exchange, 1300); // of 1 and 1.6
  EXPECT_FALSE(loads.coverAll(PlanModel(plan).model));
}

TEST_F(RecordedLoadTest, PlacementsDecide) {
  // One row for all layers.
  std::string load =
      "load @l of @m::@sparse = dense<[70, 10, 10, 10]> : tensor<4xi64>\n";
  auto worst = [&](const std::string &more) {
    RecordedLoads loads = read(load + more);
    return loads.runs.empty() ? 0 : loads.runs.front().worst.maxOverMean;
  };
  EXPECT_DOUBLE_EQ(worst(""), 1.6);
  // Experts 0 and 2 on rank 0.
  EXPECT_DOUBLE_EQ(worst("distribution @e placed round_robin"), 1.6);
  EXPECT_DOUBLE_EQ(worst("distribution @e slots_per_rank 3 dispatch even "
                         "placed balanced"),
                   1);
  std::string table = "placement @t of @m::@sparse slots 3 table dense<[[0, 1, "
                      "2], [0, 3, -1]]> : tensor<2x3xi32>";
  EXPECT_DOUBLE_EQ(worst(table + "\ndistribution @e dispatch even"), 1.1);
  EXPECT_DOUBLE_EQ(worst(table), 1);
  EXPECT_DOUBLE_EQ(worst(table + "{moe.weights = dense<[[0.5, 1.0, 1.0], [0.5, "
                                 "1.0, 0.0]]> : tensor<2x3xf64>}"),
                   1.1);
  // Of a formula: rank 0 holds experts 0 and 1, or 0 and 2.
  EXPECT_DOUBLE_EQ(worst("placement @f of @m::@sparse slots 2 round_robin"),
                   1.6);
}

TEST_F(RecordedLoadTest, SaysWhyALoadIsOfNoUse) {
  EXPECT_EQ(reasonOf(twoLayers, "mode train routing balanced"),
            "'workload.routing' says that every expert gets equally many "
            "tokens");
  EXPECT_EQ(reasonOf(twoLayers, "mode train capacity_factor \"1.25\""),
            "'workload.capacity_factor' gives every expert equally many rows");
  EXPECT_EQ(reasonOf("load @l of @m::@sparse = dense<0> : tensor<2x4xi64>\n"),
            "no token was counted");
  EXPECT_EQ(reasonOf("load @l of @m::@sparse = dense<1> : tensor<2x5xi64>\n"),
            "holds counts of 5 experts, the layers have 4");
  EXPECT_EQ(reasonOf("load @l of @m::@sparse = dense<1> : tensor<3x4xi64>\n"),
            "holds counts of 3 layers, the run has 2");
  EXPECT_EQ(reasonOf(std::string(twoLayers) +
                     "placement @t of @m::@sparse slots 4 table dense<0> : "
                     "tensor<3x4xi32>"),
            "placement @t has no row for each of 2 ranks");
  EXPECT_EQ(reasonOf(std::string(twoLayers) +
                     "placement @t of @m::@sparse slots 2 table dense<[[0, 1], "
                     "[2, 3]]> : tensor<2x2xi32> {moe.weights = 1 : i32}"),
            "placement @t has weights that are no number of type f64 for each "
            "slot");
  EXPECT_EQ(
      reasonOf("load @l of @m::@sparse = dense<4611686018427387904> : "
               "tensor<2x4xi64>\n"),
      "row 0: the loads sum to more than 4611686018427387903, too much for "
      "exact arithmetic on 2 ranks; divide all loads by one number");
  EXPECT_EQ(reasonOf(std::string(twoLayers) +
                     "distribution @e slots_per_rank 1000000000000"),
            "2 ranks of 1000000000000 slots are more than 1048576 slots");
}

} // namespace
