//===- StageBlocks.cpp - Blocks and collectives of a stage ----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Dims.h"
#include "StageBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace mlir::moe;

//===----------------------------------------------------------------------===//
// Collectives
//===----------------------------------------------------------------------===//

/// `type` with dimension `axis` replaced.
static RankedTensorType withDim(Type type, int64_t axis, int64_t size) {
  auto tensor = cast<RankedTensorType>(type);
  SmallVector<int64_t> shape(tensor.getShape());
  shape[axis] = size;
  return RankedTensorType::get(shape, tensor.getElementType());
}
static int64_t dimOf(Value value, int64_t axis) {
  return cast<RankedTensorType>(value.getType()).getDimSize(axis);
}

Value StageBuilder::gather(Value value, ArrayRef<int16_t> dims, int64_t axis,
                           Type type) {
  if (dims.empty())
    return value;
  ++numCollectives;
  if (!type)
    type = withDim(value.getType(), axis,
                   multiplyDim(dimOf(value, axis), groupSize(dims)));
  return shard::AllGatherOp::create(builder, loc, type, context.gridName, dims,
                                    value, APInt(64, axis));
}

Value StageBuilder::reduceScatter(Value value, ArrayRef<int16_t> dims,
                                  int64_t axis) {
  if (dims.empty())
    return value;
  ++numCollectives;
  Type type = withDim(value.getType(), axis,
                      divideDim(dimOf(value, axis), groupSize(dims)));
  return shard::ReduceScatterOp::create(builder, loc, type, context.gridName,
                                        dims, value, shard::ReductionKind::Sum,
                                        APInt(64, axis));
}

Value StageBuilder::allReduce(Value value, ArrayRef<int16_t> dims) {
  if (dims.empty())
    return value;
  ++numCollectives;
  return shard::AllReduceOp::create(builder, loc, value.getType(),
                                    context.gridName, dims, value,
                                    shard::ReductionKind::Sum);
}

Value StageBuilder::enterTensorParallel(Value tokens) {
  if (!sequenceParallel)
    return tokens;
  return gather(tokens, attentionDims(AxisKind::Tensor), 0);
}

Value StageBuilder::leaveTensorParallel(Value partial) {
  ArrayRef<int16_t> tp = attentionDims(AxisKind::Tensor);
  return sequenceParallel ? reduceScatter(partial, tp, 0)
                          : allReduce(partial, tp);
}

/// Index of pipeline rank `index` along the grid dimensions of `pp`.
static SmallVector<int64_t> pipelineIndex(int64_t index, ArrayRef<int16_t> dims,
                                          ArrayRef<int64_t> shape) {
  SmallVector<int64_t> position(dims.size());
  for (size_t i = dims.size(); i-- > 0;) {
    position[i] = index % shape[dims[i]];
    index /= shape[dims[i]];
  }
  return position;
}

Value StageBuilder::receive(Value buffer, int64_t from) {
  ++numCollectives;
  ArrayRef<int16_t> pp = attentionDims(AxisKind::Pipeline);
  SmallVector<int64_t> source = pipelineIndex(from, pp, context.grid.shape);
  return shard::RecvOp::create(builder, loc, buffer.getType(), context.gridName,
                               pp, buffer, builder.getDenseI64ArrayAttr(source),
                               ValueRange());
}

