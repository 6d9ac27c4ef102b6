//===- ImportCommand.cpp - moec import ------------------------------------===//
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
#include "moe/Json/Document.h"
#include "moe/Model/HfConfig.h"
#include "moe/Readers/LaunchFile.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"

using namespace mlir::moe;
using llvm::StringRef;
namespace fs = llvm::sys::fs;

static constexpr llvm::StringLiteral importHelp =
    R"(usage: moec import FILE [options]

Writes the plan of a job that exists: from a script that starts Megatron-LM,
DeepSpeed (Megatron-DeepSpeed), torchtitan, vLLM, SGLang or trtllm-serve (an
sbatch script too), from a list of their flags, or from a .yaml of TensorRT-LLM.
Nothing in the file is run. What it says nothing about is a default marked
"edit"; flags that no plan has are listed.

  --gpu NAME          where no line of the file says which
  --nodes N           where no line of the file says how many
  --gpus-per-node N   default: of the file, else as the vendor builds them
  --config CONFIG     config.json of the model, or its folder
  --set NAME=VALUE    a variable that the script takes from elsewhere
  --from NAME         megatron, deepspeed, torchtitan, vllm, sglang, trtllm
  --name NAME         name of the plan
  -o FILE             write to a new file instead of standard output

Example:
  moec import train.sbatch --gpu H100 --set DATA=/data -o plan.json
)";

namespace {
/// Reads the file and asks for what it leaves open.
class PlanImport {
public:
  PlanImport(llvm::raw_ostream &out, llvm::raw_ostream &err)
      : out(out), err(err) {}

  int run(llvm::ArrayRef<StringRef> args);

private:
  std::optional<int> parse(llvm::ArrayRef<StringRef> args);
  bool readDefinitions();
  bool readFile();
  void printNotes() const;
  bool readModel();
  bool readInlineModel();
  bool trains() const {
    return llvm::is_contained({"megatron", "deepspeed", "torchtitan"},
                              recipe.framework);
  }
  void readPrecision();
  bool findGpu();
  bool findNodes();
  std::string placementPath(StringRef path) const;
  bool findChunks();
  bool placeReplicas();
  void fillOptions();
  void fillMode();
  void noteLimits() const;
  int fail(const std::string &problem) const {
    err << "moec import: " << problem << "\n";
    return 2;
  }

  llvm::raw_ostream &out, &err;
  std::string file, gpuName, config, output;
  std::vector<std::string> assignments;
  std::optional<int64_t> nodes;
  InitOptions plan;
  LaunchFileOptions options;
  Recipe recipe{""};
  std::optional<GpuPreset> gpu;
  std::optional<ModelShape> model;
};
} // namespace

std::optional<int> PlanImport::parse(llvm::ArrayRef<StringRef> args) {
  CommandLine line("import", importHelp);
  line.positional("a script or a list of flags", file);
  line.option("gpu", gpuName);
  line.count("nodes", nodes);
  line.count("gpus-per-node", plan.gpusPerNode);
  line.input("config", config);
  line.list("set", assignments);
  line.choice("from", keywordsOf<Framework>(), options.framework);
  line.option("name", plan.name);
  line.output("o", output);
  return line.parse(args, out, err);
}

bool PlanImport::readDefinitions() {
  options.nodes = nodes;
  for (StringRef assignment : assignments) {
    auto [name, value] = assignment.split('=');
    if (name.empty() || name.size() == assignment.size()) {
      fail("--set is " + quoted(assignment) + ", expected NAME=VALUE");
      return false;
    }
    options.definitions.push_back({name.str(), value.str(), /*isFinal=*/true});
  }
  return true;
}

bool PlanImport::readFile() {
  InputErrors errors;
  std::optional<Recipe> read;
  if (auto text = json::readFileText(file, errors))
    read = readLaunchFile(text->getBuffer(), file, options, errors);
  for (const InputError &error : errors.list())
    err << error.str();
  if (!read)
    return false;
  recipe = std::move(*read);
  printNotes();
  return true;
}

void PlanImport::printNotes() const {
  for (const InputNote &note : recipe.notes) {
    err << note.file;
    if (note.position.line)
      err << ":" << note.position.line;
    err << ": note: " << note.message << "\n";
  }
  if (recipe.unused.empty())
    return;
  err << file << ": note: "
      << counted(static_cast<int64_t>(recipe.unused.size()), "flag")
      << " a plan has no key for:";
  for (const UnusedFlag &flag : recipe.unused)
    err << (&flag == recipe.unused.data() ? " " : ", ") << quoted(flag.flag)
        << " (" << flag.line << ")";
  err << "\n";
}

