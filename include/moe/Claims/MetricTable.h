//===- MetricTable.h - What the names of figures mean -----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_CLAIMS_METRICTABLE_H
#define MOE_CLAIMS_METRICTABLE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdint>

namespace mlir::moe {

/// What a figure is a figure of, as far as units are concerned.
enum class MetricSense : uint8_t {
  Other,
  /// Counts something: a percentage is no such number.
  Count,
  /// Counts GPUs: what it divides may be said "per GPU".
  CountOfGpus,
  /// Of one GPU, so that "80 GB" and "80 GB/GPU" say the same.
  OfOneGpu,
};

struct MetricRow {
  llvm::StringLiteral name;
  llvm::StringLiteral what; ///< "GPUs of the cluster"
  MetricSense sense = MetricSense::Other;
};

/// All metrics, in the order of `metricNames()`.
llvm::ArrayRef<MetricRow> metricTable();

/// `Other` for a name that is no metric.
MetricSense senseOf(llvm::StringRef metric);

/// The metrics and the grammar of claims, as `moec explain --list` prints them.
void printClaimLanguage(llvm::raw_ostream &os);

} // namespace mlir::moe

#endif // MOE_CLAIMS_METRICTABLE_H
