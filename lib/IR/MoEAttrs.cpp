//===- MoEAttrs.cpp - Attributes and types --------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Keywords.h"

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/TypeSwitch.h"

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
