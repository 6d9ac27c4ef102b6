//===- UnitWords.cpp - How documents spell units --------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Phrase.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

namespace {
struct UnitRow {
  StringRef word; ///< as documents write it
  StringRef unit; ///< as claims do
};
} // namespace

/// Spellings beyond those of claims; a blank stands for any number of them.
/// Case counts where it tells bits from bytes.
static constexpr UnitRow rows[] = {
    {"percent", "%"},
    {"gigabytes", "GB"},
    {"megabytes", "MB"},
    {"terabytes", "TB"},
    {"bytes", "B"},
    {"sec", "s"},
    {"secs", "s"},
    {"second", "s"},
    {"seconds", "s"},
    {"msec", "ms"},
    {"millisecond", "ms"},
    {"milliseconds", "ms"},
    {"usec", "us"},
    {"microsecond", "us"},
    {"microseconds", "us"},
    {"minute", "min"},
    {"minutes", "min"},
    {"mins", "min"},
    {"hour", "h"},
    {"hours", "h"},
    {"days", "d"},
    {"TFLOPs", "TFLOPS"},
    {"TFLOPs/s", "TFLOPS"},
    {"TFlops", "TFLOPS"},
    {"TFLOP/sec", "TFLOPS"},
    {"TFLOPS/s", "TFLOPS"},
    {"teraflops", "TFLOPS"},
    {"PFLOPs", "PFLOPS"},
    {"PFLOPs/s", "PFLOPS"},
    {"petaflops", "PFLOPS"},
    {"GFLOPs", "GFLOPS"},
    {"GFLOPs/token", "GFLOP/token"},
    {"GFLOPs per token", "GFLOP/token"},
    {"GFLOP per token", "GFLOP/token"},
    {"TFLOPs/GPU", "TFLOPS/GPU"},
    {"TFLOPs/s/GPU", "TFLOPS/GPU"},
    {"TPS", "tokens/s"},
    {"tps", "tokens/s"},
    {"tok/s", "tokens/s"},
    {"tok/sec", "tokens/s"},
    {"toks/s", "tokens/s"},
    {"token/s", "tokens/s"},
    {"tokens/second", "tokens/s"},
    {"tokens per second", "tokens/s"},
    {"tokens per sec", "tokens/s"},
    {"tokens a second", "tokens/s"},
    {"Tokens/s", "tokens/s"},
    {"Tokens/sec", "tokens/s"},
    {"tok/s/GPU", "tokens/s/GPU"},
    {"tokens/second/GPU", "tokens/s/GPU"},
    {"tokens per second per GPU", "tokens/s/GPU"},
    {"tokens/s per GPU", "tokens/s/GPU"},
    {"tokens/sec per GPU", "tokens/s/GPU"},
    {"samples/second", "samples/s"},
    {"samples per second", "samples/s"},
    {"sequences/second", "sequences/s"},
    {"sequences per second", "sequences/s"},
    {"seq/sec", "sequences/s"},
    {"seqs/s", "sequences/s"},
    {"Gbit/s", "Gb/s"},
    {"gigabits per second", "Gb/s"},
    {"gibibytes", "GiB"},
    {"ms/token", "ms"},
    {"ms/tok", "ms"},
    {"ms per token", "ms"},
    {"ms/step", "ms"},
    {"ms/layer", "ms"},
    {"ms/batch", "ms"},
    {"s/step", "s"},
    {"s/iter", "s"},
    {"s/it", "s"},
    {"us/layer", "us"},
    {"Token/s", "tokens/s"},
    {"tok/s/gpu", "tokens/s/GPU"},
    {"tokens/GPU/s", "tokens/s/GPU"},
    {"tokens/s/gpu", "tokens/s/GPU"},
    {"TFLOPs per GPU", "TFLOPS/GPU"},
    {"TFLOPS per GPU", "TFLOPS/GPU"},
    {"TFLOP/s per GPU", "TFLOPS/GPU"},
};

/// Bytes of `text` that `word` takes, blanks of any number for one; 0 when
/// something else stands there or the word goes on.
static size_t lengthOf(StringRef word, StringRef text) {
  size_t at = 0;
  for (char c : word) {
    if (c != ' ') {
      if (at >= text.size() || text[at] != c)
        return 0;
      ++at;
      continue;
    }
    size_t next = text.find_first_not_of(' ', at);
    if (next == at || next == StringRef::npos)
      return 0;
    at = next;
  }
  // "68 GB/80 GB" is a quotient, "GB/node" another unit.
  bool quotient =
      at + 1 < text.size() && text[at] == '/' && llvm::isDigit(text[at + 1]);
  bool open = at < text.size() && !quotient &&
              (llvm::isAlnum(text[at]) || text[at] == '_' || text[at] == '/' ||
               static_cast<unsigned char>(text[at]) >= 0x80);
  return open && llvm::isAlnum(word.back()) ? 0 : at;
}

/// Of several spellings of claims, the one that takes prefixes.
static StringRef canonical(StringRef unit) {
  static constexpr UnitRow same[] = {
      {"tokens/sec", "tokens/s"},   {"tokens/sec/GPU", "tokens/s/GPU"},
      {"samples/sec", "samples/s"}, {"sequences/sec", "sequences/s"},
      {"seq/s", "sequences/s"},     {"µs", "us"}};
  for (const UnitRow &row : same)
    if (unit == row.word)
      return row.unit;
  return unit;
}

