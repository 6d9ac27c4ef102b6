//===- PlanEdit.cpp - One key of a plan file, changed in place ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlanEdit.h"

#include "moe/Check/CheckPlan.h"
#include "moe/IR/FieldLocation.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

static constexpr StringLiteral kBlanks = " \t\r\n";

/// The byte at a line and column, which counts code points.
static std::optional<size_t> offsetOf(StringRef text, Location where) {
  auto place = where->findInstanceOf<FileLineColLoc>();
  if (!place || place.getLine() == 0 || place.getColumn() == 0)
    return std::nullopt;
  size_t offset = 0;
  for (unsigned line = 1; line < place.getLine(); ++line) {
    offset = text.find('\n', offset);
    if (offset == StringRef::npos)
      return std::nullopt;
    ++offset;
  }
  for (unsigned column = 1; column < place.getColumn(); ++column) {
    if (offset >= text.size() || text[offset] == '\n')
      return std::nullopt;
    ++offset;
    // Bytes that continue a code point.
    while (offset < text.size() && (text[offset] & 0xc0) == 0x80)
      ++offset;
  }
  return offset < text.size() ? std::optional(offset) : std::nullopt;
}

/// The first byte from `at` on that is neither blank nor part of a comment; the
/// size of the text when there is none.
static size_t skipBlanks(StringRef text, size_t at) {
  while (true) {
    at = std::min(text.find_first_not_of(kBlanks, at), text.size());
    StringRef rest = text.drop_front(at);
    bool line = rest.starts_with("//");
    if (!line && !rest.starts_with("/*"))
      return at;
    size_t end = line ? text.find('\n', at) : text.find("*/", at + 2);
    if (end == StringRef::npos)
      return text.size();
    at = end + (line ? 1 : 2);
  }
}

static std::optional<size_t> endOfString(StringRef text, size_t begin) {
  for (size_t at = begin + 1; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;
    else if (text[at] == '"')
      return at + 1;
  }
  return std::nullopt;
}

/// Where the value that starts at `begin` ends.
static std::optional<size_t> endOfValue(StringRef text, size_t begin) {
  if (text[begin] == '"')
    return endOfString(text, begin);
  if (text[begin] != '{' && text[begin] != '[')
    return std::min(text.find_first_of(",}] \t\r\n/", begin), text.size());
  unsigned depth = 0;
  for (size_t at = begin; at < text.size(); at = skipBlanks(text, at)) {
    if (text[at] == '"') {
      std::optional<size_t> end = endOfString(text, at);
      if (!end)
        return std::nullopt;
      at = *end;
      continue;
    }
    depth += text[at] == '{' || text[at] == '[';
    depth -= text[at] == '}' || text[at] == ']';
    ++at;
    if (depth == 0)
      return at;
  }
  return std::nullopt;
}

/// Where the value of `key` starts in the object at `brace`.
static std::optional<size_t> findMember(StringRef text, size_t brace,
                                        StringRef key) {
  size_t at = skipBlanks(text, brace + 1);
  while (at < text.size() && text[at] == '"') {
    std::optional<size_t> nameEnd = endOfString(text, at);
    size_t colon = nameEnd ? skipBlanks(text, *nameEnd) : text.size();
    size_t value = skipBlanks(text, std::min(colon + 1, text.size()));
    if (value == text.size())
      return std::nullopt;
    if (text.slice(at + 1, *nameEnd - 1) == key)
      return value;
    std::optional<size_t> end = endOfValue(text, value);
    size_t comma = end ? skipBlanks(text, *end) : text.size();
    at = comma < text.size() ? skipBlanks(text, comma + 1) : comma;
  }
  return std::nullopt;
}

/// `text` with `"key": value` as the first member of the object at `brace`.
static std::optional<std::string> insertMember(StringRef text, size_t brace,
                                               StringRef key,
                                               const std::string &value) {
  if (text[brace] != '{')
    return std::nullopt;
  size_t next = text.find_first_not_of(kBlanks, brace + 1);
  bool empty = next != StringRef::npos && text[next] == '}';
  std::string member = " \"" + key.str() + "\": " + value + (empty ? "" : ",");
  return (text.take_front(brace + 1) + member + text.drop_front(brace + 1))
      .str();
}

/// `text` without the member whose value stands from `begin` to `end`.
static std::optional<std::string> removeMember(StringRef text, StringRef key,
                                               size_t begin, size_t end) {
  StringRef before = text.take_front(begin).rtrim(kBlanks);
  std::string name = "\"" + key.str() + "\"";
  if (!before.consume_back(":") ||
      !(before = before.rtrim(kBlanks)).consume_back(name))
    return std::nullopt;
  size_t next = text.find_first_not_of(kBlanks, end);
  if (next != StringRef::npos && text[next] == ',')
    return (before + text.drop_front(next + 1).ltrim(' ')).str();
  before = before.rtrim(kBlanks);
  before.consume_back(",");
  return (before + text.drop_front(end)).str();
}

/// `text` with another value of the key that is a member of the object at
/// `brace` or, where there is none, with the key.
static std::optional<std::string> setMember(StringRef text, size_t brace,
                                            StringRef key,
                                            const std::string &value) {
  std::optional<size_t> begin = findMember(text, brace, key);
  if (!begin)
    return insertMember(text, brace, key, value);
  std::optional<size_t> end = endOfValue(text, *begin);
  if (!end)
    return std::nullopt;
  return (text.take_front(*begin) + value + text.drop_front(*end)).str();
}

std::optional<std::string> moe::editPlan(StringRef text, PlanOp plan,
                                         const KeyChange &change) {
  auto [name, path] = StringRef(change.key).split('.');
  auto [key, inner] = path.split('.');
  // A key of an object in a section that lacks the object brings it along.
  std::string value = inner.empty()
                          ? change.value
                          : "{ \"" + inner.str() + "\": " + change.value + " }";
  Operation *section = sectionOfFix(plan, name);
  if (!section) {
    std::optional<size_t> root = offsetOf(text, sectionLoc(plan));
    std::string object = "{ \"" + key.str() + "\": " + value + " }";
    return root ? insertMember(text, *root, name, object) : std::nullopt;
  }
  Location where = fieldLoc(section, key);
  std::optional<size_t> begin = offsetOf(text, where);
  if (!begin)
    return std::nullopt;
  if (where == sectionLoc(section)) // the key is not there
    return insertMember(text, *begin, key, value);
  if (!inner.empty())
    return text[*begin] == '{' ? setMember(text, *begin, inner, change.value)
                               : std::nullopt;
  std::optional<size_t> end = endOfValue(text, *begin);
  if (!end)
    return std::nullopt;
  if (value == "null")
    return removeMember(text, key, *begin, *end);
  return (text.take_front(*begin) + value + text.drop_front(*end)).str();
}
