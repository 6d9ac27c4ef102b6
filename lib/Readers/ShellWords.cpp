//===- ShellWords.cpp - Quotes and expansions -----------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ShellWords.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using namespace mlir::moe::shell;
using llvm::StringRef;

/// Deeper nesting of expansions has no value.
static constexpr int maxExpansions = 16;

bool shell::isOperator(char c) {
  return StringRef(" \t\r\n;&|()<>").contains(c);
}

StringRef shell::nameAt(StringRef text) {
  if (text.empty() || llvm::isDigit(text.front()))
    return "";
  return text.take_while([](char c) { return llvm::isAlnum(c) || c == '_'; });
}

//===----------------------------------------------------------------------===//
// Words
//===----------------------------------------------------------------------===//

void WordReader::readWord() {
  while (!cursor.atEnd() && !isOperator(cursor.peek())) {
    switch (cursor.peek()) {
    case '\'':
      readSingleQuotes();
      break;
    case '"':
      readDoubleQuotes();
      break;
    case '\\':
      readEscape("");
      break;
    case '`':
      readBackticks();
      break;
    case '$':
      readDollar(/*isQuoted=*/false);
      break;
    default:
      copy();
    }
  }
}

void WordReader::readSingleQuotes() {
  unsigned line = cursor.line();
  builder.open(line);
  cursor.advance(1);
  size_t end = cursor.rest().find('\'');
  if (end == StringRef::npos)
    return cursor.fail(line, "the quote ' is not closed");
  for (; end > 0; --end)
    copy();
  cursor.advance(1);
}

void WordReader::copy() {
  if (const Gap *gap = cursor.gap())
    builder.addGap(*gap, cursor.line());
  else
    builder.add(cursor.peek(), cursor.line());
  cursor.advance(1);
}

/// Before which a backslash between double quotes is none.
static constexpr StringRef escapableInQuotes = "$`\"\\";

void WordReader::readDoubleQuotes() {
  unsigned line = cursor.line();
  builder.open(line);
  cursor.advance(1);
  while (!cursor.atEnd() && cursor.peek() != '"') {
    if (cursor.peek() == '\\')
      readEscape(escapableInQuotes);
    else if (cursor.peek() == '`')
      readBackticks();
    else if (cursor.peek() == '$')
      readDollar(/*isQuoted=*/true);
    else
      copy();
  }
  if (cursor.atEnd())
    return cursor.fail(line, "the quote \" is not closed");
  cursor.advance(1);
}

void WordReader::readAll(Quotes quotes) {
  bool isBare = quotes == Quotes::Removed;
  StringRef escapable = isBare                            ? ""
                        : quotes == Quotes::DoubleRemoved ? escapableInQuotes
                                                          : "$`\\";
  while (!cursor.atEnd()) {
    char c = cursor.peek();
    if (c == '$')
      readDollar(/*isQuoted=*/!isBare);
    else if (c == '`')
      readBackticks();
    else if (c == '\\')
      readEscape(escapable);
    else if (c == '\'' && isBare)
      readSingleQuotes();
    else if (c == '"' && isBare)
      readDoubleQuotes();
    else if (c == '"' && quotes == Quotes::DoubleRemoved)
      cursor.advance(1);
    else if (isBare && llvm::isSpace(c))
      readBlank();
    else
      copy();
  }
}

void WordReader::readBlank() {
  builder.addBlank(cursor.peek(), cursor.line());
  cursor.advance(1);
}

void WordReader::readEscape(StringRef escapable) {
  StringRef rest = cursor.rest();
  if (rest.starts_with("\\\n") || rest.starts_with("\\\r\n"))
    return cursor.advance(rest[1] == '\n' ? 2 : 3);
  unsigned line = cursor.line();
  // Elsewhere a backslash is itself.
  if (rest.size() == 1 ||
      (!escapable.empty() && !escapable.contains(rest[1]))) {
    cursor.advance(1);
    return builder.add('\\', line);
  }
  cursor.advance(1);
  copy();
}

void WordReader::readBackticks() {
  unsigned line = cursor.line();
  cursor.advance(1);
  size_t end = cursor.rest().find('`');
  if (end == StringRef::npos)
    return cursor.fail(line, "the quote ` is not closed");
  cursor.advance(end + 1);
  addUnknown("the command in `...` is not run");
}

