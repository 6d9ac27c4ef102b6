//===- TopologyConf.cpp - topology.conf of Slurm --------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// topology.conf(5), trees and blocks, and what `scontrol show topology` prints
// of them. What Slurm would not start with is an error here, too.
//
//===----------------------------------------------------------------------===//

#include "HostList.h"
#include "TopologyFile.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace mlir::moe;

namespace {
/// A line that describes a switch or a block.
struct SwitchLine {
  std::string name, nodes, switches;
  /// As `scontrol show topology` prints it: 0 for those that have nodes.
  std::string level;
  /// Of blocks: what some of them have together.
  bool isSum = false;
  unsigned line = 0;

  bool isLeaf() const {
    return (level.empty() || level == "0") && !nodes.empty();
  }
};

class ConfReader {
public:
  ConfReader(StringRef file, InputErrors &errors)
      : file(file), errors(errors) {}

  std::vector<LeafSwitch> read(StringRef text);

private:
  void readLine(StringRef content, unsigned line);
  bool readWord(StringRef word, SwitchLine &entry);
  void checkNames();
  void checkTree();
  void checkPath(const SwitchLine &start);

  bool report(unsigned line, const std::string &message) {
    errors.add(file, {line, 1}, message);
    return false;
  }

  StringRef file;
  InputErrors &errors;
  std::vector<SwitchLine> entries;
  llvm::StringMap<size_t> entryOf;
  /// Of each entry: the one above it.
  std::vector<std::optional<size_t>> parents;
};
} // namespace

/// The keys that say where nodes are.
static constexpr StringRef readKeys[] = {"SwitchName", "BlockName", "Nodes",
                                         "Switches", "Level"};

/// Keys of today's releases that do not.
static constexpr StringRef otherKeys[] = {
    "LinkSpeed", "BlockSizes", "BlockSize", "BlockIndex", "TopologyName"};

/// False for a word that is no NAME=VALUE, or a key misspelt; later releases
/// may have others.
bool ConfReader::readWord(StringRef word, SwitchLine &entry) {
  auto [key, value] = word.split('=');
  if (!word.contains('=')) {
    return report(entry.line, "expected NAME=VALUE, found " + quoted(word));
  }
  auto is = [key = key](StringRef name) {
    return key.equals_insensitive(name);
  };
  if (is("SwitchName") || is("BlockName"))
    entry.name = value.str();
  else if (is("Nodes"))
    entry.nodes = value.str();
  else if (is("Switches"))
    entry.switches = value.str();
  else if (is("Level"))
    entry.level = value.str();
  else if (is("AggregatedBlock"))
    entry.isSum = true;
  else if (is("RingName"))
    return report(entry.line,
                  "rings are not read; expected switches or blocks");
  else if (llvm::none_of(otherKeys, is))
    if (std::string hint = didYouMean(key, readKeys); !hint.empty())
      return report(entry.line,
                    "no key " + quoted(key) + " of topology.conf" + hint);
  return true;
}

void ConfReader::readLine(StringRef content, unsigned line) {
  SmallVector<StringRef> words;
  llvm::SplitString(content, words);
  SwitchLine entry;
  entry.line = line;
  for (StringRef word : words)
    if (!readWord(word, entry))
      return;
  if (!entry.name.empty())
    entries.push_back(std::move(entry));
  else if (!entry.nodes.empty() && !entry.isSum)
    report(line, "nodes of no switch: the line has neither SwitchName nor "
                 "BlockName");
}

/// Every switch is described once.
void ConfReader::checkNames() {
  for (const auto &[index, entry] : llvm::enumerate(entries))
    if (auto [first, isNew] = entryOf.try_emplace(entry.name, index); !isNew)
      report(entry.line, quoted(entry.name) +
                             " is described twice, here and in line " +
                             std::to_string(entries[first->second].line));
}

/// Names of switches are free, so those that are no host list stand for
/// themselves.
static std::optional<std::vector<std::string>>
expandSwitches(StringRef switches) {
  if (auto names = expandHosts(switches))
    return names;
  if (switches.contains('['))
    return std::nullopt;
  std::vector<std::string> names;
  for (StringRef name : llvm::split(switches, ','))
    names.push_back(name.str());
  return names;
}

/// Switches that others stand above exist, but for what the tool prints of a
/// single node; none stands above itself.
void ConfReader::checkTree() {
  parents.assign(entries.size(), std::nullopt);
  for (const auto &[index, entry] : llvm::enumerate(entries)) {
    if (entry.switches.empty())
      continue;
    std::optional<std::vector<std::string>> below =
        expandSwitches(entry.switches);
    if (!below) {
      report(entry.line,
             quoted(entry.switches) + " is no list of switches such as s[0-3]");
      continue;
    }
    for (const std::string &name : *below) {
      auto found = entryOf.find(name);
      if (found == entryOf.end() && entry.level.empty())
        report(entry.line, "the file describes no switch " + quoted(name) +
                               ", which " + quoted(entry.name) + " joins");
      else if (found != entryOf.end() && !parents[found->second])
        parents[found->second] = index;
    }
  }
  for (const SwitchLine &entry : entries)
    checkPath(entry);
}

/// The way up ends.
void ConfReader::checkPath(const SwitchLine &start) {
  size_t steps = 0;
  std::optional<size_t> above = parents[entryOf.lookup(start.name)];
  for (; above && steps <= entries.size(); ++steps) {
    if (entries[*above].name == start.name) {
      report(start.line, quoted(start.name) + " stands above itself: its "
                                              "switches lead back to it");
      return;
    }
    above = parents[*above];
  }
}

std::vector<LeafSwitch> ConfReader::read(StringRef text) {
  unsigned number = 0;
  std::string joined;
  unsigned begin = 0;
  while (!text.empty()) {
    auto [line, rest] = text.split('\n');
    text = rest;
    ++number;
    StringRef content = line.split('#').first.rtrim();
    if (joined.empty())
      begin = number;
    // A line goes on behind a backslash.
    bool goesOn = content.consume_back("\\");
    joined += content.str() + " ";
    if (goesOn && !text.empty())
      continue;
    readLine(joined, begin);
    joined.clear();
  }
  size_t before = errors.count();
  checkNames();
  if (errors.count() == before)
    checkTree();
  std::vector<LeafSwitch> leaves;
  for (const SwitchLine &entry : entries)
    if (entry.isLeaf())
      leaves.push_back({entry.name, entry.nodes, entry.line});
  return leaves;
}

std::vector<LeafSwitch> moe::readTopologyConf(StringRef text, StringRef file,
                                              InputErrors &errors) {
  return ConfReader(file, errors).read(text);
}
