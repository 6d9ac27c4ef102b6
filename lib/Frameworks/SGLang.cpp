//===- SGLang.cpp - Process groups of SGLang ------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two views of the world: attention (pp, attn_dp, attn_cp, attn_tp) and experts
// (pp, moe_dp, moe_ep, moe_tp), whose last three axes each make up tp. SGLang
// divides without checking for a remainder; with one, groups would overlap.
//
//===----------------------------------------------------------------------===//

#include "Advice.h"
#include "moe/Frameworks/Configurations.h"

using namespace mlir::moe;

namespace {

class SGLangGroups {
public:
  explicit SGLangGroups(const SGLangConfiguration &config)
      : config(config), tp{"tp", config.tp}, pp{"pp", config.pp},
        attnDp{"attn_dp", config.attnDp}, attnCp{"attn_cp", config.attnCp},
        ep{"ep", config.ep}, moeDp{"moe_dp", config.moeDp},
        dcp{"dcp", config.dcp},
        sharedTp{"shared_experts_tp", config.sharedExpertsTp} {}

  GroupsResult build();

private:
  bool checkDegrees();
  void readDataParallelism();
  void checkWidths();
  std::string adviseOnProduct() const;
  std::string adviseOnTp() const;
  void addFamilies(FrameworkGroups &groups) const;
  void warnOfServer(FrameworkGroups &groups) const;

  const SGLangConfiguration &config;
  Degree tp, pp, attnDp, attnCp, ep, moeDp, dcp, sharedTp;
  Degree attnTp{"attn_tp", 0}, moeTp{"moe_tp", 0};
  Problems problems;
};

} // namespace

bool SGLangGroups::checkDegrees() {
  bool sound = problems.checkWorld(config.world);
  sound &=
      problems.checkDegrees({tp, pp, attnDp, attnCp, ep, moeDp, dcp, sharedTp});
  if (config.dp)
    sound &= problems.checkDegrees({{"dp", *config.dp}});
  return sound;
}

/// `derive_attention_widths` of SGLang's runtime_context.py.
void SGLangGroups::readDataParallelism() {
  if (config.dp && attnDp.value != 1)
    problems.add("'dp' and 'attn_dp' are both given; 'dp' with "
                 "'enable_dp_attention' stands for 'attn_dp'");
  else if (config.dp && config.enableDpAttention)
    attnDp.value = *config.dp;
}

/// The world that the degrees make, or the tp or pp that make this one; a tp
/// that its parts do not divide has advice of its own.
std::string SGLangGroups::adviseOnProduct() const {
  if (attnTp.value == 0 || moeTp.value == 0)
    return "; the degrees must use every rank once";
  Proposals proposals(problems);
  auto attempt = [&](llvm::StringRef setting,
                     int64_t SGLangConfiguration::*field, int64_t value) {
    SGLangConfiguration other = config;
    other.*field = value;
    proposals.consider(setting, value, buildGroups(other));
  };
  std::optional<int64_t> product = productOf({tp, pp});
  if (product && *product <= maxWorldSize)
    attempt("world", &SGLangConfiguration::world, *product);
  if (config.world % config.pp == 0)
    attempt("tp", &SGLangConfiguration::tp, config.world / config.pp);
  if (config.world % config.tp == 0)
    attempt("pp", &SGLangConfiguration::pp, config.world / config.tp);
  if (proposals.empty())
    return "; the degrees must use every rank once";
  return "; use " + proposals.text();
}

/// The nearest tp of which all of its parts are divisors, and its world.
std::string SGLangGroups::adviseOnTp() const {
  std::optional<int64_t> step =
      commonMultiple({productOf({attnDp, attnCp, sharedTp}),
                      productOf({ep, moeDp}), dcp.value});
  if (!step || tp.value > maxWorldSize)
    return "; lower these degrees";
  int64_t below = tp.value / *step * *step;
  for (int64_t multiple : {below, below + *step}) {
    std::optional<int64_t> world = productOf({{"", multiple}, pp});
    if (multiple == 0 || !world || *world > maxWorldSize)
      continue;
    SGLangConfiguration other = config;
    other.tp = multiple;
    other.world = *world;
    Proposals proposals(problems);
    proposals.consider("tp", multiple, buildGroups(other));
    if (!proposals.empty())
      return "; use " + proposals.text() + " with world " +
             std::to_string(*world) + " or other degrees";
  }
  return "; lower these degrees";
}

