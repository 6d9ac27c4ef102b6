//===- LayerTable.h - Tables with a row per MoE layer --------- -*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// What the files of loads and of placements share: their rows are layers of
// the model, their columns experts.

#ifndef MOE_LIB_IMPORT_LAYERTABLE_H
#define MOE_LIB_IMPORT_LAYERTABLE_H

#include "KeyReader.h"
#include "TensorRtPlacement.h"
#include "moe/IR/MoE.h"
#include "moe/Json/Document.h"

namespace mlir::moe {

/// The runs of layers with experts. All have layers, and a number of experts.
struct MoeLayers {
  SmallVector<LayersOp> runs;
  /// Layers of the model, and of these runs.
  int64_t total = 0, sparse = 0;
};

inline int64_t sizeOf(LayersOp run) { return run.getEnd() - run.getBegin(); }
inline int64_t expertsOf(LayersOp run) {
  return *run.getBlock<ExpertsOp>().getCount();
}
/// `@model::@sparse`.
inline SymbolRefAttr referenceTo(LayersOp run) {
  auto model = cast<ModelOp>(run->getParentOp());
  return SymbolRefAttr::get(model.getSymNameAttr(),
                            FlatSymbolRefAttr::get(run.getSymNameAttr()));
}
inline Location locationOfTable(OpBuilder &builder,
                                const json::Document &document) {
  return locationOf(builder.getContext(), document.file(),
                    document.root().position());
}

/// Creates a `load` for every run from a matrix, or SGLang's
/// {"logical_count": matrix}, whose rows are all layers or the MoE layers.
void buildLoads(OpBuilder &builder, const MoeLayers &layers,
                const json::Document &document, InputErrors &errors);

/// Creates a `placement` for every run from a moe-placement/1 document, or
/// SGLang's; or from the table of a file of TensorRT-LLM.
void buildPlacements(OpBuilder &builder, const MoeLayers &layers,
                     const json::Document &document, InputErrors &errors);
void buildPlacements(OpBuilder &builder, const MoeLayers &layers,
                     ArrayRef<LayerAssignment> rows, StringRef file,
                     InputErrors &errors);

} // namespace mlir::moe

#endif // MOE_LIB_IMPORT_LAYERTABLE_H
