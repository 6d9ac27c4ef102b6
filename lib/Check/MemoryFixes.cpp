//===- MemoryFixes.cpp - Changes after which a plan fits ------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MemoryFixes.h"

#include "Amounts.h"
#include "Arithmetic.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;
using cost::RecomputeModule;

namespace {
/// A change that fits, and how fast the plan is with it.
struct Candidate {
  Fix fix;
  double tokensPerSecond;
};

/// Tries changes one at a time.
class FitSearch {
public:
  FitSearch(const PlanModel &plan, const PlanDecisions &decisions,
            const PlanCost &cost, double memoryBytes)
      : plan(plan), decisions(decisions), job(*cost.legalJob()),
        before(cost.timed()), memoryBytes(memoryBytes) {}

  void tryRecomputation();
  void trySharding();
  void tryBatch();
  void tryDegrees();
  std::vector<Fix> fastest();

private:
  void offer(const cost::Job &changed, std::string key, std::string value);
  void tryDegree(Figure Degrees::*degree, int64_t size);

  const PlanModel &plan;
  const PlanDecisions &decisions;
  const cost::Job &job;
  const cost::Estimate *before;
  double memoryBytes;
  cost::Workspace workspace;
  cost::Estimate estimate;
  std::vector<Candidate> candidates;
};
} // namespace

/// Keeps the change if it fits.
void FitSearch::offer(const cost::Job &changed, std::string key,
                      std::string value) {
  estimateJob(changed, workspace, estimate);
  cost::Count needed = estimate.deviceMemory();
  if (!needed || static_cast<double>(*needed) > memoryBytes)
    return;
  std::string why = "a rank then needs " + bytes(needed);
  double rate = estimate.tokensPerSecondPerGpu;
  if (before) {
    double gain = rate / before->tokensPerSecondPerGpu - 1;
    why += gain < -0.0005  ? ", " + percent(-gain) + " slower by estimate"
           : gain > 0.0005 ? ", " + percent(gain) + " faster by estimate"
                           : ", as fast by estimate";
  }
  candidates.push_back(
      {{std::move(key), std::move(value), std::move(why)}, before ? rate : 0});
}

//===----------------------------------------------------------------------===//
// What is recomputed
//===----------------------------------------------------------------------===//

namespace {
struct NamedModule {
  StringRef name;
  RecomputeModule module;
  /// Inside what "moe" recomputes.
  bool ofExperts;
};
} // namespace

static constexpr NamedModule namedModules[] = {
    {"core_attn", RecomputeModule::CoreAttention, false},
    {"mla_up_proj", RecomputeModule::MlaUpProjection, false},
    {"layernorm", RecomputeModule::LayerNorm, false},
    {"moe_act", RecomputeModule::MoEActivation, true},
    {"mlp", RecomputeModule::FeedForward, false},
    {"moe", RecomputeModule::MoE, true},
    {"shared_experts", RecomputeModule::SharedExperts, true}};

/// `["core_attn", "moe_act"]`.
static std::string jsonList(ArrayRef<std::string> names) {
  std::string text = "[";
  for (const std::string &name : names)
    text += (text.size() > 1 ? ", \"" : "\"") + name + "\"";
  return text + "]";
}

static bool excludeEachOther(const NamedModule &a, const NamedModule &b) {
  bool one = a.module == RecomputeModule::MoE;
  return (one && b.ofExperts) ||
         (b.module == RecomputeModule::MoE && a.ofExperts);
}

void FitSearch::tryRecomputation() {
  if (!job.isTraining() ||
      job.workload.recompute.contains(RecomputeModule::FullLayer))
    return;
  auto withModules = [&](ArrayRef<const NamedModule *> added) {
    cost::Job changed = job;
    std::vector<std::string> names = plan.workload.recompute;
    for (const NamedModule *module : added) {
      changed.workload.recompute.insert(module->module);
      names.push_back(module->name.str());
    }
    offer(changed, "workload.recompute", jsonList(names));
  };
  auto present = [&](const NamedModule &module) {
    return job.workload.recompute.contains(module.module);
  };
  for (const NamedModule &first : namedModules) {
    bool clashes = llvm::any_of(namedModules, [&](const NamedModule &other) {
      return present(other) && excludeEachOther(first, other);
    });
    if (present(first) || clashes)
      continue;
    withModules({&first});
    for (const NamedModule &second : namedModules)
      if (&second > &first && !present(second) &&
          !excludeEachOther(first, second))
        withModules({&first, &second});
  }
  cost::Job changed = job;
  changed.workload.recompute = {};
  changed.workload.recompute.insert(RecomputeModule::FullLayer);
  offer(changed, "workload.recompute", "\"full\"");
}

