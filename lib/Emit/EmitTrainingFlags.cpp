//===- EmitTrainingFlags.cpp - Flags of frameworks for training -----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Flags of Megatron-LM (megatron/training/arguments.py), torchtitan
// (torchtitan/config/job_config.py) and DeepSpeed (megatron/arguments.py of
// Megatron-DeepSpeed). None of them can be told where experts live.
//
//===----------------------------------------------------------------------===//

#include "FlagLines.h"

#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace mlir::moe {

/// Why a framework that numbers experts itself cannot have them as they are;
/// empty when it can.
static std::string numberingProblem(const FrameworkJob &job) {
  if (!job.hasExperts())
    return "";
  if (job.slots() != job.experts())
    return formatv("it has {0} expert slots for {1} experts, and training "
                   "keeps one copy of each",
                   job.slots() < 0 ? "varying" : std::to_string(job.slots()),
                   job.experts());
  if (job.expertOrder() != ExpertOrder::ByNumber)
    return "its experts are not spread over the ranks by number";
  return "";
}

/// Whether passes run in an order of research papers rather than in 1F1B,
/// interleaved where stages have chunks.
static bool hasOwnSchedule(const JobView &view) {
  return view.schedule == "zero_bubble" || view.schedule == "dualpipe";
}

//===--- Megatron-LM ------------------------------------------------------===//

/// --pipeline-model-parallel-layout: the chunks of all stages, then the next
/// chunk of each. Empty when the stages do not take the layers in that order.
static std::string layoutOf(const JobView &view) {
  size_t chunks = 0;
  for (const JobStage &stage : view.stages)
    chunks = std::max(chunks, stage.layers.size());
  std::string layout;
  int64_t next = 0;
  for (size_t chunk = 0; chunk < chunks; ++chunk)
    for (const JobStage &stage : view.stages) {
      if (!layout.empty())
        layout += '|';
      if (chunk == 0 && stage.embedding)
        layout += 'E';
      auto [begin, end] = chunk < stage.layers.size() ? stage.layers[chunk]
                                                      : std::pair(next, next);
      if (begin != next && begin != end)
        return "";
      if (end > begin)
        layout += formatv("t*{0}", end - begin).str();
      next = std::max(next, end);
      if (chunk + 1 == chunks) {
        layout += std::string(stage.mtpLayers, 'm');
        layout += stage.output ? "L" : "";
      }
    }
  return layout;
}

static void addMegatronDegrees(const FrameworkJob &job, FlagLines &lines) {
  lines.add("tensor-model-parallel-size", Twine(job.tp));
  lines.add("context-parallel-size", Twine(job.cp));
  lines.add("pipeline-model-parallel-size", Twine(job.pp));
  lines.add("expert-model-parallel-size", Twine(job.ep));
  lines.add("expert-tensor-parallel-size", Twine(job.etp));
}

FrameworkLines megatronLines(const JobView &view) {
  FrameworkJob job(view);
  StringRef framework = "Megatron-LM";
  bool standard = job.isOrder("attention", {"tp", "cp", "dp", "pp"}) &&
                  job.isOrder("expert", {"etp", "ep", "edp", "pp"});
  bool pipelineInside = job.isOrder("attention", {"tp", "cp", "pp", "dp"}) &&
                        job.isOrder("expert", {"etp", "ep", "pp", "edp"});
  if (!standard && !pipelineInside)
    return cannotExpress(framework, "its ranks are numbered neither in the "
                                    "order tp-cp-ep-dp-pp nor in "
                                    "tp-cp-ep-pp-dp");
  if (std::string why = numberingProblem(job); !why.empty())
    return cannotExpress(framework, why);
  std::string layout = job.hasEvenStages() ? "" : layoutOf(view);
  if (!job.hasEvenStages() && layout.empty())
    return cannotExpress(framework,
                         "its stages do not take the layers in turn");
  FlagLines lines;
  lines.environment("megatron", view);
  addMegatronDegrees(job, lines);
  if (!standard)
    lines.add("use-tp-pp-dp-mapping");
  if (!layout.empty())
    lines.add("pipeline-model-parallel-layout", Twine(layout));
  if (hasOwnSchedule(view))
    lines.otherSchedule(view, "Megatron-LM has 1f1b and interleaved");
  if (view.model)
    addMegatronModel(*view.model, lines);
  else if (job.hasExperts())
    lines.add("num-experts", Twine(job.experts()));
  // Experts of several ranks have no biases there.
  if (job.etp > 1)
    lines.add("disable-bias-linear");
  if (view.workload)
    addMegatronWorkload(view, lines);
  return lines.take();
}

//===--- torchtitan -------------------------------------------------------===//

/// torchtitan shards experts over TP only where they have no EP, and then like
/// every other layer.
static std::string torchtitanExpertProblem(const FrameworkJob &job) {
  if (!job.hasExperts())
    return "";
  int64_t shards = job.ep == 1 ? job.tp : 1;
  if (job.etp != shards)
    return formatv("its experts have ETP {0}, torchtitan's with EP {1} and TP "
                   "{2} have {3}",
                   job.etp, job.ep, job.tp, shards);
  return numberingProblem(job);
}

