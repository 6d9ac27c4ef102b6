//===- Job.cpp - What the cost of a plan depends on ----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Cost/Job.h"
#include "llvm/Support/ErrorHandling.h"

using namespace mlir::moe::cost;

int64_t mlir::moe::cost::bitsOf(NumberFormat format) {
  switch (format) {
  case NumberFormat::FP32:
    return 32;
  case NumberFormat::FP16:
  case NumberFormat::BF16:
    return 16;
  case NumberFormat::FP8:
  case NumberFormat::MXFP8:
    return 8;
  case NumberFormat::NVFP4:
    return 4;
  }
  llvm_unreachable("unknown number format");
}

Count mlir::moe::cost::storedBytes(Count numbers, NumberFormat format) {
  Count bytes = numbers * bitsOf(format) / 8;
  if (format == NumberFormat::MXFP8)
    return bytes + numbers / 32;
  if (format == NumberFormat::NVFP4)
    return bytes + numbers / 16;
  return bytes;
}

bool mlir::moe::cost::isQuantised(NumberFormat format) {
  return bitsOf(format) <= 8;
}

llvm::StringRef mlir::moe::cost::nameOf(Axis axis) {
  static constexpr llvm::StringLiteral names[numAxes] = {
      "tp", "cp", "pp", "dp", "ep", "etp", "edp"};
  return names[static_cast<unsigned>(axis)];
}

void mlir::moe::cost::joinMirroredGroups(Degrees &degrees) {
  if (degrees.schedule != PipelineSchedule::DualPipe || degrees.pp == 1)
    return;
  bool near = degrees.group(Axis::Pipeline).isLocal();
  for (Axis axis : {Axis::Data, Axis::ExpertData}) {
    Group &group = degrees.groups[static_cast<unsigned>(axis)];
    group.size = (Count(group.size) * 2).valueOr(group.size);
    group.local *= near ? 2 : 1;
  }
  // No axis inside one stage has these ranks.
  Axis &experts = degrees.sameRanks[static_cast<unsigned>(Axis::ExpertData)];
  bool same = experts == degrees.sameRanks[static_cast<unsigned>(Axis::Data)];
  experts = same ? Axis::Data : Axis::ExpertData;
  degrees.sameRanks[static_cast<unsigned>(Axis::Data)] = Axis::Data;
}

/// Of the groups inside one stage.
static void setOwnSizes(Degrees &degrees) {
  const std::pair<Axis, Count> sizes[] = {
      {Axis::Tensor, degrees.tp},
      {Axis::Context, degrees.cp},
      {Axis::Pipeline, degrees.pp},
      {Axis::Data, Count(degrees.dp) * degrees.cp},
      {Axis::Expert, degrees.ep},
      {Axis::ExpertTensor, degrees.etp},
      {Axis::ExpertData, degrees.edp}};
  for (const auto &[axis, size] : sizes)
    degrees.groups[static_cast<unsigned>(axis)].size = size.valueOr(degrees.dp);
}

void mlir::moe::cost::setGroupSizes(Degrees &degrees) {
  setOwnSizes(degrees);
  joinMirroredGroups(degrees);
}

void mlir::moe::cost::placeGroups(Degrees &degrees, int64_t domain) {
  setOwnSizes(degrees);
  const std::pair<Axis, int64_t> strides[] = {
      {Axis::Tensor, 1},
      {Axis::Context, degrees.tp},
      {Axis::Data, degrees.tp},
      {Axis::Pipeline, degrees.tp * degrees.cp * degrees.dp},
      {Axis::ExpertTensor, 1},
      {Axis::Expert, degrees.etp},
      {Axis::ExpertData, degrees.etp * degrees.ep}};
  for (const auto &[axis, stride] : strides) {
    Group &group = degrees.groups[static_cast<unsigned>(axis)];
    group.local = std::min(group.size, std::max<int64_t>(domain / stride, 1));
  }
  joinMirroredGroups(degrees);
}

bool Workload::fusesExperts() const {
  constexpr int64_t firstMonth = 2026 * 12 + 6;
  bool blockScales =
      precision == NumberFormat::MXFP8 || precision == NumberFormat::NVFP4;
  return graphs == GraphScope::Step && blockScales &&
         (softwareMonth == 0 || softwareMonth >= firstMonth);
}

int64_t mlir::moe::cost::alignedDomain(int64_t domain, int64_t node,
                                       int64_t world) {
  if (world <= domain)
    return world;
  for (int64_t ranks = domain / node * node; ranks > node; ranks -= node)
    if (world % ranks == 0)
      return ranks;
  return node;
}

int64_t Job::activationBytes() const {
  return workload.precision == NumberFormat::FP32 ? 4 : 2;
}

Count Job::cachedBytes(Count numbers) const {
  return workload.fp8Cache ? numbers : numbers * activationBytes();
}

Count Job::tokens() const {
  if (workload.phase == Phase::Decode)
    return workload.batch * (Count(1) + workload.draftTokens);
  Count sequences = isTraining() ? workload.microBatch : workload.batch;
  return sequences * workload.sequenceLength / degrees.cp;
}

Count Job::vocabShare() const {
  return model.vocab / (Count(model.vocabMultiple) * degrees.tp) *
         model.vocabMultiple;
}

Count Job::shardedTokens() const { return tokens() / degrees.tp; }

Count Job::context() const {
  return workload.phase == Phase::Decode ? workload.contextLength
                                         : workload.sequenceLength;
}

bool Job::exchangesHeads() const {
  return degrees.cp > 1 && workload.phase != Phase::Decode &&
         workload.contextExchange == ContextExchange::AllToAll;
}

int64_t Job::servedParts() const {
  return !isTraining() && workload.expertOverlap && degrees.ep > 1 ? 2 : 1;
}

Count Job::microBatches() const {
  if (!isTraining())
    return 1;
  return workload.globalBatch / (workload.microBatch * degrees.dp);
}

double Job::tokensPerPass() const {
  double tokens = 1, chance = 1;
  for (int64_t draft = 0; draft < workload.draftTokens && chance > 1e-12;
       ++draft) {
    chance *= workload.acceptance;
    tokens += chance;
  }
  return tokens;
}

int64_t Job::predictionLayers() const {
  int64_t layers = 0;
  for (const StageShape &stage : stages)
    layers += stage.mtpLayers;
  return layers;
}

bool Job::drafts() const {
  return workload.phase == Phase::Decode && workload.draftTokens > 0;
}

Job Job::laterDraft() const {
  Job draft;
  static_cast<ModelWidths &>(draft.model) = model;
  draft.degrees = degrees;
  draft.workload = workload;
  draft.workload.draftTokens = 0;
  draft.machine = machine;
  return draft;
}

int64_t Job::mirrorOf(int64_t stage) const {
  return degrees.schedule == PipelineSchedule::DualPipe
             ? static_cast<int64_t>(stages.size()) - 1 - stage
             : stage;
}
