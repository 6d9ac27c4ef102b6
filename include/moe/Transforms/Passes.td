//===- Passes.td - Passes ----------------------------------*- tablegen -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_TRANSFORMS_PASSES
#define MOE_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

//===----------------------------------------------------------------------===//
// Checks: plans stay as they are
//===----------------------------------------------------------------------===//

def VerifyBalance : Pass<"verify-balance", "::mlir::ModuleOp"> {
  let summary = "Report everything that is wrong with the plans of a module";
  let description = [{
    Applies every rule of the catalogue (`moec rules`) to each `moe.plan` and
    reports all findings: errors for what cannot be launched or is not so,
    warnings for what is probably not meant, remarks for what is worth knowing.
    Every message ends with the id of its rule; consequences are notes of their
    cause. A plan without errors gets one line on stderr. The pass fails when
    there is an error; the module is never changed.
  }];
  let options = [
    Option<"maxFindings", "max-findings", "unsigned", "0",
           "findings to print for each plan; 0 prints all">,
    Option<"warningsAsErrors", "warnings-as-errors", "bool", "false",
           "treat warnings as errors">,
    Option<"legalityOnly", "legality-only", "bool", "false",
           "report only what a plan cannot be launched with, and no verdict; "
           "what lowerings begin with">,
  ];
  let statistics = [
    Statistic<"numErrors", "num-errors", "errors found">,
    Statistic<"numWarnings", "num-warnings", "warnings found">,
    Statistic<"numNotes", "num-notes", "notes">,
  ];
}

//===----------------------------------------------------------------------===//
// Decisions: plan to plan
//===----------------------------------------------------------------------===//

def DeriveMeshes : Pass<"moe-derive-meshes", "::mlir::moe::PlanOp"> {
  let summary = "Write the meshes that the degrees of a plan imply";
  let description = [{
    Resolves `dp auto` and framework defaults and adds `mesh @attention` and,
    under the folded rule, `mesh @expert folds @attention keeping <pp>`. Under
    the product rule one mesh carries every axis. Fails where a degree stays
    unknown or the order string is wrong; whether the sizes fit the cluster is
    for `--verify-balance` to say. A plan that has a mesh keeps it.
  }];
  let statistics = [Statistic<"numMeshes", "num-meshes", "meshes added">];
}

def DeriveStages : Pass<"moe-derive-stages", "::mlir::moe::PlanOp"> {
  let summary = "Assign layers to pipeline stages";
  let description = [{
    Follows `layout` where the plan has one and otherwise splits the layers
    evenly over `pp` x `vpp` chunks, the first ones taking one layer more. Chunk c
    runs on stage c modulo `pp`. A plan that has a pipeline keeps it.
  }];
  let statistics = [Statistic<"numStages", "num-stages", "stages added">];
}

def BalanceStages : Pass<"moe-balance-stages", "::mlir::moe::PlanOp"> {
  let summary = "Split layers so that pipeline stages take equally long";
  let description = [{
    A pipeline goes at the pace of its slowest stage. Replaces the layout and the
    `pipeline` of a plan by the split of its layers whose slowest stage is
    fastest, by the times and the memory of `moec estimate`: with first dense
    layers, multi-token prediction, the embedding, the output head and the loss.
    Every stage fits the memory of its GPU. Prediction layers go into the last
    chunk or the one before it.

    One chunk a stage: any runs of layers, by dynamic programming over stages and
    layers; of equally fast splits the one whose fullest stage is emptiest. With
    `vpp` > 1, layers before the last run are tried in every arrangement (12 at
    most) and the others dealt out by dynamic programming; of equally fast splits
    the one whose longest chunk is shortest: chunks of a stage take equally long,
    early ones less where their micro-batches in flight exceed the memory. Ties
    go to early stages with few layers.

    A plan keeps its stages, with a remark of the category `moe-balance` that
    says why, where nothing is gained, where an estimate lacks a figure and where
    no split fits. The remark of a new layout gives the slowest and the fullest
    stage before and after. Run it before `--moe-derive-stages`, or behind it to
    replace what that wrote.

    Example: `moe-opt plan.mlir --moe-derive-meshes --moe-balance-stages`
  }];
  let statistics = [Statistic<"numStages", "num-stages", "stages replaced">];
}

