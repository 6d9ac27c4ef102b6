//===- MemoryFixes.cpp - Changes after which a plan fits ------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MemoryFixes.h"

#include "Amounts.h"
#include "FixTrial.h"
#include "RecomputeModules.h"
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

/// Tries changes one at a time, each on a copy of the plan.
class FitSearch {
public:
  FitSearch(const RuleInput &input, double memoryBytes)
      : input(input), plan(input.model), job(*input.cost.legalJob()),
        before(input.cost.timed()), memoryBytes(memoryBytes) {}

  void tryRecomputation();
  void trySharding();
  void tryBatch();
  void tryDegrees();
  std::vector<Fix> fastest();

private:
  bool offer(Fix fix);
  RecordedLoads loadsOf(const PlanModel &changed,
                        const PlanDecisions &decisions) const;
  void addRecomputation(ArrayRef<const NamedModule *> added);
  bool follow(const Figure &degree, int64_t size, Fix &fix) const;
  void tryDegree(const Figure &degree, int64_t size);
  void tryDegree(const Figure &degree, std::optional<int64_t> most);

  const RuleInput &input;
  const PlanModel &plan;
  const cost::Job &job;
  const cost::Estimate *before;
  double memoryBytes;
  cost::Workspace workspace;
  cost::Estimate estimate;
  std::vector<Candidate> candidates;
};
} // namespace

/// Loads of ranks follow from their number and their slots: most changes leave
/// those as they are, and shares of hundreds of ranks take milliseconds to
/// find.
RecordedLoads FitSearch::loadsOf(const PlanModel &changed,
                                 const PlanDecisions &decisions) const {
  bool same = changed.degrees.ep && plan.degrees.ep &&
              *changed.degrees.ep == *plan.degrees.ep &&
              changed.distribution.slotsPerRank.value ==
                  plan.distribution.slotsPerRank.value;
  return same ? input.cost.loads()
              : RecordedLoads(changed, decisions, &input.cost.placements());
}

/// Keeps the change if it fits; false when its degrees or layout are not legal.
bool FitSearch::offer(Fix fix) {
  PlanOp original = input.plan;
  OwningOpRef<PlanOp> copy(original.clone());
  if (!applyFix(*copy, fix))
    return false;
  std::string error;
  PlanModel figures(*copy);
  PlanDecisions decisions(*copy);
  std::optional<cost::Job> changed =
      makeCostJob(figures, decisions, loadsOf(figures, decisions), error);
  if (!changed)
    return false;
  estimateJob(*changed, workspace, estimate);
  cost::Count needed = estimate.deviceMemory();
  if (!needed || static_cast<double>(*needed) > memoryBytes)
    return true;
  fix.why = "a rank then needs " + bytes(needed);
  double rate = before ? estimate.tokensPerSecondPerGpu : 0;
  if (before) {
    double gain = rate / before->tokensPerSecondPerGpu - 1;
    fix.why += gain < -0.0005  ? ", " + percent(-gain) + " slower by estimate"
               : gain > 0.0005 ? ", " + percent(gain) + " faster by estimate"
                               : ", as fast by estimate";
  }
  candidates.push_back({std::move(fix), rate});
  return true;
}

//===----------------------------------------------------------------------===//
// What is recomputed
//===----------------------------------------------------------------------===//

static bool excludeEachOther(const NamedModule &a, const NamedModule &b) {
  bool one = a.module == RecomputeModule::MoE;
  return (one && b.ofExperts) ||
         (b.module == RecomputeModule::MoE && a.ofExperts);
}

/// `["core_attn", "moe_act"]`: what the plan recomputes, and more. Modules of
/// parts that the model does not have are left out (workload-5).
void FitSearch::addRecomputation(ArrayRef<const NamedModule *> added) {
  std::vector<std::string> names = plan.workload.recompute;
  for (const NamedModule &module : recomputeModules())
    if (!hasPart(plan.model, module.module))
      llvm::erase(names, module.name);
  for (const NamedModule *module : added)
    names.push_back(module->name.str());
  offer(
      {"workload.recompute", "[\"" + llvm::join(names, "\", \"") + "\"]", ""});
}

void FitSearch::tryRecomputation() {
  const cost::RecomputeSet &present = job.workload.recompute;
  if (!job.isTraining() || present.contains(RecomputeModule::FullLayer))
    return;
  ArrayRef<NamedModule> modules = recomputeModules();
  auto canBeAdded = [&](const NamedModule &module) {
    return !present.contains(module.module) &&
           hasPart(plan.model, module.module) &&
           llvm::none_of(modules, [&](const NamedModule &other) {
             return present.contains(other.module) &&
                    excludeEachOther(module, other);
           });
  };
  for (const NamedModule &first : modules) {
    if (!canBeAdded(first))
      continue;
    addRecomputation({&first});
    for (const NamedModule &second : modules)
      if (&second > &first && canBeAdded(second) &&
          !excludeEachOther(first, second))
        addRecomputation({&first, &second});
  }
  offer({"workload.recompute", "\"full\"", ""});
}

//===----------------------------------------------------------------------===//
// States and batches
//===----------------------------------------------------------------------===//

void FitSearch::trySharding() {
  if (!job.isTraining() ||
      job.workload.sharding == cost::StateSharding::FullyShared)
    return;
  if (job.workload.sharding == cost::StateSharding::None)
    offer({"workload.optimizer.sharding", "\"distributed\"", ""});
  offer({"workload.optimizer.sharding", "\"fsdp\"", ""});
}

