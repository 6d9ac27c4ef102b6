//===- ShellProgramsTest.cpp - Scripts that change what they decide by ----===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Conditions on a script's own values are decided; so the values have to be
// those that bash has there, in loops, in functions and behind commands that
// change variables in ways of their own.
//
//===----------------------------------------------------------------------===//

#include "ShellReading.h"
#include <random>

using namespace llvm;
using namespace mlir::moe;
using shell::Word;

/// Whether the words are those of `pattern`, in which a gap stands for any.
static bool allows(ArrayRef<Word> pattern, ArrayRef<StringRef> words) {
  if (pattern.empty())
    return words.empty();
  const Word &first = pattern.front();
  if (first.isKnown())
    return !words.empty() && first.text == words.front() &&
           allows(pattern.drop_front(), words.drop_front());
  for (size_t count = 0; count <= words.size(); ++count)
    if (allows(pattern.drop_front(), words.drop_front(count)))
      return true;
  return false;
}

namespace {
/// Scripts with conditions on what they set and on `$K0` to `$K2`, which they
/// do not. Every use of a variable has a number of its own.
class RandomPrograms {
public:
  explicit RandomPrograms(unsigned seed) : random(seed) {}

  std::string next() {
    uses = functions = 0;
    std::string text = "A='x y'\nB=(1 2)\nC=u\nT=1\n";
    for (int i = 0; i < 6; ++i)
      text += statement(2) + "\n";
    return text + use();
  }

private:
  int pick(int choices) { return static_cast<int>(random() % choices); }
  std::string use() {
    return "w " + std::to_string(++uses) +
           " $A end \"${B[@]}\" end $C end $T end ${D:-none}";
  }
  std::string condition() {
    static const char *const all[] = {
        "[ \"$C\" = u ]", "[[ $T == 1 ]]",   "[ $T -lt 3 ]",
        "[ $K0 = 1 ]",    "[[ -z $C ]]",     "[ $K1 = 1 ]",
        "X=$(false)",     "[ \"$A\" != x ]", "[[ $T -gt 2 && $C == u ]]",
        "! [ $K2 = 1 ]",  "[ -n \"$D\" ]",   "! X=`false`"};
    return all[pick(std::size(all))];
  }
  std::string assignment() {
    static const char *const all[] = {"A+=' --p'",
                                      "A=\"$A q\"",
                                      "A='x z'",
                                      "B+=(3)",
                                      "B=(1 4)",
                                      "C=\"$C$T\"",
                                      "C=v",
                                      "C=u",
                                      "T=$((T+1))",
                                      "T=1",
                                      "((T++))",
                                      "let T=T+2",
                                      "((T = T > 4 ? 0 : 3))",
                                      "unset C",
                                      "printf -v C %s u",
                                      "C=$(echo u)",
                                      "read C <<< v",
                                      "mapfile -t B <<< 7",
                                      "eval 'C=z'",
                                      ": ${D:=new}",
                                      "unset D",
                                      "T=7 true",
                                      "export D=d",
                                      "B[1]=9",
                                      "declare C=k",
                                      "(C=in; A=in)",
                                      "f1",
                                      "f2",
                                      "f1 | cat",
                                      "(f1)",
                                      "f2 8"};
    return all[pick(std::size(all))];
  }
  std::string block(int depth) {
    std::string text = statement(depth);
    for (int i = pick(3); i > 0; --i)
      text += "\n" + statement(depth);
    return text;
  }
  std::string statement(int depth) {
    if (depth == 0 || pick(4) == 0)
      return pick(4) == 0 ? use() : assignment();
    std::string body = block(depth - 1), other = block(depth - 1);
    switch (pick(11)) {
    case 0:
      return "if " + condition() + "; then\n" + body + "\nfi";
    case 1:
      return "if " + condition() + "; then\n" + body + "\nelse\n" + other +
             "\nfi";
    case 2:
      return condition() + " && " + assignment();
    case 3:
      return condition() + " || { " + body + "\n}";
    case 4:
      return "for i in 1 2; do\n" + body + "\nif " + condition() +
             "; then break; fi\n" + other + "\ndone";
    case 5:
      return "for ((i = 0; i < 2; i++)); do\n" + body + "\ndone";
    case 6:
      return "N=0\nwhile [ $N -lt 2 ]; do\nN=$((N+1))\n" + body + "\ndone";
    case 7:
      return "case $C in\nu) " + body + " ;;\nv|z) " + other + " ;;\nesac";
    case 8:
      return "( " + body + "\n)";
    case 9:
      return "if [ -z \"$D\" ]; then D=1; fi";
    default:
      return function(body, other);
    }
  }
  /// Two at most, which do not call themselves.
  std::string function(std::string body, const std::string &other) {
    if (functions == 2)
      return body;
    std::string name = "f" + std::to_string(++functions);
    std::string early = pick(2) ? "if " + condition() + "; then return 0; fi\n"
                                : "local C=own\n";
    body += "\n" + early + other + "\nT=${1:-6}";
    for (StringRef call : {"f1", "f2"})
      for (size_t i = body.find(call.str()); i != std::string::npos;
           i = body.find(call.str()))
        body.replace(i, 2, name == "f2" && call == "f1" ? "F1" : "true");
    for (size_t i = body.find("F1"); i != std::string::npos;
         i = body.find("F1"))
      body.replace(i, 2, "f1");
    return name + "() {\n" + body + "\n}";
  }
  std::mt19937 random;
  int uses = 0, functions = 0;
};

/// What the uses of a script may be given, by their numbers.
std::map<std::string, std::vector<std::vector<Word>>>
usesOf(const std::string &text) {
  std::map<std::string, std::vector<std::vector<Word>>> uses;
  InputErrors errors;
  std::optional<shell::Script> script =
      shell::readScript(text, "script", {}, errors);
  EXPECT_TRUE(script) << text;
  if (script)
    for (shell::Command &command : script->commands)
      if (command.words.size() > 1 && command.words.front().text == "w")
        uses[command.words[1].text].push_back(std::move(command.words));
  return uses;
}
} // namespace

