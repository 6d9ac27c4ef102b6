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
        "[ $x ] && A+=\" --bf16\"", "[[ $x && y ]] &&\n A+=\" --bf16\"",
        "x || A+=\" --bf16\"", "[ $x ] && { y; A+=\" --bf16\"; }",
        "while x; do A+=\" --bf16\"; done",
        "case $x in\n a) A+=\" --bf16\" ;;\nesac"})
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
  EXPECT_EQ(shown("[ $x ] && A=1 && w $A", "w"), "<w><1>");
  EXPECT_EQ(shown("cd x && A=1 && export B=2; w $A $B", "w"), "<w><1><2>");
  EXPECT_EQ(shown("if x; then A=1; else A=1; fi; w $A", "w"), "<w><1>");
  EXPECT_EQ(shown("case $x in a) A=1;; b|*) A=1; esac; w $A", "w"), "<w><1>");
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
/// Scripts whose conditions ask for `$K0` to `$K2`, which are 0 or 1.
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
  std::string condition() {
    static const char *const all[] = {"[ $K0 = 1 ]",
                                      "[[ $K1 == 1 ]]",
                                      "test $K2 -eq 1",
                                      "[ $K0 -gt 0 ]",
                                      "! [ \"$K1\" != 0 ]",
                                      "[[ $K0 == 1 && $K1 == 1 ]]",
                                      "[ $K0 = 1 -o $K2 = 1 ]",
                                      "[[ ! ( $K0 == 1 || -z $K1 ) ]]"};
    return all[pick(std::size(all))];
  }
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
    switch (pick(9)) {
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
    case 6:
      return condition() + " && " + assignment() + " || " + assignment();
    case 7:
      return condition() + " && " + assignment() + " && " + condition() +
             " && " + assignment();
    default:
      return "case $K0$K1 in\n 11) " + body + ";;\n 10|01) " + other +
             " ;;\n *) " + assignment() + "\nesac";
    }
  }
  std::mt19937 random;
};
} // namespace

/// Whatever the conditions turn out to be, bash's words are among those that
/// the reader says are possible; and they are those that it reads once it knows
/// what the conditions ask for.
TEST(ShellConditions, AgreeWithBashInEveryCase) {
  RandomConditions random(11);
  std::vector<std::string> scripts, cases;
  for (int i = 0; i < 40; ++i) {
    scripts.push_back(random.next());
    for (int values = 0; values < 8; ++values)
      cases.push_back("K0=" + std::to_string(values & 1) +
                      " K1=" + std::to_string(values >> 1 & 1) + " K2=" +
                      std::to_string(values >> 2) + " C=\n" + scripts.back());
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
    EXPECT_EQ(shown(cases[i], "w"), answers[i]) << cases[i];
    numCertain += count_if(pattern, [](const Word &w) { return w.isKnown(); });
  }
  EXPECT_GT(numCertain, cases.size() * 3);
}

TEST(ShellConditions, WhatExitsIsOfNoConsequence) {
  for (const char *body :
       {"if x; then A=1; else echo no; exit 1; fi",
        "case $x in a) A=1;; *) A=2; exit 1; esac",
        "A=1; x || { A=2; exit 1; }", "A=1; x || exit 1",
        "A=1; if x; then A=2; if y; then exit; else exit 2; fi; fi; A=1",
        "die() { exit 1; }; A=1"})
    EXPECT_EQ(shown(body + std::string("; w $A"), "w"), "<w><1>") << body;
}

TEST(ShellConditions, CommandsThatAreNotRunAreNone) {
  EXPECT_EQ(shown("A=a; if [ $A = b ]; then w 1; elif [ $A = a ]; then w 2\n"
                  "else w 3; fi; [ $A = b ] && w 4; [ $A = b ] || w 5\n"
                  "case $A in b) w 6;; [a]) w 7;; a) w 8;; *) w 9;; esac\n"
                  "if [ $A = b ]; then bash -c 'w 10'; cat > f <<E\nx\nE\nfi",
                  "w"),
            "<w><2><w><5><w><7><w><8>");
  EXPECT_EQ(shown("if [ -f x ]; then w 1; else w 2; fi", "w"), "<w><1><w><2>");
  EXPECT_EQ(shown("if [ $x ] | [ y ]; then w 1; else w 2; fi", "w"),
            "<w><1><w><2>");
}

TEST(ShellConditions, ReadsAsWithoutArguments) {
  InputErrors errors;
  const char *text = "TP=4\nPP=2\nwhile [[ $# -gt 0 ]]; do\n  case $1 in\n"
                     "    --tp) TP=\"$2\"; shift 2 ;;\n    --big) PP=8 ;;\n"
                     "    *) echo usage; exit 1\n  esac\ndone\n"
                     "while getopts t: o; do case $o in t) TP=$OPTARG; esac; "
                     "done\nw $TP $PP $3 ${4:-5} ${12}";
  std::optional<shell::Script> script =
      shell::readScript(text, "script", {{"12", "z", true}}, errors);
  ASSERT_TRUE(script);
  EXPECT_EQ(shown(text, "w").substr(0, 9), "<w><4><2>");
  EXPECT_EQ(shown(text, "w").substr(9),
            "<?'$3' is known to the running script only><5>"
            "<?'$12' is known to the running script only>");
  EXPECT_EQ(script->commands.back().words.back().text, "z");
  ASSERT_EQ(script->remarks.size(), 3u);
  EXPECT_EQ(script->remarks[0].message,
            "'$PP' may be set by an argument of the script; it is read as "
            "without");
  EXPECT_EQ(shown("A=1; read -r A B; w $A", "w"),
            "<w><?'$A' is read by the running script>");
  script = shell::readScript("w $1; shift; w $1", "script", {{"1", "z", true}},
                             errors);
  EXPECT_EQ(script->commands.front().words.back().text, "z");
  EXPECT_FALSE(script->commands.back().words.back().isKnown());
  // A function has arguments of its own.
  script = shell::readScript("f() { w $1; }; w $1", "script",
                             {{"1", "z", true}}, errors);
  EXPECT_FALSE(script->commands.front().words.back().isKnown());
  EXPECT_EQ(script->commands.back().words.back().text, "z");
}
