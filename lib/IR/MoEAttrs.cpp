//===- MoEAttrs.cpp - Attributes and types --------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Keywords.h"

#include "mlir/IR/DialectImplementation.h"
#include "moe/Quantity/Quantity.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::moe;

#include "moe/IR/MoEEnums.cpp.inc"

//===----------------------------------------------------------------------===//
// Directives of the attribute formats
//===----------------------------------------------------------------------===//

// Lists bring their own `<` and `>`, because each may be empty.
static constexpr auto angles = AsmParser::Delimiter::LessGreater;

/// Parses `<pp = 4, dp = 4>`.
static ParseResult parseAxisList(AsmParser &parser,
                                 SmallVectorImpl<AxisKind> &kinds,
                                 SmallVectorImpl<int64_t> &sizes) {
  return parser.parseCommaSeparatedList(angles, [&]() -> ParseResult {
    return failure(parseEnumKeyword(parser, kinds.emplace_back()) ||
                   parser.parseEqual() ||
                   parser.parseInteger(sizes.emplace_back()));
  });
}
static void printAxisList(AsmPrinter &printer, ArrayRef<AxisKind> kinds,
                          ArrayRef<int64_t> sizes) {
  printer << "<";
  llvm::interleaveComma(llvm::zip_equal(kinds, sizes), printer, [&](auto axis) {
    printer << stringifyEnum(std::get<0>(axis)) << " = " << std::get<1>(axis);
  });
  printer << ">";
}

/// Parses `<pp, dp>`.
static ParseResult parseAxisKinds(AsmParser &parser,
                                  SmallVectorImpl<AxisKind> &kinds) {
  return parser.parseCommaSeparatedList(
      angles, [&] { return parseEnumKeyword(parser, kinds.emplace_back()); });
}
static void printAxisKinds(AsmPrinter &printer, ArrayRef<AxisKind> kinds) {
  printer << "<";
  llvm::interleaveComma(kinds, printer,
                        [&](AxisKind kind) { printer << stringifyEnum(kind); });
  printer << ">";
}

/// Parses `<pp = [0], dp = [1, 2]>`.
static ParseResult parseAxisMapList(AsmParser &parser,
                                    SmallVectorImpl<AxisKind> &kinds,
                                    SmallVectorImpl<DenseI16ArrayAttr> &dims) {
  return parser.parseCommaSeparatedList(angles, [&]() -> ParseResult {
    SmallVector<int16_t> axes;
    auto parseDim = [&] { return parser.parseInteger(axes.emplace_back()); };
    if (parseEnumKeyword(parser, kinds.emplace_back()) || parser.parseEqual() ||
        parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseDim))
      return failure();
    dims.push_back(DenseI16ArrayAttr::get(parser.getContext(), axes));
    return success();
  });
}
static void printAxisMapList(AsmPrinter &printer, ArrayRef<AxisKind> kinds,
                             ArrayRef<DenseI16ArrayAttr> dims) {
  printer << "<";
  llvm::interleaveComma(llvm::zip_equal(kinds, dims), printer, [&](auto axis) {
    printer << stringifyEnum(std::get<0>(axis)) << " = [";
    llvm::interleaveComma(std::get<1>(axis).asArrayRef(), printer);
    printer << "]";
  });
  printer << ">";
}

/// Parses `4:32, 8:1`, or nothing.
static ParseResult parseSizeStrides(AsmParser &parser,
                                    SmallVectorImpl<int64_t> &sizes,
                                    SmallVectorImpl<int64_t> &strides) {
  int64_t size;
  OptionalParseResult first = parser.parseOptionalInteger(size);
  if (!first.has_value())
    return success();
  if (failed(*first))
    return failure();
  sizes.push_back(size);
  if (parser.parseColon() || parser.parseInteger(strides.emplace_back()))
    return failure();
  while (succeeded(parser.parseOptionalComma()))
    if (parser.parseInteger(sizes.emplace_back()) || parser.parseColon() ||
        parser.parseInteger(strides.emplace_back()))
      return failure();
  return success();
}
static void printSizeStrides(AsmPrinter &printer, ArrayRef<int64_t> sizes,
                             ArrayRef<int64_t> strides) {
  llvm::interleaveComma(
      llvm::zip_equal(sizes, strides), printer, [&](auto dim) {
        printer << std::get<0>(dim) << ":" << std::get<1>(dim);
      });
}

/// Parses `512` or `?`.
static ParseResult parseDim(AsmParser &parser, int64_t &dim) {
  if (succeeded(parser.parseOptionalQuestion())) {
    dim = ShapedType::kDynamic;
    return success();
  }
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseInteger(dim))
    return failure();
  if (ShapedType::isDynamic(dim))
    return parser.emitError(loc) << "expected a number or '?'";
  return success();
}
static void printDim(AsmPrinter &printer, int64_t dim) {
  if (ShapedType::isDynamic(dim))
    printer << "?";
  else
    printer << dim;
}

