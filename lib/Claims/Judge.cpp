//===- Judge.cpp - The verdict on a claim ---------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Judge.h"
#include "Display.h"
#include "FalseClaim.h"
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
  StringRef limitSign() const;
  void describeFalse(const std::string &subject);
  bool isOfFullestStage() const;
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

/// A quotient or change of stated numbers is one value, which cannot be all of
/// a range of which it is an end.
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
  const ClaimValue &computed = value(computedNode);
  const ClaimValue &least = value(tree.right), &most = value(*tree.upper);
  bool between =
      least.nominal < computed.nominal && computed.nominal < most.nominal;
  if (!between && evaluator.choices() == 1 && isQuotientOfNumbers())
    return std::max(lower, upper);
  bool inside = least.low.compare(computed.high) <= 0 &&
                computed.low.compare(most.high) <= 0;
  return inside ? Outcome::Holds : Outcome::Fails;
}

Outcome Judge::compare() const {
  const ClaimValue &left = value(tree.left), &right = value(tree.right);
  auto holds = [](bool condition) {
    return condition ? Outcome::Holds : Outcome::Fails;
  };
  // No number is below itself, whatever digits it is written with.
  bool numbers = tree.plainNumber(tree.left) && tree.plainNumber(tree.right);
  if (numbers && left.nominal == right.nominal &&
      (tree.comparison == Comparison::Less ||
       tree.comparison == Comparison::Greater))
    return Outcome::Fails;
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

/// "<= " where what is stated is a limit, as seen from the computed side.
StringRef Judge::limitSign() const {
  switch (tree.comparison) {
  case Comparison::LessEqual:
    return swapped ? ">= " : "<= ";
  case Comparison::Less:
    return swapped ? "> " : "< ";
  case Comparison::GreaterEqual:
    return swapped ? "<= " : ">= ";
  case Comparison::Greater:
    return swapped ? "< " : "> ";
  case Comparison::Equal:
  case Comparison::Range:
    return "";
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
  result.message = tree.textOf(computedNode).str() + " is ";
  if (!tree.plainNumber(computedNode))
    result.message += result.computed + ", which is ";
  result.message += "not " + limitSign().str() + result.stated;
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
    result.message = subject + ", stated " + limitSign().str() + result.stated;
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
    result.notes =
        explainFalse({tree, evaluator, computedNode, statedNode, stages,
                      lowerHolds, result.computed, result.stated});
    break;
  }
}

/// Of an equation like `device_memory = 31.94 GB` the value means the fullest
/// stage, which is the one that reports show and that decides what fits.
bool Judge::isOfFullestStage() const {
  return tree.comparison == Comparison::Equal && !tree.upper &&
         !evaluator.stagesOf(computedNode).empty();
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
