//===- BundleVerifyTest.cpp - Tests of proving bundles --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Whatever is wrong with a bundle is found and named.
//
//===----------------------------------------------------------------------===//

#include "BundleFolder.h"
#include <sys/stat.h>
#include <unistd.h>

using namespace mlir::moe;
namespace fs = std::filesystem;

//===--- Digests ----------------------------------------------------------===//

/// bundle.json lists the digests of the others and, at its end, its own.
TEST(VerifyDigests, FindAnyChangedByteOfTheManifest) {
  Folder folder;
  writeTo(folder / "b");
  const std::string manifest = folder.read("b/bundle.json");
  for (size_t i = 0; i < manifest.size(); i += 41) {
    std::string changed = manifest;
    changed[i] ^= 1;
    folder.write("b/bundle.json", changed);
    EXPECT_NE(digests(folder), "") << "byte " << i;
  }
  std::string changed = manifest;
  changed.replace(changed.find("525."), 4, "425.");
  folder.write("b/bundle.json", changed);
  EXPECT_EQ(digests(folder),
            "bundle.json was changed: its 'sha256_above' is not the digest of "
            "what stands above it\n");
  EXPECT_EQ(folder.run("b/verify.sh").output,
            "verify.sh: bundle.json was changed\n");
}

/// The digest covers what stands above it; the script looks at the rest itself.
TEST(VerifyDigests, FindAnyChangeAtTheEndOfTheManifest) {
  Folder folder;
  writeTo(folder / "b");
  const std::string manifest = folder.read("b/bundle.json");
  std::vector<std::string> changes{manifest + "\n", manifest + " ",
                                   manifest.substr(0, manifest.size() - 1)};
  for (size_t back : {1, 2, 3, 4, 5, 68, 69, 70, 90}) {
    changes.push_back(manifest);
    changes.back()[manifest.size() - back] ^= 1;
  }
  for (const std::string &changed : changes) {
    folder.write("b/bundle.json", changed);
    EXPECT_NE(digests(folder), "") << changed;
    EXPECT_EQ(folder.run("b/verify.sh").output,
              "verify.sh: bundle.json was changed\n")
        << changed;
  }
}

TEST(VerifyDigests, NameWhatTheLaunchersCannotDoWithout) {
  Folder folder;
  writeTo(folder / "b");
  fs::remove(folder / "b/site.env");
  fs::remove(folder / "b/rankmap.csv");
  EXPECT_EQ(digests(folder), "rankmap.csv is missing\n"
                             "site.env is missing; it may be edited, not "
                             "removed\n");
  EXPECT_EQ(folder.run("b/verify.sh").output,
            "verify.sh: rankmap.csv is missing or not a regular file\n"
            "verify.sh: site.env is missing or not a regular file\n");
  fs::remove(folder / "b/bundle.json");
  EXPECT_EQ(folder.run("b/verify.sh").output,
            "verify.sh: bundle.json is missing or not a regular file\n");
}

TEST(VerifyDigests, NamesChangedMissingAndAddedFiles) {
  Folder folder;
  writeTo(folder / "b");
  replace(folder, "b/groups.json", "\"tp\"", "\"tq\"");
  fs::remove(folder / "b/comms.cpp");
  folder.write("b/extra.sh", "rm -rf /");
  folder.write("b/more/deep/file", "x");
  fs::remove(folder / "b/report.md");
  fs::create_directory(folder / "b/report.md");
  std::string found = digests(folder);
  EXPECT_TRUE(
      llvm::StringRef(found).contains("groups.json was changed: sha256 "));
  EXPECT_TRUE(llvm::StringRef(found).ends_with(
      "comms.cpp is missing\n"
      "extra.sh does not belong to the bundle\n"
      "more does not belong to the bundle\n"
      "report.md is a directory, expected a file\n"))
      << found;
  EXPECT_EQ(verifyDigests(folder / "b").size(), 5u);
  EXPECT_EQ(folder.run("b/verify.sh").output,
            "verify.sh: groups.json was changed\n"
            "verify.sh: comms.cpp is missing or not a regular file\n"
            "verify.sh: report.md is missing or not a regular file\n"
            "verify.sh: extra.sh does not belong to the bundle\n"
            "verify.sh: more/deep/file does not belong to the bundle\n");
}

/// What a job leaves in its folder must not stop the next one; an edit must.
TEST(VerifyDigests, LaunchersLetAddedFilesBe) {
  Folder folder;
  writeTo(folder / "b");
  folder.write("b/core.4711", "x");
  folder.write("b/experts/__pycache__/x", "x");
  EXPECT_EQ(folder.run("b/verify.sh --quiet").output, "unchanged\n");
  EXPECT_EQ(folder.run("b/verify.sh --quiet").code, 0);
  EXPECT_EQ(folder.run("b/verify.sh").code, 1);
  replace(folder, "b/groups.json", "\"tp\"", "\"tq\"");
  fs::remove(folder / "b/comms.cpp");
  EXPECT_EQ(folder.run("b/verify.sh --quiet").output,
            "verify.sh: groups.json was changed\n"
            "verify.sh: comms.cpp is missing or not a regular file\n");
  EXPECT_EQ(folder.run("b/verify.sh --full").output,
            "verify.sh: unexpected '--full'; usage: ./verify.sh [--quiet]\n");
}

