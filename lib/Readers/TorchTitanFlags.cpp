//===- TorchTitanFlags.cpp - Flags of torchtitan --------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The sections `parallelism`, `training`, `activation_checkpoint` and
// `optimizer` of torchtitan/config/job_config.py, as flags of its command line.
//
//===----------------------------------------------------------------------===//

#include "FrameworkReaders.h"

#include "ServingJob.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;
using llvm::StringRef;
using Kind = FlagKind;

static constexpr KnownFlag torchtitanFlags[] = {
    {"parallelism.tensor-parallel-degree", Kind::Count, "parallelism", "tp"},
    {"parallelism.context-parallel-degree", Kind::Count, "parallelism", "cp"},
    {"parallelism.pipeline-parallel-degree", Kind::Count, "parallelism", "pp"},
    {"parallelism.expert-parallel-degree", Kind::Count, "parallelism", "ep"},
    {"parallelism.expert-tensor-parallel-degree", Kind::Count},
    {"parallelism.data-parallel-replicate-degree", Kind::Count},
    {"parallelism.data-parallel-shard-degree", Kind::Text},
    {"parallelism.pipeline-parallel-first-stage-less-layers", Kind::Text},
    {"parallelism.pipeline-parallel-last-stage-less-layers", Kind::Text},
    {"parallelism.pipeline-parallel-schedule", Kind::Text},
    {"parallelism.pipeline-parallel-layers-per-stage", Kind::Count},
    {"parallelism.pipeline-parallel-microbatch-size", Kind::Count},
    {"parallelism.fsdp-reshard-after-forward", Kind::Text},
    {"training.local-batch-size", Kind::Count},
    {"training.global-batch-size", Kind::Text},
    {"training.seq-len", Kind::Count, "workload", "sequence_length"},
    {"training.mixed-precision-param", Kind::Text},
    {"activation-checkpoint.mode", Kind::Text},
    {"optimizer.name", Kind::Text},
    {"job.config-file", Kind::Hint},
};

/// A count that -1 leaves to torchtitan; 0 then.
static int64_t countOrOpen(const FlagSet &flags, StringRef name) {
  StringRef text = flags.text(name);
  int64_t value = 0;
  if (text.empty() || text == "-1")
    return 0;
  if (text.getAsInteger(10, value) || value < 1)
    flags.report(name, "is " + quoted(text) +
                           ", expected a whole number above 0, or -1");
  return value;
}

/// How parameters, gradients and states are kept: FSDP over the ranks of the
/// shard degree, copies of them over the replicate degree, which no plan has
/// together. Optimizer states and gradients are in fp32.
static void readTorchTitanOptimizer(const FlagSet &flags, Recipe &recipe) {
  constexpr StringRef nameFlag = "optimizer.name";
  constexpr StringRef shardFlag = "parallelism.data-parallel-shard-degree";
  constexpr StringRef copyFlag = "parallelism.data-parallel-replicate-degree";
  constexpr StringRef reshardFlag = "parallelism.fsdp-reshard-after-forward";
  // Ranks of context parallelism shard as well.
  bool isSharded = flags.text(shardFlag) != "1" ||
                   flags.number("parallelism.context-parallel-degree", 1) > 1;
  if (isSharded && flags.number(copyFlag, 1) > 1)
    recipe.note(flags.find(copyFlag)->line,
                flagSource(copyFlag, 0) + " " + flags.text(copyFlag).str() +
                    " keeps several copies of what is sharded; the plan "
                    "shards it over all data-parallel ranks");
  if (isSharded && flags.text(reshardFlag) == "never")
    recipe.note(flags.find(reshardFlag)->line,
                flagSource(reshardFlag, 0) +
                    " never keeps the parameters of all layers between the "
                    "passes; the plan gathers them again");
  std::string lower = flags.text(nameFlag).lower();
  StringRef name = lower.empty() ? "adamw" : StringRef(lower);
  if (!llvm::is_contained({"adam", "adamw", "sgd", "lion", "muon"}, name)) {
    recipe.note(flags.find(nameFlag)->line, "no plan has the optimizer " +
                                                quoted(flags.text(nameFlag)) +
                                                ", it says adamw");
    name = "adamw";
  }
  flags.state(shardFlag, "workload", "optimizer",
              "{ \"name\": " + jsonText(name) +
                  ", \"moments\": \"fp32\",\n                   "
                  "\"gradients\": \"fp32\", \"master\": \"fp32\",\n"
                  "                   \"sharding\": " +
                  (isSharded ? "\"fsdp\"" : "\"none\"") + " }");
}

