//===- TreeBuilder.cpp - Parser events to values --------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TreeBuilder.h"
#include "SyntaxMessage.h"
#include "moe/Json/Document.h"
#include "moe/Json/ObjectReader.h"
#include "moe/Wording/Wording.h"

using namespace mlir::moe;
using namespace mlir::moe::json;
using llvm::StringRef;

Position TreeBuilder::nextToken() {
  cursor.skipToToken();
  Position where = cursor.position();
  cursor.passToken();
  return where;
}

bool TreeBuilder::fail(Position where, std::string message) {
  errors.add(file, where, std::move(message));
  return false;
}

bool TreeBuilder::add(Value value) {
  if (++numValues > maxValues)
    return fail(value.position(), "found more than " +
                                      std::to_string(maxValues) +
                                      " values, which is too many");
  if (open.empty())
    rootValue = value;
  else if (open.back().isObject)
    open.back().members.back().value = value;
  else
    open.back().elements.push_back(value);
  return true;
}

std::string TreeBuilder::currentPath() const {
  std::string path = "$";
  for (const OpenContainer &container : open)
    if (container.isObject)
      path = pathTo(path, container.members.back().key);
    else
      path.append("[" + std::to_string(container.elements.size()) + "]");
  return path;
}

bool TreeBuilder::null() { return add(Value::null(nextToken())); }

bool TreeBuilder::boolean(bool value) {
  return add(Value::boolean(nextToken(), value));
}

bool TreeBuilder::integer(int64_t value) {
  return add(Value::integer(nextToken(), value));
}

bool TreeBuilder::otherNumber(StringRef text) {
  Position where = nextToken();
  // Reported, but parsing goes on: later faults belong to the same run.
  if (text.find_first_of(".eE") == StringRef::npos)
    errors.add(file, where,
               "the integer " + quoted(text) + " for " + currentPath() +
                   " does not fit into 64 bits");
  return add(Value::text(Kind::Decimal, where, store(text)));
}

bool TreeBuilder::string(StringRef text) {
  Position where = nextToken();
  return add(Value::text(Kind::String, where, store(text)));
}

bool TreeBuilder::key(StringRef text) {
  Position where = nextToken();
  OpenContainer &object = open.back();
  if (object.members.size() == maxMembers)
    return fail(where, "found more than " + std::to_string(maxMembers) +
                           " members in one object, which is too many");
  auto [entry, isNew] = object.keys.try_emplace(text, where);
  object.members.push_back({store(text), where, Value()});
  if (!isNew) {
    InputError error{file.str(), where, "duplicate key " + quoted(text), {}};
    error.notes.push_back({file.str(), entry->second, "first given here"});
    errors.add(std::move(error));
  }
  return true;
}

bool TreeBuilder::startContainer(bool isObject) {
  Position where = nextToken();
  if (open.size() == maxDepth)
    return fail(where, "objects and arrays are nested more than " +
                           std::to_string(maxDepth) + " deep");
  open.emplace_back();
  open.back().isObject = isObject;
  open.back().where = where;
  return true;
}

template <typename T>
static llvm::ArrayRef<T> storeAll(const std::vector<T> &items,
                                  llvm::BumpPtrAllocator &memory) {
  T *copy = memory.Allocate<T>(items.size());
  std::uninitialized_copy(items.begin(), items.end(), copy);
  return {copy, items.size()};
}

bool TreeBuilder::endContainer() {
  nextToken();
  OpenContainer done = std::move(open.back());
  open.pop_back();
  if (done.isObject)
    return add(Value::object(done.where, storeAll(done.members, memory)));
  return add(Value::array(done.where, storeAll(done.elements, memory)));
}

bool TreeBuilder::syntaxError(size_t end, StringRef explanation) {
  size_t last = end == 0 ? 0 : end - 1;
  cursor.skipTo(last);
  char separator = cursor.lastSeparator();
  StringRef word = cursor.word();
  if (pointsInsideToken(explanation))
    cursor.advanceTo(last);
  bool closes =
      !cursor.atEnd() && (cursor.current() == '}' || cursor.current() == ']');
  std::string message = syntaxMessage(explanation, word);
  if (separator == ',' && closes)
    message = std::string("found a comma before the closing '") +
              cursor.current() + "', expected none";
  InputError error{file.str(), cursor.position(), std::move(message), {}};
  if (cursor.atEnd() && !open.empty())
    error.notes.push_back({file.str(), open.back().where,
                           open.back().isObject
                               ? "the object that starts here is not closed"
                               : "the array that starts here is not closed"});
  errors.add(std::move(error));
  return false;
}
