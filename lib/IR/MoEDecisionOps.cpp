//===- MoEDecisionOps.cpp - Verifiers of the decisions of passes ----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SharedVerifiers.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::moe;

/// Fails unless `name` is a declaration of kind `OpT` in the plan around `op`.
template <typename OpT>
static LogicalResult verifyRefersTo(Operation *op, SymbolRefAttr name,
                                    StringRef what,
                                    SymbolTableCollection &symbols) {
  auto plan = op->getParentOfType<PlanOp>();
  if (isa_and_nonnull<OpT>(symbols.lookupSymbolIn(plan, name)))
    return success();
  return op->emitOpError() << "refers to unknown " << what << " " << name;
}

LogicalResult MeshOp::verify() {
  if (getFolds().has_value() == getKeeping().has_value())
    return success();
  return emitOpError("expected 'folds' and 'keeping' together, found only '")
         << (getFolds() ? "folds" : "keeping") << "'";
}

LogicalResult MeshOp::verifySymbolUses(SymbolTableCollection &symbols) {
  if (failed(verifyRefersTo<ClusterOp>(*this, getClusterAttr(), "cluster",
                                       symbols)))
    return failure();
  if (!getFoldsAttr())
    return success();
  if (failed(verifyRefersTo<MeshOp>(*this, getFoldsAttr(), "mesh", symbols)))
    return failure();
  // Meshes that fold in a circle would rename no ranks at all.
  auto folded = cast<MeshOp>(
      symbols.lookupSymbolIn((*this)->getParentOp(), getFoldsAttr()));
  if (!folded.getFolds())
    return success();
  InFlightDiagnostic diag = emitOpError() << "folds " << getFoldsAttr()
                                          << ", which folds a mesh itself";
  diag.attachNote(folded.getLoc()) << "mesh declared here";
  return diag;
}

LogicalResult PipelineOp::verifyRegions() {
  return verifyChildren<StageOp>(*this);
}

LogicalResult PipelineOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return success(
      succeeded(
          verifyRefersTo<ModelOp>(*this, getModelAttr(), "model", symbols)) &&
      succeeded(verifyRefersTo<MeshOp>(*this, getMeshAttr(), "mesh", symbols)));
}

int64_t StageOp::getNumLayers() {
  int64_t layers = 0;
  for (auto range : getLayers().getAsRange<LayerRangeAttr>())
    layers += range.getEnd() - range.getBegin();
  return layers;
}

// Chunks add up to a number that fits, so that whoever counts them can.
LogicalResult StageOp::verify() {
  int64_t layers = 0;
  for (auto range : getLayers().getAsRange<LayerRangeAttr>())
    if (llvm::AddOverflow(layers, range.getEnd() - range.getBegin(), layers))
      return emitOpError("holds more layers than fit 63 bits");
  return success();
}

LogicalResult LoadOp::verify() {
  FailureOr<IntegerTable> tokens = readTable(*this, getTokens(), 1, 64);
  if (failed(tokens))
    return failure();
  for (int64_t i = 0; i < tokens->size(); ++i)
    if ((*tokens)[i] < 0)
      return emitOpError() << "expected token counts of at least 0, found "
                           << (*tokens)[i];
  return success();
}

LogicalResult LoadOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifyRefersTo<LayersOp>(*this, getLayersAttr(), "layers", symbols);
}

LogicalResult PlacementOp::verify() {
  bool isTable = getKind() == PlacementKind::Table;
  if (isTable != getTable().has_value())
    return emitOpError() << (isTable ? "expected a table after 'table'"
                                     : "has a table, but is not of kind "
                                       "'table'");
  if (!isTable)
    return success();
  FailureOr<IntegerTable> table = readTable(*this, *getTable(), 2, 32);
  if (failed(table))
    return failure();
  int64_t slots = table->shape().back();
  if (slots != static_cast<int64_t>(getSlotsPerRank()))
    return emitOpError() << "has 'slots' " << getSlotsPerRank()
                         << " but a table of " << slots << " slots per rank";
  return success();
}

LogicalResult PlacementOp::verifySymbolUses(SymbolTableCollection &symbols) {
  if (failed(
          verifyRefersTo<LayersOp>(*this, getLayersAttr(), "layers", symbols)))
    return failure();
  if (!getMeshAttr())
    return success();
  return verifyRefersTo<MeshOp>(*this, getMeshAttr(), "mesh", symbols);
}
