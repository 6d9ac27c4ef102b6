//===- StageTransfers.cpp - Whether stage functions meet ------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StageTransfers.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "moe/IR/MoE.h"
#include "llvm/ADT/STLExtras.h"
#include <map>

using namespace mlir;
using namespace mlir::moe;

namespace {
/// Both ends of the transfers from one stage to another, in program order.
struct Link {
  SmallVector<Operation *> sends, receives;
};
/// By sender and receiver.
using Links = std::map<std::pair<int64_t, int64_t>, Link>;
} // namespace

/// The number of the stage that the function is the program of.
static std::optional<int64_t> stageOf(func::FuncOp function) {
  StringRef name = function.getSymName();
  int64_t index;
  if (!name.consume_front("stage") || name.getAsInteger(10, index))
    return std::nullopt;
  return index;
}

/// The pipeline rank at `position`, coordinates along the dimensions `dims`;
/// nothing when one is only known at run time.
static std::optional<int64_t> pipelineRank(shard::GridOp grid,
                                           ArrayRef<int16_t> dims,
                                           ArrayRef<int64_t> position) {
  int64_t rank = 0;
  for (auto [dim, coordinate] : llvm::zip(dims, position)) {
    if (ShapedType::isDynamic(coordinate))
      return std::nullopt;
    rank = rank * grid.getShape()[dim] + coordinate;
  }
  return rank;
}

/// Files the operation under the link it is an end of.
static LogicalResult addToLink(Operation *op, int64_t stage, shard::GridOp grid,
                               Links &links) {
  auto send = dyn_cast<shard::SendOp>(op);
  auto receive = dyn_cast<shard::RecvOp>(op);
  std::optional<int64_t> peer;
  if (send)
    peer = pipelineRank(grid, send.getGridAxes(), send.getDestination());
  else if (receive.getSource())
    peer = pipelineRank(grid, receive.getGridAxes(), *receive.getSource());
  if (!peer)
    return op->emitOpError("names its peer only at run time, expected the "
                           "coordinates of a stage");
  if (send)
    links[{stage, *peer}].sends.push_back(op);
  else
    links[{*peer, stage}].receives.push_back(op);
  return success();
}

/// Fails unless every send of the link has its receive.
static LogicalResult verifyLink(std::pair<int64_t, int64_t> stages,
                                const Link &link) {
  auto [from, to] = stages;
  size_t pairs = std::min(link.sends.size(), link.receives.size());
  if (link.sends.size() > pairs)
    return link.sends[pairs]->emitOpError()
           << "sends to stage " << to << ", which receives "
           << link.receives.size() << " times from stage " << from
           << ", expected " << link.sends.size();
  if (link.receives.size() > pairs)
    return link.receives[pairs]->emitOpError()
           << "waits for stage " << from << ", which sends "
           << link.sends.size() << " times to stage " << to << ", expected "
           << link.receives.size();
  for (auto [send, receive] : llvm::zip_equal(link.sends, link.receives)) {
    Type sent = send->getOperand(0).getType();
    Type received = receive->getResult(0).getType();
    if (sent == received)
      continue;
    InFlightDiagnostic diag = receive->emitOpError()
                              << "receives " << received << ", but stage "
                              << from << " sends " << sent;
    diag.attachNote(send->getLoc()) << "sent here";
    return diag;
  }
  return success();
}

/// Fails when the groups of a collective span pipeline stages.
static LogicalResult verifyWithinStage(CollectiveOpInterface op,
                                       ArrayRef<int16_t> pipelineDims) {
  for (int16_t dim : op.getGroupDims())
    if (llvm::is_contained(pipelineDims, dim))
      return op->emitOpError()
             << "spans dimension " << dim
             << ", along which stages run different functions";
  return success();
}

LogicalResult moe::verifyStageTransfers(ModuleOp module) {
  SmallVector<int16_t> pipelineDims;
  for (auto view : module.getOps<ViewOp>())
    llvm::append_range(pipelineDims,
                       view.getAxes().getDimsOf(AxisKind::Pipeline));
  auto grid = *module.getOps<shard::GridOp>().begin();
  Links links;
  for (auto function : module.getOps<func::FuncOp>()) {
    std::optional<int64_t> stage = stageOf(function);
    WalkResult walked = function.walk([&](CollectiveOpInterface op) {
      if (op.getCollectiveKind() != CollectiveKind::SendRecv)
        return WalkResult(verifyWithinStage(op, pipelineDims));
      if (stage)
        return WalkResult(addToLink(op, *stage, grid, links));
      op->emitOpError("stands in a function that is no stage");
      return WalkResult::interrupt();
    });
    if (walked.wasInterrupted())
      return failure();
  }
  for (const auto &[stages, link] : links)
    if (failed(verifyLink(stages, link)))
      return failure();
  return success();
}
