//===- NamedFile.cpp - Files that a plan names ----------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NamedFile.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace mlir::moe;

std::string moe::resolvePath(StringRef planFile, StringRef path) {
  if (llvm::sys::path::is_absolute(path))
    return path.str();
  SmallString<128> resolved = llvm::sys::path::parent_path(planFile);
  llvm::sys::path::append(resolved, path);
  return std::string(resolved);
}

/// File and position of the first place in `where`.
static std::pair<StringRef, Position> placeOf(Location where) {
  if (auto fused = dyn_cast<FusedLoc>(where))
    return placeOf(fused.getLocations().front());
  auto place = cast<FileLineColLoc>(where);
  return {place.getFilename().getValue(), {place.getLine(), place.getColumn()}};
}

void moe::reportAt(InputErrors &errors, Location where, std::string message) {
  auto [file, position] = placeOf(where);
  errors.add(file, position, std::move(message));
}

void moe::reportAt(InputErrors &errors, Location where, std::string message,
                   Location noteAt, std::string note) {
  auto [file, position] = placeOf(where);
  auto [noteFile, notePosition] = placeOf(noteAt);
  errors.add({file.str(),
              position,
              std::move(message),
              {{noteFile.str(), notePosition, std::move(note)}}});
}

std::optional<json::Document> moe::readNamedFile(StringRef planFile,
                                                 StringRef path, Location where,
                                                 InputErrors &errors) {
  InputErrors inFile;
  std::optional<json::Document> document =
      json::Document::readFile(resolvePath(planFile, path), inFile);
  auto [file, position] = placeOf(where);
  for (InputError error : inFile.list()) {
    // What concerns the file as a whole is a fault of its path.
    if (error.position.line == 0)
      errors.add(file, position, error.message);
    else {
      error.notes.push_back({file.str(), position, "the file is named here"});
      errors.add(std::move(error));
    }
  }
  return document;
}
