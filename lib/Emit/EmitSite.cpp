//===- EmitSite.cpp - site.env --------------------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The settings of a site that take effect at run time, each with its reason;
// those that Slurm needs before the job runs are in launch.sbatch.
//
//===----------------------------------------------------------------------===//

#include "Context.h"
#include "FrameworkEnvironment.h"
#include "moe/Emit/Render.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace mlir::moe {

//===--- What a site may say ----------------------------------------------===//

static bool hasControlCharacter(StringRef text) {
  return any_of(text, [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

/// `forbidden` characters besides control characters, which never fit.
static Error checkValue(StringRef key, StringRef value, StringRef forbidden,
                        StringRef why) {
  size_t at = value.find_first_of(forbidden);
  if (hasControlCharacter(value))
    return createStringError("site: '" + key + "' holds a control character");
  if (at == StringRef::npos)
    return Error::success();
  return createStringError(
      formatv("site: '{0}' is '{1}', {2} cannot hold '{3}'", key, value, why,
              value[at])
          .str());
}

static Error checkList(StringRef key, ArrayRef<std::string> values,
                       StringRef forbidden, StringRef why) {
  for (const std::string &value : values)
    if (Error error = checkValue(key, value, forbidden, why))
      return error;
  return Error::success();
}

/// What the bundle gives each rank before it reads site.env, and what would
/// change how the shell reads that file.
static bool isTaken(StringRef name, const JobView &view) {
  static constexpr StringRef taken[] = {
      "RANK",        "WORLD_SIZE",       "LOCAL_RANK", "NODE_RANK",
      "NNODES",      "MASTER_ADDR",      "MOE_HOST",   "MOE_HOSTNAME",
      "MOE_RUN_DIR", "MOE_IN_CONTAINER", "MOE_BUNDLE", "MOE_HOSTS_FILE",
      "IFS",         "BASH_ENV",         "ENV",        "SHELLOPTS",
      "BASHOPTS",    "BASH_VERSINFO",    "UID",        "EUID",
      "PPID"};
  return is_contained(taken, name) ||
         is_contained(split(columnVariables(view), ' '), name);
}

static Error checkEnvironment(const JobView &view) {
  for (const auto &[name, value] : view.site.environment) {
    bool isName = !name.empty() && !isDigit(name.front()) &&
                  all_of(name, [](char c) { return isAlnum(c) || c == '_'; });
    if (!isName)
      return createStringError("site: '" + name +
                               "' is no name of an environment variable");
    if (isTaken(name, view))
      return createStringError(
          "site: the environment of a site cannot give '" + name +
          "', which the bundle sets by rank or run, or the shell reads");
    if (hasControlCharacter(value))
      return createStringError("site: '" + name +
                               "' holds a control character");
  }
  return Error::success();
}

Error checkSite(const JobView &view) {
  const JobSite &site = view.site;
  const std::pair<StringRef, StringRef> batchOptions[] = {
      {"partition", site.partition},
      {"account", site.account},
      {"qos", site.qos},
      {"time", site.time},
      {"reservation", site.reservation},
      {"constraint", site.constraint}};
  for (auto [key, value] : batchOptions)
    if (Error error = checkValue(key, value, " \"'\\#", "an #SBATCH line"))
      return error;
  if (!is_contained({"", "gres", "gpus-per-node", "none"}, site.gpuRequest))
    return createStringError("site: GPUs are requested by '" + site.gpuRequest +
                             "', expected gres, gpus-per-node or none");
  if (Error error = checkList("modules", site.modules, " *?[]\\", "a module"))
    return error;
  if (Error error =
          checkList("container mounts", site.containerMounts, ",", "a mount"))
    return error;
  if (Error error = checkList("HCA list", site.hcaList, ",", "an HCA"))
    return error;
  if (Error error =
          checkList("network interface or container image",
                    {site.networkInterface, site.containerImage}, "", ""))
    return error;
  return checkEnvironment(view);
}

//===--- site.env ---------------------------------------------------------===//

/// NCCL takes names as beginnings of names, mlx5_1 for mlx5_10 as well, unless
/// the list begins with "=".
static std::string exactly(std::string names) {
  bool isMarked = names.empty() || names.front() == '=' || names.front() == '^';
  return isMarked ? names : "=" + names;
}

/// The adapters the site lists, or else those next to the GPUs, in their order.
static std::string adaptersOf(const JobView &view) {
  if (!view.site.hcaList.empty())
    return exactly(join(view.site.hcaList, ","));
  SetVector<StringRef> found;
  for (StringRef nics : view.gpuNics)
    for (StringRef nic : split(nics, ','))
      if (!nic.empty())
        found.insert(nic);
  return exactly(join(found.takeVector(), ","));
}

static void addSetting(json::Array &settings, StringRef variable,
                       const std::string &value, StringRef example,
                       StringRef reason) {
  settings.push_back(json::Object{{"variable", variable.str()},
                                  {"value", templateValue(value)},
                                  {"given", !value.empty()},
                                  {"example", example.str()},
                                  {"reason", reason.str()}});
}

/// What the framework of the plan wants, unless the site says otherwise.
static void addFramework(const JobView &view, json::Array &settings) {
  for (const EnvironmentSetting &setting :
       frameworkEnvironment(view.framework, view)) {
    bool isSites = any_of(view.site.environment, [&](const auto &own) {
      return own.first == setting.variable;
    });
    if (!isSites)
      addSetting(settings, setting.variable, setting.value, "", setting.reason);
  }
}

Error emitSiteEnv(const JobView &view, const EmitOptions &options,
                  raw_ostream &os) {
  const JobSite &site = view.site;
  json::Array settings;
  addSetting(
      settings, "NCCL_SOCKET_IFNAME", site.networkInterface, "ib0",
      "Interface of the set-up traffic of NCCL; without it NCCL may choose "
      "one that does not reach the other hosts.");
  addSetting(settings, "NCCL_IB_HCA", adaptersOf(view), "=mlx5_0,mlx5_1",
             "Adapters of the GPU network, by exact name (=); without it NCCL "
             "also uses those of the storage network.");
  addSetting(settings, "NCCL_CROSS_NIC", "", "0",
             "0 keeps a ring on one rail: for networks that give each adapter "
             "of a host a switch of its own, and join those slowly.");
  addSetting(settings, "MOE_MODULES", join(site.modules, " "), "cuda nccl",
             "Environment modules that the launchers load first; not where the "
             "ranks run in an image.");
  addSetting(settings, "MOE_CONTAINER_IMAGE", site.containerImage,
             "/shared/image.sqsh", "Image in which the ranks run.");
  addSetting(settings, "MOE_CONTAINER_MOUNTS", join(site.containerMounts, ","),
             "/data:/data",
             "Folders the container sees, besides the bundle and the one the "
             "ranks run in.");
  addSetting(settings, "MOE_CONTAINER_RUNTIME", "", "apptainer",
             "pyxis (the default, srun only) or apptainer.");
  addSetting(settings, "MOE_TIMEOUT_S", "", "300",
             "Seconds to wait for absent ranks before naming them; raise it "
             "for very large jobs.");
  addSetting(settings, "MOE_TEST_BYTES", "", "16777216",
             "Bytes of the all-reduce and the all-to-all that the self-test "
             "times on each communicator; 0 times nothing.");
  addSetting(
      settings, "MOE_REQUEUE", "", "1",
      "Whether a Slurm job that reaches its time limit is queued again.");
  addFramework(view, settings);
  for (const auto &[name, value] : site.environment)
    addSetting(settings, name, value, "", "From the site file.");
  json::Object context = commonContext(view);
  context["settings"] = std::move(settings);
  return printTemplate("launch/site.env", options, context, os);
}

} // namespace mlir::moe
