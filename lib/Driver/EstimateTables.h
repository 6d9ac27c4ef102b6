//===- EstimateTables.h - The parts of a printed estimate -------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_ESTIMATETABLES_H
#define MOE_LIB_DRIVER_ESTIMATETABLES_H

#include "EstimatePlan.h"

namespace mlir::moe {

/// Cells of text, one header for each column; the first `leftColumns` are words
/// and stand left, the others are figures and stand right.
struct TextTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  size_t leftColumns = 1;
};

/// A part of a whole.
struct Bar {
  std::string name;
  std::string value;
  double share = 0; ///< of the whole, 0 to 1
};

/// One row for each stage; neighbours that differ in nothing share one.
TextTable stageTable(const PlanEstimate &estimate);
/// Collectives of a step on the busiest stage.
TextTable communicationTable(const PlanEstimate &estimate);
TextTable assumptionTable(const PlanEstimate &estimate);

/// Memory of the fullest stage, as shares of the memory of a GPU, or of what
/// the stage needs where that is more.
std::vector<Bar> memoryBars(const PlanEstimate &estimate);
/// The time of a step or pass, as shares of it.
std::vector<Bar> timeBars(const PlanEstimate &estimate);

/// `DeepSeek-V3: 671 B parameters, ...`: what is estimated, line by line.
std::vector<std::string> headLines(const PlanEstimate &estimate);
/// What the recorded loads say about the ranks; none without loads.
std::vector<std::string> loadLines(const RecordedLoads &loads);
/// `fits: stage 1 needs 71.2 GB of 80.0 GB, 8.8 GB (11.0 %) are left`.
std::string fitLine(const PlanEstimate &estimate);
/// `one step takes 12.3 s, 9.3 s .. 15.4 s`.
std::string timeLine(const PlanEstimate &estimate);
/// Tokens, FLOP/s and MFU.
std::string rateLine(const PlanEstimate &estimate);
/// What takes most of the time.
std::string dominanceLine(const PlanEstimate &estimate);

/// `12.3 s (9.3 s .. 15.4 s)`.
std::string showWithError(const PlanEstimate &estimate, double seconds);

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_ESTIMATETABLES_H
