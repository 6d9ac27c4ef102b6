//===- CalibrateCommand.cpp - moec calibrate ------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The fit needs a solver library, which moec, linked without libraries, cannot
// bring along: the program beside it does the work.
//
//===----------------------------------------------------------------------===//

#include "CalibrateOptions.h"
#include "moe/Driver/Commands.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

using namespace mlir::moe;
using llvm::StringRef;

static constexpr llvm::StringLiteral solverName = "moec-calibrate";
static constexpr int badInput = 2, internalError = 3;

/// The folder of this executable.
static std::string executableFolder() {
  static int anchor = 0;
  std::string path = llvm::sys::fs::getMainExecutable("moec", &anchor);
  return llvm::sys::path::parent_path(path).str();
}

int mlir::moe::runCalibrateCommand(llvm::ArrayRef<StringRef> args,
                                   llvm::raw_ostream &out,
                                   llvm::raw_ostream &err) {
  CalibrateOptions options;
  if (std::optional<int> status = options.parse(args, out, err))
    return *status;
  std::string folder = executableFolder();
  llvm::SmallString<128> program(folder);
  llvm::sys::path::append(program, solverName);
  if (!llvm::sys::fs::can_execute(program)) {
    err << "moec calibrate: error: no program '" << solverName << "' in "
        << quoted(folder) << ", where moec is; it is built where NLopt is "
        << "installed (Debian: libnlopt-dev)\n";
    return badInput;
  }
  llvm::SmallVector<StringRef> line = {program};
  line.append(args.begin(), args.end());
  out.flush();
  std::string problem;
  int status = llvm::sys::ExecuteAndWait(program, line, std::nullopt, {}, 0, 0,
                                         &problem);
  if (status >= 0 && problem.empty())
    return status;
  err << "moec calibrate: error: " << solverName << " failed: " << problem
      << "\n";
  return internalError;
}
