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

#include "FrameworkJob.h"

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
  FrameworkLines lines = {flagLine("tensor-model-parallel-size", job.tp),
                          flagLine("context-parallel-size", job.cp),
                          flagLine("pipeline-model-parallel-size", job.pp),
                          flagLine("expert-model-parallel-size", job.ep),
                          flagLine("expert-tensor-parallel-size", job.etp)};
  if (!standard)
    lines.emplace_back("--use-tp-pp-dp-mapping");
  if (!job.hasEvenStages()) {
    std::string layout = layoutOf(view);
    if (layout.empty())
      return cannotExpress(framework,
                           "its stages do not take the layers in turn");
    lines.push_back("--pipeline-model-parallel-layout " + layout);
  }
  if (job.hasExperts())
    lines.push_back(flagLine("num-experts", job.experts()));
  return lines;
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

FrameworkLines torchtitanLines(const JobView &view) {
  FrameworkJob job(view);
  StringRef framework = "torchtitan";
  if (!job.isOrder("attention", {"tp", "cp", "dp", "pp"}) ||
      !job.isOrder("expert", {"etp", "ep", "edp", "pp"}))
    return cannotExpress(framework, "its ranks are not numbered with TP inside "
                                    "of CP inside of DP inside of PP");
  if (!job.hasEvenStages())
    return cannotExpress(framework,
                         "its stages hold different layers, which only "
                         "module_fqns_per_model_part in its configuration can "
                         "say");
  if (std::string why = torchtitanExpertProblem(job); !why.empty())
    return cannotExpress(framework, why);
  auto parallelism = [](StringRef name, int64_t value) {
    return flagLine(("parallelism." + name).str(), value);
  };
  FrameworkLines lines = {parallelism("data_parallel_replicate_degree", 1),
                          parallelism("data_parallel_shard_degree", job.dp),
                          parallelism("context_parallel_degree", job.cp),
                          parallelism("tensor_parallel_degree", job.tp),
                          parallelism("pipeline_parallel_degree", job.pp),
                          parallelism("expert_parallel_degree", job.ep)};
  // Else torchtitan counts the embedding and the output as a layer each.
  if (job.pp > 1)
    for (StringRef end : {"first", "last"})
      lines.push_back(parallelism(
          ("pipeline_parallel_" + end + "_stage_less_layers").str(), 0));
  return lines;
}

//===--- DeepSpeed --------------------------------------------------------===//

FrameworkLines deepspeedLines(const JobView &view) {
  FrameworkJob job(view);
  StringRef framework = "DeepSpeed";
  if (job.cp > 1)
    return cannotExpress(framework,
                         "its context parallelism is " + Twine(job.cp) +
                             ", DeepSpeed shards sequences another way");
  if (!job.isOrder("attention", {"tp", "dp", "pp"}) ||
      !job.isOrder("expert", {"etp", "ep", "edp", "pp"}))
    return cannotExpress(framework, "its ranks are not numbered with TP inside "
                                    "of DP inside of PP");
  // Expert parallel groups are chunks of the data parallel ones.
  if (job.hasExperts() && job.etp != job.tp)
    return cannotExpress(framework, "its experts have ETP " + Twine(job.etp) +
                                        ", DeepSpeed's have TP's " +
                                        Twine(job.tp));
  if (!job.hasEvenStages())
    return cannotExpress(framework, "its stages hold different layers");
  if (std::string why = numberingProblem(job); !why.empty())
    return cannotExpress(framework, why);
  FrameworkLines lines = {flagLine("tensor-model-parallel-size", job.tp),
                          flagLine("pipeline-model-parallel-size", job.pp)};
  if (!job.hasExperts())
    return lines;
  lines.push_back(flagLine("num-experts", job.experts()));
  lines.push_back(flagLine("moe-expert-parallel-size", job.ep));
  if (job.tp > 1)
    lines.emplace_back("--enable-expert-tensor-parallelism");
  return lines;
}

} // namespace mlir::moe
