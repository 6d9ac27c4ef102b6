//===- ShellScriptTest.cpp - The commands of a script against bash --------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What needs no execution has the value that bash gives it; what does has none,
// says why, and is never run. No text makes the reader crash or run wild.
//
//===----------------------------------------------------------------------===//

#include "ShellReading.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <random>

using namespace llvm;
using namespace mlir::moe;
using shell::Word;

//===--- Against bash -----------------------------------------------------===//

static void expectLikeBash(const std::vector<std::string> &scripts) {
  std::vector<std::string> answers = askBash(scripts);
  ASSERT_EQ(answers.size(), scripts.size());
  for (size_t i = 0; i < scripts.size(); ++i)
    EXPECT_EQ(shown(scripts[i], "w"), answers[i]) << scripts[i];
}

TEST(ShellScript, ReadsWordsLikeBash) {
  expectLikeBash({
      "w a b",
      "w 'a b' \"c d\" e\\ f",
      "w a\\\n b \\\n  c",
      "w \"a\\\nb\" 'a\\\nb'",
      "w 'it'\\''s' \"a \\\" b \\$ \\x\"",
      "A=1; w $A ${A} \"$A\" '$A' $A$A x$A.y",
      "A='1 2  3'; w $A \"$A\" x$A",
      "A=\" 1 \"; w a$A\"b\"",
      "A=; w $A \"$A\" ''",
      "A=(1 '2 3' 4); w \"${A[@]}\" x\"${A[@]}\"y",
      "A=(1 '2 3' 4); w \"${A[*]}\" ${A[@]} $A",
      "A=(1 '2  3'); B=\"x ${A[@]} y\"; C=${A[@]}; w \"$B\" \"$C\"",
      "A=(); w \"${A[@]}\" x\"${A[@]}\" \"${A[*]}\" ${A[@]}",
      "A=(1\n  2 # two\n  3\n); A+=(4); w \"${A[@]}\"",
      "A=x; A+=y; w $A",
      "w ${N:-8} \"${N:-a b}\" ${N-} ${N:=4}",
      "N=; w a${N:-8} b${N-8}",
      "N=2; w ${N:-8} ${N-8}",
      "N=2; w $((N * 4)) $(($N+1)) $(( (N + 2) * 3 - 1 )) $((7 / N)) $((7%N))",
      "N=2; M=$((N * N)); w $M",
      "N=2; w $(( ($N > 1) ? 1 : 0 )) $((N == 2 && N < 2)) $((N>=2||N!=2)) "
      "$((N <= 1 ? 5 : N > 2 ? 6 : 7))",
      "A=(1 2 '3 4'); B=abc; w ${#A[@]} ${#B} ${A[0]} \"${A[2]}\" ${#A[*]} "
      "$((${#A[@]} * 8))",
      "w a 2> /dev/null b; w c 2>&1",
      "w a # b\nw 'c#d' e#f",
      "export A=1 B=2; w $A$B",
      "declare -i A=3; readonly B=4; w $A$B",
      ": <<END\nw not a command\nEND\nw yes",
      "if true; then w yes; fi",
      "f() { w inside; }; f",
      "w $'a' \"\"",
      "A=\"--x 1 \\\n  --y 2\"; w $A",
      "w a;w b&& w c",
      "w {a} a=b --c=d",
      "A=1; A=2 B=3 true; w $A ${B-none}",
      "A=1; B=$(cat <<END\n--x $A\n --y 'z' \\$A\n\nEND\n); w $B \"$B\"",
      "A=1; B=\"$(cat <<'END'\n--x $A\nEND\n)\"; w $B end",
      "A=1; unset A B; w ${A-none}",
      "w $((010)) $((0x1F + 1)); A=abc; w ${#A}",
      "A=1; A=2; A=3 bash -c 'w $A'; w $A",
      "w ${N:-\"a b\"} \"${N:-\"a  b\"}\" ${N:-'c d'} \"${N:-'e'}\" ${N:-f\\ "
      "g}",
  });
}

