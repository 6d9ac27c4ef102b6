//===- ShellScript.cpp - The commands of a script, never run --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Readers/ShellScript.h"

#include "ShellReader.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using namespace mlir::moe::shell;
using llvm::StringRef;

std::vector<Text> ScriptReader::readWord(bool splits) {
  WordBuilder builder(splits);
  WordReader(cursor, variables, builder, !isDead()).readWord();
  return builder.finish();
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
  if (!isDead())
    variables.assign(name, std::move(elements), appends, /*isArray=*/true,
                     line);
}

/// The status of an assignment is that of the command whose output it takes.
void ScriptReader::noteAsked(StringRef value) {
  hasAskedMachine |= !declares && value.contains('`');
  for (size_t i = value.find("$("); i != StringRef::npos;
       i = value.find("$(", i + 2))
    hasAskedMachine |= !declares && !value.drop_front(i).starts_with("$((");
}

bool ScriptReader::readAssignment() {
  StringRef name = nameAt(cursor.rest());
  StringRef after = cursor.rest().drop_front(name.size());
  bool appends = after.starts_with("+=");
  if (!name.empty() && after.starts_with("[") &&
      after.take_until(isOperator).contains('=')) {
    forgetNames(name, "has an element that is set on its own");
    return false;
  }
  if (name.empty() || (!appends && !after.starts_with("=")))
    return false;
  if (isLocal)
    noteLocal(name);
  unsigned line = cursor.line();
  hasAssigned = true;
  cursor.advance(name.size() + (appends ? 2 : 1));
  StringRef raw = cursor.rest();
  if (!cursor.atEnd() && cursor.peek() == '(') {
    readArray(name, appends, line);
    noteAsked(raw.drop_back(cursor.rest().size()));
    return true;
  }
  std::vector<Text> value = readWord(/*splits=*/false);
  noteAsked(raw.drop_back(cursor.rest().size()));
  value.resize(1);
  if (isDead())
    return true;
  if (const Variable *before = variables.find(name); !appends && !declares)
    replaced.emplace_back(name, before ? std::optional(*before) : std::nullopt);
  variables.assign(name, std::move(value), appends, /*isArray=*/false, line);
  return true;
}

void ScriptReader::readRedirection() {
  Document document;
  document.line = cursor.line();
  std::string number = std::move(stream);
  stream.clear();
  StringRef op =
      cursor.rest().take_while([](char c) { return c == '<' || c == '>'; });
  cursor.advance(op.size());
  if (!cursor.atEnd() &&
      (cursor.peek() == '&' || cursor.peek() == '|' || cursor.peek() == '-'))
    cursor.advance(1);
  if (!cursor.atEnd() && cursor.peek() == '(')
    return cursor.skipParentheses();
  cursor.skipBlanks(/*newlines=*/false);
  StringRef raw = cursor.rest();
  std::vector<Text> name = readWord(/*splits=*/false);
  raw = raw.drop_back(cursor.rest().size());
  if (name.empty())
    return;
  if ((op == ">" || op == ">>") && (number.empty() || number == "1"))
    target = name.front().chars;
  if (op != "<<")
    return;
  document.end = name.front().chars;
  document.isLiteral = raw.find_first_of("'\"\\") != StringRef::npos;
  documents.push_back(std::move(document));
}

/// A file that sets variables; those of environments set none of a job.
static bool setsVariables(llvm::ArrayRef<Text> words) {
  if (words.size() < 2 ||
      (words.front().chars != "source" && words.front().chars != "."))
    return false;
  StringRef file = words[1].chars;
  for (StringRef part :
       {"activate", "conda", "bashrc", "profile", "modules", "setvars", "lmod"})
    if (file.contains(part))
      return false;
  return true;
}

/// Every name in `text` is one of a variable that may have changed.
void ScriptReader::forgetNames(StringRef text, StringRef why) {
  while (!text.empty() && !isDead()) {
    StringRef name = nameAt(text);
    if (!name.empty())
      variables.forget(name, {"'$" + name.str() + "' " + why.str()},
                       cursor.line());
    text = text.drop_front(std::max<size_t>(name.size(), 1));
  }
}

void ScriptReader::forgetWhatBuiltinsSet() {
  StringRef command = words.front().chars;
  bool prints = command == "printf" && words.size() > 2 &&
                StringRef(words[1].chars).starts_with("-v");
  if (prints)
    return forgetNames(words[2 - (words[1].chars.size() > 2)].chars,
                       "is what 'printf' writes");
  if (command != "let" && command != "mapfile" && command != "readarray")
    return;
  for (const Text &word : llvm::drop_begin(words))
    forgetNames(word.chars, "is set by " + quoted(command));
}

