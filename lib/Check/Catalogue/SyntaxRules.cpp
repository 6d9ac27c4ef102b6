//===- SyntaxRules.cpp - Rules that verifiers of operations enforce -------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Tables.h"

using namespace mlir::moe;

static constexpr Rule syntaxTable[] = {
    {"plan-1", Section::Input, RuleKind::Syntax, Severity::Error,
     "each section of a plan occurs once",
     "A `moe.plan` has at most one `cluster`, `model`, `workload`, "
     "`parallelism`, `distribution`, `stated` and `pipeline`.",
     "Two sections of one kind say two things.", "", "",
     "include/moe/IR/MoEPlanOps.td"},
    {"plan-2", Section::Input, RuleKind::Syntax, Severity::Error,
     "claims and metrics are named once",
     "Claims have distinct ids; policies and targets name distinct "
     "metrics.",
     "Messages and other claims refer to them by name.", "", "",
     "include/moe/IR/MoEPlanOps.td"},
    {"mesh-2", Section::Equation, RuleKind::Syntax, Severity::Error,
     "axes have a size and one place",
     "The sizes of the axes of a mesh are at least 1, and no axis is"
     " named twice.",
     "An axis of size 0 has no ranks.", "", "", "include/moe/IR/MoEAttrs.td"},
    {"layers-1", Section::Model, RuleKind::Syntax, Severity::Error,
     "a layer is dense or sparse",
     "A run of layers has at most one of `ffn` and `experts`, and a "
     "`router` only with `experts`.",
     "The feed-forward block is one of the two.", "", "",
     "include/moe/IR/MoEModelOps.td"},
    {"view-1", Section::Equation, RuleKind::Syntax, Severity::Error,
     "a view covers the grid",
     "Every dimension of the grid belongs to exactly one axis of a "
     "`moe.view`.",
     "Otherwise ranks are named twice or not at all.", "", "",
     "include/moe/IR/MoEShardedOps.td"},
    {"route-1", Section::Model, RuleKind::Syntax, Severity::Error,
     "a routing fits its tokens",
     "A routing has one row per token and no more choices than "
     "experts.",
     "Dispatch and combine read it row by row.", "", "",
     "include/moe/IR/MoEShardedOps.td"},
    {"dispatch-1", Section::Communication, RuleKind::Syntax, Severity::Error,
     "a dispatched tensor fits its group",
     "The first dimension of what `moe.dispatch` returns and "
     "`moe.combine` takes is the size of the group, the last the "
     "hidden size.",
     "Ranks exchange equal blocks.", "", "", "include/moe/IR/MoEShardedOps.td"},
    {"dispatch-2", Section::Communication, RuleKind::Syntax, Severity::Error,
     "a dispatch has a placement",
     "The placement that `moe.dispatch` names exists.",
     "It says which rank holds an expert.", "", "",
     "include/moe/IR/MoEShardedOps.td"},
    {"launch-1", Section::Equation, RuleKind::Syntax, Severity::Error,
     "hosts hold every rank once",
     "The hosts of a `moe.launch` hold the ranks 0 to `world_size` -"
     " 1, each once.",
     "A rank without a host is never started.", "", "",
     "include/moe/IR/MoELaunchOps.td"},
    {"launch-2", Section::Equation, RuleKind::Syntax, Severity::Error,
     "hosts have GPUs for their ranks",
     "The hosts of a `moe.launch` are numbered from 0 in order, and "
     "none holds more ranks than it has GPUs.",
     "One rank needs one GPU.", "", "", "include/moe/IR/MoELaunchOps.td"},
    {"launch-3", Section::Groups, RuleKind::Syntax, Severity::Error,
     "communicators partition the world",
     "The groups of each communicator of a `moe.launch` hold every "
     "rank once, and no two communicators have the same groups.",
     "A rank outside a group waits for ever.", "", "",
     "include/moe/IR/MoELaunchOps.td"},
    {"body-1", Section::Input, RuleKind::Syntax, Severity::Error,
     "an operation holds what belongs there",
     "The bodies of plan and launch operations hold the operations "
     "that their documentation names, and no others.",
     "An operation in the wrong place would be read by nobody.", "", "",
     "lib/IR/SharedVerifiers.h"},
    {"launch-5", Section::Pipeline, RuleKind::Syntax, Severity::Error,
     "the stages of a launch hold every layer once",
     "The stages of a `moe.launch` are numbered from 0 in order and "
     "hold every layer from 0 on once.",
     "A layer that no stage holds is missing from the model.", "", "",
     "include/moe/IR/MoELaunchOps.td"},
    {"launch-6", Section::Balance, RuleKind::Syntax, Severity::Error,
     "the slots of a launch hold every expert",
     "Every expert of an `expert_slots` has a slot in every layer, "
     "and no rank holds an expert of a layer twice.",
     "An expert without a slot cannot be called.", "", "",
     "include/moe/IR/MoELaunchOps.td"},
    {"launch-7", Section::Input, RuleKind::Syntax, Severity::Error,
     "a launch has one site", "A `moe.launch` has at most one `site`.",
     "Two sites say two things about one cluster.", "", "",
     "include/moe/IR/MoELaunchOps.td"},
    {"launch-8", Section::Input, RuleKind::Syntax, Severity::Error,
     "tiers of a launch hold whole tiers",
     "Each `tier` of a `moe.launch` holds a whole number of the one before it, "
     "the first at least the GPUs of a host.",
     "A host in two tiers would be near to and far from the same GPUs.", "", "",
     "include/moe/IR/MoELaunchOps.td"},
    {"launch-9", Section::Communication, RuleKind::Syntax, Severity::Error,
     "every collective of a communicator has its bytes",
     "`sends` of a `communicator` has one number for each collective of "
     "`runs`, "
     "none negative.",
     "A number without a collective cannot be checked.", "", "",
     "include/moe/IR/MoELaunchOps.td"},
    {"launch-10", Section::Pipeline, RuleKind::Syntax, Severity::Error,
     "stages and expert slots are those of the axes",
     "A `moe.launch` has as many stages as `pp` has coordinates, and each "
     "`expert_slots` a row for every coordinate of `ep`, where both are there.",
     "A rank of a stage that nobody describes would run nothing.", "", "",
     "include/moe/IR/MoELaunchOps.td"},
    {"launch-11", Section::Input, RuleKind::Syntax, Severity::Error,
     "what is known of GPUs is known of all GPUs of a host",
     "`gpu_nics` and `gpu_numa` of a `moe.launch` have an entry for each GPU "
     "of "
     "a host.",
     "A process would be bound to the adapter of another GPU.", "", "",
     "include/moe/IR/MoELaunchOps.td"},
    {"launch-4", Section::Groups, RuleKind::Syntax, Severity::Error,
     "coordinates cover the world",
     "The axes of each `coordinates` of a `moe.launch` multiply to "
     "`world_size`.",
     "Every rank has one coordinate.", "", "",
     "include/moe/IR/MoELaunchOps.td"},
};

llvm::ArrayRef<Rule> mlir::moe::syntaxRules() { return syntaxTable; }
