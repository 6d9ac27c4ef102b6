//===- Parser.cpp - Reads a claim -----------------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Claims/Expression.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

static constexpr StringRef functions[] = {
    "sum",   "mean",  "min", "max", "variance", "sample_variance",
    "ratio", "change"};

llvm::ArrayRef<StringRef> mlir::moe::functionNames() { return functions; }

std::optional<Quantity> ClaimTree::plainNumber(unsigned node) const {
  bool negative = false;
  while (nodes[node].kind == NodeKind::Negate) {
    negative = !negative;
    node = nodes[node].operands.front();
  }
  if (nodes[node].kind != NodeKind::Number)
    return std::nullopt;
  Quantity number = nodes[node].number;
  if (negative)
    number.number.digits = -number.number.digits;
  return number;
}

static bool isNameStart(char c) { return llvm::isAlpha(c) || c == '_'; }
static bool isNameCharacter(char c) { return llvm::isAlnum(c) || c == '_'; }

/// The signs of other keyboards, and what the grammar has for them.
static StringRef replacementFor(StringRef rest) {
  static constexpr std::pair<StringRef, StringRef> signs[] = {
      {"×", "*"}, {"÷", "/"}, {"≤", "<="}, {"≥", ">="},
      {"≈", "="}, {"−", "-"}, {"–", "-"},  {"…", ".."}};
  for (auto [sign, replacement] : signs)
    if (rest.starts_with(sign))
      return replacement;
  return "";
}

namespace {
/// Recursive descent. A function that fails returns nothing after it has set
/// the error; the depth is bounded, and operands are nodes of a list, so that
/// nothing later recurses.
class Parser {
public:
  Parser(StringRef text, ClaimError &error) : text(text), error(error) {
    tree.text = text.str();
  }
  std::optional<ClaimTree> parse();

private:
  using Result = std::optional<unsigned>;

  bool parseRelation();
  Result parseSum(unsigned depth);
  Result parseProduct(unsigned depth);
  Result parseFactor(unsigned depth);
  Result parseParentheses(unsigned depth);
  Result parseNumber();
  Result parseReference();
  Result parseName(unsigned depth);
  Result parseCall(size_t begin, StringRef name, unsigned depth);
  Result checkArity(unsigned call);

  void skipBlanks() {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t'))
      ++at;
  }
  StringRef rest() const { return text.drop_front(at); }
  bool consume(StringRef sign) {
    skipBlanks();
    if (!rest().starts_with(sign))
      return false;
    at += sign.size();
    return true;
  }
  std::string found() const;
  /// Fails at a byte of the text.
  std::nullopt_t fail(size_t place, std::string message);
  unsigned push(NodeKind kind, size_t begin,
                llvm::ArrayRef<unsigned> operands = {});

  StringRef text;
  size_t at = 0;
  ClaimTree tree;
  ClaimError &error;
};
} // namespace

std::nullopt_t Parser::fail(size_t place, std::string message) {
  // Bytes that continue a character are not counted.
  error.column = 1 + llvm::count_if(text.take_front(place), [](char c) {
                   return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
                 });
  error.message = std::move(message);
  return std::nullopt;
}

std::string Parser::found() const {
  if (rest().empty())
    return "the end of the claim";
  StringRef word = rest().take_until([](char c) { return c == ' '; });
  std::string result = quotedValue(word);
  if (StringRef sign = replacementFor(rest()); !sign.empty())
    result += ", write " + quoted(sign);
  return result;
}

unsigned Parser::push(NodeKind kind, size_t begin,
                      llvm::ArrayRef<unsigned> operands) {
  Node node;
  node.kind = kind;
  node.begin = begin;
  // A call ends with its parenthesis; blanks behind an operand are not its own.
  node.end = kind == NodeKind::Call || operands.empty()
                 ? at
                 : tree.nodes[operands.back()].end;
  node.operands.assign(operands.begin(), operands.end());
  tree.nodes.push_back(std::move(node));
  return static_cast<unsigned>(tree.nodes.size() - 1);
}

std::optional<unsigned> Parser::parseParentheses(unsigned depth) {
  size_t begin = at - 1;
  Result inner = parseSum(depth + 1);
  if (!inner)
    return std::nullopt;
  if (!consume(")"))
    return fail(at, "expected ')' or an operator, found " + found());
  tree.nodes[*inner].begin = begin;
  tree.nodes[*inner].end = at;
  return inner;
}

