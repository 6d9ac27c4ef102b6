//===- TrainingWorkloadFlags.cpp - A workload as flags of trainers --------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// torchtitan (torchtitan/config/job_config.py) and the training script of
// Megatron-DeepSpeed (megatron/arguments.py).
//
//===----------------------------------------------------------------------===//

#include "FlagLines.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace mlir::moe {

//===--- torchtitan -------------------------------------------------------===//

/// torchtitan shards parameters, gradients and states over the ranks of
/// data_parallel_shard_degree and keeps them in fp32. What of `workload`'s
/// optimizer that is not.
static std::optional<JobOptimizer> addOptimizer(const JobWorkload &workload,
                                                FlagLines &lines) {
  if (!workload.optimizer)
    return std::nullopt;
  JobOptimizer rest = *workload.optimizer;
  if (rest.name == "adam" || rest.name == "adamw") {
    lines.add("optimizer.name", Twine(rest.name == "adam" ? "Adam" : "AdamW"));
    rest.name.clear();
  }
  for (std::string *format : {&rest.moments, &rest.gradients, &rest.master})
    if (*format == "fp32")
      format->clear();
  if (rest.sharding == "fsdp")
    rest.sharding.clear();
  return rest;
}

/// A pass of a pipeline takes the local batch in parts; what of a step is
/// beyond the local batches are further passes, each with a bubble of its own.
static void addPipelineBatch(const FrameworkJob &job,
                             const JobWorkload &workload, FlagLines &lines) {
  std::optional<int64_t> all = workload.globalBatch;
  if (all && *all % job.dp == 0)
    lines.add("training.local_batch_size", Twine(*all / job.dp));
  else
    lines.comment("No batch of the plan tells how many sequences a pass of the "
                  "pipeline takes: --training.local_batch_size");
  lines.add("parallelism.pipeline_parallel_microbatch_size",
            workload.microBatch);
  // Else it keeps the parameters of all stages between their micro-batches.
  if (workload.optimizer && workload.optimizer->sharding == "fsdp")
    lines.add("parallelism.fsdp_reshard_after_forward", Twine("always"));
}

void addTorchTitanWorkload(const JobView &view, FlagLines &lines) {
  const JobWorkload &workload = *view.workload;
  if (!workload.isTraining())
    return lines.notExpressed("mode " + Twine(workload.mode) +
                              "; torchtitan only trains");
  SmallVector<StringRef> expressed{"mode", "sequence_length", "micro_batch",
                                   "global_batch"};
  lines.add("training.seq_len", workload.sequenceLength);
  if (FrameworkJob job(view); job.pp > 1)
    addPipelineBatch(job, workload, lines);
  else
    lines.add("training.local_batch_size", workload.microBatch);
  lines.add("training.global_batch_size", workload.globalBatch);
  bool isPlain = workload.precision.empty() || workload.precision == "bf16";
  if (isPlain || workload.precision == "fp32") {
    lines.add("training.mixed_precision_param",
              Twine(isPlain ? "bfloat16" : "float32"));
    expressed.push_back("precision");
  }
  // The exchange of tokens that it has without being told.
  if (workload.dispatcher == "alltoall")
    expressed.push_back("dispatcher");
  bool isFull = is_contained(workload.recompute, "full");
  if (isFull || workload.recompute.empty()) {
    // torchtitan's own default is selective.
    lines.add("activation_checkpoint.mode", Twine(isFull ? "full" : "none"));
    expressed.push_back("recompute");
  }
  JobWorkload rest = workload;
  rest.optimizer = addOptimizer(workload, lines);
  excuseSettings(rest, "torchtitan", expressed, lines);
}

//===--- DeepSpeed --------------------------------------------------------===//

