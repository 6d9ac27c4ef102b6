//===- ChangeReader.cpp - Before, after and the change --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Expressions.h"
#include "Readers.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

static double valueOf(const Amount &amount) {
  std::string error;
  std::optional<Decimal> digits = Decimal::parse(amount.digits, error);
  if (!digits)
    return 0;
  Quantity quantity{*digits, Unit::lookup(amount.unit).value_or(Unit())};
  double value = quantity.toSI();
  for (unsigned i = 0; i < amount.power; ++i)
    value *= 10;
  return value;
}

/// Whether a change is stated as one: "50 %", "4 x".
static bool isChange(const Amount &amount) {
  return amount.unit == "%" || amount.unit == "x";
}

/// Two values of one thing.
static bool areComparable(const Amount &before, const Amount &after) {
  return before.dimension() == after.dimension() && !before.isRange() &&
         !after.isRange() && valueOf(before) > 0 && valueOf(after) > 0;
}

bool mlir::moe::claimChange(const Amount &before, const Amount &after,
                            const Amount &change, const Statement &statement,
                            ClaimSink &sink) {
  if (!areComparable(before, after) || !isChange(change))
    return false;
  bool grows = valueOf(after) >= valueOf(before);
  std::string old = numberText(before), now = numberText(after);
  // A product is no operand of a division.
  if (StringRef(old).contains(" * ") || StringRef(now).contains(" * ")) {
    std::optional<std::string> bareOld = bareNumber(before),
                               bareNow = bareNumber(after);
    if (!bareOld || !bareNow)
      return false;
    old = *bareOld;
    now = *bareNow;
  }
  std::string left;
  if (change.unit == "x")
    left = grows ? now + " / " + old : old + " / " + now;
  else
    left =
        grows ? "change(" + old + ", " + now + ")" : "1 - " + now + " / " + old;
  return sink.equals(left, change, statement);
}

namespace {
/// Reads the changes of one line.
class ChangeReader {
public:
  ChangeReader(Statement &statement, const SectionNotes &section,
               ClaimSink &sink)
      : statement(statement), section(section), sink(sink) {}
  void read();

private:
  /// Tokens of the values before and after.
  using Pair = std::pair<size_t, size_t>;
  std::optional<Pair> fromTo(size_t begin = 0) const;
  std::optional<Pair> againstReference() const;
  std::optional<size_t> changeBeside(const Pair &pair) const;
  PhraseMatch phraseOf(const Pair &pair, FigureKind kind) const;
  bool isFraction(size_t token) const;
  bool isOpen(const Pair &pair) const;
  void readPair(const Pair &pair);
  void readPoints(const Pair &pair);
  void readOfSection();
  void readVariance();

  const Amount &amount(size_t token) const {
    return statement.tokens[token].amount;
  }
  std::optional<size_t> numberAfter(size_t token, size_t most) const;
  std::optional<size_t> numberBefore(size_t token, size_t most) const;

  Statement &statement;
  const SectionNotes &section;
  ClaimSink &sink;
};
} // namespace

/// "3" of "3/128".
bool ChangeReader::isFraction(size_t token) const {
  return (token > 0 && statement.tokens[token - 1].is("/")) ||
         (token + 1 < statement.tokens.size() &&
          statement.tokens[token + 1].is("/"));
}

