//===- OutputFile.cpp - Files that are whole or not there -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OutputFile.h"

#include "moe/Wording/Wording.h"
#include "llvm/Support/FileSystem.h"

using namespace mlir::moe;
namespace fs = llvm::sys::fs;

llvm::Error mlir::moe::writeOutputFile(
    llvm::StringRef path, llvm::function_ref<void(llvm::raw_ostream &)> write) {
  if (fs::exists(path) && !fs::is_regular_file(path))
    return llvm::createStringError("it is not a regular file");
  llvm::Expected<fs::TempFile> temporary = fs::TempFile::create(
      path + ".temporary-%%%%%%", fs::all_read | fs::all_write);
  if (!temporary)
    return temporary.takeError();
  std::error_code failure;
  {
    llvm::raw_fd_ostream file(temporary->FD, /*shouldClose=*/false);
    write(file);
    file.flush();
    failure = file.error();
    // It has been looked at; the stream would end the process over it.
    file.clear_error();
  }
  if (!failure)
    return temporary->keep(path);
  return llvm::joinErrors(llvm::errorCodeToError(failure),
                          temporary->discard());
}

std::optional<std::string>
mlir::moe::explainReplacement(llvm::StringRef output,
                              llvm::ArrayRef<std::string> inputs) {
  for (const std::string &input : inputs) {
    // False also where one of them is not there.
    if (output.empty() || input.empty() || !fs::equivalent(output, input))
      continue;
    std::string text = quoted(output) + " is read too and would be replaced";
    if (output != input)
      text += ": it is " + quoted(input);
    return text;
  }
  return std::nullopt;
}
