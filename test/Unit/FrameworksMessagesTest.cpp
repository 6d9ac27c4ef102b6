//===- FrameworksMessagesTest.cpp - What `moec groups` refuses ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rejected configurations and bad usage: whole messages and exit codes.
//
//===----------------------------------------------------------------------===//

#include "moe/Driver/Commands.h"
#include "moe/Frameworks/Configurations.h"

#include "llvm/ADT/StringExtras.h"
#include "gtest/gtest.h"

using namespace mlir::moe;

namespace {

struct CommandRun {
  int code;
  std::string out, err;
};

/// Runs `moec groups` with a command line split at spaces.
CommandRun runGroups(llvm::StringRef commandLine) {
  llvm::SmallVector<llvm::StringRef> args;
  commandLine.split(args, ' ', -1, /*KeepEmpty=*/false);
  CommandRun run;
  llvm::raw_string_ostream out(run.out), err(run.err);
  run.code = runGroupsCommand(args, out, err);
  return run;
}

void expectRejected(llvm::StringRef options, llvm::StringRef messages) {
  CommandRun run = runGroups(options);
  EXPECT_EQ(run.code, 1) << options.str();
  EXPECT_EQ(run.out, "") << options.str();
  EXPECT_EQ(run.err, messages.str()) << options.str();
}

void expectBadUsage(llvm::StringRef options, llvm::StringRef messages) {
  CommandRun run = runGroups(options);
  EXPECT_EQ(run.code, 2) << options.str();
  EXPECT_EQ(run.out, "") << options.str();
  EXPECT_EQ(run.err,
            messages.str() +
                "note: 'moec groups --help' shows all options and an example\n")
      << options.str();
}

TEST(MegatronMessagesTest, Divisibility) {
  expectRejected("--framework megatron --world 12 --tp 8",
                 "error: world 12 is not divisible by tp x pp x cp = 8 x 1 x 1 "
                 "= 8; use world 8 or 16 or other degrees\n"
                 "error: world 12 is not divisible by etp x ep x pp = 8 x 1 x "
                 "1 = 8; use world 8 or 16 or other degrees\n");
  expectRejected("--framework megatron --world 24 --tp 2 --pp 2 --ep 8 --etp 1",
                 "error: world 24 is not divisible by etp x ep x pp = 1 x 8 x "
                 "2 = 16; use world 16 or 32 or other degrees\n");
  expectRejected("--framework megatron --world 8 --ep 16 --etp 1",
                 "error: world 8 is not divisible by etp x ep x pp = 1 x 16 x "
                 "1 = 16; use world 16 or other degrees\n");
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
                 "error: order 'tp-tp-cp-ep-dp-pp' names an axis twice, for "
                 "which Megatron builds groups with ranks outside the world; "
                 "name each once: 'tp-cp-ep-dp-pp'\n");
  expectRejected("--framework megatron --world 64 --tp 2 --pp 2 --ep 4 --etp 1 "
                 "--order TP-CP-EP-DP-PP",
                 "error: order 'TP-CP-EP-DP-PP' is not in lower case, and "
                 "then Megatron does not see that it ends in pp; write "
                 "'tp-cp-ep-dp-pp'\n");
  expectRejected("--framework megatron --world 16 --order tp-xp-dp-pp",
                 "error: order 'tp-xp-dp-pp' names the axis 'xp'; the axes are "
                 "tp, cp, ep, dp and pp\n");
  expectRejected("--framework megatron --world 16 --cp 2 --order tp-dp-pp",
                 "error: order 'tp-dp-pp' does not name 'cp', whose degree is "
                 "2; the default 'tp-cp-ep-dp-pp' names every axis\n");
  expectRejected("--framework megatron --world 16 --order cp-ep-dp-pp",
                 "error: order 'cp-ep-dp-pp' does not name 'tp', which "
                 "Megatron needs even where it is 1; the default "
                 "'tp-cp-ep-dp-pp' names every axis\n");
}

TEST(MegatronMessagesTest, AxesOfSizeOneMayBeLeftOut) {
  CommandRun all = runGroups("--framework megatron --world 16 --tp 2 --pp 2");
  CommandRun some = runGroups(
      "--framework megatron --world 16 --tp 2 --pp 2 --order tp-dp-pp");
  EXPECT_EQ(some.code, 0) << some.err;
  EXPECT_EQ(all.out, some.out);
}

