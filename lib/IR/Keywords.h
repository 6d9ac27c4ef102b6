//===- Keywords.h - Keywords with suggestions -------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Parsing of closed vocabularies: an unknown word is answered with the list of
// known ones and the nearest of them, never with a C++ name.

#ifndef MOE_LIB_IR_KEYWORDS_H
#define MOE_LIB_IR_KEYWORDS_H

#include "moe/IR/EnumWords.h"

namespace mlir::moe {

/// Reports that `word` is none of `words`; always fails.
ParseResult emitUnknownKeyword(AsmParser &parser, SMLoc loc,
                               llvm::StringRef word,
                               llvm::ArrayRef<llvm::StringRef> words);

/// Parses one keyword of the enum.
template <typename EnumT>
ParseResult parseEnumKeyword(AsmParser &parser, EnumT &value) {
  SMLoc loc = parser.getCurrentLocation();
  std::string word;
  if (parser.parseOptionalKeywordOrString(&word))
    return emitUnknownKeyword(parser, loc, "", keywordsOf<EnumT>());
  std::optional<EnumT> known = symbolizeEnum<EnumT>(word);
  if (!known)
    return emitUnknownKeyword(parser, loc, word, keywordsOf<EnumT>());
  value = *known;
  return success();
}
template <typename EnumT>
void printEnumKeyword(AsmPrinter &printer, EnumT value) {
  printer << stringifyEnum(value);
}

} // namespace mlir::moe

#endif // MOE_LIB_IR_KEYWORDS_H
