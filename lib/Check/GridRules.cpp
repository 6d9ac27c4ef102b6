//===- GridRules.cpp - Degrees against ranks ------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Arithmetic.h"
#include "Rules.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

static bool isStated(const Figure &figure) {
  return figure.origin == Origin::Stated;
}

/// Where an author would start: the first degree of the product that is stated.
static Location firstStated(const Factors &factors) {
  for (const Figure *figure : factors.all())
    if (isStated(*figure))
      return figure->where;
  return factors.all().front()->where;
}

/// Attention under the folded rule, everything under the product rule; with
/// `dp` where the plan states it.
static Factors mainGrid(const Degrees &degrees, GridRule rule) {
  Factors factors =
      rule == GridRule::Product
          ? Factors{&degrees.ep, &degrees.tp, &degrees.cp, &degrees.pp}
          : Factors{&degrees.tp, &degrees.cp, &degrees.pp};
  if (isStated(degrees.dp))
    factors.push(degrees.dp);
  return factors;
}

/// "tp x pp = 2 x 4 = 8 ranks".
static std::string ranksText(const Factors &grid) {
  return grid.equation() + (grid.value() == 1 ? " rank" : " ranks");
}

/// "256x over-subscribed"; empty when `needed` fits.
static std::string overSubscription(int64_t needed, int64_t world) {
  if (needed <= world)
    return "";
  return ratio(needed, world) + "x over-subscribed";
}

//===----------------------------------------------------------------------===//
// What the other rule would say
//===----------------------------------------------------------------------===//

namespace {
/// The grids of one rule, whatever rule the plan declares.
struct RuleOutcome {
  bool holds = false;
  std::string text;
};
} // namespace

static RuleOutcome judgeProduct(const PlanModel &plan) {
  Factors grid = mainGrid(plan.degrees, GridRule::Product);
  std::optional<int64_t> needed = grid.value();
  int64_t world = *plan.cluster.worldSize;
  RuleOutcome outcome;
  outcome.text = "the product rule would need " + ranksText(grid);
  if (!needed)
    return outcome;
  outcome.holds =
      isStated(plan.degrees.dp) ? *needed == world : world % *needed == 0;
  std::string excess = overSubscription(*needed, world);
  if (!excess.empty())
    outcome.text += ", " + excess;
  return outcome;
}

/// The product rule knows no `etp`: read as folded, the experts stay whole
/// unless the plan or its framework says otherwise.
static RuleOutcome judgeFolded(const PlanModel &plan) {
  const Degrees &degrees = plan.degrees;
  Figure etp = degrees.etp;
  if (degrees.overruledEtp)
    etp.set(*degrees.overruledEtp, Origin::Stated, "stated");
  if (!isStated(etp) && plan.framework != Framework::Megatron)
    etp.set(1, Origin::Default, "default: 1");
  Factors attention = mainGrid(degrees, GridRule::Folded);
  Factors experts = {&etp, &degrees.ep, &degrees.pp};
  std::optional<int64_t> first = attention.value(), second = experts.value();
  int64_t world = *plan.cluster.worldSize;
  RuleOutcome outcome;
  outcome.text = "the folded rule would need " + ranksText(attention) +
                 " for attention and " + experts.equation() +
                 " for the experts";
  if (!first || !second)
    return outcome;
  bool attentionFits =
      isStated(degrees.dp) ? *first == world : world % *first == 0;
  outcome.holds = attentionFits && world % *second == 0;
  std::string excess = overSubscription(std::max(*first, *second), world);
  if (!excess.empty())
    outcome.text += ", " + excess;
  else if (!attentionFits)
    outcome.text += "; " + llvm::itostr(*first) +
                    (isStated(degrees.dp) ? " is not " : " does not divide ") +
                    llvm::itostr(world);
  return outcome;
}

static RuleOutcome judge(const PlanModel &plan, GridRule rule) {
  return rule == GridRule::Product ? judgeProduct(plan) : judgeFolded(plan);
}

