//===- DivisibilityRules.cpp - Dimensions of the model against degrees ----===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Arithmetic.h"
#include "Rules.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

namespace {
/// A dimension of the model that a degree splits.
struct SplitDimension {
  std::string rule;
  std::string part; ///< "heads of @dense": the subject of findings
  std::string noun; ///< "32 attention heads"
  int64_t size;
  const Figure &degree;
  Location where; ///< the layers it belongs to
};
} // namespace

/// A degree that divides the dimension.
static void proposeDegrees(const SplitDimension &split, Finding &finding) {
  if (split.degree.origin == Origin::Stated)
    for (int64_t value : divisorsNear(split.size, *split.degree, 6))
      finding.fixes.push_back(
          {"parallelism." + split.degree.name, llvm::itostr(value),
           llvm::itostr(value) + " divides " + llvm::itostr(split.size)});
}

static std::string degreeText(const Figure &degree) {
  return degree.name + " = " + llvm::itostr(*degree);
}

/// Whether the same rule has spoken about the same numbers: runs of layers
/// repeat their dimensions.
static bool isRepeated(const FindingList &findings, StringRef rule,
                       StringRef message) {
  return llvm::any_of(findings.all(), [&](const Finding &finding) {
    return finding.rule == rule && finding.message == message;
  });
}

static Finding *addOnce(FindingList &findings, StringRef rule,
                        Severity severity, Location where, std::string part,
                        std::string message) {
  if (isRepeated(findings, rule, message))
    return nullptr;
  Finding &finding =
      findings.add(rule.str(), severity, where, std::move(message));
  finding.subject = std::move(part);
  return &finding;
}

/// heads-1, ffn-1, experts-3: the degree divides the dimension.
static void checkSplit(const SplitDimension &split, FindingList &findings) {
  if (!split.degree || split.size % *split.degree == 0)
    return;
  Finding *finding = addOnce(
      findings, split.rule, Severity::Error, split.degree.where, split.part,
      split.noun + " cannot be split evenly over " + degreeText(split.degree) +
          ": " + quotient(split.size, *split.degree));
  if (!finding)
    return;
  finding->expected = "a divisor of " + llvm::itostr(split.size);
  finding->found = degreeText(split.degree);
  finding->notes.emplace_back(split.where, split.noun + " here");
  proposeDegrees(split, *finding);
}

/// heads-5: without a stated size of a head, heads share the hidden size.
static void checkHeadSize(const ModelFigures &model, const LayerRun &run,
                          FindingList &findings) {
  const Figure &hidden = model.hidden;
  if (!hidden || !run.heads || *run.heads < 1 || run.headDim ||
      run.isLatentAttention() || *hidden % *run.heads == 0)
    return;
  Finding *finding = addOnce(
      findings, "heads-5", Severity::Error, run.where, run.name,
      counted(*run.heads, "attention head") +
          " do not divide hidden_size = " + llvm::itostr(*hidden) + ": " +
          quotient(*hidden, *run.heads) + ", and no head_dim is stated");
  if (!finding)
    return;
  finding->expected =
      "a divisor of " + llvm::itostr(*hidden) + ", or 'head_dim'";
  finding->found = llvm::itostr(*run.heads);
  finding->notes.emplace_back(hidden.where, "hidden_size here");
}

/// heads-4: as many query heads share each key-value head.
static void checkSharedHeads(const LayerRun &run, FindingList &findings) {
  if (!run.heads || !run.kvHeads || run.isLatentAttention() ||
      *run.heads % *run.kvHeads == 0)
    return;
  std::string heads = counted(*run.heads, "attention head"),
              shared = counted(*run.kvHeads, "key-value head");
  Finding *finding =
      addOnce(findings, "heads-4", Severity::Error, run.where, run.name,
              *run.kvHeads > *run.heads
                  ? shared + " for only " + heads
                  : heads + " cannot share " + shared +
                        " evenly: " + quotient(*run.heads, *run.kvHeads));
  if (!finding)
    return;
  finding->expected = "a divisor of " + llvm::itostr(*run.heads);
  finding->found = llvm::itostr(*run.kvHeads);
}

/// heads-2: fewer key-value heads than ranks are held more than once.
static void checkKvHeads(const LayerRun &run, const Figure &tp,
                         FindingList &findings) {
  if (!run.kvHeads || run.isLatentAttention() || !tp || *run.kvHeads % *tp == 0)
    return;
  std::string heads = counted(*run.kvHeads, "key-value head");
  if (*tp % *run.kvHeads == 0) {
    Finding *finding =
        addOnce(findings, "heads-2", Severity::Note, tp.where, run.name,
                heads + " over " + degreeText(tp) + ": each is held by " +
                    counted(*tp / *run.kvHeads, "rank"));
    if (finding) {
      finding->expected = "at most " + llvm::itostr(*run.kvHeads);
      finding->found = degreeText(tp);
    }
    return;
  }
  Finding *finding =
      addOnce(findings, "heads-2", Severity::Error, tp.where, run.name,
              heads + " can be neither split nor repeated evenly over " +
                  degreeText(tp));
  if (!finding)
    return;
  finding->expected =
      "a divisor or a multiple of " + llvm::itostr(*run.kvHeads);
  finding->found = degreeText(tp);
  finding->notes.emplace_back(run.where, heads + " here");
  finding->consequenceOf = "heads-1";
  proposeDegrees({"heads-2", run.name, heads, *run.kvHeads, tp, run.where},
                 *finding);
}

