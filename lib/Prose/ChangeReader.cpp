//===- ChangeReader.cpp - Before, after and the change --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Changes.h"
#include "Readers.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

namespace {
/// Reads the changes of one line.
class ChangeReader {
public:
  ChangeReader(Statement &statement, const SectionNotes &section,
               ClaimSink &sink)
      : statement(statement), section(section), sink(sink) {}
  void read();

private:
  PhraseMatch phraseOf(const ValuePair &pair, FigureKind kind) const;
  bool isFraction(size_t token) const;
  bool isOpen(const ValuePair &pair) const;
  void readPair(const ValuePair &pair);
  bool claimChanges(const ValuePair &pair, const Amount &before,
                    const Amount &after);
  bool isShareOfCapacity(const Amount &whole, const StatedChange &change);
  std::optional<size_t> efficiency() const;
  void readEfficiency(llvm::ArrayRef<ValuePair> pairs);
  bool readPoints(const ValuePair &pair);
  void readOfSection();
  void readOnlyPair();
  void readVariance();

  const Amount &amount(size_t token) const {
    return statement.tokens[token].amount;
  }

  Statement &statement;
  const SectionNotes &section;
  ClaimSink &sink;
};
} // namespace

/// "3" of "3/128".
bool ChangeReader::isFraction(size_t token) const {
  bool unscoped = token + 2 < statement.tokens.size() &&
                  statement.tokens[token + 2].isNumber();
  return (token > 0 && statement.tokens[token - 1].is("/")) ||
         (unscoped && statement.tokens[token + 1].is("/"));
}

/// What the values are of: named behind the second one, before the first one,
/// in the key or anywhere. Counts are of so many things that only the first two
/// will do.
PhraseMatch ChangeReader::phraseOf(const ValuePair &pair,
                                   FigureKind kind) const {
  const auto &tokens = statement.tokens;
  size_t first = std::min(pair.before, pair.after);
  if (PhraseMatch match = matchAt(tokens, pair.after + 1, kind))
    return match;
  PhraseMatch match = matchLast(tokens, 0, first, kind);
  if (kind == FigureKind::Count)
    return match && match.end + 2 >= first ? match : PhraseMatch();
  if (PhraseMatch key = matchLast(tokens, 0, statement.keyEnd, kind))
    return key;
  return match ? match : matchFirst(tokens, 0, tokens.size(), kind);
}

/// "41 % to 68 % (+27 pp)": points are a difference. Whether there were any.
bool ChangeReader::readPoints(const ValuePair &pair) {
  Amount before = amount(pair.before), after = amount(pair.after);
  if (before.unit != "%" || after.unit != "%" || before.isRange() ||
      after.isRange())
    return false;
  for (size_t i = pair.after + 1; i + 1 < statement.tokens.size(); ++i) {
    const Token &unit = statement.tokens[i + 1];
    if (!statement.tokens[i].isNumber() || !isPointsUnit(unit))
      continue;
    Amount points = amount(i);
    points.unit = "%";
    if (sink.equals(differenceOf(before, after), points, statement)) {
      statement.use(i, i + 1);
      return true;
    }
  }
  return false;
}

/// Whether a bare percentage behind a size is the share of the memory that is
/// used then: "118 -> 161 GB (84 %)" of 192 GB.
bool ChangeReader::isShareOfCapacity(const Amount &whole,
                                     const StatedChange &change) {
  if (kindOf(whole) != FigureKind::Bytes || change.amount.unit != "%" ||
      change.direction != Direction::Unsaid)
    return false;
  std::string known = sink.figureOf("cluster.gpu_memory");
  std::string capacity = StringRef(known).trim('"').str();
  return capacity.empty() ||
         sink.holds(numberText(whole) + " / (" + capacity + ")", change.amount);
}

/// The changes beside a pair; whether there were any.
bool ChangeReader::claimChanges(const ValuePair &pair, const Amount &before,
                                const Amount &after) {
  // "(60 % reduction, 2.5x faster)": a second change stands beside the first.
  constexpr size_t near = 4;
  std::optional<size_t> last;
  for (size_t token : changesBeside(statement, pair)) {
    StatedChange change = changeAt(statement, token);
    // A "gap" is that of either value to the other one.
    auto [begin, end] = statement.clauseOf(token);
    bool gap = statement.hasWordIn({"gap", "difference", "apart"}, begin, end);
    if (gap && !isThatChange(before, after, change, sink) &&
        isThatChange(after, before, change, sink) &&
        claimChange(after, before, change, statement, sink)) {
      statement.use(token, token + 1);
      return true;
    }
    bool apart = last && token > *last + near;
    if (apart ||
        (!isThatChange(before, after, change, sink) &&
         isShareOfCapacity(after, change)) ||
        !claimChange(before, after, change, statement, sink))
      break;
    statement.use(token, token + 1);
    last = token;
  }
  if (last)
    return true;
  // "has doubled from 15k to 30k".
  std::optional<StatedChange> word = changeInWords(statement);
  return word && claimChange(before, after, *word, statement, sink);
}

void ChangeReader::readPair(const ValuePair &pair) {
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
  bool claimed = claimChanges(pair, before, after) || readPoints(pair);
  if (claimed)
    statement.use(beforeToken, beforeToken + 1);
  PhraseMatch phrase = phraseOf(pair, *kind);
  bool exact = before.bound == Comparison::Equal;
  auto [begin, end] = statement.clauseOf(afterToken);
  if (!phrase || saysAdvice(statement, begin, end)) {
    // It may be the value of a figure that words name elsewhere.
    if (claimed)
      statement.reopen(afterToken);
    return;
  }
  const MetricPhrase &figure = *changingFigure(phrase.phrase);
  if (exact && sink.metric(figure, before, statement, true))
    statement.use(beforeToken, beforeToken + 1);
  if (sink.metric(figure, after, statement, false) || claimed)
    statement.use(afterToken, afterToken + 1);
}

