//===- WorkloadWords.h - Words a workload may state -------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Closed lists of what frameworks understand. A word outside of them would
// change an estimate, or leave it as it is, without anybody noticing.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_IR_WORKLOADWORDS_H
#define MOE_IR_WORKLOADWORDS_H

#include "llvm/ADT/StringRef.h"

namespace mlir::moe {

/// Stand for all layers, alone (--recompute-granularity).
inline constexpr llvm::StringRef recomputeWords[] = {"none", "full"};
/// Megatron-Core, TransformerConfig.recompute_modules.
inline constexpr llvm::StringRef recomputedParts[] = {
    "core_attn", "mla_up_proj", "layernorm",     "moe_act",
    "mlp",       "moe",         "shared_experts"};

/// Hold the whole step, alone. Megatron-Core calls it full_iteration.
inline constexpr llvm::StringRef stepGraphScopes[] = {"full", "full_iteration"};
/// Megatron-Core, CudaGraphScope, without the scopes of Mamba layers and of
/// inference, which plans do not have; later CudaGraphModule.
inline constexpr llvm::StringRef graphScopes[] = {
    "attn",           "mlp",  "moe",           "moe_router",
    "moe_preprocess", "full", "full_iteration"};

/// How many moments each keeps: cost::Workload::layerMoments.
inline constexpr llvm::StringRef optimizerNames[] = {"adam", "adamw", "sgd",
                                                     "lion", "muon"};

/// Megatron-Core's precision-aware optimizer: --exp-avg-dtype and
/// --exp-avg-sq-dtype.
inline constexpr llvm::StringRef momentFormats[] = {"fp32", "fp16", "bf16",
                                                    "fp8"};
/// Megatron-Core, --main-grads-dtype; DeepSpeed, data_types.grad_accum_dtype.
inline constexpr llvm::StringRef gradientFormats[] = {"fp32", "fp16", "bf16"};
/// Megatron-Core, --main-params-dtype (fp16: the bits that bf16 parameters
/// lack); DeepSpeed, bf16_master_weights_and_grads.
inline constexpr llvm::StringRef masterFormats[] = {"fp32", "fp16", "bf16"};

/// vLLM and SGLang, --kv-cache-dtype: as activations, or 8 bits.
inline constexpr llvm::StringRef cacheFormats[] = {"bf16", "fp8"};

} // namespace mlir::moe

#endif // MOE_IR_WORKLOADWORDS_H
