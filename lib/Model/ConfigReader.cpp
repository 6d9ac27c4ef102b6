//===- ConfigReader.cpp - Keys of a model configuration -------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConfigReader.h"
#include "moe/Json/ObjectReader.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir::moe;
using namespace mlir::moe::model;
using json::Kind;
using llvm::StringRef;

static constexpr StringRef textConfigKey = "text_config";

std::string ConfigReader::Entry::name() const { return llvm::join(path, "."); }

ConfigReader::ConfigReader(const json::Value &root, StringRef rootPath,
                           StringRef file, InputErrors &errors)
    : root(root), rootPath(rootPath.str()), fileName(file), errors(errors) {
  const json::Member *text = root.find(textConfigKey);
  if (text && text->value.is(Kind::Object))
    textConfig = &text->value;
}

ConfigReader::Entry ConfigReader::lookUp(const json::Value &scope,
                                         const Path &prefix,
                                         StringRef dottedKey) {
  Entry entry;
  entry.path = prefix;
  const json::Value *at = &scope;
  for (StringRef key : llvm::split(dottedKey, '.')) {
    const json::Member *member = at->is(Kind::Object) ? at->find(key) : nullptr;
    if (!member)
      return {};
    at = &member->value;
    entry.path.push_back(key.str());
  }
  entry.value = at;
  found.insert(entry.path);
  return entry;
}

void ConfigReader::checkAgreement(const Entry &first, const Entry &second) {
  if (!first.value->is(Kind::Integer) || !second.value->is(Kind::Integer) ||
      first.value->integer() == second.value->integer())
    return;
  report(second, quoted(second.name()) + " is " +
                     std::to_string(second.value->integer()) + ", but " +
                     quoted(first.name()) + " is " +
                     std::to_string(first.value->integer()) +
                     ", expected the same figure under both names");
}

ConfigReader::Entry
ConfigReader::findIn(llvm::ArrayRef<const json::Value *> scopes,
                     StringRef names) {
  Entry result;
  for (const json::Value *scope : scopes) {
    if (!scope)
      continue;
    Path prefix;
    if (scope == textConfig)
      prefix.push_back(textConfigKey.str());
    for (StringRef name : llvm::split(names, '|')) {
      known.push_back(name.split('.').first.str());
      Entry entry = lookUp(*scope, prefix, name);
      if (result && entry)
        checkAgreement(result, entry);
      else if (entry)
        result = entry;
    }
    // An outer key of the same name belongs to the whole, not to the text
    // model.
    if (result)
      break;
  }
  return result;
}

ConfigReader::Entry ConfigReader::find(StringRef names) {
  return findIn(textConfig ? textConfig : &root, names);
}

ConfigReader::Entry ConfigReader::findOutside(StringRef names) {
  return findIn({&root, textConfig}, names);
}

std::string ConfigReader::pathOf(const Entry &entry) const {
  std::string path = rootPath;
  for (const std::string &key : entry.path)
    path = json::pathTo(path, key);
  return path;
}

void ConfigReader::report(const Entry &entry, std::string message) {
  errors.add(fileName, entry.value->position(), std::move(message));
}

bool ConfigReader::checkInteger(const Entry &entry, const json::Value &value,
                                int64_t min, int64_t max) {
  if (value.is(Kind::Integer) && value.integer() >= min &&
      value.integer() <= max)
    return true;
  errors.add(fileName, value.position(),
             "expected an integer from " + std::to_string(min) + " to " +
                 std::to_string(max) + " for " + pathOf(entry) + ", found " +
                 value.describe());
  return false;
}

template <typename T>
void ConfigReader::setStated(Figure<T> &figure, T value, const Entry &entry) {
  figure.value = std::move(value);
  figure.provenance = Provenance::Stated;
  figure.origin = entry.name();
  figure.position = entry.value->position();
}

ConfigReader::Presence ConfigReader::integer(StringRef names, int64_t min,
                                             int64_t max,
                                             Figure<int64_t> &figure) {
  Entry entry = find(names);
  if (!entry)
    return Presence::Absent;
  if (entry.isNull())
    return Presence::Null;
  if (!checkInteger(entry, *entry.value, min, max))
    return Presence::Faulty;
  setStated(figure, entry.value->integer(), entry);
  return Presence::Good;
}

ConfigReader::Presence ConfigReader::boolean(const Entry &entry,
                                             Figure<bool> &figure) {
  if (!entry)
    return Presence::Absent;
  if (entry.isNull())
    return Presence::Null;
  if (!entry.value->is(Kind::Boolean)) {
    report(entry, "expected true or false for " + pathOf(entry) + ", found " +
                      entry.value->describe());
    return Presence::Faulty;
  }
  setStated(figure, entry.value->boolean(), entry);
  return Presence::Good;
}

ConfigReader::Presence ConfigReader::string(const Entry &entry,
                                            Figure<std::string> &figure) {
  if (!entry)
    return Presence::Absent;
  if (entry.isNull())
    return Presence::Null;
  if (!entry.value->is(Kind::String)) {
    report(entry, "expected a string for " + pathOf(entry) + ", found " +
                      entry.value->describe());
    return Presence::Faulty;
  }
  setStated(figure, entry.value->text().str(), entry);
  return Presence::Good;
}

ConfigReader::Presence
ConfigReader::integers(const Entry &entry, int64_t min, int64_t max,
                       Figure<std::vector<int64_t>> &figure) {
  if (!entry)
    return Presence::Absent;
  if (entry.isNull())
    return Presence::Null;
  if (!entry.value->is(Kind::Array)) {
    report(entry, "expected an array of integers for " + pathOf(entry) +
                      ", found " + entry.value->describe());
    return Presence::Faulty;
  }
  std::vector<int64_t> numbers;
  for (const json::Value &element : entry.value->elements())
    if (checkInteger(entry, element, min, max))
      numbers.push_back(element.integer());
  if (numbers.size() != entry.value->elements().size())
    return Presence::Faulty;
  setStated(figure, std::move(numbers), entry);
  return Presence::Good;
}

void ConfigReader::rejectUnknown() {
  llvm::SmallVector<StringRef> candidates(known.begin(), known.end());
  llvm::sort(candidates);
  candidates.erase(llvm::unique(candidates), candidates.end());
  for (const json::Member &member : root.members()) {
    if (llvm::is_contained(candidates, member.key))
      continue;
    std::string hint =
        errors.isFull() ? "" : didYouMean(member.key, candidates);
    errors.add(fileName, member.keyPosition,
               "unknown key " + quoted(member.key) + " in " + rootPath + hint);
  }
}

/// Appends the keys below `object` that are in `found`.
static void collect(const json::Value &object, ConfigReader::Path &path,
                    const std::set<ConfigReader::Path> &found,
                    std::vector<StatedKey> &keys) {
  for (const json::Member &member : object.members()) {
    path.push_back(member.key.str());
    if (found.count(path)) {
      StatedKey key{path, "", member.value.position()};
      llvm::raw_string_ostream stream(key.json);
      llvm::json::OStream os(stream);
      member.value.write(os);
      keys.push_back(std::move(key));
    } else if (member.value.is(Kind::Object)) {
      collect(member.value, path, found, keys);
    }
    path.pop_back();
  }
}

std::vector<StatedKey> ConfigReader::statedKeys() const {
  std::vector<StatedKey> keys;
  Path path;
  collect(root, path, found, keys);
  return keys;
}
