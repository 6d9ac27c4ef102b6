//===- SyntaxMessage.h - Wording of JSON syntax errors ----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_JSON_SYNTAXMESSAGE_H
#define MOE_JSON_SYNTAXMESSAGE_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace mlir::moe::json {

/// Our wording of a syntax error that nlohmann's parser explains with
/// `explanation`; `word` is what stands at the offending place.
std::string syntaxMessage(llvm::StringRef explanation, llvm::StringRef word);

/// Whether the fault is a character inside a token (a control character in a
/// string), not the token as a whole.
bool pointsInsideToken(llvm::StringRef explanation);

} // namespace mlir::moe::json

#endif // MOE_JSON_SYNTAXMESSAGE_H