/// torchtitan takes its schedules from torch.distributed.pipelining by name.
static void addTorchTitanPipeline(const FrameworkJob &job, FlagLines &lines) {
  if (job.pp == 1)
    return;
  // Else torchtitan counts the embedding and the output as a layer each.
  lines.add("parallelism.pipeline_parallel_first_stage_less_layers", Twine(0));
  lines.add("parallelism.pipeline_parallel_last_stage_less_layers", Twine(0));
  if (job.view.schedule == "zero_bubble")
    return lines.otherSchedule(job.view,
                               "the zero-bubble schedules of torchtitan need "
                               "several chunks on a stage");
  if (job.view.schedule == "dualpipe")
    return lines.otherSchedule(job.view,
                               "DualPipeV of torchtitan folds the pipeline "
                               "instead of holding the layers twice");
  bool hasChunks = job.numChunks() > 1;
  lines.add("parallelism.pipeline_parallel_schedule",
            Twine(hasChunks ? "Interleaved1F1B" : "1F1B"));
  if (hasChunks)
    lines.add("parallelism.pipeline_parallel_layers_per_stage",
              Twine(job.chunkLayers()));
}

FrameworkLines torchtitanLines(const JobView &view) {
  FrameworkJob job(view);
  StringRef framework = "torchtitan";
  if (!job.isOrder("attention", {"tp", "cp", "dp", "pp"}) ||
      !job.isOrder("expert", {"etp", "ep", "edp", "pp"}))
    return cannotExpress(framework, "its ranks are not numbered with TP inside "
                                    "of CP inside of DP inside of PP");
  if (job.pp > 1 && job.chunkLayers() == 0)
    return cannotExpress(framework,
                         "its stages hold different layers, which only "
                         "module_fqns_per_model_part in its configuration can "
                         "say");
  if (std::string why = torchtitanExpertProblem(job); !why.empty())
    return cannotExpress(framework, why);
  FlagLines lines;
  auto add = [&](StringRef name, int64_t value) {
    lines.add(("parallelism." + name).str(), Twine(value));
  };
  add("data_parallel_replicate_degree", 1);
  add("data_parallel_shard_degree", job.dp);
  add("context_parallel_degree", job.cp);
  add("tensor_parallel_degree", job.tp);
  add("pipeline_parallel_degree", job.pp);
  add("expert_parallel_degree", job.ep);
  addTorchTitanPipeline(job, lines);
  if (view.workload)
    addTorchTitanWorkload(view, lines);
  if (view.model)
    lines.notExpressed("the model's dimensions; --model.flavor names one that "
                       "torchtitan knows");
  return lines.take();
}

//===--- DeepSpeed --------------------------------------------------------===//

/// Why DeepSpeed cannot run the plan; empty when it can.
static std::string deepspeedProblem(const FrameworkJob &job) {
  if (job.cp > 1)
    return formatv("its context parallelism is {0}, DeepSpeed shards sequences "
                   "another way",
                   job.cp);
  if (!job.isOrder("attention", {"tp", "dp", "pp"}) ||
      !job.isOrder("expert", {"etp", "ep", "edp", "pp"}))
    return "its ranks are not numbered with TP inside of DP inside of PP";
  // Expert parallel groups are chunks of the data parallel ones.
  if (job.hasExperts() && job.etp != job.tp)
    return formatv("its experts have ETP {0}, DeepSpeed's have TP's {1}",
                   job.etp, job.tp);
  if (!job.hasEvenStages())
    return job.numChunks() > 1 ? "its stages hold several chunks of layers"
                               : "its stages hold different layers";
  return numberingProblem(job);
}

FrameworkLines deepspeedLines(const JobView &view) {
  FrameworkJob job(view);
  if (std::string why = deepspeedProblem(job); !why.empty())
    return cannotExpress("DeepSpeed", why);
  FlagLines lines;
  lines.add("deepspeed");
  lines.add("tensor-model-parallel-size", Twine(job.tp));
  lines.add("pipeline-model-parallel-size", Twine(job.pp));
  // A pipeline of one stage would still exclude ZeRO 2 and 3.
  if (job.pp == 1)
    lines.add("no-pipeline-parallel");
  if (job.hasExperts()) {
    lines.add("num-experts", Twine(job.experts()));
    lines.add("moe-expert-parallel-size", Twine(job.ep));
    // ZeRO shards experts over other ranks than the rest.
    lines.add("create-moe-param-group");
    if (job.tp > 1)
      lines.add("enable-expert-tensor-parallelism");
  }
  if (hasOwnSchedule(view))
    lines.otherSchedule(view, "DeepSpeed has 1f1b alone");
  if (view.model)
    addDeepSpeedModel(*view.model, lines);
  if (view.workload)
    addDeepSpeedWorkload(view, lines);
  return lines.take();
}

} // namespace mlir::moe
