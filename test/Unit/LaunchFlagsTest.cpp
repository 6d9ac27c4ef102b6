//===- LaunchFlagsTest.cpp - Flags of frameworks as people write them -----===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RecipeReading.h"

using namespace llvm;
using namespace mlir::moe;

TEST(LaunchFlags, ReadsServingCommands) {
  Recipe vllm = recipeOf(
      "#!/bin/sh\nvllm serve deepseek-ai/DeepSeek-R1 -tp 2 -dp 16 "
      "--enable_expert_parallel --data-parallel-size-local 4 "
      "--eplb-config '{\"num_redundant_experts\": 32}' --max-model-len 32k "
      "--all2all-backend deepep_low_latency --port 8000");
  EXPECT_EQ(vllm.framework, "vllm");
  EXPECT_EQ(vllm.model, "deepseek-ai/DeepSeek-R1");
  EXPECT_EQ(settingsOf(vllm, "parallelism"), "tp=2 cp=1 pp=1 ep=32 etp=1 ");
  EXPECT_EQ(settingsOf(vllm, "workload"),
            "dispatcher=\"deepep\" context_length=32000 ");
  EXPECT_EQ(vllm.redundantExperts, 32);
  EXPECT_EQ(vllm.nodes, 4);
  EXPECT_EQ(vllm.worldSize, 32);
  ASSERT_EQ(vllm.unused.size(), 1u);
  EXPECT_EQ(vllm.unused[0].flag, "--port");
  EXPECT_EQ(vllm.unused[0].line, 2u);

  Recipe sglang =
      recipeOf("python3 -m sglang.launch_server --model-path /m --tp 16 --dp 8 "
               "--enable-dp-attention --moe-a2a-backend deepep --nnodes 2 "
               "--max-running-requests 1024 --quantization fp8");
  EXPECT_EQ(settingsOf(sglang, "parallelism"), "tp=2 pp=1 ep=16 etp=1 ");
  EXPECT_EQ(settingsOf(sglang, "workload"),
            "dispatcher=\"deepep\" batch=128 precision=\"fp8\" ");
  EXPECT_EQ(sglang.worldSize, 16);
  EXPECT_EQ(sglang.nodes, 2);

  Recipe trt = recipeOf("trtllm-serve /m --tp_size 8 --ep_size 4");
  EXPECT_EQ(settingsOf(trt, "parallelism"), "tp=8 cp=1 pp=1 ep=4 etp=2 ");
  trt = recipeOf("trtllm-serve --tp_size 8 --enable_attention_dp /m");
  EXPECT_EQ(settingsOf(trt, "parallelism"), "tp=1 cp=1 pp=1 ep=1 etp=8 ");
  EXPECT_EQ(trt.model, "/m");
}

TEST(LaunchFlags, AllToAllOfSglangNeedsAllRanks) {
  auto degrees = [](const std::string &backend) {
    return settingsOf(recipeOf("python3 -m sglang.launch_server --model-path "
                               "/m --tp 16 --moe-a2a-backend " +
                               backend),
                      "parallelism");
  };
  for (const char *backend : {"deepep", "mooncake", "ascend_fuseep"})
    EXPECT_EQ(degrees(backend), "tp=16 pp=1 ep=16 etp=1 ") << backend;
  EXPECT_EQ(degrees("none"), "tp=16 pp=1 ep=1 etp=16 ");
}

TEST(LaunchFlags, ReadsDraftTokensOfTheModelsOwnLayer) {
  auto read = [](const std::string &flags) {
    return recipeOf("vllm serve /m " + flags);
  };
  for (const char *flags :
       {"--speculative-config '{\"method\":\"mtp\","
        "\"num_speculative_tokens\":2}'",
        "--speculative-config '{\"num_speculative_tokens\":2}'",
        "--speculative-config.method deepseek_mtp "
        "--speculative-config.num-speculative-tokens 2"})
    EXPECT_EQ(read(flags).integer("workload", "draft_tokens", 0), 2) << flags;
  Recipe other = read("--speculative-config '{\"method\":\"eagle3\","
                      "\"num_speculative_tokens\":3}'");
  EXPECT_EQ(settingsOf(other, "workload"), "");
  ASSERT_EQ(other.notes.size(), 1u);
  EXPECT_EQ(other.notes[0].message,
            "draft tokens of the method 'eagle3' are not read; a plan has "
            "those of the model's own layer (mtp)");
}

