//===- Advice.h - Values that would be right instead ------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A message names another value only after the framework's builder has been
// asked: a world may suit one grid and not the other, or not the axis order.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_FRAMEWORKS_ADVICE_H
#define MOE_LIB_FRAMEWORKS_ADVICE_H

#include "Problems.h"

namespace mlir::moe {

/// Other values of settings and what the builder said to them.
class Proposals {
public:
  /// Problems in `known` have nothing to do with the proposals and do not count
  /// against them.
  explicit Proposals(const Problems &known) : known(known) {}

  /// Keeps `setting value` if `result` has no problem that is not known.
  void consider(llvm::StringRef setting, int64_t value,
                const GroupsResult &result);

  bool empty() const { return accepted.empty(); }
  /// `world 72 or 144`, `world 6 or dp_shard 8`.
  std::string text() const;
  /// The last problem for which a proposal was not kept, or nothing.
  llvm::StringRef refusal() const { return lastRefusal; }

private:
  const Problems &known;
  llvm::SmallVector<Degree, 2> accepted;
  std::string lastRefusal;
};

/// Calls a builder with another value of one setting.
using Builder = llvm::function_ref<GroupsResult(int64_t)>;

/// What to do about a world that is no multiple of `step`: `; use world 72 or
/// 144 or other degrees`, or what is wrong with the multiples as well. No step:
/// it is too large for any world.
std::string adviseWorld(int64_t world, std::optional<int64_t> step,
                        Builder build, const Problems &known);

/// The least common multiple, or nothing if one is not known or it exceeds
/// maxWorldSize.
std::optional<int64_t>
commonMultiple(llvm::ArrayRef<std::optional<int64_t>> steps);

/// Divisors of `number` to use instead of `value`: `1, 2, 4 or 8`; of many, the
/// nearest ones: `4, 6 or another divisor of 24`.
std::string describeDivisors(int64_t number, int64_t value);

} // namespace mlir::moe

#endif // MOE_LIB_FRAMEWORKS_ADVICE_H
