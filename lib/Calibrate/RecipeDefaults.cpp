//===- RecipeDefaults.cpp - What rows leave blank -------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tables of results name degrees and batch sizes; the rest is in the recipes
// behind them. Sources: NVIDIA-NeMo/Megatron-Bridge,
// scripts/performance/configs/*/*_workload_base_configs.py (cuda_graph_impl,
// moe_a2a_overlap, moe_flex_dispatcher_backend, pp_layout) and its release
// notes; NVIDIA/Megatron-LM, docs on arXiv 2504.14960.
//
//===----------------------------------------------------------------------===//

#include "moe/Calibrate/RunJob.h"

#include "moe/Calibration/CalibrationFile.h"
#include "moe/Cost/RecipeSettings.h"

using namespace mlir::moe;
using llvm::StringRef;

int64_t mlir::moe::releaseMonth(StringRef release) {
  // Model cards carry a word before the month.
  if (release.consume_front("card-") || release.size() >= 7)
    if (std::optional<int64_t> month = parseMonth(release.take_front(7)))
      return *month;
  auto [year, rest] = release.split('.');
  int64_t years = 0, months = 0;
  if (year.getAsInteger(10, years) ||
      rest.split('.').first.getAsInteger(10, months) || months < 1 ||
      months > 12 || years < 20 || years > 99)
    return 0;
  return (2000 + years) * 12 + months;
}

static constexpr int64_t month(int64_t year, int64_t number) {
  return year * 12 + number;
}

/// Runs that follow NVIDIA's recipes.
static bool followsRecipe(const MeasuredRun &run) {
  StringRef id = run.id;
  return id.starts_with("bridge-") || id.starts_with("card-") ||
         id.starts_with("zoo-");
}

/// The settings of recipes that a row leaves out; a scope of graphs is left out
/// where it is the whole step.
static void applySettings(MeasuredRun &run, bool sparse, int64_t release) {
  cost::RecipeSettings settings = cost::recipeSettings(
      {run.gpu, publishedFormat(run.precision), sparse,
       StringRef(run.routing).contains("natural"), release});
  if (!run.tensorOverlap && followsRecipe(run))
    run.tensorOverlap = settings.tensorOverlap;
  if (run.cudaGraph.empty()) {
    switch (settings.graphs) {
    case cost::GraphScope::None:
      run.cudaGraph = "none";
      break;
    case cost::GraphScope::Parts:
      run.cudaGraph = "attn+moe_router+moe_preprocess";
      break;
    case cost::GraphScope::Step:
      run.cudaGraph = "full-iteration";
      if (!run.expertOverlap)
        run.expertOverlap = settings.expertOverlap;
      break;
    }
  }
  if (run.dispatcher.empty())
    run.dispatcher = settings.dispatcher == cost::TokenDispatcher::HybridEP
                         ? "hybridep"
                         : "alltoall";
}

/// Recipes sum gradients in bf16 (grad_reduce_in_fp32 = False); those of
/// DeepSeek models keep moments in bf16.
static void applyFormats(MeasuredRun &run) {
  if (run.gradientFormat.empty() && followsRecipe(run))
    run.gradientFormat = "bf16";
  bool deepSeek = StringRef(run.model).starts_with("DeepSeek");
  if (run.optimizerFormat.empty() && deepSeek && run.kind == "train_throughput")
    run.optimizerFormat = "bf16 moments";
}

/// Racks with graphs of whole steps need to compute nothing again, but for
/// DeepSeek models on GB200.
static void applyRecompute(MeasuredRun &run) {
  if (!run.recompute.empty())
    return;
  StringRef model = run.model, gpu = run.gpu;
  bool stepGraph = StringRef(run.cudaGraph).starts_with("full");
  if (model.starts_with("DeepSeek") && !(stepGraph && gpu == "GB300"))
    run.recompute = gpu == "H100" ? "mla_up_proj+mlp" : "mla_up_proj";
  else if (model.starts_with("GPT-OSS") && !stepGraph)
    run.recompute = "layernorm+moe_act";
}

void mlir::moe::applyRecipeDefaults(MeasuredRun &run,
                                    const MeasuredModel &model) {
  int64_t release = releaseMonth(run.release);
  for (int64_t *degree :
       {&run.tp, &run.cp, &run.pp, &run.ep, &run.etp, &run.microBatch})
    *degree = std::max<int64_t>(*degree, 1);
  // The runs of arXiv 2504.14960 interleave layer by layer.
  if (run.vpp == 0)
    run.vpp = release == month(2025, 4) && model.layers % run.pp == 0
                  ? std::max<int64_t>(model.layers / run.pp, 1)
                  : 1;
  if (run.pp == 1)
    run.vpp = 1;
  applySettings(run, model.denseLayers < model.layers, release);
  applyFormats(run);
  applyRecompute(run);
}
