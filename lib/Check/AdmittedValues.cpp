//===- AdmittedValues.cpp - What a bound or a claim allows ----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AdmittedValues.h"

using namespace mlir;
using namespace mlir::moe;

AdmittedValues AdmittedValues::of(const Bound &bound) {
  AdmittedValues values;
  values.measure = Measure::of(bound.dimension());
  std::optional<Rational> limit = Rational::of(bound.limit);
  if (!limit)
    return values;
  Comparison comparison = bound.comparison;
  bool open =
      comparison == Comparison::Less || comparison == Comparison::Greater;
  bool upper =
      comparison == Comparison::Less || comparison == Comparison::LessEqual;
  if (!upper)
    values.least = End{*limit, open};
  if (upper || comparison == Comparison::Equal)
    values.most = End{*limit, open};
  if (bound.upper)
    if (std::optional<Rational> end = Rational::of(*bound.upper))
      values.most = End{*end};
  return values;
}

AdmittedValues AdmittedValues::of(const ClaimedFigure &figure) {
  AdmittedValues values;
  values.measure = figure.value.measure;
  bool open = figure.comparison == Comparison::Less ||
              figure.comparison == Comparison::Greater;
  if (!figure.isUpperLimit())
    values.least = End{figure.value.low, open};
  if (!figure.isLowerLimit())
    values.most = End{figure.value.high, open};
  return values;
}

bool AdmittedValues::below(const std::optional<End> &most,
                           const std::optional<End> &least) {
  if (!most || !least)
    return false;
  int order = most->value.compare(least->value);
  return order < 0 || (order == 0 && (most->open || least->open));
}

bool AdmittedValues::excludes(const AdmittedValues &other) const {
  return measure == other.measure &&
         (below(most, other.least) || below(other.most, least));
}
