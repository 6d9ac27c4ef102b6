//===- ShellTests.h - Conditions that need no execution ---------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_READERS_SHELLTESTS_H
#define MOE_LIB_READERS_SHELLTESTS_H

#include "ShellVariables.h"

namespace mlir::moe::shell {

/// What is known of a condition.
using Status = std::optional<bool>;

Status both(Status a, Status b);
Status either(Status a, Status b);
Status opposite(Status status);

/// Whether the command `words` succeeds: `true`, `[ a = b ]`, `[[ ... ]]` with
/// words that have a value, and commands that scripts take to succeed, as
/// `cd`; not known for anything that asks the machine.
Status statusOf(llvm::ArrayRef<Text> words);

/// What `[ -z "$V" ]` or `[ "$V" = "" ]` asks for, if nothing gives it a value
/// but the environment or the arguments; `isOpposite` for `-n` and `!=`.
std::optional<Text> testedForNothing(llvm::ArrayRef<Text> words,
                                     bool &isOpposite);

/// Whether `subject` is what a pattern of `case` says; not known with
/// wildcards, but `*` is everything.
Status matches(const Text &subject, const Text &pattern);

} // namespace mlir::moe::shell

#endif // MOE_LIB_READERS_SHELLTESTS_H