TEST(ShellScript, ReadsInnerScriptsLikeBash) {
  expectLikeBash({
      "bash -c 'w a'; w b",
      "export A=1; bash -c 'w $A'; bash -c \"w $A \\\"\\$A x\\\"\"",
      "A=1; export A; bash -c 'A=2; w $A'; w $A",
      "A='w a  b'; eval $A; eval \"$A\"; eval \"w '1  2'\"",
      "sh -c 'cd / && exec true'; bash -e -c 'w 1 &&\\\n w 2'",
      "bash -c \"bash -c 'w a b'\"",
      "bash <<'E'\nA=1; w $A\nE\nw c",
      "A=1\nbash <<E\nB=2; w $A \\$B\nE\nw \"$A\"",
      "if true; then bash -c 'if true; then w a; fi'; fi; w b",
  });
}

TEST(ShellScript, InnerScriptsStandBehindTheirLauncher) {
  EXPECT_EQ(shown("srun -N 2 bash -c 'x; y $A' -- z"),
            "<srun><-N><2><x><srun><-N><2><y><?'$A' is not set in the script>");
  EXPECT_EQ(shown("ssh host 'cd a; x -b'"), "<cd><a><x><-b>");
  EXPECT_EQ(shown("ssh host ls"), "<ssh><host><ls>");
  EXPECT_EQ(shown("docker run --entrypoint /bin/bash image -c 'x -y'"),
            "<docker><run><--entrypoint><x><-y>");
  EXPECT_EQ(shown("A='--a'; if b; then A+=' --c'; fi; bash -c \"w $A\"", "w"),
            "<w><--a><?'--c' depends on the condition on line 1>");
  EXPECT_EQ(shown("if x; then bash -c 'if y; then'; A=1; fi; w a", "w"),
            "<w><a>");
}

TEST(ShellScript, KeepsTheFilesThatItWrites) {
  InputErrors errors;
  std::optional<shell::Script> script = shell::readScript(
      "A=4\ncat > a.yaml <<EOF\nx: $A\n'y': \\$A\nEOF\n"
      "cat <<'EOF' > b.yaml\n$A\nEOF\ntee c >/dev/null <<EOF\n$B\nEOF\n"
      "w <<EOF 2> log\nz\nEOF\n",
      "script", {}, errors);
  ASSERT_TRUE(script);
  ASSERT_EQ(script->files.size(), 3u);
  EXPECT_EQ(script->files[0].path, "a.yaml");
  EXPECT_EQ(script->files[0].text, "x: 4\n'y': $A\n");
  EXPECT_EQ(script->files[0].line, 3u);
  EXPECT_EQ(script->files[1].text, "$A\n");
  EXPECT_EQ(script->files[2].path, "c");
  EXPECT_EQ(script->files[2].gap->why, "'$B' is not set in the script");
  ASSERT_EQ(script->remarks.size(), 1u);
  EXPECT_EQ(script->remarks[0].message,
            "the here-document up to 'EOF' is not read");
}

namespace {
/// Scripts of random pieces, all of which have a value without running.
class RandomScript {
public:
  explicit RandomScript(unsigned seed) : random(seed) {}

