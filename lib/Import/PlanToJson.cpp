//===- PlanToJson.cpp - moe.plan to plan files ----------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Import/PlanToJson.h"

#include "ModelSection.h"
#include "moe/Import/PlanFormat.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace mlir::moe;
using llvm::json::OStream;

namespace {
/// Writes one plan, section by section, as the table of the format says.
class PlanWriter {
public:
  explicit PlanWriter(OStream &os) : os(os) {}

  void writeKeys(const PlanSection &section, Operation *op);

private:
  void writeKey(const PlanKey &key, Operation *op);
  void writeValue(const PlanKey &key, Attribute value);
  void writeWordOrTexts(const PlanKey &key, ArrayAttr texts);
  void writeModel(const PlanKey &key, Operation *plan);
  void writePlacement(const PlanKey &key, Operation *distribution);
  void writeBounds(const PlanKey &key, ArrayRef<Operation *> bounds);
  void writeOptimizer(const PlanSection &section, OptimizerAttr optimizer);

  OStream &os;
};
} // namespace

/// The operations in the body of `op` that hold the value of `key`.
static SmallVector<Operation *> elementsOf(const PlanKey &key, Operation *op) {
  SmallVector<Operation *> elements;
  for (Operation &child : op->getRegion(0).getOps())
    if (child.getName().getStringRef() == key.section->operation)
      elements.push_back(&child);
  return elements;
}

void PlanWriter::writeKeys(const PlanSection &section, Operation *op) {
  for (const PlanKey &key : section.keys)
    writeKey(key, op);
}

void PlanWriter::writeKey(const PlanKey &key, Operation *op) {
  switch (key.kind) {
  case KeyKind::Schema:
    return os.attribute(key.name, StringRef(planSchema));
  case KeyKind::Name:
    if (!op->hasAttr("unnamed"))
      os.attribute(key.name, cast<PlanOp>(op).getSymName());
    return;
  case KeyKind::Model:
    return writeModel(key, op);
  case KeyKind::Placement:
    return writePlacement(key, op);
  case KeyKind::Object:
    for (Operation *element : elementsOf(key, op))
      os.attributeObject(key.name, [&] { writeKeys(*key.section, element); });
    return;
  case KeyKind::Objects:
    if (SmallVector<Operation *> elements = elementsOf(key, op);
        !elements.empty())
      os.attributeArray(key.name, [&] {
        for (Operation *element : elements)
          os.object([&] { writeKeys(*key.section, element); });
      });
    return;
  case KeyKind::Bounds:
    return writeBounds(key, elementsOf(key, op));
  case KeyKind::Counts:
    for (Operation *element : elementsOf(key, op)) {
      os.attributeBegin(key.name);
      writeValue(key, element->getAttr(key.attributeName()));
      os.attributeEnd();
    }
    return;
  default:
    if (Attribute value = op->getAttr(key.attributeName())) {
      os.attributeBegin(key.name);
      writeValue(key, value);
      os.attributeEnd();
    }
  }
}

/// A string as JSON.
static std::string quoteJson(StringRef text) {
  std::string quotedText;
  llvm::raw_string_ostream stream(quotedText);
  stream << llvm::json::Value(text);
  return quotedText;
}

/// `["mlp", "moe"]`, in one line.
static std::string joinTexts(ArrayAttr texts) {
  return "[" +
         llvm::join(llvm::map_range(texts.getAsRange<StringAttr>(),
                                    [](StringAttr text) {
                                      return quoteJson(text.getValue());
                                    }),
                    ", ") +
         "]";
}

static std::string joinCounts(ArrayRef<int64_t> counts) {
  auto toText = [](int64_t count) { return std::to_string(count); };
  return "[" + llvm::join(llvm::map_range(counts, toText), ", ") + "]";
}

/// A list of one that no list may be is a word.
void PlanWriter::writeWordOrTexts(const PlanKey &key, ArrayAttr texts) {
  if (texts.size() == 1)
    if (auto text = cast<StringAttr>(texts[0]);
        llvm::is_contained(key.words, text.getValue()))
      return os.value(text.getValue());
  os.rawValue(joinTexts(texts));
}

void PlanWriter::writeValue(const PlanKey &key, Attribute value) {
  switch (key.kind) {
  case KeyKind::Text:
    return os.value(cast<StringAttr>(value).getValue());
  case KeyKind::Flag:
    return os.value(cast<BoolAttr>(value).getValue());
  case KeyKind::Word:
    return os.value(key.vocabulary->spell(value));
  case KeyKind::Quantity:
    return os.value(cast<QuantityAttr>(value).getText());
  case KeyKind::Number:
    return os.rawValue(cast<QuantityAttr>(value).getText());
  case KeyKind::Count:
  case KeyKind::Degree:
    if (int64_t number = cast<IntegerAttr>(value).getInt();
        number != ParallelismOp::kAuto)
      return os.value(number);
    return os.value("auto");
  case KeyKind::Texts:
    return os.rawValue(joinTexts(cast<ArrayAttr>(value)));
  case KeyKind::Paths:
    if (auto paths = cast<ArrayAttr>(value); paths.size() == 1)
      return os.value(cast<StringAttr>(paths[0]).getValue());
    return os.rawValue(joinTexts(cast<ArrayAttr>(value)));
  case KeyKind::WordOrTexts:
    return writeWordOrTexts(key, cast<ArrayAttr>(value));
  case KeyKind::Counts:
    return os.rawValue(joinCounts(cast<DenseI64ArrayAttr>(value)));
  case KeyKind::Record:
    return os.object(
        [&] { writeOptimizer(*key.section, cast<OptimizerAttr>(value)); });
  default:
    llvm_unreachable("the key is held by no attribute");
  }
}

