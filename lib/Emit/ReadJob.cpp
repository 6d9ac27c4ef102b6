//===- ReadJob.cpp - What a launch runs, as plain figures -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ReadJob.h"

using namespace mlir;
using namespace mlir::moe;

static std::vector<std::string> wordsOf(std::optional<ArrayAttr> list) {
  std::vector<std::string> words;
  if (list)
    for (auto word : list->getAsRange<StringAttr>())
      words.push_back(word.str());
  return words;
}

static std::optional<int64_t> signedOf(std::optional<uint64_t> figure) {
  return figure ? std::optional<int64_t>(*figure) : std::nullopt;
}

//===----------------------------------------------------------------------===//
// Model
//===----------------------------------------------------------------------===//

static JobAttention readAttention(AttentionOp op) {
  JobAttention attention;
  attention.heads = signedOf(op.getHeads());
  attention.kvHeads = signedOf(op.getKvHeads());
  attention.headSize = signedOf(op.getHeadSize());
  attention.qLoraRank = signedOf(op.getQLoraRank());
  attention.kvLoraRank = signedOf(op.getKvLoraRank());
  attention.qkNopeHeadDim = signedOf(op.getQkNopeHeadDim());
  attention.qkRopeHeadDim = signedOf(op.getQkRopeHeadDim());
  attention.vHeadDim = signedOf(op.getVHeadDim());
  attention.slidingWindow = signedOf(op.getSlidingWindow());
  if (std::optional<QkNorm> norm = op.getQkNorm())
    attention.qkNorm = stringifyEnum(*norm).str();
  return attention;
}

static JobExperts readExperts(ExpertsOp op, RouterOp router) {
  JobExperts experts;
  experts.count = signedOf(op.getCount());
  experts.topK = signedOf(op.getTopK());
  experts.width = signedOf(op.getWidth());
  if (op.getShared().value_or(0) > 0)
    experts.sharedWidth = signedOf(op.getSharedWidth());
  if (!router)
    return experts;
  if (std::optional<ScoreKind> score = router.getScore())
    experts.score = stringifyEnum(*score).str();
  experts.groups = signedOf(router.getGroups());
  experts.topGroups = signedOf(router.getTopGroups());
  return experts;
}

static JobLayers readLayers(LayersOp op) {
  JobLayers layers;
  layers.begin = op.getBegin();
  layers.end = op.getEnd();
  if (auto attention = op.getBlock<AttentionOp>())
    layers.attention = readAttention(attention);
  if (auto ffn = op.getBlock<FfnOp>())
    layers.width = signedOf(ffn.getWidth());
  if (auto experts = op.getBlock<ExpertsOp>())
    layers.experts = readExperts(experts, op.getBlock<RouterOp>());
  return layers;
}

JobModel moe::readJobModel(ModelOp op) {
  JobModel model;
  model.hidden = signedOf(op.getHidden());
  model.vocab = signedOf(op.getVocab());
  model.layers = signedOf(op.getLayers());
  model.mtpLayers = op.getMtpLayers().value_or(0);
  model.gated = op.getGated();
  model.tiedEmbeddings = op.getTiedEmbeddings();
  for (auto layers : op.getBody().getOps<LayersOp>())
    model.runs.push_back(readLayers(layers));
  model.notDescribed = wordsOf(op.getNotDescribed());
  return model;
}

//===----------------------------------------------------------------------===//
// Workload
//===----------------------------------------------------------------------===//

/// The word of an enum, or nothing.
template <typename EnumT>
static std::string wordOf(std::optional<EnumT> value) {
  return value ? stringifyEnum(*value).str() : "";
}

/// `1.25`, `125 %` ~> `1.25`; nothing for what is absent.
static std::string decimalOf(QuantityAttr attr) {
  if (!attr)
    return "";
  Quantity factor = attr.getQuantity();
  Decimal number = factor.number;
  if (factor.unit.denominator() == 100)
    number.scale += 2;
  return number.str();
}

static JobOptimizer readOptimizer(OptimizerAttr attr) {
  JobOptimizer optimizer;
  if (StringAttr name = attr.getName())
    optimizer.name = name.str();
  optimizer.moments = wordOf(attr.getMoments());
  optimizer.gradients = wordOf(attr.getGradients());
  optimizer.master = wordOf(attr.getMaster());
  optimizer.sharding = wordOf(attr.getSharding());
  optimizer.offload = decimalOf(attr.getOffload());
  return optimizer;
}

JobWorkload moe::readJobWorkload(WorkloadOp op) {
  JobWorkload workload;
  workload.mode = wordOf(op.getMode());
  workload.sequenceLength = signedOf(op.getSequenceLength());
  workload.contextLength = signedOf(op.getContextLength());
  workload.microBatch = signedOf(op.getMicroBatch());
  workload.globalBatch = signedOf(op.getGlobalBatch());
  workload.batch = signedOf(op.getBatch());
  workload.precision = wordOf(op.getPrecision());
  for (const std::string &part : wordsOf(op.getRecompute()))
    if (part != "none")
      workload.recompute.push_back(part);
  if (std::optional<OptimizerAttr> optimizer = op.getOptimizer())
    workload.optimizer = readOptimizer(*optimizer);
  workload.epOverlap = op.getEpOverlap();
  workload.tpOverlap = op.getTpOverlap();
  workload.fusedLoss = op.getFusedLoss();
  workload.dispatcher = wordOf(op.getDispatcher());
  workload.routing = wordOf(op.getRouting());
  workload.cpCommType = wordOf(op.getCpCommType());
  workload.capacityFactor = decimalOf(op.getCapacityFactorAttr());
  workload.kvCache = wordOf(op.getKvCache());
  workload.draftTokens = signedOf(op.getDraftTokens());
  workload.acceptance = decimalOf(op.getAcceptanceAttr());
  workload.cudaGraph = wordsOf(op.getCudaGraph());
  workload.software = op.getSoftware().value_or("").str();
  return workload;
}
