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

template <typename OpT>
Value StageBuilder::communicate(OpT op, cost::Axis axis) {
  ++numCollectives;
  context.axes.name(op, axis);
  return op.getResult();
}

Value StageBuilder::gather(Value value, cost::Axis axis, int64_t dim,
                           Type type) {
  ArrayRef<int16_t> dims = context.axes.dims(axis);
  if (dims.empty())
    return value;
  if (!type)
    type = withDim(value.getType(), dim,
                   multiplyDim(dimOf(value, dim), groupSize(axis)));
  return communicate(shard::AllGatherOp::create(builder, loc, type,
                                                context.gridName, dims, value,
                                                APInt(64, dim)),
                     axis);
}

Value StageBuilder::reduceScatter(Value value, cost::Axis axis, int64_t dim) {
  ArrayRef<int16_t> dims = context.axes.dims(axis);
  if (dims.empty())
    return value;
  Type type = withDim(value.getType(), dim,
                      divideDim(dimOf(value, dim), groupSize(axis)));
  return communicate(shard::ReduceScatterOp::create(
                         builder, loc, type, context.gridName, dims, value,
                         shard::ReductionKind::Sum, APInt(64, dim)),
                     axis);
}

Value StageBuilder::exchange(Value value, cost::Axis axis, int64_t splitDim,
                             int64_t concatDim) {
  int64_t ranks = groupSize(axis);
  Type split = withDim(value.getType(), splitDim,
                       divideDim(dimOf(value, splitDim), ranks));
  Type type =
      withDim(split, concatDim, multiplyDim(dimOf(value, concatDim), ranks));
  return communicate(
      shard::AllToAllOp::create(builder, loc, type, context.gridName,
                                context.axes.dims(axis), value,
                                APInt(64, splitDim), APInt(64, concatDim)),
      axis);
}

Value StageBuilder::allReduce(Value value, cost::Axis axis) {
  ArrayRef<int16_t> dims = context.axes.dims(axis);
  if (dims.empty())
    return value;
  return communicate(shard::AllReduceOp::create(builder, loc, value.getType(),
                                                context.gridName, dims, value,
                                                shard::ReductionKind::Sum),
                     axis);
}

Value StageBuilder::enterTensorParallel(Value tokens) {
  if (!sequenceParallel)
    return tokens;
  return gather(tokens, cost::Axis::Tensor, 0);
}

Value StageBuilder::leaveTensorParallel(Value partial) {
  return sequenceParallel ? reduceScatter(partial, cost::Axis::Tensor, 0)
                          : allReduce(partial, cost::Axis::Tensor);
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
  ArrayRef<int16_t> pp = context.axes.dims(cost::Axis::Pipeline);
  SmallVector<int64_t> source = pipelineIndex(from, pp, context.grid.shape);
  return shard::RecvOp::create(builder, loc, buffer.getType(), context.gridName,
                               pp, buffer, builder.getDenseI64ArrayAttr(source),
                               ValueRange());
}

