//===- EstimatePrinters.h - Writes an estimate ------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_ESTIMATEPRINTERS_H
#define MOE_LIB_DRIVER_ESTIMATEPRINTERS_H

#include "EstimatePlan.h"

namespace mlir::moe {

/// For a person at a terminal; escape sequences only with `color`.
void printEstimateText(const PlanEstimate &estimate, bool color,
                       llvm::raw_ostream &os);
/// The same as tables, for a page or a merge request.
void printEstimateMarkdown(const PlanEstimate &estimate, llvm::raw_ostream &os);
/// moe-estimate/1, see share/moe-estimate-1.schema.json.
void printEstimateJson(const PlanEstimate &estimate, llvm::raw_ostream &os);

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_ESTIMATEPRINTERS_H
