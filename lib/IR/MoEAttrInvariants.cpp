//===- MoEAttrInvariants.cpp - What attributes and types promise ----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Verifiers of attributes and types, and the accessors that rely on them.
//
//===----------------------------------------------------------------------===//

#include "moe/IR/MoE.h"
#include "moe/Quantity/Quantity.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::moe;

LogicalResult WorkAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                               ArrayRef<int64_t> counts) {
  if (counts.size() != cost::blockFields().size())
    return emitError() << "expected " << cost::blockFields().size()
                       << " counts, found " << counts.size();
  for (int64_t count : counts)
    if (count < 0 && !ShapedType::isDynamic(count))
      return emitError() << "expected a count, found " << count;
  return success();
}

WorkAttr WorkAttr::get(MLIRContext *context, const cost::BlockWork &work) {
  SmallVector<int64_t> counts;
  for (const cost::BlockField &field : cost::blockFields())
    counts.push_back((work.*field.count).valueOr(ShapedType::kDynamic));
  return get(context, counts);
}

cost::BlockWork WorkAttr::getWork() const {
  cost::BlockWork work;
  for (auto [field, count] : llvm::zip_equal(cost::blockFields(), getCounts()))
    if (ShapedType::isDynamic(count))
      work.*field.count = std::nullopt;
    else
      work.*field.count = count;
  return work;
}

LogicalResult QuantityAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   StringRef text) {
  std::string error;
  if (!Quantity::parse(text, error))
    return emitError() << error;
  return success();
}

moe::Quantity QuantityAttr::getQuantity() {
  std::string error;
  return *Quantity::parse(getText(), error);
}

LogicalResult BoundAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                StringRef text) {
  std::string error;
  if (!Bound::parse(text, error))
    return emitError() << error;
  return success();
}

/// Fails when an axis is named twice; `rule` ends the message.
static LogicalResult
verifyDistinct(function_ref<InFlightDiagnostic()> emitError,
               ArrayRef<AxisKind> kinds, StringRef rule) {
  llvm::SmallDenseSet<AxisKind> seen;
  for (AxisKind kind : kinds)
    if (!seen.insert(kind).second)
      return emitError() << "axis '" << stringifyEnum(kind)
                         << "' is named twice" << rule;
  return success();
}

// mesh-2: sizes are at least 1 and no axis is named twice.
LogicalResult AxesAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                               ArrayRef<AxisKind> kinds,
                               ArrayRef<int64_t> sizes) {
  if (kinds.size() != sizes.size())
    return emitError() << "expected one size per axis, found " << sizes.size()
                       << " sizes for " << kinds.size() << " axes [mesh-2]";
  for (auto [kind, size] : llvm::zip_equal(kinds, sizes))
    if (size < 1)
      return emitError() << "expected axis '" << stringifyEnum(kind)
                         << "' to have a size of at least 1, found " << size
                         << " [mesh-2]";
  return verifyDistinct(emitError, kinds, " [mesh-2]");
}

LogicalResult
AxisKindListAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                         ArrayRef<AxisKind> kinds) {
  return verifyDistinct(emitError, kinds, "");
}

// view-1, the part that needs no grid.
LogicalResult AxisMapAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                  ArrayRef<AxisKind> kinds,
                                  ArrayRef<DenseI16ArrayAttr> dims) {
  if (kinds.size() != dims.size())
    return emitError() << "expected one list of dimensions per axis, found "
                       << dims.size() << " lists for " << kinds.size()
                       << " axes [view-1]";
  for (auto [kind, list] : llvm::zip_equal(kinds, dims))
    for (size_t i = 1; i < static_cast<size_t>(list.size()); ++i)
      if (list[i] <= list[i - 1])
        return emitError() << "expected axis '" << stringifyEnum(kind)
                           << "' to name dimensions in ascending order, found "
                           << list[i] << " after " << list[i - 1]
                           << " [view-1]";
  return verifyDistinct(emitError, kinds, " [view-1]");
}

LogicalResult RoutingType::verify(function_ref<InFlightDiagnostic()> emitError,
                                  int64_t tokens, int64_t topK) {
  if (!ShapedType::isDynamic(tokens) && tokens < 0)
    return emitError() << "expected a number of tokens of at least 0, found "
                       << tokens;
  if (!ShapedType::isDynamic(topK) && topK < 1)
    return emitError() << "expected at least 1 expert per token, found "
                       << topK;
  return success();
}

std::optional<int64_t> AxesAttr::getNumRanks() {
  int64_t product = 1;
  for (int64_t size : getSizes())
    if (llvm::MulOverflow(product, size, product))
      return std::nullopt;
  return product;
}

std::optional<unsigned> AxesAttr::getPosition(AxisKind kind) {
  const AxisKind *found = llvm::find(getKinds(), kind);
  if (found == getKinds().end())
    return std::nullopt;
  return found - getKinds().begin();
}

std::optional<int64_t> AxesAttr::getSize(AxisKind kind) {
  if (std::optional<unsigned> position = getPosition(kind))
    return getSizes()[*position];
  return std::nullopt;
}

LogicalResult
LayerRangeAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                       int64_t begin, int64_t end) {
  if (begin < 0 || end < begin)
    return emitError() << "expected a range of layers, found " << begin
                       << " to " << end;
  return success();
}

LogicalResult BoxAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                              ArrayRef<int64_t> sizes,
                              ArrayRef<int64_t> strides) {
  if (sizes.size() != strides.size())
    return emitError() << "expected one stride per size, found "
                       << strides.size() << " strides for " << sizes.size()
                       << " sizes";
  int64_t largest = 0;
  for (auto [size, stride] : llvm::zip_equal(sizes, strides)) {
    int64_t extent;
    if (size < 1 || stride < 1)
      return emitError() << "expected sizes and strides of at least 1, found "
                         << size << ":" << stride;
    if (llvm::MulOverflow(size, stride, extent) ||
        llvm::AddOverflow(largest, extent, largest))
      return emitError() << "ranks up to " << size << ":" << stride
                         << " do not fit 63 bits";
  }
  return success();
}

Box BoxAttr::getBox() {
  Box box;
  for (auto [size, stride] : llvm::zip_equal(getSizes(), getStrides()))
    box.dims.push_back({size, stride});
  return box;
}

BoxAttr BoxAttr::get(MLIRContext *context, const Box &box) {
  SmallVector<int64_t> sizes, strides;
  for (const BoxDim &dim : box.dims) {
    sizes.push_back(dim.size);
    strides.push_back(dim.stride);
  }
  return get(context, sizes, strides);
}

ArrayRef<int16_t> AxisMapAttr::getDimsOf(AxisKind kind) {
  for (auto [candidate, dims] : llvm::zip_equal(getKinds(), getDims()))
    if (candidate == kind)
      return dims.asArrayRef();
  return {};
}
