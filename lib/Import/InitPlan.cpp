//===- InitPlan.cpp - A complete plan from a few numbers ------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Import/InitPlan.h"

#include "moe/Import/PlanFormat.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir::moe;
using llvm::StringRef;

static std::string toJson(StringRef text) {
  std::string result;
  llvm::raw_string_ostream(result) << llvm::json::Value(text);
  return result;
}

namespace {
/// Writes an object of a plan, a key with its comment per line.
class CommentedObject {
public:
  CommentedObject(llvm::raw_ostream &os, StringRef key,
                  const std::vector<GivenValue> &values)
      : os(os) {
    os << "  " << toJson(key) << ": {\n";
    for (const GivenValue &value : values)
      if (value.section == key)
        given.push_back(&value);
  }

  bool isGiven(StringRef key) const {
    return llvm::any_of(
        given, [&](const GivenValue *value) { return value->key == key; });
  }

  /// A line of its own, above the next key.
  void remark(const std::string &text) { pending += "    // " + text + "\n"; }

  void add(StringRef key, StringRef text, const std::string &comment = "") {
    addJson(key, toJson(text), comment);
  }
  void add(StringRef key, int64_t number, const std::string &comment = "") {
    addJson(key, std::to_string(number), comment);
  }
  /// A given value wins.
  void addJson(StringRef key, const std::string &json,
               const std::string &comment = "") {
    auto value = llvm::find_if(
        given, [&](const GivenValue *value) { return value->key == key; });
    if (value == given.end())
      return write(key, json, comment);
    write(key, (*value)->json, (*value)->source);
    given.erase(value);
  }
  /// Ends the object with the given values that it lacks; `separator` stands
  /// behind it.
  void finish(StringRef separator) {
    for (const GivenValue *value : given)
      write(value->key, value->json, value->source);
    finishLine("");
    os << pending << "  }" << separator << "\n";
  }

private:
  void write(StringRef key, const std::string &json,
             const std::string &comment) {
    finishLine(",");
    os << pending;
    pending.clear();
    line = "    " + toJson(key) + ": " + json;
    lineComment = comment;
  }
  void finishLine(StringRef separator) {
    if (line.empty())
      return;
    line += separator;
    os << line;
    if (!lineComment.empty())
      os.indent(line.size() < 38 ? 38 - line.size() : 1)
          << "// " << lineComment;
    os << "\n";
    line.clear();
  }

  llvm::raw_ostream &os;
  std::string line, lineComment, pending;
  /// Not written yet.
  std::vector<const GivenValue *> given;
};

/// Writes the plan, section by section.
class InitialPlan {
public:
  InitialPlan(const InitOptions &options, const GpuPreset &gpu,
              const ModelShape &model, llvm::raw_ostream &os)
      : options(options), gpu(gpu), model(model), os(os),
        gpusPerNode(options.gpusPerNode.value_or(gpu.gpusPerNode)) {}

  void write();

private:
  void writeHead();
  void writeCluster();
  void writeWorkload();
  void writeTraining(CommentedObject &workload);
  void writeParallelism();
  void writeTail();
  std::string name() const;
  bool hasGivenExperts() const {
    return llvm::any_of(options.given, [](const GivenValue &value) {
      return value.section == "experts";
    });
  }
  /// TP x CP x PP.
  std::optional<int64_t> ranksOfReplica() const;
  /// What the equation leaves for data parallelism, if it is whole.
  std::optional<int64_t> dataParallel() const;

  const InitOptions &options;
  const GpuPreset &gpu;
  const ModelShape &model;
  llvm::raw_ostream &os;
  int64_t gpusPerNode;
};
} // namespace

static std::optional<int64_t> multiply(std::initializer_list<int64_t> factors) {
  int64_t product = 1;
  for (int64_t factor : factors)
    if (llvm::MulOverflow(product, factor, product))
      return std::nullopt;
  return product;
}

std::optional<int64_t> InitialPlan::ranksOfReplica() const {
  return multiply(
      {options.tp.value_or(1), options.cp.value_or(1), options.pp.value_or(1)});
}

