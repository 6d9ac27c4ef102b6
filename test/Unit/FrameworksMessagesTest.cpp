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

#include "GroupsRun.h"

using namespace mlir::moe;

namespace {

void expectBadUsage(llvm::StringRef options, llvm::StringRef messages) {
  GroupsRun run = runGroups(options);
  EXPECT_EQ(run.code, 2) << options.str();
  EXPECT_EQ(run.out, "") << options.str();
  EXPECT_EQ(run.err,
            messages.str() +
                "note: 'moec groups --help' shows all options and an example\n")
      << options.str();
}

TEST(OtherFrameworksMessagesTest, RejectedConfigurations) {
  expectRejected("--framework torchtitan --world 16 --tp 2 --pp 2 --ep 3",
                 "error: 'ep' is 3, which does not divide dp_shard x cp x tp = "
                 "4 x 1 x 2 = 8; use 1, 2, 4 or 8\n");
  expectRejected("--framework torchtitan --world 16 --dp-shard 3 --tp 2",
                 "error: world 16 is not dp_replicate x dp_shard x cp x tp x "
                 "pp = 1 x 3 x 1 x 2 x 1 = 6; use world 6 or dp_shard 8\n");
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
                 "error: tp 8 is not divisible by attn_dp x attn_cp = 3 x 1 = "
                 "3; use tp 48 with world 48 or other degrees\n"
                 "error: tp 8 is not divisible by ep x moe_dp = 16 x 1 = 16; "
                 "use tp 48 with world 48 or other degrees\n"
                 "error: world 16 is not tp x pp = 8 x 1 = 8; the degrees must "
                 "use every rank once\n");
  expectRejected("--framework sglang --world 16 --tp 8",
                 "error: world 16 is not tp x pp = 8 x 1 = 8; use world 8 or "
                 "tp 16 or pp 2\n");
  expectRejected("--framework deepspeed --world 16 --tp 2 --ep 3",
                 "error: 'ep' is 3, which does not divide dp = 8; use 1, 2, 4 "
                 "or 8\n");
  expectRejected("--framework deepspeed --world 8 --tp 12 --pp 3 --ep 3",
                 "error: world 8 is not divisible by tp x pp = 12 x 3 = 36; "
                 "use world 108 or other degrees\n");
  expectRejected("--framework vllm --world 8 --tp 4 --dcp 3",
                 "error: 'dcp' is 3, which does not divide tp = 4; use 1, 2 or "
                 "4\n");
  expectRejected("--framework sglang --world 8 --tp 8 --attn-dp 2 --dp-size 2",
                 "error: 'dp' and 'attn_dp' are both given; 'dp' with "
                 "'enable_dp_attention' stands for 'attn_dp'\n");
}

void expectWarned(llvm::StringRef options, llvm::StringRef messages) {
  GroupsRun run = runGroups(options);
  EXPECT_EQ(run.code, 0) << options.str();
  EXPECT_EQ(run.err, messages.str()) << options.str();
  EXPECT_NE(run.out, "") << options.str();
}

/// SGLang's parallel_state.py builds what its server_args.py refuses.
TEST(OtherFrameworksMessagesTest, SGLangServerRules) {
  expectWarned("--framework sglang --world 16 --tp 8 --pp 2 --moe-dp 2 --ep 2",
               "warning: SGLang builds these groups, but its server refuses "
               "moe_dp 2 with attn_cp 1; it wants them equal\n"
               "warning: SGLang builds these groups, but its server refuses "
               "moe_dp 2 with pp 2; it wants pp 1\n"
               "warning: SGLang builds these groups, but its server refuses "
               "moe_dp 2 with ep 2; it wants ep x moe_dp to be tp = 8\n");
  expectWarned("--framework sglang --world 8 --tp 8 --moe-dp 2 --ep 4 "
               "--attn-cp 2",
               "");
  expectWarned("--framework sglang --world 8 --tp 8 --dp-size 4",
               "warning: without --enable-dp-attention, SGLang starts 4 "
               "engines for this dp; these are the groups of one\n");
}

TEST(OtherFrameworksMessagesTest, SGLangAttentionDataParallelism) {
  GroupsRun command = runGroups("--framework sglang --world 8 --tp 8 "
                                "--dp-size 4 --enable-dp-attention");
  EXPECT_EQ(command.err, "");
  EXPECT_EQ(command.out,
            runGroups("--framework sglang --world 8 --tp 8 --attn-dp 4").out);
}

