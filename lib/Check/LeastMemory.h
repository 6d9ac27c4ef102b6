//===- LeastMemory.h - Open settings at their most favourable --*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_LEASTMEMORY_H
#define MOE_LIB_CHECK_LEASTMEMORY_H

#include "Rules.h"
#include <vector>

namespace mlir::moe {

/// What the largest stage needs where whatever a training plan leaves open is
/// chosen to need least.
struct LeastMemory {
  double bytes;
  /// Keys that are not stated and matter, alone or together, with the value
  /// that needs least: "workload.recompute full".
  std::vector<std::string> open;
};

/// By the closed form; of a plan that has an estimate of `stated` bytes.
LeastMemory leastMemory(const RuleInput &input, double stated);

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_LEASTMEMORY_H