void addDeepSpeedModel(const JobModel &model, FlagLines &lines) {
  lines.add("num-layers", model.layers);
  lines.add("hidden-size", model.hidden);
  if (!model.runs.empty()) {
    const JobAttention &attention = model.runs.front().attention;
    lines.add("num-attention-heads", attention.heads);
    if (attention.kvLoraRank)
      lines.notExpressed("multi-head latent attention");
    else
      lines.add("num-key-value-heads", attention.kvHeads);
    const JobLayers &run = model.runs.front();
    lines.add("ffn-hidden-size", run.experts ? run.experts->width : run.width);
    if (run.experts)
      lines.add("topk", run.experts->topK);
    // Its default is experts in every second layer.
    if (run.experts && model.runs.size() == 1)
      lines.add("expert-interval", Twine(1));
  }
  if (model.runs.size() > 1)
    lines.notExpressed("runs of layers that differ; Megatron-DeepSpeed has one "
                       "kind, and experts in every --expert-interval-th");
  if (model.gated.value_or(false))
    lines.add("swiglu");
  if (!model.tiedEmbeddings.value_or(false))
    lines.add("untie-embeddings-and-output-weights");
}

/// Why DeepSpeed cannot shard as the plan does; empty when it can.
static StringRef shardingProblem(const FrameworkJob &job, StringRef sharding) {
  if (sharding == "fsdp" && job.pp > 1)
    return "ZeRO 3 runs without a pipeline";
  return sharding == "fsdp" && job.hasExperts() ? "ZeRO 3 runs without experts"
                                                : "";
}

/// The stage of ZeRO, which `optimizer` does not say afterwards.
static void addZeroStage(const FrameworkJob &job, JobOptimizer &optimizer,
                         FlagLines &lines) {
  if (optimizer.sharding.empty())
    return;
  std::string sharding = std::exchange(optimizer.sharding, "");
  if (StringRef why = shardingProblem(job, sharding); !why.empty())
    return lines.notExpressed("optimizer sharding " + Twine(sharding) + "; " +
                              why);
  lines.comment("The same stage stands in the file of --deepspeed_config, as "
                "zero_optimization.stage, and there the formats");
  lines.add("zero-stage", Twine(sharding == "fsdp"          ? 3
                                : sharding == "distributed" ? 1
                                                            : 0));
}

void addDeepSpeedWorkload(const JobView &view, FlagLines &lines) {
  const JobWorkload &workload = *view.workload;
  if (!workload.isTraining())
    return lines.notExpressed("mode " + Twine(workload.mode) +
                              "; the training script only trains");
  SmallVector<StringRef> expressed{"mode", "sequence_length", "micro_batch",
                                   "global_batch"};
  lines.add("seq-length", workload.sequenceLength);
  lines.add("max-position-embeddings", workload.sequenceLength);
  lines.add("micro-batch-size", workload.microBatch);
  lines.add("global-batch-size", workload.globalBatch);
  StringRef precision = workload.precision;
  if (precision.empty() || precision == "bf16" || precision == "fp16")
    lines.add(precision == "fp16" ? "fp16" : "bf16");
  if (precision == "bf16" || precision == "fp16" || precision == "fp32")
    expressed.push_back("precision");
  if (is_contained(workload.recompute, "full")) {
    lines.add("recompute-granularity", Twine("full"));
    lines.add("recompute-method", Twine("uniform"));
    expressed.push_back("recompute");
  }
  FrameworkJob job(view);
  if (job.hasExperts() && !workload.capacityFactor.empty())
    lines.add("moe-train-capacity-factor", Twine(workload.capacityFactor));
  else if (job.hasExperts())
    lines.add("disable-moe-token-dropping");
  if (job.hasExperts())
    expressed.push_back("capacity_factor");
  // The only one it has.
  if (workload.dispatcher == "alltoall")
    expressed.push_back("dispatcher");
  JobWorkload rest = workload;
  if (rest.optimizer)
    addZeroStage(job, *rest.optimizer, lines);
  excuseSettings(rest, "DeepSpeed", expressed, lines);
}

} // namespace mlir::moe