  std::string next() {
    std::string text;
    for (const char *name : {"A", "B", "C"})
      text += std::string(name) + "=" + word() + "\n";
    text += "D=(" + word() + " " + word() + ")\nN=" + std::to_string(pick(9)) +
            "\nw";
    for (int i = pick(4); i >= 0; --i)
      text += (pick(4) ? " " : " \\\n") + word() + expansion();
    return text;
  }

private:
  int pick(int choices) { return static_cast<int>(random() % choices); }
  std::string word() {
    std::string text;
    for (int i = pick(3); i >= 0; --i) {
      static const char *const pieces[] = {
          "x", "-tp", "'a b'", "\"c  d\"", "\\ ", "\"$Z0\"", "8", "''", "e=f"};
      text += pieces[pick(std::size(pieces))];
    }
    // Only set names have a value.
    size_t at = text.find("$Z0");
    if (at != std::string::npos)
      text.replace(at, 3, "${Z:-y z}");
    while ((at = text.find("$Z0")) != std::string::npos)
      text.erase(at, 3);
    return text;
  }
  std::string expansion() {
    static const char *const pieces[] = {
        "$A",      "\"$B\"",         "${C}",    "\"${D[@]}\"",
        "${D[*]}", "$((N * 2 + 1))", "${A:-1}", "\"${Z:-$B}\"",
        "",        "\"a${C}b\""};
    return pieces[pick(std::size(pieces))];
  }
  std::mt19937 random;
};
} // namespace

TEST(ShellScript, ExpandsRandomScriptsLikeBash) {
  RandomScript random(6);
  std::vector<std::string> scripts;
  for (int i = 0; i < 300; ++i)
    scripts.push_back(random.next());
  expectLikeBash(scripts);
}

//===--- What has no value ------------------------------------------------===//

