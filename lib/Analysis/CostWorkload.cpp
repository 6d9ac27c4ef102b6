//===- CostWorkload.cpp - The workload of a plan for the cost model -------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Analysis/CostJob.h"
#include "llvm/ADT/StringSwitch.h"
#include <cmath>

using namespace mlir;
using namespace mlir::moe;

static cost::NumberFormat formatOf(Precision precision) {
  switch (precision) {
  case Precision::FP32:
    return cost::NumberFormat::FP32;
  case Precision::FP16:
    return cost::NumberFormat::FP16;
  case Precision::BF16:
    return cost::NumberFormat::BF16;
  case Precision::FP8:
    return cost::NumberFormat::FP8;
  case Precision::MXFP8:
    return cost::NumberFormat::MXFP8;
  case Precision::NVFP4:
    return cost::NumberFormat::NVFP4;
  }
  llvm_unreachable("unknown precision");
}

static std::optional<cost::RecomputeModule> moduleOf(StringRef name) {
  using cost::RecomputeModule;
  return llvm::StringSwitch<std::optional<RecomputeModule>>(name)
      .Case("core_attn", RecomputeModule::CoreAttention)
      .Case("mla_up_proj", RecomputeModule::MlaUpProjection)
      .Case("layernorm", RecomputeModule::LayerNorm)
      .Case("moe_act", RecomputeModule::MoEActivation)
      .Case("mlp", RecomputeModule::FeedForward)
      .Case("moe", RecomputeModule::MoE)
      .Case("shared_experts", RecomputeModule::SharedExperts)
      .Case("full", RecomputeModule::FullLayer)
      .Default(std::nullopt);
}

/// Adam keeps two moments, SGD its momentum, Lion one (arXiv 2302.06675). Muon
/// keeps one of matrices and leaves the embedding and the output head to Adam
/// (arXiv 2502.16982); so it does the vectors of norms, less than a
/// ten-thousandth of a model, which count as matrices here.
static void describeMoments(StringRef optimizer, cost::Workload &to) {
  bool one = optimizer == "sgd" || optimizer == "lion";
  to.layerMoments = one || optimizer == "muon" ? 1 : 2;
  to.endMoments = one ? 1 : 2;
}

static void describeStates(const WorkloadFigures &from, cost::Workload &to) {
  describeMoments(from.optimizerName, to);
  auto format = [](std::optional<Precision> precision) {
    return formatOf(precision.value_or(Precision::FP32));
  };
  to.gradients = format(from.gradients);
  to.master = format(from.master);
  to.offloadPermille =
      static_cast<int64_t>(std::llround(from.offload.value_or(0) * 1000));
  to.moments = format(from.moments);
  switch (from.sharding.value_or(StateSharding::None)) {
  case StateSharding::None:
    to.sharding = cost::StateSharding::None;
    break;
  case StateSharding::Distributed:
    to.sharding = cost::StateSharding::Distributed;
    break;
  case StateSharding::FSDP:
    to.sharding = cost::StateSharding::FullyShared;
    break;
  }
}

static cost::TokenDispatcher dispatcherOf(std::optional<Dispatcher> from) {
  switch (from.value_or(Dispatcher::AllToAll)) {
  case Dispatcher::AllToAll:
    return cost::TokenDispatcher::AllToAll;
  case Dispatcher::AllGather:
    return cost::TokenDispatcher::AllGather;
  case Dispatcher::DeepEP:
    return cost::TokenDispatcher::DeepEP;
  case Dispatcher::HybridEP:
    return cost::TokenDispatcher::HybridEP;
  }
  llvm_unreachable("unknown dispatcher");
}

static cost::ContextExchange exchangeOf(std::optional<ContextExchange> from) {
  switch (from.value_or(ContextExchange::PeerToPeer)) {
  case ContextExchange::PeerToPeer:
    return cost::ContextExchange::Ring;
  case ContextExchange::AllGather:
    return cost::ContextExchange::AllGather;
  case ContextExchange::AllToAll:
    return cost::ContextExchange::AllToAll;
  }
  llvm_unreachable("unknown exchange");
}

cost::Workload moe::costWorkloadOf(const WorkloadFigures &from) {
  cost::Workload to;
  switch (from.mode.value_or(Mode::Train)) {
  case Mode::Train:
    to.phase = cost::Phase::Train;
    break;
  case Mode::Prefill:
    to.phase = cost::Phase::Prefill;
    break;
  case Mode::Decode:
    to.phase = cost::Phase::Decode;
    break;
  }
  to.sequenceLength = from.sequenceLength.value;
  to.contextLength = from.contextLength.value;
  to.microBatch = from.microBatch.value;
  to.globalBatch = from.globalBatch.value;
  to.batch = from.batch.value;
  to.fp8Cache = from.kvCache == Precision::FP8;
  if (to.phase == cost::Phase::Decode)
    to.draftTokens = from.draftTokens.value.value_or(0);
  to.acceptance = from.acceptance.value_or(0);
  to.precision = formatOf(from.precision);
  describeStates(from, to);
  for (const std::string &name : from.recompute)
    if (std::optional<cost::RecomputeModule> module = moduleOf(name))
      to.recompute.insert(*module);
  to.dispatcher = dispatcherOf(from.dispatcher);
  to.expertOverlap = from.expertOverlap.value_or(false);
  to.tensorOverlap = from.tensorOverlap.value_or(false);
  to.contextExchange = exchangeOf(from.contextExchange);
  to.fusedLoss = from.fusedLoss.value_or(false);
  if (from.cudaGraph)
    to.graphs =
        from.stepGraph ? cost::GraphScope::Step : cost::GraphScope::Parts;
  to.capacityPermille = from.capacityPermille;
  to.softwareMonth = from.softwareMonth;
  return to;
}
