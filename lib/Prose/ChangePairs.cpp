//===- ChangePairs.cpp - Values before and after in a line ----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Changes.h"
#include "Readers.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

/// The next number, at most `most` words away.
static std::optional<size_t> numberAfter(const Statement &statement,
                                         size_t token, size_t most) {
  const auto &tokens = statement.tokens;
  for (size_t i = token + 1; i < tokens.size() && i <= token + most; ++i) {
    if (tokens[i].isNumber())
      return i;
    if (!tokens[i].isWord() && !tokens[i].is("~") && !tokens[i].is("<") &&
        !tokens[i].is(">"))
      return std::nullopt;
  }
  return std::nullopt;
}

/// The number before, at most `most` words away; of "6.8 ms/layer" it is 6.8.
static std::optional<size_t> numberBefore(const Statement &statement,
                                          size_t token, size_t most) {
  const auto &tokens = statement.tokens;
  for (size_t back = 1; back <= most && back <= token; ++back) {
    const Token &word = tokens[token - back];
    if (word.isNumber())
      return token - back;
    bool per = word.is("/") && back > 1 && statement.isAttached(token - back);
    if (!word.isWord() && !per)
      return std::nullopt;
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Whether two numbers are values of one thing
//===----------------------------------------------------------------------===//

/// Words behind a number that name what it counts, up to `end`.
static std::vector<StringRef> nounsBehind(const Statement &statement,
                                          size_t number, size_t end) {
  constexpr size_t most = 4;
  std::vector<StringRef> nouns;
  end = std::min({end, number + 1 + most, statement.tokens.size()});
  for (size_t i = number + 1; i < end; ++i) {
    const Token &token = statement.tokens[i];
    if (!token.isWord() || token.is("per") || token.is("to"))
      break;
    if (llvm::isAlpha(token.text.front()) && !saysPrevious(statement, i, i + 1))
      nouns.push_back(token.text);
  }
  return nouns;
}

/// "layer" of "6.8 ms/layer", "request" of "3 s per request"; empty without
/// one, and for what is said of each GPU.
static StringRef scopeOf(const Statement &statement, size_t number) {
  const auto &tokens = statement.tokens;
  // Of "ms/layer" the reader of units knows.
  if (StringRef(tokens[number].text).ends_with("/layer"))
    return "layer";
  for (size_t i = number + 1; i + 1 < tokens.size() && i <= number + 2; ++i) {
    bool slash = tokens[i].is("/") && statement.isAttached(i);
    if (!slash && !tokens[i].is("per"))
      continue;
    StringRef scope = tokens[i + 1].text;
    return scope == "gpu" || scope == "device" || scope == "rank" ? StringRef()
                                                                  : scope;
  }
  return {};
}

static bool isOperandOf(const Statement &statement, size_t sign) {
  static constexpr StringRef signs[] = {"*", "x", "/", "+", "^"};
  return sign < statement.tokens.size() && !statement.tokens[sign].isNumber() &&
         llvm::is_contained(signs, statement.tokens[sign].text);
}

/// Whether the numbers at an arrow, or at "to", are of one figure: "8 replicas
/// -> 24 GPUs" and "= 36.6 ms -> TPOT 36.6 ms" draw a conclusion.
static bool areOfOneThing(const Statement &statement, const ValuePair &pair,
                          size_t arrow) {
  const auto &tokens = statement.tokens;
  const Amount &before = tokens[pair.before].amount,
               &after = tokens[pair.after].amount;
  bool result = pair.before > 0 && tokens[pair.before - 1].is("=") &&
                statement.used[pair.before];
  bool scoped = !scopeOf(statement, pair.before).empty();
  // "6.8 ms/layer" has a sign that divides nothing.
  if (result || isOperandOf(statement, pair.after + 1) ||
      (pair.before > 0 && isOperandOf(statement, pair.before - 1)) ||
      (!scoped && isOperandOf(statement, pair.before + 1)))
    return false;
  if (scoped &&
      scopeOf(statement, pair.before) != scopeOf(statement, pair.after))
    return false;
  if (!before.unit.empty() && !after.unit.empty() &&
      before.dimension() != after.dimension())
    return false;
  auto counted = nounsBehind(statement, pair.before, arrow);
  auto [begin, end] = statement.clauseOf(pair.after);
  auto later = nounsBehind(statement, pair.after, end);
  if (counted.empty())
    return true;
  if (later.empty())
    return before.unit.empty() == after.unit.empty();
  return llvm::any_of(
      counted, [&](StringRef noun) { return llvm::is_contained(later, noun); });
}

//===----------------------------------------------------------------------===//
// Pairs
//===----------------------------------------------------------------------===//

/// "to" of "from 16 GPUs to 24", behind the number at `before`.
static std::optional<size_t> toBehind(const Statement &statement,
                                      size_t before) {
  constexpr size_t most = 4;
  for (size_t i = before + 1; i < statement.tokens.size() && i <= before + most;
       ++i)
    if (statement.tokens[i].is("to"))
      return i;
  return std::nullopt;
}

std::vector<ValuePair> mlir::moe::pairsIn(const Statement &statement,
                                          bool joined) {
  std::vector<ValuePair> pairs;
  auto add = [&](std::optional<size_t> before, std::optional<size_t> after,
                 size_t arrow) {
    ValuePair pair{before.value_or(0), after.value_or(0)};
    bool one =
        before && after && (joined || areOfOneThing(statement, pair, arrow));
    if (one)
      pairs.push_back(pair);
    return one;
  };
  for (size_t i = 0; i < statement.tokens.size(); ++i) {
    const Token &token = statement.tokens[i];
    if (token.is("->") &&
        add(numberBefore(statement, i, 4), numberAfter(statement, i, 4), i))
      i = pairs.back().after;
    if (!token.is("from"))
      continue;
    auto before = numberAfter(statement, i, 2);
    auto to = before ? toBehind(statement, *before) : std::nullopt;
    if (to && add(before, numberAfter(statement, *to, 2), *to))
      i = pairs.back().after;
  }
  return pairs;
}

std::optional<ValuePair>
mlir::moe::referencePairIn(const Statement &statement) {
  static constexpr StringRef words[] = {"vs",         "versus", "compared",
                                        "over",       "than",   "was",
                                        "previously", "before"};
  // Beside a change these compare; alone they say many things.
  static constexpr StringRef weak[] = {"over", "than", "before"};
  const auto &tokens = statement.tokens;
  bool changes = llvm::any_of(tokens, [](const Token &token) {
    return token.isNumber() && isChange(token.amount);
  });
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (!tokens[i].isWord() || !llvm::is_contained(words, tokens[i].text) ||
        (!changes && llvm::is_contained(weak, tokens[i].text)))
      continue;
    bool point = i + 1 < tokens.size() && tokens[i + 1].is("."); // "vs."
    auto reference = numberAfter(statement, point ? i + 1 : i, 3);
    if (!reference || isChange(tokens[*reference].amount))
      continue;
    const Amount &old = tokens[*reference].amount;
    for (size_t now = 0; now < i; ++now)
      if (tokens[now].isNumber() && !isChange(tokens[now].amount) &&
          (old.unit.empty() ||
           tokens[now].amount.dimension() == old.dimension()))
        return ValuePair{*reference, now};
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// The change that goes with a pair
//===----------------------------------------------------------------------===//

namespace {
/// A word that names a figure, and the kind of its values.
struct FigureWord {
  StringRef word;
  std::optional<FigureKind> kind;
};
} // namespace

/// Figures that grow and shrink with others; a change beside such a word is of
/// that figure.
static constexpr FigureWord figureWords[] = {
    {"throughput", FigureKind::Rate},
    {"latency", FigureKind::Seconds},
    {"tpot", FigureKind::Seconds},
    {"ttft", FigureKind::Seconds},
    {"time", FigureKind::Seconds},
    {"memory", FigureKind::Bytes},
    {"vram", FigureKind::Bytes},
    {"utilization", FigureKind::Ratio},
    {"efficiency", FigureKind::Ratio},
    {"mfu", FigureKind::Ratio},
    {"headroom", FigureKind::Ratio},
    {"occupancy", FigureKind::Ratio},
    {"imbalance", FigureKind::Ratio},
    {"bandwidth", FigureKind::Bandwidth},
    {"traffic", FigureKind::Bytes},
    {"quality", std::nullopt},
    {"accuracy", std::nullopt},
    {"cost", std::nullopt},
    {"loss", std::nullopt},
    {"power", std::nullopt},
    {"scaling", std::nullopt},
    {"perplexity", std::nullopt}};

/// Whether a word in [begin, end) names a figure of another kind, which the
/// tokens before `known` do not name.
static bool namesOther(const Statement &statement, FigureKind kind,
                       size_t begin, size_t end, size_t known) {
  return llvm::any_of(figureWords, [&](const FigureWord &figure) {
    return figure.kind != kind &&
           statement.hasWordIn({figure.word}, begin, end) &&
           !statement.hasWordIn({figure.word}, 0, known);
  });
}

/// Whether the change at a token is that of another figure than the pair's.
static bool isOfOther(const Statement &statement, const ValuePair &pair,
                      size_t change) {
  const auto &tokens = statement.tokens;
  auto [first, last] = std::minmax(pair.before, pair.after);
  std::optional<FigureKind> kind = kindOf(tokens[pair.after].amount);
  if (!kind)
    return true;
  // More GPUs give an efficiency; that is no change of their number.
  bool machines = *kind == FigureKind::Count &&
                  statement.hasWordIn({"gpu", "node", "device", "rank"}, 0,
                                      tokens.size()) &&
                  statement.hasAnyWord({"efficiency", "scaling"});
  size_t behind = statement.clauseOf(change).second;
  size_t known = std::min(last + 2, tokens.size());
  if (change < first)
    return machines || namesOther(statement, *kind, change, first, 0);
  return machines ||
         namesOther(statement, *kind, std::min(known, change), behind, known);
}

std::vector<size_t> mlir::moe::changesBeside(const Statement &statement,
                                             const ValuePair &pair) {
  const auto &tokens = statement.tokens;
  auto [first, last] = std::minmax(pair.before, pair.after);
  // Up to the next pair, and from the one before.
  size_t begin = 0, end = tokens.size();
  std::vector<ValuePair> pairs = pairsIn(statement, /*joined=*/true);
  for (const ValuePair &other : pairs) {
    auto [low, high] = std::minmax(other.before, other.after);
    if (low > last)
      end = std::min(end, low);
    if (high < first)
      begin = std::max(begin, high + 1);
  }
  std::vector<size_t> before, after;
  for (size_t i = begin; i < end; ++i) {
    bool inPair = llvm::any_of(pairs, [&](const ValuePair &other) {
      return other.before == i || other.after == i;
    });
    if (!tokens[i].isNumber() || !isChange(tokens[i].amount) || inPair ||
        i == pair.before || i == pair.after || statement.used[i] ||
        isOfOther(statement, pair, i))
      continue;
    (i < first ? before : after).push_back(i);
  }
  // "40 % less, from 20 to 12 ms, 2x throughput": what stands first counts,
  // but for what parentheses tie to the pair.
  bool tied =
      !after.empty() && after.front() > 0 && tokens[after.front() - 1].is("(");
  if (before.empty() || tied)
    return after;
  return {before.back()};
}