/// The model as the flags describe it; the vocabulary may be the tokenizer's.
bool PlanImport::readInlineModel() {
  if (!recipe.find("model", "vocab_size"))
    err << file
        << ": note: no flag gives the size of the vocabulary; add 'vocab_size' "
           "to the model of the plan\n";
  std::string text = "{";
  for (const RecipeSetting &setting : recipe.settings)
    if (setting.section == "model")
      text += (text.size() > 1 ? ", \"" : "\"") + setting.key +
              "\": " + setting.json;
  InputErrors errors;
  if (auto document = json::Document::parse(text + "}", file, errors))
    model = readModelConfig(document->root(), "$.model", file, errors);
  for (const InputError &error : errors.list())
    err << file << ": error: " << error.message << "\n";
  return errors.empty();
}

bool PlanImport::readModel() {
  if (config.empty() && !recipe.model.empty() &&
      fs::exists(configFile(recipe.model)))
    config = recipe.model;
  if (!config.empty()) {
    config = configFile(config);
    plan.model = pathFrom(output, config);
    model = readModelFile(config, err);
    return model.has_value();
  }
  if (recipe.find("model", "num_hidden_layers"))
    return readInlineModel();
  fail(recipe.model.empty()
           ? file + " does not describe the model, give its --config"
           : quoted(recipe.model) +
                 " has no config.json here, give the model's --config");
  return false;
}

/// What a plan calls the format of weights that `quant_method` names; empty
/// where it has no word for it.
static StringRef checkpointPrecision(StringRef method) {
  return llvm::StringSwitch<StringRef>(method)
      .Cases({"fp8", "fbgemm_fp8", "modelopt_fp8"}, "fp8")
      .Case("mxfp8", "mxfp8")
      .Cases({"nvfp4", "modelopt_fp4"}, "nvfp4")
      .Default("");
}

/// Servers take the format of the checkpoint unless they are told another one;
/// `--dtype` is that of what is not quantized.
void PlanImport::readPrecision() {
  auto isPrecision = [](const RecipeSetting &setting) {
    return setting.section == "workload" && setting.key == "precision";
  };
  auto told = llvm::find_if(recipe.settings, isPrecision);
  bool isTold = told != recipe.settings.end();
  if (trains() || !model->quantization ||
      (isTold && !StringRef(told->source).starts_with("--dtype,")))
    return;
  StringRef precision = checkpointPrecision(*model->quantization);
  if (precision.empty()) {
    Position place = model->quantization.position;
    err << config << ":" << place.line << ":" << place.column
        << ": note: the weights are " << quoted(*model->quantization)
        << ", which no precision of a plan is\n";
    return;
  }
  if (isTold)
    recipe.settings.erase(told);
  recipe.settings.push_back({"workload", "precision",
                             "\"" + precision.str() + "\"",
                             "quantization_config of config.json"});
}

bool PlanImport::findGpu() {
  // Schedulers write names in small letters.
  std::string name = gpuName.empty() ? StringRef(recipe.gpu).upper() : gpuName;
  if (name.empty()) {
    fail(file + " does not say which GPU it runs on, give --gpu");
    return false;
  }
  std::string error;
  gpu = lookupGpuPreset(name, error);
  if (!gpu)
    fail(gpuName.empty() ? error + "; or give --gpu" : error);
  return gpu.has_value();
}

/// Of the file, the command line, or from the number of ranks.
bool PlanImport::findNodes() {
  if (nodes && recipe.nodes && *nodes != *recipe.nodes) {
    fail("--nodes is " + std::to_string(*nodes) + ", the file says " +
         std::to_string(*recipe.nodes) +
         "; if that is the default of a variable, give its value by --set");
    return false;
  }
  if (!plan.gpusPerNode)
    plan.gpusPerNode = recipe.gpusPerNode;
  if (!nodes)
    nodes = recipe.nodes;
  std::optional<int64_t> ranks = recipe.worldSize;
  // All ranks of a serving framework are GPUs of its nodes.
  if (!plan.gpusPerNode && nodes && ranks && *ranks % *nodes == 0)
    plan.gpusPerNode = *ranks / *nodes;
  int64_t gpusPerNode = plan.gpusPerNode.value_or(gpu->gpusPerNode);
  if (!nodes && ranks) {
    nodes = (*ranks - 1) / gpusPerNode + 1;
    if (!plan.gpusPerNode && *ranks < gpusPerNode)
      plan.gpusPerNode = *ranks;
  }
  if (!nodes) {
    fail(file + " does not say how many nodes it runs on, give --nodes");
    return false;
  }
  plan.nodes = *nodes;
  std::string error = explainPlanSize(plan, *gpu);
  if (!error.empty())
    fail(error);
  return error.empty();
}

