//===- MegatronGrids.h - The two grids of Megatron-Core ---------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Megatron-Core's degrees, the two grids they span over the same ranks, and the
// groups it forms of these. Within a grid the leftmost axis of the order has
// the smallest stride; groups and members are listed with the smallest stride
// fastest, which is the order of first ranks.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_FRAMEWORKS_MEGATRONGRIDS_H
#define MOE_LIB_FRAMEWORKS_MEGATRONGRIDS_H

#include "MegatronOrder.h"
#include "moe/Frameworks/Configurations.h"

namespace mlir::moe {

struct MegatronGrids {
  explicit MegatronGrids(const MegatronConfiguration &config)
      : tp{"tp", config.tp}, pp{"pp", config.pp}, cp{"cp", config.cp},
        ep{"ep", config.ep}, etp{"etp", config.etp.value_or(config.tp)},
        inst{"inst", config.inst}, gtpRemat{"gtp_remat", config.gtpRemat},
        expertGtpRemat{"expert_gtp_remat", config.expertGtpRemat} {}

  /// The degrees of which dp (edp) is what the world leaves.
  llvm::SmallVector<Degree, 4> attentionDegrees() const;
  llvm::SmallVector<Degree, 4> expertDegrees() const;
  bool hasGtpRemat() const {
    return gtpRemat.value > 1 || expertGtpRemat.value > 1;
  }

  /// The grids; on both, axes have the names they have in the order. All
  /// degrees are positive.
  NamedGrid attention(llvm::ArrayRef<llvm::StringRef> order) const;
  NamedGrid experts(llvm::ArrayRef<llvm::StringRef> order) const;

  Degree tp, pp, cp, ep, etp, inst, gtpRemat, expertGtpRemat;
  /// 0 until the world is found to be a multiple of the other degrees.
  Degree dp{"dp", 0}, edp{"edp", 0};
};

/// All groups, in the order in which Megatron first creates one of each name.
/// The configuration is one that Megatron accepts.
llvm::SmallVector<GroupFamily, 24>
buildMegatronFamilies(const MegatronConfiguration &config,
                      const MegatronGrids &grids,
                      llvm::ArrayRef<llvm::StringRef> order);

} // namespace mlir::moe

#endif // MOE_LIB_FRAMEWORKS_MEGATRONGRIDS_H
