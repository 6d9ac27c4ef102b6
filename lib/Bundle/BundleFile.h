//===- BundleFile.h - Reading and hashing files of a bundle -----*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Files of a bundle may have been tampered with: nothing here follows a
// symbolic link, waits for a pipe, or reads without a limit.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BUNDLE_BUNDLEFILE_H
#define MOE_LIB_BUNDLE_BUNDLEFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"
#include <string>

namespace mlir::moe {

constexpr llvm::StringLiteral bundleManifestName = "bundle.json";
constexpr llvm::StringLiteral bundleManifestSchema = "moe-bundle/1";

/// What stands at a path, without following a link at its end.
enum class PathKind { Missing, File, Directory, Link, Other, Unreadable };
PathKind pathKind(const std::string &path);

/// A path of a manifest that stays in the bundle: relative, '/' between parts,
/// no empty part, "." or "..".
bool isBundlePath(llvm::StringRef path);

/// `doing` and what the last system call failed with (errno).
llvm::Error systemError(const llvm::Twine &doing);

/// sha256 of a regular file, lower-case hex.
llvm::Expected<std::string> digestOfFile(const std::string &path);

/// Text of a regular file of at most `limit` bytes.
llvm::Expected<std::string> readBundleFile(const std::string &path,
                                           uint64_t limit = uint64_t{1} << 31);

/// A JSON file whose top level is an object with "schema": `schema`. Refuses
/// nesting deeper than bundles have: the parser is recursive.
llvm::Expected<llvm::json::Object> readBundleJson(const std::string &path,
                                                  llvm::StringRef schema);

} // namespace mlir::moe

#endif // MOE_LIB_BUNDLE_BUNDLEFILE_H
