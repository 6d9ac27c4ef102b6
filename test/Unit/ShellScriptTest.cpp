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

#include "moe/Readers/ShellScript.h"
#include "EmitFolder.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <random>

using namespace llvm;
using namespace mlir::moe;
using shell::Word;

/// The words of all commands, or of those that begin with `only`.
static std::vector<Word> wordsOf(const std::string &text, StringRef only = "") {
  InputErrors errors;
  std::optional<shell::Script> script =
      shell::readScript(text, "script", {}, errors);
  if (!script)
    return {{"error: " + errors.list().front().message, 0}};
  std::vector<Word> all;
  for (shell::Command &command : script->commands)
    if (only.empty() || command.words.front().text == only)
      append_range(all, std::move(command.words));
  return all;
}

/// `<w><a><b c>`: every word between angles.
static std::string shown(const std::string &text, StringRef only = "") {
  std::string result;
  for (const Word &word : wordsOf(text, only))
    result +=
        word.isKnown() ? "<" + word.text + ">" : "<?" + word.gap->why + ">";
  return result;
}

//===--- Against bash -----------------------------------------------------===//

/// What bash passes to `w` in each of the scripts, one line each.
static std::vector<std::string> askBash(const std::vector<std::string> &all) {
  Folder folder;
  std::string runs;
  for (size_t i = 0; i < all.size(); ++i) {
    std::string name = "script" + std::to_string(i);
    folder.write(name, "w() { printf '<w>'; for a in \"$@\"; do printf '<%s>' "
                       "\"$a\"; done; }\nexport -f w\nset -f\n" +
                           all[i] + "\n");
    runs += "env -i bash " + name + " </dev/null 2>&1; printf '\\1'\n";
  }
  std::string output = folder.run(runs).output;
  SmallVector<StringRef> parts;
  StringRef(output).split(parts, '\1');
  return {parts.begin(), parts.end() - 1};
}

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
      "A=(); w \"${A[@]}\" x\"${A[@]}\" \"${A[*]}\" ${A[@]}",
      "A=(1\n  2 # two\n  3\n); A+=(4); w \"${A[@]}\"",
      "A=x; A+=y; w $A",
      "w ${N:-8} \"${N:-a b}\" ${N-} ${N:=4}",
      "N=; w a${N:-8} b${N-8}",
      "N=2; w ${N:-8} ${N-8}",
      "N=2; w $((N * 4)) $(($N+1)) $(( (N + 2) * 3 - 1 )) $((7 / N)) $((7%N))",
      "N=2; M=$((N * N)); w $M",
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

//===--- Conditions -------------------------------------------------------===//

TEST(ShellScript, KeepsWhatIsCertain) {
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

TEST(ShellScript, BranchesHaveTheirOwnValues) {
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
TEST(ShellScript, ConditionsAgreeWithBashInEveryCase) {
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

//===--- What has no value ------------------------------------------------===//

TEST(ShellScript, NothingIsRun) {
  Folder folder;
  std::string file = folder / "made";
  for (const std::string &text :
       {"w $(touch " + file + ")", "w `touch " + file + "`",
        "A=$(touch " + file + "); w $A", "touch " + file + "; w",
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
      "case $A in a|*) A+=z ;; esac; bash -c \"w $A\" ${A[*]}\n";
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
