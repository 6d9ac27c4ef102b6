//===- LaunchFileTest.cpp - Framework files there and back ----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The framework files of a bundle, read again, state the degrees of the job,
// its stages and its expert slots; what cannot be read is refused by name.
//
//===----------------------------------------------------------------------===//

#include "moe/Readers/LaunchFile.h"
#include "EmitFolder.h"
#include "RecipeReading.h"
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
    EXPECT_EQ(errorsOf("max_batch_size: 1\n" + std::string(text), {}, "x.yaml"),
              "")
        << text;
  EXPECT_EQ(errorsOf("a: 1\nworker:\n  gen:\n    tensor_parallel_size: 8\n"
                     "    max_batch_size: 4\n",
                     {}, "x.yaml"),
            "x.yaml:1:1: error: expected settings of TensorRT-LLM such as "
            "'tensor_parallel_size', found none that a plan has; those of "
            "'worker.gen' have to be a file of their own\n");
}
