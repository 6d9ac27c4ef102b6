//===- LaunchFile.h - Scripts and command lines to a recipe -----*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The way in for what people already have: a script that starts Megatron-LM,
// DeepSpeed, torchtitan, vLLM, SGLang or TensorRT-LLM (an sbatch script too), a
// list of its flags, or a settings file of TensorRT-LLM. Nothing of it is run.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_READERS_LAUNCHFILE_H
#define MOE_READERS_LAUNCHFILE_H

#include "moe/Readers/Recipe.h"
#include "moe/Readers/ShellScript.h"

namespace mlir::moe {

struct LaunchFileOptions {
  /// As `framework` of the plan file spells it; empty: found out.
  std::string framework;
  /// Values of variables that the script does not set itself.
  std::vector<shell::Definition> definitions;
  /// What variables of launchers say where no line of the file does.
  std::optional<int64_t> nodes = {};
};

/// What `text` says about a plan. Nothing, with located errors, when it holds
/// no command of a framework, when flags contradict each other, and when a
/// flag that matters has no value without running something.
std::optional<Recipe> readLaunchFile(llvm::StringRef text, llvm::StringRef file,
                                     const LaunchFileOptions &options,
                                     InputErrors &errors);

} // namespace mlir::moe

#endif // MOE_READERS_LAUNCHFILE_H
