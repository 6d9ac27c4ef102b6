//===- PlacementTable.cpp - Placement files -------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LayerTable.h"

#include "mlir/IR/Builders.h"
#include "moe/IR/EnumWords.h"
#include "moe/Import/PlanFormat.h"
#include "moe/Json/ObjectReader.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mlir::moe;
using json::Kind;
using json::ObjectReader;

static constexpr llvm::StringLiteral placementSchema = "moe-placement/1";

namespace {
/// Reads a moe-placement/1 document, of which keys beyond those of the shape
/// are the report of whoever computed it and are left alone; or the one of
/// SGLang, {"physical_to_logical_map": [[expert of every slot] per layer]}.
class PlacementReader {
public:
  PlacementReader(const MoeLayers &layers, const json::Document &document,
                  InputErrors &errors)
      : layers(layers), errors(errors),
        root(document.root(), "$", document.file(), errors) {}

  /// The slots of every run: layers x ranks x slots; nothing with errors.
  std::optional<std::vector<std::vector<int32_t>>> read();

  /// The shares of the slots of a run in the same order; none where tokens are
  /// shared evenly.
  std::vector<double> weightsOf(LayersOp run) const;

  int64_t ranks = 0, slots = 0;

private:
  bool readShape();
  void readLayers();
  void readLayer(ObjectReader &entry);
  void readSglang(ArrayRef<json::Value> rows);
  void readSglangRow(const json::Value &row, int64_t layer, int64_t columns);
  void readWeights(ObjectReader &entry, int64_t layer);
  std::vector<int32_t> slotsOf(LayersOp run);
  /// The run that layer belongs to, or null.
  LayersOp runOf(int64_t layer);

  const MoeLayers &layers;
  InputErrors &errors;
  ObjectReader root;
  /// Expert of every slot, by layer.
  llvm::DenseMap<int64_t, std::vector<int64_t>> slotsOfLayer;
  /// The share of its expert's tokens that every slot serves, by layer.
  llvm::DenseMap<int64_t, std::vector<double>> weightsOfLayer;
  bool isEven = false;
};
} // namespace

static int64_t expertRanksOf(PlanOp plan) {
  auto degrees = plan.getSection<ParallelismOp>();
  return degrees ? static_cast<int64_t>(degrees.getEp().value_or(1)) : 1;
}

/// Reports each of the keys that is missing.
static bool requireAll(ObjectReader &object, ArrayRef<StringRef> keys) {
  bool hasAll = true;
  for (StringRef key : keys)
    if (!object.require(key))
      hasAll = false;
  return hasAll;
}

bool PlacementReader::readShape() {
  StringRef schemas[] = {placementSchema};
  bool hasAll = requireAll(root, {"schema", "ranks", "slots", "layers"});
  auto schema = root.enumeration("schema", schemas);
  auto rankCount = root.integer("ranks", 1, maxRanks);
  auto slotCount = root.integer("slots", 1, maxRanks);
  auto rules = keywordsOf<DispatchRule>();
  auto dispatch = root.enumeration("dispatch", rules);
  isEven = dispatch && rules[*dispatch] == "even";
  if (!hasAll || !schema || !rankCount || !slotCount)
    return false;
  ranks = *rankCount;
  slots = *slotCount;
  return true;
}

LayersOp PlacementReader::runOf(int64_t layer) {
  for (LayersOp run : layers.runs)
    if (layer >= int64_t(run.getBegin()) && layer < int64_t(run.getEnd()))
      return run;
  return {};
}

void PlacementReader::readLayer(ObjectReader &entry) {
  if (!requireAll(entry, {"layer", "phy2log"}))
    return;
  std::optional<int64_t> layer = entry.integer("layer", 0, layers.total - 1);
  if (!layer)
    return;
  LayersOp run = runOf(*layer);
  if (!run)
    return entry.report("layer", "layer " + std::to_string(*layer) +
                                     " of the model has no experts");
  auto experts = entry.integers("phy2log", -1, expertsOf(run) - 1);
  if (!experts)
    return;
  if (int64_t(experts->size()) != ranks * slots)
    return entry.report("phy2log", "expected " + std::to_string(ranks * slots) +
                                       " slots, " + std::to_string(slots) +
                                       " on each of " + std::to_string(ranks) +
                                       " ranks, for " +
                                       entry.pathOf("phy2log") + ", found " +
                                       std::to_string(experts->size()));
  if (!slotsOfLayer.try_emplace(*layer, std::move(*experts)).second)
    return entry.report("layer", "layer " + std::to_string(*layer) +
                                     " stands above already");
  if (!isEven && entry.find("weights"))
    readWeights(entry, *layer);
}

static std::optional<double> shareIn(const json::Value &value) {
  double share = -1;
  if (value.is(Kind::Integer))
    share = double(value.integer());
  else if (!value.is(Kind::Decimal) || value.text().getAsDouble(share))
    return std::nullopt;
  // Written so that NaN is none.
  return share >= 0 && share <= 1 ? std::optional(share) : std::nullopt;
}