TEST(VerifyDigests, LetsUsersWorkInTheirFolders) {
  Folder folder;
  writeTo(folder / "b");
  folder.write("b/site.env", "X=1\n");
  folder.write("b/logs/run/rank-0.log", "x");
  folder.write("b/build/CMakeCache.txt", "x");
  EXPECT_EQ(digests(folder), "");
  EXPECT_EQ(folder.run("b/verify.sh --quiet").output, "unchanged\n");
  fs::remove(folder / "b/site.env");
  folder.write("b/site.env/x", "not a file any more");
  EXPECT_EQ(digests(folder), "site.env does not belong to the bundle\n");
}

/// Neither links nor pipes are followed or waited for.
TEST(VerifyDigests, RefusesLinksAndPipes) {
  Folder folder;
  writeTo(folder / "b");
  fs::rename(folder / "b/comms.h", folder / "comms.h");
  fs::create_symlink(folder / "comms.h", folder / "b/comms.h");
  fs::remove(folder / "b/comms.cpp");
  ::mkfifo((folder / "b/comms.cpp").c_str(), 0600);
  fs::remove_all(folder / "b/logs");
  fs::create_directory_symlink("/", folder / "b/logs");
  EXPECT_EQ(digests(folder),
            "comms.cpp is not a regular file\n"
            "comms.h is a symbolic link; a bundle holds regular files\n"
            "logs is a symbolic link; a bundle holds regular files\n");
}

TEST(VerifyDigests, RefusesManifestsThatMakeNoSense) {
  Folder folder;
  auto manifest = [&](const std::string &content) {
    folder.write("b/bundle.json", content);
    return digests(folder);
  };
  const std::string head = "{\"schema\":\"moe-bundle/1\",\"files\":";
  EXPECT_TRUE(
      llvm::StringRef(manifest("{")).starts_with("bundle.json is not JSON"));
  EXPECT_TRUE(llvm::StringRef(manifest("{\"schema\":\"\xff\"}"))
                  .starts_with("bundle.json is not JSON"));
  EXPECT_EQ(manifest("[]"),
            "bundle.json has the schema '', expected 'moe-bundle/1'\n");
  EXPECT_EQ(manifest(std::string(1 << 20, '[')),
            "bundle.json is nested 1048576 levels deep, expected at most 32\n");
  EXPECT_EQ(manifest(head + "7}"), "bundle.json lists no files\n");
  EXPECT_EQ(
      manifest(head + "[{\"path\":\"../../etc/passwd\",\"sha256\":\"\"}]}"),
      "bundle.json lists '../../etc/passwd', which is no path of a bundle\n");
  EXPECT_EQ(manifest(head + "[{\"path\":3}]}"),
            "bundle.json has a file without path and sha256\n");
  EXPECT_EQ(text(verifyDigests(folder / "nowhere")), ". is not a directory\n");
  fs::remove(folder / "b/bundle.json");
  EXPECT_EQ(digests(folder),
            "bundle.json cannot be opened: No such file or directory\n");
}

//===--- Structure --------------------------------------------------------===//

TEST(VerifyStructure, AcceptsTableMaps) {
  Folder folder;
  writeTo(folder / "b", filesOf(interleavedRanks()));
  EXPECT_EQ(structure(folder), "");
}

/// One edit of a sound bundle, and what it is found to be.
static void expectProblem(const std::string &file, const std::string &from,
                          const std::string &to, const std::string &problem) {
  Folder folder;
  writeTo(folder / "b");
  replace(folder, "b/" + file, from, to);
  std::string found = structure(folder);
  EXPECT_EQ(found.substr(0, found.find('\n')), problem);
}

