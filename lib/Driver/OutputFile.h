//===- OutputFile.h - Files that are whole or not there ---------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_OUTPUTFILE_H
#define MOE_LIB_DRIVER_OUTPUTFILE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <optional>
#include <string>

namespace mlir::moe {

/// Writes a file under a temporary name beside `path` and renames it when all
/// of it is on the disk. On failure nothing is left and the error says why: a
/// folder that does not exist, a full disk, or a path that is a folder or a
/// device, which renaming would replace.
llvm::Error
writeOutputFile(llvm::StringRef path,
                llvm::function_ref<void(llvm::raw_ostream &)> write);

/// Why `output` may not be written when `inputs` are read: it is one of them,
/// under whatever name or link. Nothing where all is well; an empty `output` is
/// no file.
std::optional<std::string>
explainReplacement(llvm::StringRef output, llvm::ArrayRef<std::string> inputs);

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_OUTPUTFILE_H
