//===- GroupsRun.h - Runs of `moec groups` ----------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The command as a user runs it, without a process of its own.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_TEST_UNIT_GROUPSRUN_H
#define MOE_TEST_UNIT_GROUPSRUN_H

#include "moe/Driver/Commands.h"

#include "llvm/ADT/StringExtras.h"
#include "gtest/gtest.h"

namespace mlir::moe {

struct GroupsRun {
  int code;
  std::string out, err;
};

/// Runs `moec groups` with a command line split at spaces.
inline GroupsRun runGroups(llvm::StringRef commandLine) {
  llvm::SmallVector<llvm::StringRef> args;
  commandLine.split(args, ' ', -1, /*KeepEmpty=*/false);
  GroupsRun run;
  llvm::raw_string_ostream out(run.out), err(run.err);
  run.code = runGroupsCommand(args, out, err);
  return run;
}

inline void expectRejected(llvm::StringRef options, llvm::StringRef messages) {
  GroupsRun run = runGroups(options);
  EXPECT_EQ(run.code, 1) << options.str();
  EXPECT_EQ(run.out, "") << options.str();
  EXPECT_EQ(run.err, messages.str()) << options.str();
}

} // namespace mlir::moe

#endif // MOE_TEST_UNIT_GROUPSRUN_H
