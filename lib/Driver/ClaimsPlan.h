//===- ClaimsPlan.h - Imported claims as a plan file ------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_CLAIMSPLAN_H
#define MOE_LIB_DRIVER_CLAIMSPLAN_H

#include "moe/Json/Document.h"
#include "moe/Prose/ImportClaims.h"
#include "llvm/Support/raw_ostream.h"
#include <optional>
#include <string>

namespace mlir::moe {

/// A plan file of what a document says: its figures and its claims. `name` is
/// that of the plan; empty leaves it out.
void printClaimsPlan(const ImportedDocument &document, llvm::StringRef name,
                     llvm::raw_ostream &os);

/// The ids of the claims of a plan file.
std::vector<std::string> claimIdsOf(const json::Value &plan);

/// The text of a plan file with the claims behind its own; comments and layout
/// stay. Nothing when the plan is no object or its claims are no array.
std::optional<std::string> addClaims(llvm::StringRef text,
                                     const json::Value &plan,
                                     llvm::ArrayRef<ImportedClaim> claims);

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_CLAIMSPLAN_H
