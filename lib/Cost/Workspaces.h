//===- Workspaces.h - What libraries hold all the time ----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_COST_WORKSPACES_H
#define MOE_LIB_COST_WORKSPACES_H

#include "moe/Cost/Calibration.h"
#include "moe/Cost/Job.h"

namespace mlir::moe::cost {

/// Bytes of the placeholders that TransformerEngine returns as gradients of
/// weights once it has added the true ones to the buffer of gradients: one in
/// the format of the weights for each shape of a matrix on the rank, kept for
/// good (get_dummy_wgrad in transformer_engine/pytorch/module/base.py; since
/// 2.3 for linear layers, since 2.10 for grouped ones). A head that serves
/// prediction layers too keeps one as well: not found in the source, but the
/// steady memory of Megatron-LM's DeepSeek-V3 proxies exceeds their states by
/// 1.9 and 2.2 GiB on the last stage, and this makes 1.7.
Count gradientPlaceholders(const Job &job, int64_t stage);

/// Bytes of the workspaces of matrix multiplications: 32 MiB of PyTorch, 32 MiB
/// of TransformerEngine, and the same for each of the 4 streams of grouped
/// ones (get_cublas_workspace_size_bytes, Hopper and later).
Count gemmWorkspaces(const Job &job, int64_t stage);

/// Bytes on the device that the framework's allocator does not see: CUDA
/// context, communicators, and the buffers of token dispatchers.
Count outsideAllocator(const Job &job, const Calibration &calibration);

} // namespace mlir::moe::cost

#endif // MOE_LIB_COST_WORKSPACES_H
