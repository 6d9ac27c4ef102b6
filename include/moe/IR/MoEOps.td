//===- MoEOps.td - All operations --------------------------*- tablegen -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_IR_MOEOPS_TD
#define MOE_IR_MOEOPS_TD

include "moe/IR/MoEDecisionOps.td"
include "moe/IR/MoELaunchOps.td"
include "moe/IR/MoEModelOps.td"
include "moe/IR/MoEPlanOps.td"
include "moe/IR/MoEShardedOps.td"
include "moe/IR/MoEStatementOps.td"

#endif // MOE_IR_MOEOPS_TD
