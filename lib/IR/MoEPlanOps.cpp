//===- MoEPlanOps.cpp - Verifiers of the plan level -----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Only what would make the text of a plan meaningless is rejected here; wrong
// arithmetic is a finding of `--verify-balance`.

#include "SharedVerifiers.h"

#include "moe/IR/FieldLocation.h"
#include "moe/IR/WorkloadWords.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace mlir::moe;

// plan-1: each section occurs at most once.
template <typename... Sections>
static LogicalResult verifySections(PlanOp plan) {
  return success((succeeded(verifyAtMostOne<Sections>(plan, "plan-1")) && ...));
}

// plan-2: claims have distinct ids, policies and targets distinct metrics.
template <typename OpT>
static LogicalResult verifyDistinct(PlanOp plan, StringRef what,
                                    StringRef (OpT::*name)()) {
  llvm::StringMap<OpT> seen;
  for (OpT op : plan.getBody().getOps<OpT>()) {
    auto [first, isNew] = seen.try_emplace((op.*name)(), op);
    if (isNew)
      continue;
    InFlightDiagnostic diag = op.emitOpError("declares the ")
                              << what << " " << quoted(first->getKey())
                              << " for the second time [plan-2]";
    diag.attachNote(first->second->getLoc()) << "first declared here";
    return diag;
  }
  return success();
}

LogicalResult PlanOp::verifyRegions() {
  if (failed(
          verifyChildren<ClusterOp, ModelOp, WorkloadOp, ParallelismOp,
                         DistributionOp, PolicyOp, TargetOp, ClaimOp, StatedOp,
                         MeshOp, PipelineOp, LoadOp, PlacementOp>(*this)) ||
      failed(verifySections<ClusterOp, ModelOp, WorkloadOp, ParallelismOp,
                            DistributionOp, StatedOp, PipelineOp>(*this)) ||
      failed(verifyDistinct(*this, "metric", &PolicyOp::getMetric)) ||
      failed(verifyDistinct(*this, "metric", &TargetOp::getMetric)))
    return failure();
  return verifyDistinct(*this, "claim", &ClaimOp::getId);
}

//===----------------------------------------------------------------------===//
// Quantities
//===----------------------------------------------------------------------===//

/// Fails unless the quantity, if given, is of one of `dimensions`.
static LogicalResult verifyKind(Operation *op, StringRef key,
                                std::optional<QuantityAttr> attr,
                                ArrayRef<Dimension> dimensions) {
  if (!attr || llvm::is_contained(dimensions, attr->getQuantity().dimension()))
    return success();
  return op->emitOpError() << "expected '" << key << "' to be "
                           << describe(dimensions.front()) << " such as \""
                           << exampleOf(dimensions.front()) << "\", found \""
                           << attr->getText() << "\"";
}

/// The least size or rate that anything has; empty for other dimensions.
static StringRef leastOf(Dimension dimension) {
  switch (dimension) {
  case Dimension::Bytes:
    return "1 B";
  case Dimension::BytesPerSecond:
    return "1 B/s";
  case Dimension::FlopPerSecond:
    return "1 FLOP/s";
  default:
    return "";
  }
}

/// Fails unless the quantity, if given, is of one of `dimensions`, above 0 and,
/// for sizes and rates, at least one of their units.
static LogicalResult verifyPositive(Operation *op, StringRef key,
                                    std::optional<QuantityAttr> attr,
                                    ArrayRef<Dimension> dimensions) {
  if (failed(verifyKind(op, key, attr, dimensions)))
    return failure();
  if (!attr)
    return success();
  if (attr->getQuantity().number.digits <= 0)
    return op->emitOpError()
           << "expected '" << key << "' to be above 0, found \""
           << attr->getText() << "\"";
  StringRef least = leastOf(dimensions.front());
  if (least.empty() || attr->getQuantity().toSI() >= 1)
    return success();
  return emitError(fieldLoc(op, key))
         << "expected at least " << least << " for '" << key << "', found \""
         << attr->getText() << "\"";
}