TEST(LaunchFlags, ServersTakeTheLayersOfStagesFromTheEnvironment) {
  auto layout = [](const std::string &text) {
    const Recipe recipe = recipeOf(text);
    const RecipeSetting *found = recipe.find("parallelism", "layout");
    return found ? found->json + " // " + found->source : std::string();
  };
  EXPECT_EQ(layout("export VLLM_PP_LAYER_PARTITION=\"24,40\"\n"
                   "vllm serve m -tp 1 -pp 2"),
            "\"Et*24|t*40L\" // VLLM_PP_LAYER_PARTITION, line 1");
  EXPECT_EQ(layout("docker run -e VLLM_PP_LAYER_PARTITION=3,5 "
                   "vllm/vllm-openai --model m -pp 2"),
            "\"Et*3|t*5L\" // VLLM_PP_LAYER_PARTITION, line 1");
  EXPECT_EQ(layout("SGLANG_PP_LAYER_PARTITION=3,5 python -m "
                   "sglang.launch_server --model-path m --pp-size 2"),
            "\"Et*3|t*5L\" // SGLANG_PP_LAYER_PARTITION, line 1");
  EXPECT_EQ(layout("VLLM_PP_LAYER_PARTITION=3,5 vllm serve m -tp 2"), "");
  EXPECT_EQ(errorsOf("A=1\nVLLM_PP_LAYER_PARTITION=3 vllm serve m -pp 2"),
            "run.sh:2:1: error: 'VLLM_PP_LAYER_PARTITION' has 1 stage, the "
            "pipeline parallel size is 2\n");
}

TEST(LaunchFlags, SglangDraftsWithTheModelsOwnLayer) {
  auto read = [](const std::string &flags) {
    return recipeOf("python3 -m sglang.launch_server --model-path m --tp 8 "
                    "--speculative-num-draft-tokens 4 " +
                    flags);
  };
  for (const char *own : {"EAGLE", "NEXTN"}) {
    Recipe recipe = read("--speculative-num-steps 3 --speculative-algorithm " +
                         std::string(own));
    EXPECT_EQ(recipe.integer("workload", "draft_tokens", 0), 3) << own;
    EXPECT_EQ(notesOf(recipe), "") << own;
  }
  for (const char *other :
       {"--speculative-algorithm NGRAM --speculative-num-steps 3",
        "--speculative-algorithm EAGLE3 --speculative-num-steps 3",
        "--speculative-algorithm EAGLE --speculative-num-steps 3 "
        "--speculative-draft-model-path d",
        "--speculative-algorithm EAGLE"}) {
    Recipe recipe = read(other);
    EXPECT_FALSE(recipe.find("workload", "draft_tokens")) << other;
    EXPECT_NE(notesOf(recipe), "") << other;
  }
}

TEST(LaunchFlags, FollowsMegatronsDefaults) {
  Recipe recipe = recipeOf(
      "torchrun --nnodes 4 --nproc-per-node 8 pretrain_gpt.py "
      "--tensor-model-parallel-size 4 --pipeline-model-parallel-size 4 "
      "--num-layers 32 --num-layers-per-virtual-pipeline-stage 2 "
      "--num-attention-heads 32 --num-experts 8 --ffn-hidden-size 64 "
      "--fp8-format hybrid --bf16 --use-tp-pp-dp-mapping --cp-comm-type a2a");
  EXPECT_EQ(settingsOf(recipe, "parallelism"),
            "tp=4 pp=4 order=\"tp-cp-ep-pp-dp\" vpp=4 etp=4 ");
  EXPECT_EQ(settingsOf(recipe, "model"),
            "num_hidden_layers=32 num_attention_heads=32 num_experts=8 "
            "intermediate_size=64 num_key_value_heads=32 gated=false "
            "tie_word_embeddings=true num_experts_per_tok=2 "
            "moe_intermediate_size=64 ");
  EXPECT_TRUE(
      StringRef(settingsOf(recipe, "workload")).contains("precision=\"fp8\""));
  EXPECT_TRUE(StringRef(settingsOf(recipe, "workload"))
                  .contains("dispatcher=\"allgather\""));
  EXPECT_TRUE(StringRef(settingsOf(recipe, "workload"))
                  .contains("cp_comm_type=\"a2a\""));
  EXPECT_EQ(recipe.nodes, 4);
  EXPECT_EQ(recipe.gpusPerNode, 8);
}

