//===- ConfigFamilies.cpp - Families of Hugging Face models ---------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConfigFamilies.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

static constexpr KeyDefault mixtral[] = {
    {"hidden_size", 4096},       {"num_hidden_layers", 32},
    {"num_attention_heads", 32}, {"num_key_value_heads", 8},
    {"vocab_size", 32000},       {"intermediate_size", 14336},
    {"num_experts", 8},          {"num_experts_per_tok", 2},
    {"tie_word_embeddings", 0}};
static constexpr KeyDefault phimoe[] = {
    {"hidden_size", 4096},       {"num_hidden_layers", 32},
    {"num_attention_heads", 32}, {"num_key_value_heads", 8},
    {"vocab_size", 32064},       {"intermediate_size", 6400},
    {"num_experts", 16},         {"num_experts_per_tok", 2},
    {"tie_word_embeddings", 0}};
static constexpr KeyDefault granitemoe[] = {
    {"hidden_size", 4096},        {"num_hidden_layers", 32},
    {"num_attention_heads", 32},  {"vocab_size", 32000},
    {"intermediate_size", 11008}, {"num_experts", 8},
    {"num_experts_per_tok", 2},   {"tie_word_embeddings", 0}};
static constexpr KeyDefault olmoe[] = {
    {"hidden_size", 2048},       {"num_hidden_layers", 16},
    {"num_attention_heads", 16}, {"vocab_size", 50304},
    {"intermediate_size", 2048}, {"num_experts", 64},
    {"num_experts_per_tok", 8},  {"norm_topk_prob", 0},
    {"tie_word_embeddings", 0}};
static constexpr KeyDefault minimaxM2[] = {
    {"hidden_size", 3072},       {"num_hidden_layers", 62},
    {"num_attention_heads", 48}, {"num_key_value_heads", 8},
    {"head_dim", 128},           {"vocab_size", 200064},
    {"intermediate_size", 1536}, {"num_experts", 256},
    {"num_experts_per_tok", 8},  {"tie_word_embeddings", 0}};
static constexpr KeyDefault gptOss[] = {{"hidden_size", 2880},
                                        {"num_hidden_layers", 36},
                                        {"num_attention_heads", 64},
                                        {"num_key_value_heads", 8},
                                        {"head_dim", 64},
                                        {"vocab_size", 201088},
                                        {"intermediate_size", 2880},
                                        {"num_experts", 128},
                                        {"num_experts_per_tok", 4},
                                        {"sliding_window", 128},
                                        {"tie_word_embeddings", 0}};
static constexpr KeyDefault dbrx[] = {
    {"hidden_size", 2048},       {"num_hidden_layers", 24},
    {"num_attention_heads", 16}, {"num_key_value_heads", 1},
    {"vocab_size", 32000},       {"moe_intermediate_size", 3584},
    {"num_experts", 4},          {"num_experts_per_tok", 1},
    {"tie_word_embeddings", 0}};
static constexpr KeyDefault deepseekV2[] = {
    {"hidden_size", 4096},        {"num_hidden_layers", 32},
    {"num_attention_heads", 32},  {"vocab_size", 32000},
    {"intermediate_size", 11008}, {"moe_intermediate_size", 1407},
    {"num_experts", 64},          {"n_shared_experts", 2},
    {"q_lora_rank", 1536},        {"kv_lora_rank", 512},
    {"qk_nope_head_dim", 128},    {"qk_rope_head_dim", 64},
    {"v_head_dim", 128},          {"first_k_dense_replace", 0},
    {"norm_topk_prob", 0},        {"tie_word_embeddings", 0}};
static constexpr KeyDefault deepseekV3[] = {{"hidden_size", 7168},
                                            {"num_hidden_layers", 61},
                                            {"num_attention_heads", 128},
                                            {"num_key_value_heads", 128},
                                            {"vocab_size", 129280},
                                            {"intermediate_size", 18432},
                                            {"moe_intermediate_size", 2048},
                                            {"num_experts", 256},
                                            {"num_experts_per_tok", 8},
                                            {"n_shared_experts", 1},
                                            {"q_lora_rank", 1536},
                                            {"kv_lora_rank", 512},
                                            {"qk_nope_head_dim", 128},
                                            {"qk_rope_head_dim", 64},
                                            {"v_head_dim", 128},
                                            {"n_group", 8},
                                            {"topk_group", 4},
                                            {"first_k_dense_replace", 3},
                                            {"norm_topk_prob", 1},
                                            {"tie_word_embeddings", 0}};
static constexpr KeyDefault qwen2Moe[] = {
    {"hidden_size", 2048},           {"num_hidden_layers", 24},
    {"num_attention_heads", 16},     {"num_key_value_heads", 16},
    {"vocab_size", 151936},          {"intermediate_size", 5632},
    {"moe_intermediate_size", 1408}, {"num_experts", 60},
    {"num_experts_per_tok", 4},      {"shared_expert_intermediate_size", 5632},
    {"decoder_sparse_step", 1},      {"norm_topk_prob", 0},
    {"tie_word_embeddings", 0}};
