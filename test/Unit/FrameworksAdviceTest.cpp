//===- FrameworksAdviceTest.cpp - Advised values are accepted -------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Follows the advice of refusals, over many small configurations: what a single
// message says to use must build groups.
//
//===----------------------------------------------------------------------===//

#include "GroupsRun.h"
#include <map>

using namespace mlir::moe;

namespace {

using Options = std::map<std::string, std::string>;

GroupsRun runWith(llvm::StringRef framework, const Options &options) {
  std::string line = "--framework " + framework.str();
  for (const auto &[name, value] : options)
    line += " --" + name + " " + value;
  return runGroups(line);
}

/// The settings that a message says to use, one map for each alternative:
/// `use world 72 or 144 or other degrees`, `use world 6 or dp_shard 8`,
/// `use tp 48 with world 48`, `'inst' is 3, …; use 1 or 2`, `in pp: 'ORDER'`.
std::vector<Options> advised(llvm::StringRef message) {
  std::vector<Options> ways;
  Options order;
  if (size_t at = message.find("in pp: '"); at != llvm::StringRef::npos)
    order["order"] = message.substr(at + 8).split('\'').first.str();
  if (size_t at = message.find("; world "); at != llvm::StringRef::npos)
    order["world"] = message.substr(at + 8).split(' ').first.str();
  if (!order.empty())
    return {order};
  auto [before, advice] = message.rtrim().split("; use ");
  std::string setting = before.split('\'').second.split('\'').first.str();
  llvm::SmallVector<llvm::StringRef> words;
  advice.split(words, ' ');
  bool joins = false;
  for (llvm::StringRef word : words) {
    word = word.rtrim(",");
    if (word == "another" || word == "other" || word == "to")
      break;
    if (word == "with")
      joins = true;
    else if (!llvm::all_of(word, llvm::isDigit))
      setting = word == "or" ? setting : word.str();
    else if (joins)
      ways.back()[setting] = word.str();
    else
      ways.push_back({{setting, word.str()}});
  }
  return ways;
}

/// How many alternatives were followed.
int followAdvice(llvm::StringRef framework, const Options &options) {
  GroupsRun refusal = runWith(framework, options);
  if (refusal.code == 0 || llvm::StringRef(refusal.err).count('\n') != 1)
    return 0;
  std::vector<Options> ways = advised(refusal.err);
  EXPECT_FALSE(ways.empty()) << refusal.err;
  for (const Options &way : ways) {
    Options other = options;
    for (const auto &[name, value] : way)
      other[llvm::join(llvm::split(name, '_'), "-")] = value;
    GroupsRun run = runWith(framework, other);
    EXPECT_EQ(run.code, 0) << refusal.err << run.err;
  }
  return ways.size();
}

std::string text(int64_t value) { return std::to_string(value); }

TEST(FrameworksAdviceTest, Megatron) {
  int followed = 0;
  for (llvm::StringRef order :
       {"tp-cp-ep-dp-pp", "tp-pp-cp-ep-dp", "pp-ep-tp-cp-dp"})
    for (int64_t world : {6, 12, 30, 40})
      for (int64_t tp : {1, 3, 4})
        for (int64_t cp : {1, 2})
          for (int64_t pp : {1, 2})
            for (int64_t ep : {1, 5, 6})
              for (int64_t inst : {1, 2, 3})
                followed += followAdvice("megatron", {{"world", text(world)},
                                                      {"tp", text(tp)},
                                                      {"cp", text(cp)},
                                                      {"pp", text(pp)},
                                                      {"ep", text(ep)},
                                                      {"etp", "1"},
                                                      {"inst", text(inst)},
                                                      {"order", order.str()}});
  EXPECT_GT(followed, 1000);
}

TEST(FrameworksAdviceTest, OtherFrameworks) {
  int followed = 0;
  for (int64_t world : {8, 12, 30})
    for (int64_t tp : {1, 4, 6})
      for (int64_t pp : {1, 3})
        for (int64_t ep : {1, 2, 5}) {
          Options options{{"world", text(world)},
                          {"tp", text(tp)},
                          {"pp", text(pp)},
                          {"ep", text(ep)}};
          for (llvm::StringRef framework :
               {"deepspeed", "torchtitan", "sglang"})
            followed += followAdvice(framework, options);
          options["dp-shard"] = "2";
          followed += followAdvice("torchtitan", options);
        }
  EXPECT_GT(followed, 150);
}

} // namespace
