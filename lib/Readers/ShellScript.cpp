//===- ShellScript.cpp - The commands of a script, never run --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Readers/ShellScript.h"

#include "ShellWords.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir::moe;
using namespace mlir::moe::shell;
using llvm::StringRef;

namespace {
/// Splits a script at its operators and follows its assignments.
class ScriptReader {
public:
  ScriptReader(StringRef text, StringRef file,
               llvm::ArrayRef<Definition> definitions, InputErrors &errors)
      : cursor(text), variables(definitions), file(file), errors(errors) {}

  std::optional<Script> read();

private:
  /// What a reserved word begins or ends.
  enum class Reserved {
    None,
    If,
    Branch,
    Case,
    While,
    Loop,
    Group,
    Declares,
    Ends,
    Skips
  };
  /// A compound command that is open, or the script itself.
  struct Compound {
    Reserved kind = Reserved::Group;
    /// Whether one of its branches is taken in any case.
    bool isExhaustive = false;
    /// Between a pattern of `case` and its `;;`.
    bool inArm = false;
    /// Whether the command that is read depends on one in front of `&&`.
    bool inChain = false;
  };
  static Reserved reservedKind(StringRef word);

  void readToken();
  bool readReservedWord();
  void open(Reserved kind);
  void close(StringRef word);
  void readOperator();
  void readLogicalOperator();
  void endChain();
  void endCondition(bool isExhaustive);
  bool readAssignment();
  void readArray(StringRef name, bool appends, unsigned line);
  void readRedirection();
  void skipHereDocuments();
  void endCommand();
  std::vector<Text> readWord(bool splits);
  void remark(unsigned line, std::string message) {
    script.remarks.push_back({file.str(), {line, 1}, std::move(message)});
  }

  Cursor cursor;
  Variables variables;
  StringRef file;
  InputErrors &errors;
  Script script;
  Command command;
  /// Whether an assignment may follow.
  bool atStart = true;
  /// In a declaration; what is no assignment there is no word either.
  bool declares = false;
  bool atLoopVariable = false;
  /// Whether a command has begun since the last operator.
  bool hasBegun = false;
  std::vector<Compound> compounds{{}};
  std::vector<std::string> hereDocuments;
};
} // namespace

ScriptReader::Reserved ScriptReader::reservedKind(StringRef word) {
  return llvm::StringSwitch<Reserved>(word)
      .Case("if", Reserved::If)
      .Cases({"elif", "else"}, Reserved::Branch)
      .Case("case", Reserved::Case)
      .Cases({"while", "until"}, Reserved::While)
      .Cases({"for", "select"}, Reserved::Loop)
      .Case("{", Reserved::Group)
      .Cases({"fi", "done", "esac", "}"}, Reserved::Ends)
      .Cases({"export", "declare", "local", "readonly", "typeset"},
             Reserved::Declares)
      .Cases({"then", "do", "!", "time"}, Reserved::Skips)
      .Default(Reserved::None);
}

static Word toWord(Text text) {
  Word word{std::move(text.chars), text.lines.empty() ? 0 : text.lines.front()};
  if (!text.gaps.empty()) {
    word.gap = std::move(text.gaps.front());
    // With something before it or behind it stands for a value.
    word.gap->holdsFlags &= word.text.size() == 1;
  }
  return word;
}

std::vector<Text> ScriptReader::readWord(bool splits) {
  WordBuilder builder(splits);
  WordReader(cursor, variables, builder).readWord();
  return builder.finish();
}

bool ScriptReader::readReservedWord() {
  StringRef word = cursor.rest().take_until(
      [](char c) { return isOperator(c) || c == '\'' || c == '"'; });
  Reserved kind = reservedKind(word);
  if (kind == Reserved::None)
    return false;
  cursor.advance(word.size());
  hasBegun = true;
  declares |= kind == Reserved::Declares;
  atLoopVariable = kind == Reserved::Loop;
  if (kind == Reserved::Branch && compounds.back().kind == Reserved::If) {
    compounds.back().isExhaustive = word == "else";
    variables.endBranch();
  }
  if (kind == Reserved::Ends)
    close(word);
  // A loop begins behind its variable.
  else if (kind == Reserved::If || kind == Reserved::Case ||
           kind == Reserved::While || kind == Reserved::Group)
    open(kind);
  return true;
}

