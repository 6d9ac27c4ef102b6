//===- TopologyYaml.cpp - topology.yaml of Slurm --------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// topology.yaml(5) of Slurm 25.05: trees and blocks of one or several
// topologies.
//
//===----------------------------------------------------------------------===//

#include "TopologyFile.h"
#include "moe/Json/YamlText.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/SmallString.h"
#include <optional>
#include <utility>

using namespace mlir;
using namespace mlir::moe;

namespace {
/// Finds `{switch: s0, nodes: n[0-15]}` anywhere in the topologies of a file.
class YamlTopology {
public:
  YamlTopology(const YamlText &yaml, StringRef file, InputErrors &errors)
      : yaml(yaml), file(file), errors(errors) {}

  void visit(llvm::yaml::Node *node, int depth);
  /// Those of the first topology that is `cluster_default`, without one of the
  /// first of all.
  std::vector<LeafSwitch> takeLeaves();

private:
  void visitMapping(llvm::yaml::MappingNode &mapping, int depth);

  const YamlText &yaml;
  StringRef file;
  InputErrors &errors;
  /// By topology; what stands outside of any counts as the first.
  std::vector<std::vector<LeafSwitch>> leaves{{}};
  std::optional<size_t> chosen;
  bool hasTopology = false;
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
  bool joinsOthers = false;
  for (llvm::yaml::KeyValueNode &entry : mapping) {
    auto *key = llvm::dyn_cast_or_null<llvm::yaml::ScalarNode>(entry.getKey());
    llvm::yaml::Node *value = entry.getValue();
    SmallString<32> keyStorage, valueStorage;
    StringRef word = key ? key->getValue(keyStorage) : StringRef();
    auto *scalar = llvm::dyn_cast_or_null<llvm::yaml::ScalarNode>(value);
    if (word == "topology" && scalar && std::exchange(hasTopology, true))
      leaves.emplace_back();
    if (word == "cluster_default" && scalar && !chosen &&
        scalar->getValue(valueStorage).equals_insensitive("true"))
      chosen = leaves.size() - 1;
    if (!scalar) {
      visit(value, depth + 1);
      continue;
    }
    if (word == "switch" || word == "block") {
      name = scalar->getValue(valueStorage).str();
      line = yaml.lineOf(*key);
    }
    joinsOthers |= word == "children";
    if (word == "nodes")
      nodes = scalar->getValue(valueStorage).str();
  }
  if (name.empty() || joinsOthers)
    return;
  if (nodes.empty())
    errors.add(file, {line, 1},
               quoted(name) + " has neither nodes nor children");
  else
    leaves.back().push_back({name, nodes, line});
}

std::vector<LeafSwitch> YamlTopology::takeLeaves() {
  return std::move(leaves[chosen.value_or(0)]);
}

std::vector<LeafSwitch> moe::readTopologyYaml(StringRef text, StringRef file,
                                              InputErrors &errors) {
  YamlText yaml(text, file, errors);
  YamlTopology topology(yaml, file, errors);
  topology.visit(yaml.root(), 0);
  return topology.takeLeaves();
}
