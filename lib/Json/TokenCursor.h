//===- TokenCursor.h - Lines and columns of JSON tokens ---------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The parser reports what it reads but not where. This cursor walks the same
// text beside it, token by token, and counts lines and columns.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_JSON_TOKENCURSOR_H
#define MOE_JSON_TOKENCURSOR_H

#include "moe/Json/InputError.h"

namespace mlir::moe::json {

class TokenCursor {
public:
  /// `text` is valid UTF-8.
  explicit TokenCursor(llvm::StringRef text) : text(text) {}

  Position position() const { return where; }
  size_t offset() const { return at; }
  bool atEnd() const { return at == text.size(); }
  char current() const { return text[at]; }

  /// Moves to the next token that is a value, a key or a bracket: over blanks,
  /// comments, commas and colons.
  void skipToToken() { skipTo(text.size()); }
  /// The same, but stops at a comma or colon at or behind `limit`.
  void skipTo(size_t limit);
  /// Moves behind the token at the cursor.
  void passToken();
  /// Moves to a byte at or behind the cursor.
  void advanceTo(size_t offset);
  /// The letters, digits and signs from the cursor on: a misspelt literal.
  llvm::StringRef word() const;
  /// The last byte before the cursor that is no blank and not in a comment, as
  /// of the last skip; 0 if there was none.
  char lastSeparator() const { return separator; }

private:
  void step();
  /// Moves behind the comment at the cursor; stays if it is none or not closed.
  bool passComment();

  llvm::StringRef text;
  size_t at = 0;
  Position where = {1, 1};
  char separator = 0;
};

} // namespace mlir::moe::json

#endif // MOE_JSON_TOKENCURSOR_H