/// Parses `"0.5"`.
static ParseResult parseNumber(AsmParser &parser, QuantityAttr &number) {
  SMLoc loc = parser.getCurrentLocation();
  std::string text;
  if (parser.parseString(&text))
    return failure();
  auto emitError = [&] { return parser.emitError(loc); };
  number =
      QuantityAttr::getChecked(function_ref<InFlightDiagnostic()>(emitError),
                               parser.getContext(), StringRef(text));
  return success(!!number);
}

/// Parses `<name = "adamw", moments = fp32>`, each part at most once.
static ParseResult parseOptimizer(AsmParser &parser, StringAttr &name,
                                  std::optional<Precision> &moments,
                                  std::optional<Precision> &gradients,
                                  std::optional<Precision> &master,
                                  std::optional<StateSharding> &sharding,
                                  QuantityAttr &offload) {
  static constexpr StringRef fields[] = {"name",   "moments",  "gradients",
                                         "master", "sharding", "offload"};
  llvm::StringSet<> seen;
  return parser.parseCommaSeparatedList(angles, [&]() -> ParseResult {
    SMLoc loc = parser.getCurrentLocation();
    StringRef field;
    if (parser.parseOptionalKeyword(&field))
      return emitUnknownKeyword(parser, loc, "", fields);
    if (!llvm::is_contained(fields, field))
      return emitUnknownKeyword(parser, loc, field, fields);
    if (!seen.insert(field).second)
      return parser.emitError(loc) << "'" << field << "' is given twice";
    if (parser.parseEqual())
      return failure();
    auto parseInto = [&](auto &value) {
      return parseEnumKeyword(parser, value.emplace());
    };
    if (field == "name")
      return parser.parseAttribute(name);
    if (field == "moments")
      return parseInto(moments);
    if (field == "gradients")
      return parseInto(gradients);
    if (field == "master")
      return parseInto(master);
    if (field == "sharding")
      return parseInto(sharding);
    return parseNumber(parser, offload);
  });
}
static void printOptimizer(AsmPrinter &printer, StringAttr name,
                           std::optional<Precision> moments,
                           std::optional<Precision> gradients,
                           std::optional<Precision> master,
                           std::optional<StateSharding> sharding,
                           QuantityAttr offload) {
  printer << "<";
  StringRef separator = "";
  auto print = [&](StringRef field, auto value) {
    if (value)
      printer << std::exchange(separator, ", ") << field << " = "
              << stringifyEnum(*value);
  };
  if (name)
    printer << std::exchange(separator, ", ") << "name = " << name;
  print("moments", moments);
  print("gradients", gradients);
  print("master", master);
  print("sharding", sharding);
  if (offload) {
    printer << std::exchange(separator, ", ") << "offload = ";
    printer.printString(offload.getText());
  }
  printer << ">";
}

//===----------------------------------------------------------------------===//
// Work
//===----------------------------------------------------------------------===//

static ParseResult parseCount(AsmParser &parser, int64_t &count) {
  if (succeeded(parser.parseOptionalQuestion())) {
    count = ShapedType::kDynamic;
    return success();
  }
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseInteger(count))
    return failure();
  if (count < 0)
    return parser.emitError(loc) << "expected a count, found " << count;
  return success();
}

static ParseResult parseWork(AsmParser &parser,
                             SmallVectorImpl<int64_t> &counts) {
  ArrayRef<cost::BlockField> fields = cost::blockFields();
  auto names = llvm::map_to_vector(
      fields,
      [](const cost::BlockField &field) -> StringRef { return field.name; });
  counts.assign(fields.size(), 0);
  llvm::StringSet<> seen;
  return parser.parseCommaSeparatedList(angles, [&]() -> ParseResult {
    SMLoc loc = parser.getCurrentLocation();
    StringRef name;
    if (parser.parseOptionalKeyword(&name))
      return emitUnknownKeyword(parser, loc, "", names);
    auto *field = llvm::find(names, name);
    if (field == names.end())
      return emitUnknownKeyword(parser, loc, name, names);
    if (!seen.insert(name).second)
      return parser.emitError(loc) << "'" << name << "' is given twice";
    return failure(parser.parseEqual() ||
                   parseCount(parser, counts[field - names.begin()]));
  });
}
static void printWork(AsmPrinter &printer, ArrayRef<int64_t> counts) {
  printer << "<";
  StringRef separator = "";
  for (auto [field, count] : llvm::zip_equal(cost::blockFields(), counts)) {
    if (count == 0)
      continue;
    printer << std::exchange(separator, ", ") << field.name << " = ";
    if (ShapedType::isDynamic(count))
      printer << "?";
    else
      printer << count;
  }
  printer << ">";
}

#define GET_ATTRDEF_CLASSES
#include "moe/IR/MoEAttrs.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "moe/IR/MoETypes.cpp.inc"

void MoEDialect::registerAttributesAndTypes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "moe/IR/MoEAttrs.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "moe/IR/MoETypes.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Verification and accessors
//===----------------------------------------------------------------------===//

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
