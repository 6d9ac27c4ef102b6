//===- Bundle.h - Writing a launch bundle -----------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A bundle is a directory of emitted files with a manifest of their digests. It
// appears whole or not at all.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_BUNDLE_BUNDLE_H
#define MOE_BUNDLE_BUNDLE_H

#include "moe/Emit/Emitters.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace mlir::moe {

/// What bundle.json says besides the digests.
struct BundleInfo {
  std::string name;
  std::string planDigest; ///< sha256 of the plan, hex; may be empty
  /// What nothing has proved about this bundle, beyond `unverifiedAspects()`.
  std::vector<std::string> notVerified;
};

/// Whether users may change this file, or files of this folder, after the
/// bundle was written: site.env, logs, build.
bool isUserPath(llvm::StringRef path);

/// What no bundle of this version can prove on the machine that writes it.
llvm::ArrayRef<llvm::StringLiteral> unverifiedAspects();

/// Writes `files` and bundle.json as the directory `directory`. A bundle that
/// is there already is replaced: its logs/ are taken over, and so is its
/// site.env when it was edited since it was written. Returns remarks for the
/// user ("kept the edited site.env ...").
///
/// Everything is written to DIRECTORY.tmp-XXXXXX beside it, synced, then
/// renamed. Fails, leaving `directory` as it was and nothing beside it, when it
/// is a file, a symbolic link, a directory that is no bundle or a bundle with
/// files that no bundle wrote (results of a job, the user's own; they are
/// named, build/ as CMake makes it is no such file), when its parent
/// is missing or not writable, when a path leaves the bundle or comes twice,
/// and when writing fails (the disk is full).
llvm::Expected<std::vector<std::string>>
writeBundle(llvm::ArrayRef<EmittedFile> files, const BundleInfo &info,
            llvm::StringRef directory);

} // namespace mlir::moe

#endif // MOE_BUNDLE_BUNDLE_H