TEST(LaunchFlags, SaysWhereFullRecomputationIsLess) {
  auto read = [](const std::string &flags) {
    return recipeOf("pretrain_gpt.py --tensor-model-parallel-size 1 "
                    "--recompute-granularity full " +
                    flags);
  };
  Recipe block =
      read("--recompute-method block --recompute-num-layers 2 --bf16");
  EXPECT_EQ(block.find("workload", "recompute")->json, "\"full\"");
  EXPECT_EQ(notesOf(block),
            "1: --recompute-method block recomputes 2 layers of each stage, "
            "the plan says all of them: less memory and more time than the job "
            "takes\n");
  EXPECT_EQ(notesOf(read("--recompute-method uniform --recompute-num-layers "
                         "4")),
            "1: --recompute-num-layers 4 keeps the input of one layer in so "
            "many, the plan that of every layer\n");
  EXPECT_EQ(notesOf(read("--recompute-method uniform --recompute-num-layers "
                         "1")),
            "");
}

TEST(LaunchFlags, SaysWhichValuesNoPlanHas) {
  Recipe vllm = recipeOf("vllm serve m -q awq --all2all-backend pplx "
                         "--kv-cache-dtype int8 --max-num-batched-tokens 99");
  EXPECT_EQ(notesOf(vllm),
            "1: --all2all-backend 'pplx' is not read: no word of 'dispatcher' "
            "of a plan is that\n"
            "1: --kv-cache-dtype 'int8' is not read: no word of 'kv_cache' of "
            "a plan is that\n"
            "1: --quantization 'awq' is not read: no word of 'precision' of a "
            "plan is that\n");
  ASSERT_EQ(vllm.unused.size(), 1u);
  EXPECT_EQ(vllm.unused[0].flag, "--max-num-batched-tokens");
  EXPECT_EQ(notesOf(recipeOf("vllm serve m --dtype auto --kv-cache-dtype auto "
                             "--all2all-backend allgather_reducescatter")),
            "");
  EXPECT_EQ(notesOf(recipeOf("sglang serve m --tp 4 --moe-a2a-backend nixl")),
            "1: --moe-a2a-backend 'nixl' is not read: no word of 'dispatcher' "
            "of a plan is that\n");
}

TEST(LaunchFlags, FindsMegatronWithoutDegrees) {
  const std::string command =
      "torchrun --nnodes 2 --nproc-per-node 8 NAME --num-layers 8";
  auto read = [&](StringRef name, LaunchFileOptions options = {}) {
    auto [before, after] = StringRef(command).split("NAME");
    Recipe recipe = recipeOf(before.str() + name.str() + after.str(), options);
    EXPECT_EQ(recipe.framework, "megatron");
    EXPECT_EQ(recipe.nodes, 2);
    EXPECT_TRUE(recipe.unused.empty());
    EXPECT_EQ(recipe.integer("model", "num_hidden_layers", 0), 8);
  };
  read("/opt/megatron/pretrain_gpt.py");
  LaunchFileOptions options;
  options.framework = "megatron";
  read("train.py", options);
}

TEST(LaunchFlags, AVariableNamesTheExchangeOfVllm) {
  auto dispatcher = [](const std::string &script) {
    Recipe recipe = recipeOf(script);
    const RecipeSetting *found = recipe.find("workload", "dispatcher");
    return found ? found->json + " // " + found->source : notesOf(recipe);
  };
  std::string serve = "vllm serve m -tp 8 --enable-expert-parallel";
  EXPECT_EQ(dispatcher("VLLM_ALL2ALL_BACKEND=deepep_low_latency " + serve),
            "\"deepep\" // VLLM_ALL2ALL_BACKEND, line 1");
  EXPECT_EQ(dispatcher("export VLLM_ALL2ALL_BACKEND=allgather_reducescatter\n" +
                       serve),
            "\"allgather\" // VLLM_ALL2ALL_BACKEND, line 1");
  EXPECT_EQ(dispatcher("VLLM_ALL2ALL_BACKEND=naive " + serve +
                       " --all2all-backend deepep_low_latency"),
            "\"deepep\" // --all2all-backend, line 1");
  EXPECT_NE(dispatcher("VLLM_ALL2ALL_BACKEND=pplx " + serve)
                .find("1: 'VLLM_ALL2ALL_BACKEND' is not read: no plan has the "
                      "dispatcher 'pplx'\n"),
            std::string::npos);
}