/// Every use that bash comes by is one that the reader says is possible.
TEST(ShellPrograms, AgreeWithBash) {
  RandomPrograms random(5);
  std::vector<std::string> scripts, cases;
  for (int i = 0; i < 40; ++i) {
    scripts.push_back(random.next());
    for (int values : {0, 3, 5, 6})
      cases.push_back(
          "f1() { :; }; f2() { :; }\nK0=" + std::to_string(values & 1) +
          " K1=" + std::to_string(values >> 1 & 1) +
          " K2=" + std::to_string(values >> 2) + "\n" + scripts.back());
  }
  std::vector<std::string> answers = askBash(cases);
  ASSERT_EQ(answers.size(), cases.size());
  size_t numCertain = 0, numUses = 0;
  for (size_t i = 0; i < cases.size(); ++i) {
    auto uses = usesOf(scripts[i / 4]);
    SmallVector<StringRef> runs;
    StringRef(answers[i]).split(runs, "<w>", -1, /*KeepEmpty=*/false);
    for (StringRef run : runs) {
      SmallVector<StringRef> words = {"w"};
      run.drop_front().drop_back().split(words, "><");
      bool isAllowed = false;
      for (ArrayRef<Word> pattern : uses[words[1].str()]) {
        isAllowed |= allows(pattern, words);
        numCertain +=
            count_if(pattern, [](const Word &w) { return w.isKnown(); }) > 8;
      }
      ++numUses;
      ASSERT_TRUE(isAllowed) << cases[i] << "\n"
                             << run.str() << "\n"
                             << shown(scripts[i / 4], "w");
    }
  }
  EXPECT_GT(numUses, cases.size() * 2);
  EXPECT_GT(numCertain, numUses / 8);
}