void ScriptReader::open(Reserved kind) {
  compounds.push_back({kind});
  if (kind != Reserved::Group)
    variables.openCondition(cursor.line());
}

/// At `fi`, `done`, `esac` or `}`; one without a beginning is a word that only
/// looks like it.
void ScriptReader::close(StringRef word) {
  Reserved kind = compounds.back().kind;
  bool isLoop = kind == Reserved::While || kind == Reserved::Loop;
  if (compounds.size() == 1 || (word == "fi") != (kind == Reserved::If) ||
      (word == "esac") != (kind == Reserved::Case) ||
      (word == "done") != isLoop)
    return;
  endChain();
  if (kind != Reserved::Group) {
    if (kind != Reserved::Case || compounds.back().inArm)
      variables.endBranch();
    endCondition(compounds.back().isExhaustive);
  }
  compounds.pop_back();
}

void ScriptReader::endCondition(bool isExhaustive) {
  cursor.spend(variables.closeCondition(isExhaustive));
}

void ScriptReader::endChain() {
  if (!compounds.back().inChain)
    return;
  variables.endBranch();
  endCondition(/*isExhaustive=*/false);
  compounds.back().inChain = false;
}

void ScriptReader::readArray(StringRef name, bool appends, unsigned line) {
  std::vector<Text> elements;
  cursor.advance(1);
  while (true) {
    cursor.skipBlanks(/*newlines=*/true);
    if (cursor.atEnd() || cursor.peek() == ')')
      break;
    if (cursor.peek() == '#') {
      cursor.skipLine();
    } else if (isOperator(cursor.peek())) {
      cursor.advance(1);
    } else {
      std::vector<Text> words = readWord(/*splits=*/true);
      llvm::append_range(elements, std::move(words));
    }
    if (cursor.failed())
      return;
  }
  if (cursor.atEnd())
    return cursor.fail(line, "the array " + quoted(name) + " is not closed");
  cursor.advance(1);
  variables.assign(name, std::move(elements), appends, /*isArray=*/true, line);
}

bool ScriptReader::readAssignment() {
  StringRef name = nameAt(cursor.rest());
  StringRef after = cursor.rest().drop_front(name.size());
  bool appends = after.starts_with("+=");
  if (name.empty() || (!appends && !after.starts_with("=")))
    return false;
  unsigned line = cursor.line();
  cursor.advance(name.size() + (appends ? 2 : 1));
  if (!cursor.atEnd() && cursor.peek() == '(') {
    readArray(name, appends, line);
    return true;
  }
  std::vector<Text> value = readWord(/*splits=*/false);
  value.resize(1);
  variables.assign(name, std::move(value), appends, /*isArray=*/false, line);
  return true;
}

void ScriptReader::readRedirection() {
  unsigned line = cursor.line();
  StringRef op =
      cursor.rest().take_while([](char c) { return c == '<' || c == '>'; });
  cursor.advance(op.size());
  if (!cursor.atEnd() &&
      (cursor.peek() == '&' || cursor.peek() == '|' || cursor.peek() == '-'))
    cursor.advance(1);
  if (!cursor.atEnd() && cursor.peek() == '(')
    return cursor.skipParentheses();
  cursor.skipBlanks(/*newlines=*/false);
  std::vector<Text> target = readWord(/*splits=*/false);
  if (op == "<<" && !target.empty()) {
    hereDocuments.push_back(target.front().chars);
    remark(line, "the here-document up to " + quoted(target.front().chars) +
                     " is not read");
  }
}

void ScriptReader::skipHereDocuments() {
  for (const std::string &end : hereDocuments)
    while (!cursor.atEnd()) {
      StringRef line =
          cursor.rest().take_until([](char c) { return c == '\n'; });
      cursor.skipLine();
      if (line.trim() == end)
        break;
      if (!cursor.atEnd())
        cursor.advance(1);
    }
  hereDocuments.clear();
}

void ScriptReader::endCommand() {
  if (!command.words.empty())
    script.commands.push_back(std::move(command));
  command = Command();
  atStart = true;
  declares = atLoopVariable = hasBegun = false;
}