TEST(LaunchFlags, GroupsOfQueriesNeedTheirSwitch) {
  auto read = [](const std::string &flags) {
    return recipeOf("pretrain_gpt.py --tensor-model-parallel-size 1 "
                    "--num-layers 4 --num-attention-heads 16 " +
                    flags);
  };
  Recipe without = read("--num-query-groups 8");
  EXPECT_EQ(without.integer("model", "num_key_value_heads", 0), 16);
  EXPECT_EQ(notesOf(without), "1: --num-query-groups has no effect without "
                              "--group-query-attention\n");
  Recipe with = read("--num-query-groups 8 --group-query-attention");
  EXPECT_EQ(with.integer("model", "num_key_value_heads", 0), 8);
  EXPECT_EQ(notesOf(with), "");
  // Megatron-DeepSpeed has no such switch.
  EXPECT_EQ(read("--num-key-value-heads 4")
                .integer("model", "num_key_value_heads", 0),
            4);
}

TEST(LaunchFlags, FollowsTheDefaultsOfMegatronDeepSpeed) {
  auto read = [](const std::string &flags) {
    return recipeOf("deepspeed --num_gpus 8 pretrain_gpt.py --deepspeed "
                    "--hidden-size 96 --num-layers 6 " +
                    flags);
  };
  auto has = [](const Recipe &recipe, StringRef section, StringRef setting) {
    return StringRef(settingsOf(recipe, section)).contains(setting);
  };
  Recipe recipe = read("--num-experts 8 --checkpoint-activations "
                       "--deepspeed-activation-checkpointing");
  EXPECT_TRUE(recipe.unused.empty());
  EXPECT_TRUE(has(recipe, "workload", "recompute=\"full\""));
  EXPECT_TRUE(has(recipe, "model",
                  "num_experts_per_tok=1 intermediate_size=384 "
                  "moe_intermediate_size=384 "
                  "moe_layer_freq=[0, 1, 0, 1, 0, 1] "));
  EXPECT_TRUE(has(read("--num-experts 8 8 8 --topk 2 --expert-interval 3 "),
                  "model",
                  "num_experts_per_tok=2 intermediate_size=384 "
                  "moe_intermediate_size=384 "
                  "moe_layer_freq=[0, 0, 1, 0, 0, 1] "));
  EXPECT_FALSE(read("--num-experts 8 --expert-interval 1")
                   .find("model", "moe_layer_freq"));
  EXPECT_TRUE(
      has(read("--num-experts 8 --swiglu"), "model", "intermediate_size=256 "));
  Recipe dense = read("--num-experts 1");
  EXPECT_FALSE(dense.find("model", "num_experts"));
  EXPECT_EQ(notesOf(dense), "1: --num-experts 1 is a model without experts\n");
  // Alone it only chooses who would recompute.
  Recipe alone = read("--num-experts 8 --deepspeed-activation-checkpointing");
  EXPECT_TRUE(has(alone, "workload", "recompute=\"none\""));
  EXPECT_NE(notesOf(alone), "");
  EXPECT_EQ(errorsOf("pretrain_gpt.py --deepspeed --num-experts 64 128"),
            "run.sh:1:1: error: --num-experts is '64' and '128'; a plan has "
            "one number for all layers\n");
}

TEST(LaunchFlags, NothingFollowsFromAFlagThatMayBeThere) {
  Recipe recipe =
      recipeOf("if [ \"$AC\" = 1 ]; then A=--checkpoint-activations; fi\n"
               "deepspeed pretrain_gpt.py --deepspeed --num-layers 4 $A\n");
  EXPECT_FALSE(recipe.find("workload", "recompute"));
}

