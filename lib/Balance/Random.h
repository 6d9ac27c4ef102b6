//===- Random.h - The random numbers of Balance -----------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Searches and generators draw the same numbers on every machine.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BALANCE_RANDOM_H
#define MOE_LIB_BALANCE_RANDOM_H

#include <cstdint>

namespace mlir::moe {

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
class Random {
public:
  explicit Random(uint64_t seed) : state(seed) {}

  uint64_t next() {
    uint64_t z = state += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  /// In [0, limit); the bias of the remainder does not matter here.
  uint64_t below(uint64_t limit) { return next() % limit; }
  /// In (0, 1).
  double uniform() { return (double(next() >> 11) + 0.5) / 0x1p53; }

private:
  uint64_t state;
};

} // namespace mlir::moe

#endif // MOE_LIB_BALANCE_RANDOM_H