TEST(OtherFrameworksMessagesTest, HugeNumbers) {
  expectRejected("--framework sglang --world 8 --tp 9223372036854775807 "
                 "--attn-dp 2",
                 "error: tp 9223372036854775807 is not divisible by attn_dp x "
                 "attn_cp = 2 x 1 = 2; lower these degrees\n"
                 "error: world 8 is not tp x pp = 9223372036854775807 x 1 = "
                 "9223372036854775807; the degrees must use every rank once\n");
  expectRejected("--framework torchtitan --world 8 --dp-shard "
                 "4611686018427387903 --ep 2",
                 "error: world 8 is not dp_replicate x dp_shard x cp x tp x pp "
                 "= 1 x 4611686018427387903 x 1 x 1 x 1 = 4611686018427387903; "
                 "use dp_shard 8\n"
                 "error: 'ep' is 2, which does not divide dp_shard x cp x tp = "
                 "4611686018427387903 x 1 x 1 = 4611686018427387903; use one "
                 "of its divisors\n");
}

TEST(GroupsCommandTest, LongNamesAndSpellings) {
  GroupsRun shortNames = runGroups("--framework megatron --world 64 --tp 2 "
                                   "--pp 4 --ep 8 --etp 1");
  EXPECT_EQ(shortNames.code, 0) << shortNames.err;
  GroupsRun longNames = runGroups(
      "--world_size=64 --tensor-model-parallel-size=2 "
      "--pipeline-model-parallel-size 4 --expert-model-parallel-size 8 "
      "--expert-tensor-parallel-size 1 --framework=megatron --format json");
  EXPECT_EQ(longNames.code, 0) << longNames.err;
  EXPECT_EQ(shortNames.out, longNames.out);
  GroupsRun titan = runGroups(
      "--framework torchtitan --world 8 --dp-replicate 2 --dp-shard -1");
  GroupsRun titanLong =
      runGroups("--framework torchtitan --world 8 "
                "--parallelism.data_parallel_replicate_degree 2 "
                "--parallelism.data_parallel_shard_degree=4");
  EXPECT_EQ(titan.code, 0) << titan.err;
  EXPECT_EQ(titan.out, titanLong.out);
}

TEST(GroupsCommandTest, WritesExactlyThis) {
  GroupsRun run = runGroups("--framework vllm --world 4 --tp 2 --dp 2");
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(run.out,
            R"({"schema":"moe-groups/1","framework":"vllm","groups":{)"
            R"("tp":[[0,1],[2,3]],"pcp":[[0],[1],[2],[3]],)"
            R"("pp":[[0],[1],[2],[3]],"dp":[[0,2],[1,3]],"ep":[[0,1,2,3]]}})"
            "\n");
}

/// Flags that change no group may stay in the command line.
TEST(GroupsCommandTest, FlagsWithoutEffect) {
  EXPECT_EQ(runGroups("--framework vllm --world 4 --tp 2 --dp 2").out,
            runGroups("--framework vllm --world 4 --tp 2 --dp 2 "
                      "--enable-expert-parallel")
                .out);
}

TEST(GroupsCommandTest, AllGroups) {
  GroupsRun vllm = runGroups("--framework vllm --world 2 --tp 2 --all-groups");
  EXPECT_NE(vllm.out.find(R"({"world":[[0,1]],"tp":[[0,1]],"dcp":[[0],[1]],)"),
            std::string::npos);
  GroupsRun sglang =
      runGroups("--framework sglang --world 2 --tp 2 --all-groups");
  EXPECT_NE(sglang.out.find(R"({"world":[[0,1]],"tp":[[0,1]],)"),
            std::string::npos);
  EXPECT_NE(sglang.out.find(R"("self_pp":[[0],[1]]})"), std::string::npos);
}

TEST(GroupsCommandTest, RankOffsetMovesEveryRank) {
  GroupsRun run =
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
                 "--dp --dcp --all-groups\n");
  expectBadUsage("--framework deepspeed --world 8 --d=1 --format yaml",
                 "error: option '--d' is a flag and takes no value\n"
                 "error: option '--format' has the value 'yaml'; groups are "
                 "written as 'json'\n");
}

TEST(GroupsCommandTest, NamesWhatIsNotSupported) {
  expectBadUsage("--framework deepspeed --world 8 --mp-mode sp",
                 "error: option '--mp-mode' of deepspeed is not supported; it "
                 "orders the ranks of AutoEP, whose groups are not known\n");
  expectBadUsage("--framework megatron --world 8 --create-all-gather-group",
                 "error: option '--create-all-gather-group' of megatron is not "
                 "supported; it makes the groups of "
                 "DATA_PARALLEL_GROUP_WITH_CP and EXPERT_DATA_PARALLEL_GROUP a "
                 "second time\n");
  expectBadUsage("--framework megatron --world 8 --cp 4 --hcp 2,x --tp 2",
                 "error: option '--hcp' has the value 'x'; it must be a whole "
                 "number\n");
  expectBadUsage("--framework trtllm --world 8",
                 "error: unknown framework 'trtllm'; TensorRT-LLM's groups are "
                 "not known, only those of 'megatron', 'torchtitan', 'vllm', "
                 "'sglang' and 'deepspeed'\n");
}

TEST(GroupsCommandTest, HelpFitsAScreen) {
  GroupsRun run = runGroups("--help");
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
