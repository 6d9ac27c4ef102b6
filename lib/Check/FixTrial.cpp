//===- FixTrial.cpp - Fixes that are known to work ------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FixTrial.h"

#include "mlir/IR/Builders.h"
#include "moe/Check/Catalogue.h"
#include "moe/Check/CheckPlan.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mlir::moe;

Operation *moe::sectionOfFix(PlanOp plan, StringRef name) {
  if (name == "cluster")
    return plan.getSection<ClusterOp>();
  if (name == "workload")
    return plan.getSection<WorkloadOp>();
  if (name == "parallelism")
    return plan.getSection<ParallelismOp>();
  return name == "experts" ? plan.getSection<DistributionOp>() : nullptr;
}

/// The same, created where a fix adds the first key of the experts.
static Operation *sectionToFix(PlanOp plan, StringRef name) {
  Operation *section = sectionOfFix(plan, name);
  if (section || name != "experts")
    return section;
  OpBuilder builder = OpBuilder::atBlockEnd(&plan.getBody().front());
  OperationState state(plan.getLoc(), DistributionOp::getOperationName());
  state.addAttribute("sym_name", builder.getStringAttr("experts"));
  return builder.create(state);
}

/// `["moe_act", "mlp"]` as an attribute, or null.
static Attribute listFor(Builder &builder, StringRef value) {
  if (!value.consume_front("[") || !value.consume_back("]"))
    return nullptr;
  SmallVector<Attribute> names;
  SmallVector<StringRef> items;
  value.split(items, ',');
  for (StringRef item : items)
    names.push_back(builder.getStringAttr(item.trim().trim('"')));
  return builder.getArrayAttr(names);
}

/// Keys whose text is a number with a unit.
static bool isClusterQuantity(StringRef key) {
  static constexpr StringLiteral keys[] = {"gpu_memory", "peak_bf16",
                                           "peak_fp8",   "memory_bandwidth",
                                           "intra_node", "inter_node"};
  return llvm::is_contained(keys, key);
}

/// The attribute of a key, or null where the key takes no such value.
static Attribute attributeFor(MLIRContext *context, StringRef key,
                              StringRef value) {
  Builder builder(context);
  if ((key == "recompute" || key == "cuda_graph") && value.starts_with("["))
    return listFor(builder, value);
  if (key == "ep_overlap" && (value == "true" || value == "false"))
    return builder.getBoolAttr(value == "true");
  int64_t number = 0;
  if (!value.getAsInteger(10, number))
    return builder.getI64IntegerAttr(number);
  if (!value.consume_front("\"") || !value.consume_back("\""))
    return nullptr;
  if (key == "dp" && value == "auto")
    return builder.getI64IntegerAttr(ParallelismOp::kAuto);
  if (key == "rule")
    if (std::optional<GridRule> rule = symbolizeGridRule(value))
      return GridRuleAttr::get(context, *rule);
  if (key == "placement")
    if (std::optional<PlacementKind> kind = symbolizePlacementKind(value))
      return PlacementKindAttr::get(context, *kind);
  if (key == "precision")
    if (std::optional<Precision> format = symbolizePrecision(value))
      return PrecisionAttr::get(context, *format);
  if (key == "dispatcher")
    if (std::optional<Dispatcher> kind = symbolizeDispatcher(value))
      return DispatcherAttr::get(context, *kind);
  if (key == "recompute")
    return builder.getStrArrayAttr({value});
  if (key == "order" || key == "layout")
    return builder.getStringAttr(value);
  if (isClusterQuantity(key))
    return QuantityAttr::get(context, value);
  return nullptr;
}

