//===- LaunchFileTest.cpp - Framework files there and back ----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The framework files of a bundle, read again, state the degrees of the job,
// its stages and its expert slots; and flags as people write them are
// understood.
//
//===----------------------------------------------------------------------===//

#include "moe/Readers/LaunchFile.h"
#include "EmitFolder.h"
#include "moe/Model/StageLayout.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace mlir::moe;

//===--- There and back ---------------------------------------------------===//

namespace {
/// Degrees by name, and a numbering: names of axes, minor to major.
struct Layout {
  int64_t tp, cp, dp, pp, etp, ep, edp;
  std::vector<std::string> attention, expert;

  int64_t of(StringRef axis) const {
    return StringSwitch<int64_t>(axis)
        .Case("tp", tp)
        .Case("cp", cp)
        .Case("dp", dp)
        .Case("pp", pp)
        .Case("etp", etp)
        .Case("ep", ep)
        .Default(edp);
  }
  JobMesh mesh(const std::string &name,
               const std::vector<std::string> &order) const {
    JobMesh mesh{name, {}};
    int64_t stride = 1;
    for (const std::string &axis : order) {
      mesh.axes.insert(mesh.axes.begin(), {axis, of(axis), stride});
      stride *= of(axis);
    }
    return mesh;
  }
};

enum class Placement { None, ByNumber, RoundRobin, Replicas };
} // namespace

static constexpr int64_t numExperts = 32;

static JobPlacement place(const Layout &layout, Placement kind) {
  JobPlacement placement{"sparse", {0, 8},     numExperts, layout.ep,
                         1,        layout.etp, {}};
  int64_t extra = kind == Placement::Replicas ? layout.ep : 0;
  placement.slotsPerRank = (numExperts + extra) / layout.ep;
  for (int64_t slot = 0; slot < numExperts + extra; ++slot) {
    int64_t rank = slot / placement.slotsPerRank;
    int64_t local = slot % placement.slotsPerRank;
    placement.slots.push_back(static_cast<int32_t>(
        kind == Placement::RoundRobin ? local * layout.ep + rank
                                      : slot % numExperts));
  }
  return placement;
}

static JobView makeJob(const Layout &layout, Placement kind, bool evenStages) {
  JobView view;
  view.name = "job";
  view.worldSize = layout.tp * layout.cp * layout.dp * layout.pp;
  view.gpusPerHost = 8;
  for (int64_t first = 0; first < view.worldSize; first += 8) {
    JobHost host{first / 8, {}};
    for (int64_t i = first; i < std::min(first + 8, view.worldSize); ++i)
      host.ranks.push_back(i);
    view.hosts.push_back(std::move(host));
  }
  view.meshes = {layout.mesh("attention", layout.attention),
                 layout.mesh("expert", layout.expert)};
  for (int64_t stage = 0, next = 0; stage < layout.pp; ++stage) {
    int64_t size = 8 / layout.pp;
    if (!evenStages && layout.pp > 1)
      size += stage == 0 ? 1 : stage == layout.pp - 1 ? -1 : 0;
    view.stages.push_back(
        {stage, {{next, next + size}}, stage == 0, stage == layout.pp - 1, 0});
    next += size;
  }
  if (kind != Placement::None)
    view.placements = {place(layout, kind)};
  return view;
}

/// The layers of each stage that a layout states.
static std::vector<int64_t> layersOf(StringRef json) {
  std::string error;
  std::optional<StageLayout> layout = StageLayout::parse(json.trim('"'), error);
  std::vector<int64_t> counts;
  if (layout)
    for (const LayoutChunk &chunk : layout->chunks())
      counts.push_back(chunk.count(LayerKind::Decoder));
  return counts;
}