/// What decides has to be certain.
TEST(ShellPrograms, DecideByWhatIsCertainOnly) {
  const char *open = "<w><?'$T' is set under a condition, line 2>";
  for (const char *text :
       {"T=2\nif X=$(grep foo file); then T=8; fi\nw $T",
        "T=2\nX=`grep foo file` || T=8\nw $T",
        "T=2; S=a; f() {\nif [ $S = b ]; then T=8; fi; }; S=b; f; w $T",
        "T=2; S=0; for i in 1 2; do\nif [ $S = 1 ]; then T=8; fi; S=1; done; "
        "w $T",
        "T=2; S=a; unset S\nif [ -n \"$S\" ]; then T=8; fi; w $T",
        "T=2; i=0; ((i++))\nif [ $i -eq 1 ]; then T=8; fi; w $T",
        "T=2; i=0; let i=i+1\nif [ $i -eq 1 ]; then T=8; fi; w $T",
        "T=2; printf -v S a\nif [ $S = a ]; then T=8; fi; w $T",
        "T=2\nif [ -n \"${SLURM_JOB_ID:-}\" ]; then T=8; fi; w $T",
        "T=2; N=${WORLD_SIZE:-1}\n[ $N -gt 1 ] && T=8; w $T",
        "T=2; S=010\n[[ $S -eq 8 ]] && T=8; w $T"})
    EXPECT_EQ(shown(text, "w"), open) << text;
  InputErrors errors;
  std::optional<shell::Script> script =
      shell::readScript("T=2; [ -n \"${RANK:-}\" ] && T=8; w $T", "script",
                        {{"RANK", "0", true}}, errors);
  EXPECT_EQ(script->commands.back().words.back().text, "8");
}

TEST(ShellPrograms, FunctionsSetWhereTheyAreCalled) {
  EXPECT_EQ(shown("T=2; f() { T=8; }; w $T; f; w $T", "w"), "<w><2><w><8>");
  EXPECT_EQ(shown("A='--a 1'; f() { A+=' --b'; }; A='--c'; f; w $A", "w"),
            "<w><--c><--b>");
  EXPECT_EQ(shown("T=2; (T=8; w $T); w $T", "w"), "<w><8><w><2>");
  EXPECT_EQ(shown("T=2; f() { local T=8; w $T; }; f; w $T", "w"),
            "<w><8><w><2>");
  for (const char *head : {"f() {", "function f() {"}) {
    std::string begin = std::string("A=1\n") + head;
    EXPECT_EQ(shown(begin + " A=2; }\nf\nw $A", "w"), "<w><2>") << head;
    EXPECT_EQ(shown(begin + " local A=2; }\nf\nw $A", "w"), "<w><1>") << head;
  }
}

TEST(ShellPrograms, ADefaultMayBeACondition) {
  for (const char *text :
       {"if [ -z \"$V\" ]; then V=1; fi; w $V",
        "if [ -z ${V} ]\nthen\n  export V=1\nfi; w $V",
        "[ -z \"$V\" ] && V=1; w $V", "[ -n \"$V\" ] || V=1; w $V",
        "if [[ \"$V\" == \"\" ]]; then V=1; else V=2; fi; w $V",
        "V=$1; if [ -z \"$V\" ]; then V=1; fi; w $V", ": ${V:=1}; w $V"})
    EXPECT_EQ(shown(text, "w"), "<w><1>") << text;
  // The output of a command is none, nor is another variable.
  for (const char *text : {"V=$(x); if [ -z $V ]; then V=1; fi; w $V",
                           "if [ -z \"$U\" ]; then V=1; fi; w $V",
                           "if [ -z \"$RANK\" ]; then RANK=1; fi; w $RANK"})
    EXPECT_NE(shown(text, "w"), "<w><1>") << text;
}
