//===- ObjectReader.cpp - Typed access to JSON objects --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Json/ObjectReader.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using namespace mlir::moe::json;
using llvm::StringRef;

std::string mlir::moe::json::pathTo(StringRef parent, StringRef key) {
  bool plain = !key.empty() && llvm::all_of(key, [](char c) {
    return llvm::isAlnum(c) || c == '_' || c == '-';
  });
  if (plain)
    return (parent + "." + key).str();
  return parent.str() + "[" + quotedValue(key) + "]";
}

const Member *ObjectReader::find(StringRef key) {
  if (!llvm::is_contained(known, key))
    known.push_back(key);
  return object.find(key);
}

bool ObjectReader::require(StringRef key) {
  if (find(key))
    return true;
  reportAt(object.position(),
           "missing key " + quoted(key) + " in " + objectPath);
  return false;
}

Position ObjectReader::positionOf(StringRef key) const {
  const Member *member = object.find(key);
  return member ? member->value.position() : object.position();
}

void ObjectReader::report(StringRef key, std::string message) {
  reportAt(positionOf(key), std::move(message));
}

void ObjectReader::reportType(const Value &found, StringRef path,
                              StringRef expected) {
  reportAt(found.position(), "expected " + expected.str() + " for " +
                                 path.str() + ", found " + found.describe());
}

const Value *ObjectReader::typed(StringRef key, Kind kind, StringRef expected) {
  const Member *member = find(key);
  if (!member)
    return nullptr;
  if (member->value.is(kind))
    return &member->value;
  reportType(member->value, pathOf(key), expected);
  return nullptr;
}

std::optional<int64_t> ObjectReader::integerOf(const Value &value,
                                               StringRef path, int64_t min,
                                               int64_t max) {
  if (!value.is(Kind::Integer)) {
    reportType(value, path, "an integer");
    return std::nullopt;
  }
  int64_t number = value.integer();
  if (number >= min && number <= max)
    return number;
  std::string range;
  if (min == INT64_MIN)
    range = "of at most " + std::to_string(max);
  else if (max == INT64_MAX)
    range = "of at least " + std::to_string(min);
  else
    range = "from " + std::to_string(min) + " to " + std::to_string(max);
  reportType(value, path, "an integer " + range);
  return std::nullopt;
}

std::optional<int64_t> ObjectReader::integer(StringRef key, int64_t min,
                                             int64_t max) {
  const Member *member = find(key);
  if (!member)
    return std::nullopt;
  return integerOf(member->value, pathOf(key), min, max);
}

std::optional<StringRef> ObjectReader::string(StringRef key) {
  if (const Value *value = typed(key, Kind::String, "a string"))
    return value->text();
  return std::nullopt;
}

std::optional<bool> ObjectReader::boolean(StringRef key) {
  if (const Value *value = typed(key, Kind::Boolean, "true or false"))
    return value->boolean();
  return std::nullopt;
}

std::optional<size_t>
ObjectReader::enumeration(StringRef key, llvm::ArrayRef<StringRef> words) {
  const Member *member = find(key);
  if (!member)
    return std::nullopt;
  const Value &value = member->value;
  if (value.is(Kind::String))
    for (size_t i = 0; i < words.size(); ++i)
      if (value.text() == words[i])
        return i;
  std::string message = "expected " + oneOf(words) + " for " + pathOf(key) +
                        ", found " + value.describe();
  if (value.is(Kind::String))
    message += didYouMean(value.text(), words);
  reportAt(value.position(), std::move(message));
  return std::nullopt;
}

std::optional<Quantity> ObjectReader::quantity(StringRef key,
                                               Dimension dimension) {
  const Member *member = find(key);
  if (!member)
    return std::nullopt;
  const Value &value = member->value;
  std::string expected = describe(dimension).str() + " such as " +
                         quotedValue(exampleOf(dimension));
  bool isNumber = value.is(Kind::Integer) || value.is(Kind::Decimal);
  if (!value.is(Kind::String) && !(isNumber && dimension == Dimension::Count)) {
    reportType(value, pathOf(key), expected);
    return std::nullopt;
  }
  std::string text = value.is(Kind::Integer) ? std::to_string(value.integer())
                                             : value.text().str();
  std::string error;
  std::optional<Quantity> result = Quantity::parse(text, error);
  if (!result)
    reportAt(value.position(), "in " + pathOf(key) + ": " + error);
  else if (result->dimension() != dimension)
    reportType(value, pathOf(key), expected);
  else
    return result;
  return std::nullopt;
}

std::optional<Bound> ObjectReader::bound(StringRef key, Dimension dimension) {
  std::string example = "<= " + exampleOf(dimension).str();
  const Value *value =
      typed(key, Kind::String, "a condition such as " + quotedValue(example));
  if (!value)
    return std::nullopt;
  std::string error;
  std::optional<Bound> result = Bound::parse(value->text(), error);
  if (!result)
    reportAt(value->position(), "in " + pathOf(key) + ": " + error);
  else if (result->dimension() != dimension)
    reportType(*value, pathOf(key),
               "a condition on " + describe(dimension).str() + " such as " +
                   quotedValue(example));
  else
    return result;
  return std::nullopt;
}

std::optional<ObjectReader> ObjectReader::objectAt(StringRef key) {
  if (const Value *value = typed(key, Kind::Object, "an object"))
    return ObjectReader(*value, pathOf(key), fileName, *errors);
  return std::nullopt;
}

const Value *ObjectReader::array(StringRef key) {
  return typed(key, Kind::Array, "an array");
}

static std::string elementPath(StringRef array, size_t index) {
  return array.str() + "[" + std::to_string(index) + "]";
}

std::optional<std::vector<int64_t>>
ObjectReader::integers(StringRef key, int64_t min, int64_t max) {
  const Value *value = array(key);
  if (!value)
    return std::nullopt;
  std::vector<int64_t> result;
  std::string path = pathOf(key);
  for (auto [index, element] : llvm::enumerate(value->elements()))
    if (auto number = integerOf(element, elementPath(path, index), min, max))
      result.push_back(*number);
  if (result.size() != value->elements().size())
    return std::nullopt;
  return result;
}

std::optional<std::vector<std::string>> ObjectReader::strings(StringRef key) {
  const Value *value = array(key);
  if (!value)
    return std::nullopt;
  std::vector<std::string> result;
  std::string path = pathOf(key);
  for (auto [index, element] : llvm::enumerate(value->elements())) {
    if (element.is(Kind::String))
      result.push_back(element.text().str());
    else
      reportType(element, elementPath(path, index), "a string");
  }
  if (result.size() != value->elements().size())
    return std::nullopt;
  return result;
}

std::optional<std::vector<ObjectReader>> ObjectReader::objects(StringRef key) {
  const Value *value = array(key);
  if (!value)
    return std::nullopt;
  std::vector<ObjectReader> result;
  std::string path = pathOf(key);
  for (auto [index, element] : llvm::enumerate(value->elements())) {
    if (element.is(Kind::Object))
      result.emplace_back(element, elementPath(path, index), fileName, *errors);
    else
      reportType(element, elementPath(path, index), "an object");
  }
  if (result.size() != value->elements().size())
    return std::nullopt;
  return result;
}

void ObjectReader::rejectUnknown() {
  for (const Member &member : object.members()) {
    if (llvm::is_contained(known, member.key))
      continue;
    // Looking for a similar key is the costly part.
    std::string hint = errors->isFull() ? "" : didYouMean(member.key, known);
    reportAt(member.keyPosition,
             "unknown key " + quoted(member.key) + " in " + objectPath + hint);
  }
}
