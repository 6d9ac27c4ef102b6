//===- PlacementFile.cpp - Placements in files ----------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlacementFile.h"
#include "moe/Json/Document.h"
#include "moe/Json/ObjectReader.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/JSON.h"

using namespace mlir::moe;
using json::Kind;
using json::ObjectReader;

/// Shares as written; numbers that are none become NaN, which no placement has.
static std::vector<double> readWeights(ObjectReader &entry) {
  std::vector<double> weights;
  if (const json::Value *list = entry.array("weights"))
    for (const json::Value &value : list->elements()) {
      double weight = NAN;
      if (value.is(Kind::Integer))
        weight = double(value.integer());
      else if (value.is(Kind::Decimal) && value.text().getAsDouble(weight))
        weight = NAN;
      weights.push_back(weight);
    }
  return weights;
}

static void readLayer(ObjectReader &entry, PlacementFile &file) {
  entry.require("layer");
  entry.require("phy2log");
  std::optional<int64_t> layer = entry.integer("layer", 0);
  auto experts = entry.integers("phy2log", PlacementResult::emptySlot,
                                std::numeric_limits<int32_t>::max());
  if (!layer || !experts)
    return;
  PlacementResult placement;
  placement.experts.assign(experts->begin(), experts->end());
  if (entry.find("weights")) {
    placement.weights = readWeights(entry);
  } else {
    std::map<int32_t, double> copies;
    for (int32_t expert : placement.experts)
      ++copies[expert];
    for (int32_t expert : placement.experts)
      placement.weights.push_back(expert < 0 ? 0 : 1 / copies[expert]);
  }
  if (!file.layers.emplace(*layer, std::move(placement)).second)
    entry.report("layer",
                 "layer " + std::to_string(*layer) + " is listed twice");
}

std::optional<PlacementFile> mlir::moe::readPlacementFile(llvm::StringRef path,
                                                          InputErrors &errors) {
  auto document = json::Document::readFile(path, errors);
  if (!document)
    return std::nullopt;
  if (!document->root().is(Kind::Object)) {
    errors.add(document->file(), document->root().position(),
               "expected a moe-placement/1 object, found " +
                   document->root().describe());
    return std::nullopt;
  }
  size_t before = errors.count();
  ObjectReader root(document->root(), "$", document->file(), errors);
  for (llvm::StringRef key : {"schema", "ranks", "slots", "layers"})
    root.require(key);
  PlacementFile file;
  root.enumeration("schema", {"moe-placement/1"});
  file.ranks = root.integer("ranks", 1, INT32_MAX).value_or(0);
  file.slots = root.integer("slots", 1, INT32_MAX).value_or(0);
  if (auto layers = root.objects("layers"))
    for (ObjectReader &entry : *layers)
      readLayer(entry, file);
  if (errors.count() != before)
    return std::nullopt;
  return file;
}

static void writeTransfers(const BalancedLayer &layer, bool withCosts,
                           llvm::json::OStream &json) {
  json.attributeArray("transfers", [&] {
    for (const Transfer &transfer : layer.transfers)
      json.object([&] {
        json.attribute("round", transfer.round);
        json.attribute("expert", transfer.expert);
        json.attribute("from", transfer.from);
        json.attribute("to", transfer.to);
        json.attribute("slot", transfer.slot);
        if (withCosts)
          json.attribute("cost", transfer.cost);
      });
  });
}

static void writeLayer(const BalanceOptions &options,
                       const BalancedLayer &layer, llvm::json::OStream &json) {
  json.attribute("layer", int64_t(layer.row));
  json.attributeArray("phy2log", [&] {
    for (int32_t expert : layer.result.experts)
      json.value(expert);
  });
  json.attributeArray("weights", [&] {
    for (double weight : layer.result.weights)
      json.value(weight);
  });
  json.attribute("max_over_mean", layer.certificate.maxOverMean());
  json.attribute("lower_bound", layer.certificate.boundOverMean());
  json.attribute("moves", int64_t(layer.transfers.size()));
  json.attribute("off_home", layer.offHome);
  if (options.isHome())
    json.attribute("off_home_lower_bound", layer.offHomeBound);
  if (!options.from.empty())
    writeTransfers(layer, !options.costs.empty(), json);
}

