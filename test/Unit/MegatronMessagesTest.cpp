//===- MegatronMessagesTest.cpp - What Megatron-Core refuses --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Configurations of Megatron-Core that `moec groups` refuses or warns of: whole
// messages, with what would be right instead.
//
//===----------------------------------------------------------------------===//

#include "GroupsRun.h"

using namespace mlir::moe;

namespace {

TEST(MegatronMessagesTest, Divisibility) {
  expectRejected("--framework megatron --world 12 --tp 8",
                 "error: world 12 is not divisible by tp x pp x cp = 8 x 1 x 1 "
                 "= 8, nor by etp x ep x pp = 8 x 1 x 1 = 8; use world 8 or 16 "
                 "or other degrees\n");
  expectRejected("--framework megatron --world 24 --tp 2 --pp 2 --ep 8 --etp 1",
                 "error: world 24 is not divisible by etp x ep x pp = 1 x 8 x "
                 "2 = 16; use world 16 or 32 or other degrees\n");
  expectRejected("--framework megatron --world 8 --ep 16 --etp 1",
                 "error: world 8 is not divisible by etp x ep x pp = 1 x 16 x "
                 "1 = 16; use world 16 or other degrees\n");
}

/// 90 and 108 are multiples of 18, but not of the 24 of attention; 720 suits
/// both grids, but the order no world.
TEST(MegatronMessagesTest, WorldsSuitBothGrids) {
  expectRejected("--framework megatron --world 96 --tp 3 --cp 8 --ep 6 --etp 3",
                 "error: world 96 is not divisible by etp x ep x pp = 3 x 6 x "
                 "1 = 18; use world 72 or 144 or other degrees\n");
  expectRejected("--framework megatron --world 30 --tp 4 --ep 2 --etp 1 "
                 "--inst 3",
                 "error: world 30 is not divisible by tp x pp x cp = 4 x 1 x 1 "
                 "= 4; use world 24 or 36 or other degrees\n");
  expectRejected("--framework megatron --world 12 --tp 8 --order tp-pp",
                 "error: world 12 is not divisible by tp x pp x cp = 8 x 1 x 1 "
                 "= 8, nor by etp x ep x pp = 8 x 1 x 1 = 8; use world 8 or "
                 "other degrees\n");
  expectRejected("--framework megatron --world 13 --pp 2 --cp 2 "
                 "--order tp-pp-cp-dp-ep",
                 "error: world 13 is not divisible by tp x pp x cp = 1 x 2 x 2 "
                 "= 4, nor by etp x ep x pp = 1 x 1 x 2 = 2; world 16 is, but "
                 "then order 'tp-pp-cp-dp-ep' does not end in pp, and then dp "
                 "(4) and edp (8) must be equal; end the order in pp: "
                 "'tp-cp-dp-ep-pp'\n");
}

TEST(MegatronMessagesTest, InstancesSuitBothGrids) {
  expectRejected("--framework megatron --world 30 --tp 3 --ep 5 --etp 1 "
                 "--inst 3",
                 "error: 'inst' is 3, which does not divide dp x cp = 10 x 1 = "
                 "10; use 1 or 2 to suit edp = 6 too\n");
  expectRejected("--framework megatron --world 24 --cp 2 --ep 4 --inst 4",
                 "error: 'inst' is 4, which does not divide edp = 6; use 1, 2, "
                 "3 or 6\n");
  expectRejected("--framework megatron --world 48 --tp 2 --ep 2 --etp 1 "
                 "--inst 7",
                 "error: 'inst' is 7, which divides neither dp x cp = 24 x 1 = "
                 "24 nor edp = 24; use 6, 8 or another divisor of 24\n");
}

TEST(MegatronMessagesTest, OrderNotEndingInPipeline) {
  expectRejected("--framework megatron --world 32 --tp 2 --pp 2 --ep 8 --etp 1 "
                 "--order pp-tp-cp-ep-dp",
                 "error: order 'pp-tp-cp-ep-dp' does not end in pp, and then "
                 "dp (8) and edp (2) must be equal; end the order in pp: "
                 "'tp-cp-ep-dp-pp'\n");
  expectRejected("--framework megatron --world 64 --tp 4 --pp 2 --cp 2 --ep 8 "
                 "--etp 1 --order tp-pp-cp-ep-dp",
                 "error: order 'tp-pp-cp-ep-dp' puts the stages of a pipeline "
                 "4 ranks apart for attention and 1 for the "
                 "experts, but both must use the same pipelines; end the order "
                 "in pp: 'tp-cp-ep-dp-pp'\n");
}

TEST(MegatronMessagesTest, MalformedOrder) {
  expectRejected("--framework megatron --world 16 --tp 2 --pp 2 --order "
                 "tp-tp-cp-ep-dp-pp",
                 "error: order 'tp-tp-cp-ep-dp-pp' names 'tp' twice, for which "
                 "Megatron may build groups with ranks outside the world; "
                 "write 'tp-cp-ep-dp-pp'\n");
  // Without its last axis, the order would be refused.
  expectRejected("--framework megatron --world 8 --pp 2 --cp 2 "
                 "--order pp-tp-cp-ep-dp-pp",
                 "error: order 'pp-tp-cp-ep-dp-pp' names 'pp' twice, for which "
                 "Megatron may build groups with ranks outside the world; "
                 "write 'tp-cp-ep-dp-pp'\n");
  expectRejected("--framework megatron --world 64 --tp 2 --pp 2 --ep 4 --etp 1 "
                 "--order TP-CP-EP-DP-PP",
                 "error: order 'TP-CP-EP-DP-PP' is not in lower case, and "
                 "then Megatron does not see that it ends in pp; write "
                 "'tp-cp-ep-dp-pp'\n");
  expectRejected("--framework megatron --world 16 --order tp-xp-dp-pp",
                 "error: order 'tp-xp-dp-pp' names the axis 'xp'; the axes are "
                 "tp, cp, ep, dp and pp, joined by '-'\n");
  expectRejected("--framework megatron --world 16 --order tp-edp-pp-",
                 "error: order 'tp-edp-pp-' names the axis 'edp'; the experts' "
                 "axes go by the names of attention's, 'dp' here\n"
                 "error: order 'tp-edp-pp-' has an empty axis name; the axes "
                 "are joined by one '-' each\n");
  expectRejected("--framework megatron --world 16 --cp 2 --order tp-dp-pp",
                 "error: order 'tp-dp-pp' does not name 'cp', whose degree is "
                 "2; the default 'tp-cp-ep-dp-pp' names every axis\n");
  expectRejected("--framework megatron --world 16 --order cp-ep-dp-pp",
                 "error: order 'cp-ep-dp-pp' does not name 'tp', which "
                 "Megatron needs even where it is 1; the default "
                 "'tp-cp-ep-dp-pp' names every axis\n");
  expectRejected("--framework megatron --world 12 --etp 3 --order cp-ep-dp-pp",
                 "error: order 'cp-ep-dp-pp' does not name 'tp', along which "
                 "the experts have etp = 3; the default 'tp-cp-ep-dp-pp' names "
                 "every axis\n");
}

TEST(MegatronMessagesTest, AxesOfSizeOneMayBeLeftOut) {
  GroupsRun all = runGroups("--framework megatron --world 16 --tp 2 --pp 2");
  GroupsRun some = runGroups(
      "--framework megatron --world 16 --tp 2 --pp 2 --order tp-dp-pp");
  EXPECT_EQ(some.code, 0) << some.err;
  EXPECT_EQ(all.out, some.out);
}

/// As Megatron, which lower-cases the order but for its one look at the end.
TEST(MegatronMessagesTest, UpperCaseMattersOnlyForPipelines) {
  for (llvm::StringRef options :
       {"--framework megatron --world 24 --tp 2 --cp 2 --ep 6",
        "--framework megatron --world 24 --tp 2 --pp 3 --ep 2 --etp 1"}) {
    GroupsRun lower = runGroups((options + " --order ep-tp-cp-dp-pp").str());
    GroupsRun upper = runGroups((options + " --order EP-tp-CP-DP-PP").str());
    EXPECT_EQ(upper.code, 0) << upper.err;
    EXPECT_EQ(lower.out, upper.out);
  }
}

TEST(MegatronMessagesTest, AllProblemsAtOnce) {
  expectRejected("--framework megatron --world 0 --tp 0 --pp -1 --vpp 0 "
                 "--inst 0 --rank-offset -3 --order TP-tp",
                 "error: the world has 0 ranks; it needs at least 1\n"
                 "error: 'tp' is 0; it must be at least 1\n"
                 "error: 'pp' is -1; it must be at least 1\n"
                 "error: 'inst' is 0; it must be at least 1\n"
                 "error: 'vpp' is 0; it must be at least 1\n"
                 "error: 'rank_offset' is -3; it must be 0 to 16777216\n"
                 "error: order 'TP-tp' names 'tp' twice, for which Megatron "
                 "may build groups with ranks outside the world; write "
                 "'tp-cp-ep-dp-pp'\n");
  expectRejected("--framework megatron --world 16 --tp 2 --ep 4 --inst 3 "
                 "--vpp 2",
                 "error: 'vpp' is 2 but 'pp' is 1; virtual stages need a "
                 "pipeline, so raise 'pp' or leave 'vpp' out\n"
                 "error: 'inst' is 3, which divides neither dp x cp = 8 x 1 = "
                 "8 nor edp = 2; use 1 or 2\n");
}

TEST(MegatronMessagesTest, TpPpDpMapping) {
  GroupsRun flag = runGroups("--framework megatron --world 16 --tp 2 --pp 2 "
                             "--use-tp-pp-dp-mapping");
  EXPECT_EQ(flag.code, 0) << flag.err;
  EXPECT_EQ(flag.err, "");
  EXPECT_EQ(flag.out, runGroups("--framework megatron --world 16 --tp 2 --pp 2 "
                                "--order tp-cp-ep-pp-dp")
                          .out);
  GroupsRun experts =
      runGroups("--framework megatron --world 16 --tp 2 --pp 2 --ep 2 --etp 1 "
                "--use-tp-pp-dp-mapping");
  EXPECT_EQ(experts.code, 0);
  EXPECT_EQ(experts.err, "warning: older releases of Megatron-LM refuse "
                         "--use-tp-pp-dp-mapping with cp or ep above 1\n");
  expectRejected("--framework megatron --world 16 --tp 2 --pp 2 --ep 2 "
                 "--use-tp-pp-dp-mapping",
                 "error: order 'tp-cp-ep-pp-dp' does not end in pp, and then "
                 "dp (4) and edp (2) must be equal; leave out "
                 "'use_tp_pp_dp_mapping', which set this order\n");
  expectRejected("--framework megatron --world 8 --use-tp-pp-dp-mapping "
                 "--order ep-tp-cp-dp-pp",
                 "error: 'use_tp_pp_dp_mapping' stands for the order "
                 "'tp-cp-ep-pp-dp', but the order is 'ep-tp-cp-dp-pp'; leave "
                 "out one of the two\n");
}

TEST(MegatronMessagesTest, DividedContextParallelism) {
  expectRejected("--framework megatron --world 8 --cp 4 --hcp 2,3",
                 "error: 'hcp' is 2 x 3 = 6 but 'cp' is 4; the sizes of its "
                 "levels must multiply to it\n");
  expectRejected("--framework megatron --world 8 --cp 4 --hcp -2 -2",
                 "error: 'hcp' is -2; it must be at least 1\n"
                 "error: 'hcp' is -2; it must be at least 1\n");
  expectRejected("--framework megatron --world 6 --cp 3 --hybrid-cp --tp 2",
                 "error: 'hybrid_cp' needs an even number of ranks in dp x cp "
                 "= 1 x 3 = 3; use world 12 or other degrees\n");
}

TEST(MegatronMessagesTest, GtpRemat) {
  expectRejected("--framework megatron --world 12 --tp 2 --gtp-remat 4",
                 "error: world 12 is not divisible by tp x pp x cp x gtp_remat "
                 "= 2 x 1 x 1 x 4 = 8; use world 8 or 16 or other degrees\n");
  expectRejected("--framework megatron --world 8 --gtp-remat 2 --inst 2 "
                 "--order TP-dp-pp",
                 "error: 'inst' is 2, but with 'gtp_remat' or "
                 "'expert_gtp_remat' above 1 Megatron has one instance; use 1\n"
                 "error: order 'TP-dp-pp' is not in lower case, and then "
                 "Megatron does not find where gtp_remat belongs; write "
                 "'tp-dp-pp'\n");
}

TEST(MegatronMessagesTest, HugeNumbers) {
  expectRejected("--framework megatron --world 9223372036854775807",
                 "error: the world has 9223372036854775807 ranks; at most "
                 "16777216 are supported\n");
  expectRejected("--framework megatron --world 64 --tp 4611686018427387904 "
                 "--pp 4 --etp 1",
                 "error: world 64 is not divisible by tp x pp x cp = "
                 "4611686018427387904 x 4 x 1; lower these degrees\n");
}

} // namespace