static GridRule otherRule(GridRule rule) {
  return rule == GridRule::Product ? GridRule::Folded : GridRule::Product;
}

//===----------------------------------------------------------------------===//
// mesh-1: the GPU equation
//===----------------------------------------------------------------------===//

/// Candidates: let `dp` follow, another value of one degree, another number of
/// ranks.
static void proposeGridFixes(const PlanModel &plan, const Factors &grid,
                             Finding &finding) {
  int64_t world = *plan.cluster.worldSize;
  if (isStated(plan.degrees.dp))
    finding.fixes.push_back(
        {"parallelism.dp", "\"auto\"", "dp follows from the number of ranks"});
  std::optional<int64_t> needed = grid.value();
  bool tooMany = !needed || *needed > world;
  for (const Figure *figure : grid.all())
    if (isStated(*figure) && **figure > 1)
      for (int64_t value : divisorsNear(world, **figure, 4))
        if (value < **figure || !tooMany)
          finding.fixes.push_back(
              {"parallelism." + figure->name, llvm::itostr(value),
               llvm::itostr(value) + " divides the " + counted(world, "rank")});
  if (judge(plan, otherRule(plan.degrees.rule)).holds)
    finding.fixes.push_back(
        {"parallelism.rule",
         plan.degrees.rule == GridRule::Product ? "\"folded\"" : "\"product\"",
         "under it the degrees fit " + counted(world, "rank")});
  if (needed && *needed > world && *needed / 4 <= world)
    finding.fixes.push_back({"cluster.world_size", llvm::itostr(*needed),
                             "as many ranks as the degrees need"});
}

static std::string equationMessage(const PlanModel &plan, const Factors &grid) {
  bool exact = isStated(plan.degrees.dp);
  int64_t world = *plan.cluster.worldSize;
  std::optional<int64_t> needed = grid.value();
  std::string message =
      "the " + stringifyEnum(plan.degrees.rule).str() + " rule needs ";
  if (!needed)
    return message + grid.equation() +
           " ranks, more than can be counted, but there are " +
           llvm::itostr(world);
  if (*needed > world)
    return message + (exact ? "" : "at least ") + grid.equation() +
           " ranks, but there are " + llvm::itostr(world) + ": " +
           overSubscription(*needed, world);
  if (exact)
    return message + grid.equation() + " ranks, but there are " +
           llvm::itostr(world) + ": " + counted(world - *needed, "rank") +
           " would be idle";
  return message + grid.equation() + " to divide the " +
         counted(world, "rank") + ", so that dp is whole";
}

/// mesh-1
static void checkEquation(const PlanModel &plan, FindingList &findings) {
  const Figure &world = plan.cluster.worldSize;
  Factors grid = mainGrid(plan.degrees, plan.degrees.rule);
  if (!world || !grid.known())
    return;
  std::optional<int64_t> needed = grid.value();
  if (needed &&
      (isStated(plan.degrees.dp) ? *needed == *world : *world % *needed == 0))
    return;
  Finding &finding = findings.add("mesh-1", Severity::Error, firstStated(grid),
                                  equationMessage(plan, grid));
  finding.expected = counted(*world, "rank");
  finding.found = grid.equation();
  finding.notes.emplace_back(finding.where, grid.sources());
  finding.notes.emplace_back(world.where, counted(*world, "rank") + " (" +
                                              world.source + ")");
  finding.notes.emplace_back(finding.where,
                             judge(plan, otherRule(plan.degrees.rule)).text);
  proposeGridFixes(plan, grid, finding);
}

//===----------------------------------------------------------------------===//
// mesh-5: the grid of the experts; mesh-7, mesh-8: the two rules
//===----------------------------------------------------------------------===//

