//===- ModelFaultsTest.cpp - What configurations leave out or get wrong ---===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Configurations with gaps and faults against the whole text of the messages.
//
//===----------------------------------------------------------------------===//

#include "ModelReading.h"

#include "moe/Model/ParameterCount.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir::moe;
using namespace mlir::moe::model;
using llvm::StringRef;

namespace {

TEST(ModelConfig, KeysOfWhatIsNotDescribedAreNoted) {
  // A family that nobody knows, with the key of an indexer.
  ModelShape shape =
      readGood(R"({"model_type": "glm_moe_dsa", "index_topk": 2048})");
  ASSERT_EQ(shape.notDescribed.size(), 1u);
  EXPECT_EQ(shape.notDescribed.front(),
            "the indexer of its sparse attention, which is read as full "
            "attention");
  EXPECT_TRUE(readGood(R"({"model_type": "mixtral", "index_topk": null})")
                  .notDescribed.empty());
  // The keys of a plan describe all there is.
  EXPECT_TRUE(readGood(R"({"hidden_size": 1024})").notDescribed.empty());
}

TEST(ModelConfig, DefaultsAreNoted) {
  ModelShape shape = readGood(R"({"model_type": "mixtral", "hidden_size": 1024,
    "num_attention_heads": 16, "num_local_experts": 4})");
  EXPECT_EQ(shape.numLayers.value, 32);
  EXPECT_EQ(shape.numLayers.provenance, Provenance::Default);
  EXPECT_EQ(shape.numLayers.origin, "MixtralConfig");
  EXPECT_EQ(shape.numExperts.value, 4);
  EXPECT_EQ(
      renderNotes(shape),
      "1:1: 'num_hidden_layers' is not stated, taken is 32, the default of "
      "Hugging Face's MixtralConfig\n"
      "1:1: 'vocab_size' is not stated, taken is 32000, the default of "
      "Hugging Face's MixtralConfig\n"
      "1:1: 'num_key_value_heads' is not stated, taken is 8, the default of "
      "Hugging Face's MixtralConfig\n"
      "1:1: 'num_experts_per_tok' is not stated, taken is 2, the default of "
      "Hugging Face's MixtralConfig\n"
      "1:1: 'intermediate_size' is not stated, taken is 14336, the default "
      "of Hugging Face's MixtralConfig\n");
}

// null is an answer, not an absence: the default does not apply.
TEST(ModelConfig, NullIsNotAbsent) {
  ModelShape lite =
      readGood(R"({"model_type": "deepseek_v2", "q_lora_rank": null,
    "num_experts_per_tok": 6, "moe_intermediate_size": 1408})");
  EXPECT_EQ(lite.qLoraRank.value, 0);
  ModelShape mha =
      readGood(R"({"model_type": "mixtral", "num_key_value_heads": null})");
  EXPECT_EQ(mha.numKvHeads.value, 32);
  EXPECT_EQ(mha.numKvHeads.origin, "num_attention_heads");
}

TEST(ModelConfig, UnknownFamilies) {
  ModelShape shape = readGood(R"({"model_type": "novel_moe", "whatever": 1,
    "hidden_size": 64, "num_experts": 8, "intermediate_size": 128})");
  EXPECT_FALSE(shape.denseWidth);
  EXPECT_FALSE(shape.expertWidth);
  EXPECT_EQ(
      renderNotes(shape),
      "1:16: unknown model_type 'novel_moe', read with the generic keys, "
      "nothing is defaulted\n"
      "2:63: 'intermediate_size' of an unknown model may be the width of an "
      "expert or of a dense layer, state the former as "
      "'moe_intermediate_size'\n");
  EXPECT_EQ(renderNotes(readGood(R"({"architectures": ["X"], "a": 1})")),
            "1:1: no model_type, read with the generic keys, nothing is "
            "defaulted\n");
}

