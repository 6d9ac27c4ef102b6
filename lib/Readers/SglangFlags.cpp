//===- SglangFlags.cpp - Flags of SGLang --------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// sglang/srt/server_args.py.
//
//===----------------------------------------------------------------------===//

#include "FrameworkReaders.h"

#include "ServingJob.h"
#include "moe/Wording/Wording.h"

using namespace mlir::moe;
using llvm::StringRef;
using Kind = FlagKind;

static constexpr KnownFlag sglangFlags[] = {
    {"model-path|model", Kind::Hint},
    {"tp-size|tensor-parallel-size|tp", Kind::Count},
    {"pp-size|pipeline-parallel-size|pp", Kind::Count},
    {"dp-size|data-parallel-size|dp", Kind::Count},
    {"ep-size|expert-parallel-size|ep", Kind::Count},
    {"enable-dp-attention", Kind::Switch},
    {"enable-ep-moe", Kind::Switch},
    {"enable-deepep-moe", Kind::Switch},
    {"moe-a2a-backend", Kind::Text},
    {"deepep-mode", Kind::Text},
    {"nnodes", Kind::Count},
    {"ep-num-redundant-experts", Kind::Text},
    {"init-expert-location", Kind::Text},
    {"enable-two-batch-overlap", Kind::Switch, "workload", "ep_overlap"},
    {"context-length", Kind::Count, "workload", "context_length"},
    {"max-running-requests", Kind::Count},
    {"max-prefill-tokens", Kind::Count},
    {"chunked-prefill-size", Kind::Text},
    {"cuda-graph-max-bs", Kind::Count},
    {"disaggregation-mode", Kind::Text},
    {"kv-cache-dtype", Kind::Text},
    {"speculative-algorithm|speculative-algo", Kind::Text},
    {"speculative-draft-model-path|speculative-draft-model", Kind::Text},
    {"speculative-num-steps", Kind::Count},
    {"speculative-eagle-topk", Kind::Count},
    {"speculative-num-draft-tokens", Kind::Count},
    {"dtype", Kind::Text},
    {"quantization", Kind::Text},
};

/// The expert parallelism that the flags add up to; `by` becomes the one that
/// says so.
static int64_t sglangExpertParallel(const FlagSet &flags, int64_t tp,
                                    StringRef &by, Recipe &recipe) {
  // _handle_a2a_moe of its server_args.py: whatever exchanges tokens by
  // all-to-all needs all ranks.
  StringRef backend = flags.text("moe-a2a-backend");
  bool isDeepEp = backend == "deepep" || flags.has("enable-deepep-moe");
  bool isAllToAll = isDeepEp || (!backend.empty() && backend != "none");
  if (isDeepEp)
    flags.state("moe-a2a-backend", "workload", "dispatcher", "\"deepep\"");
  else if (isAllToAll)
    noteNoWord(flags, "moe-a2a-backend", "dispatcher");
  if (!isAllToAll && !flags.has("enable-ep-moe"))
    return flags.number("ep-size", 1);
  if (flags.number("ep-size", tp) != tp)
    recipe.note(flags.find("ep-size")->line,
                "SGLang replaces this by the tensor parallel size, " +
                    std::to_string(tp));
  for (StringRef flag :
       {"enable-ep-moe", "enable-deepep-moe", "moe-a2a-backend"})
    if (flags.has(flag))
      by = flag;
  return tp;
}

static void readSglangRequests(const FlagSet &flags, int64_t attentionDp) {
  StringRef mode = flags.text("disaggregation-mode");
  if (mode == "prefill" || mode == "decode")
    flags.state("disaggregation-mode", "workload", "mode", jsonText(mode));
  // The limit is of the server, a plan's batch of one replica.
  if (int64_t requests = flags.number("max-running-requests", 0);
      requests >= attentionDp)
    flags.state("max-running-requests", "workload", "batch",
                requests / attentionDp);
}

/// EAGLE and NEXTN, its other name, draft with the model's own layer (MTP)
/// where no other model is given for it. Checkpoints of that layer alone are
/// called NextN.
static void readSglangSpeculation(const FlagSet &flags, Recipe &recipe) {
  const GivenFlag *given = flags.find("speculative-algorithm");
  if (!given)
    return;
  std::string algorithm = given->text().upper();
  StringRef draft = flags.text("speculative-draft-model-path");
  bool isOwnLayer =
      algorithm == "NEXTN" ||
      (algorithm == "EAGLE" && (draft.empty() || draft == recipe.model ||
                                draft.contains_insensitive("nextn")));
  if (!isOwnLayer)
    return recipe.note(given->line,
                       "draft tokens of " + quoted(given->text()) +
                           (draft.empty() ? "" : " with a model of their own") +
                           " are not read; a plan has those of the model's own "
                           "layer (EAGLE without a draft model)");
  if (!flags.has("speculative-num-steps"))
    return recipe.note(given->line, "without --speculative-num-steps SGLang "
                                    "chooses how many tokens it drafts; the "
                                    "plan says none");
  flags.state("speculative-num-steps", "workload", "draft_tokens",
              flags.number("speculative-num-steps", 1));
}

static void readSglangPlacement(const FlagSet &flags, Recipe &recipe) {
  const GivenFlag *location = flags.find("init-expert-location");
  if (!location || location->text() == "trivial")
    return;
  if (location->text().ends_with(".json"))
    recipe.placement = location->text().str();
  else
    recipe.note(location->line, quoted(location->text()) +
                                    " is not read; a placement has to be a "
                                    ".json file");
}

void mlir::moe::readSglangFlags(llvm::ArrayRef<shell::Word> words,
                                Recipe &recipe, InputErrors &errors) {
  FlagSet flags(words, sglangFlags, /*mixesDashes=*/false, recipe, errors);
  if (!errors.empty())
    return;
  readServedModel(flags, "model-path", recipe);
  ServingJob job{"tp-size", "", "pp-size", "dp-size", "ep-size"};
  int64_t group = flags.number("tp-size", 1);
  job.dp = flags.number("dp-size", 1);
  job.pp = flags.number("pp-size", 1);
  job.ep = sglangExpertParallel(flags, group, job.epFlag, recipe);
  bool inGroup = flags.has("enable-dp-attention");
  job.tp = inGroup ? group / job.dp : group;
  job.etp = group / job.ep;
  // Without attention of its own, every replica is a server.
  job.isPipelineInside = !inGroup;
  if (inGroup && group % job.dp != 0)
    return flags.report("dp-size", "is " + std::to_string(job.dp) +
                                       ", which does not divide --tp-size " +
                                       std::to_string(group));
  if (group % job.ep != 0)
    return flags.report("ep-size", "is " + std::to_string(job.ep) +
                                       ", which does not divide --tp-size " +
                                       std::to_string(group));
  stateServingJob(flags, job, recipe);
  if (flags.has("nnodes"))
    recipe.nodes = flags.number("nnodes", 1);
  StringRef redundant = flags.text("ep-num-redundant-experts");
  if (!redundant.empty() &&
      (redundant.getAsInteger(10, recipe.redundantExperts) ||
       recipe.redundantExperts < 0))
    flags.report("ep-num-redundant-experts",
                 "is " + quoted(redundant) + ", expected a number");
  readSglangPlacement(flags, recipe);
  readSglangSpeculation(flags, recipe);
  readSglangRequests(flags, inGroup ? job.dp : 1);
  readServedFormats(flags);
}
