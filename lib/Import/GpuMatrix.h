//===- GpuMatrix.h - What joins the GPUs of a node --------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The output of `nvidia-smi topo -m` on one node: which GPUs NVLink joins, and
// which network adapter shares a PCIe switch with which GPU.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_IMPORT_GPUMATRIX_H
#define MOE_LIB_IMPORT_GPUMATRIX_H

#include "mlir/Support/LLVM.h"
#include "moe/Json/InputError.h"
#include <optional>
#include <string>
#include <vector>

namespace mlir::moe {

/// Each list has an entry per GPU.
struct GpuMatrix {
  /// GPUs with the same number reach each other over NVLink; numbered from 0 in
  /// the order of their first GPUs.
  std::vector<int64_t> nvlinkGroups;
  /// Network adapters that are the GPU's own, `mlx5_0,mlx5_1`: those behind its
  /// PCIe switch (PIX, else PXB), divided among the GPUs that share them. Empty
  /// where there is none; no entries when no GPU has one, or the file lacks
  /// their names.
  std::vector<std::string> nics;
  /// NUMA node of the host; no entries when that of a GPU is not known.
  std::vector<int64_t> numa;
};

/// Whether the text has the header of such a matrix.
bool isGpuMatrix(StringRef text);

/// Nothing after a fault, which goes to `errors`.
std::optional<GpuMatrix> readGpuMatrix(StringRef text, StringRef file,
                                       InputErrors &errors);

} // namespace mlir::moe

#endif // MOE_LIB_IMPORT_GPUMATRIX_H
