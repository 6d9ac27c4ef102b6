//===- JobView.h - A launch, ready to be printed ----------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A typed, read-only view of one `moe.launch`. Emitters read this and nothing
// else, and decide nothing: each is one context or serializer over a JobView.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_EMIT_JOBVIEW_H
#define MOE_EMIT_JOBVIEW_H

#include "moe/Emit/JobWorkload.h"
#include "moe/Topology/RankSpace.h"
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mlir::moe {

/// A machine and the ranks on it; the i-th rank uses the i-th GPU.
struct JobHost {
  int64_t index = 0;
  std::vector<int64_t> ranks;
};

/// Blocks of GPUs, counted in the order of the hosts, that reach each other
/// without leaving a part of the machine; from the inside out.
struct JobTier {
  std::string name; ///< "host", "nvlink", "switch", "network"
  int64_t gpus = 1;
  int64_t latencyNs = 0;      ///< of a collective; 0 when not known
  int64_t bytesPerSecond = 0; ///< of one GPU in one direction; 0 when not known
};

/// One named axis of a mesh: `size` coordinates, `stride` ranks apart. An axis
/// that is a run of several grid dimensions still has one size and one stride.
struct JobAxis {
  std::string name;
  int64_t size = 1;
  int64_t stride = 1;
};

/// A mesh ("attention", "expert"): axes major to minor.
struct JobMesh {
  std::string name;
  std::vector<JobAxis> axes;
};

/// One call of ncclCommSplit on every rank, in the order of
/// JobView::communicators.
struct JobCommunicator {
  std::string name;                 ///< e.g. "tp", "dp_cp"
  std::vector<std::string> axes;    ///< e.g. {"dp", "cp"}
  std::vector<std::string> aliases; ///< other names of the same partition
  RankGroups groups;
  /// What runs on it: "all_reduce", "all_gather", "all_to_all", ...
  std::vector<std::string> collectives;
  /// Bytes that one rank sends in a step by each of them; empty when not known.
  std::vector<int64_t> sends = {};
};

/// Layers of one pipeline stage: half-open ranges, one per virtual chunk.
struct JobStage {
  int64_t index = 0;
  std::vector<std::pair<int64_t, int64_t>> layers;
  bool embedding = false; ///< holds the token embedding
  bool output = false;    ///< holds the output head and the loss
  int64_t mtpLayers = 0;  ///< multi-token prediction layers
};

/// Where the experts of a run of layers live. `slots[r * slotsPerRank + s]` is
/// the expert in slot s of expert-parallel rank r, -1 when empty.
struct JobPlacement {
  std::string name;
  std::pair<int64_t, int64_t> layers; ///< half-open
  int64_t experts = 0;
  int64_t ranks = 1; ///< size of the expert-parallel axis
  int64_t slotsPerRank = 1;
  int64_t expertShards = 1; ///< ranks that share one expert (expert-TP)
  std::vector<int32_t> slots;
  /// Of its expert's tokens, what each slot serves; empty: replicas share them
  /// evenly.
  std::vector<double> shares = {};
};

/// A number for the report; `value` is printed as it stands.
struct JobFigure {
  std::string name; ///< "gpus required", ...
  std::string value;
  std::string source; ///< "stated", "derived", "preset H100", ...
};

/// A finding of the verifier that did not stop the build.
struct JobFinding {
  std::string severity; ///< "error" | "warning" | "note"
  std::string rule;     ///< "mesh-1"
  std::string message;
};

/// How far the job is from a limit.
struct JobRisk {
  std::string metric, expected, limit, advice;
  /// Left of the limit; negative beyond it.
  int64_t marginPermille = 0;
};

/// What the running job is monitored against, in SI units; ratios as such.
struct JobTarget {
  std::string metric;
  std::optional<double> atLeast, atMost;
  std::string text; ///< as the plan has it: ">= 95 %"
};

/// What a cluster needs before it accepts a script. An empty string means "not
/// given"; the launchers then leave the option out.
struct JobSite {
  std::string partition, account, qos, time, reservation, constraint;
  /// How GPUs are asked for: "gres" (--gres=gpu:N), "gpus-per-node" or "none".
  std::string gpuRequest;
  std::string containerImage;
  std::vector<std::string> containerMounts;
  std::vector<std::string> modules;
  std::string networkInterface;     ///< NCCL_SOCKET_IFNAME
  std::vector<std::string> hcaList; ///< NCCL_IB_HCA
  std::vector<std::pair<std::string, std::string>> environment;
};

/// One job.
struct JobView {
  std::string name;
  std::string framework; ///< "megatron", ... or empty
  int64_t worldSize = 1;
  int64_t gpusPerHost = 1;
  /// Network adapters of each GPU of a host, `mlx5_0,mlx5_1`, and its NUMA
  /// node; empty when not known. An adapter's GPUs are a rail.
  std::vector<std::string> gpuNics;
  std::vector<int64_t> gpuNuma;
  /// The nodes of the cluster in the order of the plan, as host lists of Slurm:
  /// one for each leaf switch, or one for all.
  std::vector<std::string> nodeLists;
  /// The plan inside the bundle, for "how to regenerate".
  std::string planFile = "plan.json";
  /// sha256 of the plan the launch was made from, 64 lower-case hexadecimal
  /// digits; empty when there is none.
  std::string planDigest;
  std::vector<JobTier> tiers;
  std::vector<JobHost> hosts;
  std::vector<JobMesh> meshes;
  std::vector<JobCommunicator> communicators;
  std::vector<JobStage> stages;
  /// Order of passes on the stages, as plan files spell it: "1f1b",
  /// "interleaved", "zero_bubble", "dualpipe"; empty without a pipeline.
  std::string schedule;
  std::vector<JobPlacement> placements;
  std::optional<JobModel> model;
  std::optional<JobWorkload> workload;
  std::vector<JobFigure> figures;
  std::vector<JobFinding> findings;
  std::vector<JobRisk> risks;
  std::vector<JobTarget> targets;
  JobSite site;
};

} // namespace mlir::moe

#endif // MOE_EMIT_JOBVIEW_H
