//===- ParenthesisReader.cpp - What parentheses say of a number -----------===//
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
using llvm::ArrayRef;
using llvm::StringRef;

namespace {
/// A number and the parenthesis behind it.
struct Aside {
  /// Token of the number; its words follow.
  size_t number = 0;
  size_t open = 0, close = 0;
};

/// Reads the parentheses of one line.
class ParenthesisReader {
public:
  ParenthesisReader(Statement &statement, ClaimSink &sink)
      : statement(statement), sink(sink) {}
  void read();

private:
  std::optional<size_t> numberBefore(size_t open) const;
  std::vector<size_t> numbersIn(size_t begin, size_t end) const;
  std::vector<size_t> explained(const Aside &aside) const;
  bool readExpressionIn(const Aside &aside);
  bool readShare(const Aside &aside);
  bool readDifference(const Aside &aside, ArrayRef<size_t> numbers);
  bool readFraction(const Aside &aside);
  bool readShareOfWhole(const Aside &aside);
  bool readHeadroom(const Aside &aside);
  bool readLayers(const Aside &aside);
  bool readEach(const Aside &aside);
  bool readRates(const Aside &aside);
  bool readParts(const Aside &aside);
  bool claimShare(size_t part, size_t whole, size_t share, bool rest);

  const Amount &amount(size_t token) const {
    return statement.tokens[token].amount;
  }

  Statement &statement;
  ClaimSink &sink;
};
} // namespace

static constexpr StringRef restWords[] = {"waste",  "wasted",    "idle",
                                          "unused", "headroom",  "free",
                                          "left",   "remaining", "available"};

static bool isShare(const Amount &amount) { return amount.unit == "%"; }

/// The last number before the parenthesis, with words between them.
std::optional<size_t> ParenthesisReader::numberBefore(size_t open) const {
  constexpr size_t most = 6;
  for (size_t back = 1; back <= most && back <= open; ++back) {
    const Token &token = statement.tokens[open - back];
    // "3 x (4 + 5)" is a product.
    bool sign =
        back == 1 &&
        (token.is("x") || isTimes(statement, open - back) || token.is("plus"));
    if (token.isNumber())
      return statement.isOpen(open - back) ? std::optional(open - back)
                                           : std::nullopt;
    if (!token.isWord() || sign)
      return std::nullopt;
  }
  return std::nullopt;
}

std::vector<size_t> ParenthesisReader::numbersIn(size_t begin,
                                                 size_t end) const {
  std::vector<size_t> numbers;
  for (size_t i = begin; i < end; ++i)
    if (statement.tokens[i].isNumber())
      numbers.push_back(i);
  return numbers;
}

/// The numbers before the parenthesis that it may explain, the nearest first:
/// of "61 layers in 2 stages (31 + 30)" both.
std::vector<size_t> ParenthesisReader::explained(const Aside &aside) const {
  constexpr size_t most = 10;
  std::vector<size_t> numbers = {aside.number};
  for (size_t i = aside.number; i-- > 0 && aside.number - i <= most;) {
    const Token &token = statement.tokens[i];
    if (token.isNumber() && statement.isOpen(i) &&
        kindOf(token.amount) == kindOf(amount(aside.number)))
      numbers.push_back(i);
    else if (!token.isWord())
      break;
  }
  return numbers;
}

/// `776 MB (264 MB weights + 512 MB activations)`.
bool ParenthesisReader::readExpressionIn(const Aside &aside) {
  auto inner = readExpression(statement, aside.open + 1, aside.close);
  if (!inner || inner->end != aside.close || inner->operators == 0 ||
      !inner->hasNumber())
    return false;
  size_t number = aside.number;
  std::vector<size_t> candidates = explained(aside);
  auto fits = llvm::find_if(candidates, [&](size_t candidate) {
    return sink.holds(inner->text(), amount(candidate));
  });
  // A wrong sum is of what it comes near to.
  if (fits == candidates.end())
    fits = llvm::find_if(candidates, [&](size_t candidate) {
      Amount near;
      near.digits = "0.5";
      near.upper = "2";
      return sink.holds(
          "(" + inner->text() + ") / " + numberText(amount(candidate)), near);
    });
  if (fits != candidates.end())
    number = *fits;
  Amount stated = amount(number);
  if (!sink.equals(inner->text(), stated, statement)) {
    std::optional<std::string> bare = inner->bareText();
    bool countedThings = stated.dimension() == Dimension::Tokens;
    if (!bare || !countedThings)
      return false;
    stated.unit.clear();
    if (!sink.equals(*bare, stated, statement))
      return false;
  }
  statement.use(aside.open, aside.close + 1);
  statement.reopen(number);
  return true;
}

/// `part / whole = share`, or what is left of it.
bool ParenthesisReader::claimShare(size_t part, size_t whole, size_t share,
                                   bool rest) {
  Amount first = amount(part), second = amount(whole);
  if (first.unit.empty() && !first.isRange())
    first.unit = second.unit;
  if (first.isRange() || second.isRange() || isShare(second))
    return false;
  std::string left = numberText(first) + " / " + numberText(second);
  if (rest)
    left = "1 - " + left;
  if (!sink.equals(left, amount(share), statement))
    return false;
  for (size_t token : {part, whole, share})
    statement.use(token, token + 1);
  return true;
}

