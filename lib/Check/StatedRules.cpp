//===- StatedRules.cpp - What a plan states about ranks and traffic -------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Arithmetic.h"
#include "CollectiveCounts.h"
#include "RankList.h"
#include "Rules.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

/// `subject` is as of Finding.
static void addStatement(FindingList &findings, StringRef rule,
                         Severity severity, Location where, std::string subject,
                         std::string message, std::string expected,
                         std::string found) {
  Finding &finding =
      findings.add(rule.str(), severity, where, std::move(message));
  finding.subject = std::move(subject);
  finding.expected = std::move(expected);
  finding.found = std::move(found);
}

//===----------------------------------------------------------------------===//
// ranks-1: how many ranks are used
//===----------------------------------------------------------------------===//

static void checkUtilized(const RuleInput &input, FindingList &findings) {
  if (!input.statements.utilizedRanks)
    return;
  auto [text, where] = *input.statements.utilizedRanks;
  std::optional<RankShare> share = RankShare::parse(text);
  if (!share) {
    addStatement(findings, "ranks-1", Severity::Error, where, "",
                 "'utilized_ranks' is " + quotedValue(text) +
                     ", expected two numbers as in \"3 of 128\"",
                 "N of M", text);
    return;
  }
  auto [used, of] = *share;
  const Figure &world = input.model.cluster.worldSize;
  if (world && of != *world)
    addStatement(findings, "ranks-1", Severity::Error, where, "",
                 "'utilized_ranks' counts " + counted(of, "rank") +
                     ", there are " + llvm::itostr(*world),
                 llvm::itostr(*world), llvm::itostr(of));
  else if (used > of)
    addStatement(findings, "ranks-1", Severity::Error, where, "",
                 "'utilized_ranks' uses " + counted(used, "rank") +
                     " of only " + llvm::itostr(of),
                 "at most " + llvm::itostr(of), llvm::itostr(used));
  else if (used < of)
    addStatement(findings, "ranks-1", Severity::Warning, where, "",
                 llvm::itostr(of - used) + " of " + counted(of, "rank") +
                     " would be idle",
                 llvm::itostr(of), llvm::itostr(used));
}

//===----------------------------------------------------------------------===//
// ranks-2 to ranks-5: which modules sit where
//===----------------------------------------------------------------------===//

/// ranks-2 on one module; the ranks, if they can be used.
static std::optional<RankList> checkModule(const StatedModule &module,
                                           const Figure &world,
                                           FindingList &findings) {
  auto add = [&](std::string problem, std::string expected) {
    addStatement(findings, "ranks-2", Severity::Error, module.where,
                 module.name, "module " + quoted(module.name) + " " + problem,
                 std::move(expected), module.ranks);
  };
  std::string error;
  std::optional<RankList> ranks = RankList::parse(module.ranks, error);
  if (!ranks) {
    add(error, "ranks as in \"0-1,4\"");
    return std::nullopt;
  }
  if (std::optional<int64_t> twice = ranks->firstRepeated())
    add("names rank " + llvm::itostr(*twice) + " twice", "each rank once");
  if (world && ranks->last() >= *world)
    add("sits on rank " + llvm::itostr(ranks->last()) +
            ", but the last rank is " + llvm::itostr(*world - 1),
        "0 to " + llvm::itostr(*world - 1));
  return ranks;
}

/// ranks-4: the embedding sits on every rank of the first stage.
static void checkEmbedding(const PlanModel &plan, const StatedModule &module,
                           const RankList &ranks, FindingList &findings) {
  const Figure &world = plan.cluster.worldSize, &tp = plan.degrees.tp;
  if (!StringRef(module.name).contains_insensitive("embedding") || !world ||
      *plan.degrees.pp != 1 || ranks.count() >= *world ||
      ranks.last() >= *world || *world % *tp != 0)
    return;
  addStatement(
      findings, "ranks-4", Severity::Warning, module.where, module.name,
      "module " + quoted(module.name) + " is stated on " +
          counted(ranks.count(), "rank") + ", but with pp = 1 all " +
          llvm::itostr(*world) + " ranks hold 1/" + llvm::itostr(*tp) +
          " of it, one copy in each of " + counted(*world / *tp, "tp group"),
      counted(*world, "rank"), counted(ranks.count(), "rank"));
}

