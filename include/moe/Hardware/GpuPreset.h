//===- GpuPreset.h - GPUs by name -------------------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Figures of data-centre GPUs, each with its source. Peaks are dense: data
// sheets that give figures "with sparsity" only are halved, and the source says
// so. Bandwidths are per GPU and direction.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_HARDWARE_GPUPRESET_H
#define MOE_HARDWARE_GPUPRESET_H

#include "moe/Quantity/Quantity.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>

namespace mlir::moe {

/// A figure as its source prints it, and that source.
struct SourcedQuantity {
  Quantity value;
  llvm::StringRef source;
};

struct GpuPreset {
  llvm::StringRef name;
  llvm::StringRef architecture; ///< "Hopper"
  SourcedQuantity memory;
  /// What the driver gives programs. Data sheets round, some to powers of 1000
  /// and some to powers of 1024.
  SourcedQuantity usableMemory;
  SourcedQuantity bf16Peak;
  /// Nothing where the GPU has no such tensor cores.
  std::optional<SourcedQuantity> fp8Peak;
  std::optional<SourcedQuantity> fp4Peak;
  SourcedQuantity memoryBandwidth;
  SourcedQuantity nvlink;
  /// Of the vendor's own system; clusters differ, so a plan may state another.
  SourcedQuantity interNode;
  /// GPUs that share a host.
  int64_t gpusPerNode = 0;
  /// GPUs that share one NVLink switch fabric; a multiple of `gpusPerNode`.
  int64_t nvlinkDomain = 0;
  llvm::StringRef systemSource;
};

/// All names, in the order of the table.
llvm::ArrayRef<llvm::StringRef> gpuPresetNames();

/// The preset of that name. If there is none, returns nothing and sets `error`
/// to a message that lists the names or suggests one.
std::optional<GpuPreset> lookupGpuPreset(llvm::StringRef name,
                                         std::string &error);

} // namespace mlir::moe

#endif // MOE_HARDWARE_GPUPRESET_H