/// Length of the digits at the start of `text`, with at most one point. The
/// ".." of a range is no point.
static size_t lengthOfDigits(StringRef text) {
  size_t length = text.take_while(llvm::isDigit).size();
  if (length + 1 < text.size() && text[length] == '.' &&
      llvm::isDigit(text[length + 1]))
    length += 1 + text.drop_front(length + 1).take_while(llvm::isDigit).size();
  return length;
}

/// The longest unit at the start of `text` that is not the start of a word.
static StringRef longestUnit(StringRef text) {
  StringRef best;
  for (StringRef spelling : Unit::spellings()) {
    if (spelling.size() <= best.size() || !text.starts_with(spelling))
      continue;
    StringRef behind = text.drop_front(spelling.size());
    if (behind.empty() || spelling == "%" || !isNameCharacter(behind.front()))
      best = spelling;
  }
  return best;
}

std::optional<unsigned> Parser::parseNumber() {
  size_t begin = at;
  StringRef digits = rest().take_front(lengthOfDigits(rest()));
  std::string message;
  std::optional<Decimal> decimal = Decimal::parse(digits, message);
  if (!decimal)
    return fail(begin, message);
  at += digits.size();
  size_t end = at;
  // An exponent or a letter that touches the digits is part of the number.
  if (!rest().empty() && (rest().front() == 'e' || rest().front() == 'E') &&
      rest().size() > 1 &&
      (llvm::isDigit(rest()[1]) || rest()[1] == '-' || rest()[1] == '+'))
    return fail(begin, "found an exponent, write the number with all its "
                       "digits and a unit such as 'GB'");
  skipBlanks();
  StringRef unit = longestUnit(rest());
  if (unit.empty() && !rest().empty() && isNameStart(rest().front())) {
    StringRef word = rest().take_while(
        [](char c) { return isNameCharacter(c) || c == '/'; });
    return fail(at, "unknown unit " + quoted(word) +
                        didYouMean(word, Unit::spellings()));
  }
  at = unit.empty() ? end : at + unit.size();
  unsigned node = push(NodeKind::Number, begin);
  tree.nodes[node].number = Quantity{*decimal, *Unit::lookup(unit)};
  return node;
}

std::optional<unsigned> Parser::parseReference() {
  size_t begin = at++;
  StringRef name =
      rest().take_while([](char c) { return isNameCharacter(c) || c == '-'; });
  if (name.empty())
    return fail(at, "expected the id of a claim behind '@', found " + found());
  at += name.size();
  unsigned node = push(NodeKind::Reference, begin);
  tree.nodes[node].name = name.str();
  return node;
}

std::optional<unsigned> Parser::checkArity(unsigned call) {
  const Node &node = tree.nodes[call];
  size_t count = node.operands.size();
  StringRef name = functions[static_cast<size_t>(node.function)];
  bool pair =
      node.function == Function::Ratio || node.function == Function::Change;
  if (pair && count != 2)
    return fail(node.begin, quoted(name) + " takes 2 values, found " +
                                std::to_string(count) +
                                " (digits are written without separators)");
  if (node.function == Function::SampleVariance && count < 2)
    return fail(node.begin, quoted(name) + " takes at least 2 values, found 1");
  return call;
}

std::optional<unsigned> Parser::parseCall(size_t begin, StringRef name,
                                          unsigned depth) {
  const auto *function = llvm::find(functions, name);
  if (function == std::end(functions))
    return fail(begin, "unknown function " + quoted(name) +
                           didYouMean(name, functions));
  llvm::SmallVector<unsigned> operands;
  do {
    Result operand = parseSum(depth + 1);
    if (!operand)
      return std::nullopt;
    operands.push_back(*operand);
  } while (consume(","));
  if (!consume(")"))
    return fail(at, "expected ',' or ')', found " + found());
  unsigned node = push(NodeKind::Call, begin, operands);
  tree.nodes[node].function =
      static_cast<Function>(function - std::begin(functions));
  return checkArity(node);
}

