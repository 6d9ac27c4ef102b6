//===- Moec.h - The deployment plan compiler --------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_DRIVER_MOEC_H
#define MOE_DRIVER_MOEC_H

namespace mlir::moe {

/// Runs `moec COMMAND ARGUMENTS...` and returns the exit code of the process:
/// 0 good, 1 what the command looked at has errors, 2 bad usage, unreadable
/// input or unwritable output. A failure of moec itself ends the process with
/// 3 and does not return.
int runMoec(int argc, char **argv);

} // namespace mlir::moe

#endif // MOE_DRIVER_MOEC_H
