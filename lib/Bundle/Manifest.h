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

namespace mlir::moe {

/// Text of bundle.json. Each file stands on a line of its own, so that
/// verify.sh can read it with sed; files of the user are left out.
std::string manifestText(llvm::ArrayRef<EmittedFile> files,
                         const BundleInfo &info);

/// Whether a manifest's last member, "sha256_above", is the digest of all lines
/// above its own. False also when it is not there.
bool holdsOwnDigest(llvm::StringRef manifest);

} // namespace mlir::moe

#endif // MOE_LIB_BUNDLE_MANIFEST_H
