//===- EstimateParts.cpp - What an estimate is made up of -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EstimateParts.h"

using namespace mlir::moe;

llvm::ArrayRef<MemoryPart> mlir::moe::memoryParts() {
  using cost::StageMemory;
  static constexpr MemoryPart parts[] = {
      {"weights", "weights", "weights_bytes", &StageMemory::weights},
      {"gradients", "gradients", "gradients_bytes", &StageMemory::gradients},
      {"optimizer states", "optimizer", "optimizer_bytes",
       &StageMemory::optimizer},
      {"activations", "activations", "activations_bytes",
       &StageMemory::activations},
      {"buffers", "buffers", "buffers_bytes", &StageMemory::buffers},
      {"workspaces", "workspaces", "workspaces_bytes",
       &StageMemory::workspaces},
      {"KV cache", "KV cache", "kv_cache_bytes", &StageMemory::keyValueCache},
      {"reserve", "reserve", "reserve_bytes", &StageMemory::reserve}};
  return parts;
}

llvm::ArrayRef<TimePart> mlir::moe::timeParts() {
  using cost::StepTime;
  static constexpr TimePart parts[] = {
      {"computation", "compute_s", &StepTime::compute},
      {"exchange of tokens", "expert_traffic_s", &StepTime::expertTraffic},
      {"tensor-parallel traffic", "tensor_traffic_s", &StepTime::tensorTraffic},
      {"other traffic", "other_traffic_s", &StepTime::otherTraffic},
      {"waiting for the host", "host_s", &StepTime::host},
      {"pipeline bubble", "bubble_s", &StepTime::bubble},
      {"gradient reduction", "gradients_s", &StepTime::gradients},
      {"optimizer", "optimizer_s", &StepTime::optimizer},
      {"once a step", "fixed_s", &StepTime::fixed}};
  return parts;
}

ErrorBar mlir::moe::errorBarOf(const cost::Estimate &estimate) {
  return {estimate.errorLow, estimate.errorHigh};
}

int64_t mlir::moe::countLayers(const cost::StageShape &stage) {
  int64_t layers = 0;
  for (auto [begin, end] : stage.chunks)
    layers += end - begin;
  return layers;
}
