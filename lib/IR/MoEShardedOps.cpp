//===- MoEShardedOps.cpp - Verifiers of the sharded level -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/IR/MoE.h"
#include "llvm/ADT/SmallBitVector.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::moe;

static FailureOr<shard::GridOp> lookupGrid(Operation *op,
                                           FlatSymbolRefAttr name,
                                           SymbolTableCollection &symbols) {
  auto grid = symbols.lookupNearestSymbolFrom<shard::GridOp>(op, name);
  if (!grid)
    return op->emitOpError() << "refers to unknown grid " << name;
  return grid;
}

// view-1: every dimension of the grid belongs to exactly one axis.
LogicalResult ViewOp::verifySymbolUses(SymbolTableCollection &symbols) {
  FailureOr<shard::GridOp> grid = lookupGrid(*this, getGridAttr(), symbols);
  if (failed(grid))
    return failure();
  int64_t rank = grid->getRank();
  llvm::SmallBitVector used(rank);
  for (DenseI16ArrayAttr dims : getAxes().getDims())
    for (int16_t dim : dims.asArrayRef()) {
      if (dim < 0 || dim >= rank)
        return emitOpError()
               << "names dimension " << dim << ", but " << getGridAttr()
               << " has " << rank << " dimensions [view-1]";
      if (used.test(dim))
        return emitOpError() << "uses dimension " << dim << " twice [view-1]";
      used.set(dim);
    }
  // Dimensions of size 1 join nothing and may stay unnamed.
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!used.test(dim) && grid->getShape()[dim] != 1)
      return emitOpError() << "leaves out dimension " << dim << " of "
                           << getGridAttr() << " [view-1]";
  return success();
}

//===----------------------------------------------------------------------===//
// Names of results
//===----------------------------------------------------------------------===//

void ComputeOp::getAsmResultNames(OpAsmSetValueNameFn set) {
  if (getNumResults() == 1)
    set(getResult(0), stringifyEnum(getKind()));
}
void RouteOp::getAsmResultNames(OpAsmSetValueNameFn set) {
  set(getRouting(), "routing");
}
void DispatchOp::getAsmResultNames(OpAsmSetValueNameFn set) {
  set(getResult(), "dispatched");
}
void CombineOp::getAsmResultNames(OpAsmSetValueNameFn set) {
  set(getResult(), "combined");
}

//===----------------------------------------------------------------------===//
// Work
//===----------------------------------------------------------------------===//

static cost::BlockWork workOf(std::optional<WorkAttr> attr) {
  if (attr)
    return attr->getWork();
  cost::BlockWork unknown;
  for (const cost::BlockField &field : cost::blockFields())
    unknown.*field.count = std::nullopt;
  return unknown;
}

cost::BlockKind ComputeOp::getBlockKind() {
  switch (getKind()) {
  case ComputeKind::Embedding:
    return cost::BlockKind::Embedding;
  case ComputeKind::KeyValue:
    return cost::BlockKind::KeyValue;
  case ComputeKind::QueryKeyValue:
    return cost::BlockKind::QueryKeyValue;
  case ComputeKind::Attention:
    return cost::BlockKind::Attention;
  case ComputeKind::AttentionOutput:
    return cost::BlockKind::AttentionOutput;
  case ComputeKind::FeedForward:
    return cost::BlockKind::FeedForward;
  case ComputeKind::SharedExperts:
    return cost::BlockKind::SharedExperts;
  case ComputeKind::Experts:
    return cost::BlockKind::Experts;
  case ComputeKind::MultiTokenPrediction:
    return cost::BlockKind::MultiTokenPrediction;
  case ComputeKind::Output:
    return cost::BlockKind::Output;
  }
  llvm_unreachable("unknown block");
}
cost::BlockWork ComputeOp::getBlockWork() { return workOf(getWork()); }

cost::BlockKind RouteOp::getBlockKind() { return cost::BlockKind::Router; }
cost::BlockWork RouteOp::getBlockWork() { return workOf(getWork()); }

//===----------------------------------------------------------------------===//
// Routing and exchange
//===----------------------------------------------------------------------===//

/// Whether two dimensions can be the same; an unknown one can be anything.
static bool mayEqual(int64_t a, int64_t b) {
  return ShapedType::isDynamic(a) || ShapedType::isDynamic(b) || a == b;
}

