//===- ShellAssignments.cpp - What parts of a script assign ---------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ShellAssignments.h"

#include "ShellWords.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe::shell;
using llvm::StringRef;

namespace {
/// Goes over a script word by word.
class Scanner {
public:
  Scanner(StringRef text, std::vector<Assignments::Event> &events,
          std::map<size_t, size_t> &loops)
      : text(text), events(events), loops(loops) {}

  void scan();

private:
  /// What the words of a command may assign.
  enum class Mode { Nothing, Declares, Names, Evaluates, LoopVariable };
  /// Deeper nesting of quotes and parentheses is read as text.
  static constexpr int maxDepth = 64;
  static constexpr size_t longestExpression = 1000;

  StringRef rest() const { return text.drop_front(at); }
  void startCommand() {
    mode = Mode::Nothing;
    atCommand = true;
  }
  void skipQuotes(int depth);
  void skipParentheses(int depth);
  void skipDocuments();
  void readRedirection();
  void readWord();
  void readCommandWord(StringRef word, size_t begin);
  bool readAssignment(StringRef word, size_t begin);
  void addNames(StringRef part, size_t begin, bool onlyAssigned);
  void addDefaults(StringRef word, size_t begin);

  StringRef text;
  std::vector<Assignments::Event> &events;
  std::map<size_t, size_t> &loops;
  std::vector<size_t> openLoops;
  /// What ends the here-documents that begin on the next line.
  std::vector<StringRef> documents;
  size_t at = 0;
  Mode mode = Mode::Nothing;
  bool atCommand = true;
};
} // namespace

/// At a quote: past the one that closes it.
void Scanner::skipQuotes(int depth) {
  char quote = text[at++];
  while (at < text.size() && text[at] != quote) {
    if (quote == '"' && text[at] == '\\') {
      at += 2;
    } else if (quote == '"' && rest().starts_with("$(") && depth < maxDepth) {
      ++at;
      skipParentheses(depth + 1);
    } else {
      ++at;
    }
  }
  at = std::min(at + 1, text.size());
}

/// At `(`: past the one that closes it.
void Scanner::skipParentheses(int depth) {
  ++at;
  for (unsigned open = 1; at < text.size() && open > 0;) {
    char c = text[at];
    if ((c == '"' || c == '\'') && depth < maxDepth) {
      skipQuotes(depth + 1);
      continue;
    }
    open += c == '(';
    open -= c == ')';
    at += c == '\\' ? 2 : 1;
  }
  at = std::min(at, text.size());
}

void Scanner::skipDocuments() {
  for (StringRef end : documents)
    while (at < text.size()) {
      StringRef line = rest().take_until([](char c) { return c == '\n'; });
      at = std::min(at + line.size() + 1, text.size());
      if (line.trim() == end)
        break;
    }
  documents.clear();
}

void Scanner::readRedirection() {
  StringRef op = rest().take_while([](char c) { return c == '<' || c == '>'; });
  at += op.size();
  if (op != "<<")
    return;
  StringRef end =
      rest().ltrim("- \t").take_until([](char c) { return isOperator(c); });
  documents.push_back(end.trim("'\"\\"));
}

/// The names in `part`; `onlyAssigned`: of those the ones in front of `=`.
void Scanner::addNames(StringRef part, size_t begin, bool onlyAssigned) {
  while (!part.empty()) {
    StringRef name = nameAt(part);
    StringRef after = part.drop_front(name.size());
    if (!name.empty() &&
        (!onlyAssigned || after.starts_with("=") || after.starts_with("+=")))
      events.push_back({begin, name});
    part = part.drop_front(std::max<size_t>(name.size(), 1));
  }
}

/// `${NAME:=text}`.
void Scanner::addDefaults(StringRef word, size_t begin) {
  for (size_t i = word.find("${"); i != StringRef::npos;
       i = word.find("${", i + 2)) {
    StringRef name = nameAt(word.drop_front(i + 2));
    StringRef after = word.drop_front(i + 2 + name.size());
    if (!name.empty() && (after.starts_with(":=") || after.starts_with("=")))
      events.push_back({begin, name});
  }
}

/// Whether what is assigned begins with the variable itself, and a blank.
static bool beginsWithItself(StringRef &value, StringRef name, bool isArray) {
  bool hasBrace = value.consume_front("${");
  if (!hasBrace && !value.consume_front("$"))
    return false;
  return value.consume_front(name) &&
         (!isArray || value.consume_front("[@]")) &&
         (!hasBrace || value.consume_front("}"));
}

