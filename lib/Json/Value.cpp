//===- Value.cpp - Immutable JSON values with positions -------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Json/Value.h"
#include "moe/Wording/Wording.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/JSON.h"
#include <type_traits>

using namespace mlir::moe;
using namespace mlir::moe::json;

// The arena of a document frees values without destroying them.
static_assert(std::is_trivially_destructible_v<Member> &&
              std::is_trivially_copyable_v<Member>);

Value Value::object(Position where, llvm::ArrayRef<Member> members) {
  return {Kind::Object, where, members.data(), members.size()};
}

llvm::ArrayRef<Member> Value::members() const {
  assert(is(Kind::Object));
  return {static_cast<const Member *>(data), size};
}

const Member *Value::find(llvm::StringRef key) const {
  for (const Member &member : members())
    if (member.key == key)
      return &member;
  return nullptr;
}

std::string Value::describe() const {
  switch (kind()) {
  case Kind::Null:
    return "null";
  case Kind::Boolean:
    return boolean() ? "true" : "false";
  case Kind::Integer:
    return "the number " + std::to_string(integer());
  case Kind::Decimal:
    return "the number " + text().str();
  case Kind::String:
    return "the string " + quotedValue(text());
  case Kind::Array:
    return "an array";
  case Kind::Object:
    return "an object";
  }
  llvm_unreachable("unknown kind of value");
}

// The depth of a value is limited, so recursion is.
void Value::write(llvm::json::OStream &os) const {
  switch (kind()) {
  case Kind::Null:
    return os.value(nullptr);
  case Kind::Boolean:
    return os.value(boolean());
  case Kind::Integer:
    return os.value(integer());
  case Kind::Decimal:
    return os.rawValue(text());
  case Kind::String:
    return os.value(text());
  case Kind::Array:
    return os.array([&] {
      for (const Value &element : elements())
        element.write(os);
    });
  case Kind::Object:
    return os.object([&] {
      for (const Member &member : members()) {
        os.attributeBegin(member.key);
        member.value.write(os);
        os.attributeEnd();
      }
    });
  }
}