Value StageBuilder::send(Value tokens, int64_t to) {
  ++numCollectives;
  ArrayRef<int16_t> pp = context.axes.dims(cost::Axis::Pipeline);
  SmallVector<int64_t> destination = pipelineIndex(to, pp, context.grid.shape);
  return shard::SendOp::create(builder, loc, tokens.getType(), context.gridName,
                               pp, tokens, destination, ValueRange());
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

WorkAttr StageBuilder::account(cost::BlockKind kind,
                               const cost::BlockWork &work) {
  // Output heads of a stage are the same.
  if (kind != cost::BlockKind::Output || !std::exchange(hasHead, true))
    parameters.addWeights(kind, work.weights);
  return WorkAttr::get(builder.getContext(), work);
}

Value StageBuilder::compute(ComputeKind kind, std::optional<int64_t> layer,
                            ValueRange inputs, Type result,
                            const cost::BlockWork &work) {
  auto op = ComputeOp::create(builder, loc, TypeRange(result),
                              ComputeKindAttr::get(builder.getContext(), kind),
                              layer ? builder.getI64IntegerAttr(*layer)
                                    : IntegerAttr(),
                              inputs, WorkAttr());
  op.setWorkAttr(account(op.getBlockKind(), work));
  return op.getResult(0);
}

/// Ranks exchange heads for tokens before attention, and back behind it.
Value StageBuilder::buildExchangedAttention(Value input,
                                            const cost::LayerShape &shape,
                                            int64_t layer) {
  const cost::Job &job = context.job;
  auto widthOf = [](cost::Count width) { return toDim(width.value()); };
  auto projectedType = RankedTensorType::get(
      {toDim(context.tokens), widthOf(cost::queryKeyValueWidth(job, shape))},
      element);
  Value projected = compute(ComputeKind::QueryKeyValue, layer, input,
                            projectedType, cost::queryKeyValueWork(job, shape));
  Value heads =
      exchange(projected, cost::Axis::Context, /*splitDim=*/1, /*concatDim=*/0);
  int64_t width = widthOf(cost::attentionResultWidth(job, shape));
  Type attendedType = withDim(heads.getType(), 1,
                              divideDim(width, groupSize(cost::Axis::Context)));
  Value attended = compute(ComputeKind::Attention, layer, heads, attendedType,
                           cost::attentionWork(job, shape));
  Value back =
      exchange(attended, cost::Axis::Context, /*splitDim=*/0, /*concatDim=*/1);
  return compute(ComputeKind::AttentionOutput, layer, back,
                 tokenType(/*sharded=*/false),
                 cost::attentionOutputWork(job, shape));
}

Value StageBuilder::buildAttention(Value tokens, const cost::LayerShape &shape,
                                   int64_t layer) {
  const cost::Job &job = context.job;
  Value input = enterTensorParallel(tokens);
  if (job.exchangesHeads())
    return leaveTensorParallel(buildExchangedAttention(input, shape, layer));
  SmallVector<Value> inputs = {input};
  if (!context.axes.dims(cost::Axis::Context).empty()) {
    auto width = cost::keyValueWidth(job, shape).value();
    auto type =
        RankedTensorType::get({toDim(context.tokens), toDim(width)}, element);
    Value own = compute(ComputeKind::KeyValue, layer, input, type,
                        cost::keyValueWork(job, shape));
    inputs.push_back(gather(own, cost::Axis::Context, 0));
  }
  return leaveTensorParallel(compute(ComputeKind::Attention, layer, inputs,
                                     tokenType(/*sharded=*/false),
                                     cost::attentionWork(job, shape)));
}

Value StageBuilder::buildFeedForward(Value tokens, ComputeKind kind,
                                     int64_t layer,
                                     const cost::BlockWork &work) {
  return leaveTensorParallel(compute(kind, layer, enterTensorParallel(tokens),
                                     tokenType(/*sharded=*/false), work));
}

/// Sends `local` to its experts and brings their sum back.
Value StageBuilder::buildRoutedExperts(Value local, const LayerRun &run,
                                       const cost::LayerShape &shape,
                                       int64_t layer) {
  const cost::Job &job = context.job;
  ArrayRef<int16_t> ep = context.axes.dims(cost::Axis::Expert);
  SymbolRefAttr placement = context.placements.lookup(run.name);
  auto routingType =
      RoutingType::get(builder.getContext(), dimOf(local, 0), toDim(run.topK));
  auto experts =
      run.experts ? builder.getI64IntegerAttr(*run.experts) : IntegerAttr();
  Value routing = RouteOp::create(
      builder, loc, routingType, local, experts,
      account(cost::BlockKind::Router, cost::routerWork(job, shape)));

  bool dropless = !context.plan.workload.capacityPermille;
  auto exchanged =
      RankedTensorType::get({groupSize(cost::Axis::Expert),
                             toDim(cost::exchangedRows(job, shape).value()),
                             toDim(context.plan.model.hidden.value)},
                            element);
  numCollectives += 2;
  Value dispatched =
      DispatchOp::create(builder, loc, exchanged, local, routing,
                         context.gridName, ep, placement, dropless);
  Value inputs = gather(dispatched, cost::Axis::ExpertTensor, 1);
  Value outputs = compute(ComputeKind::Experts, layer, inputs, inputs.getType(),
                          cost::expertsWork(job, shape));
  return CombineOp::create(builder, loc, local.getType(),
                           reduceScatter(outputs, cost::Axis::ExpertTensor, 1),
                           routing, context.gridName, ep, placement, dropless);
}

Value StageBuilder::buildExperts(Value tokens, const LayerRun &run,
                                 int64_t layer) {
  ArrayRef<int16_t> tp = context.axes.dims(cost::Axis::Tensor);
  // Without sequence parallelism every tensor-parallel rank has all tokens and
  // dispatches its own part of them.
  Value local = tokens;
  if (!sequenceParallel && !tp.empty())
    local = shard::AllSliceOp::create(builder, loc, tokenType(/*sharded=*/true),
                                      tokens, context.gridName, tp,
                                      /*sliceAxis=*/int64_t(0));
  const cost::LayerShape &shape = shapeOf(run);
  Value combined = buildRoutedExperts(local, run, shape, layer);
  if (!sequenceParallel)
    combined = gather(combined, cost::Axis::Tensor, 0, tokens.getType());
  if (run.sharedExperts == 0)
    return combined;
  Value shared = buildFeedForward(tokens, ComputeKind::SharedExperts, layer,
                                  cost::sharedExpertsWork(context.job, shape));
  return arith::AddFOp::create(builder, loc, combined, shared);
}

Value StageBuilder::buildLayer(Value tokens, const LayerRun &run,
                               int64_t layer) {
  Value attended = buildAttention(tokens, shapeOf(run), layer);
  if (run.sparse)
    return buildExperts(attended, run, layer);
  return buildFeedForward(attended, ComputeKind::FeedForward, layer,
                          cost::feedForwardWork(context.job, shapeOf(run)));
}

/// A multi-token prediction layer: a projection and one more layer of the last
/// run of the model.
Value StageBuilder::buildMtp(Value tokens, int64_t layer) {
  Value projected =
      compute(ComputeKind::MultiTokenPrediction, layer, tokens,
              tokenType(sequenceParallel), cost::mtpWork(context.job));
  return buildLayer(projected, context.plan.model.runs.back(), layer);
}

Value StageBuilder::buildEmbedding(Value ids) {
  return leaveTensorParallel(compute(ComputeKind::Embedding, std::nullopt, ids,
                                     tokenType(/*sharded=*/false),
                                     cost::embeddingWork(context.job)));
}

Value StageBuilder::buildOutput(Value tokens) {
  int64_t vocab = toDim(context.job.vocabShare().value());
  int64_t rows = toDim(cost::outputRows(context.job).value());
  auto logits = RankedTensorType::get({rows, vocab}, element);
  return compute(ComputeKind::Output, std::nullopt, enterTensorParallel(tokens),
                 logits, cost::outputWork(context.job));
}
