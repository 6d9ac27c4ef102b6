//===- ModelTest.cpp - Model configurations and their sizes ---------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Real config.json files against what their publishers state.
//
//===----------------------------------------------------------------------===//

#include "ModelReading.h"

#include "moe/Model/ParameterCount.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

using namespace mlir::moe;
using namespace mlir::moe::model;
using llvm::StringRef;

namespace {

struct ExpectedModel {
  const char *file;
  int64_t layers, moeLayers, hidden, heads, vocab;
  int64_t experts, topK, expertWidth, sharedWidth, denseWidth, mtp;
  /// Billions, as published, and half a unit of their last digit. Active counts
  /// of OpenAI, DeepSeek, Moonshot and MiniMax leave out the input embedding;
  /// Qwen's 3.3 is truncated, not rounded.
  double total, totalTolerance, active, activeTolerance;
  bool activeWithInputEmbedding;
};

// Shapes: model cards and papers. 0 is none. Llama 4: the text model; published
// totals of 109 and 400 include the vision encoder of 0.9.
const ExpectedModel expectedModels[] = {
    {"deepseek-ai--DeepSeek-V3", 61, 58, 7168, 128, 129280, 256, 8, 2048, 2048,
     18432, 1, 671, 0.5, 37, 0.5, false},
    {"moonshotai--Kimi-K2-Instruct", 61, 60, 7168, 64, 163840, 384, 8, 2048,
     2048, 18432, 0, 1026, 5, 32, 0.5, false},
    {"Qwen--Qwen3-235B-A22B", 94, 94, 4096, 64, 151936, 128, 8, 1536, 0, 12288,
     0, 235, 0.5, 22, 0.5, true},
    {"Qwen--Qwen3-30B-A3B", 48, 48, 2048, 32, 151936, 128, 8, 768, 0, 6144, 0,
     30.5, 0.05, 3.3, 0.06, true},
    {"Qwen--Qwen3-Coder-480B-A35B-Instruct", 62, 62, 6144, 96, 151936, 160, 8,
     2560, 0, 8192, 0, 480, 0.5, 35, 0.5, true},
    {"Qwen--Qwen3-VL-30B-A3B-Instruct", 48, 48, 2048, 32, 151936, 128, 8, 768,
     0, 6144, 0, 30.5, 0.05, 3.3, 0.06, true},
    {"openai--gpt-oss-120b", 36, 36, 2880, 64, 201088, 128, 4, 2880, 0, 0, 0,
     116.83, 0.1, 5.13, 0.03, false},
    {"openai--gpt-oss-20b", 24, 24, 2880, 64, 201088, 32, 4, 2880, 0, 0, 0,
     20.91, 0.03, 3.61, 0.03, false},
    {"mistralai--Mixtral-8x7B-v0.1", 32, 32, 4096, 32, 32000, 8, 2, 14336, 0, 0,
     0, 46.7, 0.05, 12.9, 0.05, true},
    {"mistralai--Mixtral-8x22B-v0.1", 56, 56, 6144, 48, 32000, 8, 2, 16384, 0,
     0, 0, 141, 0.5, 39, 0.5, true},
    {"meta-llama--Llama-4-Scout-17B-16E-Instruct", 48, 48, 5120, 40, 202048, 16,
     1, 8192, 8192, 16384, 0, 108.1, 0.5, 17, 0.5, true},
    {"meta-llama--Llama-4-Maverick-17B-128E-Instruct", 48, 24, 5120, 40, 202048,
     128, 1, 8192, 8192, 16384, 0, 400, 1, 17, 0.5, true},
    {"MiniMaxAI--MiniMax-M2.5", 62, 62, 3072, 48, 200064, 256, 8, 1536, 0, 0, 3,
     229, 1, 10, 0.5, false},
    {"meta-llama--Meta-Llama-3.1-70B", 80, 0, 8192, 64, 128256, 0, 0, 0, 0,
     28672, 0, 70.6, 0.05, 70.6, 0.05, true},
};

TEST(ModelConfig, PublishedShapes) {
  for (const ExpectedModel &expected : expectedModels) {
    SCOPED_TRACE(expected.file);
    ModelShape shape = readFile(expected.file);
    EXPECT_EQ(shape.numLayers.value, expected.layers);
    EXPECT_EQ(shape.numMoeLayers(), expected.moeLayers);
    EXPECT_EQ(shape.hiddenSize.value, expected.hidden);
    EXPECT_EQ(shape.numHeads.value, expected.heads);
    EXPECT_EQ(shape.vocabSize.value, expected.vocab);
    EXPECT_EQ(shape.numExperts.value.value_or(0), expected.experts);
    EXPECT_EQ(shape.topK.value.value_or(0), expected.topK);
    EXPECT_EQ(shape.expertWidth.value.value_or(0), expected.expertWidth);
    EXPECT_EQ(shape.sharedWidth.value.value_or(0), expected.sharedWidth);
    EXPECT_EQ(shape.denseWidth.value.value_or(0), expected.denseWidth);
    EXPECT_EQ(shape.numMtpLayers.value, expected.mtp);
    EXPECT_EQ(shape.gated.value, true);
    EXPECT_TRUE(shape.missingKeys().empty());
  }
}

TEST(ParameterCount, PublishedTotals) {
  for (const ExpectedModel &expected : expectedModels) {
    SCOPED_TRACE(expected.file);
    std::string error;
    std::optional<ParameterCount> count =
        countParameters(readFile(expected.file), error);
    ASSERT_TRUE(count) << error;
    double active = count->active;
    if (!expected.activeWithInputEmbedding)
      active -= count->inputEmbedding;
    EXPECT_NEAR(count->total / 1e9, expected.total, expected.totalTolerance);
    EXPECT_NEAR(active / 1e9, expected.active, expected.activeTolerance);
    EXPECT_EQ(count->total, count->inputEmbedding + count->outputEmbedding +
                                count->attention + count->denseFfn +
                                count->routedExperts + count->sharedExperts +
                                count->routers + count->norms);
  }
}

TEST(ParameterCount, CheckpointsToTheLastParameter) {
  // Numbers in the tensors of the published checkpoints. DeepSeek-V3 without
  // its prediction layer and the 58 x 256 numbers that balance its router.
  const std::pair<const char *, int64_t> checkpoints[] = {
      {"openai--gpt-oss-120b", 116'829'156'672},
      {"openai--gpt-oss-20b", 20'914'757'184},
      {"mistralai--Mixtral-8x7B-v0.1", 46'702'792'704},
      {"mistralai--Mixtral-8x22B-v0.1", 140'620'634'112},
      {"Qwen--Qwen3-30B-A3B", 30'532'122'624},
      {"Qwen--Qwen3-235B-A22B", 235'093'634'560},
      {"deepseek-ai--DeepSeek-V3", 671'026'404'352}};
  for (auto [file, total] : checkpoints) {
    std::string error;
    std::optional<ParameterCount> count =
        countParameters(readFile(file), error);
    ASSERT_TRUE(count) << error;
    EXPECT_EQ(count->total, total) << file;
  }
}

TEST(ModelConfig, DeepSeekV3) {
  ModelShape shape = readFile("deepseek-ai--DeepSeek-V3");
  EXPECT_EQ(shape.modelType, "deepseek_v3");
  EXPECT_TRUE(shape.hasMla());
  EXPECT_EQ(shape.qLoraRank.value, 1536);
  EXPECT_EQ(shape.kvLoraRank.value, 512);
  EXPECT_EQ(shape.qkNopeHeadDim.value, 128);
  EXPECT_EQ(shape.qkRopeHeadDim.value, 64);
  EXPECT_EQ(shape.vHeadDim.value, 128);
  EXPECT_EQ(*shape.layerRuns,
            (std::vector<LayerRun>{{0, 3, false}, {3, 61, true}}));
  EXPECT_EQ(shape.scoreFunction.value, "sigmoid");
  EXPECT_TRUE(shape.scoreFunction.isStated());
  EXPECT_EQ(shape.numGroups.value, 8);
  EXPECT_EQ(shape.topKGroups.value, 4);
  EXPECT_EQ(shape.normalizeTopK.value, true);
  EXPECT_EQ(shape.quantization.value, "fp8");
  EXPECT_EQ(*shape.quantizationBlock, (std::vector<int64_t>{128, 128}));
  EXPECT_EQ(shape.dtype.value, "bfloat16");
  EXPECT_EQ(shape.tiedEmbeddings.value, false);
  EXPECT_EQ(shape.numExperts.origin, "n_routed_experts");
  EXPECT_EQ(shape.sharedWidth.provenance, Provenance::Derived);
  EXPECT_EQ(renderNotes(shape), "");
}

TEST(ModelConfig, NormsOfQueriesAndKeys) {
  ModelShape qwen = readFile("Qwen--Qwen3-Coder-480B-A35B-Instruct");
  EXPECT_EQ(qwen.queryKeyNorm.value, "per_head");
  ModelShape minimax = readFile("MiniMaxAI--MiniMax-M2.5");
  EXPECT_EQ(minimax.queryKeyNorm.value, "per_layer");
  // Norms without weights, where they are on.
  EXPECT_FALSE(
      readFile("meta-llama--Llama-4-Scout-17B-16E-Instruct").queryKeyNorm);
  EXPECT_FALSE(readFile("mistralai--Mixtral-8x7B-v0.1").queryKeyNorm);
  // Two vectors of one head in each layer.
  std::string error;
  int64_t with = countParameters(qwen, error)->attention;
  qwen.queryKeyNorm = {};
  EXPECT_EQ(with, countParameters(qwen, error)->attention +
                      *qwen.numLayers * 2 * *qwen.headDim);
}

TEST(ModelConfig, OtherFamilies) {
  ModelShape maverick =
      readFile("meta-llama--Llama-4-Maverick-17B-128E-Instruct");
  EXPECT_EQ(maverick.layerRuns->size(), 48u);
  EXPECT_EQ(maverick.layerRuns->front(), (LayerRun{0, 1, false}));
  EXPECT_EQ(maverick.modelType, "llama4_text");
  EXPECT_EQ(maverick.hiddenSize.origin, "text_config.hidden_size");
  ModelShape gptOss = readFile("openai--gpt-oss-120b");
  EXPECT_EQ(gptOss.headDim.value, 64);
  EXPECT_EQ(gptOss.slidingWindow.value, 128);
  EXPECT_EQ(gptOss.quantization.value, "mxfp4");
  ModelShape mixtral = readFile("mistralai--Mixtral-8x7B-v0.1");
  EXPECT_EQ(mixtral.headDim.value, 128);
  EXPECT_EQ(mixtral.headDim.origin, "hidden_size / num_attention_heads");
  EXPECT_FALSE(mixtral.slidingWindow);
  EXPECT_EQ(mixtral.scoreFunction.value, "softmax");
  ModelShape minimax = readFile("MiniMaxAI--MiniMax-M2.5");
  EXPECT_EQ(minimax.numMtpLayers.origin,
            "num_mtp_modules * mtp_transformer_layers");
  EXPECT_EQ(minimax.numSharedExperts.value, 0);
  ModelShape v32 = readFile("deepseek-ai--DeepSeek-V3.2");
  EXPECT_EQ(renderNotes(v32),
            "1:1: deepseek_v32: not described are the indexer of its sparse "
            "attention, which is read as full attention\n");
  EXPECT_EQ(v32.notDescribed.size(), 1u);
}

std::vector<LayerRun> runsOf(StringRef text) {
  ModelShape shape = readGood(text);
  return shape.layerRuns ? *shape.layerRuns : std::vector<LayerRun>();
}

TEST(ModelConfig, LayerRules) {
  using Runs = std::vector<LayerRun>;
  EXPECT_EQ(runsOf(R"({"model_type": "deepseek_v3", "num_hidden_layers": 5,
                       "first_k_dense_replace": 1, "moe_layer_freq": 2})"),
            (Runs{{0, 2, false}, {2, 3, true}, {3, 4, false}, {4, 5, true}}));
  EXPECT_EQ(runsOf(R"({"model_type": "deepseek_v3", "num_hidden_layers": 4,
                       "moe_layer_freq": [0, 1, 1, 0]})"),
            (Runs{{0, 1, false}, {1, 3, true}, {3, 4, false}}));
  EXPECT_EQ(runsOf(R"({"model_type": "qwen3_moe", "num_hidden_layers": 5,
                       "decoder_sparse_step": 2, "mlp_only_layers": [3]})"),
            (Runs{{0, 1, false}, {1, 2, true}, {2, 5, false}}));
  EXPECT_EQ(runsOf(R"({"model_type": "llama4_text", "num_hidden_layers": 4,
                       "moe_layers": [2, 1]})"),
            (Runs{{0, 1, false}, {1, 3, true}, {3, 4, false}}));
  EXPECT_EQ(runsOf(R"({"model_type": "jamba", "num_hidden_layers": 4})"),
            (Runs{{0, 1, false}, {1, 2, true}, {2, 3, false}, {3, 4, true}}));
  EXPECT_EQ(runsOf(R"({"model_type": "ernie4_5_moe", "num_hidden_layers": 4,
                       "moe_layer_end_index": 2})"),
            (Runs{{0, 1, false}, {1, 3, true}, {3, 4, false}}));
  EXPECT_EQ(runsOf(R"({"num_hidden_layers": 3, "num_experts": 8})"),
            (Runs{{0, 3, true}}));
  EXPECT_EQ(runsOf(R"({"num_hidden_layers": 3, "num_experts": 8,
                       "first_k_dense_replace": 1})"),
            (Runs{{0, 1, false}, {1, 3, true}}));
  EXPECT_EQ(runsOf(R"({"num_hidden_layers": 3})"), (Runs{{0, 3, false}}));
  EXPECT_EQ(
      readErrors(R"({"num_hidden_layers": 3, "num_experts": 8,
"moe_layer_freq": [1, 1]})"),
      "m.json:2:19: error: 'moe_layer_freq' has 2 entries, expected one for "
      "each of 3 layers\n");
}

TEST(ModelConfig, Dbrx) {
  ModelShape shape = readGood(R"({"model_type": "dbrx", "d_model": 6144,
    "n_heads": 48, "n_layers": 40, "vocab_size": 100352,
    "attn_config": {"kv_n_heads": 8, "clip_qkv": 8},
    "ffn_config": {"ffn_hidden_size": 10752, "moe_num_experts": 16,
                   "moe_top_k": 4}})");
  EXPECT_EQ(shape.numKvHeads.value, 8);
  EXPECT_EQ(shape.expertWidth.origin, "ffn_config.ffn_hidden_size");
  std::string error;
  std::optional<ParameterCount> count = countParameters(shape, error);
  ASSERT_TRUE(count) << error;
  // Databricks: 132 B, of which 36 B are active on any input.
  EXPECT_NEAR(count->total / 1e9, 132, 0.5);
  EXPECT_NEAR(count->active / 1e9, 36, 0.6);
}

TEST(ModelConfig, PlanVocabulary) {
  ModelShape shape = readGood(R"({"hidden_size": 4096, "num_hidden_layers": 30,
    "num_experts": 64, "num_experts_per_tok": 2, "gated": false})");
  EXPECT_EQ(shape.gated.value, false);
  EXPECT_FALSE(shape.numHeads);
  EXPECT_FALSE(shape.vocabSize);
  EXPECT_EQ(shape.missingKeys(),
            (std::vector<std::string>{"vocab_size", "num_attention_heads",
                                      "num_key_value_heads", "head_dim",
                                      "moe_intermediate_size"}));
  std::string error;
  EXPECT_FALSE(countParameters(shape, error));
  EXPECT_EQ(error,
            "the parameters cannot be counted without 'vocab_size', "
            "'num_attention_heads', 'num_key_value_heads', 'head_dim' and "
            "'moe_intermediate_size'");
  EXPECT_EQ(
      readErrors(R"({"hidden_sizes": 1, "num_expert": 2})"),
      "m.json:1:2: error: unknown key 'hidden_sizes' in $.model, did you "
      "mean 'hidden_size'?\n"
      "m.json:1:21: error: unknown key 'num_expert' in $.model, did you mean "
      "'num_experts'?\n");
}

