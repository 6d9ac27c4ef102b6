//===- ShellConditionsTest.cpp - Variables that a condition changes -------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Whatever a condition turns out to be, bash passes what the reader says is
// certain.
//
//===----------------------------------------------------------------------===//

#include "ShellReading.h"
#include <random>

using namespace llvm;
using namespace mlir::moe;
using shell::Word;

TEST(ShellConditions, KeepsWhatIsCertain) {
  const char *bf16 = "<w><--a><1><?'--bf16' depends on the condition on line "
                     "2>";
  for (const char *body :
       {"if x; then\nA=\"$A --bf16\"\nfi", "if x; then A+=' --bf16'; fi",
        "[ x ] && A+=\" --bf16\"", "[[ x && y ]] &&\n A+=\" --bf16\"",
        "x || A+=\" --bf16\"", "[ x ] && { y; A+=\" --bf16\"; }",
        "while x; do A+=\" --bf16\"; done",
        "case x in\n a) A+=\" --bf16\" ;;\nesac"})
    EXPECT_EQ(shown("A='--a 1'\n" + std::string(body) + "\nw $A", "w"), bf16)
        << body;
  EXPECT_EQ(shown("A=(--a 1)\nif x; then A+=(--bf16); fi\nw \"${A[@]}\"", "w"),
            bf16);
  EXPECT_EQ(shown("if x; then A=--b; else A=--c; fi; w --a $A", "w"),
            "<w><--a><?'--b', '--c' depend on the condition on line 1>");
  EXPECT_EQ(shown("A=(--a)\nif x; then A+=(--b)\nif y; then A+=(--c)\nfi\nfi\n"
                  "w ${A[@]}",
                  "w"),
            "<w><--a><?'--b', '--c' depend on the condition on line 2>");
  // A part of a word is none.
  EXPECT_EQ(shown("A=x; if y; then A=${A}z; fi; w a $A", "w"),
            "<w><a><?'$A' is set under a condition, line 1>");
}

TEST(ShellConditions, BranchesHaveTheirOwnValues) {
  EXPECT_EQ(shown("A=1; if x; then A=2; w $A; else w $A; A=3; fi; w $A", "w"),
            "<w><2><w><1><w><?'$A' is set under a condition, line 1>");
  EXPECT_EQ(shown("[ x ] && A=1 && w $A", "w"), "<w><1>");
  EXPECT_EQ(shown("cd x && A=1 && export B=2; w $A $B", "w"), "<w><1><2>");
  EXPECT_EQ(shown("if x; then A=1; else A=1; fi; w $A", "w"), "<w><1>");
  EXPECT_EQ(shown("case x in a) A=1;; b|*) A=1; esac; w $A", "w"), "<w><1>");
}

/// Whether the words are those of `pattern`, in which a gap stands for any.
static bool agrees(ArrayRef<Word> pattern, ArrayRef<StringRef> words) {
  if (pattern.empty())
    return words.empty();
  const Word &first = pattern.front();
  if (first.isKnown())
    return !words.empty() && first.text == words.front() &&
           agrees(pattern.drop_front(), words.drop_front());
  for (size_t count = 0; count <= words.size(); ++count)
    if (agrees(pattern.drop_front(), words.drop_front(count)))
      return true;
  return false;
}

namespace {
/// Scripts whose conditions are `%0` to `%2`.
class RandomConditions {
public:
  explicit RandomConditions(unsigned seed) : random(seed) {}

  std::string next() {
    std::string text = "A='x y'\nB=(1 2)\n";
    for (int i = 0; i < 4; ++i)
      text += statement(2) + "\n";
    return text + "w $A end \"${B[@]}\" $C";
  }

private:
  int pick(int choices) { return static_cast<int>(random() % choices); }
  std::string condition() { return "%" + std::to_string(pick(3)); }
  std::string assignment() {
    static const char *const all[] = {
        "A+=' --p'", "A=\"$A q\"",   "A='x z'", "B+=(3)",     "B=(1 4)", "B=()",
        "C=\"$A\"",  "C=\"$C --s\"", "A=''",    "B+=(--t 5)", "C=u"};
    return all[pick(std::size(all))];
  }
  std::string statement(int depth) {
    if (depth == 0 || pick(3) == 0)
      return assignment();
    std::string body = statement(depth - 1), other = statement(depth - 1);
    switch (pick(7)) {
    case 0:
      return "if " + condition() + "; then " + body + "; fi";
    case 1:
      return "if " + condition() + " && " + condition() + "\nthen\n" + body +
             "\nelse " + other + "; fi";
    case 2:
      return condition() + " && " + assignment() + "; " + other;
    case 3:
      return condition() + " ||\n" + assignment() + "\n" + other;
    case 4:
      return condition() + " && { " + body + "; " + other + "; }";
    case 5:
      return "if " + condition() + "; then " + body + "; elif " + condition() +
             "; then " + other + "; fi";
    default:
      return "case %0%1 in\n truetrue) " + body + ";;\n true*) " + other +
             " ;;\n *) " + assignment() + "\nesac";
    }
  }
  std::mt19937 random;
};
} // namespace

/// Whatever the conditions turn out to be, bash's words are among those that
/// the reader says are possible.
TEST(ShellConditions, ConditionsAgreeWithBashInEveryCase) {
  RandomConditions random(11);
  std::vector<std::string> scripts, cases;
  for (int i = 0; i < 30; ++i) {
    scripts.push_back(random.next());
    for (int values = 0; values < 8; ++values) {
      cases.push_back(scripts.back());
      for (int bit = 0; bit < 3; ++bit)
        for (size_t at; (at = cases.back().find("%" + std::to_string(bit))) !=
                        std::string::npos;)
          cases.back().replace(at, 2, values >> bit & 1 ? "true" : "false");
    }
  }
  std::vector<std::string> answers = askBash(cases);
  ASSERT_EQ(answers.size(), cases.size());
  size_t numCertain = 0;
  for (size_t i = 0; i < cases.size(); ++i) {
    std::vector<Word> pattern = wordsOf(scripts[i / 8], "w");
    SmallVector<StringRef> words;
    StringRef(answers[i]).drop_front().drop_back().split(words, "><");
    EXPECT_TRUE(agrees(pattern, words)) << cases[i] << "\n"
                                        << answers[i] << "\n"
                                        << shown(scripts[i / 8], "w");
    numCertain += count_if(pattern, [](const Word &w) { return w.isKnown(); });
  }
  EXPECT_GT(numCertain, cases.size() * 3);
}