/// `72 % higher (31 ms vs. 18 ms)`: the second value is what is compared with.
bool ParenthesisReader::readDifference(const Aside &aside,
                                       ArrayRef<size_t> numbers) {
  Amount now = amount(numbers[0]), before = amount(numbers[1]);
  if (now.unit.empty())
    now.unit = before.unit;
  if (!claimChange(before, now, changeAt(statement, aside.number), statement,
                   sink))
    return false;
  for (size_t token : {numbers[0], numbers[1], aside.number})
    statement.use(token, token + 1);
  return true;
}

/// `80 % compute utilization (320 TFLOPS vs 400 TFLOPS)`.
bool ParenthesisReader::readShare(const Aside &aside) {
  std::vector<size_t> numbers = numbersIn(aside.open, aside.close);
  if (!isShare(amount(aside.number)) || numbers.size() != 2)
    return false;
  static constexpr StringRef links[] = {"vs", "versus", "of", "/", "out"};
  bool linked = false;
  for (size_t i = numbers[0]; i < numbers[1]; ++i)
    linked |= !statement.tokens[i].isNumber() &&
              llvm::is_contained(links, statement.tokens[i].text);
  if (!linked)
    return false;
  // "72 % higher (31 ms vs. 18 ms)" is a change, and (1.7 % compute) of 96 GPUs
  // another share.
  static constexpr StringRef changes[] = {
      "higher",   "lower",     "more",   "less",  "above",  "below",
      "faster",   "slower",    "over",   "under", "better", "worse",
      "increase", "reduction", "growth", "drop",  "larger", "smaller"};
  if (statement.hasWordIn(changes, aside.number, aside.open))
    return readDifference(aside, numbers);
  bool rest = statement.hasWordIn(restWords, aside.number, aside.open);
  bool kept = claimShare(numbers[0], numbers[1], aside.number, rest);
  if (!kept)
    return false;
  // The share is also the value of a figure, and so are its parts.
  statement.reopen(aside.number);
  static constexpr MetricPhrase rate{"", FigureKind::Compute, "device_compute",
                                     ""};
  static constexpr MetricPhrase peak{"", FigureKind::Compute, "peak_bf16",
                                     "cluster.peak_bf16"};
  if (kindOf(amount(numbers[0])) == FigureKind::Compute) {
    sink.metric(rate, amount(numbers[0]), statement, statement.previous);
    sink.metric(peak, amount(numbers[1]), statement, false);
  }
  return true;
}

/// `3/128 (2.3 %)`, `3 out of 128 GPUs (98 % waste)`.
bool ParenthesisReader::readFraction(const Aside &aside) {
  std::vector<size_t> numbers = numbersIn(aside.open, aside.close);
  if (numbers.size() != 1 || !isShare(amount(numbers[0])))
    return false;
  static constexpr StringRef links[] = {"/", "of", "out"};
  // "28.4 GB per GPU out of 64 GB": words may stand between, a link among them.
  constexpr size_t most = 6;
  size_t whole = aside.number;
  bool linked = false;
  for (size_t back = 1; back <= most && back <= whole; ++back) {
    size_t part = whole - back;
    const Token &token = statement.tokens[part];
    if (!token.isNumber()) {
      linked |= llvm::is_contained(links, token.text);
      if (!llvm::is_contained(links, token.text) && !isPlainWord(token))
        return false;
      continue;
    }
    // Of "100 % of 96 GPUs (1.7 % compute)" the share is another one.
    if (!linked || isShare(amount(part)) ||
        !claimShare(part, whole, numbers[0],
                    statement.hasWordIn(restWords, aside.open, aside.close)))
      return false;
    if (!amount(part).unit.empty())
      statement.reopen(part);
    return true;
  }
  return false;
}

/// `17.4 GB (21.7 % of 80 GB)`.
bool ParenthesisReader::readShareOfWhole(const Aside &aside) {
  std::vector<size_t> numbers = numbersIn(aside.open, aside.close);
  if (numbers.size() != 2 || !isShare(amount(numbers[0])) ||
      !statement.hasWordIn({"of"}, numbers[0], numbers[1]) ||
      (kindOf(amount(aside.number)) != kindOf(amount(numbers[1])) &&
       !amount(numbers[1]).unit.empty()) ||
      isShare(amount(aside.number)))
    return false;
  // "533 TFLOPS (53.9 % of 989)".
  if (amount(numbers[1]).unit.empty())
    statement.tokens[numbers[1]].amount.unit = amount(aside.number).unit;
  if (!claimShare(aside.number, numbers[1], numbers[0], /*rest=*/false))
    return false;
  statement.reopen(aside.number);
  return true;
}