/// heads-3: ranks that exchange heads for tokens get equally many.
static void checkExchangedHeads(const PlanModel &plan, const LayerRun &run,
                                FindingList &findings) {
  const Figure &tp = plan.degrees.tp, &cp = plan.degrees.cp;
  if (plan.workload.contextExchange != ContextExchange::AllToAll ||
      plan.workload.mode == Mode::Decode || !tp || !cp)
    return;
  auto check = [&](std::optional<int64_t> heads, StringRef kind) {
    // Heads that are fewer than the ranks are held more than once.
    int64_t ofRank = heads ? std::max(*heads, *tp) / *tp : *cp;
    if (ofRank % *cp == 0)
      return;
    Finding *finding = addOnce(findings, "heads-3", Severity::Error, cp.where,
                               kind.str() + " of " + run.name,
                               counted(ofRank, kind.str()) +
                                   " of a rank cannot be dealt out over " +
                                   degreeText(cp) + " by an all-to-all");
    if (!finding)
      return;
    finding->expected = "a divisor of " + llvm::itostr(ofRank);
    finding->found = degreeText(cp);
    finding->notes.emplace_back(run.where, counted(*heads, kind.str()) +
                                               " here, over " + degreeText(tp));
    proposeDegrees({"heads-3", run.name, kind.str(), ofRank, cp, run.where},
                   *finding);
  };
  check(run.heads, "attention head");
  if (!run.isLatentAttention())
    check(run.kvHeads, "key-value head");
}

/// quantization-1: each rank holds whole blocks of scales.
static void checkBlocks(const SplitDimension &split, ArrayRef<int64_t> block,
                        FindingList &findings) {
  if (!split.degree || *split.degree == 1 || split.size % *split.degree != 0)
    return;
  int64_t shard = split.size / *split.degree;
  const int64_t *bad =
      llvm::find_if(block, [&](int64_t b) { return b > 0 && shard % b != 0; });
  if (bad == block.end())
    return;
  Finding *finding =
      addOnce(findings, "quantization-1", Severity::Error, split.degree.where,
              split.part,
              split.noun + " over " + degreeText(split.degree) + " leave " +
                  quotient(split.size, *split.degree) +
                  ", which is no multiple of the quantization block of " +
                  llvm::itostr(*bad));
  if (!finding)
    return;
  finding->expected = "a multiple of " + llvm::itostr(*bad);
  finding->found = llvm::itostr(shard);
  finding->notes.emplace_back(split.where, split.noun + " here");
  proposeDegrees(split, *finding);
}

static void checkRun(const PlanModel &plan, const LayerRun &run,
                     FindingList &findings) {
  const Degrees &degrees = plan.degrees;
  if (run.heads)
    checkSplit({"heads-1", run.name, counted(*run.heads, "attention head"),
                *run.heads, degrees.tp, run.where},
               findings);
  checkHeadSize(plan.model, run, findings);
  checkSharedHeads(run, findings);
  checkKvHeads(run, degrees.tp, findings);
  checkExchangedHeads(plan, run, findings);
  SmallVector<SplitDimension, 3> widths;
  auto width = [&](StringRef rule, StringRef noun, std::optional<int64_t> size,
                   const Figure &degree) {
    if (size)
      widths.push_back({rule.str(), noun.str() + " of " + run.name,
                        llvm::itostr(*size) + " columns of " + noun.str(),
                        *size, degree, run.where});
  };
  width("ffn-1", "the dense FFN", run.ffnWidth, degrees.tp);
  width("ffn-1", "the shared experts", run.sharedWidth, degrees.tp);
  width("experts-3", "each expert", run.expertWidth, degrees.etp);
  for (const SplitDimension &split : widths) {
    checkSplit(split, findings);
    checkBlocks(split, plan.model.quantizationBlock, findings);
  }
}

/// vocab-1: Megatron-Core pads the vocabulary to a multiple of 128 x TP
/// (megatron/training/tokenizer, _vocab_size_with_padding).
static void checkVocabulary(const PlanModel &plan, FindingList &findings) {
  const Figure &vocab = plan.model.vocab, &tp = plan.degrees.tp;
  // Engines for serving have frameworks of their own.
  bool unnamed = !plan.framework && plan.workload.isTraining();
  if (!vocab || !tp || (plan.framework != Framework::Megatron && !unnamed))
    return;
  std::optional<int64_t> unit = times(128, *tp);
  if (!unit || *vocab % *unit == 0)
    return;
  std::optional<int64_t> padded = times(ceilDiv(*vocab, *unit), *unit);
  if (!padded)
    return;
  Finding &finding =
      findings.add("vocab-1", Severity::Note, vocab.where,
                   "Megatron-Core pads the vocabulary of " +
                       llvm::itostr(*vocab) + " to " + llvm::itostr(*padded) +
                       ", a multiple of 128 x tp = " + llvm::itostr(*unit));
  finding.expected = llvm::itostr(*padded);
  finding.found = llvm::itostr(*vocab);
}

void moe::checkDivisibility(const RuleInput &input, FindingList &findings) {
  for (const LayerRun &run : input.model.model.runs)
    checkRun(input.model, run, findings);
  checkVocabulary(input.model, findings);
}
