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

/// The file at `path` is JSON, unless it has the table of TensorRT-LLM.
static void readPlacement(OpBuilder &builder, const MoeLayers &layers,
                          StringRef planFile, StringRef path, Location where,
                          InputErrors &errors) {
  std::string file = resolvePath(planFile, path);
  InputErrors unread;
  auto text = json::readFileText(file, unread);
  if (text && isTensorRtPlacement(text->getBuffer())) {
    size_t before = errors.count();
    std::vector<LayerAssignment> rows =
        readTensorRtPlacement(text->getBuffer(), file, errors);
    if (errors.count() == before)
      buildPlacements(builder, layers, rows, file, errors);
  } else if (auto document = readNamedFile(planFile, path, where, errors)) {
    buildPlacements(builder, layers, *document, errors);
  }
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
    build(*path, where);
  };
  readTable("loads", distribution.getLoads(), [&](StringRef path, Location at) {
    if (auto document = readNamedFile(planFile, path, at, errors))
      buildLoads(builder, layers, *document, errors);
  });
  readTable("placement", distribution.getFile(),
            [&](StringRef path, Location at) {
              readPlacement(builder, layers, planFile, path, at, errors);
            });
}