bool Scanner::readAssignment(StringRef word, size_t begin) {
  StringRef name = nameAt(word), value = word.drop_front(name.size());
  if (name.empty() || value.empty())
    return false;
  bool isElement = value.front() == '[' && value.contains('=');
  bool appends = value.consume_front("+=");
  if (!isElement && !appends && !value.consume_front("="))
    return false;
  Assignments::Event event{begin, name};
  event.how.isArray = value.empty() && at < text.size() && text[at] == '(';
  if (event.how.isArray) {
    value = rest().drop_front().ltrim();
    skipParentheses(0);
  }
  value = value.take_front(name.size() + 80);
  StringRef added = value.ltrim("\"'");
  bool isWhole = appends || beginsWithItself(added, name, event.how.isArray);
  if (event.how.isArray)
    added = added.ltrim("\"'");
  event.how.grows =
      !isElement && isWhole && (event.how.isArray || added.starts_with(" "));
  event.how.addsFlags = added.ltrim(" \t\r\n\"'").starts_with("-");
  events.push_back(event);
  return true;
}

void Scanner::readCommandWord(StringRef word, size_t begin) {
  if (llvm::is_contained({"if", "then", "elif", "else", "do", "{", "}", "!",
                          "time", "fi", "esac"},
                         word))
    return;
  if (word == "while" || word == "until") {
    openLoops.push_back(begin);
    return;
  }
  if (word == "done") {
    if (!openLoops.empty()) {
      loops[openLoops.back()] = at;
      openLoops.pop_back();
    }
    return;
  }
  if (readAssignment(word, begin))
    return;
  atCommand = false;
  if (word == "for" || word == "select") {
    openLoops.push_back(begin);
    mode = Mode::LoopVariable;
  } else if (llvm::is_contained(
                 {"export", "declare", "local", "readonly", "typeset"}, word)) {
    mode = Mode::Declares;
  } else if (llvm::is_contained({"read", "mapfile", "readarray", "unset",
                                 "getopts", "let", "printf"},
                                word)) {
    mode = Mode::Names;
  } else if (word == "eval") {
    mode = Mode::Evaluates;
  } else {
    events.push_back({begin, word.trim("'\""), {}, /*isCall=*/true});
  }
}

void Scanner::readWord() {
  size_t begin = at;
  while (at < text.size() && !isOperator(text[at])) {
    if (text[at] == '"' || text[at] == '\'')
      skipQuotes(0);
    else if (rest().starts_with("$(")) {
      ++at;
      skipParentheses(0);
    } else {
      at = std::min(at + (text[at] == '\\' ? 2 : 1), text.size());
    }
  }
  StringRef word = text.slice(begin, at);
  addDefaults(word, begin);
  if (atCommand)
    return readCommandWord(word, begin);
  if (mode == Mode::Declares)
    readAssignment(word, begin);
  else if (mode == Mode::Names || mode == Mode::Evaluates)
    addNames(word, begin, mode == Mode::Evaluates);
  else if (mode == Mode::LoopVariable)
    addNames(nameAt(word), begin, /*onlyAssigned=*/false);
  if (mode == Mode::LoopVariable)
    mode = Mode::Nothing;
}

void Scanner::scan() {
  while (at < text.size()) {
    char c = text[at];
    if (c == ' ' || c == '\t' || c == '\r' || rest().starts_with("\\\n")) {
      at += c == '\\' ? 2 : 1;
    } else if (c == '#') {
      at += rest().take_until([](char c) { return c == '\n'; }).size();
    } else if (c == '<' || c == '>') {
      readRedirection();
    } else if (isOperator(c)) {
      if (rest().starts_with("((")) {
        StringRef part = rest().take_front(longestExpression);
        part = part.take_front(part.find("))"));
        if (part.contains('=') || part.contains("++") || part.contains("--"))
          addNames(part, at, /*onlyAssigned=*/false);
        at += part.size() < longestExpression ? part.size() : 1;
        if (at >= text.size())
          break;
      }
      ++at;
      startCommand();
      if (c == '\n')
        skipDocuments();
    } else {
      readWord();
    }
  }
}

Assignments::Assignments(StringRef text) {
  Scanner(text, events, loops).scan();
}

AssignedNames Assignments::between(size_t begin, size_t end) const {
  AssignedNames all;
  auto first = llvm::partition_point(
      events, [&](const Event &event) { return event.offset < begin; });
  for (auto event = first; event != events.end() && event->offset < end;
       ++event) {
    ++all.count;
    if (event->isCall) {
      all.calls.insert(event->name.str());
      continue;
    }
    Assigned &name = all.names[event->name.str()];
    ++name.times;
    name.grows &= event->how.grows;
    name.addsFlags &= event->how.addsFlags;
    name.isArray |= event->how.isArray;
  }
  return all;
}

AssignedNames Assignments::inLoop(size_t offset) const {
  auto loop = loops.find(offset);
  return between(offset, loop == loops.end() ? StringRef::npos : loop->second);
}

AssignedNames Assignments::from(size_t offset) const {
  return between(offset, StringRef::npos);
}
