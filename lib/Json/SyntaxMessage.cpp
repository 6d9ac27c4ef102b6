//===- SyntaxMessage.cpp - Wording of JSON syntax errors ------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SyntaxMessage.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir::moe;
using namespace mlir::moe::json;
using llvm::StringRef;

/// The parser's name of a token in a user's words.
static StringRef nameToken(StringRef token) {
  return llvm::StringSwitch<StringRef>(token)
      .Case("end of input", "the end of the file")
      .Case("string literal", "a string")
      .Case("number literal", "a number")
      .Case("true literal", "true")
      .Case("false literal", "false")
      .Case("null literal", "null")
      .Case("'[', '{', or a literal", "a value")
      .Default(token);
}

/// What the parser expected; in an object only a key begins with a string.
static StringRef nameExpected(StringRef token) {
  return llvm::StringSwitch<StringRef>(token)
      .Case("string literal", "a key in double quotes")
      .Case("']'", "',' or ']'")
      .Case("'}'", "',' or '}'")
      .Default(nameToken(token));
}

bool mlir::moe::json::pointsInsideToken(StringRef explanation) {
  return explanation.contains(" - invalid string: ") &&
         !explanation.contains(" - invalid string: missing closing quote");
}

/// The lexer's complaint about the characters of one token.
static std::string lexicalMessage(StringRef reason, StringRef word) {
  if (reason.contains("missing closing quote"))
    return "the string that starts here has no closing quote";
  if (reason.contains("missing closing '*/'"))
    return "the comment that starts here has no closing '*/'";
  if (reason == "invalid literal" && !word.empty())
    return "found " + quoted(word) +
           ", expected a value: an object, an array, a string in double "
           "quotes, "
           "a number, true, false or null";
  if (reason == "invalid literal")
    return "found a character that starts no value, expected an object, an "
           "array, a string in double quotes, a number, true, false or null";
  if (reason.consume_front("invalid number; expected digit "))
    return "expected a digit " + reason.str() + " in the number " +
           quoted(word);
  if (reason.consume_front("invalid comment; "))
    return "found '/', expected a comment that starts with '//' or '/*'";
  reason.consume_front("invalid string: ");
  return "in a string: " + reason.str();
}

// The explanation reads `...: syntax error while parsing CONTEXT - `, then
// either `unexpected TOKEN; expected TOKEN` or `REASON; last read: 'TEXT'...`.
std::string mlir::moe::json::syntaxMessage(StringRef explanation,
                                           StringRef word) {
  if (explanation.contains("number overflow"))
    return "the number " + quoted(word) + " is too large";
  StringRef detail = explanation.split(" - ").second;
  StringRef reason = detail.split("; last read: '").first;
  if (!reason.consume_front("unexpected "))
    return lexicalMessage(reason, word);
  auto [found, expected] = reason.split("; expected ");
  return "expected " + nameExpected(expected).str() + ", found " +
         nameToken(found).str();
}