TEST(LaunchFlags, ShardsAsTorchTitanDoes) {
  auto read = [](const std::string &flags) {
    return recipeOf("torchrun -m torchtitan.train " + flags);
  };
  auto sharding = [&](const std::string &flags) {
    Recipe recipe = read(flags);
    const RecipeSetting *optimizer = recipe.find("workload", "optimizer");
    return optimizer
               ? StringRef(optimizer->json).split("\"sharding\": ").second.str()
               : "";
  };
  std::string shard = "--parallelism.data_parallel_shard_degree ";
  std::string copies = "--parallelism.data_parallel_replicate_degree ";
  std::string full = "--activation_checkpoint.mode full ";
  EXPECT_EQ(sharding(""), "\"fsdp\" }");
  EXPECT_EQ(sharding(shard + "8"), "\"fsdp\" }");
  EXPECT_EQ(sharding(shard + "1 " + copies + "64"), "\"none\" }");
  EXPECT_EQ(sharding(shard + "1 --parallelism.context_parallel_degree 2"),
            "\"fsdp\" }");
  EXPECT_EQ(notesOf(read(full + shard + "1 " + copies + "64")), "");
  EXPECT_EQ(notesOf(read(full + copies + "2")),
            "1: --parallelism.data-parallel-replicate-degree 2 keeps several "
            "copies of what is sharded; the plan shards it over all "
            "data-parallel ranks\n");
  EXPECT_NE(
      notesOf(read(full + "--parallelism.fsdp_reshard_after_forward never")),
      "");
  Recipe muon = read(full + "--optimizer.name Muon");
  EXPECT_EQ(notesOf(muon), "");
  EXPECT_TRUE(StringRef(muon.find("workload", "optimizer")->json)
                  .contains("\"name\": \"muon\""));
  EXPECT_EQ(notesOf(read(full + "--optimizer.name Shampoo")),
            "1: no plan has the optimizer 'Shampoo', it says adamw\n");
  EXPECT_EQ(notesOf(read("")),
            "0: --activation-checkpoint.mode is selective by default, which "
            "has no word in a plan; the plan recomputes nothing\n");
  EXPECT_EQ(notesOf(read("--job.config_file x.toml")),
            "1: 'x.toml' is not opened; what it sets and no flag does is the "
            "default in the plan\n");
}

TEST(LaunchFlags, StagesOfDifferentSizesBecomeALayout) {
  Recipe recipe = recipeOf(
      "python pretrain_gpt.py --tensor-model-parallel-size 1 "
      "--pipeline-model-parallel-size 4 --num-layers 30 --mtp-num-layers 1 "
      "--decoder-first-pipeline-num-layers 7 "
      "--decoder-last-pipeline-num-layers "
      "7");
  EXPECT_EQ(layersOf(recipe.find("parallelism", "layout")->json),
            (std::vector<int64_t>{7, 8, 8, 7}));
}

/// Layers of the chunks that Megatron-LM makes with `flags` and 4 stages.
static std::vector<int64_t> chunksOf(const std::string &flags) {
  Recipe recipe =
      recipeOf("pretrain_gpt.py --pipeline-model-parallel-size 4 " + flags);
  const RecipeSetting *layout = recipe.find("parallelism", "layout");
  return layout ? layersOf(layout->json) : std::vector<int64_t>();
}

TEST(LaunchFlags, EndsOfTheModelCountAsLayers) {
  using Chunks = std::vector<int64_t>;
  const std::string embedding = "--account-for-embedding-in-pipeline-split ",
                    loss = "--account-for-loss-in-pipeline-split ",
                    two = "--num-virtual-stages-per-pipeline-rank 2 ";
  EXPECT_EQ(chunksOf(embedding + loss + "--num-layers 22"),
            (Chunks{5, 6, 6, 5}));
  EXPECT_EQ(chunksOf(loss + "--num-layers 23"), (Chunks{6, 6, 6, 5}));
  EXPECT_EQ(chunksOf(embedding + two + "--num-layers 31"),
            (Chunks{3, 4, 4, 4, 4, 4, 4, 4}));
  EXPECT_EQ(chunksOf(embedding + loss + two + "--num-layers 6"),
            (Chunks{0, 1, 1, 1, 1, 1, 1, 0}));
  // Every chunk of an end has its share of the end's layers.
  EXPECT_EQ(chunksOf("--decoder-first-pipeline-num-layers 4 "
                     "--decoder-last-pipeline-num-layers 2 --num-layers 22 " +
                     two),
            (Chunks{2, 4, 4, 1, 2, 4, 4, 1}));
  Recipe perChunk = recipeOf("pretrain_gpt.py --pipeline-model-parallel-size 4 "
                             "--num-layers-per-virtual-pipeline-stage 2 "
                             "--num-layers 31 " +
                             embedding);
  EXPECT_EQ(perChunk.integer("parallelism", "vpp", 0), 4);
  EXPECT_EQ(
      errorsOf("pretrain_gpt.py --pipeline-model-parallel-size 4 "
               "--num-layers 22 " +
               embedding),
      "run.sh:1:1: error: --account-for-embedding-in-pipeline-split leaves "
      "23 layers for 4 stages\n");
  EXPECT_EQ(chunksOf("--num-layers 24"), Chunks());
}
