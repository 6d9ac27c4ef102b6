//===- LoadGenerator.h - Skewed loads without a recording -------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Loads to try a placement on, and to measure solvers with: the same recipe,
// shape and seed give the same tokens everywhere.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_BALANCE_LOADGENERATOR_H
#define MOE_BALANCE_LOADGENERATOR_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mlir::moe {

/// How the tokens of a layer are spread over its experts.
struct LoadRecipe {
  enum class Kind {
    Zipf,      // zipf:A         1 / rank^A, in random order
    Lognormal, // lognormal:S    exp(S * normal)
    Dirichlet, // dirichlet:A    gamma(A); small A is very skewed
    Grouped,   // grouped:G:E:N  lognormal by N groups (G) and expert (E)
    Sample,    // sample:A:D     D tokens drawn from zipf:A; zeros and ties
    OneHot,    // onehot:P       one expert has the part P of all tokens
    Uniform,   // uniform
  };
  Kind kind = Kind::Uniform;
  std::vector<double> parameters;
  /// As written; part of the seed.
  std::string text;

  /// Reads `zipf:1.2`; nothing after setting `error`.
  static std::optional<LoadRecipe> parse(llvm::StringRef text,
                                         std::string &error);
};

/// Tokens by layer and expert, about `tokens` a layer (`sample` has its own
/// number). Layers and experts are at least 1, `onehot` needs 2 experts.
std::vector<std::vector<int64_t>> generateLoads(const LoadRecipe &recipe,
                                                int64_t layers, int64_t experts,
                                                int64_t seed, int64_t tokens);

} // namespace mlir::moe

#endif // MOE_BALANCE_LOADGENERATOR_H
