//===- EmitJobs.h - Jobs for the tests of emitters and bundles --*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Small launches, written down by hand.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_TEST_UNIT_EMITJOBS_H
#define MOE_TEST_UNIT_EMITJOBS_H

#include "moe/Emit/JobView.h"

namespace mlir::moe {

/// Sixteen ranks on two hosts, folded: attention <pp=2, dp=4, tp=2>, expert
/// <pp=2, edp=2, ep=4>.
inline JobView sixteenRanks() {
  JobView view;
  view.name = "tiny \"16\"";
  view.framework = "megatron";
  view.worldSize = 16;
  view.gpusPerHost = 8;
  view.gpuNics = {"mlx5_0", "mlx5_3", "mlx5_4",  "mlx5_5",
                  "mlx5_6", "mlx5_9", "mlx5_10", "mlx5_11"};
  view.gpuNuma = {0, 0, 0, 0, 1, 1, 1, 1};
  view.planDigest =
      "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b";
  view.tiers = {{"host", 8, 12000, 360'000'000'000},
                {"network", 16, 12000, 45'000'000'000}};
  view.hosts = {{0, {0, 1, 2, 3, 4, 5, 6, 7}},
                {1, {8, 9, 10, 11, 12, 13, 14, 15}}};
  view.meshes = {{"attention", {{"pp", 2, 8}, {"dp", 4, 2}, {"tp", 2, 1}}},
                 {"expert", {{"pp", 2, 8}, {"edp", 2, 4}, {"ep", 4, 1}}}};
  auto box = [](std::initializer_list<BoxDim> dims) { return Box{dims}; };
  view.communicators = {
      {"tp",
       {"tp"},
       {},
       {box({{8, 2}}), box({{2, 1}})},
       {"all_reduce"},
       {1 << 30}},
      {"dp",
       {"dp"},
       {"dp_cp"},
       {box({{2, 8}, {2, 1}}), box({{4, 2}})},
       {"reduce_scatter", "all_gather"},
       {}},
      {"ep", {"ep"}, {}, {box({{4, 4}}), box({{4, 1}})}, {"all_to_all"}, {}},
      {"edp", {"edp"}, {}, {box({{2, 8}, {4, 1}}), box({{2, 4}})}, {}, {}},
      {"pp", {"pp"}, {}, {box({{8, 1}}), box({{2, 8}})}, {"send", "recv"}, {}},
      // First and last stage of the first replica: most ranks are in no group.
      {"embedding",
       {"pp"},
       {},
       {box({{2, 1}}), box({{2, 8}})},
       {"all_reduce"},
       {}},
  };
  view.stages = {{0, {{0, 4}}, true, false, 0}, {1, {{4, 8}}, false, true, 1}};
  view.placements = {
      {"contiguous", {1, 8}, 8, 4, 2, 1, {0, 1, 2, 3, 4, 5, 6, 7}}};
  view.figures = {{"gpus required", "16", "derived"},
                  {"gpu memory", "80 GB", "preset H100"}};
  view.findings = {{"warning", "policy-1", "memory 97 % | above 95 %"}};
  view.site.partition = "gpu";
  view.site.time = "01:00:00";
  view.site.gpuRequest = "gres";
  view.site.networkInterface = "ib0";
  view.site.hcaList = {"mlx5_0", "mlx5_1"};
  view.site.environment = {{"NCCL_DEBUG", "WARN"}};
  return view;
}

/// The same ranks with the GPUs of both hosts interleaved: even ranks on host
/// 0, odd ones on host 1.
inline JobView interleavedRanks() {
  JobView view = sixteenRanks();
  view.hosts = {{0, {0, 2, 4, 6, 8, 10, 12, 14}},
                {1, {1, 3, 5, 7, 9, 11, 13, 15}}};
  return view;
}

} // namespace mlir::moe

#endif // MOE_TEST_UNIT_EMITJOBS_H
