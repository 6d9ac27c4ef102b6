//===- ShellCursor.cpp - A place in a script ----------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ShellWords.h"

using namespace mlir::moe;
using namespace mlir::moe::shell;
using llvm::StringRef;

unsigned Cursor::line() const {
  if (!source || source->lines.empty())
    return lineNumber;
  return source->lines[std::min(offset, source->lines.size() - 1)];
}

const Gap *Cursor::gap() const {
  bool isOne = source && text.front() == noValue;
  return isOne && numGaps < source->gaps.size() ? &source->gaps[numGaps]
                                                : nullptr;
}

void Cursor::advance(size_t count) {
  if (source)
    numGaps += text.take_front(count).count(noValue);
  offset += count;
  lineNumber += text.take_front(count).count('\n');
  text = text.drop_front(count);
}

void Cursor::skipBlanks(bool newlines) {
  while (!text.empty()) {
    if (text.starts_with("\\\n"))
      advance(2);
    else if (text.starts_with("\\\r\n"))
      advance(3);
    else if (StringRef(" \t\r").contains(text.front()) ||
             (newlines && text.front() == '\n'))
      advance(1);
    else
      return;
  }
}

void Cursor::skipLine() { advance(std::min(text.find('\n'), text.size())); }

void Cursor::skipParentheses() {
  unsigned start = lineNumber;
  size_t open = 0;
  char quote = '\0';
  while (!text.empty()) {
    char c = text.front();
    if (c == '\\' && quote != '\'' && text.size() > 1)
      advance(1);
    else if (quote)
      quote = c == quote ? '\0' : quote;
    else if (c == '\'' || c == '"')
      quote = c;
    else if (c == '(')
      ++open;
    advance(1);
    if (!quote && c == ')' && --open == 0)
      return;
  }
  fail(start, "'(' is not closed");
}

void Cursor::fail(unsigned line, std::string why) {
  if (!message.empty())
    return;
  messageLine = line;
  message = std::move(why);
}

void Cursor::spend(size_t bytes) {
  spent += bytes;
  if (spent > maxScriptBytes)
    fail(lineNumber, "the variables expand to more than " +
                         std::to_string(maxScriptBytes) + " bytes");
}
