//===- EmbeddedCalibration.h - share/calibration.json, built in -*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CALIBRATION_EMBEDDEDCALIBRATION_H
#define MOE_LIB_CALIBRATION_EMBEDDEDCALIBRATION_H

#include "llvm/ADT/StringRef.h"

namespace mlir::moe {

/// The text of share/calibration.json.
llvm::StringRef embeddedCalibration();

} // namespace mlir::moe

#endif // MOE_LIB_CALIBRATION_EMBEDDEDCALIBRATION_H
