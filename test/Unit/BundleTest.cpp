//===- BundleTest.cpp - Tests of writing bundles --------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A bundle appears whole or not at all.
//
//===----------------------------------------------------------------------===//

#include "BundleFolder.h"
#include <csignal>
#include <sys/resource.h>
#include <unistd.h>

using namespace mlir::moe;
namespace fs = std::filesystem;

TEST(WriteBundle, WritesEverythingAndProvesItself) {
  Folder folder;
  EXPECT_EQ(writeTo(folder / "b"), "");
  EXPECT_EQ(namesIn(folder), std::set<std::string>{"b"});
  EXPECT_EQ(digests(folder), "");
  EXPECT_EQ(structure(folder), "");
  int covered = 1; // bundle.json
  for (const EmittedFile &file : filesOf(sixteenRanks())) {
    EXPECT_EQ(folder.read("b/" + file.path), file.content);
    covered += !isUserPath(file.path);
  }
  EXPECT_EQ(::access((folder / "b/entrypoint.sh").c_str(), X_OK), 0);
  EXPECT_NE(folder.read("b/bundle.json").find("\"speed\""), std::string::npos);
  Folder::Result verify = folder.run("b/verify.sh");
  EXPECT_EQ(verify.output, "verify.sh: " + std::to_string(covered) +
                               " files unchanged, 16 ranks\n");
  EXPECT_EQ(verify.code, 0);
}

TEST(WriteBundle, SameFilesSameManifest) {
  Folder folder;
  writeTo(folder / "a");
  writeTo(folder / "b/");
  EXPECT_EQ(folder.read("a/bundle.json"), folder.read("b/bundle.json"));
}

TEST(WriteBundle, ReplacesABundleAndKeepsWhatUsersOwn) {
  Folder folder;
  writeTo(folder / "b");
  folder.write("b/logs/run/rank-0.log", "hello");
  folder.write("b/build/moe_selftest", "old");
  folder.write("b/build/CMakeCache.txt", "");
  EXPECT_EQ(writeTo(folder / "b", filesOf(interleavedRanks())), "");
  EXPECT_EQ(folder.read("b/logs/run/rank-0.log"), "hello");
  EXPECT_FALSE(fs::exists(folder / "b/build")); // built from other tables
  EXPECT_EQ(digests(folder), "");

  folder.write("b/site.env", "NCCL_DEBUG='INFO'\n");
  EXPECT_EQ(writeTo(folder / "b"),
            "kept the edited site.env of the previous bundle");
  EXPECT_EQ(folder.read("b/site.env"), "NCCL_DEBUG='INFO'\n");
  EXPECT_EQ(digests(folder), "");
  EXPECT_EQ(namesIn(folder), std::set<std::string>{"b"});
}

TEST(WriteBundle, RefusesWhatItWouldDestroy) {
  Folder folder;
  folder.write("thesis/chapter1.tex", "years of work");
  EXPECT_EQ(writeTo(folder / "thesis"),
            "error: '" + folder / "thesis" +
                "' exists and is not a bundle; remove it or choose another "
                "directory");
  EXPECT_EQ(folder.read("thesis/chapter1.tex"), "years of work");
  folder.write("thesis/bundle.json", "{\"schema\": \"other/1\"}");
  EXPECT_NE(writeTo(folder / "thesis"), "");
  folder.write("file", "x");
  EXPECT_EQ(writeTo(folder / "file"),
            "error: '" + folder / "file" + "' is not a directory");
  fs::create_directory_symlink(folder / "thesis", folder / "link");
  EXPECT_EQ(writeTo(folder / "link"),
            "error: '" + folder / "link" +
                "' is a symbolic link; name the directory itself");
  fs::create_directory(folder / "empty");
  EXPECT_EQ(writeTo(folder / "empty"), "");
  EXPECT_EQ(namesIn(folder),
            (std::set<std::string>{"empty", "file", "link", "thesis"}));
}

