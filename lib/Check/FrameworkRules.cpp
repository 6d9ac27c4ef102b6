//===- FrameworkRules.cpp - What the framework of a plan accepts ----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FrameworkAnswer.h"

#include "Arithmetic.h"
#include "Rules.h"
#include "moe/Frameworks/Configurations.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

//===----------------------------------------------------------------------===//
// framework-1: the framework builds groups of the degrees
//===----------------------------------------------------------------------===//

static FrameworkAnswer answerOf(const GroupsResult &result) {
  if (const auto *rejected = std::get_if<RejectedConfiguration>(&result))
    return {{rejected->problems.begin(), rejected->problems.end()}, {}};
  const auto &warnings = std::get<FrameworkGroups>(result).warnings;
  return {{}, {warnings.begin(), warnings.end()}};
}

static FrameworkAnswer askMegatron(const PlanModel &plan) {
  const Degrees &degrees = plan.degrees;
  MegatronConfiguration config;
  config.world = *plan.cluster.worldSize;
  config.tp = *degrees.tp;
  config.pp = *degrees.pp;
  config.cp = *degrees.cp;
  config.ep = *degrees.ep;
  config.etp = *degrees.etp;
  config.order = degrees.order;
  if (*degrees.vpp > 1)
    config.vpp = *degrees.vpp;
  return answerOf(buildGroups(config));
}

static FrameworkAnswer askTorchTitan(const PlanModel &plan) {
  const Degrees &degrees = plan.degrees;
  TorchTitanConfiguration config;
  config.world = *plan.cluster.worldSize;
  config.tp = *degrees.tp;
  config.pp = *degrees.pp;
  config.cp = *degrees.cp;
  config.ep = *degrees.ep;
  return answerOf(buildGroups(config));
}

static FrameworkAnswer askDeepSpeed(const PlanModel &plan) {
  const Degrees &degrees = plan.degrees;
  DeepSpeedConfiguration config;
  config.world = *plan.cluster.worldSize;
  config.tp = *degrees.tp;
  config.pp = *degrees.pp;
  config.ep = *degrees.ep;
  return answerOf(buildGroups(config));
}

/// SGLang's tp counts all ranks of a stage; attention divides them once more.
static FrameworkAnswer askSGLang(const PlanModel &plan) {
  const Degrees &degrees = plan.degrees;
  SGLangConfiguration config;
  config.world = *plan.cluster.worldSize;
  config.pp = *degrees.pp;
  config.tp = config.world / config.pp;
  config.attnDp = *degrees.dp;
  config.attnCp = *degrees.cp;
  // Without experts nothing is divided over their ranks.
  if (plan.model.firstSparse() || *degrees.ep > 1) {
    config.ep = *degrees.ep;
    config.moeDp = *degrees.edp;
  }
  return answerOf(buildGroups(config));
}

static FrameworkAnswer askVllm(const PlanModel &plan) {
  const Degrees &degrees = plan.degrees;
  VllmConfiguration config;
  config.world = *plan.cluster.worldSize;
  config.tp = *degrees.tp;
  config.pp = *degrees.pp;
  config.pcp = *degrees.cp;
  config.dp = *degrees.dp;
  return answerOf(buildGroups(config));
}

FrameworkAnswer moe::askFramework(const PlanModel &plan) {
  switch (*plan.framework) {
  case Framework::Megatron:
    return askMegatron(plan);
  case Framework::TorchTitan:
    return askTorchTitan(plan);
  case Framework::DeepSpeed:
    return askDeepSpeed(plan);
  case Framework::SGLang:
    return askSGLang(plan);
  case Framework::VLLM:
    return askVllm(plan);
  case Framework::TensorRTLLM:
    return {}; // Builds no groups of its own; framework-2 has its rule.
  }
  llvm_unreachable("unknown framework");
}

