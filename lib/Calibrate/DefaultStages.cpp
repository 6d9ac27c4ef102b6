//===- DefaultStages.cpp - Layouts that rows do not state -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Calibrate/RunJob.h"

using namespace mlir::moe;

/// Layers of every chunk, in the order of the model. With MTP or dense first
/// layers recipes fill chunks evenly and leave the rest, which is short, to the
/// last one beside the output (Megatron-Bridge, deepseek_v3.py); otherwise the
/// embedding and the output count as a layer each
/// (account_for_embedding_in_pipeline_split).
static std::vector<int64_t> chunkSizes(const MeasuredModel &model,
                                       int64_t chunks) {
  std::vector<int64_t> sizes(static_cast<size_t>(chunks));
  bool sparseAfterDense =
      model.denseLayers > 0 && model.denseLayers < model.layers;
  bool fillsUp = model.mtpLayers > 0 || sparseAfterDense;
  if (model.layers % chunks == 0 && model.mtpLayers == 0)
    fillsUp = true;
  int64_t total = model.layers + (fillsUp ? model.mtpLayers : 2);
  int64_t most = (total + chunks - 1) / chunks;
  int64_t left = model.layers;
  for (size_t index = 0; index < sizes.size(); ++index) {
    int64_t size = most;
    if (!fillsUp && index == 0 && chunks > 1)
      --size;
    sizes[index] = std::min(size, left);
    left -= sizes[index];
  }
  return sizes;
}

std::vector<cost::StageShape>
mlir::moe::defaultStages(const MeasuredModel &model, int64_t pp, int64_t vpp) {
  std::vector<cost::StageShape> stages(static_cast<size_t>(pp));
  int64_t begin = 0;
  std::vector<int64_t> sizes = chunkSizes(model, pp * vpp);
  for (size_t chunk = 0; chunk < sizes.size(); ++chunk) {
    stages[chunk % stages.size()].chunks.emplace_back(begin,
                                                      begin + sizes[chunk]);
    begin += sizes[chunk];
  }
  stages.front().embedding = true;
  stages.back().output = true;
  stages.back().mtpLayers = model.mtpLayers;
  return stages;
}
