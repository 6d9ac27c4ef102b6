//===- Prose.h - What the table of the plan format cannot say ---*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_PLAN_FORMAT_DOC_PROSE_H
#define MOE_PLAN_FORMAT_DOC_PROSE_H

#include "llvm/ADT/StringRef.h"

/// Markdown that stands before the table of a section ("parallelism",
/// "workload.optimizer", "units"; "page" opens the page). Ends with a line
/// break; empty where the table says it all.
llvm::StringRef proseOf(llvm::StringRef section);

#endif // MOE_PLAN_FORMAT_DOC_PROSE_H
