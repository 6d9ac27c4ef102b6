//===- CalibrateOptions.h - Arguments of moec calibrate ---------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `moec calibrate` reads them to answer bad usage at once, moec-calibrate to do
// the work.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_CALIBRATEOPTIONS_H
#define MOE_LIB_DRIVER_CALIBRATEOPTIONS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <optional>
#include <string>

namespace mlir::moe {

struct CalibrateOptions {
  std::string measured, models, calibration, output, predictions;

  /// The exit status when the command is over; see CommandLine.
  std::optional<int> parse(llvm::ArrayRef<llvm::StringRef> args,
                           llvm::raw_ostream &out, llvm::raw_ostream &err);
};

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_CALIBRATEOPTIONS_H
