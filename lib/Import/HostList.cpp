//===- HostList.cpp - Names of machines -----------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Formats: hostlist expressions of Slurm's scontrol(1), host files of mpirun(1)
// of Open MPI 4.1 and of deepspeed --hostfile.
//
//===----------------------------------------------------------------------===//

#include "HostList.h"

#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

//===----------------------------------------------------------------------===//
// Host lists
//===----------------------------------------------------------------------===//

/// Names end up in scripts: nothing that a shell would read as more than text.
static bool isHostText(StringRef text) {
  return llvm::all_of(text, [](char c) {
    return llvm::isAlnum(c) || c == '.' || c == '_' || c == '-';
  });
}

/// The numbers of `08-10,12` as text; those of a range are as wide as its
/// first.
static std::optional<std::vector<std::string>> expandRanges(StringRef ranges) {
  std::vector<std::string> numbers;
  for (StringRef range : llvm::split(ranges, ',')) {
    auto [low, high] = range.split('-');
    if (!range.contains('-'))
      high = low;
    int64_t first = 0, last = 0;
    if (!llvm::all_of(low, llvm::isDigit) ||
        !llvm::all_of(high, llvm::isDigit) || low.getAsInteger(10, first) ||
        high.getAsInteger(10, last) || last < first ||
        last - first >= maxHosts - static_cast<int64_t>(numbers.size()))
      return std::nullopt;
    for (int64_t step = 0; step <= last - first; ++step) {
      std::string digits = std::to_string(first + step);
      size_t width = std::max(low.size(), digits.size());
      numbers.push_back(std::string(width - digits.size(), '0') + digits);
    }
  }
  return numbers;
}

/// Every one of `names` followed by every one of `endings`.
static std::vector<std::string> join(const std::vector<std::string> &names,
                                     const std::vector<std::string> &endings) {
  std::vector<std::string> joined;
  joined.reserve(names.size() * endings.size());
  for (const std::string &name : names)
    for (const std::string &ending : endings)
      joined.push_back(name + ending);
  return joined;
}

/// Names that one entry such as `rack[1-2]n[0-3]` lists.
static std::optional<std::vector<std::string>> expandEntry(StringRef entry) {
  // A program would read a name such as -n0 as an option.
  if (entry.empty() || entry.starts_with("-"))
    return std::nullopt;
  std::vector<std::string> names = {""};
  while (!entry.empty()) {
    size_t open = std::min(entry.find('['), entry.size());
    if (!isHostText(entry.take_front(open)))
      return std::nullopt;
    names = join(names, {entry.take_front(open).str()});
    if (open == entry.size())
      break;
    size_t close = entry.find(']', open);
    if (close == StringRef::npos)
      return std::nullopt;
    auto numbers = expandRanges(entry.slice(open + 1, close));
    if (!numbers || names.size() * numbers->size() > maxHosts)
      return std::nullopt;
    names = join(names, *numbers);
    entry = entry.drop_front(close + 1);
  }
  return names;
}

std::optional<std::vector<std::string>> moe::expandHosts(StringRef list) {
  std::vector<std::string> names;
  size_t start = 0;
  bool inBrackets = false;
  for (size_t i = 0; i <= list.size(); ++i) {
    bool ends = i == list.size();
    if (!ends && (list[i] == '[' || list[i] == ']'))
      inBrackets = list[i] == '[';
    if (!ends && (list[i] != ',' || inBrackets))
      continue;
    auto entry = expandEntry(list.slice(start, i));
    if (!entry || names.size() + entry->size() > maxHosts)
      return std::nullopt;
    llvm::append_range(names, *entry);
    start = i + 1;
  }
  return names;
}

//===----------------------------------------------------------------------===//
// Host files
//===----------------------------------------------------------------------===//

/// `slots=8` ~> 8. Nothing for another word.
static std::optional<int64_t> readSlots(StringRef word, bool &isFault) {
  if (!word.consume_front("slots="))
    return std::nullopt;
  int64_t slots = 0;
  isFault = word.getAsInteger(10, slots) || slots < 1 || slots > maxHosts;
  return slots;
}

/// What follows the name; `max_slots=` and the like are Open MPI's.
static void readRest(HostLine &host, ArrayRef<StringRef> words, StringRef file,
                     InputErrors &errors) {
  for (StringRef word : words) {
    bool isFault = false;
    if (std::optional<int64_t> slots = readSlots(word, isFault))
      host.slots = slots;
    else
      isFault =
          !word.starts_with("max_slots=") && !word.starts_with("max-slots=");
    if (isFault)
      errors.add(file, {host.line, 1},
                 "expected slots=N behind the host, found " + quoted(word));
  }
}

std::vector<HostLine> moe::readHostFile(StringRef text, StringRef file,
                                        InputErrors &errors) {
  std::vector<HostLine> hosts;
  unsigned number = 0;
  for (StringRef line : llvm::split(text, '\n')) {
    ++number;
    SmallVector<StringRef> words;
    llvm::SplitString(line.split('#').first, words);
    if (words.empty())
      continue;
    HostLine host{words.front().str(), std::nullopt, number};
    auto [name, slots] = words.front().split(':');
    if (!slots.empty()) {
      bool isFault = false;
      host.list = name.str();
      host.slots = readSlots(("slots=" + slots).str(), isFault);
      if (isFault)
        errors.add(file, {number, 1},
                   "expected NAME:SLOTS, found " + quoted(words.front()));
    }
    readRest(host, ArrayRef(words).drop_front(), file, errors);
    hosts.push_back(std::move(host));
  }
  return hosts;
}
