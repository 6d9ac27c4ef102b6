//===- FrameworksFactsTest.cpp - `moec groups` against the frameworks -----===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs the command on every configuration of test/Inputs/rank_groups and
// compares the JSON it writes with what the framework itself built.
//
//===----------------------------------------------------------------------===//

#include "moe/Driver/Commands.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"
#include "gtest/gtest.h"

using namespace mlir::moe;
namespace json = llvm::json;

namespace {

std::vector<std::string> factFiles() {
  std::vector<std::string> files;
  std::error_code error;
  llvm::sys::fs::directory_iterator entry(MOE_TEST_INPUTS "/rank_groups",
                                          error);
  for (; !error && entry != llvm::sys::fs::directory_iterator();
       entry.increment(error))
    if (llvm::sys::path::extension(entry->path()) == ".json")
      files.push_back(llvm::sys::path::stem(entry->path()).str());
  llvm::sort(files);
  return files;
}

json::Object parseObject(llvm::StringRef text) {
  llvm::Expected<json::Value> value = json::parse(text);
  if (!value) {
    ADD_FAILURE() << llvm::toString(value.takeError());
    return {};
  }
  return std::move(*value->getAsObject());
}

json::Object readFacts(const std::string &name) {
  auto file = llvm::MemoryBuffer::getFile(MOE_TEST_INPUTS "/rank_groups/" +
                                          name + ".json");
  EXPECT_TRUE(bool(file));
  return file ? parseObject((*file)->getBuffer()) : json::Object();
}

std::string frameworkOf(llvm::StringRef name) {
  if (name.starts_with("tt_"))
    return "torchtitan";
  if (name.starts_with("vllm_"))
    return "vllm";
  if (name.starts_with("sgl_"))
    return "sglang";
  return name.starts_with("ds_") ? "deepspeed" : "megatron";
}

/// The options for the settings of a fact file, as its README says.
std::vector<std::string> optionsFor(const std::string &name,
                                    const json::Object &config) {
  std::vector<std::string> options{"--framework", frameworkOf(name)};
  for (const auto &[key, value] : config) {
    std::string option =
        llvm::StringRef(key) == "world_size" ? "world" : key.str();
    std::replace(option.begin(), option.end(), '_', '-');
    if (std::optional<bool> flag = value.getAsBoolean()) {
      if (*flag)
        options.push_back("--" + option);
    } else if (std::optional<int64_t> number = value.getAsInteger()) {
      options.insert(options.end(), {"--" + option, std::to_string(*number)});
    } else if (std::optional<llvm::StringRef> text = value.getAsString()) {
      options.insert(options.end(), {"--" + option, text->str()});
    }
  }
  return options;
}

struct CommandRun {
  int code;
  std::string out, err;
};

CommandRun runGroups(const std::vector<std::string> &options) {
  std::vector<llvm::StringRef> args(options.begin(), options.end());
  CommandRun run;
  llvm::raw_string_ostream out(run.out), err(run.err);
  run.code = runGroupsCommand(args, out, err);
  return run;
}

std::string hashOf(const json::Array &groups) {
  std::string text;
  for (const json::Value &group : groups) {
    if (!text.empty())
      text += '\n';
    llvm::StringRef separator;
    for (const json::Value &rank : *group.getAsArray()) {
      text += separator.str() + std::to_string(*rank.getAsInteger());
      separator = ",";
    }
  }
  llvm::SHA256 hash;
  hash.update(text);
  return llvm::toHex(hash.final(), /*LowerCase=*/true);
}

void expectSameGroups(llvm::StringRef name, const json::Object &expected,
                      const json::Object &groups) {
  const json::Array *lists = groups.getArray(name);
  ASSERT_TRUE(lists) << name.str() << " is missing";
  EXPECT_EQ(int64_t(lists->size()), expected.getInteger("count"));
  EXPECT_EQ(int64_t(lists->front().getAsArray()->size()),
            expected.getInteger("size"));
  EXPECT_EQ(hashOf(*lists), expected.getString("sha256")->str()) << name.str();
  if (const json::Array *exact = expected.getArray("groups")) {
    EXPECT_EQ(*lists, *exact) << name.str();
  }
}

/// Names of Megatron's process groups for the axes of its rank generators.
llvm::StringRef groupOfAxes(llvm::StringRef generator, llvm::StringRef axes) {
  static const std::map<std::string, std::string> names{
      {"decoder:tp", "TENSOR_MODEL_PARALLEL_GROUP"},
      {"decoder:cp", "CONTEXT_PARALLEL_GROUP"},
      {"decoder:dp", "DATA_PARALLEL_GROUP"},
      {"decoder:pp", "PIPELINE_MODEL_PARALLEL_GROUP"},
      {"decoder:tp-pp", "MODEL_PARALLEL_GROUP"},
      {"decoder:dp-cp", "DATA_PARALLEL_GROUP_WITH_CP"},
      {"decoder:tp-cp", "TENSOR_AND_CONTEXT_PARALLEL_GROUP"},
      {"decoder:tp-dp", "TENSOR_AND_DATA_PARALLEL_GROUP"},
      {"decoder:tp-dp-cp", "TENSOR_AND_DATA_PARALLEL_GROUP_WITH_CP"},
      {"expert:tp", "EXPERT_TENSOR_PARALLEL_GROUP"},
      {"expert:ep", "EXPERT_MODEL_PARALLEL_GROUP"},
      {"expert:dp", "EXPERT_DATA_PARALLEL_GROUP"},
      {"expert:pp", "PIPELINE_MODEL_PARALLEL_GROUP"},
      {"expert:tp-ep", "EXPERT_TENSOR_AND_MODEL_PARALLEL_GROUP"},
      {"expert:tp-ep-pp", "EXPERT_TENSOR_MODEL_PIPELINE_PARALLEL_GROUP"}};
  auto found = names.find((generator + ":" + axes).str());
  return found == names.end() ? llvm::StringRef() : found->second;
}

class FrameworksFactsTest : public testing::TestWithParam<std::string> {};

TEST_P(FrameworksFactsTest, MatchesTheFramework) {
  json::Object facts = readFacts(GetParam());
  CommandRun run =
      runGroups(optionsFor(GetParam(), *facts.getObject("config")));
  bool rejected = facts.getString("outcome") == "error" ||
                  llvm::StringRef(GetParam()).starts_with("quirk_");
  if (rejected) {
    EXPECT_EQ(run.code, 1);
    EXPECT_EQ(run.out, "");
    EXPECT_TRUE(llvm::StringRef(run.err).starts_with("error: "));
    return;
  }
  ASSERT_EQ(run.code, 0) << run.err;
  json::Object result = parseObject(run.out);
  EXPECT_EQ(result.getString("schema"), "moe-groups/1");
  EXPECT_EQ(result.getString("framework")->str(), frameworkOf(GetParam()));
  const json::Object &groups = *result.getObject("groups");
  bool compared = false;
  for (llvm::StringRef section : {"process_groups", "groups"})
    if (const json::Object *expected = facts.getObject(section)) {
      EXPECT_EQ(groups.size(), expected->size());
      for (const auto &[name, family] : *expected)
        expectSameGroups(name.str(), *family.getAsObject(), groups);
      compared = true;
    }
  for (llvm::StringRef generator : {"decoder", "expert"})
    if (const json::Object *expected = facts.getObject(generator)) {
      for (const auto &[axes, family] : *expected)
        expectSameGroups(groupOfAxes(generator, axes.str()),
                         *family.getAsObject(), groups);
      compared = true;
    }
  EXPECT_TRUE(compared);
}

INSTANTIATE_TEST_SUITE_P(RankGroups, FrameworksFactsTest,
                         testing::ValuesIn(factFiles()),
                         [](const auto &info) { return info.param; });

TEST(FrameworksFactsTest, AllFilesAreThere) {
  EXPECT_EQ(factFiles().size(), 24U);
}

} // namespace