void SGLangGroups::checkWidths() {
  auto advice = [&] { return adviseOnTp(); };
  attnTp.value =
      problems.checkMultiple(tp, {attnDp, attnCp}, advice).value_or(0);
  moeTp.value = problems.checkMultiple(tp, {ep, moeDp}, advice).value_or(0);
  problems.checkDivides(dcp, {tp});
  if (attnTp.value > 0)
    problems.checkDivides(sharedTp, {attnTp});
  problems.checkProduct({"world", config.world}, {tp, pp},
                        [&] { return adviseOnProduct(); });
}

void SGLangGroups::addFamilies(FrameworkGroups &groups) const {
  NamedGrid attention({pp, attnDp, attnCp, attnTp});
  NamedGrid experts({pp, moeDp, ep, moeTp});
  auto add = [&](const GroupFamily &family) {
    groups.families.push_back(family);
  };
  auto addChunks = [&](llvm::StringRef name, int64_t size) {
    add({name.str(), Box{{{config.world, 1}}}, size});
  };
  if (config.allGroups)
    addChunks("world", config.world);
  addChunks("tp", tp.value);
  if (config.pdmux)
    addChunks("pdmux_prefill_tp", tp.value);
  if (dcp.value > 1)
    addChunks("dcp", dcp.value);
  addChunks("attn_tp", attnTp.value);
  add(attention.family("attn_cp", {"attn_cp"}));
  if (sharedTp.value > 1)
    addChunks("shared_experts_tp", sharedTp.value);
  add(attention.family("pp", {"pp"}));
  add(experts.family("moe_ep", {"ep"}));
  add(experts.family("moe_tp", {"moe_tp"}));
  // When context parallelism is finer than the experts' data parallelism, its
  // ranks have to share tokens before the experts: SGLang then uses the context
  // parallel groups for both.
  add(attnCp.value > moeDp.value ? attention.family("moe_dp", {"attn_cp"})
                                 : experts.family("moe_dp", {"moe_dp"}));
  if (config.allGroups)
    addChunks("self_pp", 1);
}

/// What handle_context_parallelism of SGLang's server_args.py refuses; the
/// groups are built by parallel_state.py, which does not look at it.
void SGLangGroups::warnOfServer(FrameworkGroups &groups) const {
  std::string value = "moe_dp " + std::to_string(moeDp.value);
  auto warn = [&](const llvm::Twine &rule) {
    groups.warnings.push_back(
        ("SGLang builds these groups, but its server refuses " + value + rule)
            .str());
  };
  if (config.dp.value_or(1) > 1 && !config.enableDpAttention)
    groups.warnings.push_back(
        "without --enable-dp-attention, SGLang starts " +
        std::to_string(*config.dp) +
        " engines for this dp; these are the groups of one");
  if (moeDp.value == 1)
    return;
  if (attnCp.value != moeDp.value)
    warn(" with attn_cp " + llvm::Twine(attnCp.value) +
         "; it wants them equal");
  if (pp.value > 1)
    warn(" with pp " + llvm::Twine(pp.value) + "; it wants pp 1");
  if (ep.value > 1 && moeTp.value > 1)
    warn(" with ep " + llvm::Twine(ep.value) +
         "; it wants ep x moe_dp to be tp = " + llvm::Twine(tp.value));
}

GroupsResult SGLangGroups::build() {
  if (!checkDegrees())
    return problems.take();
  readDataParallelism();
  checkWidths();
  if (!problems.empty())
    return problems.take();
  FrameworkGroups groups{"sglang", 0, {}};
  addFamilies(groups);
  warnOfServer(groups);
  return groups;
}

GroupsResult mlir::moe::buildGroups(const SGLangConfiguration &config) {
  return SGLangGroups(config).build();
}
