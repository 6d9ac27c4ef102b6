//===- MoECollectives.cpp - CollectiveOpInterface -------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// What every collective sends: the factors are those of moe/Cost/Transfer.h,
// the bytes those of the operand.

#include "moe/Cost/Transfer.h"
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

static std::optional<int64_t> sentBytes(cost::Collective kind, Value operand,
                                        int64_t groupSize) {
  return cost::sentBytes(kind, bytesOf(operand), groupSize).value();
}

namespace {
/// Collectives of the `shard` dialect that send a share of their operand.
template <typename OpT, CollectiveKind Kind, cost::Collective CostKind>
struct OperandShare
    : CollectiveOpInterface::ExternalModel<OperandShare<OpT, Kind, CostKind>,
                                           OpT> {
  CollectiveKind getCollectiveKind(Operation *) const { return Kind; }
  ArrayRef<int16_t> getGroupDims(Operation *op) const {
    return cast<OpT>(op).getGridAxes();
  }
  std::optional<int64_t> getSentBytes(Operation *op, int64_t groupSize) const {
    return sentBytes(CostKind, op->getOperand(0), groupSize);
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
      OperandShare<shard::AllReduceOp, CollectiveKind::AllReduce,
                   cost::Collective::AllReduce>>(*ctx);
  shard::ReduceScatterOp::attachInterface<
      OperandShare<shard::ReduceScatterOp, CollectiveKind::ReduceScatter,
                   cost::Collective::ReduceScatter>>(*ctx);
  shard::AllToAllOp::attachInterface<OperandShare<
      shard::AllToAllOp, CollectiveKind::AllToAll, cost::Collective::AllToAll>>(
      *ctx);
  shard::AllGatherOp::attachInterface<
      OperandShare<shard::AllGatherOp, CollectiveKind::AllGather,
                   cost::Collective::AllGather>>(*ctx);
  shard::SendOp::attachInterface<PointToPoint<shard::SendOp, true>>(*ctx);
  shard::RecvOp::attachInterface<PointToPoint<shard::RecvOp, false>>(*ctx);
}

CollectiveKind DispatchOp::getCollectiveKind() {
  return CollectiveKind::AllToAll;
}
ArrayRef<int16_t> DispatchOp::getGroupDims() { return getGridAxes(); }
std::optional<int64_t> DispatchOp::getSentBytes(int64_t groupSize) {
  return sentBytes(cost::Collective::AllToAll, getResult(), groupSize);
}

CollectiveKind CombineOp::getCollectiveKind() {
  return CollectiveKind::AllToAll;
}
ArrayRef<int16_t> CombineOp::getGroupDims() { return getGridAxes(); }
std::optional<int64_t> CombineOp::getSentBytes(int64_t groupSize) {
  return sentBytes(cost::Collective::AllToAll, getInput(), groupSize);
}
