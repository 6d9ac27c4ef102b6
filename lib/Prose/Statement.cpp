//===- Statement.cpp - A line and what stands around it -------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Statement.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

/// Tokens before the colon when words alone stand there; at most `most`.
static size_t findKey(ArrayRef<Token> tokens) {
  constexpr size_t most = 10;
  int depth = 0;
  for (size_t i = 0; i < tokens.size() && i <= most; ++i) {
    const Token &token = tokens[i];
    depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
    if (token.is(":") && depth == 0)
      return i;
    if (token.is(".") || token.is(",") || token.is("=") || token.is("->"))
      return 0;
  }
  return 0;
}

Statement::Statement(StringRef text, unsigned line, std::string quote)
    : tokens(readTokens(text)), used(tokens.size(), false),
      reopened(tokens.size(), false), line(line), quote(std::move(quote)),
      keyEnd(findKey(tokens)) {
  // "Memory/GPU" is memory per GPU.
  for (size_t i = 1; i + 1 < tokens.size(); ++i)
    if (tokens[i].is("/") && tokens[i - 1].isWord() && isAttached(i) &&
        isAttached(i + 1) &&
        (tokens[i + 1].is("gpu") || tokens[i + 1].is("device") ||
         tokens[i + 1].is("rank"))) {
      tokens[i].kind = TokenKind::Word;
      tokens[i].text = "per";
    }
}

bool Statement::hasWord(StringRef word) const {
  return llvm::any_of(tokens,
                      [&](const Token &token) { return token.is(word); });
}

bool Statement::hasAnyWord(ArrayRef<StringRef> words) const {
  return hasWordIn(words, 0, tokens.size());
}

bool Statement::hasWordIn(ArrayRef<StringRef> words, size_t begin,
                          size_t end) const {
  for (size_t i = begin; i < std::min(end, tokens.size()); ++i)
    if (tokens[i].isWord() && llvm::is_contained(words, tokens[i].text))
      return true;
  return false;
}

bool Statement::isAttached(size_t token) const {
  return token > 0 && token < tokens.size() &&
         tokens[token - 1].end == tokens[token].begin;
}

size_t Statement::closing(size_t open) const {
  int depth = 0;
  for (size_t i = open; i < tokens.size(); ++i) {
    depth += tokens[i].is("(") ? 1 : tokens[i].is(")") ? -1 : 0;
    if (depth == 0)
      return i;
  }
  return tokens.size();
}

std::vector<Statement::NumberList> Statement::numberLists() const {
  auto isCount = [&](size_t i) {
    return i < tokens.size() && tokens[i].isNumber() &&
           tokens[i].amount.unit.empty() && !tokens[i].amount.power &&
           !tokens[i].amount.isRange() &&
           (tokens[i].amount.digits == "0" || // JSON has no 08
            !StringRef(tokens[i].amount.digits).starts_with("0"));
  };
  auto isJoint = [&](size_t i) {
    return i < tokens.size() && (tokens[i].is("-") || tokens[i].is("/")) &&
           isAttached(i) && isAttached(i + 1);
  };
  std::vector<NumberList> lists;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (!isCount(i))
      continue;
    NumberList list{i, i + 1, {tokens[i].amount.digits}};
    while (isJoint(list.end) && isCount(list.end + 1)) {
      list.digits.push_back(tokens[list.end + 1].amount.digits);
      list.end += 2;
    }
    i = list.end - 1;
    // A claim has at most 1000 characters.
    if (list.digits.size() >= 3 && list.digits.size() <= 64)
      lists.push_back(std::move(list));
  }
  return lists;
}

std::pair<size_t, size_t> Statement::clauseOf(size_t number) const {
  static constexpr StringRef signs[] = {",", ";",  ".", ":", "(",
                                        ")", "--", "|", "->"};
  auto parts = [&](size_t i) {
    return tokens[i].kind == TokenKind::Symbol &&
           llvm::is_contained(signs, tokens[i].text);
  };
  size_t begin = number, end = number + 1;
  while (begin > 0 && !parts(begin - 1))
    --begin;
  while (end < tokens.size() && !parts(end))
    ++end;
  return {begin, end};
}

bool Statement::isOrdinal(size_t token) const {
  static constexpr StringRef names[] = {
      "gpu",  "rank",  "layer",   "expert", "group",  "node",    "phase",
      "step", "stage", "section", "table",  "figure", "page",    "line",
      "day",  "week",  "version", "device", "issue",  "chapter", "appendix"};
  size_t before = token;
  while (before > 1 &&
         (tokens[before - 1].is("-") || tokens[before - 1].is("--")) &&
         tokens[before - 2].isNumber())
    before -= 2;
  if (before == 0 || !tokens[token].amount.unit.empty())
    return false;
  const Token &word = tokens[before - 1];
  // "decode-96" is a name.
  if (word.is("-") && before > 1 && isAttached(before) &&
      isAttached(before - 1) && tokens[before - 2].isWord())
    return !tokens[before - 2].is("top"); // "top-2" routing
  // "Per layer 2" of them.
  bool per = before > 1 &&
             (tokens[before - 2].is("per") || tokens[before - 2].is("each"));
  return !per && word.isWord() && llvm::is_contained(names, word.text);
}

/// "400G": a number and a letter that is no unit; "3D" and the "160E" of a
/// model are names.
static bool isShort(StringRef text) {
  StringRef letter = text.drop_while(llvm::isDigit);
  return letter.size() == 1 && llvm::isAlpha(letter[0]) && letter != "d" &&
         letter != "e";
}

bool Statement::isLeft(size_t token) const {
  if (tokens[token].isNumber())
    return !used[token] && !isOrdinal(token);
  StringRef text = tokens[token].text;
  return tokens[token].isWord() && llvm::isDigit(text.front()) &&
         (text.find_first_of(",. ") != StringRef::npos ||
          text.size() > Decimal::maxDigits || isShort(text));
}

void Statement::use(size_t begin, size_t end) {
  for (size_t i = begin; i < std::min(end, used.size()); ++i)
    used[i] = true;
}