/// Fails unless the number, if given, is above 0 and at most 1.
static LogicalResult verifyShare(Operation *op, StringRef key,
                                 std::optional<QuantityAttr> attr) {
  if (failed(verifyPositive(op, key, attr, {Dimension::Count})))
    return failure();
  if (!attr || attr->getQuantity().toSI() <= 1)
    return success();
  return emitError(fieldLoc(op, key))
         << "expected '" << key << "' to be at most 1, found \""
         << attr->getText() << "\"";
}

LogicalResult ClusterOp::verify() {
  auto verifyEach = [&](StringRef key, std::optional<QuantityAttr> attr,
                        ArrayRef<Dimension> dimensions) {
    return succeeded(verifyPositive(*this, key, attr, dimensions));
  };
  // Figures are per GPU with or without saying so.
  static constexpr Dimension size[] = {Dimension::Bytes,
                                       Dimension::BytesPerGpu};
  static constexpr Dimension rate[] = {Dimension::FlopPerSecond,
                                       Dimension::FlopPerSecondPerGpu};
  return success(
      verifyEach("gpu_memory", getGpuMemory(), size) &&
      verifyEach("peak_bf16", getPeakBf16(), rate) &&
      verifyEach("peak_fp8", getPeakFp8(), rate) &&
      verifyEach("memory_bandwidth", getMemoryBandwidth(),
                 Dimension::BytesPerSecond) &&
      verifyEach("intra_node", getIntraNode(), Dimension::BytesPerSecond) &&
      verifyEach("inter_node", getInterNode(), Dimension::BytesPerSecond) &&
      verifyEach("host_link", getHostLink(), Dimension::BytesPerSecond));
}

//===----------------------------------------------------------------------===//
// Words of the workload
//===----------------------------------------------------------------------===//

/// Fails unless each of `names` is one of `known`.
static LogicalResult verifyNames(WorkloadOp op, StringRef key,
                                 std::optional<ArrayAttr> names,
                                 ArrayRef<StringRef> known) {
  if (!names)
    return success();
  for (auto name : names->getAsRange<StringAttr>())
    if (!llvm::is_contained(known, name.getValue()))
      return emitError(fieldLoc(op, key))
             << "expected " << oneOf(known) << " for '" << key << "', found "
             << quoted(name.getValue()) << didYouMean(name.getValue(), known);
  return success();
}

/// Fails when a word that stands for everything is one of several.
static LogicalResult verifyAlone(WorkloadOp op, StringRef key,
                                 std::optional<ArrayAttr> names,
                                 ArrayRef<StringRef> all) {
  if (!names || names->size() < 2)
    return success();
  for (auto name : names->getAsRange<StringAttr>())
    if (llvm::is_contained(all, name.getValue()))
      return emitError(fieldLoc(op, key))
             << quoted(name.getValue()) << " in '" << key
             << "' stands for all of it, expected it alone, found "
             << names->size() << " words";
  return success();
}

static LogicalResult verifyFormat(WorkloadOp op, StringRef state,
                                  std::optional<Precision> format,
                                  ArrayRef<StringRef> known) {
  if (!format || llvm::is_contained(known, stringifyEnum(*format)))
    return success();
  return emitError(fieldLoc(op, "optimizer"))
         << "expected " << oneOf(known) << " for '" << state
         << "' of the optimizer, found " << quoted(stringifyEnum(*format));
}

static LogicalResult verifyCacheFormat(WorkloadOp op) {
  std::optional<Precision> format = op.getKvCache();
  if (!format || llvm::is_contained(cacheFormats, stringifyEnum(*format)))
    return success();
  return emitError(fieldLoc(op, "kv_cache"))
         << "expected " << oneOf(cacheFormats) << " for 'kv_cache', found "
         << quoted(stringifyEnum(*format));
}

static LogicalResult verifyOptimizer(WorkloadOp op, OptimizerAttr optimizer) {
  StringAttr name = optimizer.getName();
  if (name && !llvm::is_contained(optimizerNames, name.getValue()))
    return emitError(fieldLoc(op, "optimizer"))
           << "expected " << oneOf(optimizerNames)
           << " for 'name' of the optimizer, found " << quoted(name.getValue())
           << didYouMean(name.getValue(), optimizerNames);
  std::optional<QuantityAttr> offload;
  if (optimizer.getOffload())
    offload = optimizer.getOffload();
  return success(
      succeeded(verifyShare(op, "offload", offload)) &&
      succeeded(
          verifyFormat(op, "moments", optimizer.getMoments(), momentFormats)) &&
      succeeded(verifyFormat(op, "gradients", optimizer.getGradients(),
                             gradientFormats)) &&
      succeeded(
          verifyFormat(op, "master", optimizer.getMaster(), masterFormats)));
}