void PlanWriter::writeOptimizer(const PlanSection &section,
                                OptimizerAttr optimizer) {
  MLIRContext *context = optimizer.getContext();
  auto precision = [&](std::optional<Precision> value) -> Attribute {
    return value ? PrecisionAttr::get(context, *value) : Attribute();
  };
  Attribute sharding;
  if (optimizer.getSharding())
    sharding = StateShardingAttr::get(context, *optimizer.getSharding());
  // In the order of the section's keys.
  Attribute parts[] = {optimizer.getName(),
                       precision(optimizer.getMoments()),
                       precision(optimizer.getGradients()),
                       precision(optimizer.getMaster()),
                       sharding,
                       optimizer.getOffload()};
  for (auto [key, part] : llvm::zip_equal(section.keys, parts)) {
    if (!part)
      continue;
    os.attributeBegin(key.name);
    writeValue(key, part);
    os.attributeEnd();
  }
}

void PlanWriter::writeModel(const PlanKey &key, Operation *plan) {
  for (Operation *element : elementsOf(key, plan)) {
    auto model = cast<ModelOp>(element);
    if (std::optional<StringRef> path = model.getFrom()) {
      os.attribute(key.name, *path);
      continue;
    }
    os.attributeObject(key.name, [&] { writeInlineKeys(model, os); });
  }
}

void PlanWriter::writePlacement(const PlanKey &key, Operation *op) {
  auto distribution = cast<DistributionOp>(op);
  if (std::optional<PlacementKind> kind = distribution.getPlaced())
    os.attribute(key.name, *kind == PlacementKind::Table
                               ? *distribution.getFile()
                               : stringifyEnum(*kind));
}

void PlanWriter::writeBounds(const PlanKey &key, ArrayRef<Operation *> bounds) {
  if (bounds.empty())
    return;
  os.attributeObject(key.name, [&] {
    for (Operation *bound : bounds)
      os.attribute(bound->getAttrOfType<StringAttr>("metric").getValue(),
                   bound->getAttrOfType<BoundAttr>("bound").getText());
  });
}

//===----------------------------------------------------------------------===//
// What a plan file cannot say
//===----------------------------------------------------------------------===//

static LogicalResult verifyModel(PlanOp plan) {
  auto model = plan.getSection<ModelOp>();
  if (!model)
    return emitError(plan.getLoc(), "the plan has no model, which a plan file "
                                    "must have");
  if (model.getFrom())
    return success();
  if (!model.getKeys() || !model.getValues())
    return emitError(model.getLoc())
           << "the model names neither a file with 'from' nor its 'keys', so a "
              "plan file cannot describe it";
  if (!inlineKeysAgree(model))
    return emitError(model.getLoc())
           << "the 'keys' of the model do not give its figures any more; state "
              "the changed ones in 'keys' too";
  return success();
}

static LogicalResult verifyDistribution(PlanOp plan) {
  auto distribution = plan.getSection<DistributionOp>();
  if (!distribution || distribution.getPlaced() != PlacementKind::Table ||
      distribution.getFile())
    return success();
  return emitError(distribution.getLoc())
         << "the placement is a table that no 'file' holds, so a plan file "
            "cannot name it";
}

/// JSON is UTF-8, the strings of MLIR are bytes.
static LogicalResult verifyText(PlanOp plan) {
  WalkResult result = plan->walk([](Operation *op) {
    AttrTypeWalker walker;
    walker.addWalk([](StringAttr text) {
      return llvm::json::isUTF8(text.getValue()) ? WalkResult::advance()
                                                 : WalkResult::interrupt();
    });
    if (!walker.walk(op->getAttrDictionary()).wasInterrupted())
      return WalkResult::advance();
    emitError(op->getLoc()) << "a string of this operation is not UTF-8, which "
                               "a plan file is";
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

LogicalResult moe::exportPlan(PlanOp plan, raw_ostream &os) {
  if (failed(verifyText(plan)) || failed(verifyModel(plan)) ||
      failed(verifyDistribution(plan)))
    return failure();
  OStream json(os, /*IndentSize=*/2);
  json.object([&] { PlanWriter(json).writeKeys(planFormat(), plan); });
  os << "\n";
  return success();
}
