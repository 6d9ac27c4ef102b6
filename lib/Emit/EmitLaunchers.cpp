//===- EmitLaunchers.cpp - Slurm, Open MPI and torchrun launchers ---------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The context that all shell templates under templates/launch share.
//
//===----------------------------------------------------------------------===//

#include "Context.h"
#include "RankTable.h"
#include "moe/Emit/Render.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace mlir::moe {

/// A name that Slurm shows in its queue: letters, digits and "._-".
static std::string jobName(StringRef name) {
  std::string job;
  for (char c : name)
    job += isAlnum(c) || StringRef("._-").contains(c) ? c : '-';
  return job.empty() ? "moe" : job;
}

std::string columnVariables(const JobView &view) {
  std::string variables;
  for (const RankColumn &column : rankColumns(view)) {
    if (StringRef(column.name).contains('.'))
      break; // the axes follow, mesh by mesh
    variables += "MOE_" + StringRef(column.name).upper() + " ";
  }
  for (const JobMesh &mesh : view.meshes)
    for (const JobAxis &axis : mesh.axes)
      variables += coordinateVariable(mesh.name, axis.name) + " ";
  variables.pop_back();
  return variables;
}

/// `--option=value` lines; checkSite has made sure that #SBATCH can carry them.
static json::Array sbatchOptions(const JobView &view, const RankTable &table) {
  const JobSite &site = view.site;
  json::Array options;
  auto add = [&](StringRef option, StringRef value) {
    if (!value.empty())
      options.push_back(("--" + option + "=" + value).str());
  };
  std::string gpus = std::to_string(view.gpusPerHost);
  if (table.isRegular())
    add("ntasks-per-node", std::to_string(table.ranksPerHost()));
  if (site.gpuRequest == "gres")
    add("gres", "gpu:" + gpus);
  if (site.gpuRequest == "gpus-per-node")
    add("gpus-per-node", gpus);
  add("partition", site.partition);
  add("account", site.account);
  add("qos", site.qos);
  add("time", site.time);
  add("reservation", site.reservation);
  add("constraint", site.constraint);
  return options;
}

int64_t hostsOfNvlink(const JobView &view) {
  for (const JobTier &tier : view.tiers)
    if (tier.name == "nvlink" && tier.gpus > view.gpusPerHost)
      return tier.gpus / view.gpusPerHost;
  return 1;
}

/// Hosts of the smallest part of the machine that joins several; 1 without one.
static int64_t hostsTogether(const JobView &view) {
  for (const JobTier &tier : view.tiers)
    if (tier.gpus > view.gpusPerHost && tier.name != "network")
      return tier.gpus / view.gpusPerHost;
  return 1;
}

/// What `sbatch --segment` may say of them: Slurm wants a divisor of the hosts.
/// Empty where there is none, or nothing to say.
static std::string segmentOf(const JobView &view) {
  int64_t hosts = view.hosts.size();
  int64_t together = std::min(hostsTogether(view), hosts);
  return together > 1 && hosts % together == 0 ? std::to_string(together) : "";
}

static json::Array nodeLists(const JobView &view) {
  json::Array lists;
  for (const std::string &list : view.nodeLists)
    lists.push_back(list);
  return lists;
}

Error emitLauncher(StringRef path, const JobView &view,
                   const EmitOptions &options, raw_ostream &os) {
  RankTable table(view);
  json::Object context = commonContext(view);
  context["regular"] = table.isRegular();
  context["ranksPerHost"] = std::to_string(table.ranksPerHost());
  context["hostOfRank0"] = std::to_string(table.hostOf(0));
  context["columnVariables"] = columnVariables(view);
  context["hostsTogether"] = std::to_string(hostsTogether(view));
  context["segment"] = segmentOf(view);
  context["hasSegment"] = !segmentOf(view).empty();
  context["nodeLists"] = nodeLists(view);
  context["jobName"] = jobName(view.name);
  context["sbatchOptions"] = sbatchOptions(view, table);
  return printTemplate(path, options, context, os);
}

} // namespace mlir::moe