std::optional<int64_t> InitialPlan::dataParallel() const {
  std::optional<int64_t> ranks = multiply({options.nodes, gpusPerNode});
  std::optional<int64_t> replica = ranksOfReplica();
  if (!ranks || !replica || *ranks % *replica != 0)
    return std::nullopt;
  return *ranks / *replica;
}

std::string InitialPlan::name() const {
  if (!options.name.empty())
    return options.name;
  std::string type = model.modelType.empty() ? "model" : model.modelType;
  for (char &c : type)
    if (!llvm::isAlnum(c) && c != '-')
      c = '_';
  return type + "_" + std::to_string(options.nodes * gpusPerNode) + "x" +
         gpu.name.str();
}

/// `61 layers, 256 experts (top-8)`, as far as known.
static std::string describeModel(const ModelShape &model) {
  std::string text = quoted(model.modelType.empty() ? "a model without type"
                                                    : model.modelType);
  if (model.numLayers)
    text += ", " + std::to_string(*model.numLayers) + " layers";
  if (model.hasExperts()) {
    text += ", " + std::to_string(*model.numExperts) + " experts";
    if (model.topK)
      text += " (top-" + std::to_string(*model.topK) + ")";
  }
  return text;
}

void InitialPlan::writeHead() {
  os << "// Written by `" << options.writer
     << "`. Values with a source were looked up, those "
        "marked\n// \"edit\" are defaults that know nothing of your job. "
        "Next: `moec check` this file.\n{\n  \"schema\": "
     << toJson(planSchema) << ",\n  \"name\": " << toJson(name()) << ",\n";
  os << "  // " << describeModel(model) << "\n";
  if (options.model.empty())
    CommentedObject(os, "model", options.given).finish(",");
  else
    os << "  \"model\": " << toJson(options.model) << ",\n";
  if (!options.framework.empty())
    os << "  \"framework\": " << toJson(options.framework) << ",\n";
}

void InitialPlan::writeCluster() {
  CommentedObject cluster(os, "cluster", options.given);
  cluster.add("gpu", gpu.name);
  cluster.add("nodes", options.nodes);
  cluster.add("gpus_per_node", gpusPerNode,
              options.gpusPerNode ? "" : gpu.systemSource.str());
  auto figure = [&](StringRef key, const SourcedQuantity &quantity) {
    cluster.add(key, quantity.value.str(), quantity.source.str());
  };
  figure("gpu_memory", gpu.memory);
  figure("peak_bf16", gpu.bf16Peak);
  if (gpu.fp8Peak)
    figure("peak_fp8", *gpu.fp8Peak);
  figure("memory_bandwidth", gpu.memoryBandwidth);
  // Where NVLink ends at the host, a smaller host has a smaller domain.
  bool endsAtHost = gpu.nvlinkDomain == gpu.gpusPerNode;
  cluster.add("nvlink_domain", endsAtHost ? gpusPerNode : gpu.nvlinkDomain,
              gpu.systemSource.str());
  cluster.remark("Bandwidths are per GPU and direction.");
  figure("intra_node", gpu.nvlink);
  figure("inter_node", gpu.interNode);
  cluster.finish(",");
}

void InitialPlan::writeTraining(CommentedObject &workload) {
  int64_t stages = options.pp.value_or(1);
  int64_t microBatches = 4 * stages;
  workload.add("sequence_length", 4096, "edit: tokens of a sequence");
  workload.add("micro_batch", 1, "edit: sequences per replica");
  std::optional<int64_t> batch =
      multiply({dataParallel().value_or(1), microBatches});
  workload.add("global_batch", batch.value_or(microBatches),
               "edit: here " + std::to_string(microBatches) +
                   " micro-batches per replica");
  workload.add("precision", "bf16",
               "edit: fp32, fp16, bf16, fp8, mxfp8, nvfp4");
  workload.add("recompute", "none",
               "edit: none, full, or modules such as [\"mlp\"]");
  workload.addJson("optimizer",
                   "{ \"name\": \"adamw\", \"moments\": \"fp32\",\n"
                   "                   \"gradients\": \"fp32\", \"master\": "
                   "\"fp32\",\n                   \"sharding\": "
                   "\"distributed\" }");
}

