//===- PublishedRuns.cpp - Rows of benchmarks/accuracy as jobs -----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PublishedRuns.h"

#include "moe/Model/StageLayout.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir::moe;

double PublishedRun::real(const std::string &column, double other) const {
  double value = other;
  if (!text(column).empty())
    llvm::StringRef(text(column)).getAsDouble(value);
  return value;
}

int64_t PublishedRun::number(const std::string &column, int64_t other) const {
  return static_cast<int64_t>(real(column, static_cast<double>(other)));
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

static std::string contentsOf(const std::string &path) {
  auto file = llvm::MemoryBuffer::getFile(path);
  return file ? (*file)->getBuffer().str() : std::string();
}

static std::vector<std::string> fieldsOf(llvm::StringRef line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (char c : line) {
    if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      fields.emplace_back();
    else
      fields.back() += c;
  }
  return fields;
}

std::vector<PublishedRun> mlir::moe::readRuns(const std::string &path) {
  std::string contents = contentsOf(path);
  llvm::SmallVector<llvm::StringRef> lines;
  llvm::StringRef(contents).split(lines, '\n', -1, /*KeepEmpty=*/false);
  std::vector<PublishedRun> runs;
  std::vector<std::string> columns;
  for (llvm::StringRef line : lines) {
    std::vector<std::string> fields = fieldsOf(line);
    if (columns.empty()) {
      columns = fields;
      continue;
    }
    PublishedRun &run = runs.emplace_back();
    for (size_t i = 0; i < columns.size(); ++i)
      run.cells[columns[i]] = i < fields.size() ? fields[i] : "";
  }
  return runs;
}

PublishedModels::PublishedModels(const std::string &path) {
  llvm::Expected<llvm::json::Value> json = llvm::json::parse(contentsOf(path));
  if (!json) {
    llvm::consumeError(json.takeError());
    return;
  }
  for (const auto &[name, shape] : *json->getAsObject())
    for (const auto &[key, value] : *shape.getAsObject()) {
      std::vector<int64_t> &numbers = shapes[name.str()][key.str()];
      if (const llvm::json::Array *list = value.getAsArray()) {
        for (const llvm::json::Value &item : *list)
          numbers.push_back(*item.getAsInteger());
      } else {
        numbers.push_back(*value.getAsInteger());
      }
    }
}

//===----------------------------------------------------------------------===//
// Models
//===----------------------------------------------------------------------===//

bool PublishedModels::describe(const std::string &name, cost::Job &job) const {
  auto found = shapes.find(name);
  int64_t layers = 0;
  size_t cut = name.rfind("-L");
  if (found == shapes.end() && cut != std::string::npos &&
      !llvm::StringRef(name).drop_front(cut + 2).getAsInteger(10, layers))
    found = shapes.find(name.substr(0, cut));
  if (found == shapes.end())
    return false;
  auto figure = [&, &shape = found->second](const char *key) -> int64_t {
    auto at = shape.find(key);
    return at == shape.end() ? 0 : at->second.front();
  };
  int64_t dense = figure("dense");
  if (layers > 0)
    dense = dense == figure("L") ? layers : std::min<int64_t>(dense, 1);
  else
    layers = figure("L");
  job.model.hidden = figure("h");
  job.model.vocab = figure("V");
  job.model.matrices = 3;
  cost::LayerShape layer;
  layer.heads = figure("nh");
  if (auto latent = found->second.find("mla"); latent != found->second.end()) {
    const std::vector<int64_t> &sizes = latent->second;
    layer.latentAttention = true;
    layer.qLoraRank = sizes[0];
    layer.kvLoraRank = sizes[1];
    layer.qkNopeDim = sizes[2];
    layer.qkRopeDim = sizes[3];
    layer.vHeadDim = sizes[4];
  } else {
    layer.kvHeads = figure("kv");
    layer.headDim = figure("hd");
  }
  layer.end = dense;
  layer.ffnWidth = figure("ffn");
  if (dense > 0)
    job.model.runs.push_back(layer);
  if (dense == layers)
    return true;
  layer.begin = dense;
  layer.end = layers;
  layer.sparse = true;
  layer.experts = figure("E");
  layer.topK = figure("k");
  layer.expertWidth = figure("mf");
  layer.sharedWidth = figure("shared");
  job.model.runs.push_back(layer);
  return true;
}

//===----------------------------------------------------------------------===//
// Plans
//===----------------------------------------------------------------------===//

static void describeDegrees(const PublishedRun &run, cost::Degrees &degrees) {
  degrees.tp = run.number("tp");
  degrees.cp = run.number("cp");
  degrees.pp = run.number("pp");
  degrees.ep = run.number("ep");
  degrees.etp = run.number("etp");
  int64_t ranks = run.number("n_gpus");
  degrees.dp =
      std::max<int64_t>(ranks / (degrees.tp * degrees.cp * degrees.pp), 1);
  degrees.edp =
      std::max<int64_t>(ranks / (degrees.etp * degrees.ep * degrees.pp), 1);
  const int64_t sizes[cost::numAxes] = {
      degrees.tp, degrees.cp,  degrees.pp, degrees.dp * degrees.cp,
      degrees.ep, degrees.etp, degrees.edp};
  for (unsigned axis = 0; axis < cost::numAxes; ++axis)
    degrees.groups[axis].size = sizes[axis];
}

/// Runs that follow NVIDIA's recipes, which sum gradients in bf16 (README.md
/// beside the data).
static bool followsRecipe(const PublishedRun &run) {
  llvm::StringRef id = run.text("id");
  return id.starts_with("bridge-") || id.starts_with("card-") ||
         id.starts_with("zoo-");
}
static bool isDeepSeek(const PublishedRun &run) {
  return llvm::StringRef(run.text("model")).starts_with("DeepSeek");
}

static void describeRecompute(const PublishedRun &run,
                              cost::RecomputeSet &set) {
  std::string modules = run.text("recompute");
  if (modules.empty() && isDeepSeek(run))
    modules = run.text("gpu") == "H100" ? "mla_up_proj+mlp" : "mla_up_proj";
  if (modules.empty() && llvm::StringRef(run.text("model")).contains("GPT-OSS"))
    modules = "layernorm+moe_act";
  using cost::RecomputeModule;
  const std::pair<const char *, RecomputeModule> names[] = {
      {"core_attn", RecomputeModule::CoreAttention},
      {"mla_up_proj", RecomputeModule::MlaUpProjection},
      {"MLA up-proj", RecomputeModule::MlaUpProjection},
      {"layernorm", RecomputeModule::LayerNorm},
      {"RMSNorm", RecomputeModule::LayerNorm},
      {"moe_act", RecomputeModule::MoEActivation},
      {"SwiGLU", RecomputeModule::MoEActivation},
      {"mlp", RecomputeModule::FeedForward},
      {"moe", RecomputeModule::MoE},
      {"full", RecomputeModule::FullLayer}};
  llvm::SmallVector<llvm::StringRef> parts;
  llvm::StringRef(modules).split(parts, '+');
  for (llvm::StringRef part : parts)
    for (const auto &[name, module] : names)
      if (part == name)
        set.insert(module);
}

static cost::NumberFormat precisionOf(const PublishedRun &run) {
  llvm::StringRef text = run.text("precision");
  if (text.starts_with("MXFP8") || text.starts_with("FP8-MX"))
    return cost::NumberFormat::MXFP8;
  if (text.starts_with("FP8"))
    return cost::NumberFormat::FP8;
  if (text.starts_with("NVFP4"))
    return cost::NumberFormat::NVFP4;
  return cost::NumberFormat::BF16;
}

static void describeWorkload(const PublishedRun &run, cost::Workload &work) {
  using cost::NumberFormat;
  work.sequenceLength = run.number("seq", 4096);
  work.microBatch = run.number("mbs");
  work.globalBatch = run.number("gbs");
  work.precision = precisionOf(run);
  bool halfMoments = run.mentions("opt_dtype", "bf16 moments") ||
                     (run.text("opt_dtype").empty() && isDeepSeek(run) &&
                      run.text("kind") == "train_throughput");
  work.moments = halfMoments ? NumberFormat::BF16 : NumberFormat::FP32;
  bool halfGradients = run.text("grad_dtype") == "bf16" ||
                       (run.text("grad_dtype").empty() && followsRecipe(run));
  work.gradients = halfGradients ? NumberFormat::BF16 : NumberFormat::FP32;
  bool shared = !run.text("fsdp").empty() && run.text("fsdp") != "0";
  work.sharding = shared ? cost::StateSharding::FullyShared
                         : cost::StateSharding::Distributed;
  describeRecompute(run, work.recompute);
  std::string dispatcher = llvm::StringRef(run.text("dispatcher")).lower();
  if (dispatcher == "deepep")
    work.dispatcher = cost::TokenDispatcher::DeepEP;
  if (dispatcher == "hybridep")
    work.dispatcher = cost::TokenDispatcher::HybridEP;
  if (run.mentions("source", "SimuMax"))
    work.contextExchange = cost::ContextExchange::AllToAll;
  work.fusedLoss = llvm::StringRef(run.text("id")).ends_with("_cef");
}

/// Rows of the hottest rank over the mean, in thousandths.
static int64_t hottestPermille(const PublishedRun &run) {
  for (const char *even :
       {"force-balanced", "capacity", "token drop", "tokendrop"})
    if (run.mentions("routing", even))
      return 1000;
  return 1100;
}

static bool describeStages(const PublishedRun &run, int64_t layers,
                           int64_t mtpLayers, cost::Job &job) {
  std::string error;
  const std::string &text = run.text("pp_layout");
  std::optional<StageLayout> layout =
      text.empty() ? StageLayout::evenSplit(layers, mtpLayers, job.degrees.pp,
                                            run.number("vpp"), error)
                   : StageLayout::parse(text, error);
  if (!layout || layout->numChunks() % job.degrees.pp != 0)
    return false;
  job.degrees.vpp = layout->numChunks() / job.degrees.pp;
  job.stages.resize(job.degrees.pp);
  for (int64_t chunk = 0; chunk < layout->numChunks(); ++chunk) {
    const LayoutChunk &held = layout->chunks()[chunk];
    cost::StageShape &stage = job.stages[chunk % job.degrees.pp];
    int64_t first = layout->firstDecoder(chunk);
    stage.chunks.push_back({first, first + held.count(LayerKind::Decoder)});
    stage.embedding |= held.count(LayerKind::Embedding) > 0;
    stage.output |= held.count(LayerKind::Loss) > 0;
    stage.mtpLayers += held.count(LayerKind::Mtp);
  }
  return true;
}

std::optional<cost::Job> mlir::moe::jobOf(const PublishedRun &run,
                                          const PublishedModels &models) {
  cost::Job job;
  const std::string &model = run.text("model");
  bool split = !run.text("tp").empty() || !run.text("ep").empty();
  if (!split || run.number("hybrid_arch", 0) || !models.describe(model, job))
    return std::nullopt;
  describeDegrees(run, job.degrees);
  describeWorkload(run, job.workload);
  for (cost::LayerShape &layer : job.model.runs)
    if (layer.sparse) {
      layer.slotsPerRank = layer.experts / job.degrees.ep;
      layer.skew = cost::LoadSkew::everywhere(hottestPermille(run));
    }
  bool whole = model.find("-L") == std::string::npos;
  bool predicts = whole && llvm::StringRef(model).starts_with("DeepSeek-V3") &&
                  !run.mentions("notes", "w/o MTP");
  int64_t layers = job.model.runs.back().end;
  if (!describeStages(run, layers, predicts, job))
    return std::nullopt;
  return job;
}
