//===- Sentences.cpp - The sentences of a line ----------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Markdown.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

/// Whether a point behind the word is part of it: "vs.", "e.g.", "z. B.".
static bool isAbbreviation(StringRef word) {
  static constexpr StringRef known[] = {
      "vs",  "e.g",  "i.e", "approx", "ca",    "etc", "fig", "no",
      "nr",  "max",  "min", "avg",    "incl",  "cf",  "sec", "est",
      "eq",  "resp", "al",  "bzw",    "mio",   "mrd", "usw", "ggf",
      "tab", "dept", "u.a", "z.b",    "approx"};
  return llvm::is_contained(known, word.lower()) ||
         (word.size() == 1 && llvm::isAlpha(word[0]));
}

/// The word that ends before `end`.
static StringRef wordBefore(StringRef text, size_t end) {
  size_t begin = end;
  while (begin > 0 && !llvm::isSpace(text[begin - 1]) &&
         !StringRef("(,;:").contains(text[begin - 1]))
    --begin;
  return text.slice(begin, end);
}

/// Whether a sentence ends with the sign at `at`, and another one follows.
static bool endsSentence(StringRef text, size_t at) {
  StringRef rest = text.substr(at + 1), next = rest.ltrim();
  if (next.empty() || next.size() == rest.size())
    return false;
  bool begins = llvm::isUpper(next[0]) || llvm::isDigit(next[0]) ||
                next[0] == '(' || static_cast<unsigned char>(next[0]) >= 0x80;
  return begins && !(text[at] == '.' && isAbbreviation(wordBefore(text, at)));
}

std::vector<StringRef> mlir::moe::sentencesOf(StringRef text) {
  std::vector<StringRef> sentences;
  size_t begin = 0;
  int depth = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    depth += text[at] == '(' ? 1 : text[at] == ')' ? -1 : 0;
    if (depth > 0 || !StringRef(".!?").contains(text[at]) ||
        !endsSentence(text, at))
      continue;
    sentences.push_back(text.slice(begin, at + 1));
    begin =
        at + 1 + (text.size() - at - 1 - text.substr(at + 1).ltrim().size());
  }
  if (begin < text.size())
    sentences.push_back(text.substr(begin));
  return sentences;
}
