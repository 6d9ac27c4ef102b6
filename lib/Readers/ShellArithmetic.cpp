//===- ShellArithmetic.cpp - Integer expressions of a script --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Readers/ShellScript.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

namespace {
/// Recursive descent over choices, comparisons, sums, products and atoms.
class Arithmetic {
public:
  using ValueOf = llvm::function_ref<std::optional<int64_t>(StringRef)>;
  Arithmetic(StringRef text, ValueOf valueOf) : rest(text), valueOf(valueOf) {}

  std::optional<int64_t> evaluate() {
    std::optional<int64_t> value = choice();
    skipBlanks();
    return rest.empty() ? value : std::nullopt;
  }

private:
  /// Deeper nesting is no arithmetic of a launch script.
  static constexpr int maxDepth = 64;

  void skipBlanks() { rest = rest.ltrim(" \t\r\n"); }
  bool consume(char c) {
    skipBlanks();
    return rest.consume_front(StringRef(&c, 1));
  }

  /// `a ? b : c`
  std::optional<int64_t> choice() {
    if (++depth > maxDepth)
      return std::nullopt;
    std::optional<int64_t> value = logic();
    if (value && consume('?')) {
      std::optional<int64_t> first = choice();
      std::optional<int64_t> second = consume(':') ? choice() : std::nullopt;
      value = first && second ? (*value ? first : second) : std::nullopt;
    }
    --depth;
    return value;
  }

  /// `&&` and `||`; without parentheses they are not mixed.
  std::optional<int64_t> logic() {
    std::optional<int64_t> value = comparison();
    StringRef op;
    while (value) {
      skipBlanks();
      StringRef next = rest.take_front(2);
      if ((next != "&&" && next != "||") || (!op.empty() && next != op))
        break;
      op = next;
      rest = rest.drop_front(2);
      std::optional<int64_t> other = comparison();
      if (!other)
        return std::nullopt;
      value = op == "&&" ? *value && *other : *value || *other;
    }
    return value;
  }

  std::optional<int64_t> comparison() {
    std::optional<int64_t> left = sum();
    skipBlanks();
    if (!left)
      return std::nullopt;
    for (StringRef op : {"==", "!=", "<=", ">=", "<", ">"}) {
      if (!rest.consume_front(op))
        continue;
      std::optional<int64_t> right = sum();
      if (!right)
        return std::nullopt;
      return op == "=="   ? *left == *right
             : op == "!=" ? *left != *right
             : op == "<=" ? *left <= *right
             : op == ">=" ? *left >= *right
             : op == "<"  ? *left < *right
                          : *left > *right;
    }
    return left;
  }

  std::optional<int64_t> sum() {
    std::optional<int64_t> value = product();
    while (value) {
      bool plus = consume('+');
      if (!plus && !consume('-'))
        break;
      std::optional<int64_t> other = product();
      int64_t result = 0;
      if (!other || (plus ? llvm::AddOverflow(*value, *other, result)
                          : llvm::SubOverflow(*value, *other, result)))
        return std::nullopt;
      value = result;
    }
    return value;
  }

  std::optional<int64_t> product() {
    std::optional<int64_t> value = atom();
    while (value) {
      skipBlanks();
      char op = rest.empty() ? '\0' : rest.front();
      if (op != '*' && op != '/' && op != '%')
        break;
      rest = rest.drop_front();
      std::optional<int64_t> other = atom();
      value = other ? apply(op, *value, *other) : std::nullopt;
    }
    return value;
  }

  static std::optional<int64_t> apply(char op, int64_t left, int64_t right) {
    int64_t result = 0;
    if (op == '*')
      return llvm::MulOverflow(left, right, result) ? std::nullopt
                                                    : std::optional(result);
    if (right == 0 || (left == INT64_MIN && right == -1))
      return std::nullopt;
    return op == '/' ? left / right : left % right;
  }

  std::optional<int64_t> atom() {
    if (consume('(')) {
      std::optional<int64_t> value = choice();
      return consume(')') ? value : std::nullopt;
    }
    skipBlanks();
    StringRef word =
        rest.take_while([](char c) { return llvm::isAlnum(c) || c == '_'; });
    rest = rest.drop_front(word.size());
    int64_t value = 0;
    if (word.empty())
      return std::nullopt;
    if (!llvm::isDigit(word.front()))
      return valueOf(word);
    bool isHex = word.consume_front("0x") || word.consume_front("0X");
    unsigned radix = isHex ? 16 : word.size() > 1 && word[0] == '0' ? 8 : 10;
    return word.getAsInteger(radix, value) ? std::nullopt
                                           : std::optional(value);
  }

  StringRef rest;
  ValueOf valueOf;
  int depth = 0;
};
} // namespace

std::optional<int64_t> shell::evaluateArithmetic(StringRef expression,
                                                 Arithmetic::ValueOf valueOf) {
  return Arithmetic(expression, valueOf).evaluate();
}
