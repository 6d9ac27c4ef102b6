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

#include "Problems.h"
#include "moe/Frameworks/Configurations.h"

using namespace mlir::moe;

GroupsResult mlir::moe::buildGroups(const SGLangConfiguration &config) {
  Problems problems;
  Degree tp{"tp", config.tp}, pp{"pp", config.pp},
      attnDp{"attn_dp", config.attnDp}, attnCp{"attn_cp", config.attnCp},
      ep{"ep", config.ep}, moeDp{"moe_dp", config.moeDp};
  bool sound = problems.checkWorld(config.world);
  sound &= problems.checkDegrees({tp, pp, attnDp, attnCp, ep, moeDp});
  if (!sound)
    return problems.take();
  problems.checkProduct({"world", config.world}, {tp, pp});
  std::optional<int64_t> attnTp = problems.checkMultiple(tp, {attnDp, attnCp});
  std::optional<int64_t> moeTp = problems.checkMultiple(tp, {ep, moeDp});
  if (!attnTp || !moeTp || !problems.empty())
    return problems.take();

  NamedGrid attention({pp, attnDp, attnCp, {"attn_tp", *attnTp}});
  NamedGrid experts({pp, moeDp, ep, {"moe_tp", *moeTp}});
  // When context parallelism is finer than the experts' data parallelism, its
  // ranks have to share tokens before the experts: SGLang then uses the context
  // parallel groups for both.
  GroupFamily moeDpFamily = attnCp.value > moeDp.value
                                ? attention.family("moe_dp", {"attn_cp"})
                                : experts.family("moe_dp", {"moe_dp"});
  return FrameworkGroups{
      "sglang",
      0,
      {attention.family("tp", {"attn_dp", "attn_cp", "attn_tp"}),
       attention.family("attn_tp", {"attn_tp"}),
       attention.family("attn_cp", {"attn_cp"}), attention.family("pp", {"pp"}),
       experts.family("moe_ep", {"ep"}), experts.family("moe_tp", {"moe_tp"}),
       moeDpFamily}};
}
