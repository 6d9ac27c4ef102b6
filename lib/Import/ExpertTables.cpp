//===- ExpertTables.cpp - Loads and placements that a plan names ----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExpertTables.h"

#include "LayerTable.h"
#include "NamedFile.h"
#include "mlir/IR/Builders.h"
#include "moe/IR/FieldLocation.h"

using namespace mlir;
using namespace mlir::moe;

/// The MoE layers of the plan; `error` says what is missing to place experts.
static MoeLayers moeLayersOf(PlanOp plan, std::string &error) {
  MoeLayers layers;
  auto model = plan.getSection<ModelOp>();
  layers.total = model.getLayers().value_or(0);
  for (auto run : model.getBody().getOps<LayersOp>()) {
    auto experts = run.getBlock<ExpertsOp>();
    if (!experts)
      continue;
    if (!experts.getCount())
      error = "the model does not say how many experts it has";
    else if (sizeOf(run) == 0)
      error = "the model does not say how many layers it has";
    layers.sparse += sizeOf(run);
    layers.runs.push_back(run);
  }
  if (layers.runs.empty())
    error = "the model has no layers with experts";
  return layers;
}

void moe::readExpertTables(PlanOp plan, StringRef planFile,
                           InputErrors &errors) {
  auto distribution = plan.getSection<DistributionOp>();
  if (!distribution || !(distribution.getLoads() || distribution.getFile()))
    return;
  std::string missing;
  MoeLayers layers = moeLayersOf(plan, missing);
  OpBuilder builder = OpBuilder::atBlockEnd(&plan.getBody().front());
  auto readTable = [&](StringRef key, std::optional<StringRef> path,
                       auto build) {
    if (!path)
      return;
    Location where = fieldLoc(distribution, key);
    if (!missing.empty())
      return reportAt(errors, where,
                      "cannot use the file named in $.experts." + key.str() +
                          ": " + missing);
    if (auto document = readNamedFile(planFile, *path, where, errors))
      build(builder, layers, *document, errors);
  };
  readTable("loads", distribution.getLoads(), buildLoads);
  readTable("placement", distribution.getFile(), buildPlacements);
}