static void proposeExpertGridFixes(const Degrees &degrees, int64_t world,
                                   Finding &finding) {
  if (!isStated(degrees.etp) && *degrees.etp > 1)
    finding.fixes.push_back({"parallelism.etp", "1", "experts stay whole"});
  for (const Figure *figure : {&degrees.ep, &degrees.etp})
    if (isStated(*figure) && **figure > 1)
      for (int64_t value : divisorsNear(world, **figure, 4))
        if (value < **figure)
          finding.fixes.push_back(
              {"parallelism." + figure->name, llvm::itostr(value),
               "the experts then fill " + counted(world, "rank") + " evenly"});
}

/// mesh-5: folded rule, ETP x EP x PP divides the ranks.
static void checkExpertGrid(const PlanModel &plan, FindingList &findings) {
  const Degrees &degrees = plan.degrees;
  const Figure &world = plan.cluster.worldSize;
  Factors grid = {&degrees.etp, &degrees.ep, &degrees.pp};
  if (degrees.rule != GridRule::Folded || !world || !grid.known())
    return;
  std::optional<int64_t> needed = grid.value();
  // Without expert parallelism the grid is that of attention.
  if ((needed && *world % *needed == 0) ||
      (*degrees.ep == 1 && *degrees.etp == *degrees.tp))
    return;
  std::string message = "the experts need " + grid.equation();
  if (needed && *needed <= *world)
    message += " to divide the " + counted(*world, "rank");
  else
    message += " ranks, but there are " + llvm::itostr(*world) +
               (needed ? ": " + overSubscription(*needed, *world) : "");
  const Figure &where = isStated(degrees.ep) ? degrees.ep : degrees.etp;
  Finding &finding =
      findings.add("mesh-5", Severity::Error, where.where, message);
  finding.expected = "a divisor of " + llvm::itostr(*world);
  finding.found = grid.equation();
  finding.notes.emplace_back(finding.where, grid.sources());
  finding.notes.emplace_back(world.where, counted(*world, "rank") + " (" +
                                              world.source + ")");
  proposeExpertGridFixes(degrees, *world, finding);
}

/// mesh-7: the equation holds by the plan's rule and not by the other.
static void checkRuleAgreement(const PlanModel &plan, FindingList &findings) {
  const Degrees &degrees = plan.degrees;
  const Figure &world = plan.cluster.worldSize;
  if (!world || *degrees.ep == 1 || findings.has("mesh-1") ||
      findings.has("mesh-5"))
    return;
  RuleOutcome other = judge(plan, otherRule(degrees.rule));
  if (other.holds)
    return;
  Finding &finding = findings.add(
      "mesh-7", Severity::Note, firstStated(mainGrid(degrees, degrees.rule)),
      counted(*world, "rank") + " satisfy the " +
          stringifyEnum(degrees.rule).str() + " rule" +
          (degrees.ruleStated ? "" : ", the default") + "; " + other.text);
  finding.found = stringifyEnum(degrees.rule).str();
}

/// mesh-8: the product rule has no expert tensor parallelism of its own.
static void checkProductEtp(const PlanModel &plan, FindingList &findings) {
  const Degrees &degrees = plan.degrees;
  if (!degrees.overruledEtp)
    return;
  std::string stated = "etp = " + llvm::itostr(*degrees.overruledEtp);
  std::string implied = llvm::itostr(*degrees.tp);
  Finding &finding = findings.add(
      "mesh-8", Severity::Warning, degrees.etp.where,
      stated + " has no effect under the product rule, where tp = " + implied +
          " splits the experts too");
  finding.expected = "etp = " + implied;
  finding.found = stated;
  finding.fixes.push_back(
      {"parallelism.etp", implied, "what the product rule implies"});
}

void moe::checkGrids(const RuleInput &input, FindingList &findings) {
  checkEquation(input.model, findings);
  checkExpertGrid(input.model, findings);
  checkRuleAgreement(input.model, findings);
  checkProductEtp(input.model, findings);
}
