//===- Manifest.cpp - bundle.json -----------------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See Manifest.h.
//
//===----------------------------------------------------------------------===//

#include "Manifest.h"
#include "BundleFile.h"

#include "moe/Bundle/Bundle.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA256.h"

using namespace llvm;

namespace mlir::moe {

ArrayRef<StringLiteral> unverifiedAspects() {
  static constexpr StringLiteral aspects[] = {
      "bandwidth and transports between the GPUs",
      "which NUMA node and network rail the GPUs of each host are attached to",
      "driver versions of the hosts, until the preflight has run on them",
      "whether the cluster's Slurm accepts the options of the site"};
  return aspects;
}

static std::string digestOfText(StringRef text) {
  SHA256 hash;
  hash.update(text);
  return toHex(hash.final(), /*LowerCase=*/true);
}

static void printFiles(json::OStream &json, ArrayRef<EmittedFile> files) {
  json.attributeArray("files", [&] {
    for (const EmittedFile &file : files)
      if (!isUserPath(file.path))
        json.rawValue([&](raw_ostream &os) {
          os << json::Value(json::Object{
              {"path", file.path}, {"sha256", digestOfText(file.content)}});
        });
  });
  for (const EmittedFile &file : files)
    if (file.path == "site.env") // to tell an edited one; never required
      json.attribute("site_env_sha256", digestOfText(file.content));
}

static constexpr StringLiteral ownDigestKey = "  \"sha256_above\": \"";

std::string manifestText(ArrayRef<EmittedFile> files, const BundleInfo &info) {
  std::string text;
  raw_string_ostream os(text);
  json::OStream json(os, 2);
  json.object([&] {
    json.attribute("schema", bundleManifestSchema);
    json.attribute("generator", generatorName());
    json.attribute("name", json::fixUTF8(info.name));
    json.attribute("plan_sha256", json::fixUTF8(info.planDigest));
    json.attribute("minimum_nccl_version_code", minimumNcclVersion);
    json.attribute("minimum_driver", minimumDriverVersion);
    json.attributeArray("not_verified", [&] {
      for (StringRef aspect : unverifiedAspects())
        json.value(aspect);
      for (const std::string &aspect : info.notVerified)
        json.value(json::fixUTF8(aspect));
    });
    printFiles(json, files);
  });
  // The manifest covers every file and, but for its last two lines, itself.
  StringRef end = "\n}";
  text.resize(text.size() - end.size());
  text += ",\n";
  text += (ownDigestKey + digestOfText(text) + "\"\n}\n").str();
  return text;
}

bool holdsOwnDigest(StringRef manifest) {
  size_t line = manifest.rfind(ownDigestKey);
  return line != StringRef::npos &&
         manifest.substr(line) ==
             (ownDigestKey + digestOfText(manifest.take_front(line)) +
              "\"\n}\n")
                 .str();
}

} // namespace mlir::moe
