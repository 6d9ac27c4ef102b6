//===- PipelineWriter.h - Stages as operations ---------------- -*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_TRANSFORMS_PIPELINEWRITER_H
#define MOE_LIB_TRANSFORMS_PIPELINEWRITER_H

#include "moe/Analysis/PlanDecisions.h"

namespace mlir::moe {

/// Writes `pipeline @stages` at the end of the plan of `mesh`. The schedule
/// follows from the stages: sequential for one, interleaved for several chunks
/// each, else 1F1B.
void writePipeline(ModelOp model, MeshOp mesh,
                   llvm::ArrayRef<DecidedStage> stages);

} // namespace mlir::moe

#endif // MOE_LIB_TRANSFORMS_PIPELINEWRITER_H
