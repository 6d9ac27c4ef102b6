//===- InputError.cpp - What is wrong with an input file ------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Json/InputError.h"

using namespace mlir::moe;

static std::string locate(llvm::StringRef file, Position position) {
  std::string result = file.str();
  if (position.line != 0)
    result += ":" + std::to_string(position.line) + ":" +
              std::to_string(position.column);
  return result;
}

std::string InputError::str() const {
  std::string result = locate(file, position) + ": error: " + message + "\n";
  for (const InputNote &note : notes)
    result +=
        locate(note.file, note.position) + ": note: " + note.message + "\n";
  return result;
}

void InputErrors::add(InputError error) {
  if (isFull())
    ++dropped;
  else
    kept.push_back(std::move(error));
}