// route-1: one row per token, no more choices than experts.
LogicalResult RouteOp::verify() {
  auto tokens = cast<RankedTensorType>(getTokens().getType());
  auto routing = cast<RoutingType>(getRouting().getType());
  if (tokens.getRank() != 2 ||
      !mayEqual(tokens.getDimSize(0), routing.getTokens()))
    return emitOpError() << "expected one row of " << routing
                         << " per token of " << tokens << " [route-1]";
  if (getExperts() && !ShapedType::isDynamic(routing.getTopK()) &&
      routing.getTopK() > static_cast<int64_t>(*getExperts()))
    return emitOpError() << "chooses " << routing.getTopK() << " of "
                         << *getExperts() << " experts [route-1]";
  return success();
}

/// Size of the group that spans `dims` of the grid; dynamic when a dimension
/// is, or when it does not fit.
static int64_t groupSize(shard::GridOp grid, ArrayRef<int16_t> dims) {
  int64_t size = 1;
  for (int16_t dim : dims)
    if (ShapedType::isDynamic(grid.getShape()[dim]) ||
        llvm::MulOverflow(size, grid.getShape()[dim], size))
      return ShapedType::kDynamic;
  return size;
}

/// Fails unless `dims` name dimensions of the grid, each once.
template <typename OpT>
static LogicalResult verifyGridAxes(OpT op, shard::GridOp grid) {
  llvm::SmallBitVector used(grid.getRank());
  for (int16_t dim : op.getGridAxes()) {
    if (dim < 0 || dim >= grid.getRank())
      return op.emitOpError()
             << "names dimension " << dim << ", but " << op.getGridAttr()
             << " has " << grid.getRank() << " dimensions [dispatch-1]";
    if (used.test(dim))
      return op.emitOpError()
             << "uses dimension " << dim << " twice [dispatch-1]";
    used.set(dim);
  }
  return success();
}

/// Fails unless `local`, tokens x hidden, can be exchanged for `exchanged`,
/// group x rows x hidden.
template <typename OpT>
static LogicalResult verifyShapes(OpT op, Value local, Value exchanged,
                                  int64_t group) {
  auto localType = cast<RankedTensorType>(local.getType());
  auto exchangedType = cast<RankedTensorType>(exchanged.getType());
  if (localType.getRank() != 2 || exchangedType.getRank() != 3 ||
      !mayEqual(exchangedType.getDimSize(0), group) ||
      !mayEqual(exchangedType.getDimSize(2), localType.getDimSize(1))) {
    std::string ranks =
        ShapedType::isDynamic(group) ? "?" : std::to_string(group);
    return op.emitOpError()
           << "expected to exchange " << localType
           << " for (ranks of the group) x (rows) x (hidden), with " << ranks
           << " ranks; found " << exchangedType << " [dispatch-1]";
  }
  auto routing = cast<RoutingType>(op.getRouting().getType());
  if (!mayEqual(routing.getTokens(), localType.getDimSize(0)))
    return op.emitOpError() << "expected one row of " << routing
                            << " per token of " << localType << " [dispatch-1]";
  return success();
}

/// Fails unless the table of the placement, where it has one, has a row for
/// each rank of the group. The placement need not be verified yet.
template <typename OpT>
static LogicalResult verifyTableRows(OpT op, PlacementOp placement,
                                     int64_t group) {
  ElementsAttr table = placement.getTableAttr();
  auto type =
      table ? dyn_cast<RankedTensorType>(table.getType()) : RankedTensorType();
  if (!type || type.getRank() < 2)
    return success();
  int64_t rows = type.getDimSize(type.getRank() - 2);
  if (mayEqual(rows, group))
    return success();
  InFlightDiagnostic diag = op.emitOpError()
                            << "exchanges tokens between " << group
                            << " ranks, but " << op.getPlacementAttr()
                            << " has rows for " << rows << " [dispatch-2]";
  diag.attachNote(placement.getLoc()) << "placement declared here";
  return diag;
}

// dispatch-1 and dispatch-2, for both directions.
template <typename OpT>
static LogicalResult verifyExchange(OpT op, Value local, Value exchanged,
                                    SymbolTableCollection &symbols) {
  FailureOr<shard::GridOp> grid = lookupGrid(op, op.getGridAttr(), symbols);
  if (failed(grid) || failed(verifyGridAxes(op, *grid)) ||
      failed(verifyShapes(op, local, exchanged,
                          groupSize(*grid, op.getGridAxes()))))
    return failure();
  auto placement = dyn_cast_or_null<PlacementOp>(
      symbols.lookupNearestSymbolFrom(op, op.getPlacementAttr()));
  if (!placement)
    return op.emitOpError() << "refers to unknown placement "
                            << op.getPlacementAttr() << " [dispatch-2]";
  return verifyTableRows(op, placement, groupSize(*grid, op.getGridAxes()));
}

LogicalResult DispatchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifyExchange(*this, getInput(), getResult(), symbols);
}
LogicalResult CombineOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifyExchange(*this, getResult(), getInput(), symbols);
}
