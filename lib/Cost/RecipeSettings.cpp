//===- RecipeSettings.cpp - What NVIDIA's recipes set ---------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Cost/RecipeSettings.h"

using namespace mlir::moe::cost;

static constexpr int64_t month(int64_t year, int64_t number) {
  return year * 12 + number;
}

static bool isBlackwell(llvm::StringRef gpu) {
  return gpu.starts_with("B") || gpu.starts_with("GB");
}

RecipeSettings mlir::moe::cost::recipeSettings(const RecipeQuestion &question) {
  llvm::StringRef gpu = question.gpu;
  int64_t softwareMonth = question.softwareMonth;
  RecipeSettings settings;
  // tp_comm_overlap of llama3_llm_pretrain.py; off in NVFP4.
  settings.tensorOverlap =
      !question.sparse && question.precision != NumberFormat::NVFP4;
  bool rack = gpu.starts_with("GB");
  if (softwareMonth >= (rack ? month(2025, 11) : month(2026, 2)))
    settings.dispatcher = TokenDispatcher::HybridEP;
  if (!isBlackwell(gpu) || softwareMonth < month(2025, 9))
    return settings;
  // From 2026-06 on MXFP8 runs whole steps as one graph, with the exchange
  // beside computation.
  bool wholeStep = softwareMonth >= month(2026, 6) &&
                   question.precision == NumberFormat::MXFP8 &&
                   !question.naturalRouting;
  settings.graphs = wholeStep ? GraphScope::Step : GraphScope::Parts;
  settings.expertOverlap = wholeStep;
  return settings;
}
