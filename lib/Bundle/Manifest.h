//===- Manifest.h - bundle.json ---------------------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The manifest of a bundle: digests, requirements, and what was not proved.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BUNDLE_MANIFEST_H
#define MOE_LIB_BUNDLE_MANIFEST_H

#include "moe/Bundle/Bundle.h"
#include "moe/Bundle/Verify.h"

namespace mlir::moe {

/// Text of bundle.json. Each file stands on a line of its own, so that
/// verify.sh can read it with sed; files of the user are left out.
std::string manifestText(llvm::ArrayRef<EmittedFile> files,
                         const BundleInfo &info);

/// Whether a manifest's last member, "sha256_above", is the digest of all lines
/// above its own. False also when it is not there.
bool holdsOwnDigest(llvm::StringRef manifest);

/// What stands in the bundle `directory` besides what its manifest lists and
/// what is free (site.env, logs/, build/); a folder counts as one. A manifest
/// that cannot be relied on is a problem as well. Reads no other file.
std::vector<BundleProblem> findForeignFiles(const std::string &directory);

} // namespace mlir::moe

#endif // MOE_LIB_BUNDLE_MANIFEST_H
