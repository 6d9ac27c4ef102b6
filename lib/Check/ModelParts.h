//===- ModelParts.h - Parameters and FLOPs, part by part --------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What each part of a model holds and computes, by the closed forms of
// moe/Cost/BlockWork.h. A part is unknown where one of its figures is, so that
// a plan with gaps still gives lower bounds: "the experts alone".
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_MODELPARTS_H
#define MOE_LIB_CHECK_MODELPARTS_H

#include "moe/Cost/Job.h"
#include <array>
#include <vector>

namespace mlir::moe {

enum class ModelPart : uint8_t {
  Attention,
  FeedForward,
  SharedExperts,
  Router,
  Experts,
  Embedding,
  Output,
  Prediction ///< multi-token prediction
};
constexpr unsigned numModelParts = 8;
/// "the experts", "the output head".
llvm::StringRef nameOf(ModelPart part);

struct PartCounts {
  cost::Count parameters;
  /// Of one token, forward: 2 per multiply-add. `coreFlops` is what attention
  /// scores cost, causal.
  cost::Count gemmFlops, coreFlops;
  bool present = false; ///< the model has this part
};

class PartTable {
public:
  PartCounts &operator[](ModelPart part) {
    return parts[static_cast<unsigned>(part)];
  }
  const PartCounts &operator[](ModelPart part) const {
    return parts[static_cast<unsigned>(part)];
  }
  /// Of all parts; unknown where one is.
  cost::Count parameters() const;
  /// Of the parts that are known: at least so many there are.
  cost::Count knownParameters() const;
  cost::Count flops() const;
  cost::Count knownFlops() const;
  /// Parts that the model has, by `parameters` or by FLOPs, of which the count
  /// is known and not zero, largest first.
  std::vector<ModelPart> knownByParameters() const;
  std::vector<ModelPart> knownByFlops() const;

private:
  std::array<PartCounts, numModelParts> parts;
};

/// The whole model on one rank. As publishers count, parameters leave out
/// multi-token prediction; as Megatron-LM counts, FLOPs include it.
PartTable countWholeModel(const cost::Job &job);

/// Parameters that one rank of each stage holds; no FLOPs.
std::vector<PartTable> countStages(const cost::Job &job);

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_MODELPARTS_H
