//===- FrameworkJob.cpp - A job as frameworks see one ---------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FrameworkJob.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace mlir::moe {

static constexpr StringLiteral refusal = " cannot express this plan: ";

FrameworkLines cannotExpress(StringRef framework, const Twine &why) {
  return {("# " + framework + refusal + why).str()};
}

bool isExpressed(const FrameworkLines &lines) {
  return !StringRef(lines.front()).contains(refusal);
}

std::string listOf(ArrayRef<int32_t> values) {
  return "[" +
         join(map_range(values, [](int32_t v) { return std::to_string(v); }),
              ", ") +
         "]";
}

FrameworkJob::FrameworkJob(const JobView &view)
    : view(view), tp(sizeOf("attention", "tp")), cp(sizeOf("attention", "cp")),
      dp(sizeOf("attention", "dp")), pp(sizeOf("attention", "pp")),
      etp(sizeOf("expert", "etp")), ep(sizeOf("expert", "ep")),
      edp(sizeOf("expert", "edp")) {}

const JobAxis *FrameworkJob::find(StringRef mesh, StringRef axis) const {
  for (const JobMesh &m : view.meshes)
    if (m.name == mesh)
      for (const JobAxis &a : m.axes)
        if (a.name == axis)
          return &a;
  return nullptr;
}

int64_t FrameworkJob::sizeOf(StringRef mesh, StringRef axis) const {
  const JobAxis *found = find(mesh, axis);
  return found ? found->size : 1;
}

bool FrameworkJob::isOrder(StringRef mesh, ArrayRef<StringRef> axes) const {
  int64_t stride = 1;
  for (StringRef name : axes) {
    const JobAxis *axis = find(mesh, name);
    if (!axis || axis->size == 1)
      continue;
    if (axis->stride != stride)
      return false;
    stride *= axis->size;
  }
  return true;
}

int64_t FrameworkJob::slots() const {
  int64_t slots = 0;
  for (const JobPlacement &p : view.placements) {
    int64_t own = p.ranks * p.slotsPerRank;
    if (slots != 0 && own != slots)
      return -1;
    slots = own;
  }
  return slots;
}

bool FrameworkJob::hasEmptySlot() const {
  return any_of(view.placements, [](const JobPlacement &p) {
    return is_contained(p.slots, -1);
  });
}

static ExpertOrder orderOf(const JobPlacement &p) {
  auto numSlots = static_cast<int64_t>(p.slots.size());
  bool byNumber = true, roundRobin = numSlots == p.experts;
  for (int64_t slot = 0; slot < numSlots; ++slot) {
    byNumber &= p.slots[slot] == slot % p.experts;
    int64_t rank = slot / p.slotsPerRank, local = slot % p.slotsPerRank;
    roundRobin &= p.slots[slot] == local * p.ranks + rank;
  }
  return byNumber     ? ExpertOrder::ByNumber
         : roundRobin ? ExpertOrder::RoundRobin
                      : ExpertOrder::Other;
}

ExpertOrder FrameworkJob::expertOrder() const {
  if (view.placements.empty())
    return ExpertOrder::ByNumber;
  ExpertOrder first = orderOf(view.placements.front());
  return all_of(view.placements,
                [&](const JobPlacement &p) { return orderOf(p) == first; })
             ? first
             : ExpertOrder::Other;
}

const JobPlacement *FrameworkJob::placementOf(int64_t layer) const {
  auto found = find_if(view.placements, [&](const JobPlacement &p) {
    return p.layers.first <= layer && layer < p.layers.second;
  });
  return found == view.placements.end() ? nullptr : &*found;
}

int64_t FrameworkJob::numLayers() const {
  int64_t layers = 0;
  for (const JobStage &stage : view.stages)
    for (auto [begin, end] : stage.layers)
      layers = std::max(layers, end);
  return layers;
}

std::vector<int32_t> FrameworkJob::stageLayers() const {
  std::vector<int32_t> counts;
  int64_t next = 0;
  for (const JobStage &stage : view.stages) {
    if (stage.layers.size() != 1 || stage.layers[0].first != next)
      return {};
    next = stage.layers[0].second;
    counts.push_back(static_cast<int32_t>(next - stage.layers[0].first));
  }
  return counts;
}

size_t FrameworkJob::numChunks() const {
  return view.stages.empty() ? 1 : view.stages.front().layers.size();
}

int64_t FrameworkJob::chunkLayers() const {
  int64_t next = 0, each = 0;
  for (size_t chunk = 0; chunk < numChunks(); ++chunk)
    for (const JobStage &stage : view.stages) {
      if (stage.layers.size() != numChunks() || stage.mtpLayers > 0)
        return 0;
      auto [begin, end] = stage.layers[chunk];
      if (begin != next || (each != 0 && end - begin != each))
        return 0;
      next = end;
      each = end - begin;
    }
  return each;
}

bool FrameworkJob::hasEvenStages() const {
  return pp == 1 || (numChunks() == 1 && chunkLayers() > 0);
}

} // namespace mlir::moe
