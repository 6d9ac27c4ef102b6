//===- Tables.h - The pieces of the catalogue -------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_CATALOGUE_TABLES_H
#define MOE_LIB_CHECK_CATALOGUE_TABLES_H

#include "moe/Check/Catalogue.h"

namespace mlir::moe {

/// Ranks, meshes, groups.
llvm::ArrayRef<Rule> gridRules();
/// Shape of the model against the degrees; experts and their balance.
llvm::ArrayRef<Rule> modelRules();
/// Pipeline and batches.
llvm::ArrayRef<Rule> scheduleRules();
/// Statements, missing figures.
llvm::ArrayRef<Rule> statementRules();
/// Claims: their verdicts, their sources, and what contradicts them.
llvm::ArrayRef<Rule> claimRules();
/// Memory, FLOPs and time by the cost model.
llvm::ArrayRef<Rule> costRules();
/// Rules that the verifiers of operations enforce.
llvm::ArrayRef<Rule> syntaxRules();

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_CATALOGUE_TABLES_H
