//===- EnumWords.h - Words of the closed vocabularies ---------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The generated enums of the dialect as lists of words, for parsers that list
// and suggest them.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_IR_ENUMWORDS_H
#define MOE_IR_ENUMWORDS_H

#include "moe/IR/MoE.h"

namespace mlir::moe {

/// The words of a generated enum, whose values count from 0.
template <typename EnumT>
llvm::SmallVector<llvm::StringRef> keywordsOf() {
  llvm::SmallVector<llvm::StringRef> words;
  for (uint32_t value = 0;; ++value) {
    llvm::StringRef word = stringifyEnum(static_cast<EnumT>(value));
    if (word.empty())
      return words;
    words.push_back(word);
  }
}

} // namespace mlir::moe

#endif // MOE_IR_ENUMWORDS_H
