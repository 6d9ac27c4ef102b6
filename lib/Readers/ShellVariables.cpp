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

bool shell::isOfLauncher(StringRef name) {
  for (StringRef prefix :
       {"SLURM_", "OMPI_", "PMI_", "PMIX_", "PBS_", "LSB_", "MASTER_",
        "TORCHELASTIC_", "KUBERNETES_", "MPI_LOCAL"})
    if (name.starts_with(prefix))
      return true;
  return llvm::is_contained({"RANK",
                             "WORLD_SIZE",
                             "LOCAL_RANK",
                             "LOCAL_WORLD_SIZE",
                             "GROUP_RANK",
                             "NODE_RANK",
                             "HOSTNAME",
                             "HOST",
                             "USER",
                             "LOGNAME",
                             "HOME",
                             "PWD",
                             "OLDPWD",
                             "SHELL",
                             "PATH",
                             "LD_LIBRARY_PATH",
                             "UID",
                             "EUID",
                             "PPID",
                             "RANDOM",
                             "SECONDS",
                             "BASHPID",
                             "LINENO",
                             "BASH_SOURCE",
                             "CUDA_VISIBLE_DEVICES"},
                            name);
}

Gap shell::elsewhere(StringRef name) {
  return {"'$" + name.str() + "' is set where the function is called"};
}

std::optional<int64_t> shell::decimal(StringRef text) {
  text = text.trim();
  StringRef digits = text.ltrim("+-");
  int64_t value = 0;
  if ((digits.size() > 1 && digits.front() == '0') ||
      text.getAsInteger(10, value))
    return std::nullopt;
  return value;
}

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
  if (!variable || variable->elements.size() != 1)
    return std::nullopt;
  return decimal(variable->elements[0].chars);
}

void Variables::assign(StringRef name, std::vector<Text> elements, bool appends,
                       bool isArray, unsigned line) {
  if (const Variable *known = find(name); known && known->isFinal)
    return;
  remember(name, line);
  values[name].isElsewhere = false;
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

void Variables::setElsewhere(StringRef name, Gap gap, bool keepsStart,
                             bool isArray, unsigned line) {
  if (const Variable *known = find(name); known && known->isFinal)
    return;
  remember(name, line);
  Variable &variable = values[name];
  std::vector<Text> &held = variable.elements;
  variable.isElsewhere = true;
  if (!keepsStart || held.empty())
    held.assign(1, Text());
  else if (isArray)
    held.emplace_back();
  else if (!held.front().chars.empty())
    held.front().append(' ', line);
  held.back().append(std::move(gap), line);
}

void Variables::call(const std::map<std::string, Variable> &assigned,
                     unsigned line) {
  for (const auto &[name, variable] : assigned) {
    std::vector<Text> elements = variable.elements;
    const Variable *now = find(name);
    // Behind what the variable is where the function is called.
    bool adds = now && !now->elements.empty() && !elements.empty() &&
                !elements.front().gaps.empty() &&
                elements.front().chars.front() == noValue &&
                elements.front().gaps.front().why == elsewhere(name).why;
    bool isArray = adds && elements.front().chars.size() == 1;
    if (isArray)
      elements.erase(elements.begin());
    else if (adds)
      elements.front() = elements.front().drop(1);
    assign(name, std::move(elements), adds, isArray, line);
  }
}
