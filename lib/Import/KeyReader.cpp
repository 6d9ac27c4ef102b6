//===- KeyReader.cpp - Values of plan keys to attributes ------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KeyReader.h"

#include "moe/IR/FieldLocation.h"
#include "moe/IR/MoE.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Regex.h"

using namespace mlir;
using namespace mlir::moe;
using json::Kind;
using json::ObjectReader;

FileLineColLoc moe::locationOf(MLIRContext *context, StringRef file,
                               Position position) {
  return FileLineColLoc::get(context, file, position.line, position.column);
}

Location moe::locationOf(MLIRContext *context, const ObjectReader &object,
                         const PlanSection &section) {
  SmallVector<std::pair<StringRef, Location>> keys;
  for (const PlanKey &key : section.keys)
    if (const json::Member *member = object.value().find(key.name))
      keys.emplace_back(key.name, locationOf(context, object.file(),
                                             member->value.position()));
  return withFieldLocs(
      locationOf(context, object.file(), object.value().position()), keys);
}

/// Reports that the member `key` is not what was expected.
static void reportValue(ObjectReader &object, StringRef key,
                        const std::string &expected,
                        const std::string &suggestion = "") {
  object.report(key, "expected " + expected + " for " + object.pathOf(key) +
                         ", found " + object.find(key)->value.describe() +
                         suggestion);
}

//===----------------------------------------------------------------------===//
// Strings and words
//===----------------------------------------------------------------------===//

std::optional<StringRef> moe::readPlainString(StringRef key,
                                              ObjectReader &object) {
  std::optional<StringRef> text = object.string(key);
  if (!text || !text->contains('\0'))
    return text;
  object.report(key, "found a NUL character in " + object.pathOf(key));
  return std::nullopt;
}

static Attribute readText(const PlanKey &key, ObjectReader &object,
                          MLIRContext *context) {
  std::optional<StringRef> text = readPlainString(key.name, object);
  if (!text)
    return {};
  if (!key.choices.empty() && !llvm::is_contained(key.choices, *text)) {
    reportValue(object, key.name, oneOf(key.choices),
                didYouMean(*text, key.choices));
    return {};
  }
  bool isGood = key.pattern.empty() ? !text->empty()
                                    : llvm::Regex(key.pattern).match(*text);
  if (isGood)
    return StringAttr::get(context, *text);
  reportValue(object, key.name,
              key.pattern.empty()
                  ? "a string that is not empty"
                  : "a string such as " + quotedValue(key.example));
  return {};
}

static Attribute readWord(const PlanKey &key, ObjectReader &object,
                          MLIRContext *context) {
  SmallVector<StringRef> words = key.possibleWords();
  std::optional<size_t> index = object.enumeration(key.name, words);
  if (!index)
    return {};
  SmallVector<StringRef> all = key.vocabulary->words();
  return key.vocabulary->build(context,
                               llvm::find(all, words[*index]) - all.begin());
}

/// Reports the elements of an array of strings that are none of the choices.
/// Words of the key have a message of their own.
static bool rejectOthers(const PlanKey &key, ObjectReader &object) {
  bool rejected = false;
  if (key.choices.empty())
    return rejected;
  const json::Value &array = object.find(key.name)->value;
  for (auto [index, element] : llvm::enumerate(array.elements())) {
    if (llvm::is_contained(key.choices, element.text()) ||
        llvm::is_contained(key.words, element.text()))
      continue;
    rejected = true;
    object.reportAt(element.position(),
                    "expected " + oneOf(key.choices) + " for " +
                        object.pathOf(key.name) + "[" + std::to_string(index) +
                        "], found " + element.describe() +
                        didYouMean(element.text(), key.choices));
  }
  return rejected;
}

static ArrayAttr readTexts(const PlanKey &key, ObjectReader &object,
                           MLIRContext *context) {
  std::optional<std::vector<std::string>> texts = object.strings(key.name);
  if (!texts)
    return {};
  SmallVector<Attribute> attributes;
  for (const std::string &text : *texts) {
    if (text.empty()) {
      object.report(key.name, "expected names in " + object.pathOf(key.name) +
                                  ", found the string \"\"");
      return {};
    }
    attributes.push_back(StringAttr::get(context, text));
  }
  if (rejectOthers(key, object))
    return {};
  return ArrayAttr::get(context, attributes);
}