/// As Megatron, which lower-cases the order but for its one look at the end.
TEST(MegatronMessagesTest, UpperCaseMattersOnlyForPipelines) {
  for (llvm::StringRef options :
       {"--framework megatron --world 24 --tp 2 --cp 2 --ep 6",
        "--framework megatron --world 24 --tp 2 --pp 3 --ep 2 --etp 1"}) {
    CommandRun lower = runGroups((options + " --order ep-tp-cp-dp-pp").str());
    CommandRun upper = runGroups((options + " --order EP-tp-CP-DP-PP").str());
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
                 "error: order 'TP-tp' names an axis twice, for which Megatron "
                 "builds groups with ranks outside the world; name each once: "
                 "'tp'\n");
  expectRejected("--framework megatron --world 16 --tp 2 --ep 4 --inst 3 "
                 "--vpp 2",
                 "error: 'vpp' is 2 but 'pp' is 1; virtual stages need a "
                 "pipeline, so raise 'pp' or leave 'vpp' out\n"
                 "error: 'inst' is 3, which does not divide dp x cp = 8 x 1 = "
                 "8; use one of its divisors\n"
                 "error: 'inst' is 3, which does not divide edp = 2; use one "
                 "of its divisors\n");
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

TEST(OtherFrameworksMessagesTest, RejectedConfigurations) {
  expectRejected("--framework torchtitan --world 16 --tp 2 --pp 2 --ep 3",
                 "error: 'ep' is 3, which does not divide dp_shard x cp x tp = "
                 "4 x 1 x 2 = 8; use one of its divisors\n");
  expectRejected("--framework torchtitan --world 16 --dp-shard 3 --tp 2",
                 "error: world 16 is not dp_replicate x dp_shard x cp x tp x "
                 "pp = 1 x 3 x 1 x 2 x 1 = 6; the degrees must use every rank "
                 "once\n");
  expectRejected("--framework torchtitan --world 16 --dp-shard 0",
                 "error: 'dp_shard' is 0; it must be at least 1, or -1 for "
                 "what the other degrees leave\n");
  expectRejected("--framework torchtitan --world 4 --tp 8",
                 "error: world 4 is not divisible by dp_replicate x cp x tp x "
                 "pp = 1 x 1 x 8 x 1 = 8; use world 8 or other degrees\n");
  expectRejected("--framework vllm --world 10 --tp 2 --dp 2",
                 "error: world 10 is not divisible by dp x pp x pcp x tp = 2 x "
                 "1 x 1 x 2 = 4; use world 8 or 12 or other degrees\n");
  expectRejected("--framework sglang --world 16 --tp 8 --attn-dp 3 --ep 16",
                 "error: world 16 is not tp x pp = 8 x 1 = 8; the degrees must "
                 "use every rank once\n"
                 "error: tp 8 is not divisible by attn_dp x attn_cp = 3 x 1 = "
                 "3; use tp 6 or 9 or other degrees\n"
                 "error: tp 8 is not divisible by ep x moe_dp = 16 x 1 = 16; "
                 "use tp 16 or other degrees\n");
  expectRejected("--framework deepspeed --world 16 --tp 2 --ep 3",
                 "error: 'ep' is 3, which does not divide dp = 8; use one of "
                 "its divisors\n");
}

TEST(OtherFrameworksMessagesTest, HugeNumbers) {
  expectRejected("--framework sglang --world 8 --tp 9223372036854775807 "
                 "--attn-dp 2",
                 "error: world 8 is not tp x pp = 9223372036854775807 x 1 = "
                 "9223372036854775807; the degrees must use every rank once\n"
                 "error: tp 9223372036854775807 is not divisible by attn_dp x "
                 "attn_cp = 2 x 1 = 2; lower these degrees\n");
}

TEST(GroupsCommandTest, LongNamesAndSpellings) {
  CommandRun shortNames = runGroups("--framework megatron --world 64 --tp 2 "
                                    "--pp 4 --ep 8 --etp 1");
  EXPECT_EQ(shortNames.code, 0) << shortNames.err;
  CommandRun longNames = runGroups(
      "--world_size=64 --tensor-model-parallel-size=2 "
      "--pipeline-model-parallel-size 4 --expert-model-parallel-size 8 "
      "--expert-tensor-parallel-size 1 --framework=megatron --format json");
  EXPECT_EQ(longNames.code, 0) << longNames.err;
  EXPECT_EQ(shortNames.out, longNames.out);
  CommandRun titan = runGroups(
      "--framework torchtitan --world 8 --dp-replicate 2 --dp-shard -1");
  CommandRun titanLong =
      runGroups("--framework torchtitan --world 8 "
                "--parallelism.data_parallel_replicate_degree 2 "
                "--parallelism.data_parallel_shard_degree=4");
  EXPECT_EQ(titan.code, 0) << titan.err;
  EXPECT_EQ(titan.out, titanLong.out);
}

TEST(GroupsCommandTest, WritesExactlyThis) {
  CommandRun run = runGroups("--framework vllm --world 4 --tp 2 --dp 2");
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(run.out,
            R"({"schema":"moe-groups/1","framework":"vllm","groups":{)"
            R"("tp":[[0,1],[2,3]],"pcp":[[0],[1],[2],[3]],)"
            R"("pp":[[0],[1],[2],[3]],"dp":[[0,2],[1,3]],"ep":[[0,1,2,3]]}})"
            "\n");
}

TEST(GroupsCommandTest, RankOffsetMovesEveryRank) {
  CommandRun run =
      runGroups("--framework megatron --world 2 --tp 2 --rank-offset 100");
  EXPECT_NE(run.out.find(R"("TENSOR_MODEL_PARALLEL_GROUP":[[100,101]])"),
            std::string::npos);
}

TEST(GroupsCommandTest, BadUsage) {
  expectBadUsage("", "error: option '--framework' is missing; it is one of "
                     "'megatron', 'torchtitan', 'vllm', 'sglang' or "
                     "'deepspeed'\n");
  expectBadUsage("--framework megatrn --world 8",
                 "error: unknown framework 'megatrn', did you mean "
                 "'megatron'?\n");
  expectBadUsage("--framework jax --world 8",
                 "error: unknown framework 'jax'; it is one of 'megatron', "
                 "'torchtitan', 'vllm', 'sglang' or 'deepspeed'\n");
  expectBadUsage("--framework megatron",
                 "error: option '--world' is missing; it is the number of "
                 "ranks\n");
  expectBadUsage("--framework megatron --world 8 --wrld 8 tp --tp x --pp --ep "
                 "2 --ep 2",
                 "error: unknown option '--wrld' of megatron, did you mean "
                 "'--world'?\n"
                 "error: unexpected argument 'tp'; settings are options, as in "
                 "'--tp 2'\n"
                 "error: option '--tp' has the value 'x'; it must be a whole "
                 "number\n"
                 "error: option '--pp' needs a value\n"
                 "error: option '--ep' is given twice\n");
  expectBadUsage("--framework megatron --world 99999999999999999999",
                 "error: option '--world' has the value "
                 "'99999999999999999999'; it must be a whole number\n");
  expectBadUsage("--framework vllm --world 8 --ep 8",
                 "error: vllm has no option '--ep', only megatron, torchtitan, "
                 "sglang, deepspeed; those of vllm are --world --tp --pp --pcp "
                 "--dp\n");
  expectBadUsage("--framework deepspeed --world 8 --d=1 --format yaml",
                 "error: option '--d' is a flag and takes no value\n"
                 "error: option '--format' has the value 'yaml'; groups are "
                 "written as 'json'\n");
}

TEST(GroupsCommandTest, HelpFitsAScreen) {
  CommandRun run = runGroups("--help");
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.err, "");
  llvm::SmallVector<llvm::StringRef> lines;
  llvm::StringRef(run.out).split(lines, '\n');
  EXPECT_LE(lines.size(), 25U);
  for (llvm::StringRef line : lines)
    EXPECT_LE(line.size(), 80U) << line.str();
  EXPECT_NE(run.out.find("Example:\n  moec groups"), std::string::npos);
}

/// Keeps what one big write would need; counts instead of storing.
class CountingStream : public llvm::raw_ostream {
public:
  CountingStream() { SetUnbuffered(); }
  ~CountingStream() override { flush(); }
  uint64_t bytes = 0;
  size_t largestWrite = 0;

private:
  void write_impl(const char *, size_t size) override {
    bytes += size;
    largestWrite = std::max(largestWrite, size);
  }
  uint64_t current_pos() const override { return bytes; }
};

TEST(GroupsCommandTest, LargeWorldsAreStreamed) {
  CountingStream out;
  std::string messages;
  llvm::raw_string_ostream err(messages);
  EXPECT_EQ(runGroupsCommand({"--framework", "vllm", "--world", "1048576",
                              "--tp", "8", "--dp", "64"},
                             out, err),
            0);
  EXPECT_GT(out.bytes, 5U * 1048576 * 6);
  EXPECT_LE(out.largestWrite, 65536U);
}

} // namespace
