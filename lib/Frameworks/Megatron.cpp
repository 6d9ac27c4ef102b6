//===- Megatron.cpp - What Megatron-Core accepts --------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The checks of initialize_model_parallel of megatron/core/parallel_state.py,
// and those it lacks.
//
//===----------------------------------------------------------------------===//

#include "Advice.h"
#include "MegatronGrids.h"
#include "moe/Wording/Wording.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <numeric>

using namespace mlir::moe;

/// What Megatron-LM's megatron/training/initialize.py makes of its flag.
static constexpr llvm::StringLiteral tpPpDpOrder = "tp-cp-ep-pp-dp";

namespace {

class MegatronCheck {
public:
  explicit MegatronCheck(const MegatronConfiguration &config)
      : config(config), grids(config),
        written(config.useTpPpDpMapping ? llvm::StringRef(tpPpDpOrder)
                                        : llvm::StringRef(config.order)) {}

  GroupsResult build();

private:
  bool checkDegreesAlone();
  void checkSettings();
  void checkHierarchy();
  void checkGtpRemat();
  void deriveDataParallelism();
  void checkWorldOfGrids();
  std::string adviseOnWorld() const;
  void checkInstances();
  void checkRepeatedAxes(const MegatronOrder &order);
  bool suits(llvm::ArrayRef<llvm::StringRef> order) const;
  void checkOrder(llvm::StringRef text, llvm::ArrayRef<llvm::StringRef> order,
                  Problems &found) const;
  void checkPipelines(llvm::StringRef text,
                      llvm::ArrayRef<llvm::StringRef> order,
                      Problems &found) const;
  std::string adviseOnPipelines(llvm::ArrayRef<llvm::StringRef> order) const;

  bool isDivisible() const { return grids.dp.value > 0 && grids.edp.value > 0; }

  const MegatronConfiguration &config;
  MegatronGrids grids;
  llvm::StringRef written;
  std::optional<MegatronOrder> order;
  Problems problems;
};

} // namespace

/// What can be said of each setting alone; whether the degrees can be computed
/// with.
bool MegatronCheck::checkDegreesAlone() {
  bool sound = problems.checkWorld(config.world);
  sound &= problems.checkDegrees({grids.tp, grids.pp, grids.cp, grids.ep});
  if (config.etp)
    sound &= problems.checkDegrees({grids.etp});
  sound &=
      problems.checkDegrees({grids.inst, grids.gtpRemat, grids.expertGtpRemat});
  return sound;
}

void MegatronCheck::checkSettings() {
  if (config.vpp && problems.checkDegrees({{"vpp", *config.vpp}}) &&
      config.pp == 1)
    problems.add("'vpp' is " + llvm::Twine(*config.vpp) +
                 " but 'pp' is 1; virtual stages need a pipeline, so raise "
                 "'pp' or leave 'vpp' out");
  if (config.rankOffset < 0 || config.rankOffset > maxWorldSize)
    problems.add("'rank_offset' is " + llvm::Twine(config.rankOffset) +
                 "; it must be 0 to " + llvm::Twine(maxWorldSize));
  if (config.useTpPpDpMapping && config.order != config.defaultOrder &&
      config.order != tpPpDpOrder)
    problems.add("'use_tp_pp_dp_mapping' stands for the order '" + tpPpDpOrder +
                 "', but the order is " + quoted(config.order) +
                 "; leave out one of the two");
}

void MegatronCheck::checkHierarchy() {
  llvm::SmallVector<Degree> levels;
  for (int64_t size : config.hierarchicalCp)
    levels.push_back({"hcp", size});
  if (levels.empty() || !problems.checkDegrees(levels))
    return;
  std::optional<int64_t> product = productOf(levels);
  if (product && *product == config.cp)
    return;
  std::string sizes = llvm::join(
      llvm::map_range(config.hierarchicalCp,
                      [](int64_t size) { return std::to_string(size); }),
      " x ");
  problems.add("'hcp' is " + sizes +
               (product && levels.size() > 1 ? " = " + std::to_string(*product)
                                             : std::string()) +
               " but 'cp' is " + llvm::Twine(config.cp) +
               "; the sizes of its levels must multiply to it");
}

