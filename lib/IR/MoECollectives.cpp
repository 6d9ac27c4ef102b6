//===- MoECollectives.cpp - CollectiveOpInterface -------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// What every collective sends. The factors are those of nccl-tests
// (doc/PERFORMANCE.md, "Bus bandwidth"): the bytes that leave one rank in a
// bandwidth-optimal algorithm, as a multiple of the bytes of the operand.

#include "moe/IR/MoE.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::moe;

/// Bytes of a value, sub-byte elements packed; nothing when its shape or the
/// width of its elements is unknown or the bits exceed 63 bits.
static std::optional<int64_t> bytesOf(Value value) {
  auto type = dyn_cast<ShapedType>(value.getType());
  if (!type || !type.hasStaticShape() || !type.getElementType().isIntOrFloat())
    return std::nullopt;
  int64_t bits = type.getElementTypeBitWidth();
  for (int64_t dim : type.getShape())
    if (llvm::MulOverflow(bits, dim, bits))
      return std::nullopt;
  return llvm::divideCeil(bits, 8);
}

/// `bytes` x `factor` x (n - 1) / n, rounded up.
static std::optional<int64_t> share(std::optional<int64_t> bytes,
                                    int64_t factor, int64_t groupSize) {
  int64_t scaled;
  if (!bytes || groupSize < 1 ||
      llvm::MulOverflow(groupSize - 1, factor, scaled) ||
      llvm::MulOverflow(*bytes, scaled, scaled))
    return std::nullopt;
  return scaled / groupSize + (scaled % groupSize != 0);
}

namespace {
/// `shard` operations whose cost is a share of their operand.
template <typename OpT, CollectiveKind Kind, int Factor>
struct OperandShare
    : CollectiveOpInterface::ExternalModel<OperandShare<OpT, Kind, Factor>,
                                           OpT> {
  CollectiveKind getCollectiveKind(Operation *) const { return Kind; }
  ArrayRef<int16_t> getGroupDims(Operation *op) const {
    return cast<OpT>(op).getGridAxes();
  }
  std::optional<int64_t> getSentBytes(Operation *op, int64_t groupSize) const {
    return share(bytesOf(op->getOperand(0)), Factor, groupSize);
  }
};

/// All-gather sends the operand to every other rank.
struct AllGather
    : CollectiveOpInterface::ExternalModel<AllGather, shard::AllGatherOp> {
  CollectiveKind getCollectiveKind(Operation *) const {
    return CollectiveKind::AllGather;
  }
  ArrayRef<int16_t> getGroupDims(Operation *op) const {
    return cast<shard::AllGatherOp>(op).getGridAxes();
  }
  std::optional<int64_t> getSentBytes(Operation *op, int64_t groupSize) const {
    std::optional<int64_t> bytes = bytesOf(op->getOperand(0));
    int64_t sent;
    if (!bytes || groupSize < 1 ||
        llvm::MulOverflow(*bytes, groupSize - 1, sent))
      return std::nullopt;
    return sent;
  }
};

/// One side of a pipeline transfer; the receiver sends nothing.
template <typename OpT, bool Sends>
struct PointToPoint
    : CollectiveOpInterface::ExternalModel<PointToPoint<OpT, Sends>, OpT> {
  CollectiveKind getCollectiveKind(Operation *) const {
    return CollectiveKind::SendRecv;
  }
  ArrayRef<int16_t> getGroupDims(Operation *op) const {
    return cast<OpT>(op).getGridAxes();
  }
  std::optional<int64_t> getSentBytes(Operation *op, int64_t groupSize) const {
    if (groupSize < 1)
      return std::nullopt;
    // Alone in its group a rank has no peer.
    if (!Sends || groupSize == 1)
      return 0;
    return bytesOf(op->getOperand(0));
  }
};
} // namespace

void MoEDialect::registerCollectives() {
  MLIRContext *ctx = getContext();
  shard::AllReduceOp::attachInterface<
      OperandShare<shard::AllReduceOp, CollectiveKind::AllReduce, 2>>(*ctx);
  shard::ReduceScatterOp::attachInterface<
      OperandShare<shard::ReduceScatterOp, CollectiveKind::ReduceScatter, 1>>(
      *ctx);
  shard::AllToAllOp::attachInterface<
      OperandShare<shard::AllToAllOp, CollectiveKind::AllToAll, 1>>(*ctx);
  shard::AllGatherOp::attachInterface<AllGather>(*ctx);
  shard::SendOp::attachInterface<PointToPoint<shard::SendOp, true>>(*ctx);
  shard::RecvOp::attachInterface<PointToPoint<shard::RecvOp, false>>(*ctx);
}

CollectiveKind DispatchOp::getCollectiveKind() {
  return CollectiveKind::AllToAll;
}
ArrayRef<int16_t> DispatchOp::getGroupDims() { return getGridAxes(); }
std::optional<int64_t> DispatchOp::getSentBytes(int64_t groupSize) {
  return share(bytesOf(getResult()), 1, groupSize);
}

CollectiveKind CombineOp::getCollectiveKind() {
  return CollectiveKind::AllToAll;
}
ArrayRef<int16_t> CombineOp::getGroupDims() { return getGridAxes(); }
std::optional<int64_t> CombineOp::getSentBytes(int64_t groupSize) {
  return share(bytesOf(getInput()), 1, groupSize);
}