/// The percentage of an efficiency; nothing without one.
std::optional<size_t> ChangeReader::efficiency() const {
  for (size_t i = 0; i < statement.tokens.size(); ++i)
    if (statement.tokens[i].isNumber() && amount(i).unit == "%" &&
        !statement.used[i] &&
        statement.hasWordIn({"efficiency", "efficient", "linear"}, i, i + 4))
      return i;
  return std::nullopt;
}

/// "128 -> 256 GPUs gives 352,000 -> 676,501 tokens/s, 96.1 % efficiency", and
/// "from 16 to 32 nodes: 1.8x throughput (90 % efficiency)".
void ChangeReader::readEfficiency(ArrayRef<ValuePair> pairs) {
  auto machines = llvm::find_if(pairs, [&](const ValuePair &pair) {
    return kindOf(amount(pair.after)) == FigureKind::Count &&
           statement.hasWordIn({"gpu", "node", "device", "rank"},
                               pair.before + 1, pair.after + 3);
  });
  std::optional<size_t> share = efficiency();
  if (machines == pairs.end() || !share)
    return;
  ValuesOfGpus few{amount(machines->before),
                   {"1", "", 0, "", Comparison::Equal}};
  ValuesOfGpus many{amount(machines->after), {}};
  auto claim = [&](std::initializer_list<size_t> tokens) {
    std::optional<std::string> left = efficiencyOf(few, many);
    if (!left || !sink.equals(*left, amount(*share), statement))
      return false;
    for (size_t token : tokens)
      statement.use(token, token + 1);
    statement.use(machines->before, machines->before + 1);
    statement.use(machines->after, machines->after + 1);
    statement.use(*share, *share + 1);
    return true;
  };
  for (size_t i = 0; i < *share; ++i) {
    many.value = amount(i);
    many.value.unit.clear();
    if (statement.tokens[i].isNumber() && amount(i).unit == "x" && claim({i}))
      return;
  }
  for (const ValuePair &pair : pairs) {
    few.value = amount(pair.before);
    many.value = amount(pair.after);
    if (few.value.unit.empty())
      few.value.unit = many.value.unit;
    std::optional<FigureKind> kind = kindOf(many.value);
    if ((kind == FigureKind::Rate || kind == FigureKind::Seconds) &&
        claim({pair.before, pair.after})) {
      statement.reopen(pair.after);
      return;
    }
  }
}

/// "increased memory usage by 283x": of two values that the section gives,
/// those whose ratio is near what is said. In a line with other numbers it is
/// of those.
void ChangeReader::readOfSection() {
  for (size_t i = 0; i < statement.tokens.size(); ++i)
    if (statement.tokens[i].isNumber() && statement.isOpen(i) &&
        !statement.isOrdinal(i) && !isChange(amount(i)))
      return;
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
              claimChange(before, after, changeAt(statement, i), statement,
                          sink))
            statement.use(i, i + 1);
  }
  readOnlyPair();
}

/// "Improvement: 60 %" below "Old latency: 20 ms" and "New latency: 12 ms",
/// when the section compares nothing else.
void ChangeReader::readOnlyPair() {
  static constexpr StringRef changes[] = {"improvement", "gain",   "reduction",
                                          "speedup",     "speed",  "increase",
                                          "decrease",    "saving", "change"};
  std::optional<std::pair<Amount, Amount>> only;
  size_t pairs = 0, token = statement.keyEnd;
  while (token < statement.tokens.size() && !statement.tokens[token].isNumber())
    ++token;
  if (!statement.hasWordIn(changes, 0, statement.keyEnd) ||
      token == statement.tokens.size() || statement.used[token] ||
      !isChange(amount(token)))
    return;
  for (const Amount &before : section.before)
    for (const Amount &after : section.after)
      if (areComparable(before, after) && !isChange(before)) {
        only = std::pair(before, after);
        ++pairs;
      }
  if (pairs == 1 && claimChange(only->first, only->second,
                                changeAt(statement, token), statement, sink))
    statement.use(token, token + 1);
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
  std::vector<ValuePair> pairs = pairsIn(statement);
  if (!pairs.empty()) {
    claim(section.listBefore, pairs.front().before);
    claim(section.listAfter, pairs.front().after);
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
bool ChangeReader::isOpen(const ValuePair &pair) const {
  for (size_t token : {pair.before, pair.after})
    if (!statement.isOpen(token) || isFraction(token))
      return false;
  return true;
}

void ChangeReader::read() {
  readVariance();
  std::vector<ValuePair> pairs = pairsIn(statement);
  llvm::erase_if(pairs, [&](const ValuePair &pair) { return !isOpen(pair); });
  readEfficiency(pairs);
  for (const ValuePair &pair : pairs)
    if (isOpen(pair))
      readPair(pair);
  // An arrow that says "gives" compares nothing either.
  if (!pairsIn(statement, /*joined=*/true).empty())
    return;
  std::optional<ValuePair> pair = referencePairIn(statement);
  if (pair && isOpen(*pair))
    readPair(*pair);
  else if (!pair)
    readOfSection();
}

void mlir::moe::readChanges(Statement &statement, const SectionNotes &section,
                            ClaimSink &sink) {
  ChangeReader(statement, section, sink).read();
}
