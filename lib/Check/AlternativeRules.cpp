//===- AlternativeRules.cpp - Plans that are called the best --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rules.h"

#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

//===----------------------------------------------------------------------===//
// What is called optimal
//===----------------------------------------------------------------------===//

/// Lower-case words of a text, in order.
static llvm::SmallVector<std::string> wordsOf(StringRef text) {
  llvm::SmallVector<std::string> words;
  while (!text.empty()) {
    text = text.drop_until(llvm::isAlpha);
    StringRef word = text.take_while(llvm::isAlpha);
    if (!word.empty())
      words.push_back(word.lower());
    text = text.drop_front(word.size());
  }
  return words;
}

/// Whether the words call a plan the best there is: "the optimal parallel
/// strategy", not "the optimal range" and not "a suboptimal plan".
static bool callsPlanOptimal(StringRef text) {
  static constexpr StringLiteral plans[] = {
      "solution",  "strategy",   "configuration", "config",     "plan",
      "placement", "deployment", "setup",         "layout",     "method",
      "partition", "mapping",    "arrangement",   "parallelism"};
  constexpr size_t reach = 3;
  llvm::SmallVector<std::string> words = wordsOf(text);
  for (auto [at, word] : llvm::enumerate(words)) {
    if (word != "optimal" && word != "optimum")
      continue;
    auto next = llvm::ArrayRef(words).drop_front(at + 1).take_front(reach);
    if (llvm::any_of(next, [](const std::string &each) {
          return llvm::is_contained(plans, each);
        }))
      return true;
  }
  return false;
}

//===----------------------------------------------------------------------===//
// What else there is
//===----------------------------------------------------------------------===//

namespace {
/// Choices of `ep`, `tp` and `pp` that fit the ranks, the experts, the layers
/// and the heads of a plan; `cp` and `etp` are those of the plan.
class Choices {
public:
  /// Nothing when a figure is absent.
  static std::optional<Choices> of(const PlanModel &plan);
  int64_t count() const;
  bool allows(int64_t ep, int64_t tp, int64_t pp) const;

private:
  Choices(const PlanModel &plan, const LayerRun &run)
      : plan(plan), run(run), ranks(*plan.cluster.worldSize) {}
  const PlanModel &plan;
  const LayerRun &run;
  int64_t ranks;
};
} // namespace

std::optional<Choices> Choices::of(const PlanModel &plan) {
  // Above it there are too many divisors to try.
  constexpr int64_t mostRanks = 1 << 20;
  const LayerRun *run = plan.model.firstSparse();
  const Degrees &degrees = plan.degrees;
  const Figure &ranks = plan.cluster.worldSize;
  if (!run || !run->experts || !plan.model.layers || !ranks || !degrees.cp ||
      !degrees.etp || *ranks > mostRanks)
    return std::nullopt;
  return Choices(plan, *run);
}

/// Whether the degrees divide what they split, and their product the ranks.
bool Choices::allows(int64_t ep, int64_t tp, int64_t pp) const {
  auto divides = [](std::initializer_list<int64_t> factors, int64_t whole) {
    for (int64_t factor : factors) {
      if (whole % factor != 0)
        return false;
      whole /= factor;
    }
    return true;
  };
  int64_t cp = *plan.degrees.cp, etp = *plan.degrees.etp;
  bool grid =
      plan.degrees.rule == GridRule::Product
          ? divides({ep, tp, cp, pp}, ranks)
          : divides({tp, cp, pp}, ranks) && divides({etp, ep, pp}, ranks);
  return grid && *run.experts % ep == 0 && pp <= *plan.model.layers &&
         (!run.heads || *run.heads % tp == 0);
}

int64_t Choices::count() const {
  llvm::SmallVector<int64_t> divisors;
  for (int64_t number = 1; number <= ranks; ++number)
    if (ranks % number == 0)
      divisors.push_back(number);
  int64_t result = 0;
  for (int64_t ep : divisors)
    for (int64_t tp : divisors)
      for (int64_t pp : divisors)
        result += allows(ep, tp, pp);
  return result;
}

//===----------------------------------------------------------------------===//
// claim-13: what is called optimal has been compared
//===----------------------------------------------------------------------===//

void moe::checkAlternatives(const RuleInput &input, FindingList &findings) {
  const auto claim =
      llvm::find_if(input.statements.claims, [](const StatedClaim &each) {
        return callsPlanOptimal(each.quote);
      });
  if (input.trial || claim == input.statements.claims.end())
    return;
  std::string message =
      "the words of claim " + quoted(claim->id) +
      " call the plan optimal, but it is compared with no other";
  std::optional<Choices> choices = Choices::of(input.model);
  const Degrees &degrees = input.model.degrees;
  int64_t others = 0;
  if (choices && degrees.ep && degrees.tp && degrees.pp)
    others = choices->count() -
             choices->allows(*degrees.ep, *degrees.tp, *degrees.pp);
  if (others > 0)
    message += ": " + counted(others, "other choice") +
               " of ep, tp and pp would fit " +
               counted(*input.model.cluster.worldSize, "rank") + ", " +
               counted(*input.model.model.firstSparse()->experts, "expert") +
               " and " + counted(*input.model.model.layers, "layer");
  Finding &finding =
      findings.add("claim-13", Severity::Warning, claim->where, message);
  finding.subject = claim->id;
  finding.expected = "estimates of the others that are no better";
  finding.found = "one plan";
}
