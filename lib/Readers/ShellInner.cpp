//===- ShellInner.cpp - Scripts that a script gives to other shells -------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `bash -c "..."`, `eval`, `ssh` and here-documents. The commands of the inner
// script stand behind the words in front of its shell, as in `srun -N 2` and
// what that starts; its assignments end with it.
//
//===----------------------------------------------------------------------===//

#include "ShellReader.h"

#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"

using namespace mlir::moe;
using namespace mlir::moe::shell;
using llvm::StringRef;

/// Scripts in scripts go deeper only by design.
static constexpr int maxScriptDepth = 4;

static bool isShell(StringRef word) {
  return llvm::is_contained({"bash", "sh", "zsh", "dash"},
                            llvm::sys::path::filename(word));
}

/// `-c`, `-lc`: the script is the next word.
static bool takesScript(StringRef option) {
  return option.starts_with("-") && !option.starts_with("--") &&
         option.ends_with("c");
}

/// Where the script of a shell in `words` is: `bash -l -c SCRIPT`, or behind a
/// container's `--entrypoint bash`. Nothing without one.
static std::optional<size_t> scriptWord(llvm::ArrayRef<Text> words,
                                        size_t &shell) {
  for (shell = 0; shell + 2 < words.size(); ++shell) {
    StringRef word = words[shell].chars;
    bool isEntry = word.consume_front("--entrypoint=") ||
                   (shell > 0 && words[shell - 1].chars == "--entrypoint");
    if (!isShell(word))
      continue;
    for (size_t next = shell + 1; next + 1 < words.size(); ++next) {
      StringRef option = words[next].chars;
      if (takesScript(option))
        return next + 1;
      // Whatever else an entry point's container has stands between the two.
      if (!isEntry && !option.starts_with("-"))
        break;
    }
  }
  return std::nullopt;
}

/// Words with blanks between them.
static Text joined(llvm::ArrayRef<Text> words) {
  Text all;
  for (const Text &word : words) {
    if (&word != words.data())
      all.append(' ', word.lines.empty() ? 0 : word.lines.front());
    all.append(word);
  }
  return all;
}

/// Reads the script that the command gives to another shell, if it does.
bool ScriptReader::readInnerScript() {
  if (depth >= maxScriptDepth || words.size() < 2)
    return false;
  StringRef first = llvm::sys::path::filename(words.front().chars);
  std::vector<Text> all = std::move(words);
  words.clear();
  size_t shell = 0;
  if (first == "eval") {
    readInner(joined(llvm::ArrayRef(all).drop_front()), {}, "eval");
    forgetWhatIsEvaluated(joined(all));
    return true;
  }
  // What a host is told stands in one word, or it is no script.
  if (first == "ssh" && StringRef(all.back().chars).contains(' ')) {
    readInner(all.back(), {}, "ssh");
    return true;
  }
  if (std::optional<size_t> text = scriptWord(all, shell)) {
    readInner(all[*text], llvm::ArrayRef(all).take_front(shell),
              all[shell].chars);
    return true;
  }
  words = std::move(all);
  return false;
}

void ScriptReader::readInner(const Text &text, llvm::ArrayRef<Text> prefix,
                             StringRef shell) {
  Script inner;
  variables.openCondition(cursor.line());
  const Cursor end = ScriptReader(Cursor(text, cursor.spentBytes()), variables,
                                  file, inner, depth + 1)
                         .read();
  variables.dropCondition();
  cursor.spend(end.spentBytes() - cursor.spentBytes());
  if (end.failed())
    remark(end.failedLine(), "what is given to " + quoted(shell) +
                                 " is not read to its end: " + end.failure());
  size_t prefixCost = joined(prefix).cost();
  for (Command &command : inner.commands) {
    cursor.spend(prefixCost);
    if (cursor.failed())
      return;
    std::vector<Word> before;
    for (const Text &word : prefix)
      before.push_back(toWord(word));
    command.words.insert(command.words.begin(), before.begin(), before.end());
    script.commands.push_back(std::move(command));
  }
  llvm::append_range(script.remarks, std::move(inner.remarks));
  llvm::append_range(script.files, std::move(inner.files));
}

/// At the beginning of a line: here-documents stand before it.
void ScriptReader::readDocuments() {
  std::vector<Document> pending = std::move(documents);
  documents.clear();
  for (const Document &document : pending)
    readDocument(document);
}

void ScriptReader::readDocument(const Document &document) {
  Text text;
  while (!cursor.atEnd()) {
    StringRef line = cursor.rest().take_until([](char c) { return c == '\n'; });
    if (line.trim() == document.end) {
      cursor.skipLine();
      break;
    }
    for (size_t count = line.size() + 1; count > 0 && !cursor.atEnd();
         --count) {
      if (const Gap *gap = cursor.gap())
        text.append(*gap, cursor.line());
      else
        text.append(cursor.peek(), cursor.line());
      cursor.advance(1);
    }
  }
  if (document.isDead)
    return;
  if (!document.isLiteral)
    text = expanded(text);
  bool isScript = llvm::any_of(document.words, [](const Text &word) {
    return isShell(word.chars) || word.chars == "ssh";
  });
  if (isScript && depth < maxScriptDepth)
    return readInner(text, {}, document.words.front().chars);
  StringRef command =
      document.words.empty() ? "" : StringRef(document.words.front().chars);
  std::string path = command == "tee"      ? document.words.back().chars
                     : command == "sbatch" ? "sbatch"
                                           : document.target;
  if (path.empty())
    return remark(document.line, "the here-document up to " +
                                     quoted(document.end) + " is not read");
  // Values that no line of the script gives have line 0.
  unsigned line =
      std::max(document.line, text.lines.empty() ? 0 : text.lines.front());
  Word whole = toWord(std::move(text));
  script.files.push_back(
      {path, std::move(whole.text), line, std::move(whole.gap)});
}

/// The text with the values of its variables.
Text ScriptReader::expanded(const Text &text) {
  WordBuilder builder(/*splits=*/false);
  Cursor body(text, cursor.spentBytes());
  WordReader(body, variables, builder, /*assigns=*/false).readAll(Quotes::Kept);
  cursor.spend(body.spentBytes() - cursor.spentBytes());
  if (body.failed())
    remark(body.failedLine(),
           "a here-document is not read to its end: " + body.failure());
  std::vector<Text> all = builder.finish();
  return all.empty() ? Text() : std::move(all.front());
}