/// One path is a list of one; there is no list of none.
static Attribute readPaths(const PlanKey &key, ObjectReader &object,
                           MLIRContext *context) {
  const json::Member *member = object.find(key.name);
  if (!member || !member->value.is(Kind::String)) {
    ArrayAttr paths = readTexts(key, object, context);
    if (!paths || !paths.empty())
      return paths;
    object.report(key.name, "expected at least one path in " +
                                object.pathOf(key.name) +
                                ", found an empty array");
    return {};
  }
  if (Attribute path = readText(key, object, context))
    return ArrayAttr::get(context, path);
  return {};
}

/// `'none', 'full'`: alternatives before a last one that is no word.
static std::string listOf(ArrayRef<StringRef> words) {
  return llvm::join(llvm::map_range(words, quoted), ", ");
}

/// A word is kept as a list of one: no list may contain it.
static Attribute readWordOrTexts(const PlanKey &key, ObjectReader &object,
                                 MLIRContext *context) {
  const json::Member *member = object.find(key.name);
  if (!member)
    return {};
  std::string expected = listOf(key.words) + " or an array of names";
  if (member->value.is(Kind::String)) {
    StringRef text = member->value.text();
    if (llvm::is_contained(key.words, text))
      return ArrayAttr::get(context, StringAttr::get(context, text));
    object.report(key.name, "expected " + expected + " for " +
                                object.pathOf(key.name) + ", found " +
                                member->value.describe() +
                                didYouMean(text, key.words));
    return {};
  }
  if (!member->value.is(Kind::Array)) {
    reportValue(object, key.name, expected);
    return {};
  }
  ArrayAttr texts = readTexts(key, object, context);
  if (!texts)
    return {};
  for (auto text : texts.getAsRange<StringAttr>())
    if (llvm::is_contained(key.words, text.getValue())) {
      object.report(key.name,
                    quoted(text.getValue()) + " in " + object.pathOf(key.name) +
                        " stands for all of it, write it without brackets");
      return {};
    }
  return texts;
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

static Attribute readCount(const PlanKey &key, ObjectReader &object,
                           MLIRContext *context) {
  if (auto number = object.integer(key.name, key.min, key.max))
    return IntegerAttr::get(IntegerType::get(context, 64), *number);
  return {};
}

static Attribute readDegree(const PlanKey &key, ObjectReader &object,
                            MLIRContext *context) {
  const json::Member *member = object.find(key.name);
  if (!member || !member->value.is(Kind::String))
    return readCount(key, object, context);
  if (member->value.text() == "auto")
    return IntegerAttr::get(IntegerType::get(context, 64),
                            ParallelismOp::kAuto);
  reportValue(object, key.name, "an integer or \"auto\"");
  return {};
}

static Attribute readQuantity(const PlanKey &key, ObjectReader &object,
                              MLIRContext *context) {
  std::optional<Quantity> quantity = object.quantity(key.name, key.dimension);
  if (!quantity)
    return {};
  if (quantity->number.digits >= key.min)
    return QuantityAttr::get(context, object.find(key.name)->value.text());
  reportValue(object, key.name,
              key.min > 0 ? describe(key.dimension).str() + " above 0"
                          : describe(key.dimension).str() + " of at least 0");
  return {};
}

static Attribute readNumber(const PlanKey &key, ObjectReader &object,
                            MLIRContext *context) {
  const json::Member *member = object.find(key.name);
  if (!member)
    return {};
  const json::Value &value = member->value;
  std::string text;
  if (value.is(Kind::Integer))
    text = std::to_string(value.integer());
  else if (value.is(Kind::Decimal))
    text = value.text().str();
  std::string error;
  std::optional<Decimal> number = Decimal::parse(text, error);
  bool limited = key.max < maxCount;
  auto isWithin = [&] {
    return !limited || QuantityAttr::get(context, text).getQuantity().toSI() <=
                           static_cast<double>(key.max);
  };
  if (number && number->digits > 0 && isWithin())
    return QuantityAttr::get(context, text);
  std::string most =
      limited ? " and at most " + std::to_string(key.max) : std::string();
  reportValue(object, key.name,
              "a number above 0" + most + ", such as " +
                  (limited ? key.example.str() : "1.05") + ", of at most " +
                  std::to_string(Decimal::maxDigits) + " digits");
  return {};
}

//===----------------------------------------------------------------------===//
// Keys that fill more than one attribute, or part of one
//===----------------------------------------------------------------------===//

// The rules of the format: `table` stands for a file.
static constexpr PlacementKind placementRules[] = {PlacementKind::Contiguous,
                                                   PlacementKind::RoundRobin,
                                                   PlacementKind::Balanced};

static void readPlacement(const PlanKey &key, ObjectReader &object,
                          MLIRContext *context, NamedAttrList &attributes) {
  std::optional<StringRef> text = readPlainString(key.name, object);
  if (!text)
    return;
  SmallVector<StringRef> words;
  for (PlacementKind rule : placementRules)
    words.push_back(stringifyEnum(rule));
  auto set = [&](PlacementKind kind) {
    attributes.set(key.attributeName(), PlacementKindAttr::get(context, kind));
  };
  if (const auto *word = llvm::find(words, *text); word != words.end())
    return set(placementRules[word - words.begin()]);
  // What has neither folder nor extension is a word, misspelt.
  if (text->find_first_of("./") == StringRef::npos)
    return object.report(key.name,
                         "expected " + listOf(words) +
                             " or the path of a placement file for " +
                             object.pathOf(key.name) + ", found the string " +
                             quotedValue(*text) + didYouMean(*text, words));
  set(PlacementKind::Table);
  attributes.set("file", StringAttr::get(context, *text));
}

static OptimizerAttr buildOptimizer(MLIRContext *context,
                                    const NamedAttrList &parts) {
  auto precision = [&](StringRef name) -> std::optional<Precision> {
    if (auto part = dyn_cast_or_null<PrecisionAttr>(parts.get(name)))
      return part.getValue();
    return std::nullopt;
  };
  std::optional<StateSharding> sharding;
  if (auto part = dyn_cast_or_null<StateShardingAttr>(parts.get("sharding")))
    sharding = part.getValue();
  return OptimizerAttr::get(
      context, dyn_cast_or_null<StringAttr>(parts.get("name")),
      precision("moments"), precision("gradients"), precision("master"),
      sharding, dyn_cast_or_null<QuantityAttr>(parts.get("offload")));
}

static Attribute readOptimizer(const PlanKey &key, ObjectReader &object,
                               MLIRContext *context) {
  std::optional<ObjectReader> record = object.objectAt(key.name);
  if (!record)
    return {};
  NamedAttrList parts;
  for (const PlanKey &part : key.section->keys)
    readKey(part, *record, context, parts);
  record->rejectUnknown();
  if (!record->value().members().empty())
    return buildOptimizer(context, parts);
  object.report(key.name, object.pathOf(key.name) +
                              " is empty, state a key or leave it out");
  return {};
}

static Attribute readValue(const PlanKey &key, ObjectReader &object,
                           MLIRContext *context) {
  switch (key.kind) {
  case KeyKind::Text:
    return readText(key, object, context);
  case KeyKind::Count:
    return readCount(key, object, context);
  case KeyKind::Degree:
    return readDegree(key, object, context);
  case KeyKind::Flag:
    if (std::optional<bool> flag = object.boolean(key.name))
      return BoolAttr::get(context, *flag);
    return {};
  case KeyKind::Word:
    return readWord(key, object, context);
  case KeyKind::Quantity:
    return readQuantity(key, object, context);
  case KeyKind::Number:
    return readNumber(key, object, context);
  case KeyKind::Texts:
    return readTexts(key, object, context);
  case KeyKind::Paths:
    return readPaths(key, object, context);
  case KeyKind::WordOrTexts:
    return readWordOrTexts(key, object, context);
  case KeyKind::Record:
    return readOptimizer(key, object, context);
  default:
    llvm_unreachable("the key becomes no attribute");
  }
}

void moe::readKey(const PlanKey &key, ObjectReader &object,
                  MLIRContext *context, NamedAttrList &attributes) {
  if (key.kind == KeyKind::Placement)
    return readPlacement(key, object, context, attributes);
  if (Attribute value = readValue(key, object, context))
    attributes.set(key.attributeName(), value);
}