/// The longest spelling at the beginning of the text.
static UnitWord longestUnit(StringRef text) {
  UnitWord best;
  auto consider = [&](StringRef word, StringRef unit) {
    size_t length = lengthOf(word, text);
    if (length > best.length)
      best = {unit, 0, length};
  };
  for (StringRef spelling : Unit::spellings())
    // A bare "B", "d", "h" or "tokens" is as often a word.
    if (!spelling.empty() && spelling != "x" && spelling != "d" &&
        spelling != "tokens")
      consider(spelling, canonical(spelling));
  for (const UnitRow &row : rows)
    consider(row.word, row.unit);
  return best;
}

/// `x` as a factor: "283x", "1.5 x faster".
static bool isFactor(StringRef text, bool attached) {
  if (!text.consume_front("x") || (!text.empty() && llvm::isAlnum(text[0])))
    return false;
  if (attached)
    return true;
  text = text.ltrim();
  static constexpr StringRef words[] = {
      "faster", "slower",      "higher",    "lower",   "more",
      "less",   "improvement", "increase",  "speedup", "better",
      "larger", "smaller",     "reduction", "gain",    "speed-up"};
  return llvm::any_of(words,
                      [&](StringRef word) { return text.starts_with(word); });
}

/// Whether a number ends here: the text does, or a sign follows.
static bool endsOperand(StringRef rest) {
  rest = rest.ltrim(' ');
  return rest.empty() || StringRef("*/+=,;.:)|~<>-").contains(rest[0]) ||
         rest.starts_with("x ");
}

/// Powers of ten: "450k", "2.6M", "671B", "1.2 million".
static std::optional<std::pair<unsigned, size_t>> readPower(StringRef text,
                                                            bool attached) {
  static constexpr std::pair<StringRef, unsigned> letters[] = {
      {"k", 3}, {"K", 3}, {"M", 6}, {"B", 9}, {"T", 12}};
  static constexpr std::pair<StringRef, unsigned> words[] = {
      {"thousand", 3}, {"million", 6}, {"billion", 9}, {"trillion", 12}};
  static constexpr StringRef things[] = {" tok",     " param",  " seq",
                                         " sample",  " weight", " element",
                                         " request", " FLOP",   " flop"};
  auto isCounting = [&](StringRef letter) {
    StringRef rest = text.drop_front(letter.size());
    // What "B" alone counts, the line tells: bytes or billions.
    bool stands = letter != "B" && endsOperand(rest);
    return stands || llvm::any_of(things, [&](StringRef thing) {
             return rest.starts_with(thing);
           });
  };
  for (auto [letter, power] : letters)
    if (lengthOf(letter, text) && (attached || isCounting(letter)))
      return std::make_pair(power, letter.size());
  for (auto [word, power] : words)
    if (size_t length = lengthOf(word, text))
      return std::make_pair(power, length);
  return std::nullopt;
}

UnitWord mlir::moe::readUnit(StringRef text, bool attached) {
  if (isFactor(text, attached))
    return {"x", 0, 1};
  if (auto power = readPower(text, attached)) {
    StringRef rest = text.drop_front(power->second);
    size_t blanks = rest.size() - rest.ltrim(' ').size();
    UnitWord unit = longestUnit(rest.ltrim(' '));
    if (unit.length == 0)
      return {"", power->first, power->second};
    return {unit.unit, power->first, power->second + blanks + unit.length};
  }
  // With a blank before it, a single letter is as often a word.
  UnitWord unit = longestUnit(text);
  bool ends = endsOperand(text.drop_front(unit.length));
  if (unit.length == 0 && !attached && text.starts_with("d") &&
      endsOperand(text.drop_front()))
    return {"d", 0, 1};
  if (!attached && unit.length == 1 && unit.unit != "%" && unit.unit != "s" &&
      !((unit.unit == "B" || unit.unit == "h") && ends))
    return {};
  return unit;
}

/// The tokens around one between commas and the like, not farther than a
/// sentence goes.
static ArrayRef<Token> partAround(ArrayRef<Token> tokens, size_t token) {
  auto parts = [&](size_t i) {
    return tokens[i].is(",") || tokens[i].is(";") || tokens[i].is(":");
  };
  constexpr size_t most = 40;
  size_t begin = token, end = token + 1;
  while (begin > 0 && token - begin < most && !parts(begin - 1))
    --begin;
  while (end < tokens.size() && end - token < most && !parts(end))
    ++end;
  return tokens.slice(begin, end - begin);
}

void mlir::moe::settleBillions(std::vector<Token> &tokens) {
  auto isOpen = [](const Token &token) {
    return token.isNumber() && StringRef(token.text).ends_with(" B");
  };
  std::vector<size_t> billions;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (!isOpen(tokens[i]))
      continue;
    bool sizes = false, counts = false;
    for (const Token &token : partAround(tokens, i)) {
      sizes |= token.isNumber() && !isOpen(token) &&
               token.amount.dimension() == Dimension::Bytes;
      sizes |= token.is("byte") || token.is("memory");
      counts |= token.is("parameter") || token.is("param") ||
                (token.isNumber() && token.amount.unit.empty() &&
                 token.amount.power >= 6);
    }
    if (counts && !sizes)
      billions.push_back(i);
  }
  for (size_t i : billions) {
    tokens[i].amount.unit.clear();
    tokens[i].amount.power = 9;
  }
}
