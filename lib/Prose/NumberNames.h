//===- NumberNames.h - Which figure a number is the value of ----*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A number without its name is worth a note, one with a wrong name makes a
// right document wrong: where words around a number tell of another thing, it
// has no name.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_PROSE_NUMBERNAMES_H
#define MOE_LIB_PROSE_NUMBERNAMES_H

#include "MetricPhrases.h"
#include "Statement.h"

namespace mlir::moe {

/// The name that stands with the number at a token: "66 % GPU utilization",
/// "latency of 8 ms", the key of the line. Nothing when there is none.
PhraseMatch nameOf(const Statement &statement, size_t number, FigureKind kind);

/// Whether tokens a second without a name are the throughput of the job: no
/// word tells of what else, "a replica", "prefill".
bool isRateOfAll(const Statement &statement, size_t number);

/// Sets the bound that words give a number: "under 2 ms", "no more than 13 ms".
void boundByWords(Statement &statement, size_t number);

} // namespace mlir::moe

#endif // MOE_LIB_PROSE_NUMBERNAMES_H
