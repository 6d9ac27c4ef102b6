//===- TableColumns.h - What the columns of a table hold --------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Headings tell what stands below them, and each other: "current" is the plan
// before beside "proposed", and this one beside "previous". Where they do not,
// the cells decide: two columns of values beside one of changes are compared,
// whatever they are called.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_PROSE_TABLECOLUMNS_H
#define MOE_LIB_PROSE_TABLECOLUMNS_H

#include "Markdown.h"
#include "llvm/ADT/ArrayRef.h"
#include <optional>

namespace mlir::moe {

/// What a column holds.
enum class Column : uint8_t {
  Label,
  Before,
  After,
  Current,  ///< this plan or the one before, as the others say
  Claimed,  ///< what somebody said: promised, submitted, estimated
  Found,    ///< what there is: actual, measured, achieved
  Need,     ///< required
  Expected, ///< what the values should be, with or without a sign
  Limit,    ///< at most that
  Target,
  Change,
  Efficiency,
  Share,
  Formula,
  Value,
  None
};

/// The columns of one table.
struct TableColumns {
  std::vector<Column> kinds;
  /// The column that says what a row is about.
  size_t label = 0;
  /// Nobody says which of the compared values are those of this plan.
  bool isUnnamedPair = false;

  std::optional<size_t> find(Column kind) const;
  bool has(Column kind) const { return find(kind).has_value(); }
};

/// The columns of a table whose first row has the headings.
TableColumns columnsOf(llvm::ArrayRef<ProseLine> rows);

} // namespace mlir::moe

#endif // MOE_LIB_PROSE_TABLECOLUMNS_H
