//===- VerifyDigests.cpp - Comparing a bundle with its manifest -----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See Verify.h.
//
//===----------------------------------------------------------------------===//

#include "BundleFile.h"
#include "Manifest.h"
#include "moe/Bundle/Bundle.h"
#include "moe/Bundle/Verify.h"
#include "llvm/ADT/StringSet.h"
#include <algorithm>
#include <filesystem>

using namespace llvm;
namespace fs = std::filesystem;

namespace mlir::moe {

namespace {

class DigestCheck {
public:
  explicit DigestCheck(StringRef directory) : root(directory.str()) {}
  std::vector<BundleProblem> run();
  /// What the manifest does not list; also what makes the manifest unreadable.
  std::vector<BundleProblem> runAdded();

private:
  void report(StringRef file, const Twine &message) {
    problems.push_back({file.str(), message.str()});
  }
  void readEntries(const json::Object &manifest);
  bool readManifest(json::Object &manifest);
  void checkManifest();
  void checkEntry(StringRef path, StringRef digest);
  void findAdded(const std::string &folder);
  /// Reports what must not be in a bundle at all; true when it did.
  bool isForeign(const std::string &path);

  std::string root;
  std::vector<std::pair<std::string, std::string>> entries; // path, digest
  StringSet<> files, folders;
  std::vector<BundleProblem> problems;
};

} // namespace

bool DigestCheck::isForeign(const std::string &path) {
  switch (pathKind(root + "/" + path)) {
  case PathKind::Link:
    report(path, "is a symbolic link; a bundle holds regular files");
    return true;
  case PathKind::Other:
    report(path, "is not a regular file");
    return true;
  case PathKind::Unreadable:
    report(path, "cannot be examined");
    return true;
  default:
    return false;
  }
}

void DigestCheck::readEntries(const json::Object &manifest) {
  const json::Array *list = manifest.getArray("files");
  if (!list || list->empty())
    return report(bundleManifestName, "lists no files");
  for (const json::Value &value : *list) {
    const json::Object *entry = value.getAsObject();
    std::optional<StringRef> path, digest;
    if (entry) {
      path = entry->getString("path");
      digest = entry->getString("sha256");
    }
    if (!path || !digest) {
      report(bundleManifestName, "has a file without path and sha256");
    } else if (!isBundlePath(*path) || *path == bundleManifestName) {
      report(bundleManifestName,
             "lists '" + *path + "', which is no path of a bundle");
    } else if (!files.insert(*path).second) {
      report(bundleManifestName, "lists '" + *path + "' twice");
    } else {
      entries.emplace_back(path->str(), digest->str());
      for (size_t slash = path->find('/'); slash != StringRef::npos;
           slash = path->find('/', slash + 1))
        folders.insert(path->take_front(slash));
    }
  }
}

/// After the entries: what is no manifest at all is better told that.
void DigestCheck::checkManifest() {
  Expected<std::string> text =
      readBundleFile(root + "/" + bundleManifestName.str());
  if (!text)
    report(bundleManifestName, toString(text.takeError()));
  else if (!holdsOwnDigest(*text))
    report(bundleManifestName,
           "was changed: its 'sha256_above' is not the digest of what stands "
           "above it");
}

void DigestCheck::checkEntry(StringRef path, StringRef digest) {
  // A link on the way would lead out of the bundle; findAdded reports it.
  for (size_t slash = path.find('/'); slash != StringRef::npos;
       slash = path.find('/', slash + 1))
    if (pathKind(root + "/" + path.take_front(slash).str()) == PathKind::Link)
      return;
  std::string file = root + "/" + path.str();
  PathKind kind = pathKind(file);
  if (kind == PathKind::Missing)
    return report(path, "is missing");
  if (kind != PathKind::File)
    return; // findAdded reports it
  Expected<std::string> found = digestOfFile(file);
  if (!found)
    report(path, toString(found.takeError()));
  else if (*found != digest)
    report(path, "was changed: sha256 " + StringRef(*found).take_front(12) +
                     "..., expected " + digest.take_front(12) + "...");
}

/// Looks through `folder` ("" or "sub/") for what the manifest does not list.
/// Goes down into folders of listed files only.
void DigestCheck::findAdded(const std::string &folder) {
  std::error_code error;
  std::vector<std::string> names;
  fs::directory_iterator it(root + "/" + folder, error), end;
  for (; !error && it != end; it.increment(error))
    names.push_back(it->path().filename().string());
  if (error)
    return report(folder.empty() ? "." : folder,
                  "cannot be listed: " + error.message());
  std::sort(names.begin(), names.end());
  for (const std::string &name : names) {
    std::string path = folder + name;
    if (isForeign(path))
      continue;
    bool isDirectory = pathKind(root + "/" + path) == PathKind::Directory;
    bool isUsers = isUserPath(path) && isDirectory == (path != "site.env");
    if (path == bundleManifestName || isUsers)
      continue;
    if (isDirectory && folders.contains(path))
      findAdded(path + "/");
    else if (!files.contains(path))
      report(path, "does not belong to the bundle");
    else if (isDirectory)
      report(path, "is a directory, expected a file");
  }
}

/// False when there is none to go by.
bool DigestCheck::readManifest(json::Object &manifest) {
  if (pathKind(root) != PathKind::Directory) {
    report(".", "is not a directory");
    return false;
  }
  Expected<json::Object> found = readBundleJson(
      root + "/" + bundleManifestName.str(), bundleManifestSchema);
  if (!found) {
    report(bundleManifestName, toString(found.takeError()));
    return false;
  }
  manifest = std::move(*found);
  readEntries(manifest);
  if (problems.empty())
    checkManifest();
  return true;
}

std::vector<BundleProblem> DigestCheck::runAdded() {
  if (json::Object manifest; readManifest(manifest))
    findAdded("");
  return problems;
}

std::vector<BundleProblem> DigestCheck::run() {
  json::Object manifest;
  if (!readManifest(manifest))
    return problems;
  for (const auto &[path, digest] : entries)
    checkEntry(path, digest);
  if (manifest.get("site_env_sha256") &&
      pathKind(root + "/site.env") == PathKind::Missing)
    report("site.env", "is missing; it may be edited, not removed");
  findAdded("");
  return problems;
}

std::vector<BundleProblem> verifyDigests(StringRef directory) {
  // "DIR/." so that a link given by the user is followed; those inside are not.
  return DigestCheck((directory + "/.").str()).run();
}

std::vector<BundleProblem> findForeignFiles(const std::string &directory) {
  return DigestCheck(directory).runAdded();
}

} // namespace mlir::moe
