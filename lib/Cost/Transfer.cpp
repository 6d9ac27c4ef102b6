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

static Count timeOf(const Job &job, const Calibration &calibration,
                    const Transfer &transfer) {
  if (!transfer.sent || !transfer.network)
    return std::nullopt;
  double local = static_cast<double>(*transfer.sent - *transfer.network);
  double network = static_cast<double>(*transfer.network);
  double seconds = calibration.transferSeconds;
  if (local > 0)
    seconds += local / (job.machine.nvlink * calibration.nvlinkEfficiency);
  if (network > 0)
    seconds += network / (job.machine.network * calibration.networkEfficiency);
  return toPicoseconds(seconds);
}

Transfer mlir::moe::cost::transfer(const Job &job,
                                   const Calibration &calibration, Axis axis,
                                   Collective kind, Count sent) {
  const Group &group = job.degrees.group(axis);
  Transfer result;
  result.axis = job.degrees.account(axis);
  result.kind = kind;
  result.sent = sent;
  result.network = networkBytes(kind, result.sent, group);
  result.picoseconds = timeOf(job, calibration, result);
  return result;
}

/// How many of `domains` a token visits that goes to `targets` random experts.
static double visitedDomains(double domains, double targets) {
  return domains * (1 - std::pow(1 - 1 / domains, targets));
}

Transfer mlir::moe::cost::expertTransfer(const Job &job,
                                         const Calibration &calibration,
                                         const LayerShape &layer, Count sent) {
  Transfer result =
      transfer(job, calibration, Axis::Expert, Collective::AllToAll, sent);
  const Group &group = job.degrees.group(Axis::Expert);
  bool deduplicates = job.workload.dispatcher == TokenDispatcher::DeepEP ||
                      job.workload.dispatcher == TokenDispatcher::HybridEP;
  if (group.isLocal() || !deduplicates || !layer.topK || !result.network)
    return result;
  double domains = static_cast<double>(group.domains());
  double topK = static_cast<double>(*layer.topK);
  double targets = layer.routerTopGroups > 0
                       ? std::min<double>(topK, layer.routerTopGroups)
                       : topK;
  // Copies that leave the domain, against one for each expert.
  double share = visitedDomains(domains, targets) / topK;
  result.network = static_cast<int64_t>(
      std::ceil(static_cast<double>(*result.network) * std::min(share, 1.0)));
  result.picoseconds = timeOf(job, calibration, result);
  return result;
}