TEST(ShellScript, NothingIsRun) {
  Folder folder;
  std::string file = folder / "made";
  for (const std::string &text :
       {"w $(touch " + file + ")", "w $(cat <<E; touch " + file + "\nE\n)",
        "w `touch " + file + "`", "A=$(touch " + file + "); w $A",
        "touch " + file + "; w",
        "w \"$(touch " + file + ")\" $((`touch " + file + "`))",
        "w <(touch " + file + ")", "eval 'touch " + file + "'; w"})
    wordsOf(text);
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(ShellScript, SaysWhyAPartHasNoValue) {
  EXPECT_EQ(shown("w $X"), "<w><?'$X' is not set in the script>");
  EXPECT_EQ(shown("w a$(b c)d"), "<w><?the command in $(...) is not run>");
  EXPECT_EQ(shown("w `b`"), "<w><?the command in `...` is not run>");
  EXPECT_EQ(shown("w $1"), "<w><?'$1' is known to the running script only>");
  EXPECT_EQ(shown("if x; then\nA=1\nfi\nw $A"),
            "<x><w><?'$A' is set under a condition, line 2>");
  EXPECT_EQ(shown("for A in 1 2; do w $A; done"),
            "<A><in><1><2><w><?'$A' changes in the loop on line 1>");
  EXPECT_EQ(shown("A=4; w ${A%x}"), "<w><?'${A%x}' is not followed>");
  EXPECT_EQ(shown("A=x; w $((A + 1))"), "<w><?no value for $((A + 1))>");
  EXPECT_EQ(shown("w $((1 / 0)) $((9223372036854775807 + 1))"),
            "<w><?no value for $((1 / 0))>"
            "<?no value for $((9223372036854775807 + 1))>");
  // The same value in both branches is one.
  EXPECT_EQ(shown("A=1\nif x; then A=1; fi; w $A"), "<x><w><1>");
}

TEST(ShellScript, KeepsTheLineOfEveryWord) {
  std::vector<Word> words =
      wordsOf("A=(1\n  2)\nB=\"3\n4\"\nw 5 \"${A[@]}\" \\\n"
              "  6 $B");
  std::vector<unsigned> lines;
  for (const Word &word : words)
    lines.push_back(word.line);
  EXPECT_EQ(lines, (std::vector<unsigned>{5, 5, 1, 2, 6, 3, 4}));
}

TEST(ShellScript, FinalDefinitionsWin) {
  InputErrors errors;
  std::optional<shell::Script> script = shell::readScript(
      "A=1; B=2; w $A $B $C", "script",
      {{"A", "7", true}, {"B", "8", false}, {"C", "9", false}}, errors);
  ASSERT_TRUE(script);
  std::string text;
  for (const Word &word : script->commands.front().words)
    text += word.text;
  EXPECT_EQ(text, "w729");
}

TEST(ShellScript, ReadsDirectivesBeforeTheFirstCommand) {
  std::string text;
  for (const Word &word : shell::readDirectives(
           "#!/bin/bash\n#SBATCH --nodes=4 -A \"me\" # why\n\n# x\n"
           "#SBATCH -N 8\necho\n#SBATCH --nodes=9\n"))
    text += word.text + "@" + std::to_string(word.line) + " ";
  EXPECT_EQ(text, "--nodes=4@2 -A@2 me@2 -N@5 8@5 ");
}

//===--- Bad input --------------------------------------------------------===//

TEST(ShellScript, RefusesWhatIsNotClosed) {
  EXPECT_EQ(shown("w\n 'a"), "<error: the quote ' is not closed>");
  EXPECT_EQ(shown("w \"a"), "<error: the quote \" is not closed>");
  EXPECT_EQ(shown("w `a"), "<error: the quote ` is not closed>");
  EXPECT_EQ(shown("w $(a"), "<error: '(' is not closed>");
  EXPECT_EQ(shown("w ${a"), "<error: '${' is not closed>");
  EXPECT_EQ(shown("A=(a"), "<error: the array 'A' is not closed>");
}

TEST(ShellScript, RefusesWhatGrowsWithoutBound) {
  std::string bomb = "A=xxxxxxxxxxxxxxxx\n";
  for (int i = 0; i < 40; ++i)
    bomb += "A=$A$A\n";
  EXPECT_TRUE(StringRef(shown(bomb + "w $A")).contains("expand to more than"));
  std::string array = "A=(1 2 3 4)\n";
  for (int i = 0; i < 40; ++i)
    array += "A=(\"${A[@]}\" \"${A[@]}\")\n";
  EXPECT_TRUE(StringRef(shown(array + "w $A")).contains("expand to more than"));
  // Every command keeps the variables that its program reads.
  std::string kept =
      "VLLM_PP_LAYER_PARTITION=" + std::string(40000, 'x') + "\n";
  for (int i = 0; i < 1000; ++i)
    kept += "w a\n";
  EXPECT_TRUE(StringRef(shown(kept)).contains("expand to more than"));
  std::string nested = "A=" + std::string(4000, 'x') + "\n";
  for (int i = 0; i < 20000; ++i)
    nested += "if x; then\n";
  nested += "A+=' y'\n";
  for (int i = 0; i < 20000; ++i)
    nested += "fi\n";
  EXPECT_TRUE(
      StringRef(shown(nested + "w $A")).contains("expand to more than"));
  EXPECT_TRUE(StringRef(shown(std::string(5 << 20, 'x'))).contains("bytes"));
}

TEST(ShellScript, SurvivesEveryCutAndEveryByte) {
  const std::string text =
      "A=(1 '2' \"$B\")\nB=${C:-$((1+(2*3)))}\nif x; then w \"${A[@]}\" `y` "
      "$(z (a)) <<E >f 2>&1 \\\n b; fi\nE\n[ x ] && A+=(y) || { A=1; }\n"
      "case $A in a|*) A+=z ;; esac; w $(cat <<E\n$A\nE\n); bash -c \"w $A\" "
      "${A[*]}\n";
  for (size_t size = 0; size <= text.size(); ++size)
    wordsOf(text.substr(0, size));
  for (size_t i = 0; i < text.size(); ++i)
    for (char c : {'\0', '\x1a', '\xff', '$', '{', '(', ')', '"', '\'', '\\',
                   '\n', '<', '`'}) {
      std::string changed = text;
      changed[i] = c;
      wordsOf(changed);
    }
  wordsOf("w " + std::string(100000, '('));
  wordsOf("w $((" + std::string(100000, '(') + "1" + std::string(100000, ')') +
          "))");
  std::string nested = "x";
  for (int i = 0; i < 2000; ++i)
    nested = "${A:-" + nested + "}";
  wordsOf("w " + nested);
}