static void expectDegrees(const Recipe &recipe, const Layout &layout,
                          const JobView &view, const std::string &what) {
  for (StringRef axis : {"tp", "cp", "pp"})
    EXPECT_EQ(recipe.integer("parallelism", axis, 1), layout.of(axis)) << what;
  if (!view.placements.empty()) {
    EXPECT_EQ(recipe.integer("parallelism", "ep", 1), layout.ep) << what;
    EXPECT_EQ(recipe.integer("parallelism", "etp", 1), layout.etp) << what;
  }
  EXPECT_EQ(recipe.worldSize.value_or(view.worldSize), view.worldSize) << what;
  if (const RecipeSetting *setting = recipe.find("parallelism", "layout")) {
    std::vector<int64_t> stages;
    for (const JobStage &stage : view.stages)
      stages.push_back(stage.layers[0].second - stage.layers[0].first);
    EXPECT_EQ(layersOf(setting->json), stages) << what;
  }
}

static void expectSlots(const Recipe &recipe, const Layout &layout,
                        const JobView &view, const std::string &what) {
  if (view.placements.empty())
    return;
  int64_t slots =
      recipe.integer("experts", "slots_per_rank",
                     (numExperts + recipe.redundantExperts) / layout.ep);
  EXPECT_EQ(slots, view.placements[0].slotsPerRank) << what;
}

namespace {
struct FrameworkCase {
  std::string file, framework;
};
} // namespace

static const FrameworkCase frameworkCases[] = {
    {"framework/megatron-lm.args", "megatron"},
    {"framework/torchtitan.args", "torchtitan"},
    {"framework/deepspeed.args", "deepspeed"},
    {"framework/vllm.args", "vllm"},
    {"framework/sglang.args", "sglang"},
    {"framework/tensorrt-llm.yaml", "trtllm"}};

/// Counts the frameworks that expressed the job, by name.
static void readBack(const Layout &layout, const JobView &view,
                     StringMap<int> &expressed) {
  for (const FrameworkCase &known : frameworkCases) {
    const Emitter &emitter = *find_if(
        emitters(), [&](const Emitter &e) { return e.path == known.file; });
    EmittedFile file{known.file, false, ""};
    raw_string_ostream os(file.content);
    cantFail(emitter.emit(view, {}, os));
    if (StringRef(file.content).contains("cannot express"))
      continue;
    ++expressed[known.framework];
    InputErrors errors;
    std::optional<Recipe> recipe =
        readLaunchFile(file.content, file.path, {known.framework, {}}, errors);
    ASSERT_TRUE(recipe) << errors.list().front().str() << file.content;
    EXPECT_TRUE(recipe->unused.empty()) << recipe->unused.front().flag;
    EXPECT_EQ(recipe->framework, known.framework);
    expectDegrees(*recipe, layout, view, file.path + "\n" + file.content);
    expectSlots(*recipe, layout, view, file.path + "\n" + file.content);
  }
}

/// Every way to write `n` as a product of `count` powers of two.
static void forEachProduct(int64_t n, size_t count,
                           std::vector<int64_t> &factors,
                           function_ref<void(ArrayRef<int64_t>)> visit) {
  if (factors.size() + 1 == count) {
    factors.push_back(n);
    visit(factors);
    factors.pop_back();
    return;
  }
  for (int64_t factor = 1; factor <= n; factor *= 2) {
    factors.push_back(factor);
    forEachProduct(n / factor, count, factors, visit);
    factors.pop_back();
  }
}

TEST(LaunchFile, FrameworkFilesStateTheJob) {
  const std::vector<
      std::pair<std::vector<std::string>, std::vector<std::string>>>
      orders = {{{"tp", "cp", "dp", "pp"}, {"etp", "ep", "edp", "pp"}},
                {{"tp", "cp", "pp", "dp"}, {"etp", "ep", "pp", "edp"}},
                {{"pp", "tp", "cp", "dp"}, {"pp", "etp", "ep", "edp"}}};
  StringMap<int> expressed;
  std::vector<int64_t> outer;
  forEachProduct(16, 4, outer, [&](ArrayRef<int64_t> d) {
    std::vector<int64_t> inner;
    forEachProduct(16 / d[3], 3, inner, [&](ArrayRef<int64_t> e) {
      if (d[3] > 4)
        return;
      for (const auto &[attention, expert] : orders)
        for (Placement kind : {Placement::None, Placement::ByNumber,
                               Placement::RoundRobin, Placement::Replicas}) {
          Layout layout{d[0], d[1], d[2],      d[3],  e[0],
                        e[1], e[2], attention, expert};
          readBack(layout, makeJob(layout, kind, (d[0] + e[1]) % 2 == 0),
                   expressed);
        }
    });
  });
  for (const FrameworkCase &known : frameworkCases)
    EXPECT_GT(expressed[known.framework], 20) << known.framework;
}

