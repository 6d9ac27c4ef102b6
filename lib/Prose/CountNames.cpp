//===- CountNames.cpp - What whole numbers count --------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NameFinder.h"

#include "Readers.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

/// "TP: 2 all-reduces per layer" counts something else.
bool NameFinder::isOfThings(const PhraseMatch &degree) const {
  static constexpr StringRef goesOn[] = {
      "way", "x",      "gpu", "rank",   "device", "card", "stage", "degree",
      "in",  "within", "for", "inside", "across", "over", "and",   "with",
      "on",  "at",     "as",  "is",     "per",    "not",  "but",   "so"};
  size_t next = number + 1;
  return degree.phrase->key.starts_with("parallelism.") &&
         next < tokens.size() && tokens[next].isWord() &&
         !llvm::is_contained(goesOn, tokens[next].text) &&
         static_cast<unsigned char>(tokens[next].text[0]) < 0x80;
}

/// `[total] expert parallelism (EP)`: the whole key is the name of a count.
PhraseMatch NameFinder::keyOfCount() const {
  static constexpr StringRef before[] = {
      "total", "number", "of",   "the",      "our",     "new",      "current",
      "all",   "model",  "full", "overall",  "global",  "baseline", "corrected",
      "max",   "degree", "size", "proposed", "planned", "previous", "no"};
  ArrayRef<Token> key = tokens.take_front(statement.keyEnd);
  for (size_t at = 0; at < key.size(); ++at) {
    if (PhraseMatch match = matchAt(key, at, FigureKind::Count)) {
      bool ends = match.end == key.size() || key[match.end].is("(") ||
                  key[match.end].is("\"") || key[match.end].is("'");
      return ends && !isOfThings(match) ? match : PhraseMatch();
    }
    bool known = key[at].isWord() &&
                 (llvm::is_contained(before, key[at].text) ||
                  static_cast<unsigned char>(key[at].text[0]) >= 0x80);
    bool mark = (key[at].is(".") && at > 0 && key[at - 1].is("no")) ||
                key[at].is("\"") || key[at].is("'") || key[at].is("--");
    if (!known && !mark)
      return {};
  }
  return {};
}

/// "hidden size 3584", "a batch size of 64", "--num-layers 32": a size is what
/// stands behind its name; of things, "layer 16", that is one of them.
PhraseMatch NameFinder::ofSize() const {
  static constexpr StringRef sizes[] = {
      "model.hidden_size",         "model.moe_intermediate_size",
      "model.vocab_size",          "workload.sequence_length",
      "workload.global_batch",     "workload.micro_batch",
      "model.num_experts_per_tok", "model.head_dim"};
  size_t end = number;
  if (end > 0 && (tokens[end - 1].is("of") || tokens[end - 1].is("is") ||
                  // "top-8"
                  (tokens[end - 1].is("-") && statement.isAttached(number))))
    --end;
  PhraseMatch match =
      matchLast(tokens, number > 6 ? number - 6 : 0, end, FigureKind::Count);
  if (!match || match.end != end)
    return {};
  bool flag = match.begin > 0 && is(match.begin - 1, "--");
  bool size = llvm::is_contained(sizes, match.phrase->key) && isWhole(match);
  return flag || size ? match : PhraseMatch();
}

/// "each GPU holds 8 experts per layer".
PhraseMatch NameFinder::ofEachGpu() const {
  static constexpr MetricPhrase onRank{"expert per gpu", FigureKind::Count,
                                       "experts_per_rank", ""};
  PhraseMatch match = matchAt(tokens, number + 1, FigureKind::Count);
  if (!match || match.phrase->metric != "experts")
    return {};
  // Behind "each GPU" and a verb of whatever kind.
  size_t begin = std::min(eachGpu() + 3, number);
  return isPlain(begin, number) ? PhraseMatch{&onRank, match.begin, match.end}
                                : PhraseMatch();
}

/// Where the clause says of each GPU what it has; the number when it does not.
size_t NameFinder::eachGpu() const {
  for (size_t i = clause.first; i + 1 < number; ++i)
    if ((is(i, "each") || is(i, "every") || is(i, "per")) && isGpu(i + 1))
      return i;
  return number;
}

/// "47B total, 13B active", "1.3B active parameters", "46.7B parameters": of
/// the model, where no word tells of a part of it.
PhraseMatch NameFinder::ofParameters() const {
  static constexpr MetricPhrase all{"parameter", FigureKind::Count,
                                    "parameters", ""};
  static constexpr MetricPhrase active{"active parameter", FigureKind::Count,
                                       "active_parameters", ""};
  if (tokens[number].amount.power < 9 || !tokens[number].amount.unit.empty())
    return {};
  size_t at = number + 1;
  bool isActive = is(at, "active") || is(at, "activated");
  bool isTotal = is(at, "total");
  at += isActive || isTotal;
  bool named = is(at, "parameter") || is(at, "param");
  at += named;
  bool ends = at >= clause.second || !tokens[at].isWord();
  if (!ends || !(isActive || isTotal || named) ||
      !isPlain(std::min(std::max(clause.first, statement.keyEnd), number),
               number))
    return {};
  for (size_t i = 0; i < statement.keyEnd; ++i)
    if (!isPlainWord(tokens[i]) && !is(i, "parameter") && !is(i, "param"))
      return {};
  return {isActive ? &active : &all, number, at};
}

/// "(0-3), (4-7)", "[9, 8, 8]", "11, 11, 10": none is the number of anything.
bool NameFinder::isOfList() const {
  bool opens = is(number - 1, "[") || is(number - 1, "{") ||
               (is(number - 1, "(") && !is(number + 1, ")"));
  bool range = (is(number + 1, "-") || is(number + 1, "--")) &&
               number + 2 < tokens.size() && tokens[number + 2].isNumber();
  bool followed = is(number + 1, ",") && number + 2 < tokens.size() &&
                  tokens[number + 2].isNumber() &&
                  (number + 3 == tokens.size() || is(number + 3, ",") ||
                   is(number + 3, "("));
  return opens || range || followed;
}

/// Counts are values in "key: 16", "name = 16", "name (16)" and "16 things per
/// GPU" alone: a sentence is full of numbers of things.
PhraseMatch NameFinder::ofCount() const {
  if (isOfList())
    return {};
  for (PhraseMatch match : {beforeSign(), ofSize(), ofParameters()})
    if (match)
      return match;
  if (eachGpu() < number)
    return ofEachGpu();
  bool way = is(number + 1, "way");
  PhraseMatch behind =
      matchAt(tokens, number + (way ? 2 : 1), FigureKind::Count);
  // "8-way tensor parallelism".
  if (way && behind && behind.phrase->key.starts_with("parallelism."))
    return behind;
  if (behind && behind.phrase->words.contains(" per "))
    return behind;
  if (statement.keyEnd == 0 || number < statement.keyEnd)
    return {};
  bool described =
      statement.hasWordIn({"configuration", "model", "hardware", "architecture",
                           "cluster", "setup", "environment"},
                          0, statement.keyEnd);
  if (described && behind)
    return behind;
  bool ratio = is(number + 1, ":") || is(number + 1, "/");
  if (ratio || !isPlain(statement.keyEnd + 1, number))
    return {};
  // "GPUs: 12 nodes" counts nodes.
  PhraseMatch key = keyOfCount();
  bool other = key && behind && behind.phrase->metric != key.phrase->metric;
  return other ? PhraseMatch() : key;
}
