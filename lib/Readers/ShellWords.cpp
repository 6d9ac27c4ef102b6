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
                  /*isArgument=*/!StringRef("?$!-").contains(name) &&
                      !variables.isForeign()},
                 cursor.line());
}

void WordReader::addUnset(StringRef name) {
  Gap gap{"'$" + name.str() + "' is not set in the script"};
  gap.isUnset = !isOfLauncher(name);
  builder.addGap(std::move(gap), cursor.line());
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
    WordReader(inner, variables, part, assigns, depth + 1).readAll(quotes);
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
