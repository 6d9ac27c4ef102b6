//===- LoadMatrix.h - Recorded loads of experts -----------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tokens per layer and expert as recorders write them: SGLang's
// {"logical_count": matrix}, a JSON matrix or lines of CSV.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_IMPORT_LOADMATRIX_H
#define MOE_IMPORT_LOADMATRIX_H

#include "moe/Json/Document.h"
#include <optional>
#include <string>
#include <vector>

namespace mlir::moe {

/// Rows as in the file; all have the same length, no load is negative.
using LoadMatrix = std::vector<std::vector<int64_t>>;

/// The whole number that `value` is; recorders write counts as `12.0` too.
std::optional<int64_t> wholeNumberOf(const json::Value &value);

/// The array of rows of a JSON load file: the root, or SGLang's
/// `logical_count`. `path` becomes what messages call it. Null with an error.
const json::Value *findLoadRows(const json::Document &document,
                                std::string &path, InputErrors &errors);

/// One row: whole numbers of tokens, or what messages call `unit`, at least 0,
/// also as `12.0`. Nothing with errors, which call the row `path`.
std::optional<std::vector<int64_t>>
readLoadRow(const json::Value &row, const std::string &path,
            llvm::StringRef file, InputErrors &errors,
            llvm::StringRef unit = "tokens");

/// Reads a file whole: JSON if it starts with a bracket or brace, else CSV,
/// with or without a line of names. If the first is `layer`, that column
/// numbers the layers, and those left out have no load. Nothing with errors;
/// rows of different lengths are one, and so are more loads than the format's
/// limit: what json::Document takes, or 2^26 in 512 MiB of CSV.
std::optional<LoadMatrix> readLoadMatrix(llvm::StringRef path,
                                         InputErrors &errors,
                                         llvm::StringRef unit = "tokens");

} // namespace mlir::moe

#endif // MOE_IMPORT_LOADMATRIX_H