std::optional<unsigned> Parser::parseName(unsigned depth) {
  size_t begin = at;
  StringRef name = rest().take_while(isNameCharacter);
  at += name.size();
  bool ofBaseline = name == "baseline" && rest().starts_with(".");
  if (ofBaseline) {
    ++at;
    name = rest().take_while(isNameCharacter);
    if (name.empty())
      return fail(at, "expected a metric behind 'baseline.', found " + found());
    at += name.size();
  } else if (consume("(")) {
    return parseCall(begin, name, depth);
  } else {
    at = begin + name.size();
  }
  unsigned node =
      push(ofBaseline ? NodeKind::BaselineMetric : NodeKind::Metric, begin);
  tree.nodes[node].name = name.str();
  return node;
}

std::optional<unsigned> Parser::parseFactor(unsigned depth) {
  skipBlanks();
  if (depth > maxClaimDepth)
    return fail(at, "the claim is nested more than " +
                        std::to_string(maxClaimDepth) + " deep");
  size_t begin = at;
  if (consume("-")) {
    Result operand = parseFactor(depth + 1);
    if (!operand)
      return std::nullopt;
    return push(NodeKind::Negate, begin, *operand);
  }
  if (consume("("))
    return parseParentheses(depth);
  if (rest().empty())
    return fail(at, "expected a number or a metric, found " + found());
  if (rest().front() == '@')
    return parseReference();
  if (llvm::isDigit(rest().front()))
    return parseNumber();
  if (isNameStart(rest().front()))
    return parseName(depth);
  return fail(at, "expected a number or a metric, found " + found());
}

std::optional<unsigned> Parser::parseProduct(unsigned depth) {
  skipBlanks();
  size_t begin = at;
  Result left = parseFactor(depth);
  while (left) {
    NodeKind kind = NodeKind::Multiply;
    if (consume("/"))
      kind = NodeKind::Divide;
    else if (!consume("*"))
      return left;
    Result right = parseFactor(depth);
    if (!right)
      return std::nullopt;
    left = push(kind, begin, {*left, *right});
  }
  return left;
}

std::optional<unsigned> Parser::parseSum(unsigned depth) {
  skipBlanks();
  size_t begin = at;
  Result left = parseProduct(depth);
  while (left) {
    NodeKind kind = NodeKind::Add;
    if (consume("-"))
      kind = NodeKind::Subtract;
    else if (!consume("+"))
      return left;
    Result right = parseProduct(depth);
    if (!right)
      return std::nullopt;
    left = push(kind, begin, {*left, *right});
  }
  return left;
}

bool Parser::parseRelation() {
  static constexpr std::pair<StringRef, Comparison> relations[] = {
      {"<=", Comparison::LessEqual}, {">=", Comparison::GreaterEqual},
      {"<", Comparison::Less},       {">", Comparison::Greater},
      {"==", Comparison::Equal},     {"=", Comparison::Equal}};
  for (auto [sign, comparison] : relations)
    if (consume(sign)) {
      tree.comparison = comparison;
      return true;
    }
  bool separator = at > 0 && at + 1 < text.size() && text[at] == ',' &&
                   llvm::isDigit(text[at - 1]) && llvm::isDigit(text[at + 1]);
  fail(at, separator ? "found a separator in a number, write its digits without"
                     : "expected an operator, '=', '<', '<=', '>' or '>=', "
                       "found " +
                           found());
  return false;
}

std::optional<ClaimTree> Parser::parse() {
  if (text.size() > maxClaimLength)
    return fail(0, "the claim has " + std::to_string(text.size()) +
                       " bytes, more than " + std::to_string(maxClaimLength));
  Result left = parseSum(0);
  if (!left || !parseRelation())
    return std::nullopt;
  Result right = parseSum(0);
  if (!right)
    return std::nullopt;
  tree.left = *left;
  tree.right = *right;
  size_t range = at;
  if (consume("..")) {
    if (tree.comparison != Comparison::Equal)
      return fail(range, "a range follows '=', not an inequality");
    Result upper = parseSum(0);
    if (!upper)
      return std::nullopt;
    tree.comparison = Comparison::Range;
    tree.upper = upper;
  }
  skipBlanks();
  if (!rest().empty())
    return fail(at, "expected an operator or the end of the claim, found " +
                        found());
  return std::move(tree);
}

std::optional<ClaimTree> mlir::moe::parseClaim(StringRef text,
                                               ClaimError &error) {
  return Parser(text, error).parse();
}
