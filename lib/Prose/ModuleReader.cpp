//===- ModuleReader.cpp - Modules of the model on GPUs --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Readers.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

/// A module that a word names, as plans call it; empty for other words.
static StringRef moduleAt(const Statement &statement, size_t at) {
  static constexpr std::pair<StringRef, StringRef> names[] = {
      {"embedding", "embedding"},
      {"expert", "experts"},
      {"attention", "attention"},
      {"router", "router"},
      {"gating", "router"},
      {"aggregation", "aggregation"},
      {"communication", "communication"},
      {"unembedding", "output head"},
      {"lm", "output head"},
      {"output", "output head"}};
  if (at >= statement.tokens.size() || !statement.tokens[at].isWord())
    return "";
  for (auto [word, name] : names)
    if (statement.tokens[at].text == word)
      return name;
  return "";
}

/// Whether a model has one of it, before or behind its layers.
static bool isEnd(StringRef name) {
  return name == "embedding" || name == "output head";
}

/// Words between a module and its GPUs.
static bool isBetween(const Token &token) {
  static constexpr StringRef words[] = {
      "module", "layer",  "table", "head",    "projection", "on",    "(",
      ":",      "at",     "is",    "are",     "placed",     "sits",  "sit",
      "lives",  "live",   "the",   "located", "hosted",     "by",    "runs",
      "run",    "across", "->",    "split",   "resides",    "reside"};
  return token.kind != TokenKind::Number &&
         llvm::is_contained(words, token.text);
}

namespace {
/// "0-1" of "GPU 0-1": tokens [begin, end).
struct Ranks {
  std::string text;
  size_t begin = 0, end = 0;
};
} // namespace

/// A rank: a whole number of a few digits without unit.
static bool isRank(const Statement &statement, size_t at) {
  if (at >= statement.tokens.size() || !statement.tokens[at].isNumber())
    return false;
  const Amount &amount = statement.tokens[at].amount;
  return amount.unit.empty() && !amount.power && amount.digits.size() <= 7 &&
         amount.upper.size() <= 7 &&
         llvm::all_of(amount.digits + amount.upper, llvm::isDigit);
}

static std::string rankText(const std::string &digits) {
  uint64_t rank = 0;
  (void)StringRef(digits).getAsInteger(10, rank);
  return llvm::utostr(rank);
}

/// The ranks behind "GPU" at a token: "0-1", "0, 2 and 4" are too many things.
static std::optional<Ranks> ranksAt(const Statement &statement, size_t at) {
  const auto &tokens = statement.tokens;
  bool named =
      at < tokens.size() && (tokens[at].is("gpu") || tokens[at].is("rank"));
  if (!named || !isRank(statement, at + 1))
    return std::nullopt;
  const Amount &first = tokens[at + 1].amount;
  Ranks ranks{rankText(first.digits), at + 1, at + 2};
  if (first.isRange()) {
    ranks.text += "-" + rankText(first.upper);
    return ranks;
  }
  bool dash = ranks.end < tokens.size() &&
              (tokens[ranks.end].is("-") || tokens[ranks.end].is("--") ||
               tokens[ranks.end].is("to"));
  if (dash && isRank(statement, ranks.end + 1)) {
    ranks.text += "-" + rankText(tokens[ranks.end + 1].amount.digits);
    ranks.end += 2;
  }
  return ranks;
}

void mlir::moe::readModules(Statement &statement, ClaimSink &sink) {
  if (statement.previous || statement.advice)
    return;
  for (size_t i = 0; i < statement.tokens.size(); ++i) {
    StringRef name = moduleAt(statement, i);
    if (name.empty())
      continue;
    size_t at = i + 1;
    while (at < statement.tokens.size() && at < i + 6 &&
           isBetween(statement.tokens[at]))
      ++at;
    // "Experts on GPU 3" are some of them, an "expert module" is all.
    std::optional<Ranks> ranks = ranksAt(statement, at);
    bool whole = isEnd(name) || statement.hasWordIn({"module"}, i + 1, at);
    if (!ranks || at == i + 1 || !whole)
      continue;
    std::string json = "{ \"name\": \"" + name.str() + "\", \"ranks\": \"" +
                       ranks->text + "\" }";
    if (sink.listed("stated.modules", json, statement))
      statement.use(ranks->begin, ranks->end);
  }
}
