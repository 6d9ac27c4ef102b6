//===- InlineText.h - The words of a line without its markup ----*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_PROSE_INLINETEXT_H
#define MOE_LIB_PROSE_INLINETEXT_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace mlir::moe {

/// The text without emphasis, code marks, links, tags and entities; signs of
/// arithmetic in one spelling each: `**64** × 2 ≈ 128` ~> `64 x 2 = 128`. An en
/// dash becomes `--`, an arrow `->`, digits and signs of full width their plain
/// forms. Bytes that are no UTF-8 stay.
std::string plainText(llvm::StringRef text);

} // namespace mlir::moe

#endif // MOE_LIB_PROSE_INLINETEXT_H
