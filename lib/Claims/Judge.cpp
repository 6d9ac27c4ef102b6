//===- Judge.cpp - The verdict on a claim ---------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Judge.h"
#include "Display.h"
#include "Solve.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

namespace {
/// In the order of how bad they are.
enum class Outcome { Holds, Truncated, Fails };

/// Judges one claim whose text could be read.
class Judge {
public:
  Judge(const ClaimTree &tree, const MetricSource &source,
        const StatedSides &claims)
      : tree(tree), evaluator(tree, source, claims),
        swapped(tree.plainNumber(tree.left) && !tree.plainNumber(tree.right)),
        computedNode(swapped ? tree.right : tree.left),
        statedNode(swapped ? tree.left : tree.right) {}

  Judgement judge(StatedSide &side);

private:
  Judgement unreadable(const ClaimError &error) const;
  void describeMissing();
  Outcome compare() const;
  Outcome compareRange();
  Outcome meets(unsigned stated) const;
  bool isQuotientOfNumbers() const;
  void describe(Outcome outcome);
  void describeFalse(const std::string &subject);
  bool isOfFullestStage() const;
  void addNotes();
  void addNoteOnStage();
  void addNoteOnFunction();
  void addNoteOnNumber();
  bool agrees(const ClaimValue &other) const;
  void extend(StatedSide &side) const;

  const ClaimValue &value(unsigned node) const {
    return *evaluator.valueOf(node);
  }
  std::string shown(const ClaimValue &what, unsigned stated) const {
    return display(what.nominal, displayUnit(tree, stated, what),
                   tree.plainNumber(stated));
  }

  const ClaimTree &tree;
  Evaluator evaluator;
  bool swapped;
  unsigned computedNode, statedNode;
  /// Of a metric that differs over stages and is stated as one value.
  llvm::ArrayRef<ClaimValue> stages;
  Judgement result;
  /// Of a range that is no success: whether an end holds.
  bool lowerHolds = false, upperHolds = false;
};
} // namespace

Judgement Judge::unreadable(const ClaimError &error) const {
  Judgement judgement;
  judgement.verdict = ClaimVerdict::Unreadable;
  judgement.column = error.column;
  judgement.message = error.message;
  return judgement;
}

//===----------------------------------------------------------------------===//
// Comparison
//===----------------------------------------------------------------------===//

/// Whether an equation holds: the intervals meet, or what is computed meets the
/// values that are cut off to the stated digits.
Outcome Judge::meets(unsigned stated) const {
  const ClaimValue &left = value(computedNode), &right = value(stated);
  if (left.low.compare(right.high) <= 0 && right.low.compare(left.high) <= 0)
    return Outcome::Holds;
  std::optional<Quantity> number = tree.plainNumber(stated);
  // Of a number that is cut off to zero nothing is left: it says "none".
  if (!number || right.nominal.isZero())
    return Outcome::Fails;
  std::optional<Rational> unit = subtract(right.high, right.low);
  bool negative = left.nominal.isNegative();
  std::optional<Rational> far =
      !unit ? std::nullopt
            : add(right.nominal, negative ? unit->negated() : *unit);
  if (!far)
    return Outcome::Fails;
  // Away from zero, less than one unit.
  bool within =
      negative
          ? far->compare(left.high) < 0 && left.low.compare(right.nominal) <= 0
          : left.low.compare(*far) < 0 && right.nominal.compare(left.high) <= 0;
  return within ? Outcome::Truncated : Outcome::Fails;
}

/// A quotient or change of stated numbers is one value.
bool Judge::isQuotientOfNumbers() const {
  return value(computedNode).measure.isNone() &&
         llvm::none_of(tree.nodes, [](const Node &node) {
           return node.kind == NodeKind::Metric ||
                  node.kind == NodeKind::BaselineMetric;
         });
}

