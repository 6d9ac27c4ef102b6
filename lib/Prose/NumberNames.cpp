//===- NumberNames.cpp - Which figure a number is the value of ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NumberNames.h"

#include "NameFinder.h"
#include "Readers.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

/// What may stand between a number and its figure.
static bool isFiller(const Token &token) {
  return isPlainWord(token) || token.is("~") || token.is("\"") ||
         token.is("=") || token.is("<") || token.is(">") || token.is("<=") ||
         token.is(">=");
}

/// Whether nothing within [begin, end) names another thing; numbers and words
/// of a claim do not, nor what stands in parentheses.
bool NameFinder::isPlain(size_t begin, size_t end) const {
  for (size_t i = begin; i < end; ++i) {
    if (tokens[i].is("(") && statement.closing(i) < end) {
      i = statement.closing(i);
      continue;
    }
    // "max/mean", "memory/GPU".
    bool quotient = tokens[i].is("/") && i + 1 < end &&
                    (isGpu(i + 1) || (i > begin && isPlainWord(tokens[i - 1]) &&
                                      isPlainWord(tokens[i + 1])));
    if (!isFiller(tokens[i]) && !statement.used[i] && !tokens[i].is(":") &&
        !tokens[i].is(")") && !quotient)
      return false;
  }
  return true;
}

//===----------------------------------------------------------------------===//
// What a name is of
//===----------------------------------------------------------------------===//

/// Whether the name stands for itself: "CPU memory", "p99 latency" and
/// "activations + workspace" are other things.
bool NameFinder::isWhole(const PhraseMatch &match) const {
  size_t before = match.begin;
  while (before > 0 && isPlainWord(tokens[before - 1]))
    --before;
  if (before == 0)
    return true;
  const Token &word = tokens[before - 1];
  bool joins = word.is("and") || word.is("+") || word.is("&") ||
               word.is("plus") || word.is("/");
  if (joins) {
    // "28 layers and a hidden size of 3584" has its number already.
    size_t first = before - 1;
    while (first > 0 && tokens[first - 1].isWord())
      --first;
    return first > 0 && tokens[first - 1].isNumber();
  }
  static constexpr StringRef joints[] = {
      "for",   "by",    "as",  "while", "when",  "because", "since",
      "but",   "or",    "so",  "then",  "thus",  "after",   "where",
      "which", "hence", "thu", "until", "whose", "that",    "if"};
  return !word.isWord() || statement.used[before - 1] ||
         llvm::is_contained(joints, word.text);
}

/// "Total GPU memory", "aggregate peak" and "expert weights total" are of the
/// cluster, where nothing says that they are of one GPU.
bool NameFinder::isOfAllGpus(const PhraseMatch &match) const {
  static constexpr StringRef all[] = {"total",    "aggregate", "aggregated",
                                      "combined", "cluster",   "system"};
  bool peak = match.phrase->metric.starts_with("peak_");
  if (!(kind == FigureKind::Bytes || peak) || statement.ofEachGpu ||
      match.phrase->metric == "model_memory")
    return false;
  for (size_t i = 0; i + 1 < tokens.size(); ++i)
    if ((is(i, "per") || is(i, "each") || is(i, "every") || is(i, "/")) &&
        isGpu(i + 1))
      return false;
  size_t begin = match.begin > 4 ? match.begin - 4 : 0;
  return statement.hasWordIn(all, begin, match.begin) ||
         statement.hasWordIn(all, match.end, statement.keyEnd);
}

/// "50 tokens/s per user", "640 GB per node", "537 MB per request".
bool NameFinder::isOfOther(const PhraseMatch &match) const {
  size_t per = number + 1;
  if (!(is(per, "per") || is(per, "/") || is(per, "a") || is(per, "each") ||
        is(per, "every")) ||
      per + 1 >= tokens.size() || !tokens[per + 1].isWord() || isGpu(per + 1))
    return false;
  bool named = match && (match.begin > number ||
                         match.phrase->words.contains(tokens[per + 1].text));
  // All the time of a batch or a step is that of the job.
  bool wholeTime = kind == FigureKind::Seconds &&
                   (is(per + 1, "batch") || is(per + 1, "step") ||
                    is(per + 1, "iteration") || is(per + 1, "pass"));
  bool ofToken = match && match.phrase->metric == "tpot";
  return !named && !wholeTime && !ofToken;
}

PhraseMatch NameFinder::whole(const PhraseMatch &match) const {
  bool fits =
      match && isWhole(match) && !isOfAllGpus(match) && !isOfOther(match);
  return fits ? match : PhraseMatch();
}

//===----------------------------------------------------------------------===//
// Where a name stands
//===----------------------------------------------------------------------===//

/// "66 % GPU utilization", "2 ms TPOT", "42.3 GB of memory".
PhraseMatch NameFinder::behind() const {
  for (size_t at = number + 1; at < tokens.size() && at <= number + 4; ++at) {
    if (PhraseMatch match = matchAt(tokens, at, kind))
      return match;
    if (!isFiller(tokens[at]) && !tokens[at].is("for"))
      break;
  }
  return {};
}

