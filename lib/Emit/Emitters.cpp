//===- Emitters.cpp - The table of emitters -------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which file comes from which emitter, and what all of them share.
//
//===----------------------------------------------------------------------===//

#include "moe/Emit/Emitters.h"
#include "Context.h"
#include "moe/Emit/Render.h"

using namespace llvm;

namespace mlir::moe {

StringRef generatorName() { return "moe-opt " MOE_VERSION; }

json::Object commonContext(const JobView &view) {
  return json::Object{
      {"generator", generatorName()},
      {"title", singleLine(view.name)},
      {"name", templateValue(view.name)},
      {"planDigest", view.planDigest.empty() ? "not known" : view.planDigest},
      {"planFile", singleLine(view.planFile)},
      {"worldSize", std::to_string(view.worldSize)},
      {"numHosts", std::to_string(view.hosts.size())},
      {"gpusPerHost", std::to_string(view.gpusPerHost)}};
}

void markLast(json::Array &list) {
  for (size_t i = 0; i < list.size(); ++i)
    (*list[i].getAsObject())["last"] = i + 1 == list.size();
}

Error printTemplate(StringRef path, const EmitOptions &options,
                    const json::Object &context, raw_ostream &os) {
  Expected<std::string> text = loadTemplate(path, options.templateDir);
  if (!text)
    return text.takeError();
  Expected<std::string> rendered = renderTemplate(path, *text, context);
  if (!rendered)
    return rendered.takeError();
  os << *rendered;
  return Error::success();
}

Error emitFixedText(StringRef path, const JobView &view,
                    const EmitOptions &options, raw_ostream &os) {
  return printTemplate(path, options, commonContext(view), os);
}

namespace {

/// An emitter of `path` from a template by a function that takes its path.
using TemplateEmitter = Error (*)(StringRef, const JobView &,
                                  const EmitOptions &, raw_ostream &);

auto from(StringLiteral path, TemplateEmitter emit) {
  return
      [path, emit](const JobView &view, const EmitOptions &options,
                   raw_ostream &os) { return emit(path, view, options, os); };
}

} // namespace

ArrayRef<Emitter> emitters() {
  static const Emitter table[] = {
      {"rankmap-json", "rankmap.json", "host, GPU and coordinates of each rank",
       false, emitRankMapJson},
      {"rankmap-csv", "rankmap.csv", "the same as a table", false,
       emitRankMapCsv},
      {"groups-json", "groups.json", "communicators as boxes of ranks", false,
       emitGroupsJson},
      {"nccl-header", "comms.h", "interface of the NCCL set-up", false,
       from("nccl/comms.h", emitFixedText)},
      {"nccl-source", "comms.cpp", "the NCCL set-up", false,
       from("nccl/comms.cpp", emitFixedText)},
      {"nccl-checks-header", "comms_checks.h", "checks before NCCL starts",
       false, from("nccl/comms_checks.h", emitFixedText)},
      {"nccl-checks", "comms_checks.cpp", "environment and roll call", false,
       from("nccl/comms_checks.cpp", emitFixedText)},
      {"nccl-plan", "comms_plan.h", "the plan as C++ tables", false,
       emitCommsPlan},
      {"nccl-start-header", "nccl_start.h", "how NCCL is started", false,
       from("nccl/nccl_start.h", emitFixedText)},
      {"nccl-start", "nccl_start.cpp", "by one unique id, or several", false,
       from("nccl/nccl_start.cpp", emitFixedText)},
      {"nccl-rendezvous", "rendezvous.h", "how ranks meet, interface", false,
       from("nccl/rendezvous.h", emitFixedText)},
      {"nccl-rendezvous-wire-header", "rendezvous_wire.h", "its frames", false,
       from("nccl/rendezvous_wire.h", emitFixedText)},
      {"nccl-rendezvous-wire", "rendezvous_wire.cpp", "what both ends share",
       false, from("nccl/rendezvous_wire.cpp", emitFixedText)},
      {"nccl-rendezvous-member", "rendezvous.cpp", "ranks other than 0", false,
       from("nccl/rendezvous.cpp", emitFixedText)},
      {"nccl-rendezvous-root", "rendezvous_root.cpp", "rank 0", false,
       from("nccl/rendezvous_root.cpp", emitFixedText)},
      {"nccl-selftest", "selftest.cpp", "a collective on every communicator",
       false, from("nccl/selftest.cpp", emitFixedText)},
      {"nccl-preflight", "preflight.cpp", "looks at the machines of a job",
       false, from("nccl/preflight.cpp", emitFixedText)},
      {"nccl-preflight-facts-header", "preflight_facts.h", "what it looks at",
       false, from("nccl/preflight_facts.h", emitFixedText)},
      {"nccl-preflight-facts", "preflight_facts.cpp", "how it is found out",
       false, from("nccl/preflight_facts.cpp", emitFixedText)},
      {"nccl-cmake", "CMakeLists.txt", "builds the set-up and its self-test",
       false, from("nccl/CMakeLists.txt", emitFixedText)},
      {"entrypoint", "entrypoint.sh", "what a launcher starts on every rank",
       true, from("launch/entrypoint.sh", emitLauncher)},
      {"launch-common", "launch_common.sh", "what the launchers share", false,
       from("launch/launch_common.sh", emitLauncher)},
      {"slurm", "launch.sbatch", "Slurm job", true,
       from("launch/launch.sbatch", emitLauncher)},
      {"mpirun", "launch.mpirun.sh", "Open MPI launcher", true,
       from("launch/launch.mpirun.sh", emitLauncher)},
      {"torchrun", "launch.torchrun.sh", "torchrun launcher", true,
       from("launch/launch.torchrun.sh", emitLauncher)},
      {"pod", "launch.pod.sh", "what a pod of Kubernetes runs", true,
       from("launch/launch.pod.sh", emitLauncher)},
      {"leaderworkerset", "k8s/leaderworkerset.yaml",
       "the job as a LeaderWorkerSet", false,
       from("k8s/leaderworkerset.yaml", emitKubernetes)},
      {"jobset", "k8s/jobset.yaml", "the job as a JobSet", false,
       from("k8s/jobset.yaml", emitKubernetes)},
      {"service", "k8s/service.yaml", "leads to rank 0", false,
       from("k8s/service.yaml", emitKubernetes)},
      {"placement", "experts/placement.json",
       "the expert of every slot, layer by layer", false, emitPlacement},
      {"megatron-flags", "framework/megatron-lm.args",
       "the plan as flags of Megatron-LM", false,
       from("framework/megatron-lm.args", emitFramework)},
      {"torchtitan-flags", "framework/torchtitan.args",
       "the plan as flags of torchtitan", false,
       from("framework/torchtitan.args", emitFramework)},
      {"deepspeed-flags", "framework/deepspeed.args",
       "the plan as flags of DeepSpeed", false,
       from("framework/deepspeed.args", emitFramework)},
      {"vllm-flags", "framework/vllm.args", "the plan as flags of vLLM", false,
       from("framework/vllm.args", emitFramework)},
      {"sglang-flags", "framework/sglang.args", "the plan as flags of SGLang",
       false, from("framework/sglang.args", emitFramework)},
      {"sglang-placement", "framework/expert-location.sglang.json",
       "placement of the experts for SGLang", false, emitSglangPlacement},
      {"tensorrt-llm", "framework/tensorrt-llm.yaml",
       "the plan and the placement for TensorRT-LLM", false,
       from("framework/tensorrt-llm.yaml", emitFramework)},
      {"site-env", "site.env", "settings of the site", false, emitSiteEnv},
      {"verify", "verify.sh", "checks the bundle without moec", true,
       from("launch/verify.sh", emitFixedText)},
      {"report", "report.md", "the job on a page", false,
       from("report/report.md", emitReport)},
      {"report-html", "report.html", "the same for a browser", false,
       from("report/report.html", emitReport)},
      {"runbook", "runbook.md", "phases of the rollout and their checks", false,
       emitRunbook},
      {"prometheus-rules", "monitoring/prometheus-rules.yaml",
       "alerts for Prometheus", false,
       from("monitoring/prometheus-rules.yaml", emitMonitoring)},
      {"logs", "logs/README", "keeps the folder of the logs", false,
       from("launch/logs.txt", emitFixedText)},
  };
  return table;
}

Expected<std::vector<EmittedFile>> emitAll(const JobView &view,
                                           const EmitOptions &options) {
  if (Error error = checkJob(view))
    return error;
  std::vector<EmittedFile> files;
  for (const Emitter &emitter : emitters()) {
    EmittedFile file{emitter.path.str(), emitter.executable, ""};
    raw_string_ostream os(file.content);
    if (Error error = emitter.emit(view, options, os))
      return createStringError(emitter.path + ": " +
                               toString(std::move(error)));
    files.push_back(std::move(file));
  }
  return files;
}

} // namespace mlir::moe
