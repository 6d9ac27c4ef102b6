//===- NamedFile.h - Files that a plan names ------------------ -*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Paths in a plan are relative to its folder; a file that cannot be read is an
// error at the place that names it.

#ifndef MOE_LIB_IMPORT_NAMEDFILE_H
#define MOE_LIB_IMPORT_NAMEDFILE_H

#include "mlir/IR/Location.h"
#include "moe/Json/Document.h"

namespace mlir::moe {

/// `plans/a.json` and `loads.json` ~> `plans/loads.json`.
std::string resolvePath(StringRef planFile, StringRef path);

/// Adds an error at a location of an imported operation.
void reportAt(InputErrors &errors, Location where, std::string message);
/// The same with a note at another location.
void reportAt(InputErrors &errors, Location where, std::string message,
              Location noteAt, std::string note);

/// Reads the JSON file that the plan names as `path` at `where`.
std::optional<json::Document> readNamedFile(StringRef planFile, StringRef path,
                                            Location where,
                                            InputErrors &errors);

} // namespace mlir::moe

#endif // MOE_LIB_IMPORT_NAMEDFILE_H
