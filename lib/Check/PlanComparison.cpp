//===- PlanComparison.cpp - What two plans do not share
//---------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlanComparison.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

static void compare(StringRef name, std::optional<int64_t> before,
                    std::optional<int64_t> after,
                    std::vector<std::string> &differences) {
  if (before && after && *before != *after)
    differences.push_back(name.str() + " " + llvm::itostr(*before) + " -> " +
                          llvm::itostr(*after));
}

/// Figures of the first run of MoE layers.
static void compareExperts(const LayerRun &before, const LayerRun &after,
                           std::vector<std::string> &differences) {
  compare("num_experts", before.experts, after.experts, differences);
  compare("num_experts_per_tok", before.topK, after.topK, differences);
  compare("moe_intermediate_size", before.expertWidth, after.expertWidth,
          differences);
  compare("num_attention_heads", before.heads, after.heads, differences);
}

PlanDifferences moe::compareModels(const PlanModel &before,
                                   const PlanModel &after) {
  PlanDifferences result;
  const ModelFigures &old = before.model, &now = after.model;
  if (!old.type.empty() && !now.type.empty() && old.type != now.type)
    result.model.push_back("model_type " + old.type + " -> " + now.type);
  for (auto figure :
       {&ModelFigures::layers, &ModelFigures::hidden, &ModelFigures::vocab})
    compare((now.*figure).name, (old.*figure).value, (now.*figure).value,
            result.model);
  if (old.firstSparse() && now.firstSparse())
    compareExperts(*old.firstSparse(), *now.firstSparse(), result.model);
  const WorkloadFigures &oldLoad = before.workload, &load = after.workload;
  for (auto figure : {&WorkloadFigures::globalBatch, &WorkloadFigures::batch,
                      &WorkloadFigures::sequenceLength})
    compare((load.*figure).name, (oldLoad.*figure).value, (load.*figure).value,
            result.workload);
  return result;
}
