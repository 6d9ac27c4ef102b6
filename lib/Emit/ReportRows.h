//===- ReportRows.h - Tables that several pages show ------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rows of the report and of the runbook, for Markdown templates.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_EMIT_REPORTROWS_H
#define MOE_LIB_EMIT_REPORTROWS_H

#include "moe/Emit/JobView.h"
#include "llvm/Support/JSON.h"

namespace mlir::moe {

/// name, shape, first, last, collectives, crossing: a communicator each.
llvm::json::Array communicatorRows(const JobView &view);
/// name, value, source.
llvm::json::Array figureRows(const JobView &view);
/// severity, rule, message.
llvm::json::Array findingRows(const JobView &view);

} // namespace mlir::moe

#endif // MOE_LIB_EMIT_REPORTROWS_H