static constexpr KeyDefault qwen3Moe[] = {
    {"hidden_size", 2048},          {"num_hidden_layers", 24},
    {"num_attention_heads", 32},    {"num_key_value_heads", 4},
    {"vocab_size", 151936},         {"intermediate_size", 6144},
    {"moe_intermediate_size", 768}, {"num_experts", 128},
    {"num_experts_per_tok", 8},     {"decoder_sparse_step", 1},
    {"norm_topk_prob", 0},          {"tie_word_embeddings", 0}};
static constexpr KeyDefault qwen3VlMoe[] = {
    {"hidden_size", 2048},           {"num_hidden_layers", 24},
    {"num_attention_heads", 16},     {"num_key_value_heads", 16},
    {"vocab_size", 151936},          {"intermediate_size", 5632},
    {"moe_intermediate_size", 1408}, {"num_experts", 60},
    {"num_experts_per_tok", 4},      {"decoder_sparse_step", 1},
    {"tie_word_embeddings", 0}};
static constexpr KeyDefault qwen3Next[] = {
    {"hidden_size", 2048},
    {"num_hidden_layers", 48},
    {"num_attention_heads", 16},
    {"num_key_value_heads", 2},
    {"head_dim", 256},
    {"vocab_size", 151936},
    {"intermediate_size", 5632},
    {"moe_intermediate_size", 512},
    {"num_experts", 512},
    {"num_experts_per_tok", 10},
    {"shared_expert_intermediate_size", 512},
    {"decoder_sparse_step", 1},
    {"norm_topk_prob", 1},
    {"tie_word_embeddings", 0}};
static constexpr KeyDefault llama4[] = {{"hidden_size", 5120},
                                        {"num_hidden_layers", 48},
                                        {"num_attention_heads", 40},
                                        {"num_key_value_heads", 8},
                                        {"head_dim", 128},
                                        {"vocab_size", 202048},
                                        {"intermediate_size", 8192},
                                        {"intermediate_size_mlp", 16384},
                                        {"num_experts", 16},
                                        {"num_experts_per_tok", 1},
                                        {"interleave_moe_layer_step", 1},
                                        {"tie_word_embeddings", 0}};
static constexpr KeyDefault glm4Moe[] = {{"hidden_size", 4096},
                                         {"num_hidden_layers", 46},
                                         {"num_attention_heads", 96},
                                         {"num_key_value_heads", 8},
                                         {"vocab_size", 151552},
                                         {"intermediate_size", 10944},
                                         {"moe_intermediate_size", 1408},
                                         {"num_experts", 128},
                                         {"num_experts_per_tok", 8},
                                         {"n_shared_experts", 1},
                                         {"n_group", 1},
                                         {"topk_group", 1},
                                         {"first_k_dense_replace", 1},
                                         {"norm_topk_prob", 1},
                                         {"use_qk_norm", 0},
                                         {"tie_word_embeddings", 0}};
static constexpr KeyDefault dots1[] = {{"hidden_size", 4608},
                                       {"num_hidden_layers", 62},
                                       {"num_attention_heads", 32},
                                       {"num_key_value_heads", 32},
                                       {"vocab_size", 152064},
                                       {"intermediate_size", 10944},
                                       {"moe_intermediate_size", 1408},
                                       {"n_group", 1},
                                       {"topk_group", 1},
                                       {"first_k_dense_replace", 0},
                                       {"norm_topk_prob", 0},
                                       {"tie_word_embeddings", 0}};
static constexpr KeyDefault ernieMoe[] = {
    {"hidden_size", 2560},           {"num_hidden_layers", 28},
    {"num_attention_heads", 20},     {"num_key_value_heads", 4},
    {"vocab_size", 103424},          {"intermediate_size", 12288},
    {"moe_intermediate_size", 1536}, {"num_experts", 64},
    {"num_experts_per_tok", 6},      {"n_shared_experts", 2},
    {"moe_layer_start_index", 1},    {"moe_layer_end_index", -1},
    {"moe_layer_interval", 1},       {"tie_word_embeddings", 1}};
static constexpr KeyDefault jamba[] = {
    {"hidden_size", 4096},       {"num_hidden_layers", 32},
    {"num_attention_heads", 32}, {"num_key_value_heads", 8},
    {"vocab_size", 65536},       {"intermediate_size", 14336},
    {"num_experts", 16},         {"num_experts_per_tok", 2},
    {"expert_layer_period", 2},  {"expert_layer_offset", 1},
    {"tie_word_embeddings", 0}};
