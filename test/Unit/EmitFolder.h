//===- EmitFolder.h - A bundle on disk, for tests that run it ---*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Writes emitted files into a temporary folder and runs commands there.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_TEST_UNIT_EMITFOLDER_H
#define MOE_TEST_UNIT_EMITFOLDER_H

#include "moe/Emit/Emitters.h"
#include "gtest/gtest.h"
#include <filesystem>
#include <fstream>
#include <sys/wait.h>

namespace mlir::moe {

/// A temporary folder, removed with this.
class Folder {
public:
  Folder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "moe-emit-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder &) = delete;

  std::string operator/(const std::string &name) const {
    return (path / name).string();
  }
  std::string str() const { return path.string(); }

  void write(const std::string &name, const std::string &text) const {
    std::filesystem::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << text;
  }
  std::string read(const std::string &name) const {
    std::ifstream in(path / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  void write(const std::vector<EmittedFile> &files) const {
    namespace fs = std::filesystem;
    for (const EmittedFile &file : files) {
      write(file.path, file.content);
      if (file.executable)
        fs::permissions(path / file.path, fs::perms::owner_all);
    }
  }

  struct Result {
    int code;
    std::string output; ///< stdout and stderr
  };
  /// Runs a bash command in the folder; code 124 when it does not end.
  Result run(const std::string &command) const {
    // The command is a file beside the folder: no quoting on the way.
    const std::string script = str() + ".command", output = str() + ".output";
    std::ofstream(script) << "cd '" << str() << "'\n" << command << '\n';
    int status = std::system(
        ("timeout 120 bash '" + script + "' >'" + output + "' 2>&1").c_str());
    std::ifstream in(output, std::ios::binary);
    Result result{WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                  {std::istreambuf_iterator<char>(in), {}}};
    std::filesystem::remove(script);
    std::filesystem::remove(output);
    return result;
  }

private:
  std::filesystem::path path;
};

/// The files of a job; fails the test when there are none.
inline std::vector<EmittedFile> filesOf(const JobView &view) {
  llvm::Expected<std::vector<EmittedFile>> files = emitAll(view);
  if (files)
    return std::move(*files);
  ADD_FAILURE() << llvm::toString(files.takeError());
  return {};
}

/// Whether a program is on the PATH.
inline bool hasProgram(const std::string &name) {
  return std::system(("command -v " + name + " >/dev/null 2>&1").c_str()) == 0;
}

} // namespace mlir::moe

#endif // MOE_TEST_UNIT_EMITFOLDER_H
