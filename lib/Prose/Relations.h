//===- Relations.h - Signs that compare, and what they part -----*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_PROSE_RELATIONS_H
#define MOE_LIB_PROSE_RELATIONS_H

#include "ClaimSink.h"

namespace mlir::moe {

/// "=", "==", "<", "<=", ">" and ">=".
bool isRelation(const Token &token);

/// What the sign says of its left side.
Comparison comparisonOf(llvm::StringRef sign);

/// Where an expression that ends, or begins, at a token may reach: to the next
/// relation or the next sign that parts a line.
size_t boundaryBefore(const Statement &statement, size_t at);
size_t boundaryAfter(const Statement &statement, size_t at);

/// Whether arithmetic goes on at a token: what was read is a part of it.
bool goesOn(const Statement &statement, size_t token);

/// BoundReader.cpp: `8 x 10 GB < 64 GB`, `45 GB + 12 GB <= 64 GB`; false when
/// the sign at that token is none of a bound, or its sides are not read.
bool readBound(Statement &statement, size_t sign, ClaimSink &sink);

} // namespace mlir::moe

#endif // MOE_LIB_PROSE_RELATIONS_H