//===--- As people write them ---------------------------------------------===//

static std::string errorsOf(const std::string &text,
                            LaunchFileOptions options = {},
                            const std::string &file = "run.sh") {
  InputErrors errors;
  readLaunchFile(text, file, options, errors);
  std::string all;
  for (const InputError &error : errors.list())
    all += error.str();
  return all;
}

static Recipe recipeOf(const std::string &text,
                       LaunchFileOptions options = {}) {
  InputErrors errors;
  std::optional<Recipe> recipe =
      readLaunchFile(text, "run.sh", options, errors);
  EXPECT_TRUE(recipe) << (errors.empty() ? "" : errors.list().front().str());
  return recipe ? *recipe : Recipe("");
}

/// `section.key=json` of all settings, sorted by their order.
static std::string settingsOf(const Recipe &recipe, StringRef section) {
  std::string text;
  for (const RecipeSetting &setting : recipe.settings)
    if (setting.section == section)
      text += setting.key + "=" + setting.json + " ";
  return text;
}

/// `line: message` of every note.
static std::string notesOf(const Recipe &recipe) {
  std::string text;
  for (const InputNote &note : recipe.notes)
    text += std::to_string(note.position.line) + ": " + note.message + "\n";
  return text;
}

TEST(LaunchFile, ReadsServingCommands) {
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

TEST(LaunchFile, FindsTheProgramInAContainer) {
  const char *flags = " --model m --tensor-parallel-size 8";
  for (const char *start :
       {"docker run --runtime nvidia --gpus all -v ~/c:/c --env \"A=b\" -p "
        "8000:8000 --ipc=host vllm/vllm-openai:latest",
        "podman run --rm docker.io/vllm/vllm-openai@sha256:00",
        "srun -N 1 apptainer run --nv vllm-openai.sif",
        "singularity exec x.sif vllm serve",
        "docker run vllm/vllm-openai:v1 vllm serve",
        "docker run --entrypoint python3 vllm/vllm-openai -m "
        "vllm.entrypoints.openai.api_server",
        "srun --container-image vllm/vllm-openai python3 -m "
        "vllm.entrypoints.openai.api_server"}) {
    Recipe recipe = recipeOf(start + std::string(flags));
    EXPECT_EQ(recipe.framework, "vllm") << start;
    EXPECT_EQ(recipe.model, "m") << start;
    EXPECT_EQ(recipe.integer("parallelism", "tp", 0), 8) << start;
  }
  Recipe sglang = recipeOf("docker run --gpus all --shm-size 32g "
                           "lmsysorg/sglang:latest python3 -m "
                           "sglang.launch_server --model-path m --tp 8");
  EXPECT_EQ(sglang.framework, "sglang");
  EXPECT_EQ(sglang.model, "m");
  EXPECT_NE(errorsOf("docker pull vllm/vllm-openai:latest"), "");
  EXPECT_NE(errorsOf("echo vllm serve m --tensor-parallel-size 8"), "");
}

TEST(LaunchFile, ReadsSettingsThatTheScriptWrites) {
  Recipe recipe = recipeOf(
      "TP=8\ncat > ./config.yml <<EOF\nenable_attention_dp: true\n"
      "kv_cache_config:\n  dtype: fp8\nmoe_expert_parallel_size: $TP\nEOF\n"
      "mpirun -n 8 trtllm-serve m --tp_size $TP --config config.yml");
  EXPECT_EQ(settingsOf(recipe, "parallelism"), "tp=1 cp=1 pp=1 ep=8 etp=1 ");
  EXPECT_EQ(recipe.find("workload", "kv_cache")->source,
            "--kv-cache-config.dtype, line 5");
  EXPECT_EQ(notesOf(recipe), "");
  EXPECT_EQ(errorsOf("cat > a.yml <<EOF\ntensor_parallel_size: 4\nEOF\n"
                     "trtllm-serve m --tp_size 8 --config=a.yml"),
            "run.sh:2:1: error: --tp-size is '4' here and '8' before\n"
            "run.sh:4:1: note: the other value is here\n");
}

TEST(LaunchFile, ReadsAScriptThatTheScriptWrites) {
  for (const char *command : {"cat > job.sh", "sbatch"}) {
    Recipe recipe = recipeOf("TP=4\n" + std::string(command) +
                             " <<EOF\n#!/bin/bash\n#SBATCH -N 2\n"
                             "srun vllm serve m -tp $TP\nEOF\n");
    EXPECT_EQ(recipe.nodes, 2) << command;
    EXPECT_EQ(recipe.integer("parallelism", "tp", 0), 4) << command;
    EXPECT_EQ(recipe.find("parallelism", "tp")->line, 5u) << command;
  }
}

TEST(LaunchFile, AllToAllOfSglangNeedsAllRanks) {
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

TEST(LaunchFile, ReadsDraftTokensOfTheModelsOwnLayer) {
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

TEST(LaunchFile, SglangDraftsWithTheModelsOwnLayer) {
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

TEST(LaunchFile, ConditionalFlagsLeaveTheOthers) {
  Recipe recipe = recipeOf(
      "ARGS=(--tensor-model-parallel-size 2 --num-layers 8 --num-experts 8\n"
      "  --recompute-granularity selective --recompute-modules mlp)\n"
      "if [ $BF16 = 1 ]; then\n  ARGS+=(--bf16)\nfi\n"
      "[ $TOPK ] && ARGS+=(--moe-router-topk 4 --lr 1e-4)\n"
      "torchrun --nnodes 2 --nproc-per-node 8 pretrain_gpt.py ${ARGS[@]}\n");
  EXPECT_EQ(notesOf(recipe),
            "4: '--bf16' depends on the condition on line 3, it is not read\n"
            "6: '--moe-router-topk', '--lr' depend on the condition on line 6, "
            "they are not read\n");
  EXPECT_EQ(recipe.integer("parallelism", "tp", 0), 2);
  EXPECT_EQ(recipe.find("workload", "recompute")->json, "[\"mlp\"]");
  // Nothing follows from the absence of what may be there.
  EXPECT_FALSE(recipe.find("workload", "precision"));
  EXPECT_FALSE(recipe.find("model", "num_experts_per_tok"));
  EXPECT_EQ(errorsOf("if x; then TP=2; fi\npretrain_gpt.py "
                     "--tensor-model-parallel-size $TP --num-layers 8"),
            "run.sh:2:1: error: --tensor-model-parallel-size has no value that "
            "can be read: '$TP' is set under a condition, line 1\n");
}

TEST(LaunchFile, SaysWhatTheProgramMayBe) {
  std::string errors = errorsOf(
      "if x; then ARGS='--num-layers 8 --pipeline-model-parallel-size 2'; fi\n"
      "echo $UNSET\nsrun -N 2 python $SCRIPT $ARGS $SCRIPT\n");
  StringRef text = errors;
  EXPECT_TRUE(text.contains("no command of Megatron-LM"));
  EXPECT_TRUE(text.ends_with(
      "run.sh:3:1: note: not read in this command: '$SCRIPT' is not set in the "
      "script\nrun.sh:3:1: note: not read in this command: '--num-layers', "
      "'--pipeline-model-parallel-size' depend on the condition on line 1\n"))
      << errors;
}

/// `nodes x GPUs of a node`, or `= all GPUs`.
static std::string sizeOf(const std::string &script) {
  Recipe recipe = recipeOf(script + " pretrain_gpt.py --num-layers 8 "
                                    "--tensor-model-parallel-size 2");
  auto shown = [](const std::optional<int64_t> &number) {
    return number ? std::to_string(*number) : std::string("?");
  };
  return shown(recipe.nodes) + " x " + shown(recipe.gpusPerNode) + " = " +
         shown(recipe.worldSize);
}

TEST(LaunchFile, LaunchersMeanDifferentThingsByALetter) {
  // -N of Open MPI are ranks of a node, of Slurm nodes.
  EXPECT_EQ(sizeOf("mpirun -np 16 -N 8"), "2 x 8 = ?");
  EXPECT_EQ(sizeOf("mpirun -np 16 --npernode 8"), "2 x 8 = ?");
  EXPECT_EQ(sizeOf("mpirun -n 16 --map-by ppr:8:node:PE=4"), "2 x 8 = ?");
  EXPECT_EQ(sizeOf("mpiexec -n 16 -ppn 8"), "2 x 8 = ?");
  EXPECT_EQ(sizeOf("mpirun -np 16"), "? x ? = 16");
  EXPECT_EQ(sizeOf("mpirun -np 4 -N 1 torchrun --nproc-per-node 8"),
            "4 x 8 = ?");
  EXPECT_EQ(sizeOf("mpirun -np 4 torchrun --nproc-per-node 8"), "? x 8 = ?");
  EXPECT_EQ(sizeOf("srun -N 8 -n 64"), "8 x 8 = ?");
  EXPECT_EQ(sizeOf("srun -n 64 --ntasks-per-node 8"), "8 x 8 = ?");
  EXPECT_EQ(sizeOf("srun -n 16 --ntasks-per-node=2 --gpus-per-task=4"),
            "8 x 8 = 64");
  EXPECT_EQ(sizeOf("srun -G 32 --nodes 4"), "4 x ? = 32");
  EXPECT_EQ(sizeOf("srun -N 4 --gpus=h100:32"), "4 x ? = 32");
  EXPECT_EQ(sizeOf("#SBATCH --gpus=32\n#SBATCH -N 4 -n 4\nsrun"), "4 x ? = 32");
  EXPECT_EQ(sizeOf("#SBATCH --gres=gpu\nsrun -N 2"), "2 x 1 = ?");
  EXPECT_EQ(sizeOf("#SBATCH --gres=nvme:2,gpu:8\nsrun -N 2"), "2 x 8 = ?");
  EXPECT_EQ(sizeOf("deepspeed --num_nodes 2 --num_gpus 8"), "2 x 8 = ?");
  EXPECT_EQ(sizeOf("srun -N 2 torchrun --nnodes=2 --nproc_per_node=4"),
            "2 x 4 = ?");
  EXPECT_EQ(sizeOf("python3 -m torch.distributed.launch --nnodes=2 "
                   "--nproc_per_node=4"),
            "2 x 4 = ?");
  Recipe open = recipeOf("torchrun --nnodes $WORLD --nproc_per_node 8 "
                         "pretrain_gpt.py --tensor-model-parallel-size 2");
  EXPECT_EQ(open.nodes, std::nullopt);
  EXPECT_EQ(open.gpusPerNode, 8);
  EXPECT_EQ(notesOf(open),
            "1: --nnodes is not read: '$WORLD' is not set in the script\n");
  // The options of a container are its own.
  EXPECT_EQ(sizeOf("srun -N 2 docker run -n 5 --gpus-per-node 4"), "2 x ? = ?");
  Recipe step =
      recipeOf("#SBATCH -N 4\nsrun -N 1 -n 1 vllm serve m -tp 8 -pp 4");
  EXPECT_EQ(step.nodes, 4);
  EXPECT_EQ(
      notesOf(step),
      "2: this step has 1 node of 4; the plan is that of the whole job\n");
}

TEST(LaunchFile, FollowsMegatronsDefaults) {
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

TEST(LaunchFile, StagesOfDifferentSizesBecomeALayout) {
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

TEST(LaunchFile, EndsOfTheModelCountAsLayers) {
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

TEST(LaunchFile, FindsTheCommandInsideOthers) {
  Recipe recipe = recipeOf(
      "#SBATCH -N 2 --gpus-per-node=h100:4\nPP=2\nsrun --ntasks-per-node=1 "
      "bash -lc \"cd /x && torchrun --nnodes $SLURM_NNODES --nproc_per_node 4 "
      "pretrain_gpt.py --pipeline-model-parallel-size $PP --num-layers 4\"");
  EXPECT_EQ(recipe.integer("parallelism", "pp", 1), 2);
  EXPECT_EQ(recipe.nodes, 2);
  EXPECT_EQ(recipe.gpusPerNode, 4);
  EXPECT_EQ(recipe.gpu, "h100");
}

//===--- What is refused --------------------------------------------------===//

TEST(LaunchFile, RefusesContradictions) {
  EXPECT_EQ(errorsOf("--tensor-model-parallel-size 2\n--num-layers 4\n"
                     "--tensor-model-parallel-size 4\n"),
            "run.sh:3:1: error: --tensor-model-parallel-size is '4' here and "
            "'2' before\nrun.sh:1:1: note: the other value is here\n");
  EXPECT_EQ(errorsOf("#SBATCH --nodes=4\ntorchrun --nnodes 8 pretrain_gpt.py "
                     "--tensor-model-parallel-size 2"),
            "run.sh:2:1: error: --nnodes is 8, but the job has 4 nodes by an "
            "earlier line\n");
  EXPECT_EQ(errorsOf("pretrain_gpt.py --num-experts 8 --moe-enable-deepep "
                     "--tensor-model-parallel-size 2 "
                     "--moe-token-dispatcher-type alltoall"),
            "run.sh:1:1: error: --moe-enable-deepep needs "
            "--moe-token-dispatcher-type flex, found 'alltoall'\n");
  EXPECT_EQ(errorsOf("python -m sglang.launch_server --tp 8 --ep 3"),
            "run.sh:1:1: error: --ep-size is 3, which does not divide "
            "--tp-size 8\n");
}

TEST(LaunchFile, NamesAllFlagsWithoutAValue) {
  EXPECT_EQ(
      errorsOf("pretrain_gpt.py --tensor-model-parallel-size $TP "
               "--num-layers\n"),
      "run.sh:1:1: error: --tensor-model-parallel-size has no value that can "
      "be read: '$TP' is not set in the script\n"
      "run.sh:1:1: error: --num-layers has no value\n");
  EXPECT_EQ(recipeOf("pretrain_gpt.py --tensor-model-parallel-size $TP",
                     {"", {{"TP", "8", true}}})
                .integer("parallelism", "tp", 1),
            8);
  EXPECT_EQ(errorsOf("--tensor-model-parallel-size 2x"),
            "run.sh:1:1: error: --tensor-model-parallel-size is '2x', expected "
            "a whole number from 1 to 1099511627776\n");
  EXPECT_TRUE(StringRef(errorsOf("echo hello")).contains("no command of"));
  EXPECT_TRUE(StringRef(errorsOf("")).contains("no command of"));
}

TEST(LaunchFile, SuggestsWhatWasMeant) {
  Recipe recipe = recipeOf("pretrain_gpt.py --tensor-model-parallel-size 2 "
                           "--expert-model-paralel-size 8");
  ASSERT_EQ(recipe.notes.size(), 1u);
  EXPECT_EQ(recipe.notes[0].message,
            "'--expert-model-paralel-size' is not read, did you mean "
            "'--expert-model-parallel-size'?");
}

TEST(LaunchFile, RefusesBadSettingsFiles) {
  for (const std::string &text :
       {std::string(), std::string("- 1"), std::string("a: [1, 2"),
        std::string("\xff\xfe: 1"), std::string(100000, '['),
        std::string("tensor_parallel_size: 99999999999999999999"),
        std::string("tensor_parallel_size: 4\nmoe_expert_parallel_size: 3"),
        std::string("pipeline_parallel_size: 2\npp_partition: [1, 2, 3]")})
    EXPECT_NE(errorsOf(text, {}, "x.yaml"), "") << text.substr(0, 40);
  for (const char *text :
       {"a: {b: {c: {d: 1}}}\n", "a: &x [*x]\n*x : 1\n", "a:\n\n\n"})
    EXPECT_EQ(errorsOf(text, {}, "x.yaml"), "") << text;
}
