//===- FrameworksEnumerationTest.cpp - Groups against plain loops ---------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The box arithmetic of torchtitan, vLLM, SGLang and DeepSpeed compared with
// list code in the manner of their own, over many small configurations.
//
//===----------------------------------------------------------------------===//

#include "GroupLists.h"
#include "moe/Frameworks/Configurations.h"

using namespace mlir::moe;

namespace {

/// `arange(world).reshape(shape)`, two dimensions swapped, reshaped to rows of
/// `size`.
Lists swappedRows(llvm::ArrayRef<int64_t> shape, unsigned first,
                  unsigned second, int64_t size) {
  llvm::SmallVector<int64_t> sizes(shape), strides(shape.size(), 1);
  int64_t world = 1;
  for (size_t axis = shape.size(); axis-- > 0; world *= shape[axis])
    strides[axis] = world;
  std::swap(sizes[first], sizes[second]);
  std::swap(strides[first], strides[second]);
  Lists rows;
  for (int64_t index = 0; index < world; ++index) {
    int64_t rank = 0, rest = index;
    for (size_t axis = sizes.size(); axis-- > 0; rest /= sizes[axis])
      rank += rest % sizes[axis] * strides[axis];
    if (index % size == 0)
      rows.emplace_back();
    rows.back().push_back(rank);
  }
  return rows;
}

TEST(VllmTest, MatchesTransposedTensors) {
  for (int64_t external : {1, 3})
    for (int64_t dp : {1, 2, 4})
      for (int64_t pp : {1, 2, 3})
        for (int64_t pcp : {1, 2})
          for (int64_t tp : {1, 2, 4}) {
            int64_t shape[] = {external, dp, pp, pcp, tp};
            int64_t dcp = std::min<int64_t>(tp, 2);
            GroupsResult result = buildGroups(VllmConfiguration{
                external * dp * pp * pcp * tp, tp, pp, pcp, dp, dcp,
                /*allGroups=*/true});
            auto &groups = std::get<FrameworkGroups>(result);
            ASSERT_EQ(expand(groups, "tp"), swappedRows(shape, 4, 4, tp));
            ASSERT_EQ(expand(groups, "dcp"), swappedRows(shape, 4, 4, dcp));
            ASSERT_EQ(expand(groups, "pcp"), swappedRows(shape, 3, 4, pcp));
            ASSERT_EQ(expand(groups, "pp"), swappedRows(shape, 2, 4, pp));
            ASSERT_EQ(expand(groups, "dp"), swappedRows(shape, 1, 4, dp));
            ASSERT_EQ(expand(groups, "ep"),
                      swappedRows(shape, 1, 2, dp * pcp * tp));
          }
}

/// `range(start, stop, step)` for each start that `starts` counts up.
Ranks range(int64_t start, int64_t stop, int64_t step = 1) {
  Ranks ranks;
  for (int64_t rank = start; rank < stop; rank += step)
    ranks.push_back(rank);
  return ranks;
}

void expectSGLang(const SGLangConfiguration &config) {
  int64_t tp = config.tp, attnTp = tp / config.attnCp / config.attnDp;
  int64_t moeTp = tp / config.ep / config.moeDp;
  Lists attnTpLists, attnCpLists, moeDpLists, moeEpLists, moeTpLists, ppLists;
  for (int64_t base = 0; base < config.world; base += tp) {
    for (int64_t i = 0; i < tp; i += attnTp)
      attnTpLists.push_back(range(base + i, base + i + attnTp));
    for (int64_t dp = 0; dp < config.attnDp; ++dp)
      for (int64_t i = 0; i < attnTp; ++i) {
        int64_t start = base + dp * attnTp * config.attnCp + i;
        attnCpLists.push_back(
            range(start, start + attnTp * config.attnCp, attnTp));
      }
    for (int64_t i = 0; i < moeTp * config.ep; ++i)
      moeDpLists.push_back(range(base + i, base + tp, moeTp * config.ep));
    for (int64_t dp = 0; dp < config.moeDp; ++dp)
      for (int64_t i = 0; i < moeTp; ++i) {
        int64_t start = base + dp * config.ep * moeTp + i;
        moeEpLists.push_back(range(start, start + config.ep * moeTp, moeTp));
      }
    for (int64_t i = 0; i < tp; i += moeTp)
      moeTpLists.push_back(range(base + i, base + i + moeTp));
  }
  for (int64_t i = 0; i < tp; ++i)
    ppLists.push_back(range(i, config.world, tp));
  GroupsResult result = buildGroups(config);
  auto &groups = std::get<FrameworkGroups>(result);
  ASSERT_EQ(expand(groups, "attn_tp"), attnTpLists);
  ASSERT_EQ(expand(groups, "attn_cp"), attnCpLists);
  ASSERT_EQ(expand(groups, "moe_dp"),
            config.attnCp > config.moeDp ? attnCpLists : moeDpLists);
  ASSERT_EQ(expand(groups, "moe_ep"), moeEpLists);
  ASSERT_EQ(expand(groups, "moe_tp"), moeTpLists);
  ASSERT_EQ(expand(groups, "pp"), ppLists);
  Lists world{range(0, config.world)};
  for (llvm::StringRef name : {"tp", "pdmux_prefill_tp"})
    ASSERT_EQ(expand(groups, name), joined(world, tp));
  ASSERT_EQ(expand(groups, "dcp"), joined(world, config.dcp));
  ASSERT_EQ(expand(groups, "self_pp"), joined(world, 1));
  ASSERT_EQ(expand(groups, "world"), world);
}

TEST(SGLangTest, MatchesNestedLoops) {
  for (int64_t tp : {8, 16})
    for (int64_t pp : {1, 2})
      for (int64_t attnDp : {1, 2, 4})
        for (int64_t attnCp : {1, 2})
          for (int64_t ep : {1, 2, 4})
            for (int64_t moeDp : {1, 2})
              expectSGLang({tp * pp, tp, pp, attnDp, attnCp, ep, moeDp,
                            /*dcp=*/4, /*sharedExpertsTp=*/1, std::nullopt,
                            false, /*pdmux=*/true, /*allGroups=*/true});
}

TEST(SGLangTest, SharedExpertsWithinAttention) {
  SGLangConfiguration config;
  config.world = 16;
  config.tp = 8;
  config.pp = 2;
  config.attnDp = 2;
  config.sharedExpertsTp = 2;
  GroupsResult result = buildGroups(config);
  EXPECT_EQ(expand(std::get<FrameworkGroups>(result), "shared_experts_tp"),
            joined({range(0, 16)}, 2));
  config.sharedExpertsTp = 8;
  EXPECT_TRUE(
      std::holds_alternative<RejectedConfiguration>(buildGroups(config)));
}

/// DeepSpeed's _get_expert_parallel_ranks.
void expectDeepSpeed(const DeepSpeedConfiguration &config) {
  int64_t dp = config.world / config.tp / config.pp;
  int64_t stage = config.world / config.pp, stride = dp / config.ep;
  Lists data, ep, edp;
  for (int64_t start = 0; start < config.world; start += stage)
    for (int64_t i = 0; i < config.tp; ++i) {
      Ranks ranks;
      if (!config.dataBeforeExpert)
        ranks = range(start + i, start + stage, config.tp);
      else
        for (int64_t ds = 0; ds < stride; ++ds)
          llvm::append_range(ranks, range(start + i + ds * config.tp,
                                          start + stage, stride * config.tp));
      data.push_back(ranks);
    }
  ep = joined(data, config.ep);
  edp = strided(data, config.ep);
  GroupsResult result = buildGroups(config);
  auto &groups = std::get<FrameworkGroups>(result);
  ASSERT_EQ(expand(groups, "ep"), ep);
  ASSERT_EQ(expand(groups, "edp"), edp);
  for (Ranks &ranks : data)
    llvm::sort(ranks);
  ASSERT_EQ(expand(groups, "data"), data);
  ASSERT_EQ(expand(groups, "model"),
            joined({range(0, config.world)}, config.tp));
  Lists pipe{{0}};
  if (config.pp > 1)
    pipe = strided({range(0, config.world)}, stage);
  ASSERT_EQ(expand(groups, "pipe"), pipe);
  Lists copies(dp);
  for (int64_t rank = 0; rank < config.world; ++rank)
    copies[rank / config.tp % dp].push_back(rank);
  ASSERT_EQ(expand(groups, "ds_model"), copies);
}

TEST(DeepSpeedTest, MatchesListCode) {
  for (int64_t pp : {1, 2, 3})
    for (int64_t tp : {1, 2, 4})
      for (int64_t ep : {1, 2, 4})
        for (int64_t edp : {1, 2, 3})
          for (bool dataBeforeExpert : {false, true})
            expectDeepSpeed({pp * tp * ep * edp, tp, pp, ep, dataBeforeExpert,
                             /*allGroups=*/true});
}

TEST(TorchTitanTest, MatchesMegatronsDefaultOrder) {
  for (int64_t replicate : {1, 2})
    for (int64_t shard : {-1, 4})
      for (int64_t cp : {1, 2})
        for (int64_t tp : {1, 2})
          for (int64_t ep : {1, 2, 4}) {
            constexpr int64_t pp = 3;
            int64_t world = replicate * 4 * cp * tp * pp;
            GroupsResult result = buildGroups(TorchTitanConfiguration{
                world, replicate, shard, cp, tp, pp, ep});
            auto &groups = std::get<FrameworkGroups>(result);
            auto dense = [&](llvm::StringRef token) {
              return megatronRanks("tp-cp-shard-rep-pp",
                                   {{"tp", tp},
                                    {"cp", cp},
                                    {"shard", 4},
                                    {"rep", replicate},
                                    {"pp", pp}},
                                   token, 0);
            };
            auto sparse = [&](llvm::StringRef token) {
              return megatronRanks("ep-efsdp-rep-pp",
                                   {{"ep", ep},
                                    {"efsdp", 4 * cp * tp / ep},
                                    {"rep", replicate},
                                    {"pp", pp}},
                                   token, 0);
            };
            ASSERT_EQ(expand(groups, "pp"), dense("pp"));
            ASSERT_EQ(expand(groups, "batch"), dense("rep-shard"));
            ASSERT_EQ(expand(groups, "dp"), dense("rep-shard"));
            ASSERT_EQ(expand(groups, "loss"), dense("rep-shard-cp"));
            ASSERT_EQ(expand(groups, "dp_replicate"), dense("rep"));
            ASSERT_EQ(expand(groups, "dp_shard"), dense("shard"));
            ASSERT_EQ(expand(groups, "cp"), dense("cp"));
            ASSERT_EQ(expand(groups, "tp"), dense("tp"));
            ASSERT_EQ(expand(groups, "ep"), sparse("ep"));
            ASSERT_EQ(expand(groups, "efsdp"), sparse("efsdp"));
          }
}

} // namespace
