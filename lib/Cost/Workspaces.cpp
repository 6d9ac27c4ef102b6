//===- Workspaces.cpp - What libraries hold all the time -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Workspaces.h"

#include "StageLayers.h"
#include "moe/Cost/StageWork.h"
#include "llvm/ADT/SmallVector.h"

using namespace mlir::moe::cost;

namespace {
/// Distinct shapes of matrices; few, so a list will do.
class MatrixShapes {
public:
  void add(Count rows, Count columns) {
    for (const auto &[knownRows, knownColumns] : shapes)
      if (knownRows == rows && knownColumns == columns)
        return;
    shapes.emplace_back(rows, columns);
  }
  Count numbers() const {
    Count sum = 0;
    for (const auto &[rows, columns] : shapes)
      sum += rows * columns;
    return sum;
  }

private:
  llvm::SmallVector<std::pair<Count, Count>, 16> shapes;
};
} // namespace

static void addAttention(MatrixShapes &shapes, const Job &job,
                         const LayerShape &layer) {
  Count hidden = job.model.hidden, heads = layer.heads / job.degrees.tp;
  if (!layer.latentAttention) {
    Count kvHeads = max(layer.kvHeads, job.degrees.tp) / job.degrees.tp;
    shapes.add((heads + Count(2) * kvHeads) * layer.headDim, hidden);
    return shapes.add(hidden, heads * layer.headDim);
  }
  Count query = heads * (layer.qkNopeDim + layer.qkRopeDim);
  if (layer.qLoraRank == Count(0)) {
    shapes.add(query, hidden);
  } else {
    shapes.add(layer.qLoraRank, hidden);
    shapes.add(query, layer.qLoraRank);
  }
  shapes.add(layer.kvLoraRank + layer.qkRopeDim, hidden);
  shapes.add(heads * (layer.qkNopeDim + layer.vHeadDim), layer.kvLoraRank);
  shapes.add(hidden, heads * layer.vHeadDim);
}

static void addNeurons(MatrixShapes &shapes, const Job &job, Count width,
                       int64_t ranks) {
  Count neurons = width / ranks;
  shapes.add((job.model.matrices - 1) * neurons, job.model.hidden);
  shapes.add(job.model.hidden, neurons);
}

Count mlir::moe::cost::gradientPlaceholders(const Job &job, int64_t stage) {
  MatrixShapes shapes;
  forEachRun(job, stage, [&](const LayerShape &layer, int64_t) {
    addAttention(shapes, job, layer);
    if (!layer.sparse)
      return addNeurons(shapes, job, layer.ffnWidth, job.degrees.tp);
    addNeurons(shapes, job, layer.expertWidth, job.degrees.etp);
    if (layer.sharedWidth != Count(0))
      addNeurons(shapes, job, layer.sharedWidth, job.degrees.tp);
  });
  const StageShape &shape = job.stages[stage];
  if (shape.mtpLayers > 0)
    shapes.add(job.model.hidden / job.degrees.tp, Count(2) * job.model.hidden);
  if (predictedHeads(job, shape) > 0)
    shapes.add(job.vocabShare(), job.model.hidden);
  return shapes.numbers() * job.activationBytes();
}

Count mlir::moe::cost::gemmWorkspaces(const Job &job, int64_t stage) {
  constexpr int64_t workspace = int64_t(32) << 20;
  bool sparse = false;
  forEachRun(job, stage,
             [&](const LayerShape &layer, int64_t) { sparse |= layer.sparse; });
  return workspace * (sparse ? 6 : 2);
}

/// DeepEP keeps rings of tokens for its peers (20 multiprocessors, two a
/// channel; chunks of 256 tokens over NVLink and 128 over the network in each
/// direction; get_nvl_buffer_size_hint and get_rdma_buffer_size_hint in
/// csrc/config.hpp). HybridEP holds what all ranks of the group may send, as
/// input and as output of the experts (HybridEPBuffer::allocate_buffer).
static Count dispatcherBuffers(const Job &job) {
  const Degrees &degrees = job.degrees;
  if (degrees.ep == 1)
    return 0;
  Count token = job.model.hidden * job.activationBytes();
  switch (job.workload.dispatcher) {
  case TokenDispatcher::AllToAll:
  case TokenDispatcher::AllGather:
    return 0;
  case TokenDispatcher::DeepEP: {
    constexpr int64_t channels = 10, nvlinkPeers = 8;
    Count bytes = token * channels * nvlinkPeers * 256;
    if (degrees.ep > nvlinkPeers)
      bytes += token * channels * (degrees.ep / nvlinkPeers) * 128 * 2;
    return bytes;
  }
  case TokenDispatcher::HybridEP:
    return job.shardedTokens() * degrees.ep * token * 2;
  }
  return std::nullopt;
}

Count mlir::moe::cost::outsideAllocator(const Job &job,
                                        const Calibration &calibration) {
  int64_t communicators = 0;
  for (unsigned index = 0; index < numAxes; ++index) {
    Axis axis = static_cast<Axis>(index);
    communicators +=
        job.degrees.group(axis).size > 1 && job.degrees.ownsRanks(axis);
  }
  Count libraries = static_cast<int64_t>(
      calibration.contextBytes +
      calibration.communicatorBytes * static_cast<double>(communicators));
  return libraries + dispatcherBuffers(job);
}
