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

void expectMegatron(const MegatronConfiguration &config,
                    const FrameworkGroups &groups) {
  int64_t etp = config.etp.value_or(config.tp);
  int64_t dp = config.world / (config.tp * config.cp * config.pp);
  int64_t edp = config.world / (etp * config.ep * config.pp);
  auto decoder = [&](llvm::StringRef token) {
    return megatronRanks(config.order,
                         {{"tp", config.tp},
                          {"cp", config.cp},
                          {"ep", 1},
                          {"dp", dp},
                          {"pp", config.pp}},
                         token, config.rankOffset);
  };
  auto expert = [&](llvm::StringRef token) {
    return megatronRanks(config.order,
                         {{"tp", etp},
                          {"cp", 1},
                          {"ep", config.ep},
                          {"dp", edp},
                          {"pp", config.pp}},
                         token, config.rankOffset);
  };
  auto expect = [&](llvm::StringRef name, const Lists &lists) {
    ASSERT_EQ(expand(groups, name), lists) << name.str() << " " << config.order;
  };
  expect("DATA_PARALLEL_GROUP_WITH_CP", decoder("dp-cp"));
  expect("DATA_PARALLEL_GROUP", decoder("dp"));
  expect("CONTEXT_PARALLEL_GROUP", decoder("cp"));
  expect("MODEL_PARALLEL_GROUP", decoder("tp-pp"));
  expect("TENSOR_MODEL_PARALLEL_GROUP", decoder("tp"));
  expect("PIPELINE_MODEL_PARALLEL_GROUP", decoder("pp"));
  expect("TENSOR_AND_DATA_PARALLEL_GROUP_WITH_CP", decoder("tp-dp-cp"));
  expect("TENSOR_AND_DATA_PARALLEL_GROUP", decoder("tp-dp"));
  expect("TENSOR_AND_CONTEXT_PARALLEL_GROUP", decoder("tp-cp"));
  expect("EXPERT_MODEL_PARALLEL_GROUP", expert("ep"));
  expect("EXPERT_TENSOR_PARALLEL_GROUP", expert("tp"));
  expect("EXPERT_TENSOR_AND_MODEL_PARALLEL_GROUP", expert("tp-ep"));
  expect("EXPERT_TENSOR_MODEL_PIPELINE_PARALLEL_GROUP", expert("tp-ep-pp"));
  expect("EXPERT_DATA_PARALLEL_GROUP", expert("dp"));
  expect("INTRA_DISTRIBUTED_OPTIMIZER_INSTANCE_GROUP",
         joined(expert("tp-ep-pp"), config.world / config.inst));
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

} // namespace
