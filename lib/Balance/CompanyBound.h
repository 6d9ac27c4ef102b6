//===- CompanyBound.h - Whole experts beside the heaviest -------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Without redundant slots every rank has S whole experts. Take a load T and the
// heaviest experts, so many that no two of them fit on one rank within T. Each
// is beside S-1 others of at most T less its own load, and nobody is beside
// two. If there are no such others, no placement is within T.
//
// All choices are tried, for the heaviest expert first. Only sets are looked at
// in which no member could be exchanged for a heavier expert that is still
// free: whoever has that one instead would only get a lighter one for it. The
// room beside the heaviest is small, so there are few such sets; where there
// are many, nothing is proven.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BALANCE_COMPANYBOUND_H
#define MOE_LIB_BALANCE_COMPANYBOUND_H

#include "moe/Balance/PlacementProblem.h"

namespace mlir::moe {

/// Raises `bound`, of uniform ranks without a redundant slot, where the company
/// of the heaviest experts is a stronger reason.
void raiseByCompany(const PlacementProblem &problem, LoadBound &bound);

} // namespace mlir::moe

#endif // MOE_LIB_BALANCE_COMPANYBOUND_H
