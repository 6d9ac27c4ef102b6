//===- Transfer.h - Bytes and time of collectives ---------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_COST_TRANSFER_H
#define MOE_COST_TRANSFER_H

#include "moe/Cost/Calibration.h"
#include "moe/Cost/Job.h"

namespace mlir::moe::cost {

enum class Collective : uint8_t {
  AllReduce,
  AllGather,
  ReduceScatter,
  AllToAll,
  SendRecv
};
/// "all_reduce", ...
llvm::StringRef nameOf(Collective kind);

/// Bytes one rank sends, summed over its peers, for a bandwidth-optimal
/// algorithm; `bytes` is its operand (the factors of nccl-tests,
/// doc/PERFORMANCE.md), rounded up; 0 in a group of one.
Count sentBytes(Collective kind, Count bytes, int64_t groupSize);

/// One collective on one rank.
struct Transfer {
  Axis axis = Axis::Tensor;
  Collective kind = Collective::AllReduce;
  Count sent;
  /// Of `sent`, what leaves the NVLink domain.
  Count network;
  Count picoseconds;
};

/// A collective over `axis` in which one rank sends `sent` bytes.
Transfer transfer(const Job &job, const Calibration &calibration, Axis axis,
                  Collective kind, Count sent);
/// The dispatch or the combine of one MoE layer; `sent` counts one copy of a
/// token for each of its experts. Hierarchical dispatchers (DeepEP, HybridEP)
/// send a token once to each remote NVLink domain. Bytes are of the mean rank,
/// the time is of the busiest one (LoadSkew::exchange).
Transfer expertTransfer(const Job &job, const Calibration &calibration,
                        const LayerShape &layer, Count sent);

} // namespace mlir::moe::cost

#endif // MOE_COST_TRANSFER_H
