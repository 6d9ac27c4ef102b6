//===- LaunchProgram.h - Which program a command starts ---------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_READERS_LAUNCHPROGRAM_H
#define MOE_LIB_READERS_LAUNCHPROGRAM_H

#include "moe/Readers/ShellScript.h"

namespace mlir::moe {

/// The program of a framework in a command: the launcher stands before it, its
/// arguments behind.
struct LaunchProgram {
  std::string framework; ///< as `framework` of the plan file spells it
  size_t firstArgument = 0;
};

/// By the program's name, by an image whose entry point it is, or by flags that
/// only one framework has; nothing for other commands.
std::optional<LaunchProgram> findProgram(llvm::ArrayRef<shell::Word> words);

/// Where the arguments of a Python script begin, whatever it is called; 0 for a
/// list of flags.
size_t argumentsOfScript(llvm::ArrayRef<shell::Word> words);

/// Whether the command starts something that could be such a program.
bool looksLikeProgram(llvm::ArrayRef<shell::Word> words);

} // namespace mlir::moe

#endif // MOE_LIB_READERS_LAUNCHPROGRAM_H
