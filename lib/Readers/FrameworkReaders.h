//===- FrameworkReaders.h - Flags of frameworks to figures ------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each reads the arguments of one framework's program into a recipe. Names and
// defaults of the flags are those of the sources named in the files.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_READERS_FRAMEWORKREADERS_H
#define MOE_LIB_READERS_FRAMEWORKREADERS_H

#include "FlagSet.h"

namespace mlir::moe {

void readMegatronFlags(llvm::ArrayRef<shell::Word> words, Recipe &recipe,
                       InputErrors &errors);
void readDeepSpeedFlags(llvm::ArrayRef<shell::Word> words, Recipe &recipe,
                        InputErrors &errors);
void readTorchTitanFlags(llvm::ArrayRef<shell::Word> words, Recipe &recipe,
                         InputErrors &errors);
void readVllmFlags(llvm::ArrayRef<shell::Word> words, Recipe &recipe,
                   InputErrors &errors);
void readSglangFlags(llvm::ArrayRef<shell::Word> words, Recipe &recipe,
                     InputErrors &errors);
void readTensorRtFlags(llvm::ArrayRef<shell::Word> words, Recipe &recipe,
                       InputErrors &errors);
/// The text of a file for --extra_llm_api_options.
void readTensorRtSettings(llvm::StringRef text, Recipe &recipe,
                          InputErrors &errors);

/// `words` with the settings of a file that the script writes itself in place
/// of the flag that names it.
std::vector<shell::Word>
withWrittenSettings(llvm::ArrayRef<shell::Word> words,
                    llvm::ArrayRef<shell::WrittenFile> files, Recipe &recipe,
                    InputErrors &errors);

/// The options of srun, torchrun, mpirun and deepspeed in front of a program:
/// nodes and GPUs. Whose an option is follows from the launcher before it.
void readClusterOptions(llvm::ArrayRef<shell::Word> words, Recipe &recipe,
                        InputErrors &errors);

/// The same of the words of `#SBATCH` lines.
void readDirectives(llvm::ArrayRef<shell::Word> words, Recipe &recipe,
                    InputErrors &errors);

} // namespace mlir::moe

#endif // MOE_LIB_READERS_FRAMEWORKREADERS_H