static void addAnswer(const PlanModel &plan, Severity severity,
                      const std::string &message, FindingList &findings) {
  std::string name = displayName(*plan.framework).str();
  bool order = StringRef(message).contains("order");
  Finding &finding = findings.add(
      "framework-1", severity,
      order ? plan.degrees.orderWhere : plan.degrees.ep.where, message);
  finding.expected = "degrees that " + name + " accepts";
  finding.found =
      Factors({&plan.degrees.tp, &plan.degrees.cp, &plan.degrees.pp,
               &plan.degrees.dp, &plan.degrees.ep, &plan.degrees.etp})
          .sources();
  if (order)
    finding.fixes.push_back({"parallelism.order", "\"tp-cp-ep-dp-pp\"",
                             "the default of Megatron-Core"});
}

static void checkGroupsOf(const PlanModel &plan, FindingList &findings) {
  std::string name = displayName(*plan.framework).str();
  FrameworkAnswer answer = askFramework(plan);
  for (const std::string &problem : answer.problems)
    addAnswer(plan, Severity::Error,
              name + " builds no groups of these degrees: " + problem,
              findings);
  for (const std::string &warning : answer.warnings)
    addAnswer(plan, Severity::Warning, warning, findings);
}

//===----------------------------------------------------------------------===//
// framework-2: serving spreads experts over all ranks of a stage
//===----------------------------------------------------------------------===//

/// vLLM knows expert parallelism as a switch: experts are spread over all ranks
/// of a stage, whole (`--enable-expert-parallel`), or each is split over all of
/// them. TensorRT-LLM takes two factors, moe_tp_size x moe_ep_size = tp_size.
static void checkServing(const PlanModel &plan, FindingList &findings) {
  bool vllm = plan.framework == Framework::VLLM;
  if (!vllm && plan.framework != Framework::TensorRTLLM)
    return;
  const Degrees &degrees = plan.degrees;
  if (*degrees.ep == 1)
    return;
  Factors stage({&degrees.tp, &degrees.cp, &degrees.dp});
  std::optional<int64_t> ranks = stage.value();
  std::optional<int64_t> experts =
      vllm ? degrees.ep.value : product({&degrees.etp, &degrees.ep});
  if (!ranks || !experts || *ranks == *experts)
    return;
  std::string name = displayName(*plan.framework).str();
  std::string found = vllm ? "ep = " + llvm::itostr(*degrees.ep)
                           : Factors({&degrees.etp, &degrees.ep}).equation();
  Finding &finding = findings.add(
      "framework-2", Severity::Error, degrees.ep.where,
      (vllm ? name + " has no expert-parallel size of its own: its experts are "
                     "on all ranks of a stage, "
            : name + " divides the experts over all ranks of a stage, ") +
          stage.equation() + ", not on " + found);
  finding.expected = (vllm ? "ep = " : "etp x ep = ") + llvm::itostr(*ranks);
  finding.found = found;
  if (*ranks % *degrees.etp == 0)
    finding.fixes.push_back({"parallelism.ep",
                             llvm::itostr(*ranks / (vllm ? 1 : *degrees.etp)),
                             "as many as the ranks of a stage"});
}

//===----------------------------------------------------------------------===//
// framework-3: the framework uses the placement
//===----------------------------------------------------------------------===//

/// Whether the plan says which experts have which slots.
static bool isPlaced(const RuleInput &input) {
  return input.model.distribution.placement == PlacementKind::Balanced ||
         llvm::any_of(input.decisions.placements,
                      [](const DecidedPlacement &placement) {
                        return placement.kind == PlacementKind::Table;
                      });
}

/// Whether experts are anywhere but in order, one slot each: an engine needs a
/// load balancer for that.
static bool needsBalancer(const RuleInput &input) {
  const PlanModel &plan = input.model;
  const LayerRun *sparse = plan.model.firstSparse();
  const Figure &slots = plan.distribution.slotsPerRank;
  bool redundant = slots && sparse && sparse->experts &&
                   *sparse->experts / *plan.degrees.ep < *slots;
  return redundant || isPlaced(input);
}

