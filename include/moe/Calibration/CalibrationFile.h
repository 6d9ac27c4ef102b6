//===- CalibrationFile.h - Constants of the cost model as data --*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the time of an operation depends on beside its work: constants fitted to
// published runs, facts about GPUs that data sheets do not give, and how far
// estimates were off for runs that took no part in the fit.
// share/calibration.json is built in; `--calibration FILE` replaces it.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_CALIBRATION_CALIBRATIONFILE_H
#define MOE_CALIBRATION_CALIBRATIONFILE_H

#include "moe/Cost/Calibration.h"
#include "moe/Json/InputError.h"
#include "llvm/ADT/ArrayRef.h"
#include <optional>
#include <string>
#include <vector>

namespace mlir::moe {

/// The values of all constants. docs/cost-model.md has their formulas.
struct CostConstants {
  double gemmShare = 0, powerExponent = 0, fp8Ratio = 0, fp4Ratio = 0,
         halfRows = 0, halfWidth = 0;
  double coreShare = 0, forwardExponentials = 0, backwardExponentials = 0;
  double memoryShare = 0, blockGap = 0;
  double launchSeconds = 0, graceFactor = 0, graphShare = 0;
  double nvlinkShare = 0, networkShare = 0, transferSeconds = 0;
  double overlappedExchange = 0, exposedGradients = 0, hidingShare = 0;
  double stepSeconds = 0, yearlyGain = 0;
  double cacheShare = 0, servedExchange = 0, servedBlockSeconds = 0;
};

struct ConstantName {
  llvm::StringLiteral name;
  double CostConstants::*value;
  /// Largest value that is no mistake; the least is anything above 0.
  double most;
  /// Fitted to serving alone, with the others as training says.
  bool serving = false;
};
/// All of them, in the order of the file.
llvm::ArrayRef<ConstantName> constantNames();

/// What the file says about one constant.
struct ConstantEntry {
  double value = 0;
  /// Where a fit starts, and how far it may reasonably go: standard deviation
  /// of the logarithm. A spread of 0 keeps the value.
  double prior = 0, spread = 0;
  /// Over all fits that left something out.
  double low = 0, high = 0;
  std::string unit, meaning, provenance;
};

/// What data sheets of a GPU do not say.
struct GpuFacts {
  std::string name;
  int64_t boardWatts = 0;
  /// Dense bf16 peak that the board's power is shared by, FLOP per second; 0:
  /// that of the plan. A figure of the plan must not stand here: power does not
  /// fall because somebody states a higher peak.
  double nominalPeak = 0;
  /// Exponentials per second, of all special function units.
  double exponentialRate = 0;
  /// An Arm host launches kernels.
  bool graceHost = false;
  std::string source;
};

/// Measured time over estimated time of runs that were left out of the fit: the
/// 10th and the 90th percentile.
struct ErrorBand {
  double low = 1, high = 1;
};

class CalibrationFile {
public:
  /// Reads `text`; errors name file, line and key: constants that are missing,
  /// unknown, not positive or outside their range.
  static std::optional<CalibrationFile>
  parse(llvm::StringRef text, llvm::StringRef file, InputErrors &errors);
  static std::optional<CalibrationFile> readFile(llvm::StringRef path,
                                                 InputErrors &errors);
  /// The one that is built in.
  static const CalibrationFile &builtIn();

  /// The constants for one machine and one month (year x 12 + month; 0: the
  /// newest that took part in the fit).
  cost::Calibration resolve(const cost::Machine &machine,
                            int64_t softwareMonth) const;

  CostConstants values() const;
  void setValues(const CostConstants &values);
  /// In the order of constantNames().
  std::vector<ConstantEntry> entries;
  std::vector<GpuFacts> gpus;
  /// Months from which software gains are counted, and up to which.
  int64_t referenceMonth = 0, newestMonth = 0;
  /// Of GPUs that took part in the fit, and of others.
  ErrorBand fitted, extrapolated;
  /// Of serving.
  ErrorBand served;
  /// Names of the former.
  std::vector<std::string> fittedGpus;

  /// The facts of a GPU; of an unknown one, those that make no difference.
  GpuFacts factsOf(const cost::Machine &machine) const;
  /// The file again, as JSON.
  std::string toJson() const;
};

/// Year x 12 + month of "2025-04"; nothing for other text.
std::optional<int64_t> parseMonth(llvm::StringRef text);

} // namespace mlir::moe

#endif // MOE_CALIBRATION_CALIBRATIONFILE_H