static constexpr KeyDefault llama[] = {
    {"hidden_size", 4096},        {"num_hidden_layers", 32},
    {"num_attention_heads", 32},  {"vocab_size", 32000},
    {"intermediate_size", 11008}, {"tie_word_embeddings", 0}};
static constexpr KeyDefault qwen3[] = {{"hidden_size", 4096},
                                       {"num_hidden_layers", 32},
                                       {"num_attention_heads", 32},
                                       {"num_key_value_heads", 32},
                                       {"head_dim", 128},
                                       {"vocab_size", 151936},
                                       {"intermediate_size", 22016},
                                       {"tie_word_embeddings", 0}};

static constexpr ConfigFamily families[] = {
    {"mixtral", "MixtralConfig", mixtral, LayerRule::AllMoe,
     WidthMeaning::Expert, "softmax", ""},
    {"deepseek_v2", "DeepseekV2Config", deepseekV2, LayerRule::FirstDense,
     WidthMeaning::Dense, "softmax", ""},
    {"deepseek_v3|kimi_k2", "DeepseekV3Config", deepseekV3,
     LayerRule::FirstDense, WidthMeaning::Dense, "sigmoid", ""},
    {"deepseek_v32", "DeepseekV3Config", deepseekV3, LayerRule::FirstDense,
     WidthMeaning::Dense, "sigmoid", sparseAttentionPart},
    {"qwen2_moe", "Qwen2MoeConfig", qwen2Moe, LayerRule::SparseStep,
     WidthMeaning::Dense, "softmax", ""},
    {"qwen3_moe", "Qwen3MoeConfig", qwen3Moe, LayerRule::SparseStep,
     WidthMeaning::Dense, "softmax", "", 0, "per_head"},
    {"qwen3_vl_moe_text|qwen3_vl_moe", "Qwen3VLMoeTextConfig", qwen3VlMoe,
     LayerRule::SparseStep, WidthMeaning::Dense, "softmax",
     "the vision encoder", 0, "per_head"},
    {"qwen3_next", "Qwen3NextConfig", qwen3Next, LayerRule::SparseStep,
     WidthMeaning::Dense, "softmax", linearAttentionPart, 0, "per_head"},
    {"gpt_oss", "GptOssConfig", gptOss, LayerRule::AllMoe, WidthMeaning::Expert,
     "softmax", ""},
    {"llama4_text|llama4", "Llama4TextConfig", llama4, LayerRule::Interleave,
     WidthMeaning::Expert, "sigmoid", "the vision encoder", 1},
    {"glm4_moe", "Glm4MoeConfig", glm4Moe, LayerRule::FirstDense,
     WidthMeaning::Dense, "sigmoid", "", 0, "per_head"},
    {"minimax_m2", "MiniMaxM2Config", minimaxM2, LayerRule::AllMoe,
     WidthMeaning::Expert, "sigmoid", "", 0, "per_layer"},
    {"olmoe", "OlmoeConfig", olmoe, LayerRule::AllMoe, WidthMeaning::Expert,
     "softmax", "", 0, "per_layer"},
    {"phimoe", "PhimoeConfig", phimoe, LayerRule::AllMoe, WidthMeaning::Expert,
     "", ""},
    {"granitemoe", "GraniteMoeConfig", granitemoe, LayerRule::AllMoe,
     WidthMeaning::Expert, "softmax", ""},
    {"dbrx", "DbrxConfig", dbrx, LayerRule::AllMoe, WidthMeaning::Dense,
     "softmax", ""},
    {"dots1", "Dots1Config", dots1, LayerRule::FirstDense, WidthMeaning::Dense,
     "sigmoid", "", 0, "per_head"},
    {"ernie4_5_moe", "Ernie4_5_MoeConfig", ernieMoe, LayerRule::StartEnd,
     WidthMeaning::Dense, "softmax", ""},
    {"jamba", "JambaConfig", jamba, LayerRule::PeriodOffset, WidthMeaning::Both,
     "softmax", mambaLayersPart},
    {"llama", "LlamaConfig", llama, LayerRule::Dense, WidthMeaning::Dense, "",
     ""},
    {"qwen3", "Qwen3Config", qwen3, LayerRule::Dense, WidthMeaning::Dense, "",
     "", 0, "per_head"},
};

std::optional<int64_t> ConfigFamily::defaultOf(StringRef key) const {
  for (const KeyDefault &entry : defaults)
    if (entry.key == key)
      return entry.value;
  return std::nullopt;
}

const ConfigFamily *mlir::moe::findConfigFamily(StringRef modelType) {
  for (const ConfigFamily &family : families)
    for (StringRef name : llvm::split(family.modelTypes, '|'))
      if (name == modelType)
        return &family;
  return nullptr;
}

const ConfigFamily &mlir::moe::genericConfigFamily() {
  static const ConfigFamily generic = {
      "", "", {}, LayerRule::ByKeys, WidthMeaning::Unclear, "", ""};
  return generic;
}