/// The mode is "selective" unless a flag or a file says otherwise.
static void readTorchTitanRecompute(const FlagSet &flags, Recipe &recipe) {
  constexpr StringRef name = "activation-checkpoint.mode";
  StringRef mode = flags.text(name);
  if (mode == "full" || mode == "none")
    return flags.state(name, "workload", "recompute", jsonText(mode));
  if (!mode.empty() && mode != "selective")
    return recipe.note(flags.find(name)->line,
                       flagSource(name, 0) + " " + quoted(mode) +
                           " has no word in a plan, which recomputes nothing");
  if (mode.empty() && (flags.has("job.config-file") || flags.isOpen(name)))
    return;
  const GivenFlag *given = flags.find(name);
  recipe.note(given ? given->line : 0,
              flagSource(name, 0) + " is selective" +
                  (given ? "" : " by default") +
                  ", which has no word in a plan; the plan recomputes nothing");
}

static void readTorchTitanWorkload(const FlagSet &flags, Recipe &recipe) {
  constexpr StringRef precisionFlag = "training.mixed-precision-param";
  // A pass of a pipeline takes the local batch in parts, of 1 unless it is told
  // otherwise.
  bool hasStages = flags.number("parallelism.pipeline-parallel-degree", 1) > 1;
  StringRef batchFlag = hasStages
                            ? "parallelism.pipeline-parallel-microbatch-size"
                            : "training.local-batch-size";
  if (hasStages || flags.has(batchFlag))
    flags.state(batchFlag, "workload", "micro_batch",
                flags.number(batchFlag, 1));
  if (int64_t batch = countOrOpen(flags, "training.global-batch-size"))
    flags.state("training.global-batch-size", "workload", "global_batch",
                batch);
  StringRef precision = flags.text(precisionFlag);
  if (precision == "bfloat16" || precision == "float32")
    flags.state(precisionFlag, "workload", "precision",
                precision == "bfloat16" ? "\"bf16\"" : "\"fp32\"");
  readTorchTitanRecompute(flags, recipe);
  readTorchTitanOptimizer(flags, recipe);
}

/// Names of torch.distributed.pipelining. How many chunks a stage has follows
/// from the layers of the model, unless torchtitan makes it two.
static void readTorchTitanSchedule(const FlagSet &flags, Recipe &recipe) {
  constexpr StringRef name = "parallelism.pipeline-parallel-schedule";
  constexpr StringRef perChunk =
      "parallelism.pipeline-parallel-layers-per-stage";
  StringRef schedule = flags.text(name);
  if (schedule.empty() ||
      flags.number("parallelism.pipeline-parallel-degree", 1) == 1)
    return;
  if (schedule.equals_insensitive("1F1B"))
    return flags.state(name, "parallelism", "schedule", jsonText("1f1b"));
  if (!schedule.equals_insensitive("Interleaved1F1B"))
    return recipe.note(flags.find(name)->line,
                       flagSource(name, 0) + " " + quoted(schedule) +
                           " is an order of passes that plans have no word "
                           "for; the plan says none");
  flags.state(name, "parallelism", "schedule", jsonText("interleaved"));
  if (flags.has(perChunk))
    recipe.layersPerChunk = flags.number(perChunk, 1);
  else
    flags.state(name, "parallelism", "vpp", 2);
}

void mlir::moe::readTorchTitanFlags(llvm::ArrayRef<shell::Word> words,
                                    Recipe &recipe, InputErrors &errors) {
  constexpr StringRef tpFlag = "parallelism.tensor-parallel-degree";
  constexpr StringRef epFlag = "parallelism.expert-parallel-degree";
  constexpr StringRef shardFlag = "parallelism.data-parallel-shard-degree";
  FlagSet flags(words, torchtitanFlags, /*mixesDashes=*/true, recipe, errors);
  int64_t tp = flags.number(tpFlag, 1), ep = flags.number(epFlag, 1);
  // Without expert parallelism torchtitan shards experts like other layers.
  if (flags.has(epFlag))
    flags.state(
        epFlag, "parallelism", "etp",
        ep == 1 ? tp
                : flags.number("parallelism.expert-tensor-parallel-degree", 1));
  if (int64_t shard = countOrOpen(flags, shardFlag)) {
    recipe.worldSize = multiplied(
        {tp, flags.number("parallelism.context-parallel-degree", 1),
         flags.number("parallelism.pipeline-parallel-degree", 1), shard,
         flags.number("parallelism.data-parallel-replicate-degree", 1)});
    if (!recipe.worldSize)
      flags.report(shardFlag, "and the other degrees multiply to more than "
                              "2^63 ranks");
  }
  if (const GivenFlag *file = flags.find("job.config-file"))
    recipe.note(file->line, quoted(file->text()) +
                                " is not opened; what it sets and no flag does "
                                "is the default in the plan");
  readTorchTitanSchedule(flags, recipe);
  readTorchTitanWorkload(flags, recipe);
}
