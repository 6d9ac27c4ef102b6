//===- DispatchedTokens.h - Tokens that a rank dispatches -------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tokens that the low-latency kernels of DeepEP take in one exchange of a
// decoding server. Servers that exchange tokens scatter those of a replica over
// the ranks of its attention: SGLang's ScatterMode.SCATTERED
// (python/sglang/srt/layers/communicator.py), vLLM's
// ParallelConfig.use_sequence_parallel_moe (vllm/config/parallel.py).
//
//===----------------------------------------------------------------------===//

#ifndef MOE_FRAMEWORKS_DISPATCHEDTOKENS_H
#define MOE_FRAMEWORKS_DISPATCHEDTOKENS_H

#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <cstdint>

namespace mlir::moe {

/// As many tokens of a rank as these kernels take: FINISHED_SUM_TAG of DeepEP's
/// csrc/kernels/internode_ll.cu.
inline constexpr int64_t mostLowLatencyTokens = 1024;

/// Tokens of the fullest rank in one exchange: the next token of each of
/// `batch` requests of a replica and its `drafts`, over the `tp` ranks of its
/// attention. Saturates; no argument is negative, and `tp` is at least 1.
inline int64_t lowLatencyTokens(int64_t batch, int64_t drafts, int64_t tp) {
  auto tokens = llvm::SaturatingMultiply<uint64_t>(
      batch, static_cast<uint64_t>(drafts) + 1);
  return static_cast<int64_t>(
      std::min<uint64_t>(llvm::divideCeil(tokens, tp), INT64_MAX));
}

} // namespace mlir::moe

#endif // MOE_FRAMEWORKS_DISPATCHEDTOKENS_H
