//===- FalseClaim.cpp - What explains a false claim -----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FalseClaim.h"
#include "Display.h"
#include "Solve.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

namespace {
class Notes {
public:
  explicit Notes(const FalseClaim &claim) : claim(claim) {}
  std::vector<std::string> all();

private:
  void addNoteOnStage();
  void addNoteOnFunction();
  void addNoteOnNumber();
  bool agrees(const ClaimValue &other) const;

  const ClaimValue &value(unsigned node) const {
    return *claim.evaluator.valueOf(node);
  }
  std::string shown(const ClaimValue &what, unsigned stated) const {
    return display(what.nominal, displayUnit(claim.tree, stated, what),
                   claim.tree.plainNumber(stated));
  }

  const FalseClaim &claim;
  std::vector<std::string> notes;
};
} // namespace

/// Whether another value than the computed one is what is stated.
bool Notes::agrees(const ClaimValue &other) const {
  const ClaimValue &stated = value(claim.statedNode);
  return other.measure == stated.measure &&
         other.low.compare(stated.high) <= 0 &&
         stated.low.compare(other.high) <= 0;
}

/// Names the claim.stages that have what is stated.
void Notes::addNoteOnStage() {
  std::vector<std::string> matching;
  for (auto [stage, each] : llvm::enumerate(claim.stages))
    if (agrees(each))
      matching.push_back(std::to_string(stage));
  if (!matching.empty())
    notes.push_back(
        claim.stated.str() + " is that of stage" +
        (matching.size() > 1 ? "s " : " ") + llvm::join(matching, ", ") +
        ", where less is needed; a single value is that of the fullest");
}

/// Names the neighbouring figure, when that is the one that is stated.
void Notes::addNoteOnFunction() {
  const Node &node = claim.tree.nodes[claim.computedNode];
  auto operand = [&](unsigned i) { return value(node.operands[i]); };
  auto text = [&](unsigned i) {
    return claim.tree.textOf(node.operands[i]).str();
  };
  bool call = node.kind == NodeKind::Call;
  ClaimValue one = ClaimValue::exact(1);
  if (call && node.function == Function::Change) {
    std::optional<ClaimValue> share = divide(operand(1), operand(0));
    if (share && agrees(*share))
      notes.push_back(claim.stated.str() + " is " + text(1) +
                      " as a share of " + text(0) + "; the change is " +
                      claim.computed.str());
  } else if (node.kind == NodeKind::Divide ||
             (call && node.function == Function::Ratio)) {
    std::optional<ClaimValue> change = subtract(value(claim.computedNode), one);
    if (change && value(claim.computedNode).measure.isNone() && agrees(*change))
      notes.push_back(claim.stated.str() + " is the change from " + text(1) +
                      " to " + text(0) + ", not the ratio");
  } else if (node.kind == NodeKind::Subtract && agrees(operand(1))) {
    notes.push_back(claim.stated.str() + " is " + text(1) +
                    ", which was to be subtracted");
  } else if (call && node.operands.size() > 1 &&
             (node.function == Function::Variance ||
              node.function == Function::SampleVariance)) {
    std::vector<ClaimValue> values;
    for (unsigned i = 0; i < node.operands.size(); ++i)
      values.push_back(operand(i));
    bool sample = node.function == Function::Variance;
    if (std::optional<ClaimValue> other = variance(values, sample))
      notes.push_back(
          "over n" + std::string(sample ? " - 1" : "") + " it is " +
          shown(*other, claim.statedNode) +
          (sample ? " (sample variance)" : " (population variance)"));
  }
}

/// What one number of the computed side would have to be, for the end of a
/// range that fails, or for an equation with one time in it.
void Notes::addNoteOnNumber() {
  bool range = claim.tree.upper.has_value();
  if (!range && claim.tree.comparison != Comparison::Equal)
    return;
  std::optional<unsigned> number =
      range ? drivingNumber(claim.tree, claim.computedNode)
            : onlyTime(claim.tree, claim.computedNode);
  unsigned target =
      range && claim.lowerHolds ? *claim.tree.upper : claim.statedNode;
  if (!number || !claim.tree.plainNumber(target))
    return;
  std::optional<ClaimValue> needed = solveFor(
      claim.tree, claim.evaluator, claim.computedNode, *number, value(target));
  if (!needed || needed->nominal == value(*number).nominal)
    return;
  notes.push_back(claim.tree.textOf(target).str() + " would need " +
                  display(needed->nominal,
                          claim.tree.nodes[*number].number.unit, std::nullopt) +
                  " in place of " + claim.tree.textOf(*number).str());
}

std::vector<std::string> Notes::all() {
  addNoteOnStage();
  if (!claim.tree.upper && claim.tree.comparison == Comparison::Equal)
    addNoteOnFunction();
  addNoteOnNumber();
  const ClaimValue &computed = value(claim.computedNode);
  Unit unit = displayUnit(claim.tree, claim.statedNode, computed);
  if (!computed.isExact())
    notes.push_back("within the precision of its decimals it is " +
                    display(computed.low, unit, std::nullopt) + " to " +
                    display(computed.high, unit, std::nullopt));
  for (StringRef derivation : claim.evaluator.derivations())
    notes.push_back(derivation.str());
  return std::move(notes);
}

std::vector<std::string> mlir::moe::explainFalse(const FalseClaim &claim) {
  return Notes(claim).all();
}
