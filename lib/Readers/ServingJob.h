//===- ServingJob.h - Degrees of a serving framework ------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_READERS_SERVINGJOB_H
#define MOE_LIB_READERS_SERVINGJOB_H

#include "FlagSet.h"
#include <initializer_list>

namespace mlir::moe {

/// Degrees in a plan's sense, and the flags they follow from; without a flag
/// for CP there is none.
struct ServingJob {
  llvm::StringRef tpFlag, cpFlag, ppFlag, dpFlag, epFlag;
  int64_t tp = 1, cp = 1, pp = 1, dp = 1, ep = 1, etp = 1;
  /// Whether the ranks of a replica's stages lie next to each other.
  bool isPipelineInside = false;
};

/// States the degrees and the number of ranks.
void stateServingJob(const FlagSet &flags, const ServingJob &job,
                     Recipe &recipe);

/// The model that the flag `name`, or the first word without a flag, names.
void readServedModel(const FlagSet &flags, llvm::StringRef name,
                     Recipe &recipe);
/// Says that the value of the flag `name`, which is given, has no word among
/// those of the workload's `key`.
void noteNoWord(const FlagSet &flags, llvm::StringRef name,
                llvm::StringRef key);
/// States the formats that `--dtype`, `--quantization` and `--kv-cache-dtype`
/// give.
void readServedFormats(const FlagSet &flags);

/// `[3, 2]` ~> `Et*3|t*2L`, for the layout of a plan.
/// The dispatcher of plans that a backend of vLLM is; empty for others.
llvm::StringRef dispatcherOfVllm(llvm::StringRef backend);

std::string layoutOfStages(llvm::ArrayRef<int64_t> layers);

/// The layout of `24,40`, the layers of each of `pp` stages; nothing for
/// another text, `error` says why.
std::optional<std::string> layoutOfPartition(llvm::StringRef text, int64_t pp,
                                             std::string &error);

/// The product, or nothing beyond 63 bits.
std::optional<int64_t> multiplied(std::initializer_list<int64_t> factors);

} // namespace mlir::moe

#endif // MOE_LIB_READERS_SERVINGJOB_H
