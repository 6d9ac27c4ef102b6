//===- InitPlan.h - A complete plan from a few numbers -------- -*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The way in: a model, a GPU, a number of nodes and some degrees become a plan
// with comments, in which everything that was not asked for is a value with its
// source or a default that says so.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_IMPORT_INITPLAN_H
#define MOE_IMPORT_INITPLAN_H

#include "moe/Hardware/GpuPreset.h"
#include "moe/Model/ModelShape.h"
#include <optional>
#include <string>
#include <vector>

namespace mlir::moe {

/// A value of the plan that somebody gives, in place of a default.
struct GivenValue {
  std::string section; ///< "workload"; "model": one of the model's own keys
  std::string key;     ///< "micro_batch"
  std::string json;    ///< "2"
  std::string source;  ///< becomes its comment
};

struct InitOptions {
  /// Path of the config.json, as the plan shall name it; empty: the model is
  /// given by its keys.
  std::string model;
  /// Empty: made from the model, the number of GPUs and the GPU.
  std::string name;
  int64_t nodes = 1;
  /// Absent: as the vendor builds them.
  std::optional<int64_t> gpusPerNode;
  /// Degrees that are absent are left to their defaults.
  std::optional<int64_t> tp, cp, pp, vpp, ep, etp;
  /// "train", "prefill" or "decode".
  std::string mode = "train";
  /// Empty: none.
  std::string framework;
  /// They win over defaults, and over the members above.
  std::vector<GivenValue> given;
  /// Who the plan says has written it.
  std::string writer = "moec init";
};

/// The text of the plan. It imports; whether it is legal depends on the
/// degrees.
std::string initPlan(const InitOptions &options, const GpuPreset &gpu,
                     const ModelShape &model);

} // namespace mlir::moe

#endif // MOE_IMPORT_INITPLAN_H
