//===- Commands.h - The commands of moec ------------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each command takes the arguments after its name, writes results to `out` and
// everything else to `err`, and returns the exit code of the process: 0 good,
// 1 what it looked at has errors, 2 bad usage or unreadable input.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_DRIVER_COMMANDS_H
#define MOE_DRIVER_COMMANDS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

namespace mlir::moe {

/// `moec init`: a complete plan from a model and a few numbers.
int runInitCommand(llvm::ArrayRef<llvm::StringRef> args, llvm::raw_ostream &out,
                   llvm::raw_ostream &err);

/// `moec import`: the plan of a launch script or of flags of a framework.
int runImportCommand(llvm::ArrayRef<llvm::StringRef> args,
                     llvm::raw_ostream &out, llvm::raw_ostream &err);

/// `moec check`: everything that is wrong with some plans.
int runCheckCommand(llvm::ArrayRef<llvm::StringRef> args,
                    llvm::raw_ostream &out, llvm::raw_ostream &err);

/// `moec import-claims`: the claims of a Markdown document as a plan.
int runImportClaimsCommand(llvm::ArrayRef<llvm::StringRef> args,
                           llvm::raw_ostream &out, llvm::raw_ostream &err);

/// `moec rules`: the catalogue of rules.
int runRulesCommand(llvm::ArrayRef<llvm::StringRef> args,
                    llvm::raw_ostream &out, llvm::raw_ostream &err);

/// `moec build`: checks a plan and compiles it into a launch bundle.
int runBuildCommand(llvm::ArrayRef<llvm::StringRef> args,
                    llvm::raw_ostream &out, llvm::raw_ostream &err);

/// `moec verify`: proves a launch bundle against its plan.
int runVerifyCommand(llvm::ArrayRef<llvm::StringRef> args,
                     llvm::raw_ostream &out, llvm::raw_ostream &err);

/// `moec estimate`: memory, FLOPs, communication and time of a plan.
int runEstimateCommand(llvm::ArrayRef<llvm::StringRef> args,
                       llvm::raw_ostream &out, llvm::raw_ostream &err);

/// `moec explain`: how figures of a plan follow from it, and the list of
/// metrics.
int runExplainCommand(llvm::ArrayRef<llvm::StringRef> args,
                      llvm::raw_ostream &out, llvm::raw_ostream &err);

/// `moec balance`: experts on ranks by recorded load, with a certificate.
int runBalanceCommand(llvm::ArrayRef<llvm::StringRef> args,
                      llvm::raw_ostream &out, llvm::raw_ostream &err);

/// `moec groups`: the process groups a framework builds.
int runGroupsCommand(llvm::ArrayRef<llvm::StringRef> args,
                     llvm::raw_ostream &out, llvm::raw_ostream &err);

/// `moec calibrate`: fits the constants of the cost model to measured runs.
int runCalibrateCommand(llvm::ArrayRef<llvm::StringRef> args,
                        llvm::raw_ostream &out, llvm::raw_ostream &err);

} // namespace mlir::moe

#endif // MOE_DRIVER_COMMANDS_H