def BalanceExperts : Pass<"moe-balance-experts", "::mlir::moe::PlanOp"> {
  let summary = "Place experts by measured load";
  let description = [{
    Where the plan says `placed balanced`, replaces the `placement` of every
    run of MoE layers that has a `load` by one that evens it out, layer by
    layer: a table of layers x expert-parallel ranks x slots. With `dispatch
    weighted` the attribute `moe.weights`, of the same shape, holds the share of
    its expert's tokens that each slot serves; from E + G - 1 slots on every rank
    gets exactly the mean. Runs without load are left to `--moe-place-experts`.
    Every placement is proven before it is written; remarks of the category
    `moe-balance` say what was reached and what no placement could be below.
    Ties go to the lower index.
  }];
  let statistics = [
    Statistic<"numPlacements", "num-placements", "placements written">,
  ];
}

def PlaceExperts : Pass<"moe-place-experts", "::mlir::moe::PlanOp"> {
  let summary = "Give every expert slot an expert";
  let description = [{
    Adds one `placement` per run of MoE layers that has none, as a table of
    expert-parallel ranks x slots. `contiguous` puts neighbouring experts on one
    rank, `round_robin` on neighbouring ranks. Slots beyond the number of
    experts hold replicas when the plan states `slots_per_rank`, and stay empty
    (-1) when their number was derived because the experts do not divide.
    Ties go to the lower index. Balancing by measured load is the business of
    `--moe-balance-experts`: of a run that it left, for want of loads,
    `balanced` means contiguous, with a warning.
  }];
  let options = [
    Option<"kind", "kind", "std::string", "\"\"",
           "contiguous or round_robin; overrides what the plan says">,
  ];
  let statistics = [
    Statistic<"numPlacements", "num-placements", "placements added">,
    Statistic<"numReplicas", "num-replicas", "slots that hold a replica">,
  ];
}

//===----------------------------------------------------------------------===//
// Lowerings
//===----------------------------------------------------------------------===//

def Partition : Pass<"moe-partition", "::mlir::ModuleOp"> {
  let summary = "Lower a plan to one function per pipeline stage";
  let description = [{
    Needs the decisions of `--moe-derive-meshes`, `--moe-derive-stages` and
    `--moe-place-experts`. Adds `shard.grid @world` (the common refinement of
    the meshes), its views `@attention` and `@expert`, and for every stage a
    function with per-rank shapes, the collectives of its axes and the exchange
    of tokens; for training also one that combines the gradients of the stage.
    Figures that the plan leaves out become unknown dimensions. The plan stays:
    placements are referred to there.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::shard::ShardDialect",
  ];
  let statistics = [
    Statistic<"numStages", "num-stages", "functions of stages">,
    Statistic<"numCollectives", "num-collectives", "collectives inserted">,
  ];
}

def BuildLaunch : Pass<"moe-build-launch", "::mlir::ModuleOp"> {
  let summary = "Lower stage functions to hosts and communicators";
  let description = [{
    Collects the groups of every collective of the stage functions, merges those
    with the same ranks, drops those of one rank, and writes `moe.launch`: the
    table of hosts, the communicators in their order of creation, the stages, the
    expert slots, and copies of the plan's `model` and `workload`. The stage
    functions are removed unless `keep-stages`.

    Fails unless the stage functions meet: what stage i sends to stage j, stage j
    receives from i, in the same order and of the same type, and no other
    collective spans pipeline stages. All members of its groups then run one
    function, so they create and enter collectives in one order.

    Fails for more than 2,097,152 ranks: the host table is the one thing in the
    IR that grows with them.
  }];
  let options = [
    Option<"keepStages", "keep-stages", "bool", "false",
           "keep the functions of the sharded level beside the launch">,
  ];
  let statistics = [
    Statistic<"numCommunicators", "num-communicators", "communicators">,
    Statistic<"numMerged", "num-merged", "groups that another one covers">,
  ];
}

def OrderRanks : Pass<"moe-order-ranks", "::mlir::ModuleOp"> {
  let summary = "Let ranks that exchange most share hosts and switches";
  let description = [{
    Says in figures of the launch what each communicator sends across hosts in a
    step and how much of that goes between rails, and reorders the ranks on the hosts where the plan says `rank_order
    by_traffic`: of all orders of the dimensions of the rank grid the one is
    taken that sends the fewest bytes out of NVLink domains, then out of
    switches, then out of hosts, then between rails, GPUs of hosts that use
    adapters of the same number. The plan's own order wins ties, so no order is
    ever worse. Members of expert-parallel groups stay node-major where DeepEP or
    HybridEP exchange tokens, which number them so.

    Groups, coordinates and communicators do not change: rank r has the same
    coordinates, on another GPU.
  }];
  let options = [
    Option<"always", "always", "bool", "false",
           "reorder whatever the plan says">,
  ];
  let statistics = [
    Statistic<"numMoved", "num-moved", "ranks on another GPU">,
  ];
}

#endif // MOE_TRANSFORMS_PASSES
