//===- AxisDegree.h - The degree of an axis ---------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_ANALYSIS_AXISDEGREE_H
#define MOE_ANALYSIS_AXISDEGREE_H

#include "moe/Analysis/PlanModel.h"

namespace mlir::moe {

/// The degree of an axis; `dp` and `edp` are as derived.
const Figure &degreeOf(const Degrees &degrees, AxisKind kind);

} // namespace mlir::moe

#endif // MOE_ANALYSIS_AXISDEGREE_H