Outcome Judge::compareRange() {
  Outcome lower = meets(tree.right), upper = meets(*tree.upper);
  lowerHolds = lower != Outcome::Fails;
  upperHolds = upper != Outcome::Fails;
  if (isQuotientOfNumbers())
    return std::max(lower, upper);
  const ClaimValue &computed = value(computedNode);
  bool inside = value(tree.right).low.compare(computed.high) <= 0 &&
                computed.low.compare(value(*tree.upper).high) <= 0;
  return inside ? Outcome::Holds : Outcome::Fails;
}

Outcome Judge::compare() const {
  const ClaimValue &left = value(tree.left), &right = value(tree.right);
  auto holds = [](bool condition) {
    return condition ? Outcome::Holds : Outcome::Fails;
  };
  switch (tree.comparison) {
  case Comparison::LessEqual:
    return holds(left.low.compare(right.high) <= 0);
  case Comparison::Less:
    return holds(left.low.compare(right.high) < 0);
  case Comparison::GreaterEqual:
    return holds(left.high.compare(right.low) >= 0);
  case Comparison::Greater:
    return holds(left.high.compare(right.low) > 0);
  case Comparison::Equal:
  case Comparison::Range:
    return meets(statedNode);
  }
  llvm_unreachable("unknown comparison");
}

//===----------------------------------------------------------------------===//
// Messages
//===----------------------------------------------------------------------===//

static StringRef signOf(Comparison comparison) {
  switch (comparison) {
  case Comparison::LessEqual:
    return "<=";
  case Comparison::Less:
    return "<";
  case Comparison::GreaterEqual:
    return ">=";
  case Comparison::Greater:
    return ">";
  case Comparison::Equal:
  case Comparison::Range:
    return "=";
  }
  llvm_unreachable("unknown comparison");
}

void Judge::describeFalse(const std::string &subject) {
  if (tree.upper) {
    if (lowerHolds == upperHolds) {
      result.message = subject + ", not " + result.stated;
      return;
    }
    result.oneEndHolds = true;
    StringRef lower = tree.textOf(tree.right), upper = tree.textOf(*tree.upper);
    result.message = subject + ": " + (lowerHolds ? lower : upper).str() +
                     " holds, " + (lowerHolds ? upper : lower).str() +
                     " does not";
    return;
  }
  if (tree.comparison == Comparison::Equal) {
    result.message = tree.plainNumber(computedNode)
                         ? result.computed + " is not " + result.stated
                         : subject + ", not " + result.stated;
    return;
  }
  std::string limit = tree.textOf(tree.right).str();
  if (!tree.plainNumber(tree.right))
    limit += " (" + shown(value(tree.right), tree.left) + ")";
  result.message = tree.textOf(tree.left).str() + " is ";
  if (!tree.plainNumber(tree.left))
    result.message += shown(value(tree.left), tree.right) + ", which is ";
  result.message += "not " + signOf(tree.comparison).str() + " " + limit;
}

static bool lessByNominal(const ClaimValue &a, const ClaimValue &b) {
  return a.nominal < b.nominal;
}

void Judge::describe(Outcome outcome) {
  const ClaimValue &computed = value(computedNode);
  result.computed = shown(computed, statedNode);
  result.stated = tree.textOf(statedNode).str();
  if (tree.upper)
    result.stated += " .. " + tree.textOf(*tree.upper).str();
  else if (!tree.plainNumber(statedNode))
    result.stated += " (" + shown(value(statedNode), computedNode) + ")";
  std::string subject = tree.textOf(computedNode).str();
  subject += " is " + result.computed;
  if (!stages.empty())
    subject += " on the fullest stage";
  result.notes.clear();
  switch (outcome) {
  case Outcome::Holds:
    result.verdict = ClaimVerdict::True;
    result.message = subject + ", stated " + result.stated;
    if (!stages.empty())
      result.message +=
          "; the others have down to " +
          shown(*llvm::min_element(stages, lessByNominal), statedNode);
    break;
  case Outcome::Truncated:
    result.verdict = ClaimVerdict::Truncated;
    result.message =
        subject + ", stated " + result.stated + " is cut off, not rounded";
    if (std::optional<Quantity> number = tree.plainNumber(statedNode);
        number && !tree.upper)
      result.message += " (" + displayRounded(computed.nominal, *number) + ")";
    break;
  case Outcome::Fails:
    result.verdict = ClaimVerdict::False;
    describeFalse(subject);
    addNotes();
    break;
  }
}

