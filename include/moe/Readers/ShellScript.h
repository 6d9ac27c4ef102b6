//===- ShellScript.h - The commands of a script, never run ------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Splits a shell script into commands and words as bash would, as far as that
// takes no execution: quotes, line continuations, variables and arrays that the
// script sets, defaults, arithmetic. Whatever would take a command, a file or
// the environment has no value here, and words know why. The text is data: no
// part of it is ever run or looked up.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_READERS_SHELLSCRIPT_H
#define MOE_READERS_SHELLSCRIPT_H

#include "moe/Json/InputError.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>
#include <vector>

namespace mlir::moe::shell {

/// Most bytes of a script, and of all that its variables expand to.
constexpr size_t maxScriptBytes = size_t(4) << 20;

/// Stands in a text for a part that has no value here.
constexpr char noValue = '\x1a';

/// A part of a text that has no value here.
struct Gap {
  /// "'$TP' is not set in the script"
  std::string why;
  /// The flags that it may hold, of those that the script names.
  std::vector<std::string> flags = {};
  /// It stands for flags or for nothing, not for a value.
  bool holdsFlags = false;
  /// It comes from the arguments of the script.
  bool isArgument = false;
  /// A variable that neither the script sets nor a launcher.
  bool isUnset = false;
};

/// Variables by which vLLM and SGLang are told the layers of their stages.
constexpr llvm::StringLiteral layerPartitions[] = {"VLLM_PP_LAYER_PARTITION",
                                                   "SGLANG_PP_LAYER_PARTITION"};
/// What --all2all-backend was in vLLM before it was a flag.
constexpr llvm::StringLiteral exchangeBackend = "VLLM_ALL2ALL_BACKEND";

/// One word of a command, without its quotes.
struct Word {
  std::string text;
  /// Where its first character was written; of a variable's value that is the
  /// line of the assignment.
  unsigned line = 0;
  /// Of its parts without a value the first, if there is one.
  std::optional<Gap> gap = {};

  bool isKnown() const { return !gap; }
};

/// A simple command: what stands between operators.
struct Command {
  std::vector<Word> words;
  /// `NAME=VALUE` of those of `layerPartitions`, and of `exchangeBackend`, that
  /// are set.
  std::vector<Word> environment = {};
};

/// A variable that is set from outside the script.
struct Definition {
  std::string name;
  std::string value;
  /// Whether assignments of the script do not replace it.
  bool isFinal = false;
};

/// A file that the script writes by a here-document, or gives to `sbatch`.
struct WrittenFile {
  std::string path; ///< or "sbatch"
  std::string text;
  unsigned line = 0; ///< of its first one
  /// Of its parts without a value the first, if there is one.
  std::optional<Gap> gap = {};
};

struct Script {
  /// Those of the scripts that it gives to another shell are in their place,
  /// behind the words in front of that shell.
  std::vector<Command> commands;
  std::vector<WrittenFile> files;
  /// Parts that were skipped, such as here-documents.
  std::vector<InputNote> remarks;
};

/// The commands of `text` in their order. Conditions on words that have a value
/// are decided; of others all branches are there. A loop may have run before,
/// and a function is called with what is set by then: what those change has no
/// value in them. `if [ -z "$V" ]; then V=1; fi` is read as `${V:-1}`. Of a
/// variable that they set differently the words in front of the first
/// difference are kept behind the condition, and a gap stands for the others.
/// What only arguments of the script change is read as without arguments, with
/// a remark. Nothing, with located errors, for a quote that is not closed and
/// for text that expands to more than `maxScriptBytes`.
std::optional<Script> readScript(llvm::StringRef text, llvm::StringRef file,
                                 llvm::ArrayRef<Definition> definitions,
                                 InputErrors &errors);

/// The words of all lines that begin with `#SBATCH` and stand before the first
/// command, which is where Slurm looks for them.
std::vector<Word> readDirectives(llvm::StringRef text);

/// Value of an expression of integers, names, + - * / %, comparisons, && || ?:
/// and parentheses, as in `$((...))`; `valueOf` resolves names. Nothing when it
/// is anything else, or does not fit 64 bits.
std::optional<int64_t> evaluateArithmetic(
    llvm::StringRef expression,
    llvm::function_ref<std::optional<int64_t>(llvm::StringRef)> valueOf);

} // namespace mlir::moe::shell

#endif // MOE_READERS_SHELLSCRIPT_H
