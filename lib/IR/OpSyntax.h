//===- OpSyntax.h - Directives of operation formats -------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The `custom<...>` directives that the assembly formats of operations use.

#ifndef MOE_LIB_IR_OPSYNTAX_H
#define MOE_LIB_IR_OPSYNTAX_H

#include "Keywords.h"

namespace mlir::moe {

/// `train`: an enum attribute as a bare keyword.
template <typename AttrT>
ParseResult parseKeyword(OpAsmParser &parser, AttrT &attr) {
  decltype(attr.getValue()) value;
  if (parseEnumKeyword(parser, value))
    return failure();
  attr = AttrT::get(parser.getContext(), value);
  return success();
}
template <typename AttrT>
void printKeyword(OpAsmPrinter &printer, Operation *, AttrT attr) {
  printer << stringifyEnum(attr.getValue());
}

/// `<name = "adamw">`: an attribute in its own format, without `#moe.`. A
/// plain `$attr` inside `oilist` does not parse one.
template <typename AttrT>
ParseResult parseStripped(OpAsmParser &parser, AttrT &attr) {
  return parser.parseCustomAttributeWithFallback(attr);
}
template <typename AttrT>
void printStripped(OpAsmPrinter &printer, Operation *, AttrT attr) {
  printer.printStrippedAttrOrType(attr);
}

/// `{ ... }`, or the word that stands in its place answered with a suggestion.
ParseResult parseBody(OpAsmParser &parser, Region &body);
void printBody(OpAsmPrinter &printer, Operation *op, Region &body);

/// `"80 GB"`.
ParseResult parseQuantityText(OpAsmParser &parser, QuantityAttr &attr);
void printQuantityText(OpAsmPrinter &printer, Operation *, QuantityAttr attr);

/// `"60 % .. 95 %"`.
ParseResult parseBoundText(OpAsmParser &parser, BoundAttr &attr);
void printBoundText(OpAsmPrinter &printer, Operation *, BoundAttr attr);

/// `8` or `auto`.
ParseResult parseDegreeOrAuto(OpAsmParser &parser, IntegerAttr &attr);
void printDegreeOrAuto(OpAsmPrinter &printer, Operation *, IntegerAttr attr);

/// `<"hidden_size" = "7168">`.
ParseResult parseKeyValues(OpAsmParser &parser, ArrayAttr &keys,
                           ArrayAttr &values);
void printKeyValues(OpAsmPrinter &printer, Operation *, ArrayAttr keys,
                    ArrayAttr values);

/// `[0 to 2, 4 to 6]`.
ParseResult parseLayerRanges(OpAsmParser &parser, ArrayAttr &ranges);
void printLayerRanges(OpAsmPrinter &printer, Operation *, ArrayAttr ranges);

/// `[all_reduce, all_gather]`.
ParseResult parseCollectiveKinds(OpAsmParser &parser, ArrayAttr &kinds);
void printCollectiveKinds(OpAsmPrinter &printer, Operation *, ArrayAttr kinds);

} // namespace mlir::moe

#endif // MOE_LIB_IR_OPSYNTAX_H
