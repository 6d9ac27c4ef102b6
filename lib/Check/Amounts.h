//===- Amounts.h - Bytes, FLOP and seconds for readers ----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the cost model computes, as messages show it: four digits, and the
// largest decimal unit the amount reaches.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_AMOUNTS_H
#define MOE_LIB_CHECK_AMOUNTS_H

#include "moe/Cost/Count.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace mlir::moe {

/// `1.353e11, "B" ~> 135.3 GB`; `0.0021, "s" ~> 2.1 ms`.
std::string amount(double value, llvm::StringRef unit);
/// `135291469824 ~> 135.3 GB`; an unknown count does not fit 63 bits.
std::string bytes(cost::Count count);
/// "1.611 G".
std::string shortCount(cost::Count count);
/// `0.8812 ~> 88.1 %`, and with more digits below 10 %.
std::string percent(double share);

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_AMOUNTS_H
