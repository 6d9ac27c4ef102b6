//===- InitCommand.cpp - moec init ----------------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CommandLine.h"
#include "NewPlan.h"
#include "moe/Driver/Commands.h"
#include "moe/IR/EnumWords.h"
#include "moe/Import/InitPlan.h"
#include "moe/Wording/Wording.h"

using namespace mlir::moe;
using llvm::StringRef;

static constexpr llvm::StringLiteral help =
    R"(usage: moec init CONFIG --gpu NAME --nodes N [options]

Writes a complete plan with comments for a model (the config.json of a Hugging
Face model, or its folder) and a cluster. Figures of the GPU come with their
source; what the job is like are defaults marked "edit".

  --gpu NAME          A100, H100, H800, H200, B200, GB200, B300, GB300, ...
  --nodes N           nodes of the cluster
  --gpus-per-node N   default: as the vendor builds them
  --tp --cp --pp --vpp --ep --etp N    degrees of parallelism, default 1
  --mode MODE         train (default), prefill or decode
  --framework NAME    megatron, deepspeed, torchtitan, vllm, sglang, trtllm
  --name NAME         name of the plan
  -o FILE             write to a new file instead of standard output

Example:
  moec init config.json --gpu H100 --nodes 16 --tp 2 --ep 64 -o plan.json
)";

namespace {
/// What the command line says.
struct InitArguments {
  InitOptions options;
  std::string config, gpu, output;
  std::optional<int64_t> nodes;

  /// The exit status when the command is over.
  std::optional<int> parse(llvm::ArrayRef<StringRef> args,
                           llvm::raw_ostream &out, llvm::raw_ostream &err);
};
} // namespace

std::optional<int> InitArguments::parse(llvm::ArrayRef<StringRef> args,
                                        llvm::raw_ostream &out,
                                        llvm::raw_ostream &err) {
  CommandLine line("init", help);
  line.positional("the config.json of a model", config);
  line.option("gpu", gpu);
  line.count("nodes", nodes);
  line.count("gpus-per-node", options.gpusPerNode);
  line.count("tp", options.tp);
  line.count("cp", options.cp);
  line.count("pp", options.pp);
  line.count("vpp", options.vpp);
  line.count("ep", options.ep);
  line.count("etp", options.etp);
  line.choice("mode", keywordsOf<Mode>(), options.mode);
  line.choice("framework", keywordsOf<Framework>(), options.framework);
  line.option("name", options.name);
  line.output("o", output);
  if (std::optional<int> status = line.parse(args, out, err))
    return status;
  if (!gpu.empty() && nodes)
    return std::nullopt;
  err << "moec init: " << (gpu.empty() ? "--gpu" : "--nodes")
      << " is missing\n`moec init --help` shows the usage\n";
  return 2;
}

int mlir::moe::runInitCommand(llvm::ArrayRef<StringRef> args,
                              llvm::raw_ostream &out, llvm::raw_ostream &err) {
  InitArguments arguments;
  if (std::optional<int> status = arguments.parse(args, out, err))
    return *status;
  InitOptions &options = arguments.options;
  options.nodes = *arguments.nodes;
  std::string error;
  std::optional<GpuPreset> gpu = lookupGpuPreset(arguments.gpu, error);
  if (gpu)
    error = explainPlanSize(options, *gpu);
  if (!error.empty()) {
    err << "moec init: " << error << "\n";
    return 2;
  }
  std::string config = configFile(arguments.config);
  std::optional<ModelShape> model = readModelFile(config, err);
  if (!model)
    return 2;
  options.model = pathFrom(arguments.output, config);
  std::string text = initPlan(options, *gpu, *model);
  return writeNewPlan("moec init", arguments.output, text, out, err) ? 0 : 2;
}
