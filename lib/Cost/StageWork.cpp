//===- StageWork.cpp - What one pipeline stage does ----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Cost/StageWork.h"

#include "BlockTime.h"
#include "llvm/Support/ErrorHandling.h"
#include <tuple>

using namespace mlir::moe::cost;

bool mlir::moe::cost::operator==(const Traffic &a, const Traffic &b) {
  return a.count == b.count && a.sent == b.sent && a.network == b.network &&
         a.picoseconds == b.picoseconds;
}

/// Everything but the traffic.
template <typename Part>
static auto sumsOf(Part &part) {
  return std::tie(part.gemmFlops, part.coreFlops, part.scores, part.keptBytes,
                  part.transientBytes, part.forwardPs, part.backwardPs,
                  part.weightPs, part.tensorProductPs, part.hostPs);
}
bool mlir::moe::cost::operator==(const PartWork &a, const PartWork &b) {
  return sumsOf(a) == sumsOf(b) && a.traffic == b.traffic &&
         a.repeated == b.repeated;
}

void PartWork::clear() {
  std::apply([](auto &...sums) { ((sums = 0), ...); }, sumsOf(*this));
  for (; usedSlots != 0; usedSlots &= usedSlots - 1) {
    int slot = llvm::countr_zero(usedSlots);
    traffic[slot] = repeated[slot] = Traffic();
  }
}

bool mlir::moe::cost::operator==(const StageWork &a, const StageWork &b) {
  return a.denseWeights == b.denseWeights &&
         a.expertWeights == b.expertWeights && a.chunks == b.chunks &&
         a.embedding == b.embedding && a.mtp == b.mtp && a.output == b.output &&
         a.gradients == b.gradients;
}

/// Whether ranks of tensor parallelism split the products of a block and meet
/// before and behind it.
static bool meetsBeforeAndBehind(BlockKind kind) {
  switch (kind) {
  case BlockKind::KeyValue:
  case BlockKind::QueryKeyValue:
  case BlockKind::Attention:
  case BlockKind::AttentionOutput:
  case BlockKind::FeedForward:
  case BlockKind::SharedExperts:
    return true;
  case BlockKind::Embedding:
  case BlockKind::Router:
  case BlockKind::Experts:
  case BlockKind::MultiTokenPrediction:
  case BlockKind::Output:
    return false;
  }
  llvm_unreachable("unknown block");
}

void PartWork::add(BlockKind kind, const BlockWork &work, const Job &job,
                   const Calibration &calibration) {
  BlockTime time = timeOf(kind, work, job, calibration);
  gemmFlops += work.gemmFlops;
  coreFlops += work.coreFlops;
  scores += work.scores;
  keptBytes += work.keptBytes;
  transientBytes = max(transientBytes, work.transientBytes);
  forwardPs += time.forward;
  backwardPs += time.backward;
  weightPs += time.weights;
  if (meetsBeforeAndBehind(kind))
    tensorProductPs += time.weights;
  hostPs += time.host;
}

static void addTransfer(Traffic &sum, const Transfer &transfer) {
  ++sum.count;
  sum.sent += transfer.sent;
  sum.network += transfer.network;
  sum.picoseconds += transfer.picoseconds;
}

void PartWork::add(const Transfer &transfer, bool isRepeated) {
  addTransfer(at(transfer.axis, transfer.kind), transfer);
  if (isRepeated)
    addTransfer(repeatedAt(transfer.axis, transfer.kind), transfer);
}

static void addTraffic(Traffic &to, const Traffic &from, int64_t times) {
  to.count += from.count * times;
  to.sent += from.sent * times;
  to.network += from.network * times;
  to.picoseconds += from.picoseconds * times;
}

void PartWork::add(const PartWork &other, int64_t times) {
  if (times == 0)
    return;
  gemmFlops += other.gemmFlops * times;
  coreFlops += other.coreFlops * times;
  scores += other.scores * times;
  keptBytes += other.keptBytes * times;
  transientBytes = max(transientBytes, other.transientBytes);
  forwardPs += other.forwardPs * times;
  backwardPs += other.backwardPs * times;
  weightPs += other.weightPs * times;
  tensorProductPs += other.tensorProductPs * times;
  hostPs += other.hostPs * times;
  other.forEachTraffic([&](Axis axis, Collective kind, const Traffic &from) {
    addTraffic(at(axis, kind), from, times);
    addTraffic(repeatedAt(axis, kind), other.repeatedAt(axis, kind), times);
  });
}

void StageWork::addWeights(BlockKind kind, Count weights) {
  (kind == BlockKind::Experts ? expertWeights : denseWeights) += weights;
}