/// Shares are from 0 to 1, and those of an expert sum to 1.
void PlacementReader::readWeights(ObjectReader &entry, int64_t layer) {
  constexpr double tolerance = 1e-6;
  const json::Value *list = entry.array("weights");
  if (!list)
    return;
  const std::vector<int64_t> &experts = slotsOfLayer[layer];
  if (list->elements().size() != experts.size())
    return entry.report(
        "weights", "expected " + counted(experts.size(), "share") +
                       ", one of each slot, for " + entry.pathOf("weights") +
                       ", found " + std::to_string(list->elements().size()));
  std::vector<double> &weights = weightsOfLayer[layer];
  llvm::DenseMap<int64_t, double> sums;
  for (auto [expert, value] : llvm::zip(experts, list->elements())) {
    std::optional<double> share = shareIn(value);
    if (!share || (expert < 0 && *share != 0))
      return entry.reportAt(
          value.position(),
          std::string("expected ") +
              (expert < 0 ? "0 for an empty slot" : "a share from 0 to 1") +
              ", found " + value.describe());
    weights.push_back(*share);
    sums[expert] += *share;
  }
  for (int64_t expert : experts)
    if (expert >= 0 && std::abs(sums[expert] - 1) > tolerance)
      return entry.report(
          "weights", "the shares of expert " + std::to_string(expert) +
                         " on layer " + std::to_string(layer) + " sum to " +
                         std::to_string(sums[expert]) + ", expected 1");
}

/// Nothing but the expert-parallel size says how many ranks share a row.
void PlacementReader::readSglang(ArrayRef<json::Value> rows) {
  ranks = expertRanksOf(layers.runs.front()->getParentOfType<PlanOp>());
  auto numRows = int64_t(rows.size());
  if (numRows != layers.total)
    return root.report("physical_to_logical_map",
                       "expected a row for each of " +
                           counted(layers.total, "layer") + ", found " +
                           std::to_string(numRows));
  int64_t columns =
      rows[0].is(Kind::Array) ? int64_t(rows[0].elements().size()) : 0;
  if (columns == 0 || columns % ranks != 0 || columns > maxRanks)
    return root.report("physical_to_logical_map",
                       "expected rows of slots for " +
                           counted(ranks, "expert-parallel rank") + ", found " +
                           std::to_string(columns));
  slots = columns / ranks;
  for (int64_t layer = 0; layer < numRows; ++layer)
    if (runOf(layer))
      readSglangRow(rows[layer], layer, columns);
}

void PlacementReader::readSglangRow(const json::Value &row, int64_t layer,
                                    int64_t columns) {
  if (!row.is(Kind::Array) || int64_t(row.elements().size()) != columns)
    return root.reportAt(row.position(),
                         "expected " + counted(columns, "slot") + " of layer " +
                             std::to_string(layer) +
                             ", as in the first row, found " + row.describe());
  int64_t experts = expertsOf(runOf(layer));
  std::vector<int64_t> &slotsOfRow = slotsOfLayer[layer];
  for (const json::Value &slot : row.elements()) {
    if (!slot.is(Kind::Integer) || slot.integer() < 0 ||
        slot.integer() >= experts)
      return root.reportAt(slot.position(), "expected an expert from 0 to " +
                                                std::to_string(experts - 1) +
                                                ", found " + slot.describe());
    slotsOfRow.push_back(slot.integer());
  }
}

std::vector<int32_t> PlacementReader::slotsOf(LayersOp run) {
  std::vector<int32_t> table;
  for (int64_t layer = run.getBegin(); layer < int64_t(run.getEnd()); ++layer) {
    auto found = slotsOfLayer.find(layer);
    if (found != slotsOfLayer.end())
      llvm::append_range(table, found->second);
    else
      root.report("layers", "$.layers places no experts of layer " +
                                std::to_string(layer));
  }
  return table;
}

std::vector<double> PlacementReader::weightsOf(LayersOp run) const {
  std::vector<double> weights;
  bool given = false;
  for (int64_t layer = run.getBegin(); layer < int64_t(run.getEnd()); ++layer) {
    auto found = weightsOfLayer.find(layer);
    given |= found != weightsOfLayer.end();
    if (found != weightsOfLayer.end()) {
      llvm::append_range(weights, found->second);
      continue;
    }
    // A layer that says nothing among others that do.
    const std::vector<int64_t> &experts = slotsOfLayer.find(layer)->second;
    for (int64_t expert : experts)
      weights.push_back(expert < 0 ? 0
                                   : 1 / double(llvm::count(experts, expert)));
  }
  return given ? weights : std::vector<double>();
}

