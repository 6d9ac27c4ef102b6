//===- KeyReader.h - Values of plan keys to attributes -------- -*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_IMPORT_KEYREADER_H
#define MOE_LIB_IMPORT_KEYREADER_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "mlir/IR/OperationSupport.h"
#include "moe/Import/PlanFormat.h"
#include "moe/Json/ObjectReader.h"

namespace mlir::moe {

/// Reads the member `key` of `object`, of a kind that becomes an attribute,
/// and adds that attribute to `attributes` if it is there and good.
void readKey(const PlanKey &key, json::ObjectReader &object,
             MLIRContext *context, NamedAttrList &attributes);

/// A string without NUL, at which the system would end a path.
std::optional<StringRef> readPlainString(StringRef key,
                                         json::ObjectReader &object);

/// A place of a file as a location.
FileLineColLoc locationOf(MLIRContext *context, StringRef file,
                          Position position);

/// The location of `object` with that of each key of `section` fused in.
Location locationOf(MLIRContext *context, const json::ObjectReader &object,
                    const PlanSection &section);

} // namespace mlir::moe

#endif // MOE_LIB_IMPORT_KEYREADER_H
