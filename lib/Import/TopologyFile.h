//===- TopologyFile.h - Switches of a cluster -------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// How the machines of a cluster are joined, from the files that sites have:
// Slurm's topology.conf or topology.yaml (which nodes share a leaf switch, or a
// block), a host file (their names), the output of `nvidia-smi topo -m` (what
// joins the GPUs of one node). The content of a file says which it is. Node i
// of a plan is the i-th node of the file.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_IMPORT_TOPOLOGYFILE_H
#define MOE_LIB_IMPORT_TOPOLOGYFILE_H

#include "moe/IR/MoE.h"
#include "moe/Json/InputError.h"
#include <string>
#include <vector>

namespace mlir::moe {

/// A switch or a block that has nodes, in the order of the file.
struct LeafSwitch {
  std::string name;
  /// A host list: `n[0-15],n20`.
  std::string nodes;
  unsigned line = 0;
};

/// The leaves of a topology.conf: `SwitchName=s0 Nodes=n[0-15]` or
/// `BlockName=b0 Nodes=...`; not what has a `Level` above 0. Faults go to
/// `errors`.
std::vector<LeafSwitch> readTopologyConf(StringRef text, StringRef file,
                                         InputErrors &errors);
/// The same of a topology.yaml: `switch` and `nodes`, or `block` and `nodes`,
/// of the topology that is `cluster_default`, without one of the first.
std::vector<LeafSwitch> readTopologyYaml(StringRef text, StringRef file,
                                         InputErrors &errors);

/// Reads the files that the cluster of `plan` names as its topology and states
/// what they say: the names of its nodes, `nodes_per_switch`, the largest
/// number by which blocks of nodes never span two switches, and NVLink groups,
/// adapters and NUMA nodes of GPUs. A plan that states other switches, or has
/// more nodes or GPUs on them, is wrong.
void readTopology(PlanOp plan, StringRef planFile, InputErrors &errors);

} // namespace mlir::moe

#endif // MOE_LIB_IMPORT_TOPOLOGYFILE_H
