//===- Phrase.cpp - Words, numbers and signs of a line --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Phrase.h"

#include "DecimalMarks.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir::moe;
using llvm::StringRef;

Dimension Amount::dimension() const {
  return Unit::lookup(unit).value_or(Unit()).dimension();
}

std::string Amount::text() const {
  std::string suffix = unit.empty() ? "" : " " + unit;
  return isRange() ? digits + suffix + " .. " + upper + suffix
                   : digits + suffix;
}

std::string mlir::moe::plainWord(StringRef word) {
  std::string text = word.lower();
  StringRef plain = text;
  if (plain.ends_with("pus")) // GPUs
    plain = plain.drop_back();
  if (plain.size() > 3 && plain.ends_with("s") && !plain.ends_with("ss") &&
      !plain.ends_with("us") && !plain.ends_with("is"))
    plain = plain.drop_back();
  return llvm::StringSwitch<std::string>(plain)
      .Case("utilisation", "utilization")
      .Case("optimiser", "optimizer")
      .Case("utilise", "utilize")
      .Case("gpu'", "gpu")
      .Default(plain.str());
}

namespace {
/// Reads one line.
class PhraseReader {
public:
  explicit PhraseReader(StringRef text) : text(text) {}
  std::vector<Token> read();

private:
  bool readNumber();
  bool readRange(Token &number);
  void readUnitOf(Token &number);
  void readPlus(Token &number);
  void readWord();
  void readSymbol();
  void readAmbiguous();
  void add(TokenKind kind, size_t end);
  bool namesThings() const;

  char peek(size_t index) const {
    return index < text.size() ? text[index] : '\0';
  }
  bool isDigitAt(size_t index) const { return llvm::isDigit(peek(index)); }

  StringRef text;
  size_t at = 0;
  std::vector<Token> tokens;
};
} // namespace

static bool isWordByte(char c) {
  return llvm::isAlnum(c) || static_cast<unsigned char>(c) >= 0x80;
}

