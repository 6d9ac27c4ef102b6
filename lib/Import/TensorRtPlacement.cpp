//===- TensorRtPlacement.cpp - Placements of TensorRT-LLM -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The load balancer of TensorRT-LLM (MoeLoadBalancerConfig in
// tensorrt_llm/llmapi/llm_args.py): `num_slots`, and in
// `initial_global_assignments` the expert of every slot by layer. In a file of
// its own or inside the settings of a server; YAML, of which JSON is a part.
//
//===----------------------------------------------------------------------===//

#include "TensorRtPlacement.h"

#include "moe/Import/PlanFormat.h"
#include "moe/Json/YamlText.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/SmallString.h"

using namespace mlir;
using namespace mlir::moe;
using llvm::yaml::MappingNode;
using llvm::yaml::Node;
using llvm::yaml::ScalarNode;
using llvm::yaml::SequenceNode;

static constexpr llvm::StringLiteral tableKey = "initial_global_assignments";

bool moe::isTensorRtPlacement(StringRef text) {
  return text.contains(tableKey);
}

namespace {
/// Looks for the table in all mappings; the parser reads each node once.
class AssignmentReader {
public:
  AssignmentReader(StringRef text, StringRef file, InputErrors &errors)
      : file(file), errors(errors), errorsBefore(errors.count()),
        yaml(text, file, errors) {}

  std::vector<LayerAssignment> read();

private:
  void visit(Node *node, int depth);
  void readTable(MappingNode &table);
  void readSlots(Node *value, LayerAssignment &layer);
  std::optional<int64_t> readNumber(Node *node, StringRef what);

  StringRef file;
  InputErrors &errors;
  size_t errorsBefore;
  YamlText yaml;
  std::vector<LayerAssignment> layers;
};
} // namespace

std::optional<int64_t> AssignmentReader::readNumber(Node *node,
                                                    StringRef what) {
  auto *scalar = llvm::dyn_cast_or_null<ScalarNode>(node);
  llvm::SmallString<16> storage;
  int64_t number = 0;
  StringRef text = scalar ? scalar->getValue(storage) : StringRef("no number");
  if (scalar && !text.getAsInteger(10, number) && number >= 0)
    return number;
  errors.add(file, {node ? yaml.lineOf(*node) : 0, 1},
             "expected " + what.str() + ", found " + quoted(text));
  return std::nullopt;
}

void AssignmentReader::readSlots(Node *value, LayerAssignment &layer) {
  auto *list = llvm::dyn_cast_or_null<SequenceNode>(value);
  if (!list)
    return errors.add(file, {layer.line, 1},
                      "expected the list of experts in the slots of layer " +
                          std::to_string(layer.layer));
  for (Node &element : *list) {
    std::optional<int64_t> expert = readNumber(&element, "an expert");
    if (!expert || static_cast<int64_t>(layer.experts.size()) == maxRanks)
      return;
    layer.experts.push_back(*expert);
  }
}

void AssignmentReader::readTable(MappingNode &table) {
  for (llvm::yaml::KeyValueNode &entry : table) {
    std::optional<int64_t> number = readNumber(entry.getKey(), "a layer");
    if (!number || errors.isFull())
      return;
    LayerAssignment layer{*number, {}, yaml.lineOf(*entry.getKey())};
    readSlots(entry.getValue(), layer);
    layers.push_back(std::move(layer));
  }
}

void AssignmentReader::visit(Node *node, int depth) {
  constexpr int maxDepth = 8;
  auto *mapping = llvm::dyn_cast_or_null<MappingNode>(node);
  if (!mapping || depth > maxDepth)
    return;
  for (llvm::yaml::KeyValueNode &entry : *mapping) {
    auto *key = llvm::dyn_cast_or_null<ScalarNode>(entry.getKey());
    llvm::SmallString<32> storage;
    bool isTable = key && key->getValue(storage) == tableKey;
    Node *value = entry.getValue();
    auto *inner = llvm::dyn_cast_or_null<MappingNode>(value);
    if (isTable && inner)
      readTable(*inner);
    else if (inner)
      visit(inner, depth + 1);
    else if (value)
      value->skip();
  }
}

std::vector<LayerAssignment> AssignmentReader::read() {
  visit(yaml.root(), 0);
  if (layers.empty() && errors.count() == errorsBefore)
    errors.add(file, {}, "has no layers in " + tableKey.str());
  return std::move(layers);
}

std::vector<LayerAssignment> moe::readTensorRtPlacement(StringRef text,
                                                        StringRef file,
                                                        InputErrors &errors) {
  return AssignmentReader(text, file, errors).read();
}