/// ranks-5: what sits on one rank, all others wait for.
static void checkFunnel(const Figure &world, const StatedModule &module,
                        const RankList &ranks, FindingList &findings) {
  // An embedding on a part of the ranks is ranks-4.
  if (!world || *world == 1 || ranks.count() != 1 || ranks.last() >= *world ||
      StringRef(module.name).contains_insensitive("embedding"))
    return;
  addStatement(findings, "ranks-5", Severity::Warning, module.where,
               module.name,
               "all " + llvm::itostr(*world) + " ranks go through rank " +
                   llvm::itostr(ranks.last()) + ", which alone holds module " +
                   quoted(module.name),
               "more than one rank", "1 rank");
}

static void checkModules(const RuleInput &input, FindingList &findings) {
  const Figure &world = input.model.cluster.worldSize;
  RankList used;
  bool complete = true;
  for (const StatedModule &module : input.statements.modules) {
    if (module.ranks.empty())
      continue;
    std::optional<RankList> ranks = checkModule(module, world, findings);
    complete &= ranks.has_value();
    if (!ranks)
      continue;
    used.add(*ranks);
    checkEmbedding(input.model, module, *ranks, findings);
    checkFunnel(world, module, *ranks, findings);
  }
  // Where its ends sit tells nothing of what lies between.
  bool body = llvm::any_of(input.statements.modules, [](const auto &module) {
    StringRef name = module.name;
    return !module.ranks.empty() && !name.contains_insensitive("embedding") &&
           !name.contains_insensitive("output");
  });
  if (!world || !body || !complete)
    return;
  // ranks-3: some module uses every rank.
  if (auto gap = used.firstGap(*world))
    addStatement(findings, "ranks-3", Severity::Warning,
                 input.statements.modules.front().where, "",
                 "no stated module uses " +
                     (gap->first == gap->second
                          ? "rank " + llvm::itostr(gap->first)
                          : "ranks " + llvm::itostr(gap->first) + " to " +
                                llvm::itostr(gap->second)),
                 "every rank used", llvm::itostr(gap->first));
}

//===----------------------------------------------------------------------===//
// communication-1, communication-2: which collective does what
//===----------------------------------------------------------------------===//

static bool mentions(const StatedCollective &stated,
                     std::initializer_list<StringRef> words) {
  return llvm::any_of(words, [&](StringRef word) {
    return StringRef(stated.purpose).contains_insensitive(word);
  });
}

static std::string statedText(const StatedCollective &stated) {
  std::string text = stringifyEnum(stated.kind).str();
  if (stated.axis)
    text += " over " + stringifyEnum(*stated.axis).str();
  return text;
}

/// What a collective is known by when its kind or axis is put right.
static std::string subjectOf(const StatedCollective &stated) {
  if (!stated.purpose.empty() || !stated.axis)
    return stated.purpose;
  return stringifyEnum(*stated.axis).str();
}

/// Whether the collective takes tokens to their experts or back: the axis
/// decides, and without one, or over another one, the words.
static bool exchangesTokens(const StatedCollective &stated) {
  return stated.axis == AxisKind::Expert ||
         mentions(stated, {"routing", "dispatch", "token exchange"});
}

/// communication-1: tokens reach their experts by all-to-all.
static void checkExchange(const PlanModel &plan, const StatedCollective &stated,
                          FindingList &findings) {
  const Figure &ep = plan.degrees.ep;
  bool gathered = plan.workload.dispatcher == Dispatcher::AllGather &&
                  (stated.kind == CollectiveKind::AllGather ||
                   stated.kind == CollectiveKind::ReduceScatter);
  if (!exchangesTokens(stated) || mentions(stated, {"gradient"}) || *ep == 1 ||
      gathered || stated.kind == CollectiveKind::AllToAll)
    return;
  std::string message = "ep = " + llvm::itostr(*ep) +
                        " takes 2 all_to_all per MoE layer, dispatch and "
                        "combine, stated is " +
                        statedText(stated);
  if (!stated.purpose.empty())
    message += " for " + quoted(stated.purpose);
  int64_t layers = countMoELayers(plan.model);
  if (layers > 0)
    message += "; " + llvm::itostr(2 * layers) + " per forward pass over " +
               counted(layers, "layer");
  addStatement(findings, "communication-1", Severity::Error, stated.where,
               subjectOf(stated), message, "all_to_all",
               stringifyEnum(stated.kind).str());
}

