//===- TokenCursor.cpp - Lines and columns of JSON tokens -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TokenCursor.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe::json;
using llvm::StringRef;

void TokenCursor::step() {
  char c = text[at++];
  if (c == '\n') {
    ++where.line;
    where.column = 1;
  } else if (at == text.size() || (text[at] & 0xc0) != 0x80) {
    // Only the last byte of a UTF-8 sequence ends a column.
    ++where.column;
  }
}

void TokenCursor::advanceTo(size_t offset) {
  while (at < offset && !atEnd())
    step();
}

bool TokenCursor::passComment() {
  if (text.substr(at).starts_with("//")) {
    advanceTo(std::min(text.find('\n', at), text.size()));
    return true;
  }
  if (!text.substr(at).starts_with("/*"))
    return false;
  size_t end = text.find("*/", at + 2);
  if (end == StringRef::npos)
    return false;
  advanceTo(end + 2);
  return true;
}

void TokenCursor::skipTo(size_t limit) {
  separator = 0;
  while (!atEnd()) {
    char c = current();
    if (c == '/') {
      if (!passComment())
        return;
    } else if (c == ',' || c == ':') {
      if (at >= limit)
        return;
      separator = c;
      step();
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      step();
    } else {
      return;
    }
  }
}

void TokenCursor::passToken() {
  if (atEnd())
    return;
  char first = current();
  if (first != '"') {
    size_t length = std::max<size_t>(word().size(), 1);
    return advanceTo(at + length);
  }
  for (step(); !atEnd() && current() != '"'; step())
    if (current() == '\\')
      step();
  if (!atEnd())
    step();
}

StringRef TokenCursor::word() const {
  return text.substr(at).take_while([](char c) {
    return llvm::isAlnum(c) || c == '+' || c == '-' || c == '.' || c == '_';
  });
}
