//===- BundleProof.h - A bundle against its plan ----------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_BUNDLEPROOF_H
#define MOE_LIB_DRIVER_BUNDLEPROOF_H

#include "moe/Bundle/Verify.h"
#include "llvm/Support/raw_ostream.h"

namespace mlir::moe {

/// Proves the bundle in `directory`: its files carry the digests of
/// bundle.json, its rank map and groups are sound by themselves, and compiling
/// its plan once more gives the same files. Later proofs are skipped where
/// earlier ones fail. Returns what is wrong.
std::vector<BundleProblem> proveBundle(llvm::StringRef directory);

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_BUNDLEPROOF_H