/// The name in "name = 16", "name (16)" and "name: 16" inside a line.
PhraseMatch NameFinder::beforeSign() const {
  if (number < 2)
    return {};
  bool enclosed = is(number - 1, "(") && is(number + 1, ")");
  bool colon = is(number - 1, ":"), equals = is(number - 1, "=");
  if (!equals && !enclosed && !colon)
    return {};
  PhraseMatch match =
      matchLast(tokens, number > 7 ? number - 7 : 0, number - 1, kind);
  if (!match || match.end != number - 1)
    return {};
  size_t begin = match.begin;
  while (begin > 0 && (is(begin - 1, "the") || is(begin - 1, "a")))
    --begin;
  if (colon && isOfThings(match))
    return {};
  if (begin == 0)
    return match;
  const Token &before = tokens[begin - 1];
  bool degree = equals && match.phrase->key.starts_with("parallelism.");
  if (before.is("not") || before.is("no") || before.is("never"))
    return {};
  if (degree || before.is("(") || before.is(",") || before.is(";"))
    return match;
  // "TP inside the node = 8", "32 redundant experts = 288" and "instances per
  // GPU: 16" are other counts.
  static constexpr StringRef places[] = {"in",     "inside", "per", "within",
                                         "across", "on",     "of",  "among"};
  bool other = before.isNumber() || llvm::is_contained(places, before.text);
  return !colon && !other ? match : PhraseMatch();
}

/// The figure that the key of the line names, when nothing around the number
/// names another one: "Memory: 42.3 GB, padding waste 0.3 %".
PhraseMatch NameFinder::inKey() const {
  // "With recomputation: 3 GB" is a case, not a name.
  static constexpr StringRef cases[] = {"with", "without", "for",
                                        "if",   "when",    "after"};
  static constexpr StringRef rests[] = {"free",  "left",  "remaining", "unused",
                                        "saved", "spare", "headroom"};
  size_t end = statement.keyEnd;
  if (end == 0 || llvm::is_contained(cases, tokens.front().text))
    return {};
  PhraseMatch match = matchLast(tokens, 0, end, kind);
  // Of "TPOT <= 50 ms ; achieved" the limit is no part of the name.
  size_t nameEnd = match.end;
  while (nameEnd < end && tokens[nameEnd].text.find_first_of("<>;"))
    ++nameEnd;
  // "Throughput requirement" is a target.
  bool aim = kind == FigureKind::Rate || kind == FigureKind::Seconds ||
             kind == FigureKind::Ratio;
  if (aim && nameEnd > match.end &&
      statement.hasWordIn({"requirement", "target", "goal", "slo", "sla"},
                          nameEnd - 1, nameEnd))
    --nameEnd;
  if (!match || !isPlain(match.end, nameEnd) ||
      (!match.phrase->complement && statement.hasWordIn(rests, 0, end)))
    return {};
  size_t begin = std::min(std::max(clause.first, end + 1), number);
  size_t next = number + 1;
  // "12 GB for routing tables" is of them, "8 ms for 24 layers" of the key.
  if (next + 1 < clause.second && tokens[next].is("for"))
    ++next;
  static constexpr StringRef aims[] = {"target", "slo", "sla", "goal"};
  bool ends = next >= clause.second || isFiller(tokens[next]) ||
              !tokens[next].isWord() ||
              llvm::is_contained(aims, tokens[next].text);
  return ends && isPlain(begin, number) ? match : PhraseMatch();
}

PhraseMatch NameFinder::find() const {
  if (kind == FigureKind::Count)
    return ofCount();
  if (PhraseMatch match = behind())
    return isOfAllGpus(match) ? PhraseMatch() : match;
  if (PhraseMatch match = beforeSign())
    return whole(match);
  auto [begin, end] = clause;
  if (PhraseMatch match = matchLast(tokens, begin, number, kind))
    return isPlain(match.end, number) ? whole(match) : PhraseMatch();
  if (PhraseMatch match = inKey())
    return whole(match);
  if (statement.hasWordIn({"target"}, begin > 1 ? begin - 2 : 0, end))
    if (PhraseMatch match = matchLast(tokens, 0, number, kind))
      return whole(match);
  PhraseMatch match = matchFirst(tokens, number, end, kind);
  return match && isPlain(number + 1, match.begin) ? whole(match)
                                                   : PhraseMatch();
}

//===----------------------------------------------------------------------===//
// Rates
//===----------------------------------------------------------------------===//

/// Whether the key of the line, if it has one, is that of a rate.
bool NameFinder::isKeyOfRate() const {
  static constexpr StringRef rates[] = {
      "token", "tok",         "second",     "sec", "rate", "speed",
      "s",     "performance", "throughput", "tps", "/"};
  for (size_t i = 0; i < statement.keyEnd; ++i)
    if (tokens[i].is("("))
      i = statement.closing(i);
    else if (!isPlain(i, i + 1) && !llvm::is_contained(rates, tokens[i].text))
      return false;
  return true;
}

bool NameFinder::isRateOfAll() const {
  size_t next = number + 1;
  bool ends =
      next >= clause.second || isFiller(tokens[next]) || !tokens[next].isWord();
  size_t begin = std::min(std::max(clause.first, statement.keyEnd), number);
  return kind == FigureKind::Rate && ends && !isOfOther({}) && isKeyOfRate() &&
         isPlain(begin, number);
}

PhraseMatch mlir::moe::nameOf(const Statement &statement, size_t number,
                              FigureKind kind) {
  return NameFinder(statement, number, kind).find();
}

bool mlir::moe::isRateOfAll(const Statement &statement, size_t number) {
  std::optional<FigureKind> kind = kindOf(statement.tokens[number].amount);
  return kind && NameFinder(statement, number, *kind).isRateOfAll();
}
