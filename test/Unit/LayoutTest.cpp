//===- LayoutTest.cpp - Pipeline stage layouts ----------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Model/StageLayout.h"
#include "gtest/gtest.h"

using namespace mlir::moe;
using llvm::StringRef;

namespace {

StageLayout layout(StringRef text) {
  std::string error;
  std::optional<StageLayout> result = StageLayout::parse(text, error);
  EXPECT_TRUE(result) << error;
  return result.value_or(StageLayout({}));
}

std::string layoutError(StringRef text) {
  std::string error;
  EXPECT_FALSE(StageLayout::parse(text, error)) << text.str();
  return error;
}

/// The chunks spelt out: `Etm ~> "Etm"`.
std::vector<std::string> spelled(const StageLayout &layout) {
  std::vector<std::string> result;
  for (const LayoutChunk &chunk : layout.chunks()) {
    result.emplace_back();
    for (LayerKind kind : chunk.layers)
      result.back() += static_cast<char>(kind);
  }
  return result;
}

using Chunks = std::vector<std::string>;

TEST(StageLayout, DeepSeekV3) {
  StageLayout dsv3 = layout("Et*3|(tt|)*29m|L");
  EXPECT_EQ(dsv3.numChunks(), 32);
  EXPECT_EQ(dsv3.count(LayerKind::Decoder), 61);
  EXPECT_EQ(dsv3.count(LayerKind::Mtp), 1);
  EXPECT_EQ(dsv3.count(LayerKind::Embedding), 1);
  EXPECT_EQ(dsv3.count(LayerKind::Loss), 1);
  EXPECT_EQ(dsv3.firstDecoder(0), 0);
  EXPECT_EQ(dsv3.firstDecoder(1), 3);
  EXPECT_EQ(dsv3.firstDecoder(31), 61);
  EXPECT_FALSE(dsv3.isUniform());
  EXPECT_EQ(dsv3.str(), "Et*3|(tt|)*29m|L");
}

// The examples in the comments of Megatron's parser.
TEST(StageLayout, MegatronsExamples) {
  EXPECT_EQ(spelled(layout("tt(t|m|L)*2,Et")),
            (Chunks{"ttt", "m", "Lt", "m", "LEt"}));
  EXPECT_EQ(spelled(layout("(tm)*3")), Chunks{"tmtmtm"});
  EXPECT_EQ(spelled(layout("tm,(EL|)*2")), (Chunks{"tmEL", "EL", ""}));
  EXPECT_EQ(spelled(layout("(|tm)*2,EL")), (Chunks{"", "tm", "tmEL"}));
  EXPECT_EQ(spelled(layout("Ettt|(tt|)*2,m|L")),
            (Chunks{"Ettt", "tt", "tt", "m", "L"}));
}

TEST(StageLayout, Repetitions) {
  EXPECT_EQ(spelled(layout("Et*3|(t*2|)*2L")),
            (Chunks{"Ettt", "tt", "tt", "L"}));
  EXPECT_EQ(spelled(layout("E|*3L")), (Chunks{"E", "", "", "L"}));
  EXPECT_EQ(spelled(layout("Et,t|L")), (Chunks{"Ett", "L"}));
  EXPECT_EQ(spelled(layout("Et*0|L")), (Chunks{"E", "L"}));
}

TEST(StageLayout, PrintsWhatParsesAgain) {
  for (StringRef text :
       {"E|L", "Et*3|(tt|)*29m|L", "||", "E(t|)*4t*9L", "Et|t|t|t|t", "t|t",
        "t", "Et*5|(t*4|)*15L", "|t|t|"}) {
    StageLayout first = layout(text);
    EXPECT_EQ(layout(first.str()).chunks(), first.chunks()) << first.str();
  }
}

TEST(StageLayout, Errors) {
  EXPECT_EQ(layoutError("Et*3|x|L"),
            "found 'x', expected 'E' (embedding), 't' (layer), 'm' (MTP), 'L' "
            "(loss), '|', '*' or parentheses, at character 6 of the layout "
            "\"Et*3|x|L\"");
  EXPECT_EQ(layoutError("Et*|L"),
            "expected a number behind '*' at character 4 of "
            "the layout \"Et*|L\"");
  EXPECT_EQ(
      layoutError("E(tt|L"),
      "found '(' without its ')' at character 2 of the layout \"E(tt|L\"");
  EXPECT_EQ(layoutError("E(tt|)L"), "expected '*' and a number behind ')' at "
                                    "character 7 of the layout \"E(tt|)L\"");
  EXPECT_EQ(layoutError("E((t)*2|)*3"),
            "found parentheses inside parentheses at "
            "character 3 of the layout "
            "\"E((t)*2|)*3\"");
  EXPECT_EQ(layoutError("Et)"),
            "found ')' without its '(' at character 3 of the layout \"Et)\"");
  EXPECT_EQ(layoutError("*3"), "found '*' with nothing before it to repeat at "
                               "character 1 of the layout \"*3\"");
  EXPECT_EQ(layoutError("t*2*3"),
            "found a repetition of a repetition at character "
            "4 of the layout \"t*2*3\"");
  EXPECT_EQ(
      layoutError("t*2,9"),
      "found a comma inside a number at character 4 of the layout \"t*2,9\"");
  EXPECT_EQ(layoutError("()*2"),
            "found empty parentheses at character 1 of the layout \"()*2\"");
  EXPECT_EQ(layoutError(""), "the layout \"\" has no layers");
  EXPECT_EQ(layoutError(","), "the layout \",\" has no layers");
  EXPECT_EQ(layoutError("E t"),
            "found ' ', expected 'E' (embedding), 't' (layer), 'm' (MTP), 'L' "
            "(loss), '|', '*' or parentheses, at character 2 of the layout \"E "
            "t\"");
}

TEST(StageLayout, ExpansionIsLimited) {
  EXPECT_EQ(
      layoutError("t*1000000000"),
      "found more than 100000 layers and chunks at character 1 of the layout "
      "\"t*1000000000\"");
  EXPECT_EQ(
      layoutError("E(t*90000|)*90000"),
      "found more than 100000 layers and chunks at character 2 of the layout "
      "\"E(t*90000|)*90000\"");
  EXPECT_EQ(layoutError("t*99999999999999999999999999999999").substr(0, 17),
            "found more than 1");
  EXPECT_EQ(layout("t*100000").count(LayerKind::Decoder), 100000);
}

TEST(StageLayout, EvenSplit) {
  std::string error;
  std::optional<StageLayout> even = StageLayout::evenSplit(32, 0, 4, 2, error);
  ASSERT_TRUE(even);
  EXPECT_EQ(even->str(), "Et*4|(t*4|)*6t*4L");
  EXPECT_TRUE(even->isUniform());
  std::optional<StageLayout> uneven =
      StageLayout::evenSplit(61, 1, 8, 1, error);
  ASSERT_TRUE(uneven);
  EXPECT_EQ(uneven->str(), "Et*8|(t*8|)*4(t*7|)*2t*7mL");
  EXPECT_FALSE(uneven->isUniform());
  // Fewer layers than chunks, and a pipeline of one.
  EXPECT_EQ(StageLayout::evenSplit(2, 0, 4, 1, error)->str(), "Et|t||L");
  EXPECT_EQ(StageLayout::evenSplit(3, 0, 1, 1, error)->str(), "Et*3L");
}

// Against plain properties, over many sizes: nothing is lost, and chunks differ
// by one layer at most.
TEST(StageLayout, EvenSplitLosesNothing) {
  std::string error;
  for (int64_t layers = 1; layers <= 40; ++layers)
    for (int64_t pp = 1; pp <= 8; ++pp)
      for (int64_t vpp = 1; vpp <= 3; ++vpp) {
        std::optional<StageLayout> split =
            StageLayout::evenSplit(layers, 1, pp, vpp, error);
        ASSERT_TRUE(split) << error;
        EXPECT_EQ(split->numChunks(), pp * vpp);
        EXPECT_EQ(split->count(LayerKind::Decoder), layers);
        int64_t least = layers, most = 0;
        for (const LayoutChunk &chunk : split->chunks()) {
          least = std::min(least, chunk.count(LayerKind::Decoder));
          most = std::max(most, chunk.count(LayerKind::Decoder));
        }
        EXPECT_LE(most - least, 1);
        EXPECT_EQ(split->isUniform(), layers % (pp * vpp) == 0);
        EXPECT_EQ(layout(split->str()).chunks(), split->chunks());
      }
}

TEST(StageLayout, EvenSplitErrors) {
  std::string error;
  EXPECT_FALSE(StageLayout::evenSplit(61, 1, 0, 1, error));
  EXPECT_EQ(error, "cannot split 61 layers and 1 MTP layers into 0 stages of 1 "
                   "chunks, expected at least one of each and at most 100000");
  EXPECT_FALSE(StageLayout::evenSplit(61, 0, 100000, 100000, error));
  EXPECT_FALSE(StageLayout::evenSplit(INT64_MAX, 0, 1, 1, error));
}

TEST(StageLayout, StagesTakeTurns) {
  std::string error;
  auto layout = StageLayout::parse("Et|t*2|tt|tmL", error);
  ASSERT_TRUE(layout) << error;
  std::vector<LayoutStage> stages = layout->stages(2);
  ASSERT_EQ(stages.size(), 2U);
  using Ranges = std::vector<std::pair<int64_t, int64_t>>;
  EXPECT_EQ(stages[0].layers, (Ranges{{0, 1}, {3, 5}}));
  EXPECT_EQ(stages[1].layers, (Ranges{{1, 3}, {5, 6}}));
  EXPECT_TRUE(stages[0].embedding && !stages[0].output);
  EXPECT_TRUE(stages[1].output && !stages[1].embedding);
  EXPECT_EQ(stages[1].mtpLayers, 1);
}

} // namespace
