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

namespace mlir::moe {

struct MetricRow {
  llvm::StringLiteral name;
  llvm::StringLiteral what; ///< "GPUs of the cluster"
};

/// All metrics, in the order of `metricNames()`.
llvm::ArrayRef<MetricRow> metricTable();

/// The metrics and the grammar of claims, as `moec explain --list` prints them.
void printClaimLanguage(llvm::raw_ostream &os);

} // namespace mlir::moe

#endif // MOE_CLAIMS_METRICTABLE_H
