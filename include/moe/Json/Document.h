//===- Document.h - Reading JSON files --------------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// JSON text, with // and /* */ comments, to values with positions. Reads files
// that nobody has checked: whatever is in them, the answer is a document or
// located errors, in bounded time and memory.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_JSON_DOCUMENT_H
#define MOE_JSON_DOCUMENT_H

#include "moe/Json/InputError.h"
#include "moe/Json/Value.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>
#include <optional>

namespace mlir::moe::json {

/// What a file may have at most.
constexpr size_t maxFileBytes = size_t(64) << 20;
constexpr size_t maxDepth = 64;
constexpr size_t maxMembers = size_t(1) << 20; // of one object
constexpr size_t maxValues = size_t(1) << 23;

/// The text of a regular file (or of a link to one) of at most `maxBytes`;
/// null with an error for anything else. Never waits for a pipe or a device. A
/// byte order mark is left out.
std::unique_ptr<llvm::MemoryBuffer>
readFileText(llvm::StringRef path, InputErrors &errors,
             size_t maxBytes = maxFileBytes);

/// A parsed file and the memory of its values.
class Document {
public:
  /// Parses `text`, which errors attribute to `file`. Besides bad syntax these
  /// are errors: invalid UTF-8, duplicate keys (naming both places), integers
  /// beyond 64 bits (naming the key), and more than the limits above. Any error
  /// means no document; duplicate keys and integers are all reported.
  static std::optional<Document>
  parse(llvm::StringRef text, llvm::StringRef file, InputErrors &errors);
  /// Reads and parses a regular file (or a link to one).
  static std::optional<Document> readFile(llvm::StringRef path,
                                          InputErrors &errors);

  const Value &root() const { return rootValue; }
  llvm::StringRef file() const { return fileName; }

private:
  Document() : memory(std::make_unique<llvm::BumpPtrAllocator>()) {}

  std::unique_ptr<llvm::BumpPtrAllocator> memory;
  llvm::StringRef fileName; // in `memory`, so that readers may keep it
  Value rootValue;
};

} // namespace mlir::moe::json

#endif // MOE_JSON_DOCUMENT_H