/// TensorRT-LLM reads `load_balancer` only with attention data parallelism, and
/// looks up every MoE layer, those of multi-token prediction included.
static void checkBalancer(const RuleInput &input, FindingList &findings) {
  const PlanModel &plan = input.model;
  if (plan.framework != Framework::TensorRTLLM || *plan.degrees.ep == 1 ||
      !needsBalancer(input))
    return;
  Location where = plan.distribution.where;
  if (*plan.degrees.dp == 1) {
    Finding &finding = findings.add(
        "framework-3", Severity::Warning, where,
        "TensorRT-LLM balances experts only with data-parallel attention; with "
        "dp = 1 it ignores the placement without a word");
    finding.subject = "dp";
    finding.expected = "dp > 1";
    finding.found = Factors({&plan.degrees.tp, &plan.degrees.dp}).sources();
    finding.fixes.push_back({"parallelism.tp", "1",
                             "attention is then data parallel over the ranks "
                             "of a stage"});
  }
  const ModelFigures &model = plan.model;
  if (!isPlaced(input) || model.mtpLayers == 0 || !model.layers ||
      model.runs.empty() || !model.runs.back().sparse)
    return;
  std::string layer = "layer " + llvm::itostr(*model.layers);
  Finding &finding = findings.add(
      "framework-3", Severity::Warning, where,
      "the placement has nothing for " + layer +
          ", which predicts further tokens and has experts too; TensorRT-LLM "
          "looks it up and stops");
  finding.subject = "mtp";
  finding.expected = "a placement of " + layer;
  finding.found = "placements of layers " +
                  llvm::itostr(model.firstSparse()->begin) + " to " +
                  llvm::itostr(*model.layers - 1);
}

//===----------------------------------------------------------------------===//
// framework-4: the framework does what the plan is for
//===----------------------------------------------------------------------===//

namespace {
/// What a framework runs: Megatron-Core and DeepSpeed have engines for
/// inference as well.
struct FrameworkPurpose {
  Framework framework;
  bool trains, serves;
};
} // namespace
static constexpr FrameworkPurpose kPurposes[] = {
    {Framework::Megatron, true, true},
    {Framework::DeepSpeed, true, true},
    {Framework::TorchTitan, true, false},
    {Framework::VLLM, false, true},
    {Framework::SGLang, false, true},
    {Framework::TensorRTLLM, false, true}};

/// A plan without a mode says nothing of it.
static void checkPurpose(const PlanModel &plan, FindingList &findings) {
  if (!plan.framework || !plan.workload.mode)
    return;
  const auto *purpose =
      llvm::find_if(kPurposes, [&](const FrameworkPurpose &each) {
        return each.framework == *plan.framework;
      });
  bool training = plan.workload.isTraining();
  if (training ? purpose->trains : purpose->serves)
    return;
  SmallVector<std::string> others;
  for (const FrameworkPurpose &each : kPurposes)
    if (training ? each.trains : each.serves)
      others.push_back(displayName(each.framework).str());
  std::string name = displayName(*plan.framework).str();
  std::string verb = training ? "train" : "serve";
  std::string mode = stringifyEnum(*plan.workload.mode).str();
  Finding &finding =
      findings.add("framework-4", Severity::Error, plan.where,
                   name + " does not " + verb +
                       " models, and the mode of the plan is " + mode);
  finding.expected =
      "a framework that " + verb + "s: " + llvm::join(others, ", ");
  finding.found = name;
}

bool moe::canAskFramework(const PlanModel &plan) {
  const Degrees &degrees = plan.degrees;
  return plan.framework && degrees.rule == GridRule::Folded &&
         plan.cluster.worldSize && degrees.dp && degrees.edp;
}

void moe::checkFramework(const RuleInput &input, FindingList &findings) {
  const PlanModel &plan = input.model;
  checkPurpose(plan, findings);
  // The equations have better words for what they refuse themselves.
  bool refused = llvm::any_of(findings.all(), [](const Finding &finding) {
    return finding.severity == Severity::Error &&
           StringRef(finding.rule).starts_with("mesh-");
  });
  if (refused || !canAskFramework(plan))
    return;
  checkGroupsOf(plan, findings);
  checkServing(plan, findings);
  checkBalancer(input, findings);
}
