//===- SiteFile.h - What a cluster wants to know -------------- -*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The site file (site.json): what fills the gaps that no plan can know before a
// cluster accepts the launch scripts. Every key is optional.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_IMPORT_SITEFILE_H
#define MOE_IMPORT_SITEFILE_H

#include "moe/IR/MoE.h"
#include "moe/Json/InputError.h"
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mlir::moe {

/// A string that is empty was not stated. No string has control characters:
/// they end up in lines of shell files.
struct SiteSettings {
  std::string partition, account, qos;
  /// As of sbatch: "04:00:00", "1-12".
  std::string time;
  std::string reservation, constraint;
  /// "gres", "gpus-per-node" or "none".
  std::string gpuRequest;
  std::string containerImage;
  std::vector<std::string> containerMounts;
  std::vector<std::string> modules;
  std::string networkInterface;
  std::vector<std::string> hcaList;
  /// Names are identifiers of the shell.
  std::vector<std::pair<std::string, std::string>> environment;
};

/// Reads a site file. Whatever is wrong with it is added to `errors`; then the
/// result is nothing.
std::optional<SiteSettings> readSite(StringRef path, InputErrors &errors);

/// Writes the settings into `launch`, in place of a `site` it may have.
void addSite(LaunchOp launch, const SiteSettings &site);

} // namespace mlir::moe

#endif // MOE_IMPORT_SITEFILE_H