static void writeJson(const BalanceOptions &options,
                      llvm::ArrayRef<BalancedLayer> layers,
                      llvm::raw_ostream &os) {
  llvm::json::OStream json(os);
  json.object([&] {
    json.attribute("schema", "moe-placement/1");
    json.attribute("ranks", *options.ranks);
    json.attribute("slots", *options.slots);
    json.attribute("dispatch", options.dispatchRule() == Dispatch::Even
                                   ? "even"
                                   : "weighted");
    json.attribute("mode", options.mode);
    json.attributeArray("layers", [&] {
      for (const BalancedLayer &layer : layers)
        json.object([&] { writeLayer(options, layer, json); });
    });
  });
  os << "\n";
}

/// The experts of the slots for a runtime that has no empty ones: those get the
/// lightest expert that the rank does not hold.
static std::vector<int32_t> fillEmpty(const BalancedLayer &layer) {
  const PlacementProblem &problem = layer.problem();
  std::vector<int32_t> byLoad(problem.numExperts());
  for (int64_t expert = 0; expert < problem.numExperts(); ++expert)
    byLoad[expert] = int32_t(expert);
  llvm::stable_sort(byLoad, [&](int32_t a, int32_t b) {
    return problem.loads[a] < problem.loads[b];
  });
  std::vector<int32_t> experts = layer.result.experts;
  for (int64_t slot = 0; slot < problem.numSlots(); ++slot)
    if (experts[slot] < 0) {
      llvm::ArrayRef<int32_t> rank = llvm::ArrayRef(experts).slice(
          slot / problem.slots * problem.slots, problem.slots);
      auto lightest = llvm::find_if(byLoad, [&](int32_t expert) {
        return !llvm::is_contained(rank, expert);
      });
      experts[slot] = lightest == byLoad.end() ? byLoad.front() : *lightest;
    }
  return experts;
}

/// SGLang counts layers from the first of the model: rows without load get the
/// experts in order.
static void writeSglang(llvm::ArrayRef<BalancedLayer> layers,
                        llvm::raw_ostream &os) {
  llvm::json::OStream json(os);
  json.object([&] {
    json.attributeArray("physical_to_logical_map", [&] {
      size_t row = 0;
      for (const BalancedLayer &layer : layers) {
        int64_t experts = layer.problem().numExperts();
        for (; row < layer.row; ++row)
          json.array([&] {
            for (int64_t p = 0; p < layer.problem().numSlots(); ++p)
              json.value(p % experts);
          });
        ++row;
        json.array([&] {
          for (int32_t expert : fillEmpty(layer))
            json.value(expert);
        });
      }
    });
  });
  os << "\n";
}

/// The `moe_load_balancer` file of TensorRT-LLM.
static void writeTrtllm(llvm::ArrayRef<BalancedLayer> layers,
                        llvm::raw_ostream &os) {
  os << "num_slots: " << layers.front().problem().numSlots()
     << "\ninitial_global_assignments:\n";
  for (const BalancedLayer &layer : layers) {
    os << "  " << layer.row << ": [";
    llvm::interleaveComma(fillEmpty(layer), os);
    os << "]\n";
  }
  os << "layer_updates_per_iter: 0\n";
}

void mlir::moe::writePlacement(const BalanceOptions &options,
                               llvm::ArrayRef<BalancedLayer> layers,
                               llvm::raw_ostream &os) {
  if (options.format == "sglang")
    return writeSglang(layers, os);
  if (options.format == "trtllm")
    return writeTrtllm(layers, os);
  writeJson(options, layers, os);
}
