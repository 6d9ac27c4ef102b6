//===- AdmittedValues.h - What a bound or a claim allows --------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_ADMITTEDVALUES_H
#define MOE_LIB_CHECK_ADMITTEDVALUES_H

#include "ClaimedFigures.h"

namespace mlir::moe {

/// An interval of values, from a condition that a plan states or from what a
/// claim gives a metric. Ends may be open, `< 40 %`, or absent.
class AdmittedValues {
public:
  static AdmittedValues of(const Bound &bound);
  /// A stated number admits what rounds to it.
  static AdmittedValues of(const ClaimedFigure &figure);
  /// Whether no value is in both. Of other units nothing is said.
  bool excludes(const AdmittedValues &other) const;

private:
  struct End {
    Rational value;
    bool open = false;
  };
  /// Whether all values up to `most` are below all from `least` on.
  static bool below(const std::optional<End> &most,
                    const std::optional<End> &least);

  std::optional<End> least, most;
  Measure measure;
};

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_ADMITTEDVALUES_H