/// Sets "optimizer.sharding"; false for another value or section.
static bool setSharding(Operation *section, StringRef value) {
  auto workload = dyn_cast<WorkloadOp>(section);
  std::optional<StateSharding> sharding =
      symbolizeStateSharding(value.trim('"'));
  if (!workload || !sharding)
    return false;
  OptimizerAttr old = workload.getOptimizerAttr();
  MLIRContext *context = section->getContext();
  workload.setOptimizerAttr(
      old ? OptimizerAttr::get(context, old.getName(), old.getMoments(),
                               old.getGradients(), old.getMaster(), sharding,
                               old.getOffload())
          : OptimizerAttr::get(context, StringAttr(), std::nullopt,
                               std::nullopt, std::nullopt, sharding,
                               QuantityAttr()));
  return true;
}

static bool applyChange(PlanOp plan, const KeyChange &change) {
  auto [sectionName, key] = StringRef(change.key).split('.');
  Operation *section = sectionToFix(plan, sectionName);
  if (!section)
    return false;
  if (key == "optimizer.sharding")
    return setSharding(section, change.value);
  if (change.value == "null") {
    section->removeAttr(key);
    return true;
  }
  Attribute value = attributeFor(plan.getContext(), key, change.value);
  // Of a placement, the rule; `placement` is an operation.
  if (value)
    section->setAttr(key == "placement" ? "placed" : key, value);
  // A rule takes the place of the file of placements.
  if (value && key == "placement")
    for (auto placement :
         llvm::make_early_inc_range(plan.getBody().getOps<PlacementOp>()))
      placement.erase();
  return value != nullptr;
}

bool moe::applyFix(PlanOp plan, const Fix &fix) {
  return llvm::all_of(fix.changes(), [&](const KeyChange &change) {
    return applyChange(plan, change);
  });
}

static bool contains(const FindingList &findings, const Finding &wanted) {
  return llvm::any_of(findings.all(), [&](const Finding &finding) {
    return finding.rule == wanted.rule && finding.where == wanted.where;
  });
}

/// Whether `finding` asks for another value of the key that `fix` has set.
static bool disagrees(const Finding &finding, const Fix &fix) {
  return llvm::any_of(finding.fixes,
                      [&](const Fix &other) { return other.key == fix.key; });
}

static bool isOfMemory(const Finding &finding) {
  return StringRef(finding.rule).starts_with("memory-");
}

static bool works(PlanOp plan, const Finding &finding, const Fix &fix,
                  const FindingList &before,
                  llvm::function_ref<FindingList(PlanOp)> check) {
  OwningOpRef<PlanOp> copy(plan.clone());
  if (!applyFix(*copy, fix))
    return false;
  FindingList after = check(*copy);
  // Only a plan with legal degrees has an estimate: that it does not fit was
  // true before, and is no fault of the fix. With an estimate there is nothing
  // left to reveal, and what becomes false was true.
  bool estimated = isOfMemory(finding);
  auto matters = [&](const Finding &other) {
    return estimated ? other.severity == Severity::Error
                     : blocksBuild(other) && !isOfMemory(other);
  };
  return !contains(after, finding) &&
         llvm::none_of(after.all(), [&](const Finding &other) {
           return matters(other) &&
                  (!contains(before, other) || disagrees(other, fix));
         });
}

void moe::keepWorkingFixes(PlanOp plan, FindingList &findings,
                           llvm::function_ref<FindingList(PlanOp)> check) {
  constexpr unsigned maxOffered = 2, maxNotes = 3;
  for (Finding &finding : findings.all()) {
    std::vector<Fix> candidates = std::move(finding.fixes);
    finding.fixes.clear();
    // Of what takes memory there are many values of one key, fastest first: the
    // second fix is of another key, so that it is an alternative.
    auto isKnown = [&](const Fix &fix) {
      return isOfMemory(finding) &&
             llvm::any_of(finding.fixes, [&](const Fix &offered) {
               return offered.key == fix.key;
             });
    };
    for (Fix &fix : candidates)
      if (finding.fixes.size() < maxOffered && !isKnown(fix) &&
          works(plan, finding, fix, findings, check))
        finding.fixes.push_back(std::move(fix));
    if (finding.fixes.empty() && !finding.withoutFix.empty() &&
        finding.notes.size() < maxNotes)
      finding.notes.emplace_back(finding.where, finding.withoutFix);
  }
}
