//===- EmitFrameworks.cpp - The plan in a framework's own words -----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Flags and placement files of Megatron-LM (megatron/training/arguments.py),
// SGLang (server_args.py, eplb/expert_location.py) and TensorRT-LLM
// (llmapi/llm_args.py, MoeLoadBalancerConfig). Where a framework cannot express
// the plan, its file holds one sentence why.
//
//===----------------------------------------------------------------------===//

#include "Context.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace mlir::moe {

namespace {

/// The degrees of a job, by the names of its meshes.
struct Degrees {
  explicit Degrees(const JobView &view)
      : view(view), tp(of("attention", "tp")), cp(of("attention", "cp")),
        dp(of("attention", "dp")), pp(of("attention", "pp")),
        etp(of("expert", "etp")), ep(of("expert", "ep")),
        edp(of("expert", "edp")) {}

  int64_t of(StringRef mesh, StringRef axis) const {
    const JobAxis *found = find(mesh, axis);
    return found ? found->size : 1;
  }
  /// Whether the axes of a mesh, minor to major, lie next to each other.
  bool isOrder(StringRef mesh, ArrayRef<StringRef> axes) const {
    int64_t stride = 1;
    for (StringRef name : axes) {
      const JobAxis *axis = find(mesh, name);
      if (!axis || axis->size == 1)
        continue;
      if (axis->stride != stride)
        return false;
      stride *= axis->size;
    }
    return true;
  }

  const JobView &view;
  int64_t tp, cp, dp, pp, etp, ep, edp;

private:
  const JobAxis *find(StringRef mesh, StringRef axis) const {
    for (const JobMesh &m : view.meshes)
      if (m.name == mesh)
        for (const JobAxis &a : m.axes)
          if (a.name == axis)
            return &a;
    return nullptr;
  }
};

/// Lines of a file, or the sentence why there are none.
using Lines = std::vector<std::string>;

} // namespace

static Lines cannot(StringRef framework, const Twine &why) {
  return {("# " + framework + " cannot express this plan: " + why).str()};
}

