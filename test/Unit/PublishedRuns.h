//===- PublishedRuns.h - Rows of benchmarks/accuracy as jobs -------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_TEST_UNIT_PUBLISHEDRUNS_H
#define MOE_TEST_UNIT_PUBLISHEDRUNS_H

#include "moe/Cost/Job.h"
#include <map>
#include <string>
#include <vector>

namespace mlir::moe {

/// One row: the cells by column.
class PublishedRun {
public:
  std::map<std::string, std::string> cells;

  const std::string &text(const std::string &column) const {
    return cells.at(column);
  }
  /// The number in a cell, `other` where it is empty.
  double real(const std::string &column, double other = 0) const;
  int64_t number(const std::string &column, int64_t other = 1) const;
  bool mentions(const std::string &column, llvm::StringRef part) const {
    return llvm::StringRef(text(column)).contains(part);
  }
};

/// Rows of a CSV file with a line of column names; fields may be quoted.
std::vector<PublishedRun> readRuns(const std::string &path);

/// Shapes of models by name, from models.json.
class PublishedModels {
public:
  explicit PublishedModels(const std::string &path);
  /// Of `name`, or of the model before "-L<n>" cut to n layers (of them one
  /// dense where the model mixes both). Nothing for models whose layers are not
  /// attention and feed-forward.
  bool describe(const std::string &name, cost::Job &job) const;

private:
  std::map<std::string, std::map<std::string, std::vector<int64_t>>> shapes;
};

/// The plan of a row. What a row leaves out follows the defaults named in
/// benchmarks/accuracy/README.md. Nothing for models without a shape and rows
/// without degrees.
std::optional<cost::Job> jobOf(const PublishedRun &run,
                               const PublishedModels &models);

} // namespace mlir::moe

#endif // MOE_TEST_UNIT_PUBLISHEDRUNS_H
