//===- OpSyntax.cpp - Directives of operation formats ---------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpSyntax.h"

#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::moe;

ParseResult moe::emitUnknownKeyword(AsmParser &parser, SMLoc loc,
                                    StringRef word, ArrayRef<StringRef> words) {
  InFlightDiagnostic diag = parser.emitError(loc)
                            << "expected " << oneOf(words);
  if (!word.empty())
    diag << ", found " << quoted(word) << didYouMean(word, words);
  return diag;
}

/// The words that clauses of the dialect's operations start with, and the names
/// of the operations. Clauses are called as their attributes.
static SmallVector<StringRef> knownWords(MLIRContext *context) {
  llvm::SetVector<StringRef> words;
  // getRegisteredOperationsByDialect finds none: MLIR 22 searches its list with
  // a comparison that is no order.
  for (RegisteredOperationName op : context->getRegisteredOperations()) {
    StringRef name = op.getStringRef();
    if (!name.consume_front("moe."))
      continue;
    words.insert(name);
    for (StringAttr attribute : op.getAttributeNames())
      words.insert(attribute.getValue());
  }
  return words.takeVector();
}

static ParseResult parseUnknownOp(OpAsmParser &parser, OperationState &state) {
  StringRef word = state.name.getStringRef();
  word.consume_front("moe.");
  return parser.emitError(parser.getNameLoc())
         << "is neither an operation of the dialect nor a clause of the "
            "operation before it"
         << didYouMean(word, knownWords(parser.getContext()));
}

std::optional<Dialect::ParseOpHook>
MoEDialect::getParseOperationHook(StringRef) const {
  return ParseOpHook(parseUnknownOp);
}

ParseResult moe::parseBody(OpAsmParser &parser, Region &body) {
  SMLoc loc = parser.getCurrentLocation();
  StringRef word;
  if (succeeded(parser.parseOptionalKeyword(&word)))
    return parser.emitError(loc)
           << "expected '{' or a clause, found " << quoted(word)
           << didYouMean(word, knownWords(parser.getContext()));
  if (parser.parseRegion(body))
    return failure();
  if (body.empty())
    body.emplaceBlock();
  return success();
}
void moe::printBody(OpAsmPrinter &printer, Operation *, Region &body) {
  printer.printRegion(body);
}

/// Parses a string and checks it by `verify` of the attribute.
template <typename AttrT>
static ParseResult parseText(OpAsmParser &parser, AttrT &attr) {
  SMLoc loc = parser.getCurrentLocation();
  std::string text;
  if (parser.parseString(&text))
    return failure();
  auto emitError = [&] { return parser.emitError(loc); };
  attr = AttrT::getChecked(function_ref<InFlightDiagnostic()>(emitError),
                           parser.getContext(), StringRef(text));
  return success(!!attr);
}

ParseResult moe::parseQuantityText(OpAsmParser &parser, QuantityAttr &attr) {
  return parseText(parser, attr);
}
void moe::printQuantityText(OpAsmPrinter &printer, Operation *,
                            QuantityAttr attr) {
  printer.printString(attr.getText());
}

ParseResult moe::parseBoundText(OpAsmParser &parser, BoundAttr &attr) {
  return parseText(parser, attr);
}
void moe::printBoundText(OpAsmPrinter &printer, Operation *, BoundAttr attr) {
  printer.printString(attr.getText());
}

ParseResult moe::parseDegreeOrAuto(OpAsmParser &parser, IntegerAttr &attr) {
  int64_t degree = ParallelismOp::kAuto;
  if (failed(parser.parseOptionalKeyword("auto"))) {
    SMLoc loc = parser.getCurrentLocation();
    if (parser.parseInteger(degree))
      return failure();
    if (degree < 1)
      return parser.emitError(loc)
             << "expected a degree of at least 1 or 'auto', found " << degree;
  }
  attr = parser.getBuilder().getI64IntegerAttr(degree);
  return success();
}
void moe::printDegreeOrAuto(OpAsmPrinter &printer, Operation *,
                            IntegerAttr attr) {
  if (attr.getInt() == ParallelismOp::kAuto)
    printer << "auto";
  else
    printer << attr.getInt();
}

ParseResult moe::parseKeyValues(OpAsmParser &parser, ArrayAttr &keys,
                                ArrayAttr &values) {
  SmallVector<Attribute> keyList, valueList;
  auto parsePair = [&]() -> ParseResult {
    std::string key, value;
    if (parser.parseString(&key) || parser.parseEqual() ||
        parser.parseString(&value))
      return failure();
    keyList.push_back(parser.getBuilder().getStringAttr(key));
    valueList.push_back(parser.getBuilder().getStringAttr(value));
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater,
                                     parsePair))
    return failure();
  keys = parser.getBuilder().getArrayAttr(keyList);
  values = parser.getBuilder().getArrayAttr(valueList);
  return success();
}
void moe::printKeyValues(OpAsmPrinter &printer, Operation *, ArrayAttr keys,
                         ArrayAttr values) {
  printer << "<";
  llvm::interleaveComma(llvm::zip(keys, values), printer, [&](auto pair) {
    printer << std::get<0>(pair) << " = " << std::get<1>(pair);
  });
  printer << ">";
}

ParseResult moe::parseLayerRanges(OpAsmParser &parser, ArrayAttr &ranges) {
  SmallVector<Attribute> list;
  auto parseRange = [&]() -> ParseResult {
    SMLoc loc = parser.getCurrentLocation();
    int64_t begin, end;
    if (parser.parseInteger(begin) || parser.parseKeyword("to") ||
        parser.parseInteger(end))
      return failure();
    auto range = LayerRangeAttr::getChecked(
        [&] { return parser.emitError(loc); }, parser.getContext(), begin, end);
    list.push_back(range);
    return success(!!range);
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseRange))
    return failure();
  ranges = parser.getBuilder().getArrayAttr(list);
  return success();
}
void moe::printLayerRanges(OpAsmPrinter &printer, Operation *,
                           ArrayAttr ranges) {
  printer << "[";
  llvm::interleaveComma(
      ranges.getAsRange<LayerRangeAttr>(), printer, [&](LayerRangeAttr range) {
        printer << range.getBegin() << " to " << range.getEnd();
      });
  printer << "]";
}

ParseResult moe::parseCollectiveKinds(OpAsmParser &parser, ArrayAttr &kinds) {
  SmallVector<Attribute> list;
  auto parseKind = [&]() -> ParseResult {
    CollectiveKind kind;
    if (parseEnumKeyword(parser, kind))
      return failure();
    list.push_back(CollectiveKindAttr::get(parser.getContext(), kind));
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseKind))
    return failure();
  kinds = parser.getBuilder().getArrayAttr(list);
  return success();
}
void moe::printCollectiveKinds(OpAsmPrinter &printer, Operation *,
                               ArrayAttr kinds) {
  printer << "[";
  llvm::interleaveComma(kinds.getAsRange<CollectiveKindAttr>(), printer,
                        [&](CollectiveKindAttr kind) {
                          printer << stringifyEnum(kind.getValue());
                        });
  printer << "]";
}
