//===- MoELaunchOps.td - What the emitters print -----------*- tablegen -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_IR_MOELAUNCHOPS_TD
#define MOE_IR_MOELAUNCHOPS_TD

include "moe/IR/MoEAttrs.td"

def MoE_LaunchOp : MoE_ContainerOp<"launch"> {
  let summary = "One job, ready to be printed";
  let description = [{
    Nothing here grows with the number of ranks but the table of hosts.
    `of` names the plan, which need not be in the module any more, and
    `plan_digest` is the SHA-256 of the plan file the launch was made from.
    `node_lists`, `gpu_nics` and `gpu_numa` are those of `moe.cluster`.
    `model` and `workload` are the plan's, for the files that say what the ranks
    run.

    Example:
    ```mlir
    moe.launch @job world_size 4 gpus_per_host 2 {
      host 0 ranks [0, 1]
      host 1 ranks [2, 3]
      coordinates @attention <dp = 2, tp = 2>
      communicator @tp along <tp> groups <2:2> members <2:1> runs [all_reduce]
      stage 0 layers [0 to 8] embedding output
    }
    ```

    **Constraints**
    - (body-1) holds operations of this level alone.
    - (launch-1) the hosts hold the ranks 0 to `world_size` - 1, each once.
    - (launch-2) hosts are numbered from 0 in order and hold between one rank
      and as many as they have GPUs.
    - (launch-3) the groups of each communicator partition the world, and no two
      communicators have the same groups or share a name or alias.
    - (launch-4) the axes of each `coordinates` multiply to `world_size`.
    - (launch-5) stages are numbered from 0 in order and hold every layer from 0
      on once.
    - (launch-6) every expert of an `expert_slots` has a slot in every layer, and
      no rank holds an expert of a layer twice.
    - (launch-7) at most one `site`, `model` and `workload`.
    - (launch-8) each `tier` holds a whole number of the one before it, the
    first at least the GPUs of a host.
    - (launch-9) `sends` has one number for each collective of `runs`, none
    negative.
    - (launch-10) there are as many stages as `pp` has coordinates, and each
    `expert_slots` has a row for every coordinate of `ep`, where both are there.
    - (launch-11) `gpu_nics` and `gpu_numa` have an entry for each GPU of a host.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       OptionalAttr<FlatSymbolRefAttr>:$plan,
                       MoE_PositiveI64:$world_size,
                       MoE_PositiveI64:$gpus_per_host,
                       OptionalAttr<MoE_FrameworkAttr>:$framework,
                       OptionalAttr<StrAttr>:$plan_digest,
                       OptionalAttr<StrArrayAttr>:$node_lists,
                       OptionalAttr<StrArrayAttr>:$gpu_nics,
                       OptionalAttr<DenseI64ArrayAttr>:$gpu_numa);
  let assemblyFormat = [{
    $sym_name (`of` $plan^)?
    `world_size` $world_size `gpus_per_host` $gpus_per_host
    oilist(`framework` custom<Keyword>($framework)
         | `plan_digest` $plan_digest
         | `node_lists` $node_lists
         | `gpu_nics` $gpu_nics
         | `gpu_numa` custom<Stripped>($gpu_numa))
    attr-dict-with-keyword custom<Body>($body)
  }];
  let hasRegionVerifier = 1;
}

def MoE_HostOp : MoE_Op<"host", [HasParent<"LaunchOp">]> {
  let summary = "Ranks that run on one machine";
  let description = [{
    The i-th rank of the list uses the i-th GPU. Constraints launch-1 and
    launch-2 of `moe.launch` hold for the hosts together.

    Example:
    ```mlir
    moe.launch @job world_size 4 gpus_per_host 4 {
      host 0 ranks [0, 1, 2, 3]
    }
    ```
  }];
  let arguments = (ins MoE_NonNegativeI64:$index, DenseI64ArrayAttr:$ranks);
  let assemblyFormat = "$index `ranks` $ranks attr-dict";
}

def MoE_TierOp : MoE_DeclOp<"tier", [HasParent<"LaunchOp">]> {
  let summary = "GPUs that reach each other without leaving a part of the machine";
  let description = [{
    Tiers run from the inside: a host, an NVLink domain, the nodes of one switch.
    GPUs are counted in the order of the hosts, so tier i holds blocks of `num_gpus`
    of them. `bytes_per_second` is what one GPU reaches in one direction towards
    others of its tier, `latency_ns` how long a collective takes to start. What
    leaves the last tier leaves all of them. Constraint launch-8 of `moe.launch`
    holds for the tiers together.

    Example:
    ```mlir
    moe.launch @job world_size 4 gpus_per_host 2 {
      tier @host holds 2 latency_ns 12000 bytes_per_second 360000000000
      tier @switch holds 4
      host 0 ranks [0, 1]
      host 1 ranks [2, 3]
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, MoE_PositiveI64:$num_gpus,
                       OptionalAttr<MoE_PositiveI64>:$latency_ns,
                       OptionalAttr<MoE_PositiveI64>:$bytes_per_second);
  let assemblyFormat = [{
    $sym_name `holds` $num_gpus
    (`latency_ns` $latency_ns^)? (`bytes_per_second` $bytes_per_second^)?
    attr-dict
  }];
}

def MoE_CoordinatesOp : MoE_DeclOp<"coordinates", [HasParent<"LaunchOp">]> {
  let summary = "Coordinates of every rank on the axes of one mesh";
  let description = [{
    Axes run major to minor, so a rank's coordinates follow from their sizes.

    Example:
    ```mlir
    moe.launch @job world_size 4 gpus_per_host 4 {
      host 0 ranks [0, 1, 2, 3]
      coordinates @attention <dp = 2, tp = 2>
      coordinates @expert <edp = 1, ep = 4>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, MoE_AxesAttr:$axes);
  let assemblyFormat = "$sym_name $axes attr-dict";
}

def MoE_CollectiveKindArrayAttr
    : TypedArrayAttrBase<MoE_CollectiveKindAttr, "collectives">;

def MoE_CommunicatorOp : MoE_DeclOp<"communicator", [HasParent<"LaunchOp">]> {
  let summary = "A family of disjoint rank groups created together";
  let description = [{
    Group g, member m is rank `groups(g) + members(m)`, where each side
    enumerates a box of `size:stride` pairs, major to minor. One communicator
    stands for one partition: axes with the same groups are listed as `aliases`.
    The order of the operations is the order of creation on every rank. `sends`
    counts the bytes that one rank sends in a step by each collective of `runs`,
    on the stage that sends most.

    Example:
    ```mlir
    moe.launch @job world_size 4 gpus_per_host 4 {
      host 0 ranks [0, 1, 2, 3]
      communicator @tp along <tp> groups <2:2> members <2:1> runs [all_reduce] sends [1048576]
      communicator @dp along <dp, cp> aliases ["edp"] groups <2:1> members <2:2> runs [reduce_scatter, all_gather]
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       MoE_AxisKindListAttr:$axes,
                       OptionalAttr<StrArrayAttr>:$aliases,
                       MoE_BoxAttr:$groups, MoE_BoxAttr:$members,
                       MoE_CollectiveKindArrayAttr:$collectives,
                       OptionalAttr<DenseI64ArrayAttr>:$sends);
  let assemblyFormat = [{
    $sym_name `along` $axes (`aliases` $aliases^)?
    `groups` $groups `members` $members
    `runs` custom<CollectiveKinds>($collectives) (`sends` $sends^)? attr-dict
  }];
  let extraClassDeclaration = [{
    ::mlir::moe::RankGroups getRankGroups();
  }];
}

def MoE_ExpertSlotsOp : MoE_DeclOp<"expert_slots", [HasParent<"LaunchOp">]> {
  let summary = "Expert in every slot of every expert-parallel rank";
  let description = [{
    The table has the shape ranks x slots (or layers x ranks x slots); -1 is an
    empty slot. `shards` ranks share each expert (expert-tensor parallelism).
    Constraint launch-6 of `moe.launch` holds for each table.

    Example:
    ```mlir
    moe.launch @job world_size 2 gpus_per_host 2 {
      host 0 ranks [0, 1]
      expert_slots @sparse layers 3 to 61 experts 4 shards 1 table dense<[[0, 1], [2, 3]]> : tensor<2x2xi32>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       MoE_NonNegativeI64:$begin, MoE_NonNegativeI64:$end,
                       MoE_PositiveI64:$experts, MoE_PositiveI64:$shards,
                       ElementsAttr:$table);
  let assemblyFormat = [{
    $sym_name `layers` $begin `to` $end `experts` $experts `shards` $shards
    `table` $table attr-dict
  }];
  let hasVerifier = 1;
}

def MoE_FigureOp : MoE_Op<"figure", [HasParent<"LaunchOp">]> {
  let summary = "A number for the report, and where it comes from";
  let description = [{
    Text, printed as it stands: whoever computed the number has chosen its unit
    and its places.

    Example:
    ```mlir
    moe.launch @job world_size 4 gpus_per_host 4 {
      host 0 ranks [0, 1, 2, 3]
      figure "gpus required" is "4" from "derived"
    }
    ```
  }];
  let arguments = (ins StrAttr:$figure, StrAttr:$value, StrAttr:$source);
  let assemblyFormat = "$figure `is` $value `from` $source attr-dict";
}

def MoE_RiskOp : MoE_Op<"risk", [HasParent<"LaunchOp">]> {
  let summary = "How far the job is from a limit, and what to do on reaching it";
  let description = [{
    Expectation and limit are text with units; `margin_permille` is what is left
    of the limit, negative where the expectation is beyond it.

    Example:
    ```mlir
    moe.launch @job world_size 4 gpus_per_host 4 {
      host 0 ranks [0, 1, 2, 3]
      risk "memory of a GPU" expects "61.2 GB" limit "80 GB" margin_permille 235 advice "recompute more"
    }
    ```
  }];
  let arguments = (ins StrAttr:$risk, StrAttr:$expected, StrAttr:$limit,
                       I64Attr:$margin_permille, StrAttr:$advice);
  let assemblyFormat = [{
    $risk `expects` $expected `limit` $limit
    `margin_permille` $margin_permille `advice` $advice attr-dict
  }];
}

def MoE_FindingOp : MoE_Op<"finding", [HasParent<"LaunchOp">]> {
  let summary = "A finding of the verifier that did not stop the build";
  let description = [{
    Kept so that the report of a bundle shows what was known when it was built.

    Example:
    ```mlir
    moe.launch @job world_size 4 gpus_per_host 4 {
      host 0 ranks [0, 1, 2, 3]
      finding warning "placement-2" says "both replicas of expert 3 sit on host 0"
    }
    ```
  }];
  let arguments = (ins MoE_FindingSeverityAttr:$severity, StrAttr:$rule,
                       StrAttr:$message);
  let assemblyFormat = [{
    custom<Keyword>($severity) $rule `says` $message attr-dict
  }];
}

def MoE_SiteOp : MoE_Op<"site", [HasParent<"LaunchOp">]> {
  let summary = "What a cluster needs before it accepts a script";
  let description = [{
    Example:
    ```mlir
    moe.launch @job world_size 1 gpus_per_host 1 {
      host 0 ranks [0]
      site partition "gpu" account "moe" time "04:00:00" gpu_request "gres"
    }
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$partition,
                       OptionalAttr<StrAttr>:$account,
                       OptionalAttr<StrAttr>:$qos,
                       OptionalAttr<StrAttr>:$time,
                       OptionalAttr<StrAttr>:$reservation,
                       OptionalAttr<StrAttr>:$constraint,
                       OptionalAttr<StrAttr>:$gpu_request,
                       OptionalAttr<StrAttr>:$container_image,
                       OptionalAttr<StrArrayAttr>:$container_mounts,
                       OptionalAttr<StrArrayAttr>:$modules,
                       OptionalAttr<StrAttr>:$network_interface,
                       OptionalAttr<StrArrayAttr>:$hca_list,
                       OptionalAttr<StrArrayAttr>:$environment_names,
                       OptionalAttr<StrArrayAttr>:$environment_values);
  let assemblyFormat = [{
    oilist(`partition` $partition | `account` $account | `qos` $qos
         | `time` $time | `reservation` $reservation
         | `constraint` $constraint | `gpu_request` $gpu_request
         | `container_image` $container_image
         | `container_mounts` $container_mounts
         | `modules` $modules
         | `network_interface` $network_interface
         | `hca_list` $hca_list
         | `environment` custom<KeyValues>($environment_names,
                                           $environment_values)) attr-dict
  }];
  let hasVerifier = 1;
}

#endif // MOE_IR_MOELAUNCHOPS_TD
