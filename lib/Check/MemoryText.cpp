//===- MemoryText.cpp - Memory of a stage, for readers --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MemoryText.h"

#include "Amounts.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;
using cost::Count;

static constexpr MemoryKind kinds[] = {
    {"weights", "weights", &cost::StageMemory::weights, true},
    {"gradients", "gradients", &cost::StageMemory::gradients, true},
    {"optimizer_states", "optimizer states", &cost::StageMemory::optimizer,
     true},
    {"activations", "activations", &cost::StageMemory::activations, false},
    {"kv_cache", "KV cache", &cost::StageMemory::keyValueCache, true},
    {"buffers", "buffers", &cost::StageMemory::buffers, false},
    {"workspaces", "workspaces", &cost::StageMemory::workspaces, false},
};

llvm::ArrayRef<MemoryKind> moe::memoryKinds() { return kinds; }

size_t moe::largestStage(const cost::Estimate &estimate) {
  const auto *largest =
      llvm::max_element(estimate.stages, [](const auto &a, const auto &b) {
        return *a.memory.device() < *b.memory.device();
      });
  return static_cast<size_t>(largest - estimate.stages.begin());
}

std::string moe::describeMemory(const cost::StageMemory &memory,
                                bool withReserve) {
  std::vector<std::pair<int64_t, llvm::StringRef>> parts;
  for (const MemoryKind &kind : kinds)
    parts.emplace_back((memory.*kind.bytes).valueOr(0), kind.name);
  if (withReserve)
    parts.emplace_back(memory.reserve.valueOr(0), "reserve");
  llvm::stable_sort(
      parts, [](const auto &a, const auto &b) { return a.first > b.first; });
  std::string text;
  for (const auto &[size, name] : parts)
    if (size > 0)
      text += (text.empty() ? "" : " + ") + name.str() + " " + bytes(size);
  return text;
}

/// "21 experts x 24 layers x 268.4 MB / etp 2".
static std::string describeExperts(const PlanCost &cost,
                                   const cost::LayerShape &layer,
                                   int64_t layers) {
  const cost::Job &job = cost.job();
  Count expert = job.model.matrices * job.model.hidden * layer.expertWidth;
  std::string text = counted(*layer.slotsPerRank, "expert") + " x " +
                     counted(layers, "layer") + " x " +
                     bytes(cost.weightBytes(expert));
  if (job.degrees.etp > 1)
    text += " / etp " + llvm::itostr(job.degrees.etp);
  return text;
}

std::string moe::describePart(const PlanCost &cost, ModelPart part,
                              size_t stage) {
  const cost::Job &job = cost.job();
  std::string text;
  if (part == ModelPart::Experts) {
    int64_t layers = 0, runs = 0;
    const cost::LayerShape *sparse = nullptr;
    for (const cost::LayerShape &run : job.model.runs) {
      int64_t held = 0;
      for (const auto &chunk : job.stages[stage].chunks)
        held += std::max<int64_t>(0, std::min(chunk.second, run.end) -
                                         std::max(chunk.first, run.begin));
      if (!run.sparse || held == 0)
        continue;
      layers += held;
      sparse = &run;
      ++runs;
    }
    if (runs == 1)
      text = describeExperts(cost, *sparse, layers);
  } else if (part == ModelPart::Embedding) {
    text = "vocabulary " + llvm::itostr(*(job.vocabShare() * job.degrees.tp)) +
           " x hidden " + llvm::itostr(*job.model.hidden);
    if (job.degrees.tp > 1)
      text += " / tp " + llvm::itostr(job.degrees.tp);
  }
  if (text.empty())
    text = shortCount(cost.stages()[stage][part].parameters) + " parameters";
  double each = static_cast<double>(*cost.weightBytes(1000)) / 1000;
  if (part != ModelPart::Experts)
    text += " x " + amount(each, "B");
  if (cost.stages().size() > 1)
    text += " on stage " + llvm::itostr(static_cast<int64_t>(stage));
  return text;
}
