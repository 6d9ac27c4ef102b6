//===- TreeBuilder.h - Parser events to values ------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Collects the events of a JSON parser into values with positions, and finds
// what the grammar does not forbid: duplicate keys, integers beyond 64 bits,
// too deep nesting, too many values.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_JSON_TREEBUILDER_H
#define MOE_JSON_TREEBUILDER_H

#include "TokenCursor.h"
#include "moe/Json/Value.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Allocator.h"
#include <string>
#include <vector>

namespace mlir::moe::json {

/// Every event returns whether parsing shall go on.
class TreeBuilder {
public:
  TreeBuilder(llvm::StringRef text, llvm::StringRef file,
              llvm::BumpPtrAllocator &memory, InputErrors &errors)
      : cursor(text), file(file), memory(memory), errors(errors) {}

  bool null();
  bool boolean(bool value);
  bool integer(int64_t value);
  /// A number with a point or an exponent, or an integer beyond 64 bits.
  bool otherNumber(llvm::StringRef text);
  bool string(llvm::StringRef text);
  bool key(llvm::StringRef text);
  bool startContainer(bool isObject);
  bool endContainer();
  /// A syntax error whose offending token ends at byte `end` (1-based, as the
  /// parser counts); `explanation` is the parser's.
  bool syntaxError(size_t end, llvm::StringRef explanation);

  const Value &root() const { return rootValue; }

private:
  /// An object or array whose closing bracket is still to come.
  struct OpenContainer {
    bool isObject;
    Position where;
    std::vector<Value> elements;
    std::vector<Member> members;
    llvm::StringMap<Position> keys;
  };

  Position nextToken();
  bool add(Value value);
  bool fail(Position where, std::string message);
  llvm::StringRef store(llvm::StringRef text) { return text.copy(memory); }
  /// Path of the value that comes next.
  std::string currentPath() const;

  TokenCursor cursor;
  llvm::StringRef file;
  llvm::BumpPtrAllocator &memory;
  InputErrors &errors;
  std::vector<OpenContainer> open;
  size_t numValues = 0;
  Value rootValue;
};

} // namespace mlir::moe::json

#endif // MOE_JSON_TREEBUILDER_H