/// `149 MB used per GPU (99.7 % headroom)` is a share of the memory of a GPU.
bool ParenthesisReader::readHeadroom(const Aside &aside) {
  std::vector<size_t> numbers = numbersIn(aside.open, aside.close);
  static constexpr StringRef shareWords[] = {"utilization", "utilized", "used",
                                             "usage", "occupancy"};
  bool rest = statement.hasWordIn(restWords, aside.open, aside.close);
  if (numbers.size() != 1 || !isShare(amount(numbers[0])) ||
      kindOf(amount(aside.number)) != FigureKind::Bytes ||
      amount(aside.number).isRange() ||
      !(rest || statement.hasWordIn(shareWords, aside.open, aside.close)))
    return false;
  std::string left = numberText(amount(aside.number)) + " / gpu_memory";
  if (rest)
    left = "1 - " + left;
  if (!sink.equals(left, amount(numbers[0]), statement))
    return false;
  statement.use(aside.open, aside.close + 1);
  statement.reopen(aside.number);
  return true;
}

/// `8.5 ms per layer (204 ms for 24 layers)`.
bool ParenthesisReader::readLayers(const Aside &aside) {
  std::vector<size_t> numbers = numbersIn(aside.open, aside.close);
  const Token *per = aside.number + 2 < statement.tokens.size()
                         ? &statement.tokens[aside.number + 1]
                         : nullptr;
  if (numbers.size() != 2 || !per || !(per->is("per") || per->is("a")) ||
      kindOf(amount(numbers[1])) != FigureKind::Count ||
      amount(aside.number).unit.empty() ||
      numbers[1] + 1 >= statement.tokens.size() ||
      statement.tokens[numbers[1] + 1].text !=
          statement.tokens[aside.number + 2].text)
    return false;
  if (!sink.equals(numberText(amount(aside.number)) + " * " +
                       numberText(amount(numbers[1])),
                   amount(numbers[0]), statement))
    return false;
  statement.use(aside.open, aside.close + 1);
  return true;
}

/// `63 experts divided into 3 parts (21 each)`.
bool ParenthesisReader::readEach(const Aside &aside) {
  static constexpr StringRef splits[] = {"divided", "split",       "across",
                                         "over",    "into",        "among",
                                         "spread",  "distributed", "between"};
  std::vector<size_t> inside = numbersIn(aside.open, aside.close);
  std::vector<size_t> before = numbersIn(0, aside.open);
  if (inside.size() != 1 || before.size() < 2 ||
      kindOf(amount(inside[0])) != FigureKind::Count ||
      !statement.hasWordIn(splits, 0, aside.open) ||
      !(statement.hasWordIn({"each", "per"}, aside.open, aside.close)))
    return false;
  size_t whole = before[before.size() - 2], parts = before.back();
  if (kindOf(amount(whole)) != FigureKind::Count ||
      kindOf(amount(parts)) != FigureKind::Count)
    return false;
  if (!sink.equals(numberText(amount(whole)) + " / " +
                       numberText(amount(parts)),
                   amount(inside[0]), statement))
    return false;
  statement.use(whole, aside.close + 1);
  return true;
}

/// `312 samples/s (319488 tokens/s)` gives the length of a sequence.
bool ParenthesisReader::readRates(const Aside &aside) {
  std::vector<size_t> inside = numbersIn(aside.open, aside.close);
  auto rateOf = [&](size_t token) { return amount(token).dimension(); };
  if (inside.size() != 1 || rateOf(inside[0]) != Dimension::TokensPerSecond ||
      (rateOf(aside.number) != Dimension::SamplesPerSecond &&
       rateOf(aside.number) != Dimension::SequencesPerSecond))
    return false;
  auto tokens = bareNumber(amount(inside[0])),
       samples = bareNumber(amount(aside.number));
  return tokens && samples &&
         sink.claim(*tokens + " / " + *samples + " = sequence_length",
                    statement);
}

/// `63 experts (21-21-21)`.
bool ParenthesisReader::readParts(const Aside &aside) {
  // "Variance: 0 (8-8-8)" is no sum.
  if (statement.hasWordIn({"variance", "imbalance", "deviation", "spread"}, 0,
                          aside.open))
    return false;
  for (const Statement::NumberList &list : statement.numberLists()) {
    if (list.begin != aside.open + 1 || list.end != aside.close ||
        kindOf(amount(aside.number)) != FigureKind::Count)
      continue;
    std::string sum = "sum(" + llvm::join(list.digits, ", ") + ")";
    if (!sink.equals(sum, amount(aside.number), statement))
      return false;
    statement.use(aside.number, aside.number + 1);
    return true;
  }
  return false;
}

void ParenthesisReader::read() {
  for (size_t open = 0; open < statement.tokens.size(); ++open) {
    if (!statement.tokens[open].is("("))
      continue;
    size_t close = statement.closing(open);
    std::optional<size_t> number = numberBefore(open);
    if (close == statement.tokens.size() || !number)
      continue;
    Aside aside{*number, open, close};
    (void)(readShare(aside) || readFraction(aside) || readShareOfWhole(aside) ||
           readHeadroom(aside) || readLayers(aside) || readEach(aside) ||
           readRates(aside) || readParts(aside) || readExpressionIn(aside));
  }
}

void mlir::moe::readParentheses(Statement &statement, ClaimSink &sink) {
  ParenthesisReader(statement, sink).read();
}
