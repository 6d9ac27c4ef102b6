//===- ParameterCount.h - Parameters of a model -----------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Weights of a model by part. Formulas: Megatron-LM's
// theoretical_memory_usage.py (attention with and without MLA, gated FFN,
// router, RMS norms). Biases, norms of queries and keys, and the parts that a
// shape does not describe (`ModelShape::notes`) are left out: below 0.2 % of
// the published counts that the tests compare with.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_MODEL_PARAMETERCOUNT_H
#define MOE_MODEL_PARAMETERCOUNT_H

#include "moe/Model/ModelShape.h"

namespace mlir::moe {

/// Numbers of weights of the whole model, summed over its layers.
struct ParameterCount {
  /// Of all parts below but `mtp`.
  int64_t total = 0;
  /// What one token uses, with both embedding tables. Some publishers leave out
  /// the input table, which is only looked up: `active - inputEmbedding`.
  int64_t active = 0;

  int64_t inputEmbedding = 0;
  /// 0 where it is tied to the input table; then `active` counts one table.
  int64_t outputEmbedding = 0;
  int64_t attention = 0;
  int64_t denseFfn = 0;
  int64_t routedExperts = 0;
  int64_t sharedExperts = 0;
  int64_t routers = 0;
  int64_t norms = 0;
  /// MTP layers: as the last layer, plus a projection of 2h x h and two norms.
  int64_t mtp = 0;
};

/// Counts the weights. Returns nothing and sets `error` if figures are missing
/// (it names their keys) or a count exceeds 64 bits. Absent shared experts, MTP
/// layers and tied embeddings count as none.
std::optional<ParameterCount> countParameters(const ModelShape &shape,
                                              std::string &error);

} // namespace mlir::moe

#endif // MOE_MODEL_PARAMETERCOUNT_H
