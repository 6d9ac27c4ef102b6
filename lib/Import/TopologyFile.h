//===- TopologyFile.h - Switches of a cluster -------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Slurm's topology.conf and topology.yaml: which nodes share a leaf switch, or
// a block. Node i of a plan is the i-th node of the file.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_IMPORT_TOPOLOGYFILE_H
#define MOE_LIB_IMPORT_TOPOLOGYFILE_H

#include "moe/IR/MoE.h"
#include "moe/Json/InputError.h"
#include <optional>
#include <string>
#include <vector>

namespace mlir::moe {

/// A switch or a block that has nodes, in the order of the file.
struct LeafSwitch {
  std::string name;
  int64_t nodes = 0;
  unsigned line = 0;
};

/// Number of names that a host list of Slurm stands for: `n[0-3,8],login` is 6.
/// Nothing for a list that is none, or stands for more than 2^24 names.
std::optional<int64_t> countHosts(StringRef list);

/// The leaves of a topology.conf: `SwitchName=s0 Nodes=n[0-15]` or
/// `BlockName=b0 Nodes=...`. Faults go to `errors`.
std::vector<LeafSwitch> readTopologyConf(StringRef text, StringRef file,
                                         InputErrors &errors);
/// The same of a topology.yaml: `switch` and `nodes`, or `block` and `nodes`,
/// of its first topology.
std::vector<LeafSwitch> readTopologyYaml(StringRef text, StringRef file,
                                         InputErrors &errors);

/// Reads the topology file that the cluster of `plan` names and states
/// `nodes_per_switch`, the largest number by which blocks of nodes never span
/// two switches. A plan that states another is wrong.
void readTopology(PlanOp plan, StringRef planFile, InputErrors &errors);

} // namespace mlir::moe

#endif // MOE_LIB_IMPORT_TOPOLOGYFILE_H
