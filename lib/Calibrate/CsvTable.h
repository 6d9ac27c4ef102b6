//===- CsvTable.h - Comma-separated values ----------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CALIBRATE_CSVTABLE_H
#define MOE_LIB_CALIBRATE_CSVTABLE_H

#include "moe/Json/InputError.h"
#include <optional>
#include <string>
#include <vector>

namespace mlir::moe {

/// A table with a heading, as RFC 4180 writes it: fields between commas, in
/// double quotes where they hold commas, quotes or line ends.
struct CsvTable {
  static constexpr size_t maxRows = 100'000;
  static constexpr size_t maxColumns = 1'000;

  struct Row {
    std::vector<std::string> fields; ///< as many as the heading has
    unsigned line = 0;               ///< of its first character
  };
  std::vector<std::string> heading;
  std::vector<Row> rows;

  /// Reads `text`, which errors attribute to `file`: an open quote, text behind
  /// a closing one, rows of another length than the heading, columns named
  /// twice, no heading, or more than the limits above. Empty lines are skipped.
  static std::optional<CsvTable>
  parse(llvm::StringRef text, llvm::StringRef file, InputErrors &errors);
};

} // namespace mlir::moe

#endif // MOE_LIB_CALIBRATE_CSVTABLE_H