/// What stands for arguments of the script, or for its state.
void WordReader::addArgument(StringRef name) {
  builder.addGap({"'$" + name.str() + "' is known to the running script only",
                  {},
                  /*holdsFlags=*/false,
                  /*isArgument=*/!StringRef("?$!-").contains(name)},
                 cursor.line());
}

void WordReader::addUnknown(const llvm::Twine &why) {
  builder.addGap({why.str()}, cursor.line());
}

void WordReader::readDollar(bool isQuoted) {
  unsigned line = cursor.line();
  StringRef after = cursor.rest().drop_front();
  if (after.starts_with("(("))
    return readArithmetic();
  if (after.starts_with("(") && readDocument(isQuoted))
    return;
  if (after.starts_with("(")) {
    cursor.advance(1);
    cursor.skipParentheses();
    return addUnknown("the command in $(...) is not run");
  }
  if (after.starts_with("{"))
    return readBraces(isQuoted);
  if (StringRef name = nameAt(after); !name.empty()) {
    cursor.advance(1 + name.size());
    return expandVariable(name, isQuoted);
  }
  if (!after.empty() && llvm::isDigit(after.front())) {
    cursor.advance(2);
    return expandVariable(after.take_front(1), isQuoted);
  }
  if (!after.empty() && StringRef("@*#?$!-").contains(after.front())) {
    cursor.advance(2);
    return addArgument(after.take_front(1));
  }
  cursor.advance(1);
  // $"..." and $'...' are quotes.
  if (isQuoted || after.empty() || !StringRef("'\"").contains(after.front()))
    builder.add('$', line);
}

/// `$(cat <<END ... END)` is the text between, which takes no running; false
/// for anything else.
bool WordReader::readDocument(bool isQuoted) {
  StringRef start = cursor.rest(), text = start.drop_front(2).ltrim();
  if (!text.consume_front("cat"))
    return false;
  text = text.ltrim(" \t");
  if (!text.consume_front("<<"))
    return false;
  auto [delimiter, body] = text.ltrim("- \t").split('\n');
  delimiter = delimiter.trim();
  bool isLiteral = delimiter.starts_with("'") || delimiter.starts_with("\"");
  StringRef end = delimiter.trim("'\"");
  if (end.empty() || nameAt(end) != end)
    return false;
  StringRef rest = body;
  while (!rest.empty() && rest.split('\n').first.trim() != end)
    rest = rest.split('\n').second;
  StringRef document = body.drop_back(rest.size()).rtrim("\n");
  rest = rest.ltrim().drop_front(std::min(end.size(), rest.size())).ltrim();
  if (!rest.consume_front(")"))
    return false;
  Text value;
  if (isLiteral)
    value.append(document.str(), cursor.line() + 1);
  else
    value = expand(document, Quotes::Kept);
  cursor.advance(start.size() - rest.size());
  builder.addValue(value, isQuoted, cursor.line());
  return true;
}

void WordReader::readArithmetic() {
  unsigned line = cursor.line();
  StringRef start = cursor.rest();
  cursor.advance(1);
  cursor.skipParentheses();
  StringRef whole = start.drop_back(cursor.rest().size());
  if (!whole.consume_front("$((") || !whole.consume_back("))"))
    return addUnknown("the command in $(...) is not run");
  Text expression = expand(whole);
  if (!expression.gaps.empty())
    return builder.addGap({expression.gaps.front().why}, line);
  std::optional<int64_t> value =
      evaluateArithmetic(expression.chars, [&](StringRef name) {
        return variables.integer(name);
      });
  if (!value)
    return addUnknown("no value for $((" + whole.take_front(60) + "))");
  for (char c : std::to_string(*value))
    builder.add(c, line);
}

void WordReader::expandInto(WordBuilder &part, StringRef text, Quotes quotes) {
  Cursor inner(text, cursor.line());
  if (depth < maxExpansions)
    WordReader(inner, variables, part, depth + 1).readAll(quotes);
  else
    part.addGap({"expansions nest too deeply"}, cursor.line());
  if (inner.failed())
    cursor.fail(inner.failedLine(), inner.failure());
  cursor.spend(inner.spentBytes() + text.size());
}

Text WordReader::expand(StringRef text, Quotes quotes) {
  WordBuilder part(/*splits=*/false);
  expandInto(part, text, quotes);
  std::vector<Text> words = part.finish();
  Text result = words.empty() ? Text() : std::move(words.front());
  if (result.chars.empty())
    result.lines.clear();
  return result;
}

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