void InitialPlan::writeWorkload() {
  CommentedObject workload(os, "workload", options.given);
  workload.add("mode", options.mode);
  if (options.mode == "train") {
    writeTraining(workload);
  } else {
    if (options.mode == "prefill")
      workload.add("sequence_length", 4096, "edit: tokens of a prompt");
    else
      workload.add("context_length", 4096,
                   "edit: tokens in the KV cache of a request, the limit of "
                   "servers");
    workload.add("batch", options.mode == "prefill" ? 1 : 64,
                 "edit: requests in flight per replica, the limit of servers");
    workload.add("precision", "bf16",
                 "edit: fp32, fp16, bf16, fp8, mxfp8, nvfp4");
  }
  if (model.hasExperts()) {
    workload.add("dispatcher", "alltoall",
                 "edit: alltoall, allgather, deepep, hybridep");
    workload.add("routing", "natural", "edit: natural or balanced");
  }
  workload.finish(",");
}

void InitialPlan::writeParallelism() {
  CommentedObject parallelism(os, "parallelism", options.given);
  parallelism.remark("TP x CP x PP x DP = GPUs, and ETP x EP x PP x EDP = GPUs "
                     "for the experts.");
  parallelism.add("rule", "folded");
  parallelism.add("tp", options.tp.value_or(1), "tensor parallel");
  parallelism.add("cp", options.cp.value_or(1), "context parallel");
  parallelism.add("pp", options.pp.value_or(1), "pipeline stages");
  if (options.vpp)
    parallelism.add("vpp", *options.vpp, "chunks of layers per stage");
  std::optional<int64_t> dp = dataParallel();
  std::string replica = std::to_string(ranksOfReplica().value_or(0));
  parallelism.add(
      "dp", "auto",
      dp ? "derived: " + std::to_string(options.nodes * gpusPerNode) +
               " GPUs / " + replica + " = " + std::to_string(*dp)
         : "no whole number: the degrees do not divide the GPUs");
  parallelism.add("ep", options.ep.value_or(1), "expert parallel");
  parallelism.add("etp", options.etp.value_or(1), "tensor parallel in experts");
  if (!parallelism.isGiven("layout")) {
    parallelism.remark("Absent \"layout\": layers are spread evenly over the "
                       "stages. Megatron's notation");
    parallelism.remark("(\"Et*3|(tt|)*29m|L\") is understood.");
  }
  parallelism.finish(hasGivenExperts() ? "," : "");
  if (hasGivenExperts())
    CommentedObject(os, "experts", options.given).finish("");
}

/// What a plan may also have, as comments.
void InitialPlan::writeTail() {
  os << "  // Further keys:\n";
  if (options.framework.empty())
    os << "  //   \"framework\": \"megatron\"  adds the rules of a framework: "
          "megatron, deepspeed,\n  //     torchtitan, vllm, sglang, trtllm\n";
  if (model.hasExperts() && !hasGivenExperts())
    os << "  //   \"experts\": { \"slots_per_rank\": 5, \"loads\": "
          "\"loads.json\" }  leaves room for\n  //     replicas of busy "
          "experts\n";
  os << "  //   \"policy\": { \"device_memory\": \"60 % .. 95 %\" }  what to "
        "be warned about\n"
        "  //   \"claims\": [ ... ]  numbers to be recomputed\n}\n";
}

void InitialPlan::write() {
  writeHead();
  writeCluster();
  writeWorkload();
  writeParallelism();
  writeTail();
}

std::string mlir::moe::initPlan(const InitOptions &options,
                                const GpuPreset &gpu, const ModelShape &model) {
  std::string text;
  llvm::raw_string_ostream os(text);
  InitialPlan(options, gpu, model, os).write();
  return text;
}
