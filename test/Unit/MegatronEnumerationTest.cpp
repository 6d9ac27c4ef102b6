//===- MegatronEnumerationTest.cpp - Megatron in all its orders -----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every process group of Megatron-Core compared with plain enumeration, in all
// orders of its axes; and what it rejects.
//
//===----------------------------------------------------------------------===//

#include "GroupLists.h"
#include "moe/Frameworks/Configurations.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;

namespace {

/// _inject_gtp_remat_axis.
std::string injected(llvm::StringRef order, llvm::StringRef anchor) {
  size_t end = order.find(anchor) + anchor.size();
  return (order.substr(0, end) + "-gtp_remat" + order.substr(end)).str();
}

void expectMegatron(const MegatronConfiguration &config,
                    const FrameworkGroups &groups) {
  int64_t etp = config.etp.value_or(config.tp);
  int64_t gtp = config.gtpRemat, egtp = config.expertGtpRemat;
  int64_t dp = config.world / (config.tp * config.cp * config.pp * gtp);
  int64_t edp = config.world / (etp * config.ep * config.pp * egtp);
  auto decoder = [&](llvm::StringRef token) {
    return megatronRanks(injected(config.order, "tp"),
                         {{"tp", config.tp},
                          {"gtp_remat", gtp},
                          {"cp", config.cp},
                          {"ep", 1},
                          {"dp", dp},
                          {"pp", config.pp}},
                         token, config.rankOffset);
  };
  auto expert = [&](llvm::StringRef token) {
    return megatronRanks(injected(config.order, "ep"),
                         {{"tp", etp},
                          {"gtp_remat", egtp},
                          {"cp", 1},
                          {"ep", config.ep},
                          {"dp", edp},
                          {"pp", config.pp}},
                         token, config.rankOffset);
  };
  auto expect = [&](llvm::StringRef name, const Lists &lists) {
    ASSERT_EQ(expand(groups, name), lists) << name.str() << " " << config.order;
  };
  expect("GTP_WEIGHT_REMAT_GROUP", decoder("gtp_remat"));
  expect("EXPERT_GTP_WEIGHT_REMAT_GROUP", expert("gtp_remat"));
  expect("EXPERT_TENSOR_MODEL_PIPELINE_PARALLEL_GROUP_WITH_EGTP",
         expert("tp-ep-gtp_remat-pp"));
  if (gtp > 1) {
    expect("DATA_PARALLEL_GROUP_WITH_GTP_REMAT", decoder("gtp_remat-dp"));
    expect("DATA_PARALLEL_GROUP_WITH_CP_WITH_GTP_REMAT",
           decoder("gtp_remat-dp-cp"));
  }
  if (egtp > 1)
    expect("EXPERT_DATA_PARALLEL_GROUP_WITH_GTP_REMAT", expert("gtp_remat-dp"));
  expect("DATA_PARALLEL_GROUP_WITH_CP", decoder("dp-cp"));
  expect("DATA_PARALLEL_GROUP", decoder("dp"));
  expect("CONTEXT_PARALLEL_GROUP", decoder("cp"));
  expect("MODEL_PARALLEL_GROUP", decoder("tp-gtp_remat-pp"));
  expect("TENSOR_MODEL_PARALLEL_GROUP", decoder("tp"));
  expect("PIPELINE_MODEL_PARALLEL_GROUP", decoder("pp"));
  expect("TENSOR_AND_DATA_PARALLEL_GROUP_WITH_CP",
         decoder("tp-gtp_remat-dp-cp"));
  expect("TENSOR_AND_DATA_PARALLEL_GROUP", decoder("tp-gtp_remat-dp"));
  expect("TENSOR_AND_CONTEXT_PARALLEL_GROUP", decoder("tp-cp"));
  expect("EXPERT_MODEL_PARALLEL_GROUP", expert("ep"));
  expect("EXPERT_TENSOR_PARALLEL_GROUP", expert("tp"));
  expect("EXPERT_TENSOR_AND_MODEL_PARALLEL_GROUP", expert("tp-ep"));
  expect("EXPERT_TENSOR_MODEL_PIPELINE_PARALLEL_GROUP", expert("tp-ep-pp"));
  expect("EXPERT_DATA_PARALLEL_GROUP", expert("dp"));
  Lists instances = joined(expert("tp-ep-pp"), config.world / config.inst);
  if (gtp > 1 || egtp > 1)
    llvm::sort(instances.front());
  expect("INTRA_DISTRIBUTED_OPTIMIZER_INSTANCE_GROUP", instances);
  Lists embedding, position;
  for (const Ranks &pipeline : decoder("pp")) {
    position.push_back({pipeline.front()});
    embedding.push_back({pipeline.front()});
    if (config.pp > 1)
      embedding.back().push_back(pipeline.back());
  }
  expect("EMBEDDING_GROUP", embedding);
  expect("POSITION_EMBEDDING_GROUP", position);
  if (config.inst == 1)
    return;
  expect("INTRA_PARTIAL_DATA_PARALLEL_GROUP_WITH_CP",
         joined(decoder("dp-cp"), dp * config.cp / config.inst));
  expect("HIERARCHICAL_EXPERT_DATA_PARALLEL_GROUP_L0",
         joined(expert("dp"), edp / config.inst));
  expect("HIERARCHICAL_EXPERT_DATA_PARALLEL_GROUP_L1",
         strided(expert("dp"), edp / config.inst));
}

/// Whether Megatron takes the configuration: divisible, and one set of
/// pipelines.
bool megatronAccepts(const MegatronConfiguration &config) {
  int64_t etp = config.etp.value_or(config.tp);
  int64_t attention = config.tp * config.cp * config.pp;
  int64_t experts = etp * config.ep * config.pp;
  if (config.world % attention != 0 || config.world % experts != 0)
    return false;
  int64_t dp = config.world / attention, edp = config.world / experts;
  if (dp * config.cp % config.inst != 0 || edp % config.inst != 0)
    return false;
  if (!llvm::StringRef(config.order).ends_with("pp") && config.pp > 1 &&
      dp != edp)
    return false;
  return megatronRanks(config.order,
                       {{"tp", config.tp},
                        {"cp", config.cp},
                        {"ep", 1},
                        {"dp", dp},
                        {"pp", config.pp}},
                       "pp", 0) == megatronRanks(config.order,
                                                 {{"tp", etp},
                                                  {"cp", 1},
                                                  {"ep", config.ep},
                                                  {"dp", edp},
                                                  {"pp", config.pp}},
                                                 "pp", 0);
}

/// All orders of the five axes.
std::vector<std::string> allOrders() {
  std::vector<std::string> axes{"cp", "dp", "ep", "pp", "tp"}, orders;
  do
    orders.push_back(llvm::join(axes, "-"));
  while (std::next_permutation(axes.begin(), axes.end()));
  return orders;
}

TEST(MegatronTest, AllOrdersAgainstMaskedEnumeration) {
  int accepted = 0, rejected = 0;
  for (const std::string &order : allOrders())
    for (int64_t world : {24, 32})
      for (int64_t tp : {1, 2, 4})
        for (int64_t cp : {1, 2, 3})
          for (int64_t pp : {1, 2})
            for (int64_t ep : {1, 2, 4})
              for (int64_t inst : {1, 2}) {
                MegatronConfiguration config;
                config.order = order;
                config.world = world;
                config.tp = tp;
                config.cp = cp;
                config.pp = pp;
                config.ep = ep;
                config.inst = inst;
                config.rankOffset = tp == 4 ? 100 : 0;
                if (cp == 2)
                  config.etp = 1;
                GroupsResult result = buildGroups(config);
                auto *groups = std::get_if<FrameworkGroups>(&result);
                ASSERT_EQ(groups != nullptr, megatronAccepts(config))
                    << order << " tp " << tp << " cp " << cp << " pp " << pp
                    << " ep " << ep;
                ++(groups ? accepted : rejected);
                if (groups)
                  expectMegatron(config, *groups);
              }
  EXPECT_GT(accepted, 1000);
  EXPECT_GT(rejected, 1000);
}

TEST(MegatronTest, GtpRematIsAnAxisOfEachGrid) {
  int accepted = 0;
  for (const std::string &order : allOrders())
    for (int64_t cp : {1, 3})
      for (int64_t pp : {1, 2})
        for (int64_t gtp : {1, 2, 4})
          for (int64_t egtp : {1, 2}) {
            MegatronConfiguration config;
            config.order = order;
            config.world = 96;
            config.tp = 2;
            config.cp = cp;
            config.pp = pp;
            config.ep = 3;
            config.gtpRemat = gtp;
            config.expertGtpRemat = egtp;
            GroupsResult result = buildGroups(config);
            if (auto *groups = std::get_if<FrameworkGroups>(&result)) {
              ++accepted;
              expectMegatron(config, *groups);
            }
          }
  EXPECT_GT(accepted, 700);
}

/// create_hierarchical_groups: "(l s u) -> (l u) s" of each group.
Lists levelOf(const Lists &groups, int64_t within, int64_t size) {
  Lists lists;
  for (const Ranks &ranks : groups)
    for (size_t start = 0; start < ranks.size(); start += within * size)
      for (int64_t first = 0; first < within; ++first) {
        lists.emplace_back();
        for (int64_t member = 0; member < size; ++member)
          lists.back().push_back(ranks[start + member * within + first]);
      }
  return lists;
}

TEST(MegatronTest, HierarchicalContextParallelism) {
  for (const std::string &order : allOrders()) {
    MegatronConfiguration config;
    config.order = order;
    config.world = 48;
    config.tp = 2;
    config.cp = 12;
    config.hierarchicalCp = {2, 3, 2};
    GroupsResult result = buildGroups(config);
    const auto &groups = std::get<FrameworkGroups>(result);
    Lists cp = expand(groups, "CONTEXT_PARALLEL_GROUP");
    ASSERT_EQ(expand(groups, "HIERARCHICAL_CONTEXT_PARALLEL_GROUP_L0"),
              levelOf(cp, 1, 2));
    ASSERT_EQ(expand(groups, "HIERARCHICAL_CONTEXT_PARALLEL_GROUP_L1"),
              levelOf(cp, 2, 3));
    ASSERT_EQ(expand(groups, "HIERARCHICAL_CONTEXT_PARALLEL_GROUP_L2"),
              levelOf(cp, 6, 2));
    EXPECT_FALSE(groups.find("HIERARCHICAL_CONTEXT_PARALLEL_GROUP_L3"));
  }
}

/// create_hybrid_dp_cp_groups: `ranks[i : i + size]` for i in steps of size.
Lists chunksOf(const Lists &groups, size_t size) {
  Lists lists;
  for (const Ranks &ranks : groups)
    for (size_t start = 0; start < ranks.size(); start += size)
      lists.emplace_back(ranks.begin() + start,
                         ranks.begin() + std::min(start + size, ranks.size()));
  return lists;
}

TEST(MegatronTest, HybridContextParallelism) {
  for (int64_t cp : {2, 4, 6, 10, 12, 36}) {
    MegatronConfiguration config;
    config.world = cp * 8;
    config.tp = 4;
    config.cp = cp;
    config.hybridCp = true;
    GroupsResult result = buildGroups(config);
    const auto &groups = std::get<FrameworkGroups>(result);
    Lists whole = expand(groups, "DATA_PARALLEL_GROUP_WITH_CP");
    int64_t size = 2;
    // `[2**i for i in range(int(log2(ranks)))][1:]`
    for (; size * 2 <= cp * 2; size *= 2)
      ASSERT_EQ(expand(groups, "HYBRID_DP_CP_GROUP_" + std::to_string(size)),
                chunksOf(whole, size))
          << cp;
    EXPECT_FALSE(groups.find("HYBRID_DP_CP_GROUP_" + std::to_string(size)));
  }
}

} // namespace
