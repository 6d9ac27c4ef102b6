//===- EmitKubernetes.cpp - Manifests -------------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One pod per host, whatever the rank map is: launch.pod.sh starts the ranks.
//
//===----------------------------------------------------------------------===//

#include "Context.h"
#include "RankTable.h"
#include "moe/Emit/Render.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace mlir::moe {

std::string objectName(StringRef name) {
  constexpr size_t longest = 40;
  std::string object;
  for (char c : name)
    object += isAlnum(c) ? toLower(c) : '-';
  StringRef label = StringRef(object).trim('-');
  std::string prefixed = label.str();
  if (label.empty() || !isAlpha(label.front()))
    prefixed = ("moe-" + label).str();
  // A name that was cut may not end with '-' either.
  return StringRef(prefixed).take_front(longest).rtrim('-').str();
}

/// What Slurm and Apptainer unpack from a file system.
static bool isImageFile(StringRef image) {
  return image.starts_with("/") || image.starts_with("./") ||
         image.ends_with(".sqsh") || image.ends_with(".sif");
}

/// As Kubernetes names an image: pyxis writes "registry#image" and allows
/// "docker://" in front.
static std::string pulledImage(StringRef image) {
  image.consume_front("docker://");
  auto [registry, name] = image.split('#');
  bool isName = name.empty() || registry.contains(' ');
  return isName ? image.str() : (registry + "/" + name).str();
}

Error emitKubernetes(StringRef path, const JobView &view,
                     const EmitOptions &options, raw_ostream &os) {
  json::Object context = commonContext(view);
  const std::string &image = view.site.containerImage;
  context["objectName"] = objectName(view.name);
  context["hostOfRank0"] = std::to_string(RankTable(view).hostOf(0));
  int64_t together = hostsOfNvlink(view);
  context["wideNvlink"] = together > 1;
  context["nvlinkHosts"] = std::to_string(together);
  // Whether one domain has them all: controllers place more than one otherwise.
  context["oneDomain"] =
      together > 1 && together >= static_cast<int64_t>(view.hosts.size());
  context["manyDomains"] =
      together > 1 && together < static_cast<int64_t>(view.hosts.size());
  StringRef problem = image.empty() ? "The site file names no container image"
                      : isImageFile(image)
                          ? "The site file's image is a file, not to be pulled"
                          : "";
  context["hasImage"] = problem.empty();
  context["imageProblem"] = problem;
  context["image"] = problem.empty() ? templateValue(pulledImage(image))
                                     : "registry.example/image:tag";
  return printTemplate(path, options, context, os);
}

} // namespace mlir::moe