/// Jobs run in the bundle's folder and leave their results there.
TEST(WriteBundle, RefusesABundleThatHoldsResults) {
  Folder folder;
  writeTo(folder / "b");
  auto expectRefusal = [&](const std::string &names) {
    EXPECT_EQ(writeTo(folder / "b", filesOf(interleavedRanks())),
              "error: '" + folder / "b" + "' holds " + names +
                  " away or choose another directory");
    EXPECT_EQ(namesIn(folder), std::set<std::string>{"b"});
  };
  folder.write("b/checkpoints/step-1000.pt", "precious");
  expectRefusal("'checkpoints', which no bundle wrote and which would be lost; "
                "move it");
  folder.write("b/experts/mine.json", "mine");
  for (int pid : {1, 2, 3, 4})
    folder.write("b/core." + std::to_string(pid), "x");
  expectRefusal("'checkpoints', 'core.1', 'core.2', 'core.3', 'core.4' and 1 "
                "more, which no bundle wrote and which would be lost; move "
                "them");
  EXPECT_EQ(folder.read("b/checkpoints/step-1000.pt"), "precious");
  EXPECT_EQ(folder.read("b/experts/mine.json"), "mine");

  writeTo(folder /
          "c"); // logs/ elsewhere, and a build/ that CMake did not make
  fs::rename(folder / "c", folder / "b2");
  fs::remove_all(folder / "b");
  fs::rename(folder / "b2", folder / "b");
  fs::remove_all(folder / "b/logs");
  fs::create_directory_symlink("/", folder / "b/logs");
  expectRefusal("'logs', which no bundle wrote and which would be lost; move "
                "it");
  fs::remove(folder / "b/logs");
  folder.write("b/build/thesis.tex", "years of work");
  expectRefusal("'build', which no bundle wrote and which would be lost; move "
                "it");
  fs::remove_all(folder / "b/build");
  fs::remove(folder / "b/report.md");
  folder.write("b/report.md/draft", "mine");
  expectRefusal("'report.md', which no bundle wrote and which would be lost; "
                "move it");
  replace(folder, "b/bundle.json", "\"speed\"", "\"haste\"");
  EXPECT_EQ(writeTo(folder / "b"),
            "error: '" + folder / "b/bundle.json" +
                "' was changed, so nothing tells which files are the bundle's; "
                "remove '" +
                folder / "b" + "' or choose another directory");
  EXPECT_EQ(folder.read("b/report.md/draft"), "mine");
}

TEST(WriteBundle, RefusesPathsThatLeaveTheBundle) {
  Folder folder;
  for (std::string path :
       {"../x", "/x", "a/../../x", "", "a//b", "bundle.json"})
    EXPECT_EQ(writeTo(folder / "b", {{path, false, "x"}}),
              "error: '" + path + "' is no path for a bundle");
  EXPECT_EQ(writeTo(folder / "b", {{"x", false, ""}, {"x", false, ""}}),
            "error: 'x' is written twice");
  EXPECT_EQ(namesIn(folder), std::set<std::string>{});
}

TEST(WriteBundle, SaysWhenTheParentCannotBeWritten) {
  Folder folder;
  std::string target = folder / "none/b";
  EXPECT_EQ(writeTo(target), "error: cannot create a directory beside '" +
                                 target + "': No such file or directory");
}

/// A full disk: here a limit on the size of files, which needs no root.
TEST(WriteBundle, LeavesNothingWhenWritingFails) {
  Folder folder;
  writeTo(folder / "b");
  std::string before = folder.read("b/bundle.json");
  std::vector<EmittedFile> files = filesOf(interleavedRanks());
  files.push_back({"big", false, std::string(1 << 20, 'x')});

  auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  ::getrlimit(RLIMIT_FSIZE, &old);
  rlimit small{1 << 16, old.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  std::string result = writeTo(folder / "b", files);
  ::setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, handler);

  EXPECT_TRUE(llvm::StringRef(result).starts_with("error: cannot write '"));
  EXPECT_TRUE(llvm::StringRef(result).ends_with("/big': File too large"));
  EXPECT_EQ(folder.read("b/bundle.json"), before);
  EXPECT_EQ(namesIn(folder), std::set<std::string>{"b"});
}
