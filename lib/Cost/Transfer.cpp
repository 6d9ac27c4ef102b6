//===- Transfer.cpp - Bytes and time of collectives ----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Cost/Transfer.h"

#include "Picoseconds.h"
#include "llvm/Support/ErrorHandling.h"
#include <cmath>

using namespace mlir::moe::cost;

llvm::StringRef mlir::moe::cost::nameOf(Collective kind) {
  switch (kind) {
  case Collective::AllReduce:
    return "all_reduce";
  case Collective::AllGather:
    return "all_gather";
  case Collective::ReduceScatter:
    return "reduce_scatter";
  case Collective::AllToAll:
    return "all_to_all";
  case Collective::SendRecv:
    return "send_recv";
  }
  llvm_unreachable("unknown collective");
}

Count mlir::moe::cost::sentBytes(Collective kind, Count bytes,
                                 int64_t groupSize) {
  if (groupSize < 1)
    return std::nullopt;
  if (groupSize == 1)
    return bytes * 0;
  switch (kind) {
  case Collective::AllReduce:
    return bytes * (Count(groupSize - 1) * 2) / groupSize;
  case Collective::ReduceScatter:
  case Collective::AllToAll:
    return bytes * (groupSize - 1) / groupSize;
  case Collective::AllGather:
    return bytes * (groupSize - 1);
  case Collective::SendRecv:
    return bytes;
  }
  llvm_unreachable("unknown collective");
}

/// Of `sent`, what leaves the NVLink domain. In rings every domain passes on
/// what its ranks send, once for the ranks inside; all-to-all and transfers
/// between two ranks go straight to the peer.
static Count networkBytes(Collective kind, Count sent, const Group &group) {
  if (group.isLocal())
    return sent * 0;
  if (kind == Collective::AllToAll)
    return sent * (group.size - group.local) / (group.size - 1);
  if (kind == Collective::SendRecv)
    return sent;
  return sent / group.local;
}

/// Both tiers work at the same time; of the one that ends first, this share
/// still shows (DeepEP forwards inside a domain what arrives from outside).
static constexpr double shownShare = 0.3;

static Count transferTime(const Job &job, const Calibration &calibration,
                          const Transfer &transfer) {
  if (!transfer.sent || !transfer.network)
    return std::nullopt;
  double local = static_cast<double>(*transfer.sent - *transfer.network);
  double network = static_cast<double>(*transfer.network);
  double inside =
      local > 0 ? local / (job.machine.nvlink * calibration.nvlinkShare) : 0;
  double outside =
      network > 0 ? network / (job.machine.network * calibration.networkShare)
                  : 0;
  return toPicoseconds(calibration.transferSeconds + std::max(inside, outside) +
                       shownShare * std::min(inside, outside));
}

Transfer mlir::moe::cost::transfer(const Job &job,
                                   const Calibration &calibration, Axis axis,
                                   Collective kind, Count sent) {
  const Group &group = job.degrees.group(axis);
  Transfer result;
  result.axis = axis;
  result.kind = kind;
  result.sent = sent;
  result.network = networkBytes(kind, result.sent, group);
  result.picoseconds = transferTime(job, calibration, result);
  return result;
}

/// How many of `domains` a token visits that goes to `targets` random experts.
static double visitedDomains(double domains, double targets) {
  return domains * (1 - std::pow(1 - 1 / domains, targets));
}

/// Of the bytes that leave the domain, the share that is left when a token
/// visits each domain once instead of each of its experts.
static double deduplicatedShare(const Group &group, const LayerShape &layer) {
  double topK = static_cast<double>(*layer.topK);
  double targets = layer.routerTopGroups > 0
                       ? std::min<double>(topK, layer.routerTopGroups)
                       : topK;
  double domains = static_cast<double>(group.domains());
  return std::min(visitedDomains(domains, targets) / topK, 1.0);
}

/// The first low-latency kernels of DeepEP sent everything over the network;
/// from 2025-06 on, what stays inside a domain goes over NVLink.
static bool leavesByNetworkAlone(const Job &job) {
  constexpr int64_t firstMonth = 2025 * 12 + 6;
  return job.workload.softwareMonth > 0 &&
         job.workload.softwareMonth < firstMonth;
}

/// A dispatch ends when the busiest rank has all its rows, a combine when it
/// has sent them back.
static Count exchangeTime(const Job &job, const Calibration &calibration,
                          const LayerShape &layer, Transfer exchange) {
  if (int64_t permille = layer.skew.exchange; permille != 1000) {
    exchange.sent = exchange.sent * permille / 1000;
    exchange.network = exchange.network * permille / 1000;
  }
  return transferTime(job, calibration, exchange);
}

/// Of what an exchange sends, what leaves the NVLink domain. Low-latency
/// kernels send every copy of a token on its own.
static Count exchangedBetweenDomains(const Job &job, const LayerShape &layer,
                                     const Transfer &exchange) {
  const Group &group = job.degrees.group(Axis::Expert);
  if (group.isLocal())
    return exchange.network;
  if (job.workload.phase == Phase::Decode)
    return leavesByNetworkAlone(job) ? exchange.sent : exchange.network;
  bool deduplicates = job.workload.dispatcher == TokenDispatcher::DeepEP ||
                      job.workload.dispatcher == TokenDispatcher::HybridEP;
  if (!deduplicates || !layer.topK || !exchange.network)
    return exchange.network;
  return static_cast<int64_t>(std::ceil(static_cast<double>(*exchange.network) *
                                        deduplicatedShare(group, layer)));
}

Transfer mlir::moe::cost::expertTransfer(const Job &job,
                                         const Calibration &calibration,
                                         const LayerShape &layer, Count sent) {
  // Serving dispatches fp8 with scales of 128 elements and combines bf16.
  if (!job.isTraining() && isQuantised(job.workload.precision))
    sent = sent * 97 / 128;
  Transfer result =
      transfer(job, calibration, Axis::Expert, Collective::AllToAll, sent);
  result.network = exchangedBetweenDomains(job, layer, result);
  result.picoseconds = exchangeTime(job, calibration, layer, result);
  return result;
}