// A key that is faulty is not replaced by its default.
TEST(ModelConfig, FaultyKeysStayAbsent) {
  std::string errors;
  ModelShape shape = readText(
      R"({"model_type": "mixtral", "num_local_experts": "8"})", errors);
  EXPECT_EQ(errors, "m.json:1:48: error: expected an integer from 0 to "
                    "1099511627776 for $.model.num_local_experts, found the "
                    "string \"8\"\n");
  EXPECT_FALSE(shape.numExperts);
}

TEST(ModelConfig, FaultyValues) {
  EXPECT_EQ(
      readErrors(R"({"hidden_size": -1, "num_hidden_layers": 0,
"vocab_size": 1099511627777, "num_experts": "eight", "head_dim": 1.5,
"tie_word_embeddings": 1, "num_attention_heads": true})"),
      "m.json:1:17: error: expected an integer from 1 to 1099511627776 for "
      "$.model.hidden_size, found the number -1\n"
      "m.json:1:42: error: expected an integer from 1 to 100000 for "
      "$.model.num_hidden_layers, found the number 0\n"
      "m.json:2:15: error: expected an integer from 1 to 1099511627776 for "
      "$.model.vocab_size, found the number 1099511627777\n"
      "m.json:3:50: error: expected an integer from 1 to 1099511627776 for "
      "$.model.num_attention_heads, found true\n"
      "m.json:2:66: error: expected an integer from 1 to 1099511627776 for "
      "$.model.head_dim, found the number 1.5\n"
      "m.json:2:45: error: expected an integer from 0 to 1099511627776 for "
      "$.model.num_experts, found the string \"eight\"\n"
      "m.json:3:24: error: expected true or false for "
      "$.model.tie_word_embeddings, found the number 1\n");
  EXPECT_EQ(readErrors(R"({"model_type": "gpt_oss", "experts_per_token": 4,
"num_experts_per_tok": 8})"),
            "m.json:1:48: error: 'experts_per_token' is 4, but "
            "'num_experts_per_tok' is 8, expected the same figure under both "
            "names\n");
  EXPECT_EQ(readErrors("[]"),
            "m.json:1:1: error: expected an object for $.model, "
            "found an array\n");
}

TEST(ParameterCount, TooLarge) {
  std::string error;
  EXPECT_FALSE(countParameters(
      readGood(R"({"model_type": "mixtral", "hidden_size": 1099511627776,
                   "intermediate_size": 1099511627776})"),
      error));
  EXPECT_EQ(error, "the number of parameters does not fit into 64 bits");
}

// No prefix of a file may do more than report an error.
TEST(ModelConfig, TruncatedFilesAreErrors) {
  auto buffer =
      llvm::MemoryBuffer::getFile(inputFile("deepseek-ai--DeepSeek-V3"));
  ASSERT_TRUE(buffer);
  StringRef text = (*buffer)->getBuffer().rtrim();
  for (size_t size = 0; size < text.size(); ++size) {
    InputErrors errors;
    ASSERT_FALSE(
        json::Document::parse(text.take_front(size), "m.json", errors));
    ASSERT_EQ(errors.list().size(), 1u);
    ASSERT_GT(errors.list()[0].position.line, 0u);
  }
}

// Nor may any single damaged byte.
TEST(ModelConfig, DamagedFilesNeverCrash) {
  auto buffer = llvm::MemoryBuffer::getFile(inputFile("openai--gpt-oss-20b"));
  ASSERT_TRUE(buffer);
  std::string text = (*buffer)->getBuffer().str();
  for (size_t at = 0; at < text.size(); ++at)
    for (char damage : {'\0', '"', '{', ']', '9', '-', '\xff', '/'}) {
      std::string damaged = text;
      damaged[at] = damage;
      InputErrors errors;
      std::optional<json::Document> document =
          json::Document::parse(damaged, "m.json", errors);
      ASSERT_EQ(document.has_value(), errors.empty());
      if (!document)
        continue;
      std::string error;
      countParameters(readModelConfig(document->root(), "$", "m.json", errors),
                      error);
    }
}

} // namespace
