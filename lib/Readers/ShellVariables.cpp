//===- ShellVariables.cpp - Variables of a script -------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ShellVariables.h"

#include "moe/Wording/Wording.h"

using namespace mlir::moe;
using namespace mlir::moe::shell;
using llvm::StringRef;

void Text::append(const Text &other) {
  // A text without characters may have a line all the same.
  lines.resize(chars.size());
  chars += other.chars;
  lines.insert(lines.end(), other.lines.begin(),
               other.lines.begin() + other.chars.size());
  if (unknown.empty())
    unknown = other.unknown;
}

//===----------------------------------------------------------------------===//
// Words
//===----------------------------------------------------------------------===//

static bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

void WordBuilder::open(unsigned line) {
  if (!isOpen)
    current.lines.assign(1, line); // Of a word without characters.
  isOpen = true;
}

void WordBuilder::add(char c, unsigned line) {
  if (current.chars.empty())
    current.lines.clear();
  isOpen = true;
  current.append(c, line);
}

void WordBuilder::addUnknown(const std::string &why, unsigned line) {
  add(noValue, line);
  if (current.unknown.empty())
    current.unknown = why;
}

void WordBuilder::addValue(const Text &value, bool isQuoted, unsigned line) {
  for (size_t i = 0; i < value.chars.size(); ++i)
    if (value.chars[i] == noValue)
      addUnknown(value.unknown, line);
    else if (splits && !isQuoted && isBlank(value.chars[i]))
      endWord();
    else
      add(value.chars[i], value.lines[i]);
}

void WordBuilder::addElements(const Variable &array, bool isQuoted,
                              unsigned line) {
  for (size_t i = 0; i < array.elements.size(); ++i) {
    if (i != 0)
      endWord();
    if (isQuoted)
      open(line);
    addValue(array.elements[i], isQuoted, line);
  }
}

void WordBuilder::endWord() {
  if (isOpen)
    words.push_back(std::move(current));
  current = Text();
  isOpen = false;
}

std::vector<Text> WordBuilder::finish() {
  endWord();
  return std::move(words);
}

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

Variables::Variables(llvm::ArrayRef<Definition> definitions) {
  for (const Definition &definition : definitions) {
    Text text;
    text.append(definition.value, 0);
    values[definition.name] = {{std::move(text)}, definition.isFinal};
  }
}

const Variable *Variables::find(StringRef name) const {
  auto found = values.find(name);
  return found == values.end() ? nullptr : &found->second;
}

std::optional<int64_t> Variables::integer(StringRef name) const {
  const Variable *variable = find(name);
  int64_t value = 0;
  if (!variable || variable->elements.size() != 1 ||
      !variable->elements[0].unknown.empty() ||
      StringRef(variable->elements[0].chars).trim().getAsInteger(10, value))
    return std::nullopt;
  return value;
}

void Variables::assign(StringRef name, std::vector<Text> elements, bool appends,
                       bool isArray, bool isConditional, unsigned line) {
  Variable &variable = values[name];
  if (variable.isFinal)
    return;
  std::vector<Text> result;
  if (appends)
    result = variable.elements;
  if (appends && !isArray && !result.empty())
    result.front().append(elements.front());
  else
    llvm::append_range(result, std::move(elements));
  if (isConditional && result != variable.elements)
    return forget(name, "'$" + name.str() +
                            "' is set under a condition, line " +
                            std::to_string(line));
  variable.elements = std::move(result);
}

void Variables::forget(StringRef name, const std::string &why) {
  Variable &variable = values[name];
  if (variable.isFinal)
    return;
  Text text;
  text.append(noValue, 0);
  text.unknown = why;
  variable.elements = {std::move(text)};
}