/// An assignment, and what a script could not go on without.
static bool isTakenToSucceed(const Command &command) {
  return command.words.empty() ||
         llvm::is_contained({"cd", "mkdir", "module", "set", "source", "."},
                            StringRef(command.words.front().text));
}

/// At `&&` or `||`: what follows up to the end of the list may not be run.
void ScriptReader::readLogicalOperator() {
  bool isOr = cursor.peek() == '|', inChain = compounds.back().inChain;
  bool goesOn = !isOr && !inChain && isTakenToSucceed(command);
  endCommand();
  cursor.advance(2);
  if (goesOn)
    return;
  if (!inChain)
    variables.openCondition(cursor.line());
  else if (isOr)
    variables.endBranch();
  compounds.back().inChain = true;
}

void ScriptReader::readOperator() {
  StringRef rest = cursor.rest();
  if (rest.starts_with("&&") || rest.starts_with("||"))
    return readLogicalOperator();
  char c = cursor.peek();
  Compound &compound = compounds.back();
  // A list goes on behind a newline that follows `&&`.
  if (c == ';' || (hasBegun && (c == '\n' || c == '&')))
    endChain();
  if (compound.kind == Reserved::Case && c == ')') {
    compound.inArm = true;
    compound.isExhaustive |=
        !command.words.empty() && command.words.back().text == "*";
  }
  if (compound.kind == Reserved::Case && rest.starts_with(";;")) {
    compound.inArm = false;
    variables.endBranch();
  }
  endCommand();
  cursor.advance(rest.starts_with(";;") ? 2 : 1);
  if (c == '\n')
    skipHereDocuments();
}

void ScriptReader::readToken() {
  char c = cursor.peek();
  if (c == '#')
    return cursor.skipLine();
  if (c == '<' || c == '>' || cursor.rest().starts_with("&>")) {
    if (c == '&')
      cursor.advance(1);
    return readRedirection();
  }
  if (isOperator(c))
    return readOperator();
  hasBegun = true;
  if (atLoopVariable) {
    StringRef name = nameAt(cursor.rest());
    variables.forget(name,
                     "'$" + name.str() + "' changes in the loop on line " +
                         std::to_string(cursor.line()),
                     cursor.line());
    open(Reserved::Loop);
    atLoopVariable = atStart = false;
  }
  if (atStart && (readReservedWord() || readAssignment()))
    return;
  std::vector<Text> words = readWord(/*splits=*/true);
  if (declares)
    return;
  // `2>` redirects, it is no argument.
  if (words.size() == 1 && !cursor.atEnd() &&
      (cursor.peek() == '<' || cursor.peek() == '>') &&
      llvm::all_of(words[0].chars, llvm::isDigit))
    return;
  for (Text &word : words)
    command.words.push_back(toWord(std::move(word)));
  atStart = false;
}

std::optional<Script> ScriptReader::read() {
  while (!cursor.failed()) {
    cursor.skipBlanks(/*newlines=*/false);
    if (cursor.atEnd())
      break;
    readToken();
  }
  endCommand();
  if (!cursor.failed())
    return std::move(script);
  errors.add(file, {cursor.failedLine(), 1}, cursor.failure());
  return std::nullopt;
}

std::optional<Script> shell::readScript(StringRef text, StringRef file,
                                        llvm::ArrayRef<Definition> definitions,
                                        InputErrors &errors) {
  if (text.size() > maxScriptBytes) {
    errors.add(file, {},
               "has " + std::to_string(text.size()) +
                   " bytes, expected a script of at most " +
                   std::to_string(maxScriptBytes));
    return std::nullopt;
  }
  return ScriptReader(text, file, definitions, errors).read();
}

std::vector<Word> shell::readDirectives(StringRef text) {
  std::vector<Word> words;
  unsigned number = 0;
  while (!text.empty()) {
    auto [line, rest] = text.split('\n');
    text = rest;
    ++number;
    line = line.trim();
    if (line.consume_front("#SBATCH")) {
      llvm::SmallVector<StringRef> parts;
      // A comment may follow the options.
      line.split('#').first.split(parts, ' ', -1, /*KeepEmpty=*/false);
      for (StringRef part : parts)
        words.push_back({part.trim().trim('"').str(), number});
    } else if (!line.empty() && line.front() != '#') {
      break;
    }
  }
  return words;
}
