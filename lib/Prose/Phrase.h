//===- Phrase.h - Words, numbers and signs of a line ------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_PROSE_PHRASE_H
#define MOE_LIB_PROSE_PHRASE_H

#include "moe/Quantity/Quantity.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>
#include <vector>

namespace mlir::moe {

/// A number of a document with its unit, or a range of two.
struct Amount {
  /// As a claim writes it: "319488", "0.35"; of a range the lower end.
  std::string digits;
  /// Of a range: the upper end.
  std::string upper;
  /// Times a power of ten: 3 of "450k", 9 of "671B".
  unsigned power = 0;
  /// A unit of claims: "GB", "%", "x", "tokens/s"; empty for a bare number.
  /// Another one, "KB/token", as it is written.
  std::string unit;
  /// "+" behind the number, "<" before it, "at least".
  Comparison bound = Comparison::Equal;

  bool isRange() const { return !upper.empty(); }
  /// Whether claims have the unit.
  bool hasKnownUnit() const { return Unit::lookup(unit).has_value(); }
  Dimension dimension() const;
  /// With its unit, without power and bound: "42.3 GB", "60 % .. 70 %".
  std::string text() const;
};

enum class TokenKind : uint8_t { Number, Word, Symbol };

struct Token {
  TokenKind kind = TokenKind::Word;
  /// Bytes of the line.
  size_t begin = 0, end = 0;
  /// A word in small letters without the "s" of a plural; a symbol; a number
  /// as it was written.
  std::string text;
  /// Of a number; of a word behind a parenthesis, its unit alone: "(1 + 2) ms".
  Amount amount;

  bool is(llvm::StringRef what) const {
    return kind != TokenKind::Number && text == what;
  }
  bool isNumber() const { return kind == TokenKind::Number; }
  bool isWord() const { return kind == TokenKind::Word; }
};

/// The tokens of a line of plain text. Numbers that cannot be told from
/// something else (`1.2.3`, `42,3`, more than 17 digits) are words.
std::vector<Token> readTokens(llvm::StringRef text);

/// The end of words, parted by blanks, which stand at a token; nothing where
/// they do not.
std::optional<size_t> endOfWords(llvm::ArrayRef<Token> tokens, size_t at,
                                 llvm::StringRef words);

/// `Experts` ~> `expert`, `utilisation` ~> `utilization`.
std::string plainWord(llvm::StringRef word);

/// A unit at the beginning of a text.
struct UnitWord {
  llvm::StringRef unit; ///< as claims spell it
  unsigned power = 0;   ///< of ten
  size_t length = 0;    ///< bytes read; 0: there is none
};

/// Reads `GB`, `tokens per second`, `%`. `attached`: directly behind the
/// number, where `x`, `k`, `M` and `B` stand for themselves.
UnitWord readUnit(llvm::StringRef text, bool attached);

/// Behind a blank, "B" is bytes, or billions where the line counts parameters
/// or millions and has no size.
void settleBillions(std::vector<Token> &tokens);

} // namespace mlir::moe

#endif // MOE_LIB_PROSE_PHRASE_H