TEST(VerifyStructure, FindsWhatIsWrongWithTheRankMap) {
  expectProblem("rankmap.json", "[9,1,1,", "[8,1,1,",
                "rankmap.json row 9 is of rank 8");
  expectProblem("rankmap.json", "[9,1,1,", "[9,1,0,",
                "rankmap.json ranks 8 and 9 are both on GPU 0 of host 1");
  expectProblem(
      "rankmap.json", "[9,1,1,", "[9,2,1,",
      "rankmap.json rank 9 is on GPU 1 of host 2, which does not exist");
  expectProblem(
      "rankmap.json", "[9,1,1,1,0,1,1,0,1,", "[9,1,1,1,0,1,1,0,0,",
      "rankmap.json the coordinates of rank 9 in mesh 'attention' are "
      "those of rank 8");
  expectProblem(
      "rankmap.json", "[9,1,1,1,0,1,1,0,1,", "[9,1,1,1,0,1,1,0,7,",
      "rankmap.json the coordinates of rank 9 in mesh 'attention' are "
      "those of no rank");
  expectProblem("rankmap.json", "\"world_size\": 16", "\"world_size\": 17",
                "rankmap.json has 16 rows, the world has 17 ranks");
  expectProblem(
      "rankmap.json", "\"world_size\": 16", "\"world_size\": -1",
      "rankmap.json 'world_size' is not a whole number of at least 1");
  expectProblem("rankmap.json", "\"hosts\": 2",
                "\"hosts\": 4611686018427387904",
                "rankmap.json has 4611686018427387904 hosts for 16 ranks");
  expectProblem("rankmap.json", "\"size\":4", "\"size\":8",
                "rankmap.json mesh 'attention' does not have 16 ranks");
  expectProblem("rankmap.json", "[9,1,", "[9,null,",
                "rankmap.json row 9 holds what is no whole number");
  expectProblem("rankmap.csv", "\n9,1,1", "\n9,1,2",
                "rankmap.csv row 9 is '9,1,2,1,0,1,1,0,1,1,0,1', rankmap.json "
                "has '9,1,1,1,0,1,1,0,1,1,0,1'");
  expectProblem("rankmap.csv", "\n15,", "\n#15,",
                "rankmap.csv has 15 rows, expected 16");
}

TEST(VerifyStructure, FindsWhatIsWrongWithTheGroups) {
  expectProblem("groups.json", "\"color\": [[8, 2]]", "\"color\": [[8, 1]]",
                "groups.json 'tp' has rank 1 in groups 0 and 1");
  expectProblem("groups.json", "\"color\": [[8, 2]]", "\"color\": [[8, 3]]",
                "groups.json 'tp' has rank 16, the world ends at 15");
  expectProblem("groups.json", "\"color\": [[8, 2]]", "\"color\": [[7, 2]]",
                "groups.json 'tp' has boxes of 7 groups of 2, which is not its "
                "'count' and 'size'");
  expectProblem(
      "groups.json", "\"color\": [[8, 2]]",
      "\"color\": [[9223372036854775807, 2]]",
      "groups.json 'tp' has a 'color' that does not fit into the world");
  // Right in number, wrong in kind: pairs along dp where tp is meant.
  expectProblem("groups.json", "\"color\": [[8, 2]],\n      \"key\": [[2, 1]]",
                "\"color\": [[4, 4], [2, 1]],\n      \"key\": [[2, 2]]",
                "groups.json 'tp' joins ranks 0 and 2, which differ in other "
                "axes of 'attention'");
  expectProblem("groups.json", "\"axes\": [\n        \"tp\"",
                "\"axes\": [\n        \"tq\"",
                "groups.json 'tp' is along tq, which no mesh has");
  expectProblem("groups.json", "\"members\": \"subset\"",
                "\"members\": \"all\"",
                "groups.json 'embedding' has rank 2 in no group");
  expectProblem("groups.json", "\"members\": \"all\"",
                "\"members\": \"subset\"",
                "groups.json 'tp' is declared a subset but has every rank");
  expectProblem("groups.json", "\"name\": \"dp\"", "\"name\": \"tp\"",
                "groups.json has two communicators 'tp'");
  expectProblem("groups.json", "\"world_size\": 16", "\"world_size\": 8",
                "groups.json is not for 16 ranks");
}

/// Groups that are too small pass every count but the axes'.
TEST(VerifyStructure, FindsSeparatedGroups) {
  JobView view = sixteenRanks();
  view.communicators[2].groups = {Box{{{8, 2}}}, Box{{{2, 1}}}}; // half of ep
  Folder folder;
  writeTo(folder / "b", filesOf(view));
  EXPECT_EQ(structure(folder), "groups.json 'ep' separates groups 0 and 1, "
                               "which differ in its own axes only\n");
}

/// The proof holds for every mesh of 24 ranks whose groups come from its axes.
TEST(VerifyStructure, AcceptsWhatRankSpaceDerives) {
  for (int64_t tp : {1, 2, 3, 4}) {
    int64_t rest = 24 / tp;
    JobView view;
    view.worldSize = 24;
    view.gpusPerHost = 24;
    view.hosts = {{0, {}}};
    for (int64_t rank = 0; rank < 24; ++rank)
      view.hosts[0].ranks.push_back(rank);
    view.meshes = {
        {"m", {{"pp", 2, rest / 2 * tp}, {"dp", rest / 2, tp}, {"tp", tp, 1}}}};
    RankSpace space({2, rest / 2, tp});
    view.communicators = {
        {"pp", {"pp"}, {}, space.groupsAlong({0}), {}, {}},
        {"dp", {"dp"}, {}, space.groupsAlong({1}), {}, {}},
        {"pt", {"pp", "tp"}, {}, space.groupsAlong({0, 2}), {}, {}}};
    Folder folder;
    writeTo(folder / "b", filesOf(view));
    EXPECT_EQ(structure(folder), "") << tp;
  }
}