void MegatronCheck::checkGtpRemat() {
  if (!grids.hasGtpRemat())
    return;
  if (config.inst > 1)
    problems.add("'inst' is " + llvm::Twine(config.inst) +
                 ", but with 'gtp_remat' or 'expert_gtp_remat' above 1 "
                 "Megatron has one instance; use 1");
  if (order && written.lower() != written)
    problems.add("order " + quoted(written) +
                 " is not in lower case, and then Megatron does not find where "
                 "gtp_remat belongs; write " +
                 quoted(written.lower()));
}

void MegatronCheck::deriveDataParallelism() {
  std::optional<int64_t> model = productOf(grids.attentionDegrees());
  std::optional<int64_t> experts = productOf(grids.expertDegrees());
  if (model && config.world % *model == 0)
    grids.dp.value = config.world / *model;
  if (experts && config.world % *experts == 0)
    grids.edp.value = config.world / *experts;
}

/// Advises a world for both grids, of which also the instances and, with hybrid
/// context parallelism, 2 divide what the degrees leave.
std::string MegatronCheck::adviseOnWorld() const {
  Degree even{"", config.hybridCp ? 2 : 1};
  std::optional<int64_t> step = commonMultiple(
      {productOf(grids.attentionDegrees()), productOf(grids.expertDegrees()),
       productOf({grids.tp, grids.pp, grids.gtpRemat, grids.inst}),
       productOf({grids.tp, grids.pp, grids.gtpRemat, even}),
       productOf({grids.etp, grids.ep, grids.pp, grids.inst})});
  auto build = [&](int64_t world) {
    MegatronConfiguration other = config;
    other.world = world;
    if (!order || !order->repeated.empty())
      other.order = config.defaultOrder.str();
    return buildGroups(other);
  };
  return adviseWorld(config.world, step, build, problems);
}

void MegatronCheck::checkWorldOfGrids() {
  if (isDivisible()) {
    if (config.hybridCp && grids.dp.value * grids.cp.value % 2 != 0)
      problems.add("'hybrid_cp' needs an even number of ranks in " +
                   describeProduct({grids.dp, grids.cp}) + adviseOnWorld());
    return;
  }
  std::string text =
      "world " + std::to_string(config.world) + " is not divisible by ";
  if (grids.dp.value == 0)
    text += describeProduct(grids.attentionDegrees());
  if (grids.edp.value == 0)
    text += (grids.dp.value == 0 ? ", nor by " : "") +
            describeProduct(grids.expertDegrees());
  problems.add(text + adviseOnWorld());
}

void MegatronCheck::checkInstances() {
  int64_t attention = grids.dp.value * grids.cp.value;
  int64_t experts = grids.edp.value, count = grids.inst.value;
  bool fitsAttention = attention % count == 0,
       fitsExperts = experts % count == 0;
  if (fitsAttention && fitsExperts)
    return;
  std::string dpCp = describeProduct({grids.dp, grids.cp});
  std::string edp = describeProduct({grids.edp});
  int64_t common = std::gcd(attention, experts);
  std::string text = "'inst' is " + std::to_string(count) + ", which ";
  if (!fitsAttention && !fitsExperts)
    text += "divides neither " + dpCp + " nor " + edp;
  else
    text += "does not divide " + (fitsAttention ? edp : dpCp);
  text += "; use " + describeDivisors(common, count);
  if (fitsExperts && common != attention)
    text += " to suit " + edp + " too";
  if (fitsAttention && common != experts)
    text += " to suit " + dpCp + " too";
  problems.add(text);
}

/// Whether Megatron would take the order, as far as the degrees are known.
bool MegatronCheck::suits(llvm::ArrayRef<llvm::StringRef> axes) const {
  Problems found;
  checkOrder(llvm::join(axes, "-"), axes, found);
  bool knowsPipelines = isDivisible() || axes.back() == "pp" || config.pp == 1;
  bool namesData = llvm::is_contained(axes, "dp");
  return found.empty() && knowsPipelines && (namesData || isDivisible());
}