//===----------------------------------------------------------------------===//
// States and batches
//===----------------------------------------------------------------------===//

void FitSearch::trySharding() {
  if (!job.isTraining() ||
      job.workload.sharding == cost::StateSharding::FullyShared)
    return;
  cost::Job changed = job;
  if (job.workload.sharding == cost::StateSharding::None) {
    changed.workload.sharding = cost::StateSharding::Distributed;
    offer(changed, "workload.optimizer.sharding", "\"distributed\"");
  }
  changed.workload.sharding = cost::StateSharding::FullyShared;
  offer(changed, "workload.optimizer.sharding", "\"fsdp\"");
}

/// Halves until it fits; the largest that does is the least change.
void FitSearch::tryBatch() {
  cost::Job changed = job;
  bool training = job.isTraining();
  cost::Count &size =
      training ? changed.workload.microBatch : changed.workload.batch;
  StringRef key = training ? "workload.micro_batch" : "workload.batch";
  size_t found = candidates.size();
  while (size && *size > 1 && *size % 2 == 0 && candidates.size() == found) {
    size = *size / 2;
    offer(changed, key.str(), llvm::itostr(*size));
  }
}

//===----------------------------------------------------------------------===//
// Degrees
//===----------------------------------------------------------------------===//

/// The replicas that are left beside the other degrees; false when they do not
/// divide the ranks.
static bool resolveReplicas(PlanModel &plan) {
  Degrees &degrees = plan.degrees;
  const Figure &world = plan.cluster.worldSize;
  auto replicas = [&](Factors factors, Figure &of) {
    std::optional<int64_t> used = factors.value();
    if (!used || *used == 0 || *world % *used != 0)
      return false;
    of.value = *world / *used;
    return true;
  };
  return replicas({&degrees.tp, &degrees.cp, &degrees.pp}, degrees.dp) &&
         replicas({&degrees.etp, &degrees.ep, &degrees.pp}, degrees.edp);
}

void FitSearch::tryDegree(Figure Degrees::*degree, int64_t size) {
  PlanModel changed = plan;
  Figure &figure = changed.degrees.*degree;
  figure.value = size;
  if (!resolveReplicas(changed))
    return;
  std::string error;
  if (std::optional<cost::Job> other = makeCostJob(changed, decisions, error))
    offer(*other, "parallelism." + figure.name, llvm::itostr(size));
}

/// Multiples of the degrees by the folded rule; the product rule has no
/// replicas to take ranks from. The trial of a fix knows all rules.
void FitSearch::tryDegrees() {
  const Degrees &degrees = plan.degrees;
  bool derived = degrees.dp.origin != Origin::Stated;
  // Megatron-Core's etp follows tp.
  bool tensor = degrees.etp.origin == Origin::Stated;
  if (degrees.rule != GridRule::Folded || decisions.pipeline || !derived ||
      degrees.layout || !plan.cluster.worldSize || !degrees.etp)
    return;
  for (int64_t factor : {2, 4, 8, 16}) {
    auto grown = [&](const Figure &degree) {
      return cost::Count(*degree) * factor;
    };
    if (auto size = grown(degrees.ep))
      tryDegree(&Degrees::ep, *size);
    if (auto size = grown(degrees.pp))
      tryDegree(&Degrees::pp, *size);
    if (auto size = grown(degrees.tp); size && tensor)
      tryDegree(&Degrees::tp, *size);
    if (auto size = grown(degrees.cp); size && job.isTraining())
      tryDegree(&Degrees::cp, *size);
  }
}

std::vector<Fix> FitSearch::fastest() {
  llvm::stable_sort(candidates, [](const Candidate &a, const Candidate &b) {
    return a.tokensPerSecond > b.tokensPerSecond;
  });
  // Of each key the best, so that alternatives differ; each is tried on a copy
  // of the plan, which takes longer than finding it.
  constexpr size_t most = 6;
  std::vector<Fix> fixes;
  for (Candidate &candidate : candidates) {
    bool known = llvm::any_of(
        fixes, [&](const Fix &fix) { return fix.key == candidate.fix.key; });
    if (!known && fixes.size() < most)
      fixes.push_back(std::move(candidate.fix));
  }
  return fixes;
}

std::vector<Fix> moe::findChangesThatFit(const PlanModel &plan,
                                         const PlanDecisions &decisions,
                                         const PlanCost &cost,
                                         double memoryBytes) {
  if (!cost.legalJob())
    return {};
  FitSearch search(plan, decisions, cost, memoryBytes);
  search.tryRecomputation();
  search.trySharding();
  search.tryBatch();
  search.tryDegrees();
  return search.fastest();
}
