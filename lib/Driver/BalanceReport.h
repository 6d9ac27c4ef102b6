//===- BalanceReport.h - What moec balance says about it --------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_BALANCEREPORT_H
#define MOE_LIB_DRIVER_BALANCEREPORT_H

#include "BalancedLayers.h"

namespace mlir::moe {

/// One line per layer with what binds, and the totals.
void printCertificate(const BalanceOptions &options,
                      llvm::ArrayRef<BalancedLayer> layers,
                      llvm::raw_ostream &os);

/// What more or less slots would give, and what to do where experts do not
/// divide over the ranks.
void printAdvice(const BalanceOptions &options,
                 llvm::ArrayRef<BalancedLayer> layers, llvm::raw_ostream &os);

/// Loads of the ranks of the worst layer, sorted, before and after: as bars of
/// text, or as a picture.
void printChart(const BalancedLayer &layer, llvm::raw_ostream &os);
void writeSvg(const BalancedLayer &layer, llvm::raw_ostream &os);

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_BALANCEREPORT_H
