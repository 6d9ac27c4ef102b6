//===- TopologyFile.cpp - Switches of a cluster ---------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Formats: topology.conf(5) and topology.yaml(5) of Slurm 25.05.
//
//===----------------------------------------------------------------------===//

#include "TopologyFile.h"

#include "NamedFile.h"
#include "mlir/IR/Builders.h"
#include "moe/IR/FieldLocation.h"
#include "moe/Import/PlanFormat.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLParser.h"
#include <numeric>

using namespace mlir;
using namespace mlir::moe;

//===----------------------------------------------------------------------===//
// Host lists
//===----------------------------------------------------------------------===//

/// Numbers that `0-3,8` lists.
static std::optional<int64_t> countRange(StringRef ranges) {
  int64_t total = 0;
  for (StringRef range : llvm::split(ranges, ',')) {
    auto [low, high] = range.split('-');
    int64_t first = 0, last = 0;
    if (low.getAsInteger(10, first) || first < 0 ||
        (high.empty() ? range.contains('-') : high.getAsInteger(10, last)))
      return std::nullopt;
    if (high.empty())
      last = first;
    if (last < first || last - first >= maxRanks)
      return std::nullopt;
    total += last - first + 1;
    if (total > maxRanks)
      return std::nullopt;
  }
  return total;
}

/// Names that one entry such as `rack[1-2]n[0-3]` lists.
static std::optional<int64_t> countEntry(StringRef entry) {
  int64_t total = 1;
  if (entry.empty())
    return std::nullopt;
  while (!entry.empty()) {
    size_t open = entry.find('[');
    if (entry.take_front(open).contains(']'))
      return std::nullopt;
    if (open == StringRef::npos)
      break;
    size_t close = entry.find(']', open);
    if (close == StringRef::npos)
      return std::nullopt;
    std::optional<int64_t> count = countRange(entry.slice(open + 1, close));
    if (!count || total * *count > maxRanks)
      return std::nullopt;
    total *= *count;
    entry = entry.drop_front(close + 1);
  }
  return total;
}

std::optional<int64_t> moe::countHosts(StringRef list) {
  int64_t total = 0;
  size_t start = 0;
  bool inBrackets = false;
  for (size_t i = 0; i <= list.size(); ++i) {
    if (i < list.size() && list[i] == '[')
      inBrackets = true;
    else if (i < list.size() && list[i] == ']')
      inBrackets = false;
    if (i < list.size() && (list[i] != ',' || inBrackets))
      continue;
    std::optional<int64_t> count = countEntry(list.slice(start, i));
    if (!count || total + *count > maxRanks)
      return std::nullopt;
    total += *count;
    start = i + 1;
  }
  return total;
}