/// "x" behind a digit and before a capital letter or digit; of "8x7B", the name
/// of a model, it is none.
static bool isProductSign(StringRef text, size_t at) {
  if (at == 0 || at + 1 >= text.size() || text[at] != 'x' ||
      !llvm::isDigit(text[at - 1]))
    return false;
  StringRef factor = text.substr(at + 1);
  if (llvm::isUpper(factor[0]))
    return true;
  size_t digits = factor.find_if_not(llvm::isDigit);
  return digits != 0 && !factor.substr(digits).starts_with("B");
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

namespace {
/// Digits of a number in a text.
struct Numeral {
  std::string digits; ///< without group separators; empty: no number
  size_t length = 0;  ///< bytes read
  unsigned power = 0;
};
} // namespace

/// The end of the digits that begin at `from`.
static size_t digitsFrom(StringRef text, size_t from) {
  return std::min(text.find_if_not(llvm::isDigit, from), text.size());
}

/// `1,024`, `0.35`: digits, groups of three and a fraction.
static Numeral readDigits(StringRef text) {
  Numeral result;
  size_t end = digitsFrom(text, 0);
  result.digits = text.take_front(end).str();
  bool grouped = end >= 1 && end <= 3;
  while (grouped && end < text.size() && text[end] == ',' &&
         digitsFrom(text, end + 1) == end + 4) {
    result.digits += text.substr(end + 1, 3);
    end += 4;
  }
  if (end + 1 < text.size() && text[end] == '.' &&
      llvm::isDigit(text[end + 1])) {
    size_t fraction = digitsFrom(text, end + 1);
    result.digits += text.slice(end, fraction);
    end = fraction;
  }
  result.length = end;
  return result;
}

/// The bytes of what people read in different ways: "1.2.3", "42,3", "2 048".
/// `end` is where the number would end; 0 when it is one.
static size_t ambiguousLength(StringRef text, size_t end) {
  auto isMark = [](char c) { return llvm::isDigit(c) || c == '.' || c == ','; };
  if (end + 1 < text.size() && (text[end] == '.' || text[end] == ',') &&
      llvm::isDigit(text[end + 1]))
    return std::min(text.find_if_not(isMark), text.size());
  // In many languages "12.000" is twelve thousand.
  size_t point = text.take_front(end).find('.');
  if (point != StringRef::npos && text.slice(point + 1, end) == "000" &&
      text.take_front(point) != "0" && text.take_front(point) != "1")
    return end;
  bool group = end <= 3 && end + 3 < text.size() && text[end] == ' ' &&
               digitsFrom(text, end + 1) == end + 4;
  bool goesOn = end + 4 < text.size() &&
                (llvm::isAlpha(text[end + 4]) || text[end + 4] == '-');
  return group && !goesOn ? end + 4 : 0;
}

/// `1,024`, `0.35`, `1e6`. What is ambiguous or has too many digits has a
/// length, but no digits.
static Numeral readNumeral(StringRef text) {
  Numeral result = readDigits(text);
  size_t end = result.length;
  StringRef rest = text.substr(end);
  if (rest.size() > 1 && (rest[0] == 'e' || rest[0] == 'E') &&
      llvm::isDigit(rest[1])) {
    size_t stop = digitsFrom(text, end + 1);
    if (stop - end <= 3 && !(stop < text.size() && llvm::isAlnum(text[stop])))
      rest.slice(1, stop - end).getAsInteger(10, result.power);
    result.length = result.power ? stop : end;
  }
  if (size_t length = ambiguousLength(text, result.length)) {
    result.length = length;
    result.digits.clear();
  }
  std::string error;
  if (!Decimal::parse(result.digits, error) || result.power > 15)
    result.digits.clear();
  return result;
}

/// Whether numbers with a dash between them count things here: "GPU 0-1".
bool PhraseReader::namesThings() const {
  static constexpr StringRef names[] = {
      "gpu",  "rank",  "layer",   "expert", "group",  "node",   "phase",
      "step", "stage", "section", "table",  "figure", "page",   "line",
      "day",  "week",  "version", "device", "issue",  "chapter"};
  return !tokens.empty() && llvm::is_contained(names, tokens.back().text);
}

/// "70 %" of "60-70 %" and "60 -- 70 %".
bool PhraseReader::readRange(Token &number) {
  StringRef rest = text.substr(at), tail = rest.ltrim(' ');
  bool dash = tail.consume_front("--") || tail.consume_front("-");
  // "between 10 and 12 ms", "15 to 20 ms"; "from 20 to 12 ms" is a change.
  bool between = !tokens.empty() && tokens.back().is("between");
  bool spoken = between ? tail.consume_front("and ")
                        : number.amount.unit.empty() && !number.amount.power &&
                              !(!tokens.empty() && tokens.back().is("from")) &&
                              tail.consume_front("to ");
  tail = tail.ltrim(' ');
  if (!(dash || spoken) || tail.empty() || !llvm::isDigit(tail[0]) ||
      namesThings())
    return false;
  Numeral second = readNumeral(tail);
  if (second.digits.empty())
    return false;
  StringRef after = tail.drop_front(second.length);
  size_t blanks = after.size() - after.ltrim(' ').size();
  UnitWord unit = readUnit(after.ltrim(' '), blanks == 0);
  Amount &first = number.amount;
  // "141 GB - 26.5 GB - 98.8 GB = 15.7 GB" subtracts.
  bool spaced = text.substr(at).starts_with(" - ");
  bool difference = spaced && !first.unit.empty() &&
                    tail.take_until([](char c) { return c == ';' || c == ':'; })
                        .contains('=');
  if (difference || unit.length == 0 || unit.unit.empty() ||
      !(first.unit.empty() || first.unit == unit.unit))
    return false;
  Quantity low, high;
  std::string error;
  auto lowNumber = Decimal::parse(first.digits, error);
  auto highNumber = Decimal::parse(second.digits, error);
  if (!lowNumber || !highNumber)
    return false;
  low.number = *lowNumber;
  high.number = *highNumber;
  if (low.compare(high) >= 0 || (first.power && first.power != unit.power))
    return false;
  first.upper = second.digits;
  first.unit = unit.unit.str();
  first.power = unit.power;
  at = text.size() - after.size() + blanks + unit.length;
  return true;
}

/// "KB/token", "GB/node": a unit that no claim has; empty when there is none.
static StringRef compoundUnit(StringRef text) {
  StringRef word =
      text.take_while([](char c) { return llvm::isAlpha(c) || c == '/'; });
  StringRef size = word.take_until([](char c) { return c == '/'; });
  // Bits in numbers that claims have no prefix for.
  static constexpr StringRef bits[] = {"Tbit", "Tb", "Pbit", "Pb", "kbit"};
  bool compound = size.size() > 1 && word.size() > size.size() + 1 &&
                  (readUnit(size, /*attached=*/true).length == size.size() ||
                   llvm::is_contained(bits, size));
  return compound ? word : StringRef();
}

void PhraseReader::readUnitOf(Token &number) {
  StringRef rest = text.substr(at);
  size_t blanks = rest.size() - rest.ltrim(' ').size();
  if (blanks > 2)
    return;
  UnitWord unit = readUnit(rest.ltrim(' '), blanks == 0);
  // "64 x 16" is a product, "1.8x (240 to 440)" none.
  StringRef behind = rest.ltrim(' ').drop_front(unit.length);
  StringRef after = behind.ltrim(' ');
  bool factor = blanks == 0 && after.size() < behind.size();
  if (unit.length == 0)
    if (StringRef other = compoundUnit(rest.ltrim(' ')); !other.empty()) {
      number.amount.unit = other.str();
      at += blanks + other.size();
      return;
    }
  if (unit.length == 0 ||
      (unit.unit == "x" && !after.empty() &&
       (llvm::isDigit(after[0]) || (after[0] == '(' && !factor))))
    return;
  number.amount.unit = unit.unit.str();
  number.amount.power += unit.power;
  at += blanks + unit.length;
}

/// "95%+", "450,000+ tokens/s".
void PhraseReader::readPlus(Token &number) {
  if (peek(at) != '+' || llvm::isDigit(peek(at + 1)) ||
      (peek(at + 1) == ' ' && llvm::isDigit(peek(at + 2))))
    return;
  ++at;
  number.amount.bound = Comparison::GreaterEqual;
  if (number.amount.unit.empty())
    readUnitOf(number);
}

bool PhraseReader::readNumber() {
  if (!isDigitAt(at))
    return false;
  Numeral numeral = readNumeral(text.substr(at));
  size_t end = at + numeral.length;
  if (numeral.digits.empty()) {
    add(TokenKind::Word, end);
    return true;
  }
  Token number;
  number.kind = TokenKind::Number;
  number.begin = at;
  number.amount.digits = numeral.digits;
  number.amount.power = numeral.power;
  at = end;
  readUnitOf(number);
  // Letters that are no unit, "3D" and "1st", and names: "8x7B".
  if (at == end && llvm::isAlpha(peek(at)) && !isProductSign(text, at)) {
    at = number.begin;
    readWord();
    return true;
  }
  if (!readRange(number))
    readPlus(number);
  number.end = at;
  number.text = text.slice(number.begin, at).rtrim().str();
  // "64-way", "24-layer".
  if (peek(at) == '-' && llvm::isAlpha(peek(at + 1)))
    ++at;
  tokens.push_back(std::move(number));
  return true;
}

//===----------------------------------------------------------------------===//
// Words and symbols
//===----------------------------------------------------------------------===//

void PhraseReader::add(TokenKind kind, size_t end) {
  Token token;
  token.kind = kind;
  token.begin = at;
  token.end = end;
  StringRef piece = text.slice(at, end);
  token.text = kind == TokenKind::Word ? plainWord(piece) : piece.str();
  tokens.push_back(std::move(token));
  at = end;
}

/// Letters and digits; hyphens and underscores between letters part words, a
/// sign of multiplication between factors does: "EP16xTP4", "8xH100".
void PhraseReader::readWord() {
  size_t end = at;
  while (end < text.size() && (isWordByte(text[end]) || text[end] == '\'') &&
         !(end > at && isProductSign(text, end)))
    ++end;
  if (isProductSign(text, at))
    end = at + 1;
  if (!tokens.empty() && tokens.back().is(")"))
    if (UnitWord unit = readUnit(text.substr(at), /*attached=*/false);
        unit.length && unit.unit != "x") {
      add(TokenKind::Word, at + unit.length);
      tokens.back().amount.unit = unit.unit.str();
      tokens.back().amount.power = unit.power;
      return;
    }
  add(TokenKind::Word, std::max(end, at + 1));
  if ((peek(at) == '-' || peek(at) == '_') && llvm::isAlpha(peek(at + 1)))
    ++at;
}

void PhraseReader::readSymbol() {
  for (StringRef symbol : {"<=", ">=", "->", "--", "...", "=="})
    if (text.substr(at).starts_with(symbol))
      return add(TokenKind::Symbol, at + symbol.size());
  add(TokenKind::Symbol, at + 1);
}

/// A number that can be read in two ways is a word.
void PhraseReader::readAmbiguous() {
  ++at;
  size_t end = text.find_if_not(
      [](char c) { return llvm::isDigit(c) || c == '.' || c == ','; }, at);
  if (isDigitAt(at))
    add(TokenKind::Word, std::min(end, text.size()));
}

std::vector<Token> PhraseReader::read() {
  while (at < text.size()) {
    if (llvm::isSpace(text[at]))
      ++at;
    else if (text[at] == ambiguousMark)
      readAmbiguous();
    else if (readNumber())
      continue;
    else if (isWordByte(text[at]))
      readWord();
    else
      readSymbol();
  }
  return std::move(tokens);
}

std::vector<Token> mlir::moe::readTokens(StringRef text) {
  std::vector<Token> tokens = PhraseReader(text).read();
  settleBillions(tokens);
  return tokens;
}