/// Of an equation like `device_memory = 31.94 GB` the value means the fullest
/// stage, which is the one that reports show and that decides what fits.
bool Judge::isOfFullestStage() const {
  return tree.comparison == Comparison::Equal && !tree.upper &&
         !evaluator.stagesOf(computedNode).empty();
}

/// Names the stages that have what is stated.
void Judge::addNoteOnStage() {
  std::vector<std::string> matching;
  for (auto [stage, each] : llvm::enumerate(stages))
    if (agrees(each))
      matching.push_back(std::to_string(stage));
  if (!matching.empty())
    result.notes.push_back(
        result.stated + " is that of stage" +
        (matching.size() > 1 ? "s " : " ") + llvm::join(matching, ", ") +
        ", where less is needed; a single value is that of the fullest");
}

/// Whether another value than the computed one is what is stated.
bool Judge::agrees(const ClaimValue &other) const {
  const ClaimValue &stated = value(statedNode);
  return other.measure == stated.measure &&
         other.low.compare(stated.high) <= 0 &&
         stated.low.compare(other.high) <= 0;
}

/// Names the neighbouring figure, when that is the one that is stated.
void Judge::addNoteOnFunction() {
  const Node &node = tree.nodes[computedNode];
  auto operand = [&](unsigned i) { return value(node.operands[i]); };
  auto text = [&](unsigned i) { return tree.textOf(node.operands[i]).str(); };
  bool call = node.kind == NodeKind::Call;
  ClaimValue one = ClaimValue::exact(1);
  if (call && node.function == Function::Change) {
    std::optional<ClaimValue> share = divide(operand(1), operand(0));
    if (share && agrees(*share))
      result.notes.push_back(result.stated + " is " + text(1) +
                             " as a share of " + text(0) + "; the change is " +
                             result.computed);
  } else if (node.kind == NodeKind::Divide ||
             (call && node.function == Function::Ratio)) {
    std::optional<ClaimValue> change = subtract(value(computedNode), one);
    if (change && value(computedNode).measure.isNone() && agrees(*change))
      result.notes.push_back(result.stated + " is the change from " + text(1) +
                             " to " + text(0) + ", not the ratio");
  } else if (node.kind == NodeKind::Subtract && agrees(operand(1))) {
    result.notes.push_back(result.stated + " is " + text(1) +
                           ", which was to be subtracted");
  } else if (call && node.operands.size() > 1 &&
             (node.function == Function::Variance ||
              node.function == Function::SampleVariance)) {
    std::vector<ClaimValue> values;
    for (unsigned i = 0; i < node.operands.size(); ++i)
      values.push_back(operand(i));
    bool sample = node.function == Function::Variance;
    if (std::optional<ClaimValue> other = variance(values, sample))
      result.notes.push_back(
          "over n" + std::string(sample ? " - 1" : "") + " it is " +
          shown(*other, statedNode) +
          (sample ? " (sample variance)" : " (population variance)"));
  }
}

/// What one number of the computed side would have to be, for the end of a
/// range that fails, or for an equation with one time in it.
void Judge::addNoteOnNumber() {
  bool range = tree.upper.has_value();
  if (!range && tree.comparison != Comparison::Equal)
    return;
  std::optional<unsigned> number =
      range ? drivingNumber(tree, computedNode) : onlyTime(tree, computedNode);
  unsigned target = range && lowerHolds ? *tree.upper : statedNode;
  if (!number || !tree.plainNumber(target))
    return;
  std::optional<ClaimValue> needed =
      solveFor(tree, evaluator, computedNode, *number, value(target));
  if (!needed || needed->nominal == value(*number).nominal)
    return;
  result.notes.push_back(
      tree.textOf(target).str() + " would need " +
      display(needed->nominal, tree.nodes[*number].number.unit, std::nullopt) +
      " in place of " + tree.textOf(*number).str());
}

