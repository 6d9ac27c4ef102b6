//===- ObjectReader.h - Typed access to JSON objects ------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads the members of one object by name and type. A wrong type or value is an
// error that names the path of the member ("$.parallelism.tp"); members that
// nobody asked for are errors with a suggestion.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_JSON_OBJECTREADER_H
#define MOE_JSON_OBJECTREADER_H

#include "moe/Json/InputError.h"
#include "moe/Json/Value.h"
#include "moe/Quantity/Quantity.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>
#include <string>
#include <vector>

namespace mlir::moe::json {

/// `$.layers` and `experts` ~> `$.layers.experts`; keys that are no plain names
/// are quoted: `$["a b"]`.
std::string pathTo(llvm::StringRef parent, llvm::StringRef key);

/// All getters return nothing when the member is absent, and nothing with an
/// error when it is not what was asked for; `find` tells the two apart. Keys
/// and the document must outlive the reader.
class ObjectReader {
public:
  /// `object` must be an object. `path` is what messages call it; `$` is the
  /// root of the file.
  ObjectReader(const Value &object, std::string path, llvm::StringRef file,
               InputErrors &errors)
      : object(object), objectPath(std::move(path)), fileName(file),
        errors(&errors) {}

  /// The member or null; counts as reading it.
  const Member *find(llvm::StringRef key);
  /// Reports the member as missing unless it is there.
  bool require(llvm::StringRef key);

  std::optional<int64_t> integer(llvm::StringRef key, int64_t min = INT64_MIN,
                                 int64_t max = INT64_MAX);
  std::optional<llvm::StringRef> string(llvm::StringRef key);
  std::optional<bool> boolean(llvm::StringRef key);
  /// The index in `words` of the member, a string.
  std::optional<size_t> enumeration(llvm::StringRef key,
                                    llvm::ArrayRef<llvm::StringRef> words);
  /// A string such as "80 GB" of the given dimension. A bare number is accepted
  /// where a count is asked for, as string or JSON number.
  std::optional<Quantity> quantity(llvm::StringRef key, Dimension dimension);
  /// A string such as "<= 1.05" of the given dimension.
  std::optional<Bound> bound(llvm::StringRef key, Dimension dimension);
  std::optional<ObjectReader> objectAt(llvm::StringRef key);
  const Value *array(llvm::StringRef key);
  /// Arrays whose elements all have one type; an error for each that has not.
  std::optional<std::vector<int64_t>> integers(llvm::StringRef key,
                                               int64_t min = INT64_MIN,
                                               int64_t max = INT64_MAX);
  std::optional<std::vector<std::string>> strings(llvm::StringRef key);
  std::optional<std::vector<ObjectReader>> objects(llvm::StringRef key);

  /// Reports every member that no getter has asked for.
  void rejectUnknown();

  /// Reports a fault of the member `key`, at its value; of the object itself if
  /// it has no such member.
  void report(llvm::StringRef key, std::string message);
  /// Reports a fault at any place of this file.
  void reportAt(Position position, std::string message) {
    errors->add(fileName, position, std::move(message));
  }

  const Value &value() const { return object; }
  llvm::StringRef path() const { return objectPath; }
  std::string pathOf(llvm::StringRef key) const {
    return pathTo(objectPath, key);
  }
  llvm::StringRef file() const { return fileName; }
  /// Where the value of `key` is, or the object if it has no such member.
  Position positionOf(llvm::StringRef key) const;

private:
  void reportType(const Value &found, llvm::StringRef path,
                  llvm::StringRef expected);
  std::optional<int64_t> integerOf(const Value &value, llvm::StringRef path,
                                   int64_t min, int64_t max);
  const Value *typed(llvm::StringRef key, Kind kind, llvm::StringRef expected);

  Value object;
  std::string objectPath;
  llvm::StringRef fileName;
  InputErrors *errors;
  /// Keys that were asked for, present or not.
  llvm::SmallVector<llvm::StringRef> known;
};

} // namespace mlir::moe::json

#endif // MOE_JSON_OBJECTREADER_H
