//===- Relations.cpp - Signs that compare, and what they part -------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Relations.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

bool mlir::moe::isRelation(const Token &token) {
  static constexpr StringRef signs[] = {"=", "==", "<", "<=", ">", ">="};
  return token.kind == TokenKind::Symbol &&
         llvm::is_contained(signs, token.text);
}

/// Where an expression cannot reach across.
static bool isBoundary(const Token &token) {
  static constexpr StringRef signs[] = {",",  ":", ";", ".", "->",
                                        "--", "?", "!", "|", "..."};
  return isRelation(token) || (token.kind == TokenKind::Symbol &&
                               llvm::is_contained(signs, token.text));
}

Comparison mlir::moe::comparisonOf(StringRef sign) {
  if (sign == "<")
    return Comparison::Less;
  if (sign == "<=")
    return Comparison::LessEqual;
  if (sign == ">")
    return Comparison::Greater;
  if (sign == ">=")
    return Comparison::GreaterEqual;
  return Comparison::Equal;
}

size_t mlir::moe::boundaryBefore(const Statement &statement, size_t at) {
  while (at > 0 && !isBoundary(statement.tokens[at - 1]))
    --at;
  return at;
}

size_t mlir::moe::boundaryAfter(const Statement &statement, size_t at) {
  while (at < statement.tokens.size() && !isBoundary(statement.tokens[at]))
    ++at;
  return at;
}

bool mlir::moe::goesOn(const Statement &statement, size_t token) {
  static constexpr StringRef signs[] = {"*", "/", "+", "^", "x"};
  if (token >= statement.tokens.size() || statement.tokens[token].isNumber())
    return false;
  StringRef text = statement.tokens[token].text;
  return llvm::is_contained(signs, text) ||
         (text == "-" && !statement.isAttached(token) &&
          !statement.isAttached(token + 1));
}