/// The next number, at most `most` words away.
std::optional<size_t> ChangeReader::numberAfter(size_t token,
                                                size_t most) const {
  for (size_t i = token + 1; i < statement.tokens.size() && i <= token + most;
       ++i) {
    if (statement.tokens[i].isNumber())
      return i;
    if (!statement.tokens[i].isWord() && !statement.tokens[i].is("~") &&
        !statement.tokens[i].is("<") && !statement.tokens[i].is(">"))
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<size_t> ChangeReader::numberBefore(size_t token,
                                                 size_t most) const {
  for (size_t back = 1; back <= most && back <= token; ++back) {
    if (statement.tokens[token - back].isNumber())
      return token - back;
    if (!statement.tokens[token - back].isWord())
      return std::nullopt;
  }
  return std::nullopt;
}

/// "from 16 to 24", "16 -> 24".
std::optional<ChangeReader::Pair> ChangeReader::fromTo(size_t begin) const {
  for (size_t i = begin; i < statement.tokens.size(); ++i) {
    const Token &token = statement.tokens[i];
    if (token.is("->")) {
      auto before = numberBefore(i, 4), after = numberAfter(i, 4);
      if (before && after)
        return Pair(*before, *after);
    }
    if (!token.is("from"))
      continue;
    auto before = numberAfter(i, 2);
    if (!before)
      continue;
    for (size_t to = *before + 1;
         to < statement.tokens.size() && to <= *before + 4; ++to)
      if (statement.tokens[to].is("to"))
        if (auto after = numberAfter(to, 2))
          return Pair(*before, *after);
  }
  return std::nullopt;
}

/// "0.008 s (60 % improvement vs. 0.020 s baseline)": the value before is the
/// one it is compared with.
std::optional<ChangeReader::Pair> ChangeReader::againstReference() const {
  static constexpr StringRef words[] = {"vs",         "versus", "compared",
                                        "over",       "than",   "was",
                                        "previously", "before"};
  for (size_t i = 0; i < statement.tokens.size(); ++i) {
    if (!statement.tokens[i].isWord() ||
        !llvm::is_contained(words, statement.tokens[i].text))
      continue;
    size_t from = i;
    if (from + 1 < statement.tokens.size() && statement.tokens[i + 1].is("."))
      ++from; // "vs."
    auto reference = numberAfter(from, 3);
    if (!reference || isChange(amount(*reference)))
      continue;
    for (size_t now = 0; now < i; ++now)
      if (statement.tokens[now].isNumber() && !isChange(amount(now)) &&
          (amount(*reference).unit.empty() ||
           amount(now).dimension() == amount(*reference).dimension()))
        return Pair(*reference, now);
  }
  return std::nullopt;
}

/// The change that goes with a pair: the first behind it, or else the last
/// before it, of which nothing was made yet.
std::optional<size_t> ChangeReader::changeBeside(const Pair &pair) const {
  auto [before, after] = pair;
  std::optional<size_t> earlier;
  for (size_t i = 0; i < statement.tokens.size(); ++i) {
    bool change = statement.tokens[i].isNumber() && isChange(amount(i)) &&
                  !statement.used[i] && i != before && i != after;
    if (!change)
      continue;
    if (i < std::min(before, after))
      earlier = i;
    else if (!earlier || statement.tokens[i - 1].is("("))
      return i;
  }
  return earlier;
}

/// What the values are of: named behind the second one, before the first one,
/// in the key or anywhere. Counts are of so many things that only the first two
/// will do.
PhraseMatch ChangeReader::phraseOf(const Pair &pair, FigureKind kind) const {
  const auto &tokens = statement.tokens;
  size_t first = std::min(pair.first, pair.second);
  if (PhraseMatch match = matchAt(tokens, pair.second + 1, kind))
    return match;
  PhraseMatch match = matchLast(tokens, 0, first, kind);
  if (kind == FigureKind::Count)
    return match && match.end + 2 >= first ? match : PhraseMatch();
  if (PhraseMatch key = matchLast(tokens, 0, statement.keyEnd, kind))
    return key;
  return match ? match : matchFirst(tokens, 0, tokens.size(), kind);
}

/// "41 % to 68 % (+27 pp)": points are a difference.
void ChangeReader::readPoints(const Pair &pair) {
  Amount before = amount(pair.first), after = amount(pair.second);
  if (before.unit != "%" || after.unit != "%" || before.isRange() ||
      after.isRange())
    return;
  for (size_t i = pair.second + 1; i + 1 < statement.tokens.size(); ++i) {
    const Token &unit = statement.tokens[i + 1];
    if (!statement.tokens[i].isNumber() ||
        !(unit.is("pp") || unit.is("point") || unit.is("percentage")))
      continue;
    Amount points = amount(i);
    points.unit = "%";
    bool grows = valueOf(after) >= valueOf(before);
    const Amount &more = grows ? after : before, &less = grows ? before : after;
    if (sink.equals(numberText(more) + " - " + numberText(less), points,
                    statement))
      statement.use(i, i + 1);
  }
}

void ChangeReader::readPair(const Pair &pair) {
  auto [beforeToken, afterToken] = pair;
  Amount before = amount(beforeToken), after = amount(afterToken);
  // "15,000 baseline" has the unit of what it is compared with.
  if (before.unit.empty())
    before.unit = after.unit;
  if (after.unit.empty())
    after.unit = before.unit;
  std::optional<FigureKind> kind = kindOf(after);
  if (!kind || !areComparable(before, after))
    return;
  // "(60 % reduction, 2.5x faster)": a second change stands beside the first.
  constexpr size_t near = 4;
  std::optional<size_t> last;
  while (std::optional<size_t> change = changeBeside(pair)) {
    bool apart = last && (*change < *last || *change > *last + near);
    if (apart || !claimChange(before, after, amount(*change), statement, sink))
      break;
    statement.use(*change, *change + 1);
    last = change;
  }
  readPoints(pair);
  PhraseMatch phrase = phraseOf(pair, *kind);
  // What changes is what is used, not what there is.
  static constexpr MetricPhrase used{"", FigureKind::Bytes, "device_memory",
                                     ""};
  if (phrase && phrase.phrase->metric == "gpu_memory")
    phrase.phrase = &used;
  bool exact = before.bound == Comparison::Equal;
  auto [begin, end] = statement.clauseOf(afterToken);
  if (!phrase || saysAdvice(statement, begin, end))
    return;
  if (exact && sink.metric(*phrase.phrase, before, statement, true))
    statement.use(beforeToken, beforeToken + 1);
  if (sink.metric(*phrase.phrase, after, statement, false))
    statement.use(afterToken, afterToken + 1);
}

/// "increased memory usage by 283x": of two values that the section gives,
/// those whose ratio is near what is said.
void ChangeReader::readOfSection() {
  for (size_t i = 0; i < statement.tokens.size(); ++i) {
    if (!statement.tokens[i].isNumber() || statement.used[i] ||
        !isChange(amount(i)) || amount(i).isRange())
      continue;
    double stated = valueOf(amount(i));
    auto isNear = [&](const Amount &before, const Amount &after) {
      double ratio = valueOf(after) / valueOf(before);
      double change = amount(i).unit == "x" ? std::max(ratio, 1 / ratio)
                      : ratio >= 1          ? ratio - 1
                                            : 1 - ratio;
      return stated > 0 && change > stated * 0.8 && change < stated * 1.25;
    };
    for (bool shares : {false, true})
      for (const Amount &before : section.before)
        for (const Amount &after : section.after)
          if (!statement.used[i] && (before.unit == "%") == shares &&
              areComparable(before, after) && isNear(before, after) &&
              claimChange(before, after, amount(i), statement, sink))
            statement.use(i, i + 1);
  }
}

static std::string joined(ArrayRef<std::string> numbers) {
  std::string text;
  for (const std::string &number : numbers)
    text += (text.empty() ? "" : ", ") + number;
  return text;
}

/// "variance reduced from 0.25 to 0.0" of the lists that the section gives, or
/// of the one in the line.
void ChangeReader::readVariance() {
  if (!statement.hasAnyWord({"variance"}))
    return;
  auto claim = [&](ArrayRef<std::string> list, size_t token) {
    if (list.empty() || !amount(token).unit.empty())
      return;
    if (sink.equals("variance(" + joined(list) + ")", amount(token), statement))
      statement.use(token, token + 1);
  };
  if (auto pair = fromTo()) {
    claim(section.listBefore, pair->first);
    claim(section.listAfter, pair->second);
    return;
  }
  auto lists = statement.numberLists();
  if (lists.size() != 1)
    return;
  for (size_t i = 0; i < statement.tokens.size(); ++i)
    if (statement.tokens[i].isNumber() &&
        (i < lists[0].begin || i >= lists[0].end) &&
        statement.hasWordIn({"variance"}, i, i + 3))
      return claim(lists[0].digits, i);
}

/// Whether the pair is one of two values of which no equation was made.
bool ChangeReader::isOpen(const Pair &pair) const {
  for (size_t token : {pair.first, pair.second})
    if (!statement.isOpen(token) || isFraction(token))
      return false;
  return true;
}

void ChangeReader::read() {
  readVariance();
  std::optional<Pair> pair = fromTo();
  bool found = pair.has_value();
  for (; pair; pair = fromTo(std::max(pair->first, pair->second)))
    if (isOpen(*pair))
      readPair(*pair);
  if (found)
    return;
  pair = againstReference();
  if (pair && isOpen(*pair))
    readPair(*pair);
  else if (!pair)
    readOfSection();
}

void mlir::moe::readChanges(Statement &statement, const SectionNotes &section,
                            ClaimSink &sink) {
  ChangeReader(statement, section, sink).read();
}
