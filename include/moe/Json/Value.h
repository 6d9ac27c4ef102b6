//===- Value.h - Immutable JSON values with positions -----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A parsed JSON text. Values are small handles into memory that their Document
// owns; every key and value knows where it was written.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_JSON_VALUE_H
#define MOE_JSON_VALUE_H

#include "moe/Json/InputError.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <cassert>
#include <cstdint>
#include <string>

namespace llvm::json {
class OStream;
} // namespace llvm::json

namespace mlir::moe::json {

/// `Decimal` is every number with a point or an exponent; it keeps its text.
enum class Kind : uint8_t {
  Null,
  Boolean,
  Integer,
  Decimal,
  String,
  Array,
  Object
};

struct Member;

class Value {
public:
  Value() = default;
  static Value null(Position where) { return {Kind::Null, where}; }
  static Value boolean(Position where, bool value) {
    Value result(Kind::Boolean, where);
    result.number = value;
    return result;
  }
  static Value integer(Position where, int64_t value) {
    Value result(Kind::Integer, where);
    result.number = value;
    return result;
  }
  /// A string or decimal; `text` must outlive the value, as in those below.
  static Value text(Kind kind, Position where, llvm::StringRef text) {
    return {kind, where, text.data(), text.size()};
  }
  static Value array(Position where, llvm::ArrayRef<Value> elements) {
    return {Kind::Array, where, elements.data(), elements.size()};
  }
  static Value object(Position where, llvm::ArrayRef<Member> members);

  Kind kind() const { return valueKind; }
  bool is(Kind kind) const { return valueKind == kind; }
  /// Where the value starts.
  Position position() const { return where; }

  bool boolean() const {
    assert(is(Kind::Boolean));
    return number != 0;
  }
  int64_t integer() const {
    assert(is(Kind::Integer));
    return number;
  }
  /// The contents of a string, or a decimal as it is written.
  llvm::StringRef text() const {
    assert(is(Kind::String) || is(Kind::Decimal));
    return {static_cast<const char *>(data), size};
  }
  llvm::ArrayRef<Value> elements() const {
    assert(is(Kind::Array));
    return {static_cast<const Value *>(data), size};
  }
  /// Members in file order; keys are distinct.
  llvm::ArrayRef<Member> members() const;
  /// The member of that name or null. Looks at all members.
  const Member *find(llvm::StringRef key) const;

  /// What a message calls the value: `the string "two"`, `the number 1.5`,
  /// `null`, `an object`.
  std::string describe() const;
  /// Writes the value; numbers as they were written.
  void write(llvm::json::OStream &os) const;

private:
  Value(Kind kind, Position where) : where(where), valueKind(kind) {}
  Value(Kind kind, Position where, const void *data, size_t size)
      : where(where), valueKind(kind), size(size), data(data) {}

  Position where;
  Kind valueKind = Kind::Null;
  size_t size = 0;
  union {
    int64_t number = 0;
    const void *data;
  };
};

/// One `"key": value` of an object.
struct Member {
  llvm::StringRef key;
  Position keyPosition;
  Value value;
};

} // namespace mlir::moe::json

#endif // MOE_JSON_VALUE_H