void WordReader::expandVariable(StringRef name, bool isQuoted) {
  const Variable *variable = variables.find(name);
  if (!variable && (llvm::isDigit(name.front()) || name == "OPTARG"))
    return addArgument(name);
  if (!variable)
    return addUnknown("'$" + name + "' is not set in the script");
  if (variable->elements.empty())
    return;
  cursor.spend(variable->elements.front().cost());
  if (!cursor.failed())
    builder.addValue(variable->elements.front(), isQuoted, cursor.line());
}

void WordReader::expandWith(StringRef name, StringRef operation,
                            bool isQuoted) {
  const Variable *variable = variables.find(name);
  if (operation == "[@]" || operation == "[*]") {
    if (!variable)
      return addUnknown("'$" + name + "' is not set in the script");
    cursor.spend(variable->cost());
    if (cursor.failed())
      return;
    if (operation == "[@]" || !isQuoted)
      return builder.addElements(*variable, isQuoted, cursor.line());
    for (const Text &element : variable->elements) {
      if (&element != variable->elements.data())
        builder.add(' ', cursor.line());
      builder.addValue(element, /*isQuoted=*/true, cursor.line());
    }
    return;
  }
  if (expandElement(name, operation, isQuoted))
    return;
  // ${NAME:-text} and ${NAME-text}, also with = for -.
  StringRef text = operation;
  bool hasColon = text.consume_front(":");
  bool isDefault = text.consume_front("-") || text.consume_front("=");
  bool isEmpty = !variable || variable->elements.empty() ||
                 (hasColon && variable->elements.front().chars.empty());
  if (isDefault && isEmpty && !isQuoted)
    return expandInto(builder, text, Quotes::Removed);
  if (isDefault && isEmpty)
    return builder.addValue(expand(text), isQuoted, cursor.line());
  if (isDefault || operation.empty() || operation.starts_with(":?"))
    return expandVariable(name, isQuoted);
  addUnknown("'${" + name + operation.take_front(20) + "}' is not followed");
}

/// `${#NAME}` and `${#NAME[@]}`.
void WordReader::expandSize(StringRef text) {
  StringRef name = nameAt(text), index = text.drop_front(name.size());
  const Variable *variable = variables.find(name);
  bool ofList = index == "[@]" || index == "[*]";
  if (!variable || (!ofList && !index.empty()) ||
      llvm::any_of(variable->elements,
                   [](const Text &element) { return !element.gaps.empty(); }))
    return addUnknown("'${#" + text.take_front(20) + "}' is not followed");
  size_t size = ofList ? variable->elements.size()
                : variable->elements.empty()
                    ? 0
                    : variable->elements[0].chars.size();
  for (char c : std::to_string(size))
    builder.add(c, cursor.line());
}

/// `${NAME[2]}`; false if that is not what stands there.
bool WordReader::expandElement(StringRef name, StringRef index, bool isQuoted) {
  const Variable *variable = variables.find(name);
  size_t number = 0;
  if (!variable || !index.consume_front("[") || !index.consume_back("]") ||
      index.getAsInteger(10, number) || number >= variable->elements.size())
    return false;
  // Which elements are there is not known behind a gap.
  for (size_t i = 0; i <= number; ++i)
    if (!variable->elements[i].gaps.empty())
      return false;
  cursor.spend(variable->elements[number].cost());
  builder.addValue(variable->elements[number], isQuoted, cursor.line());
  return true;
}

void WordReader::readBraces(bool isQuoted) {
  unsigned line = cursor.line();
  StringRef text = cursor.rest().drop_front(2);
  size_t open = 1, end = 0;
  for (; end < text.size(); ++end) {
    if (text[end] == '{')
      ++open;
    else if (text[end] == '}' && --open == 0)
      break;
  }
  if (end == text.size())
    return cursor.fail(line, "'${' is not closed");
  cursor.advance(2 + end + 1);
  text = text.take_front(end);
  if (text.size() > 1 && text.front() == '#')
    return expandSize(text.drop_front());
  StringRef name = nameAt(text);
  if (name.empty())
    name = text.take_while(llvm::isDigit);
  if (name.empty())
    return addUnknown("'${" + text.take_front(20) + "}' is not followed");
  expandWith(name, text.drop_front(name.size()), isQuoted);
}