void Judge::addNotes() {
  addNoteOnStage();
  if (!tree.upper && tree.comparison == Comparison::Equal)
    addNoteOnFunction();
  addNoteOnNumber();
  const ClaimValue &computed = value(computedNode);
  Unit unit = displayUnit(tree, statedNode, computed);
  if (!computed.isExact())
    result.notes.push_back("within the precision of its decimals it is " +
                           display(computed.low, unit, std::nullopt) + " to " +
                           display(computed.high, unit, std::nullopt));
  for (StringRef derivation : evaluator.derivations())
    result.notes.push_back(derivation.str());
}

void Judge::describeMissing() {
  result.verdict = ClaimVerdict::Unverifiable;
  for (StringRef name : evaluator.missing())
    result.missing.push_back(name.str());
  llvm::SmallVector<StringRef> names(evaluator.missing().begin(),
                                     evaluator.missing().end());
  result.message = "needs " + allOf(names);
  for (auto [known, unknown] :
       {std::pair(tree.left, tree.right), std::pair(tree.right, tree.left)})
    if (evaluator.valueOf(known) && !evaluator.valueOf(unknown) &&
        !tree.plainNumber(known)) {
      result.computed = shown(value(known), known);
      result.message +=
          "; " + tree.textOf(known).str() + " is " + result.computed;
    }
}

/// Widens what `@id` stands for by the stated side as it is now.
void Judge::extend(StatedSide &side) const {
  auto include = [&](const std::optional<ClaimValue> &end) {
    if (!end)
      return;
    if (!side.value) {
      side.value = end;
      return;
    }
    const ClaimValue &largest = side.largest ? *side.largest : *side.value;
    if (end->nominal < side.value->nominal) {
      side.largest = largest;
      side.value = end;
    } else if (largest.nominal < end->nominal) {
      side.largest = end;
    }
  };
  // Other claims see a number as the computed side does: whole is exact.
  auto asWritten = [&](unsigned node) {
    std::optional<Quantity> number = tree.plainNumber(node);
    return number ? ClaimValue::of(*number, number->number.scale > 0)
                  : evaluator.valueOf(node);
  };
  include(asWritten(tree.right));
  if (tree.upper)
    include(asWritten(*tree.upper));
}

Judgement Judge::judge(StatedSide &side) {
  ClaimError error;
  if (!evaluator.resolve(error))
    return unreadable(error);
  std::optional<Outcome> worst;
  bool complete = true;
  if (isOfFullestStage())
    stages = evaluator.stagesOf(computedNode);
  // The one name with two values: the second is the larger.
  unsigned first = stages.empty() ? 0 : 1;
  for (unsigned choice = first; choice < evaluator.choices(); ++choice) {
    if (!evaluator.evaluate(choice, error)) {
      side = {};
      return unreadable(error);
    }
    extend(side);
    complete &= evaluator.valueOf(tree.left) && evaluator.valueOf(tree.right) &&
                (!tree.upper || evaluator.valueOf(*tree.upper));
    if (!complete)
      continue;
    Outcome outcome = tree.upper ? compareRange() : compare();
    if (worst && outcome <= *worst)
      continue;
    worst = outcome;
    describe(outcome);
  }
  if (!complete)
    describeMissing();
  side.missing = result.missing;
  return std::move(result);
}

Judgement mlir::moe::judgeClaim(const ClaimTree &tree,
                                const MetricSource &source,
                                const StatedSides &claims, StatedSide &side) {
  return Judge(tree, source, claims).judge(side);
}