std::optional<std::vector<std::vector<int32_t>>> PlacementReader::read() {
  size_t before = errors.count();
  const json::Value *map =
      root.find("schema") ? nullptr : root.array("physical_to_logical_map");
  if (map)
    readSglang(map->elements());
  else if (!readShape())
    return std::nullopt;
  else if (auto entries = root.objects("layers"))
    for (ObjectReader &entry : *entries)
      readLayer(entry);
  // A layer with a fault is no layer that is missing.
  if (errors.count() != before)
    return std::nullopt;
  std::vector<std::vector<int32_t>> tables;
  for (LayersOp run : layers.runs)
    tables.push_back(slotsOf(run));
  if (errors.count() != before)
    return std::nullopt;
  return tables;
}

/// Creates the placement of every run, in their order; `tables` has one for
/// each.
static SmallVector<PlacementOp>
createPlacements(OpBuilder &builder, const MoeLayers &layers,
                 ArrayRef<std::vector<int32_t>> tables, int64_t ranks,
                 int64_t slots, Location where) {
  // Behind a distribution that ends in no other clause, the keyword of the
  // operation would be read as the clause of the same name.
  OpBuilder::InsertionGuard guard(builder);
  for (auto distribution :
       builder.getInsertionBlock()->getOps<DistributionOp>())
    builder.setInsertionPoint(distribution);
  SmallVector<PlacementOp> placements;
  for (auto [index, table] : llvm::enumerate(tables)) {
    LayersOp run = layers.runs[index];
    auto type = RankedTensorType::get({sizeOf(run), ranks, slots},
                                      builder.getI32Type());
    placements.push_back(PlacementOp::create(
        builder, where, "placement_" + run.getSymName().str(), referenceTo(run),
        FlatSymbolRefAttr(), slots, PlacementKind::Table,
        DenseIntElementsAttr::get(type, ArrayRef(table))));
  }
  return placements;
}

/// States which share of its expert's tokens every slot serves.
static void setShares(PlacementOp placement, ArrayRef<double> shares) {
  auto shape = cast<ShapedType>(placement.getTable()->getType());
  Builder builder(placement.getContext());
  placement->setAttr(
      "moe.weights",
      DenseFPElementsAttr::get(shape.clone(builder.getF64Type()), shares));
}

void moe::buildPlacements(OpBuilder &builder, const MoeLayers &layers,
                          const json::Document &document, InputErrors &errors) {
  if (!document.root().is(Kind::Object))
    return errors.add(document.file(), document.root().position(),
                      "expected a placement, a JSON object, found " +
                          document.root().describe());
  PlacementReader reader(layers, document, errors);
  auto tables = reader.read();
  if (!tables)
    return;
  auto placements =
      createPlacements(builder, layers, *tables, reader.ranks, reader.slots,
                       locationOfTable(builder, document));
  for (auto [run, placement] : llvm::zip_equal(layers.runs, placements))
    if (std::vector<double> shares = reader.weightsOf(run); !shares.empty())
      setShares(placement, shares);
}

/// What is wrong with a row of TensorRT-LLM; empty when nothing is.
static std::string problemOf(const LayerAssignment &row, LayersOp run,
                             int64_t ranks, size_t columns) {
  if (row.experts.size() != columns)
    return "expected " + counted(static_cast<int64_t>(columns), "slot") +
           " of layer " + std::to_string(row.layer) +
           ", as in the first row, found " + std::to_string(row.experts.size());
  if (columns == 0 || columns % ranks != 0)
    return "expected slots for " + counted(ranks, "expert-parallel rank") +
           ", found " + std::to_string(columns);
  int64_t largest = *llvm::max_element(row.experts), count = expertsOf(run);
  return largest < count ? ""
                         : "layer " + std::to_string(row.layer) + " has " +
                               counted(count, "expert") + ", no expert " +
                               std::to_string(largest);
}

void moe::buildPlacements(OpBuilder &builder, const MoeLayers &layers,
                          ArrayRef<LayerAssignment> rows, StringRef file,
                          InputErrors &errors) {
  auto plan = layers.runs.front()->getParentOfType<PlanOp>();
  int64_t ranks = expertRanksOf(plan);
  llvm::DenseMap<int64_t, const LayerAssignment *> rowOf;
  for (const LayerAssignment &row : rows)
    if (!rowOf.try_emplace(row.layer, &row).second)
      return errors.add(file, {row.line, 1},
                        "layer " + std::to_string(row.layer) +
                            " stands above already");
  std::vector<std::vector<int32_t>> tables;
  for (LayersOp run : layers.runs) {
    std::vector<int32_t> &table = tables.emplace_back();
    for (int64_t layer = run.getBegin(), end = run.getEnd(); layer < end;
         ++layer) {
      const LayerAssignment *row = rowOf.lookup(layer);
      if (!row)
        return errors.add(
            file, {}, "places no experts of layer " + std::to_string(layer));
      if (std::string why =
              problemOf(*row, run, ranks, rows.front().experts.size());
          !why.empty())
        return errors.add(file, {row->line, 1}, why);
      llvm::append_range(table, row->experts);
    }
  }
  auto slots = static_cast<int64_t>(rows.front().experts.size()) / ranks;
  createPlacements(builder, layers, tables, ranks, slots,
                   FileLineColLoc::get(builder.getContext(), file, 1, 1));
}
