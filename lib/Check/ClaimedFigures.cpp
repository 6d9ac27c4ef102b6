//===- ClaimedFigures.cpp - Values that claims give to metrics ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ClaimedFigures.h"

#include "moe/Claims/Expression.h"
#include "moe/Wording/Wording.h"

using namespace mlir;
using namespace mlir::moe;

std::string ClaimedFigure::str() const {
  return text + " (claim " + quoted(claim->id) + ")";
}

std::string ClaimedFigure::relation() const {
  // Only a bound writes its own sign.
  bool bound = isUpperLimit() || isLowerLimit();
  return metric + (bound ? " " : " = ") + text;
}

std::optional<ClaimedFigure> moe::readClaimedFigure(const StatedClaim &claim) {
  ClaimError error;
  std::optional<ClaimTree> tree = parseClaim(claim.says, error);
  // What cannot be read is a finding of its own (claim-5).
  if (!tree || tree->nodes[tree->left].kind != NodeKind::Metric)
    return std::nullopt;
  std::optional<Quantity> number = tree->plainNumber(tree->right);
  std::optional<Quantity> upper =
      tree->upper ? tree->plainNumber(*tree->upper) : number;
  if (!number || !upper || number->dimension() != upper->dimension())
    return std::nullopt;
  bool rounded = tree->comparison == Comparison::Equal || tree->upper;
  std::optional<ClaimValue> value = ClaimValue::of(*number, rounded);
  std::optional<ClaimValue> end = ClaimValue::of(*upper, rounded);
  if (!value || !end || end->high < value->low)
    return std::nullopt;
  value->high = end->high;
  // A bound writes its own sign.
  Bound bound{tree->comparison, *number, std::nullopt};
  std::string text = rounded ? number->str() : bound.str();
  if (tree->upper)
    text += " .. " + upper->str();
  return ClaimedFigure{tree->nodes[tree->left].name,
                       tree->comparison,
                       *number,
                       *value,
                       text,
                       &claim};
}

ClaimedFigures::ClaimedFigures(ArrayRef<StatedClaim> claims) {
  for (const StatedClaim &claim : claims)
    if (std::optional<ClaimedFigure> figure = readClaimedFigure(claim))
      figures.push_back(std::move(*figure));
}

const ClaimedFigure *ClaimedFigures::find(StringRef metric) const {
  for (const ClaimedFigure &figure : figures)
    if (figure.metric == metric)
      return &figure;
  return nullptr;
}