/// Divides the batch, so that the steps of training stay what they are.
void FitSearch::tryBatch() {
  bool training = job.isTraining();
  const cost::Count &size =
      training ? job.workload.microBatch : job.workload.batch;
  StringRef key = training ? "workload.micro_batch" : "workload.batch";
  constexpr int64_t most = 1024;
  for (int64_t parts = 2; size && parts <= std::min(*size, most); ++parts)
    if (*size % parts == 0)
      offer({key.str(), llvm::itostr(*size / parts), ""});
}

//===----------------------------------------------------------------------===//
// Degrees
//===----------------------------------------------------------------------===//

/// Adds what is stated and has to follow the degree: the replicas take or give
/// the ranks, the slots of experts are those of more or fewer ranks, and a
/// layout is one of another pipeline. False where that is not whole.
bool FitSearch::follow(const Figure &degree, int64_t size, Fix &fix) const {
  const Degrees &degrees = plan.degrees;
  auto divide = [&](const Figure &figure, StringRef section) {
    cost::Count scaled = cost::Count(*figure) * *degree;
    if (!scaled || *scaled % size != 0)
      return false;
    fix.also.push_back(
        {section.str() + "." + figure.name, llvm::itostr(*scaled / size)});
    return true;
  };
  bool ofExperts = &degree == &degrees.ep || &degree == &degrees.etp;
  bool ofPipeline = &degree == &degrees.pp || &degree == &degrees.vpp;
  bool takesReplicas = &degree != &degrees.vpp &&
                       (!ofExperts || degrees.rule == GridRule::Product);
  if (takesReplicas && degrees.dp.origin == Origin::Stated &&
      !divide(degrees.dp, "parallelism"))
    return false;
  const Figure &slots = plan.distribution.slotsPerRank;
  if (&degree == &degrees.ep && slots && !divide(slots, "experts"))
    return false;
  if (ofPipeline && degrees.layout && *degrees.layout != "uniform")
    fix.also.push_back({"parallelism.layout", "null"});
  return true;
}

void FitSearch::tryDegree(const Figure &degree, int64_t size) {
  const Degrees &degrees = plan.degrees;
  Fix fix{"parallelism." + degree.name, llvm::itostr(size), ""};
  if (!follow(degree, size, fix) || offer(fix))
    return;
  // Experts on all ranks of a stage, or on all replicas, follow their number.
  bool attention = &degree == &degrees.tp || &degree == &degrees.cp ||
                   &degree == &degrees.pp || &degree == &degrees.etp;
  cost::Count ep = cost::Count(*degrees.ep) * *degree;
  if (!attention || !ep || *ep % size != 0)
    return;
  fix.also.push_back({"parallelism.ep", llvm::itostr(*ep / size)});
  offer(std::move(fix));
}

/// All values of a degree up to `most`, those nearest to the present one first.
void FitSearch::tryDegree(const Figure &degree, std::optional<int64_t> most) {
  constexpr int64_t limit = 4096;
  int64_t world = *plan.cluster.worldSize;
  bool chunks = &degree == &plan.degrees.vpp;
  // Chunks are equal; ranks form whole groups.
  int64_t whole = chunks ? most.value_or(0) / *plan.degrees.pp : world;
  SmallVector<int64_t> sizes;
  for (int64_t size = 1; size <= std::min(most.value_or(0), limit); ++size)
    if (size != *degree && whole >= size && whole % size == 0)
      sizes.push_back(size);
  auto distance = [&](int64_t size) {
    double ratio = static_cast<double>(size) / static_cast<double>(*degree);
    return std::max(ratio, 1 / ratio);
  };
  llvm::stable_sort(
      sizes, [&](int64_t a, int64_t b) { return distance(a) < distance(b); });
  for (int64_t size : sizes)
    tryDegree(degree, size);
}

/// Degrees of plans that decide nothing from them yet. Whether a framework and
/// the model accept one, the trial of a fix knows.
void FitSearch::tryDegrees() {
  const Degrees &degrees = plan.degrees;
  if (!plan.cluster.worldSize || !degrees.dp || !degrees.etp ||
      !input.decisions.meshes.empty() || input.decisions.pipeline)
    return;
  std::optional<int64_t> heads, experts;
  for (const LayerRun &run : plan.model.runs) {
    heads = std::max(heads, run.heads);
    experts = std::max(experts, run.experts);
  }
  const Figure &world = plan.cluster.worldSize;
  tryDegree(degrees.ep, experts);
  tryDegree(degrees.pp, plan.model.layers.value);
  tryDegree(degrees.tp, heads);
  tryDegree(degrees.cp, world.value);
  tryDegree(degrees.vpp, plan.model.layers.value);
  if (degrees.rule == GridRule::Folded)
    tryDegree(degrees.etp, world.value);
}

std::vector<Fix> FitSearch::fastest() {
  llvm::stable_sort(candidates, [](const Candidate &a, const Candidate &b) {
    return std::make_pair(-a.tokensPerSecond, a.fix.also.size()) <
           std::make_pair(-b.tokensPerSecond, b.fix.also.size());
  });
  std::vector<Fix> fixes;
  for (Candidate &candidate : candidates)
    fixes.push_back(std::move(candidate.fix));
  return fixes;
}

std::vector<Fix> moe::findChangesThatFit(const RuleInput &input,
                                         double memoryBytes) {
  if (input.trial || !input.cost.legalJob())
    return {};
  FitSearch search(input, memoryBytes);
  search.tryRecomputation();
  search.trySharding();
  search.tryBatch();
  search.tryDegrees();
  return search.fastest();
}