Value StageBuilder::send(Value tokens, int64_t to) {
  ++numCollectives;
  ArrayRef<int16_t> pp = attentionDims(AxisKind::Pipeline);
  SmallVector<int64_t> destination = pipelineIndex(to, pp, context.grid.shape);
  return shard::SendOp::create(builder, loc, tokens.getType(), context.gridName,
                               pp, tokens, destination, ValueRange());
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

void StageBuilder::account(ComputeKind kind, const BlockCost &cost) {
  std::optional<int64_t> &total =
      kind == ComputeKind::Experts ? expertWeights : denseWeights;
  int64_t sum;
  if (!total || !cost.weights || llvm::AddOverflow(*total, *cost.weights, sum))
    total = std::nullopt;
  else
    total = sum;
}

Value StageBuilder::compute(ComputeKind kind, std::optional<int64_t> layer,
                            ValueRange inputs, Type result, BlockCost cost) {
  account(kind, cost);
  auto attr = [&](std::optional<int64_t> value) {
    return value ? builder.getI64IntegerAttr(*value) : IntegerAttr();
  };
  return ComputeOp::create(builder, loc, TypeRange(result),
                           ComputeKindAttr::get(builder.getContext(), kind),
                           attr(layer), inputs, attr(cost.weights),
                           attr(cost.flops))
      .getResult(0);
}

/// Elements per token that context-parallel ranks exchange.
static std::optional<int64_t> keyValueWidth(const LayerRun &run, int64_t tp) {
  if (run.isLatentAttention() && run.qkRopeDim)
    return *run.kvLoraRank + *run.qkRopeDim;
  if (run.isLatentAttention() || !run.kvHeads || !run.headDim)
    return std::nullopt;
  return 2 * llvm::divideCeil(*run.kvHeads, tp) * *run.headDim;
}

Value StageBuilder::buildAttention(Value tokens, const LayerRun &run,
                                   int64_t layer) {
  const ModelFigures &model = context.plan.model;
  Value input = enterTensorParallel(tokens);
  BlockCost cost = attentionCost(model, run, share);
  SmallVector<Value> inputs = {input};
  ArrayRef<int16_t> cp = attentionDims(AxisKind::Context);
  if (!cp.empty()) {
    BlockCost keyValue = keyValueCost(model, run, share);
    auto type = RankedTensorType::get(
        {toDim(share.tokens), toDim(keyValueWidth(run, share.tp))}, element);
    Value own = compute(ComputeKind::KeyValue, layer, input, type, keyValue);
    inputs.push_back(gather(own, cp, 0));
    auto subtract = [](std::optional<int64_t> &a, std::optional<int64_t> b) {
      a = a && b ? std::optional<int64_t>(*a - *b) : std::nullopt;
    };
    subtract(cost.weights, keyValue.weights);
    subtract(cost.flops, keyValue.flops);
  }
  return leaveTensorParallel(compute(ComputeKind::Attention, layer, inputs,
                                     tokenType(/*sharded=*/false), cost));
}

Value StageBuilder::buildFeedForward(Value tokens, ComputeKind kind,
                                     int64_t layer, BlockCost cost) {
  return leaveTensorParallel(compute(kind, layer, enterTensorParallel(tokens),
                                     tokenType(/*sharded=*/false), cost));
}

/// Sends `local` to its experts and brings their sum back.
Value StageBuilder::buildRoutedExperts(Value local, const LayerRun &run,
                                       int64_t layer) {
  ArrayRef<int16_t> ep = expertDims(AxisKind::Expert);
  ArrayRef<int16_t> etp = expertDims(AxisKind::ExpertTensor);
  auto [placement, slots] = context.placements.lookup(run.name);
  int64_t localTokens = dimOf(local, 0);
  auto routingType =
      RoutingType::get(builder.getContext(), localTokens, toDim(run.topK));
  auto experts =
      run.experts ? builder.getI64IntegerAttr(*run.experts) : IntegerAttr();
  Value routing = RouteOp::create(builder, loc, routingType, local, experts);

  // Rows one rank sends to each rank of the group, rounded up.
  int64_t group = groupSize(ep);
  std::optional<int64_t> capacity = context.plan.workload.capacityPermille;
  int64_t rows = multiplyDim(multiplyDim(localTokens, toDim(run.topK)),
                             capacity.value_or(1000));
  if (!ShapedType::isDynamic(rows))
    rows = llvm::divideCeil(rows, group * 1000);
  auto exchanged = RankedTensorType::get(
      {group, rows, toDim(context.plan.model.hidden.value)}, element);
  numCollectives += 2;
  Value dispatched =
      DispatchOp::create(builder, loc, exchanged, local, routing,
                         context.gridName, ep, placement, !capacity);
  Value inputs = gather(dispatched, etp, 1);
  BlockCost cost = expertsCost(context.plan.model, run, share, slots,
                               toKnown(multiplyDim(group, dimOf(inputs, 1))));
  Value outputs =
      compute(ComputeKind::Experts, layer, inputs, inputs.getType(), cost);
  return CombineOp::create(builder, loc, local.getType(),
                           reduceScatter(outputs, etp, 1), routing,
                           context.gridName, ep, placement, !capacity);
}

Value StageBuilder::buildExperts(Value tokens, const LayerRun &run,
                                 int64_t layer) {
  ArrayRef<int16_t> tp = attentionDims(AxisKind::Tensor);
  // Without sequence parallelism every tensor-parallel rank has all tokens and
  // dispatches its own part of them.
  Value local = tokens;
  if (!sequenceParallel && !tp.empty())
    local = shard::AllSliceOp::create(builder, loc, tokenType(/*sharded=*/true),
                                      tokens, context.gridName, tp,
                                      /*sliceAxis=*/int64_t(0));
  Value combined = buildRoutedExperts(local, run, layer);
  if (!sequenceParallel)
    combined = gather(combined, tp, 0, tokens.getType());
  if (run.sharedExperts == 0)
    return combined;
  Value shared = buildFeedForward(
      tokens, ComputeKind::SharedExperts, layer,
      feedForwardCost(context.plan.model, run.sharedWidth, share));
  return arith::AddFOp::create(builder, loc, combined, shared);
}

Value StageBuilder::buildLayer(Value tokens, const LayerRun &run,
                               int64_t layer) {
  Value attended = buildAttention(tokens, run, layer);
  if (run.sparse)
    return buildExperts(attended, run, layer);
  return buildFeedForward(
      attended, ComputeKind::FeedForward, layer,
      feedForwardCost(context.plan.model, run.ffnWidth, share));
}

/// A multi-token prediction layer: a projection and one more layer of the last
/// run of the model.
Value StageBuilder::buildMtp(Value tokens, int64_t layer) {
  Value projected =
      compute(ComputeKind::MultiTokenPrediction, layer, tokens,
              tokens.getType(), mtpCost(context.plan.model, share));
  return buildLayer(projected, context.plan.model.runs.back(), layer);
}

Value StageBuilder::buildEmbedding(Value ids) {
  return leaveTensorParallel(compute(ComputeKind::Embedding, std::nullopt, ids,
                                     tokenType(/*sharded=*/false),
                                     embeddingCost(context.plan.model, share)));
}

Value StageBuilder::buildOutput(Value tokens) {
  int64_t vocab = divideDim(toDim(context.plan.model.vocab.value), share.tp);
  auto logits = RankedTensorType::get({toDim(share.tokens), vocab}, element);
  return compute(ComputeKind::Output, std::nullopt, enterTensorParallel(tokens),
                 logits, outputCost(context.plan.model, share));
}
