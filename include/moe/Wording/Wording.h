//===- Wording.h - How messages quote and suggest ---------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The few phrases that all messages share: quoting of text that somebody else
// wrote, lists of alternatives, "did you mean". Knows nothing of the rest.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_WORDING_WORDING_H
#define MOE_WORDING_WORDING_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <string>

namespace mlir::moe {

/// `text` between single quotes, fit for one line of a message: control and
/// direction-changing characters and bytes that are not UTF-8 are escaped
/// (`\n`, `\u0007`, `\xff`), and text over 80 characters is cut with "...".
std::string quoted(llvm::StringRef text);

/// `text` between double quotes, escaped and cut as by `quoted`; for values,
/// where the single quotes are for names.
std::string quotedValue(llvm::StringRef text);

/// `['a', 'b', 'c'] ~> 'a', 'b' or 'c'`.
std::string oneOf(llvm::ArrayRef<llvm::StringRef> names);

/// `['a', 'b', 'c'] ~> 'a', 'b' and 'c'`.
std::string allOf(llvm::ArrayRef<llvm::StringRef> names);

/// `1 rank`, `3 ranks`, `2 batches`.
std::string counted(int64_t number, llvm::StringRef noun);

/// ", did you mean 'micro_batch'?" when candidates resemble `name`, else "".
/// Candidates that differ in case only win over those with a small edit
/// distance; ties are all named, in their order.
std::string didYouMean(llvm::StringRef name,
                       llvm::ArrayRef<llvm::StringRef> candidates);

} // namespace mlir::moe

#endif // MOE_WORDING_WORDING_H
