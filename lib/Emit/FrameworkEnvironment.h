//===- FrameworkEnvironment.h - Variables of frameworks ---------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a framework reads from the environment of its processes and no flag
// says: comments of its file, and lines of site.env where the plan names it.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_EMIT_FRAMEWORKENVIRONMENT_H
#define MOE_LIB_EMIT_FRAMEWORKENVIRONMENT_H

#include "FrameworkJob.h"

namespace mlir::moe {

struct EnvironmentSetting {
  std::string variable, value;
  std::string reason; ///< a sentence
};

/// What the job needs besides the defaults of `framework`, a word of the plan
/// file ("megatron").
std::vector<EnvironmentSetting> frameworkEnvironment(llvm::StringRef framework,
                                                     const JobView &view);

/// Tokens of a rank that the low-latency kernels of DeepEP exchange at once; 0
/// where a job has other kernels or states no batch.
int64_t lowLatencyTokens(const FrameworkJob &job);

} // namespace mlir::moe

#endif // MOE_LIB_EMIT_FRAMEWORKENVIRONMENT_H