/// The path of a placement as the plan has to name it, in JSON.
std::string PlanImport::placementPath(StringRef path) const {
  std::string json;
  llvm::raw_string_ostream(json)
      << llvm::json::Value(llvm::json::fixUTF8(pathFrom(output, path)));
  return json;
}

/// Slots for the replicas of experts that serving frameworks keep.
bool PlanImport::placeReplicas() {
  // Of a path on the machine that serves.
  if (!recipe.placement.empty() && !fs::exists(recipe.placement))
    err << file << ": note: there is no " << quoted(recipe.placement)
        << " here; the plan places the experts as the framework does without "
           "it\n";
  else if (!recipe.placement.empty())
    plan.given.push_back({"experts", "placement",
                          placementPath(recipe.placement), "of the server"});
  if (recipe.redundantExperts == 0)
    return true;
  int64_t experts = model->numExperts.value.value_or(0);
  int64_t ep = recipe.integer("parallelism", "ep", 1);
  int64_t slots = experts + recipe.redundantExperts;
  if (slots % ep != 0) {
    fail(counted(experts, "expert") + " and " +
         counted(recipe.redundantExperts, "replica") +
         " do not spread evenly over EP " + std::to_string(ep));
    return false;
  }
  plan.given.push_back(
      {"experts", "slots_per_rank", std::to_string(slots / ep),
       std::to_string(recipe.redundantExperts) + " redundant experts"});
  return true;
}

/// Chunks of a stage from the layers of one.
bool PlanImport::findChunks() {
  if (!recipe.layersPerChunk)
    return true;
  int64_t layers = model->numLayers.value.value_or(0);
  int64_t pp = recipe.integer("parallelism", "pp", 1);
  int64_t each = *recipe.layersPerChunk;
  if (layers % each != 0 || layers / each % pp != 0) {
    fail(counted(layers, "layer") + " in chunks of " + std::to_string(each) +
         " do not spread evenly over " + counted(pp, "stage"));
    return false;
  }
  plan.vpp = layers / each / pp;
  return true;
}

/// Servers that no flag gives a phase do both, of which a plan has one.
void PlanImport::fillMode() {
  if (const RecipeSetting *mode = recipe.find("workload", "mode")) {
    plan.mode = StringRef(mode->json).trim('"').str();
  } else if (trains()) {
    plan.mode = "train";
  } else {
    plan.mode = "decode";
    plan.given.push_back({"workload", "mode", "\"decode\"",
                          "edit: the phase to plan for; the server does both"});
  }
}

/// Defaults of what an estimate takes are limits where a server is started.
void PlanImport::noteLimits() const {
  std::vector<std::string> missing;
  for (StringRef key : {"context_length", "batch"})
    if (!recipe.find("workload", key) &&
        (key == "batch" || plan.mode == "decode"))
      missing.push_back(quoted(key));
  if (plan.mode != "train" && !missing.empty())
    err << file << ": note: no flag gives " << llvm::join(missing, " and ")
        << "; the servers of a bundle are limited to what the plan says, edit "
           "it\n";
}

void PlanImport::fillOptions() {
  auto degree = [&](StringRef key) -> std::optional<int64_t> {
    int64_t value = recipe.integer("parallelism", key, 0);
    return value ? std::optional(value) : std::nullopt;
  };
  plan.tp = degree("tp");
  plan.cp = degree("cp");
  plan.pp = degree("pp");
  plan.vpp = degree("vpp");
  plan.ep = degree("ep");
  plan.etp = degree("etp");
  plan.writer = "moec import";
  plan.framework = recipe.framework;
  fillMode();
  for (const RecipeSetting &setting : recipe.settings)
    if (setting.section != "model" || plan.model.empty())
      plan.given.push_back(
          {setting.section, setting.key, setting.json, setting.source});
}

int PlanImport::run(llvm::ArrayRef<StringRef> args) {
  if (std::optional<int> status = parse(args))
    return *status;
  if (!readDefinitions() || !readFile() || !readModel() || !findGpu())
    return 2;
  readPrecision();
  fillOptions();
  noteLimits();
  if (!findNodes() || !findChunks() || !placeReplicas())
    return 2;
  std::string text = initPlan(plan, *gpu, *model);
  return writeNewPlan("moec import", output, text, out, err) ? 0 : 2;
}

int mlir::moe::runImportCommand(llvm::ArrayRef<StringRef> args,
                                llvm::raw_ostream &out,
                                llvm::raw_ostream &err) {
  return PlanImport(out, err).run(args);
}
