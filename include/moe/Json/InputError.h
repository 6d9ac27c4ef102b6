//===- InputError.h - What is wrong with an input file ----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Faults of input files as data: collected, all of them, in one run, and
// rendered by whoever asked for the file.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_JSON_INPUTERROR_H
#define MOE_JSON_INPUTERROR_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace mlir::moe {

/// A place in a file. Lines and columns count from 1, columns in code points;
/// line 0 stands for the file as a whole.
struct Position {
  unsigned line = 0;
  unsigned column = 0;
  bool operator==(Position other) const {
    return line == other.line && column == other.column;
  }
};

/// A second place that a fault involves.
struct InputNote {
  std::string file;
  Position position;
  std::string message;
};

/// One fault: what was found, what was expected, and where.
struct InputError {
  std::string file;
  Position position;
  std::string message;
  std::vector<InputNote> notes;

  /// `plan.json:3:5: error: ...`, one line for each note behind it.
  std::string str() const;
};

/// The faults of a run in the order they were found. A hostile file can be
/// wrong in millions of places: what exceeds the limit is only counted.
class InputErrors {
public:
  static constexpr size_t maxErrors = 200;

  void add(InputError error);
  void add(llvm::StringRef file, Position position, std::string message) {
    add({file.str(), position, std::move(message), {}});
  }
  bool empty() const { return kept.empty(); }
  llvm::ArrayRef<InputError> list() const { return kept; }
  /// Whether further errors are only counted: no need to word them.
  bool isFull() const { return kept.size() >= maxErrors; }
  /// How many errors were counted but not kept.
  size_t numDropped() const { return dropped; }
  /// All errors, kept or not.
  size_t count() const { return kept.size() + dropped; }

private:
  std::vector<InputError> kept;
  size_t dropped = 0;
};

} // namespace mlir::moe

#endif // MOE_JSON_INPUTERROR_H