static std::string flag(StringRef name, int64_t value) {
  return formatv("--{0} {1}", name, value).str();
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

/// Whether Megatron divides the layers so without being told.
static bool isEvenDivision(const JobView &view) {
  if (view.stages.empty())
    return true;
  auto layersOf = [](const JobStage &stage) {
    return stage.layers.size() == 1
               ? stage.layers[0].second - stage.layers[0].first
               : -1;
  };
  int64_t each = layersOf(view.stages.front());
  return each > 0 && all_of(view.stages, [&](const JobStage &stage) {
           return layersOf(stage) == each && stage.mtpLayers == 0;
         });
}

static Lines megatronLines(const JobView &view) {
  Degrees d(view);
  bool standard = d.isOrder("attention", {"tp", "cp", "dp", "pp"}) &&
                  d.isOrder("expert", {"etp", "ep", "edp", "pp"});
  bool pipelineInside = d.isOrder("attention", {"tp", "cp", "pp", "dp"}) &&
                        d.isOrder("expert", {"etp", "ep", "pp", "edp"});
  if (!standard && !pipelineInside)
    return cannot("Megatron-LM", "its ranks are numbered neither in the order "
                                 "tp-cp-ep-dp-pp nor in tp-cp-ep-pp-dp");
  Lines lines = {flag("tensor-model-parallel-size", d.tp),
                 flag("context-parallel-size", d.cp),
                 flag("pipeline-model-parallel-size", d.pp),
                 flag("expert-model-parallel-size", d.ep),
                 flag("expert-tensor-parallel-size", d.etp)};
  if (!standard)
    lines.push_back("--use-tp-pp-dp-mapping");
  if (!isEvenDivision(view)) {
    std::string layout = layoutOf(view);
    if (layout.empty())
      return cannot("Megatron-LM", "its stages do not take the layers in turn");
    lines.push_back("--pipeline-model-parallel-layout " + layout);
  }
  if (!view.placements.empty())
    lines.push_back(flag("num-experts", view.placements.front().experts));
  return lines;
}

//===--- Placements -------------------------------------------------------===//

/// Slots of all expert-parallel ranks; 0 without placements, -1 when layers
/// differ in their number.
static int64_t slotsOf(const JobView &view) {
  int64_t slots = 0;
  for (const JobPlacement &p : view.placements) {
    int64_t own = p.ranks * p.slotsPerRank;
    if (slots != 0 && own != slots)
      return -1;
    slots = own;
  }
  return slots;
}

static bool hasEmptySlot(const JobView &view) {
  return any_of(view.placements, [](const JobPlacement &p) {
    return is_contained(p.slots, -1);
  });
}

/// Why neither SGLang nor TensorRT-LLM can have these placements; empty when
/// they can.
static std::string placementProblem(const JobView &view) {
  if (slotsOf(view) < 0)
    return "its layers have different numbers of expert slots";
  return hasEmptySlot(view) ? "it leaves expert slots empty" : "";
}

static const JobPlacement *placementOf(const JobView &view, int64_t layer) {
  auto found = find_if(view.placements, [&](const JobPlacement &p) {
    return p.layers.first <= layer && layer < p.layers.second;
  });
  return found == view.placements.end() ? nullptr : &*found;
}

static int64_t numLayers(const JobView &view) {
  int64_t layers = 0;
  for (const JobStage &stage : view.stages)
    for (auto [begin, end] : stage.layers)
      layers = std::max(layers, end);
  return layers;
}

static std::string listOf(ArrayRef<int32_t> values) {
  return "[" +
         join(map_range(values, [](int32_t v) { return std::to_string(v); }),
              ", ") +
         "]";
}

//===--- SGLang -----------------------------------------------------------===//

/// Why SGLang cannot run the plan; empty when it can.
static std::string sglangProblem(const JobView &view) {
  Degrees d(view);
  if (d.cp > 1)
    return formatv("its context parallelism is {0}, SGLang's TP group has none",
                   d.cp);
  if (!view.placements.empty() && d.edp > 1)
    return formatv("it keeps {0} copies of the experts in a stage, SGLang one",
                   d.edp);
  if (!d.isOrder("attention", {"tp", "dp", "pp"}) ||
      !d.isOrder("expert", {"etp", "ep", "pp"}))
    return "its ranks are not numbered with TP inside of DP inside of PP";
  return placementProblem(view);
}

static Lines sglangLines(const JobView &view) {
  if (std::string why = sglangProblem(view); !why.empty())
    return cannot("SGLang", why);
  Degrees d(view);
  Lines lines = {flag("tp-size", view.worldSize / d.pp)};
  if (d.pp > 1)
    lines.push_back(flag("pp-size", d.pp));
  if (d.dp > 1) {
    lines.push_back(flag("dp-size", d.dp));
    lines.push_back("--enable-dp-attention");
  }
  lines.push_back(flag("nnodes", view.hosts.size()));
  if (!view.placements.empty()) {
    lines.push_back(flag("ep-size", d.ep));
    int64_t redundant = slotsOf(view) - view.placements.front().experts;
    if (redundant > 0)
      lines.push_back(flag("ep-num-redundant-experts", redundant));
    lines.push_back(
        "--init-expert-location framework/expert-location.sglang.json");
  }
  return lines;
}

Error emitSglangPlacement(const JobView &view, const EmitOptions &,
                          raw_ostream &os) {
  std::string why = view.placements.empty() ? "the plan places no experts"
                                            : sglangProblem(view);
  json::OStream json(os, 0);
  if (!why.empty()) {
    json.object([&] { json.attribute("not_expressible", why); });
    os << '\n';
    return Error::success();
  }
  // Dense layers have a row too; what it says is not used.
  int64_t slots = slotsOf(view), experts = view.placements.front().experts;
  os << "{\"physical_to_logical_map\": [\n";
  for (int64_t layer = 0, end = numLayers(view); layer < end; ++layer) {
    std::vector<int32_t> row;
    if (const JobPlacement *p = placementOf(view, layer))
      row = p->slots;
    for (int64_t slot = row.size(); slot < slots; ++slot)
      row.push_back(slot % experts);
    os << listOf(row) << (layer + 1 < end ? ",\n" : "\n");
  }
  os << "]}\n";
  return Error::success();
}

//===--- TensorRT-LLM -----------------------------------------------------===//

static Lines tensorRtLines(const JobView &view) {
  Degrees d(view);
  StringRef framework = "TensorRT-LLM";
  if (d.cp > 1)
    return cannot(framework, "it shards sequences (CP " + Twine(d.cp) + ")");
  if (d.dp > 1 && d.tp > 1)
    return cannot(framework, "attention is both replicated (DP " + Twine(d.dp) +
                                 ") and sharded (TP " + Twine(d.tp) + ")");
  if (!view.placements.empty() && d.edp > 1)
    return cannot(framework, "it keeps " + Twine(d.edp) +
                                 " copies of the experts in a stage");
  if (!d.isOrder("attention", {"tp", "dp", "pp"}) ||
      !d.isOrder("expert", {"etp", "ep", "pp"}))
    return cannot(framework, "its ranks are not numbered with PP outermost");
  if (std::string why = placementProblem(view); !why.empty())
    return cannot(framework, why);
  auto setting = [](StringRef name, const Twine &value) {
    return (name + ": " + value).str();
  };
  Lines lines = {setting("tensor_parallel_size", Twine(view.worldSize / d.pp)),
                 setting("pipeline_parallel_size", Twine(d.pp)),
                 setting("enable_attention_dp", d.dp > 1 ? "true" : "false")};
  if (view.placements.empty())
    return lines;
  lines.push_back(setting("moe_expert_parallel_size", Twine(d.ep)));
  lines.push_back(setting("moe_tensor_parallel_size", Twine(d.etp)));
  lines.push_back("moe_config:");
  lines.push_back("  load_balancer:");
  lines.push_back(setting("    num_slots", Twine(slotsOf(view))));
  lines.push_back("    layer_updates_per_iter: 0 # the placement stays");
  lines.push_back("    initial_global_assignments:");
  for (int64_t layer = 0, end = numLayers(view); layer < end; ++layer)
    if (const JobPlacement *p = placementOf(view, layer))
      lines.push_back(
          setting("      " + std::to_string(layer), listOf(p->slots)));
  return lines;
}

//===--- Files ------------------------------------------------------------===//

Error emitFramework(StringRef path, const JobView &view,
                    const EmitOptions &options, raw_ostream &os) {
  Lines lines = path == "framework/megatron-lm.args" ? megatronLines(view)
                : path == "framework/sglang.args"    ? sglangLines(view)
                                                     : tensorRtLines(view);
  json::Object context = commonContext(view);
  context["lines"] = json::Array(lines);
  return printTemplate(path, options, context, os);
}

} // namespace mlir::moe
