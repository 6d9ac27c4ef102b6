//===- MeasuredRuns.h - Published runs --------------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rows of a table of measurements: what ran, how it was split, how fast it was.
// benchmarks/accuracy/README.md describes the columns.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_CALIBRATE_MEASUREDRUNS_H
#define MOE_CALIBRATE_MEASUREDRUNS_H

#include "moe/Json/InputError.h"
#include <optional>
#include <string>
#include <vector>

namespace mlir::moe {

/// One row. A count that the source does not state is 0, a text is empty.
struct MeasuredRun {
  std::string id, kind, source, release, model, gpu, precision;
  int64_t numGpus = 0, gpusPerNode = 0;
  int64_t tp = 0, cp = 0, pp = 0, vpp = 0, ep = 0, etp = 0;
  bool fullySharded = false;
  int64_t microBatch = 0, globalBatch = 0, sequenceLength = 0;
  /// Of serving: sequences of one replica, keys a query of decode sees, experts
  /// a rank holds, copies included.
  int64_t batch = 0, context = 0, slotsPerRank = 0;
  std::string routing, dispatcher, recompute;
  std::optional<bool> expertOverlap, tensorOverlap;
  std::string cudaGraph, layout, gradientFormat, optimizerFormat;
  double tokensPerSecondPerGpu = 0, teraflopsPerGpu = 0, stepSeconds = 0,
         utilisationPercent = 0;
  double peakAllocatedGib = 0;
  std::string memoryRank; ///< empty: the largest of all ranks
  std::optional<bool> outOfMemory;
  /// Attention or state-space layers of several kinds; no shape describes them.
  bool hybrid = false;
  std::string notes;
  /// Why the run can be shown, but neither fitted nor judged by.
  std::string caveat;
  unsigned line = 0; ///< in the file

  bool isTraining() const {
    return kind == "train_throughput" || kind == "train_memory";
  }
  bool isServing() const { return kind == "infer_throughput"; }
};

/// Reads the table in `text`. Errors name file and line: an unknown column, a
/// missing one, a number that is none or out of range.
std::optional<std::vector<MeasuredRun>> readMeasuredRuns(llvm::StringRef text,
                                                         llvm::StringRef file,
                                                         InputErrors &errors);

} // namespace mlir::moe

#endif // MOE_CALIBRATE_MEASUREDRUNS_H
