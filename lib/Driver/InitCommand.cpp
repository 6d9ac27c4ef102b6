//===- InitCommand.cpp - moec init ----------------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CommandLine.h"
#include "OutputFile.h"
#include "moe/Driver/Commands.h"
#include "moe/IR/EnumWords.h"
#include "moe/Import/InitPlan.h"
#include "moe/Import/PlanFormat.h"
#include "moe/Json/Document.h"
#include "moe/Model/HfConfig.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace mlir::moe;
using llvm::StringRef;
namespace path = llvm::sys::path;
namespace fs = llvm::sys::fs;

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

/// `file` as seen from the folder of `plan`; both as given on the command line.
static std::string pathFrom(StringRef plan, StringRef file) {
  if (plan.empty() || path::is_absolute(file) ||
      path::parent_path(plan).empty())
    return file.str();
  llvm::SmallString<128> folder(path::parent_path(plan)), target(file);
  if (fs::make_absolute(folder) || fs::make_absolute(target))
    return file.str();
  path::remove_dots(folder, /*remove_dot_dot=*/true);
  path::remove_dots(target, /*remove_dot_dot=*/true);
  auto from = path::begin(folder), fromEnd = path::end(folder);
  auto to = path::begin(target), toEnd = path::end(target);
  while (from != fromEnd && to != toEnd && *from == *to)
    ++from, ++to;
  llvm::SmallString<128> result;
  for (; from != fromEnd; ++from)
    path::append(result, "..");
  for (; to != toEnd; ++to)
    path::append(result, *to);
  return std::string(result);
}

/// The shape of the model, or nothing after the reasons on `err`.
static std::optional<ModelShape> readModel(StringRef file,
                                           llvm::raw_ostream &err) {
  InputErrors errors;
  std::optional<ModelShape> shape;
  if (auto document = json::Document::readFile(file, errors)) {
    if (document->root().is(json::Kind::Object))
      shape = readModelConfig(document->root(), "$", file, errors);
    else
      errors.add(file, document->root().position(),
                 "expected the configuration of a model, found " +
                     document->root().describe());
  }
  for (const InputError &error : errors.list())
    err << error.str();
  if (!errors.empty())
    return std::nullopt;
  return shape;
}

/// Writes a new file whole or not at all; never over another one.
static bool writeNewFile(StringRef file, StringRef text,
                         llvm::raw_ostream &err) {
  auto fail = [&](const std::string &reason) {
    err << "moec init: cannot write " << quoted(file) << ": " << reason << "\n";
    return false;
  };
  if (fs::exists(file))
    return fail("it exists, remove it or choose another name");
  llvm::Error error =
      writeOutputFile(file, [&](llvm::raw_ostream &os) { os << text; });
  return !error || fail(llvm::toString(std::move(error)));
}

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
  line.option("o", output);
  if (std::optional<int> status = line.parse(args, out, err))
    return status;
  if (!gpu.empty() && nodes)
    return std::nullopt;
  err << "moec init: " << (gpu.empty() ? "--gpu" : "--nodes")
      << " is missing\n`moec init --help` shows the usage\n";
  return 2;
}

/// Why there is no plan of these numbers; empty if there is.
static std::string explainSize(const InitOptions &options,
                               const GpuPreset &gpu) {
  // Each is below 2^31.
  int64_t gpus = options.nodes * options.gpusPerNode.value_or(gpu.gpusPerNode);
  int64_t largest = gpus;
  for (std::optional<int64_t> degree : {options.tp, options.cp, options.pp,
                                        options.vpp, options.ep, options.etp})
    largest = std::max(largest, degree.value_or(1));
  if (largest <= maxRanks)
    return "";
  return "a plan has at most " + std::to_string(maxRanks) +
         " GPUs, and degrees of at most that, found " + std::to_string(largest);
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
    error = explainSize(options, *gpu);
  if (!error.empty()) {
    err << "moec init: " << error << "\n";
    return 2;
  }
  std::string config = arguments.config;
  if (fs::is_directory(config))
    config += "/config.json";
  std::optional<ModelShape> model = readModel(config, err);
  if (!model)
    return 2;
  options.model = pathFrom(arguments.output, config);
  std::string text = initPlan(options, *gpu, *model);
  if (arguments.output.empty())
    out << text;
  else if (!writeNewFile(arguments.output, text, err))
    return 2;
  return 0;
}