/// What `read`, `getopts`, `unset`, `shift` and files of variables change.
void ScriptReader::forgetWhatIsRead() {
  if (setsVariables(words))
    remark(cursor.line(), "what the file of " + quoted(words.front().chars) +
                              " sets is not read");
  // From here on `$1` is another one.
  if (words.front().chars == "shift" && compounds.size() == 1)
    variables.hideArguments(true);
  if (words.front().chars == "unset")
    for (const Text &word : llvm::drop_begin(words)) {
      StringRef name = nameAt(word.chars);
      if (name.size() < word.chars.size())
        forgetNames(name, "is unset in a part");
      else
        variables.putBack(name, std::nullopt, cursor.line());
    }
  forgetWhatBuiltinsSet();
  bool isRead = words.front().chars == "read";
  bool isOption = words.front().chars == "getopts";
  if (!isRead && !isOption)
    return;
  size_t first = isRead ? 1 : 2;
  for (const Text &word :
       llvm::drop_begin(words, std::min(first, words.size())))
    if (StringRef name = nameAt(word.chars); name.size() == word.chars.size())
      variables.forget(name,
                       {"'$" + name.str() + "' is read by the running script",
                        {},
                        /*holdsFlags=*/false,
                        /*isArgument=*/isOption},
                       cursor.line());
}

std::vector<Word> ScriptReader::watchedVariables() {
  std::vector<Word> watched;
  for (StringRef name :
       {layerPartitions[0], layerPartitions[1], exchangeBackend}) {
    const Variable *variable = variables.find(name);
    if (!variable || variable->elements.empty())
      continue;
    cursor.spend(variable->elements.front().cost());
    Word word = toWord(variable->elements.front());
    word.text = name.str() + "=" + word.text;
    watched.push_back(std::move(word));
  }
  return watched;
}

void ScriptReader::putBackReplaced(bool hasCommand) {
  for (auto &[name, value] : llvm::reverse(replaced))
    if (hasCommand)
      variables.putBack(name, std::move(value), cursor.line());
  replaced.clear();
}

void ScriptReader::endCommand() {
  bool hasCommand = !words.empty();
  for (Document &document : documents)
    if (!document.hasCommand) {
      document.words = words;
      document.target = target;
      document.hasCommand = true;
      document.isDead = isDead();
    }
  noteStatus();
  if (!words.empty() && !isDead()) {
    forgetWhatIsRead();
    noteCall();
    if (words.front().chars == "exit" || words.front().chars == "return")
      exitBranch();
    if (!readInnerScript()) {
      Command &command = script.commands.emplace_back();
      command.environment = watchedVariables();
      for (Text &word : words)
        command.words.push_back(toWord(std::move(word)));
    }
  }
  putBackReplaced(hasCommand);
  words.clear();
  target.clear();
  atStart = true;
  declares = isLocal = atLoopVariable = hasBegun = isPiped = false;
}

void ScriptReader::readOperator() {
  StringRef rest = cursor.rest();
  char c = cursor.peek();
  // Between brackets operators are words.
  if (!words.empty() && words.front().chars == "[[" &&
      words.back().chars != "]]") {
    size_t size = rest.starts_with("&&") || rest.starts_with("||") ? 2 : 1;
    if (c != '\n')
      words.emplace_back().append(rest.take_front(size), cursor.line());
    return cursor.advance(size);
  }
  if (readPattern(c))
    return;
  if (rest.starts_with("&&") || rest.starts_with("||"))
    return readLogicalOperator();
  if (rest.starts_with("()") && words.size() == 1) {
    defined = words.front().chars;
    words.clear();
    atStart = definesFunction = true;
    return cursor.advance(2);
  }
  // A list goes on behind a newline that follows `&&`.
  if ((c == '(' || c == ')') && readParenthesis())
    return;
  isPiped = c == '|' || c == '&' || isLost;
  bool endsList = c == ';' || (hasBegun && (c == '\n' || c == '&'));
  isLost |= c == '|' || c == '(' || c == ')';
  endCommand();
  if (endsList) {
    endChain();
    isLost = isNegated = hasAssigned = false;
    logical = '\0';
  }
  cursor.advance(rest.starts_with(";;") ? 2 : 1);
  if (c == '\n')
    readDocuments();
}

void ScriptReader::readToken() {
  char c = cursor.peek();
  if (c == '#')
    return cursor.skipLine();
  bool inTest = !words.empty() && words.front().chars == "[[" &&
                words.back().chars != "]]";
  if (!inTest && (c == '<' || c == '>' || cursor.rest().starts_with("&>"))) {
    if (c == '&')
      cursor.advance(1);
    return readRedirection();
  }
  if (isOperator(c))
    return readOperator();
  hasBegun = true;
  if (atLoopVariable)
    beginLoop();
  if (atStart && (readReservedWord() || readAssignment()))
    return;
  std::vector<Text> read = readWord(/*splits=*/true);
  if (declares) {
    for (const Text &word : read)
      if (isLocal)
        noteLocal(word.chars);
    return;
  }
  // `2>` redirects, it is no argument.
  if (read.size() == 1 && !cursor.atEnd() &&
      (cursor.peek() == '<' || cursor.peek() == '>') &&
      llvm::all_of(read[0].chars, llvm::isDigit)) {
    stream = std::move(read[0].chars);
    return;
  }
  llvm::append_range(words, std::move(read));
  atStart = false;
}

const Cursor &ScriptReader::read() {
  while (!cursor.failed()) {
    cursor.skipBlanks(/*newlines=*/false);
    if (cursor.atEnd())
      break;
    readToken();
  }
  endCommand();
  endChain();
  while (compounds.size() > 1)
    closeCompound();
  return cursor;
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
  Script script;
  Variables variables(definitions);
  const Cursor end = ScriptReader(Cursor(text), variables, file, script).read();
  if (!end.failed())
    return script;
  errors.add(file, {end.failedLine(), 1}, end.failure());
  return std::nullopt;
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