static void addLeaf(std::vector<LeafSwitch> &leaves, StringRef name,
                    StringRef nodes, unsigned line, StringRef file,
                    InputErrors &errors) {
  if (std::optional<int64_t> count = countHosts(nodes))
    leaves.push_back({name.str(), *count, line});
  else
    errors.add(file, {line, 1},
               quoted(nodes) + " is no list of hosts such as n[0-15],n20");
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

std::vector<LeafSwitch> moe::readTopologyConf(StringRef text, StringRef file,
                                              InputErrors &errors) {
  std::vector<LeafSwitch> leaves;
  unsigned number = 0;
  while (!text.empty()) {
    auto [line, rest] = text.split('\n');
    text = rest;
    ++number;
    SmallVector<StringRef> words;
    StringRef content = line.split('#').first;
    llvm::SplitString(content, words);
    StringRef name, nodes;
    for (StringRef word : words) {
      auto [key, value] = word.split('=');
      if (key.equals_insensitive("SwitchName") ||
          key.equals_insensitive("BlockName"))
        name = value;
      else if (key.equals_insensitive("Nodes"))
        nodes = value;
    }
    if (!name.empty() && !nodes.empty())
      addLeaf(leaves, name, nodes, number, file, errors);
    else if (!words.empty() && !words.front().contains('='))
      errors.add(file, {number, 1},
                 "expected NAME=VALUE, found " + quoted(words.front()));
  }
  return leaves;
}

namespace {
/// Finds `{switch: s0, nodes: n[0-15]}` anywhere in the first topology.
class YamlTopology {
public:
  YamlTopology(llvm::SourceMgr &sources, StringRef file, InputErrors &errors)
      : sources(sources), file(file), errors(errors) {}

  void visit(llvm::yaml::Node *node, int depth);
  std::vector<LeafSwitch> leaves;

private:
  void visitMapping(llvm::yaml::MappingNode &mapping, int depth);

  llvm::SourceMgr &sources;
  StringRef file;
  InputErrors &errors;
  int topologies = 0;
};
} // namespace

void YamlTopology::visit(llvm::yaml::Node *node, int depth) {
  constexpr int maxDepth = 8;
  if (depth > maxDepth)
    return;
  if (auto *mapping = llvm::dyn_cast_or_null<llvm::yaml::MappingNode>(node))
    visitMapping(*mapping, depth);
  else if (auto *list = llvm::dyn_cast_or_null<llvm::yaml::SequenceNode>(node))
    for (llvm::yaml::Node &element : *list)
      visit(&element, depth + 1);
}

void YamlTopology::visitMapping(llvm::yaml::MappingNode &mapping, int depth) {
  std::string name, nodes;
  unsigned line = 0;
  for (llvm::yaml::KeyValueNode &entry : mapping) {
    auto *key = llvm::dyn_cast_or_null<llvm::yaml::ScalarNode>(entry.getKey());
    llvm::yaml::Node *value = entry.getValue();
    SmallString<32> keyStorage, valueStorage;
    StringRef word = key ? key->getValue(keyStorage) : StringRef();
    auto *scalar = llvm::dyn_cast_or_null<llvm::yaml::ScalarNode>(value);
    if (word == "topology" && scalar)
      ++topologies;
    if (!scalar) {
      visit(value, depth + 1);
      continue;
    }
    if (word == "switch" || word == "block")
      name = scalar->getValue(valueStorage).str();
    if (word != "nodes")
      continue;
    nodes = scalar->getValue(valueStorage).str();
    line = sources.getLineAndColumn(key->getSourceRange().Start).first;
  }
  if (!name.empty() && !nodes.empty() && topologies <= 1)
    addLeaf(leaves, name, nodes, line, file, errors);
}

std::vector<LeafSwitch> moe::readTopologyYaml(StringRef text, StringRef file,
                                              InputErrors &errors) {
  llvm::SourceMgr sources;
  struct Context {
    StringRef file;
    InputErrors &errors;
  } context{file, errors};
  sources.setDiagHandler(
      [](const llvm::SMDiagnostic &problem, void *data) {
        auto &context = *static_cast<Context *>(data);
        auto line = static_cast<unsigned>(std::max(problem.getLineNo(), 0));
        context.errors.add(context.file, {line, 1},
                           "no YAML: " + problem.getMessage().lower());
      },
      &context);
  // The parser recurses into brackets; a topology has those of host lists.
  int depth = 0;
  for (char c : text) {
    depth += c == '[' || c == '{';
    depth -= c == ']' || c == '}';
    if (depth > 16) {
      errors.add(file, {}, "is nested more deeply than any topology.yaml");
      return {};
    }
  }
  llvm::yaml::Stream stream(text, sources, /*ShowColors=*/false);
  YamlTopology topology(sources, file, errors);
  if (auto document = stream.begin(); document != stream.end())
    topology.visit(document->getRoot(), 0);
  return std::move(topology.leaves);
}

//===----------------------------------------------------------------------===//
// The plan's file
//===----------------------------------------------------------------------===//

/// What the leaves say, or nothing after an error at `where`.
static std::optional<int64_t> nodesPerSwitch(ArrayRef<LeafSwitch> leaves,
                                             ClusterOp cluster, Location where,
                                             InputErrors &errors) {
  int64_t total = 0, common = 0;
  for (const LeafSwitch &leaf : leaves) {
    total += leaf.nodes;
    common = std::gcd(common, leaf.nodes);
  }
  if (total == 0) {
    reportAt(errors, where, "the topology file has no switch with nodes");
    return std::nullopt;
  }
  auto nodes = static_cast<int64_t>(cluster.getNodes().value_or(0));
  if (nodes > total) {
    reportAt(errors, where,
             "the topology file has " + counted(total, "node") + ", the plan " +
                 std::to_string(nodes));
    return std::nullopt;
  }
  return common;
}

void moe::readTopology(PlanOp plan, StringRef planFile, InputErrors &errors) {
  auto cluster = plan.getSection<ClusterOp>();
  if (!cluster || !cluster.getTopology())
    return;
  Location where = fieldLoc(cluster, "topology");
  std::string path = resolvePath(planFile, *cluster.getTopology());
  InputErrors inFile;
  auto text = json::readFileText(path, inFile);
  for (const InputError &error : inFile.list())
    reportAt(errors, where, error.message);
  if (!text)
    return;
  StringRef extension = llvm::sys::path::extension(path);
  bool isYaml = extension == ".yaml" || extension == ".yml";
  size_t before = errors.count();
  std::vector<LeafSwitch> leaves =
      isYaml ? readTopologyYaml(text->getBuffer(), path, errors)
             : readTopologyConf(text->getBuffer(), path, errors);
  if (errors.count() != before)
    return;
  std::optional<int64_t> nodes = nodesPerSwitch(leaves, cluster, where, errors);
  if (!nodes)
    return;
  if (std::optional<uint64_t> stated = cluster.getNodesPerSwitch();
      stated && static_cast<int64_t>(*stated) != *nodes)
    return reportAt(errors, fieldLoc(cluster, "nodes_per_switch"),
                    "nodes_per_switch is " + std::to_string(*stated) +
                        ", but blocks of " + counted(*nodes, "node") +
                        " share a switch in the topology file");
  cluster.setNodesPerSwitch(static_cast<uint64_t>(*nodes));
}
