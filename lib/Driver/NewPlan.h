//===- NewPlan.h - What commands that write a plan share --------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_NEWPLAN_H
#define MOE_LIB_DRIVER_NEWPLAN_H

#include "moe/Import/InitPlan.h"
#include "llvm/Support/raw_ostream.h"

namespace mlir::moe {

/// `file` as seen from the folder of `plan`; both as given on the command line.
std::string pathFrom(llvm::StringRef plan, llvm::StringRef file);

/// The config.json of a folder; any other path as it stands.
std::string configFile(llvm::StringRef path);

/// The shape of the model, or nothing after the reasons on `err`.
std::optional<ModelShape> readModelFile(llvm::StringRef file,
                                        llvm::raw_ostream &err);

/// Why there is no plan of these numbers; empty if there is.
std::string explainPlanSize(const InitOptions &options, const GpuPreset &gpu);

/// Writes the plan to a new file, whole or not at all and never over another
/// one, or to `out` where no file is named. False after the reason on `err`.
bool writeNewPlan(llvm::StringRef command, llvm::StringRef file,
                  llvm::StringRef text, llvm::raw_ostream &out,
                  llvm::raw_ostream &err);

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_NEWPLAN_H
