//===- ShellVariables.cpp - Variables of a script -------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ShellVariables.h"

#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using namespace mlir::moe::shell;
using llvm::StringRef;

void Text::append(const Text &other) {
  // A text without characters may have a line all the same.
  lines.resize(chars.size());
  chars += other.chars;
  lines.insert(lines.end(), other.lines.begin(),
               other.lines.begin() + other.chars.size());
  llvm::append_range(gaps, other.gaps);
}

bool Text::operator==(const Text &other) const {
  return chars == other.chars &&
         llvm::equal(gaps, other.gaps,
                     [](const Gap &a, const Gap &b) { return a.why == b.why; });
}

Text Text::take(size_t count) const {
  Text start;
  start.chars = chars.substr(0, count);
  start.lines.assign(lines.begin(), lines.begin() + count);
  start.gaps.assign(gaps.begin(),
                    gaps.begin() + llvm::count(start.chars, noValue));
  return start;
}

Text Text::drop(size_t count) const {
  count = std::min(count, chars.size());
  Text end;
  end.chars = chars.substr(count);
  end.lines.assign(lines.begin() + count, lines.begin() + chars.size());
  end.gaps.assign(gaps.end() - llvm::count(end.chars, noValue), gaps.end());
  return end;
}

Word shell::toWord(Text text) {
  Word word{std::move(text.chars), text.lines.empty() ? 0 : text.lines.front()};
  if (!text.gaps.empty()) {
    word.gap = std::move(text.gaps.front());
    // With something before it or behind it stands for a value.
    word.gap->holdsFlags &= word.text.size() == 1;
  }
  return word;
}

size_t Variable::cost() const {
  size_t cost = 0;
  for (const Text &element : elements)
    cost += element.cost() + 1;
  return cost;
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
  if (c == noValue)
    return addGap({"a part of it has no value outside of the running script"},
                  line);
  if (current.chars.empty())
    current.lines.clear();
  isOpen = true;
  current.append(c, line);
}

void WordBuilder::addGap(Gap gap, unsigned line) {
  if (current.chars.empty())
    current.lines.clear();
  isOpen = true;
  current.append(std::move(gap), line);
}

void WordBuilder::addBlank(char c, unsigned line) {
  if (splits)
    endWord();
  else
    add(c, line);
}

void WordBuilder::addValue(const Text &value, bool isQuoted, unsigned line) {
  const Gap *gap = value.gaps.data();
  for (size_t i = 0; i < value.chars.size(); ++i)
    if (value.chars[i] == noValue)
      addGap(*gap++, value.lines[i] ? value.lines[i] : line);
    else if (!isQuoted && isBlank(value.chars[i]))
      addBlank(value.chars[i], value.lines[i]);
    else
      add(value.chars[i], value.lines[i]);
}

void WordBuilder::addElements(const Variable &array, bool isQuoted,
                              unsigned line) {
  // No element between quotes is no word.
  if (array.elements.empty() && current.chars.empty())
    isOpen = false;
  for (size_t i = 0; i < array.elements.size(); ++i) {
    if (i != 0)
      addBlank(' ', line); // In an assignment all of it is one word.
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
    WordBuilder value(/*splits=*/false);
    value.open(0);
    for (char c : definition.value)
      value.add(c, 0);
    values[definition.name] = {value.finish(), definition.isFinal};
  }
}

const Variable *Variables::find(StringRef name) const {
  if (hidden > 0 && !name.empty() && llvm::isDigit(name.front()))
    return nullptr;
  auto found = values.find(name);
  return found == values.end() ? nullptr : &found->second;
}

std::optional<int64_t> Variables::integer(StringRef name) const {
  const Variable *variable = find(name);
  int64_t value = 0;
  if (!variable || variable->elements.size() != 1 ||
      StringRef(variable->elements[0].chars).trim().getAsInteger(10, value))
    return std::nullopt;
  return value;
}

void Variables::assign(StringRef name, std::vector<Text> elements, bool appends,
                       bool isArray, unsigned line) {
  if (const Variable *known = find(name); known && known->isFinal)
    return;
  remember(name, line);
  std::vector<Text> &held = values[name].elements;
  if (!appends)
    held = std::move(elements);
  else if (!isArray && !held.empty())
    held.front().append(elements.front());
  else
    llvm::append_range(held, std::move(elements));
}

void Variables::putBack(StringRef name, std::optional<Variable> value,
                        unsigned line) {
  if (const Variable *known = find(name); known && known->isFinal)
    return;
  remember(name, line);
  if (value)
    values[name] = std::move(*value);
  else
    values.erase(name);
}

void Variables::forget(StringRef name, Gap gap, unsigned line) {
  Text text;
  text.append(std::move(gap), 0);
  assign(name, {std::move(text)}, /*appends=*/false, /*isArray=*/false, line);
}
