//===- ShellTests.cpp - Conditions that need no execution -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ShellTests.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir::moe;
using namespace mlir::moe::shell;
using llvm::StringRef;

Status shell::both(Status a, Status b) {
  if (a == Status(false) || b == Status(false))
    return false;
  return a && b ? Status(true) : std::nullopt;
}

Status shell::opposite(Status status) {
  return status ? Status(!*status) : std::nullopt;
}

Status shell::either(Status a, Status b) {
  return opposite(both(opposite(a), opposite(b)));
}

static bool hasWildcard(StringRef text) {
  return text.find_first_of("*?[") != StringRef::npos;
}

namespace {
/// Recursive descent over the words between the brackets.
class Test {
public:
  explicit Test(llvm::ArrayRef<Text> words) : rest(words) {}

  /// Not known if anything is left over.
  Status evaluate() {
    Status status = alternatives(0);
    return rest.empty() ? status : std::nullopt;
  }

private:
  /// Deeper nesting is no test of a launch script.
  static constexpr int maxDepth = 64;

  bool consume(StringRef word, StringRef other) {
    bool found = !rest.empty() && rest.front().gaps.empty() &&
                 (rest.front().chars == word || rest.front().chars == other);
    if (found)
      rest = rest.drop_front();
    return found;
  }
  Status alternatives(int depth) {
    Status status = conjunction(depth);
    while (consume("||", "-o"))
      status = either(status, conjunction(depth));
    return status;
  }
  Status conjunction(int depth) {
    Status status = negation(depth);
    while (consume("&&", "-a"))
      status = both(status, negation(depth));
    return status;
  }
  Status negation(int depth) {
    bool isOpposite = false;
    while (rest.size() > 1 && consume("!", "!"))
      isOpposite = !isOpposite;
    Status status = primary(depth);
    return isOpposite ? opposite(status) : status;
  }
  Status primary(int depth);
  static Status compare(StringRef op, const Text &left, const Text &right);

  llvm::ArrayRef<Text> rest;
};
} // namespace

static bool isComparison(StringRef op) {
  return llvm::is_contained({"=", "==", "!=", "-eq", "-ne", "-lt", "-le", "-gt",
                             "-ge", "=~", "<", ">", "-ef", "-nt", "-ot"},
                            op);
}

Status Test::primary(int depth) {
  if (rest.empty() || depth > maxDepth)
    return std::nullopt;
  if (rest.size() >= 3 && isComparison(rest[1].chars)) {
    Status status = compare(rest[1].chars, rest[0], rest[2]);
    rest = rest.drop_front(3);
    return status;
  }
  if (consume("(", "(")) {
    Status status = alternatives(depth + 1);
    return consume(")", ")") ? status : std::nullopt;
  }
  const Text &word = rest.front();
  rest = rest.drop_front();
  if (!rest.empty() && (word.chars == "-z" || word.chars == "-n")) {
    const Text &operand = rest.front();
    rest = rest.drop_front();
    if (!operand.gaps.empty())
      return std::nullopt;
    return operand.chars.empty() == (word.chars == "-z");
  }
  // What is left of the words shows whether that was all.
  return word.gaps.empty() ? Status(!word.chars.empty()) : std::nullopt;
}

Status Test::compare(StringRef op, const Text &left, const Text &right) {
  if (!left.gaps.empty() || !right.gaps.empty())
    return std::nullopt;
  if (op == "=" || op == "==" || op == "!=") {
    if (hasWildcard(right.chars))
      return std::nullopt;
    return (left.chars == right.chars) != (op == "!=");
  }
  std::optional<int64_t> a = decimal(left.chars), b = decimal(right.chars);
  if (!a || !b)
    return std::nullopt;
  return llvm::StringSwitch<Status>(op)
      .Case("-eq", *a == *b)
      .Case("-ne", *a != *b)
      .Case("-lt", *a < *b)
      .Case("-le", *a <= *b)
      .Case("-gt", *a > *b)
      .Case("-ge", *a >= *b)
      .Default(std::nullopt);
}

Status shell::statusOf(llvm::ArrayRef<Text> words) {
  if (words.empty() || !words.front().gaps.empty())
    return std::nullopt;
  StringRef name = words.front().chars;
  if (name == "[" || name == "[[") {
    if (words.size() < 2 || words.back().chars != (name == "[" ? "]" : "]]"))
      return std::nullopt;
    return Test(words.drop_front().drop_back()).evaluate();
  }
  if (name == "test")
    return Test(words.drop_front()).evaluate();
  return llvm::StringSwitch<Status>(name)
      .Cases(
          {"true", ":", "cd", "echo", "mkdir", "module", "set", "source", "."},
          true)
      .Case("false", false)
      .Default(std::nullopt);
}

Status shell::matches(const Text &subject, const Text &pattern) {
  if (pattern.gaps.empty() && pattern.chars == "*")
    return true;
  if (!subject.gaps.empty() || !pattern.gaps.empty() ||
      hasWildcard(pattern.chars))
    return std::nullopt;
  return subject.chars == pattern.chars;
}

std::optional<Text> shell::testedForNothing(llvm::ArrayRef<Text> words,
                                            bool &isOpposite) {
  bool hasBrackets = !words.empty() && (words.front().chars == "[" ||
                                        words.front().chars == "[[");
  if (words.size() < 3 || (!hasBrackets && words.front().chars != "test"))
    return std::nullopt;
  words = words.drop_front().drop_back(hasBrackets);
  const Text *operand = nullptr;
  if (words.size() == 2 && (words[0].chars == "-z" || words[0].chars == "-n")) {
    operand = &words[1];
    isOpposite = words[0].chars == "-n";
  } else if (words.size() == 3 && words[2].chars.empty() &&
             isComparison(words[1].chars)) {
    operand = &words[0];
    isOpposite = words[1].chars == "!=";
  }
  if (!operand || operand->chars.size() != 1 || operand->gaps.size() != 1)
    return std::nullopt;
  const Gap &gap = operand->gaps.front();
  return gap.isUnset || gap.isArgument ? std::optional(*operand) : std::nullopt;
}