/// Whether it sums gradients of weights that each rank of a tensor-parallel
/// group holds whole, of the tokens that it has: Megatron-LM,
/// megatron/core/distributed/finalize_model_grads.py.
static bool sumsReplicated(const StatedCollective &stated) {
  return stated.axis == AxisKind::Tensor &&
         mentions(stated, {"norm", "router", "bias", "embedding"});
}

/// communication-2: gradients exist in training and are summed over `dp`.
static void checkGradients(const PlanModel &plan,
                           const StatedCollective &stated,
                           FindingList &findings) {
  if (!mentions(stated, {"gradient"}))
    return;
  std::string what = statedText(stated) + " for " + quoted(stated.purpose);
  if (!plan.workload.isTraining())
    addStatement(findings, "communication-2", Severity::Error, stated.where,
                 subjectOf(stated),
                 "a " + stringifyEnum(*plan.workload.mode).str() +
                     " plan has no gradients, stated is " + what,
                 "no gradients", what);
  else if (!sumsReplicated(stated) && (stated.axis == AxisKind::Tensor ||
                                       stated.axis == AxisKind::Expert ||
                                       stated.axis == AxisKind::ExpertTensor))
    addStatement(
        findings, "communication-2", Severity::Error, stated.where,
        subjectOf(stated),
        "gradients are summed over the data-parallel axis, stated is " + what,
        "dp or edp", stringifyEnum(*stated.axis).str());
  else if (stated.kind == CollectiveKind::AllToAll ||
           stated.kind == CollectiveKind::SendRecv)
    addStatement(findings, "communication-2", Severity::Error, stated.where,
                 subjectOf(stated),
                 "gradients are summed, by all_reduce or by reduce_scatter, "
                 "stated is " +
                     what,
                 "all_reduce", stringifyEnum(stated.kind).str());
}

/// communication-8: ranks of `tp` sum activations, stages of `pp` hand them on.
static void checkActivations(const PlanModel &plan,
                             const StatedCollective &stated,
                             FindingList &findings) {
  bool tensor =
      stated.axis == AxisKind::Tensor || stated.axis == AxisKind::ExpertTensor;
  bool pipeline = stated.axis == AxisKind::Pipeline;
  bool moves = stated.kind == CollectiveKind::AllToAll ||
               stated.kind == CollectiveKind::SendRecv;
  bool gathers = stated.kind == CollectiveKind::AllToAll ||
                 stated.kind == CollectiveKind::AllGather ||
                 stated.kind == CollectiveKind::ReduceScatter;
  // What the first and the last stage share, and the loss, are summed.
  gathers |= stated.kind == CollectiveKind::AllReduce && stated.purpose.empty();
  // Where routing is meant, communication-1 speaks of it.
  bool routing =
      stated.kind != CollectiveKind::AllToAll && exchangesTokens(stated);
  if (routing || !((tensor && moves) || (pipeline && gathers)))
    return;
  std::string message =
      tensor ? "ranks that share a layer sum its activations, by all_reduce or "
               "by reduce_scatter and all_gather, stated is "
             : "a stage hands its activations to the next one, stated is ";
  addStatement(findings, "communication-8", Severity::Error, stated.where,
               subjectOf(stated), message + statedText(stated),
               tensor ? "all_reduce" : "send_recv",
               stringifyEnum(stated.kind).str());
}

void moe::checkStatements(const RuleInput &input, FindingList &findings) {
  checkUtilized(input, findings);
  checkModules(input, findings);
  for (const StatedCollective &stated : input.statements.collectives) {
    checkExchange(input.model, stated, findings);
    checkGradients(input.model, stated, findings);
    checkActivations(input.model, stated, findings);
  }
}
