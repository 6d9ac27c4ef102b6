//===- ReadJob.h - What a launch runs, as plain figures ---------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_EMIT_READJOB_H
#define MOE_LIB_EMIT_READJOB_H

#include "moe/Emit/JobWorkload.h"
#include "moe/IR/MoE.h"

namespace mlir::moe {

JobModel readJobModel(ModelOp op);
JobWorkload readJobWorkload(WorkloadOp op);

} // namespace mlir::moe

#endif // MOE_LIB_EMIT_READJOB_H
