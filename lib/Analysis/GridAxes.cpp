//===- GridAxes.cpp - Axes of the cost model on a grid --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Analysis/GridAxes.h"

#include "moe/IR/MoE.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mlir::moe;

static constexpr llvm::StringLiteral kAxisAttr = "moe.axis";

static cost::Axis axisOf(AxisKind kind) {
  switch (kind) {
  case AxisKind::Tensor:
    return cost::Axis::Tensor;
  case AxisKind::Context:
    return cost::Axis::Context;
  case AxisKind::Pipeline:
    return cost::Axis::Pipeline;
  case AxisKind::Data:
    return cost::Axis::Data;
  case AxisKind::Expert:
    return cost::Axis::Expert;
  case AxisKind::ExpertTensor:
    return cost::Axis::ExpertTensor;
  case AxisKind::ExpertData:
    return cost::Axis::ExpertData;
  }
  llvm_unreachable("unknown axis");
}

static SmallVector<int16_t> ascending(ArrayRef<int16_t> dims) {
  SmallVector<int16_t> sorted(dims);
  llvm::sort(sorted);
  return sorted;
}

static SmallVector<int16_t> join(ArrayRef<int16_t> a, ArrayRef<int16_t> b) {
  SmallVector<int16_t> both(a);
  llvm::append_range(both, b);
  return ascending(both);
}

GridAxes::GridAxes(const WorldGrid &grid) {
  for (AxisKind kind :
       {AxisKind::Tensor, AxisKind::Context, AxisKind::Pipeline})
    set(::axisOf(kind), moe::dimsOf(grid.attention, kind));
  for (AxisKind kind :
       {AxisKind::Expert, AxisKind::ExpertTensor, AxisKind::ExpertData})
    set(::axisOf(kind), moe::dimsOf(grid.expert, kind));
  set(cost::Axis::Data, join(moe::dimsOf(grid.attention, AxisKind::Data),
                             dims(cost::Axis::Context)));
}

GridAxes::GridAxes(ModuleOp module) {
  // The two views share pp; what attention calls `ep` there is none.
  for (auto view : module.getOps<ViewOp>()) {
    if (view.getSymName() != "attention" && view.getSymName() != "expert")
      continue;
    for (auto [kind, list] :
         llvm::zip_equal(view.getAxes().getKinds(), view.getAxes().getDims()))
      set(::axisOf(kind), list.asArrayRef());
  }
  set(cost::Axis::Data,
      join(dims(cost::Axis::Data), dims(cost::Axis::Context)));
}

std::optional<cost::Axis> GridAxes::find(ArrayRef<int16_t> dims) const {
  SmallVector<int16_t> wanted = ascending(dims);
  const auto *found = llvm::find_if(dimsOf, [&](ArrayRef<int16_t> list) {
    return ascending(list) == wanted;
  });
  if (found == dimsOf.end())
    return std::nullopt;
  return static_cast<cost::Axis>(found - dimsOf.begin());
}

static std::optional<cost::Axis> axisNamed(StringRef name) {
  for (unsigned axis = 0; axis < cost::numAxes; ++axis)
    if (cost::nameOf(static_cast<cost::Axis>(axis)) == name)
      return static_cast<cost::Axis>(axis);
  return std::nullopt;
}

FailureOr<cost::Axis> GridAxes::axisOf(Operation *op,
                                       ArrayRef<int16_t> dims) const {
  std::optional<cost::Axis> axis = find(dims);
  if (!axis)
    return op->emitError() << "communicates along dimensions that are no axis "
                              "of the views";
  Attribute stated = op->getDiscardableAttr(kAxisAttr);
  if (!stated)
    return *axis;
  auto name = dyn_cast<StringAttr>(stated);
  axis = name ? axisNamed(name.getValue()) : std::nullopt;
  if (!axis || ascending(this->dims(*axis)) != ascending(dims))
    return op->emitError() << "says in '" << kAxisAttr << "' that it is for "
                           << stated
                           << ", which is no axis over its dimensions";
  return *axis;
}

void GridAxes::name(Operation *op, cost::Axis axis) const {
  if (find(dims(axis)) != axis)
    op->setDiscardableAttr(
        kAxisAttr, StringAttr::get(op->getContext(), cost::nameOf(axis)));
}