/// A dense model by hand: two matrices, tied embeddings.
TEST(ParameterCount, DenseByHand) {
  std::string error;
  std::optional<ParameterCount> count = countParameters(
      readGood(R"({"hidden_size": 10, "num_hidden_layers": 2, "vocab_size": 7,
                   "num_attention_heads": 3, "num_key_value_heads": 1,
                   "head_dim": 4, "intermediate_size": 5, "gated": false,
                   "tie_word_embeddings": true})"),
      error);
  ASSERT_TRUE(count) << error;
  EXPECT_EQ(count->attention, 2 * (10 * 12 + 2 * 10 * 4 + 12 * 10));
  EXPECT_EQ(count->denseFfn, 2 * 2 * 10 * 5);
  EXPECT_EQ(count->norms, 2 * 20 + 10);
  EXPECT_EQ(count->inputEmbedding, 70);
  EXPECT_EQ(count->outputEmbedding, 0);
  EXPECT_EQ(count->total, 640 + 200 + 50 + 70);
  EXPECT_EQ(count->active, count->total);
}

std::string writtenKeys(const ModelShape &shape) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::json::OStream os(stream);
  os.object([&] { writeConfigKeys(shape, os); });
  return text;
}

TEST(ModelConfig, StatedKeysAreWrittenBack) {
  EXPECT_EQ(writtenKeys(readGood(R"({"vocab_size": 8, "model_type": "llama4",
    "ignored": [1], "text_config": {"head_dim": 4, "x": 1, "hidden_size": 16,
    "moe_layers": [1, 2]}, "quantization_config": {"weight_block_size": [1, 2]},
    "tie_word_embeddings": null})")),
            R"({"model_type":"llama4","text_config":{"head_dim":4,)"
            R"("hidden_size":16,"moe_layers":[1,2]},"quantization_config":)"
            R"({"weight_block_size":[1,2]},"tie_word_embeddings":null})");
}

// What is written back reads as the same model, for every real configuration.
TEST(ModelConfig, RoundTrips) {
  for (const ExpectedModel &expected : expectedModels) {
    SCOPED_TRACE(expected.file);
    ModelShape first = readFile(expected.file);
    ModelShape second = readGood(writtenKeys(first));
    EXPECT_EQ(writtenKeys(second), writtenKeys(first));
    EXPECT_EQ(*second.layerRuns, *first.layerRuns);
    std::string error;
    EXPECT_EQ(countParameters(second, error)->total,
              countParameters(first, error)->total);
  }
}

} // namespace