void MegatronCheck::checkRepeatedAxes(const MegatronOrder &parsed) {
  std::string advice = config.defaultOrder.str();
  for (const Axes &axes : {withPipelineLast(parsed.axes), parsed.axes})
    if (suits(axes))
      advice = llvm::join(axes, "-");
  problems.add("order " + quoted(written) + " names " + allOf(parsed.repeated) +
               " twice, for which Megatron may build groups with ranks "
               "outside the world; write '" +
               advice + "'");
}

void MegatronCheck::checkOrder(llvm::StringRef text,
                               llvm::ArrayRef<llvm::StringRef> axes,
                               Problems &found) const {
  Degree one{"", 1};
  llvm::SmallVector<AxisDegrees> sizes{{"tp", grids.tp, grids.etp},
                                       {"cp", grids.cp, one},
                                       {"ep", grids.ep, one},
                                       {"pp", grids.pp, grids.pp}};
  if (isDivisible())
    sizes.push_back({"dp", grids.dp, grids.edp});
  if (checkOrderIsComplete(text, axes, sizes, found) && isDivisible())
    checkPipelines(text, axes, found);
}

std::string
MegatronCheck::adviseOnPipelines(llvm::ArrayRef<llvm::StringRef> axes) const {
  if (config.useTpPpDpMapping)
    return "; leave out 'use_tp_pp_dp_mapping', which set this order";
  return "; end the order in pp: '" + llvm::join(withPipelineLast(axes), "-") +
         "'";
}

/// Attention and experts must agree on the pipelines. Megatron reads the order
/// in any case, but looks for "pp" at its end in lower case only.
void MegatronCheck::checkPipelines(llvm::StringRef text,
                                   llvm::ArrayRef<llvm::StringRef> axes,
                                   Problems &found) const {
  bool sameData = grids.dp.value == grids.edp.value;
  if (config.pp == 1 || text.ends_with("pp") ||
      (text.ends_with_insensitive("pp") && sameData))
    return;
  if (text.ends_with_insensitive("pp")) {
    found.add("order " + quoted(text) +
              " is not in lower case, and then Megatron does not see that it "
              "ends in pp; write " +
              quoted(text.lower()));
    return;
  }
  if (!sameData) {
    found.add("order " + quoted(text) + " does not end in pp, and then dp (" +
              llvm::Twine(grids.dp.value) + ") and edp (" +
              llvm::Twine(grids.edp.value) + ") must be equal" +
              adviseOnPipelines(axes));
    return;
  }
  int64_t attention = grids.attention(axes).stride("pp");
  int64_t experts = grids.experts(axes).stride("pp");
  if (attention != experts)
    found.add("order " + quoted(text) + " puts the stages of a pipeline " +
              llvm::Twine(attention) + " ranks apart for attention and " +
              llvm::Twine(experts) +
              " for the experts, but both must use the same pipelines" +
              adviseOnPipelines(axes));
}

GroupsResult MegatronCheck::build() {
  bool sound = checkDegreesAlone();
  checkSettings();
  checkHierarchy();
  order = parseMegatronOrder(written, problems);
  checkGtpRemat();
  if (sound)
    deriveDataParallelism();
  if (order && !order->repeated.empty())
    checkRepeatedAxes(*order);
  else if (sound && order)
    checkOrder(written, order->axes, problems);
  if (sound && isDivisible())
    checkInstances();
  if (sound)
    checkWorldOfGrids();
  if (!problems.empty())
    return problems.take();
  FrameworkGroups groups{"megatron", config.rankOffset,
                         buildMegatronFamilies(config, grids, order->axes)};
  if (config.useTpPpDpMapping && config.cp * config.ep > 1)
    groups.warnings.push_back(
        "older releases of Megatron-LM refuse --use-tp-pp-dp-mapping with cp "
        "or ep above 1");
  return groups;
}

GroupsResult mlir::moe::buildGroups(const MegatronConfiguration &config) {
  return MegatronCheck(config).build();
}
