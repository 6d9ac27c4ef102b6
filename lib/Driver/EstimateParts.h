//===- EstimateParts.h - What an estimate is made up of ---------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The rows and keys that text, Markdown, JSON and `moec explain` share.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_ESTIMATEPARTS_H
#define MOE_LIB_DRIVER_ESTIMATEPARTS_H

#include "moe/Cost/Estimate.h"

namespace mlir::moe {

/// A part of the memory of a stage; the parts add up to `device()`.
struct MemoryPart {
  llvm::StringLiteral name;   ///< "optimizer states"
  llvm::StringLiteral column; ///< head of a narrow column: "optimizer"
  llvm::StringLiteral key;    ///< in JSON: "optimizer_bytes"
  cost::Count cost::StageMemory::*bytes;
};
llvm::ArrayRef<MemoryPart> memoryParts();

/// A part of the time of a step; the parts add up to `total()`.
struct TimePart {
  llvm::StringLiteral name; ///< "pipeline bubble"
  llvm::StringLiteral key;  ///< in JSON: "bubble_s"
  double cost::StepTime::*seconds;
};
llvm::ArrayRef<TimePart> timeParts();

/// Factors on an estimated time between which measurements are expected.
struct ErrorBar {
  double low = 1, high = 1;
};
ErrorBar errorBarOf(const cost::Estimate &estimate);

int64_t countLayers(const cost::StageShape &stage);

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_ESTIMATEPARTS_H
