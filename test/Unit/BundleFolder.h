//===- BundleFolder.h - Bundles to write and to prove -----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_TEST_UNIT_BUNDLEFOLDER_H
#define MOE_TEST_UNIT_BUNDLEFOLDER_H

#include "EmitFolder.h"
#include "EmitJobs.h"
#include "moe/Bundle/Bundle.h"
#include "moe/Bundle/Verify.h"
#include "llvm/ADT/StringExtras.h"
#include <set>

namespace mlir::moe {

/// Writes the sample; returns remarks or "error: ...".
inline std::string
writeTo(const std::string &directory,
        const std::vector<EmittedFile> &files = filesOf(sixteenRanks())) {
  auto remarks = writeBundle(files, {"tiny", "", {"speed"}}, directory);
  if (!remarks)
    return "error: " + llvm::toString(remarks.takeError());
  return llvm::join(*remarks, "; ");
}

inline std::string text(const std::vector<BundleProblem> &problems) {
  std::string text;
  for (const BundleProblem &problem : problems)
    text += problem.file + " " + problem.message + "\n";
  return text;
}

inline std::string digests(const Folder &folder) {
  return text(verifyDigests(folder / "b"));
}
inline std::string structure(const Folder &folder) {
  return text(verifyStructure(folder / "b"));
}

/// What stands beside the bundle; nothing may be left over.
inline std::set<std::string> namesIn(const Folder &folder) {
  std::set<std::string> names;
  for (const auto &entry : std::filesystem::directory_iterator(folder.str()))
    names.insert(entry.path().filename());
  return names;
}

inline void replace(const Folder &folder, const std::string &file,
                    const std::string &from, const std::string &to) {
  std::string content = folder.read(file);
  size_t at = content.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  folder.write(file, content.replace(at, from.size(), to));
}

} // namespace mlir::moe

#endif // MOE_TEST_UNIT_BUNDLEFOLDER_H