LogicalResult WorkloadOp::verify() {
  SmallVector<StringRef> recomputed;
  llvm::append_range(recomputed, recomputedParts);
  llvm::append_range(recomputed, recomputeWords);
  if (failed(verifyPositive(*this, "capacity_factor", getCapacityFactor(),
                            {Dimension::Count, Dimension::Ratio})) ||
      failed(verifyShare(*this, "acceptance", getAcceptance())) ||
      failed(verifyCacheFormat(*this)) ||
      failed(verifyNames(*this, "recompute", getRecompute(), recomputed)) ||
      failed(verifyAlone(*this, "recompute", getRecompute(), recomputeWords)) ||
      failed(verifyNames(*this, "cuda_graph", getCudaGraph(), graphScopes)) ||
      failed(verifyAlone(*this, "cuda_graph", getCudaGraph(), stepGraphScopes)))
    return failure();
  std::optional<OptimizerAttr> optimizer = getOptimizer();
  return optimizer ? verifyOptimizer(*this, *optimizer) : success();
}

LogicalResult StatedOp::verify() {
  return verifyKind(*this, "overlap", getOverlap(),
                    {Dimension::Ratio, Dimension::Count});
}

LogicalResult StatedOp::verifyRegions() {
  return verifyChildren<GroupsOp, ExpertCountsOp, CollectiveOp, StatedModuleOp>(
      *this);
}

LogicalResult CollectiveOp::verify() {
  return verifyKind(*this, "time", getTime(), Dimension::Seconds);
}

//===----------------------------------------------------------------------===//
// Parallelism and model
//===----------------------------------------------------------------------===//

LogicalResult ParallelismOp::verify() {
  std::optional<int64_t> dp = getDp();
  if (dp && *dp < 1 && *dp != kAuto)
    return emitOpError() << "expected 'dp' to be at least 1 or 'auto', found "
                         << *dp;
  // What passes call a pipeline of one stage is no order a plan can ask for.
  if (getSchedule() == Schedule::Sequential)
    return mlir::emitError(fieldLoc(*this, "schedule"))
           << "expected 'one_f_one_b', 'interleaved', 'zero_bubble' or "
              "'dualpipe' for 'schedule', found 'sequential'";
  return success();
}

LogicalResult ModelOp::verify() {
  return verifyKeyValues(*this, getKeysAttr(), getValuesAttr(), "keys",
                         "values");
}

LogicalResult ModelOp::verifyRegions() {
  return verifyChildren<LayersOp>(*this);
}

LogicalResult LayersOp::verify() {
  if (getEnd() < getBegin())
    return emitOpError() << "expected a range of layers, found " << getBegin()
                         << " to " << getEnd();
  return success();
}

// layers-1: each block once, at most one of `ffn` and `experts`, and a router
// only with experts.
LogicalResult LayersOp::verifyRegions() {
  if (failed(verifyChildren<AttentionOp, FfnOp, ExpertsOp, RouterOp>(*this)) ||
      failed(verifyAtMostOne<AttentionOp>(*this, "layers-1")) ||
      failed(verifyAtMostOne<FfnOp>(*this, "layers-1")) ||
      failed(verifyAtMostOne<ExpertsOp>(*this, "layers-1")) ||
      failed(verifyAtMostOne<RouterOp>(*this, "layers-1")))
    return failure();
  auto ffn = getBlock<FfnOp>();
  auto experts = getBlock<ExpertsOp>();
  auto router = getBlock<RouterOp>();
  if (ffn && experts) {
    InFlightDiagnostic diag = experts.emitOpError(
        "cannot share layers with a dense 'ffn' [layers-1]");
    diag.attachNote(ffn.getLoc()) << "dense block declared here";
    return diag;
  }
  if (router && !experts)
    return router.emitOpError("needs 'experts' to choose from [layers-1]");
  return success();
}
