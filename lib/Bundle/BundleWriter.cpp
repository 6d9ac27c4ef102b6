//===- BundleWriter.cpp - Writing a launch bundle -------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every write, sync and rename is checked: a bundle that is half on the disk
// would be found out by its digests, but only when the job is about to start.
//
//===----------------------------------------------------------------------===//

#include "BundleFile.h"
#include "Manifest.h"
#include "moe/Bundle/Verify.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringSet.h"
#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;
namespace fs = std::filesystem;

namespace mlir::moe {

//===--- Writing ----------------------------------------------------------===//

/// Waits until a file or directory is on the disk.
static Error syncPath(const std::string &path) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return systemError("cannot open '" + path + "'");
  Error error = ::fsync(fd) == 0 ? Error::success()
                                 : systemError("cannot write '" + path + "'");
  ::close(fd);
  return error;
}

static Error writeFile(const std::string &path, StringRef text,
                       bool executable) {
  int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                  executable ? 0777 : 0666);
  if (fd < 0)
    return systemError("cannot create '" + path + "'");
  while (!text.empty()) {
    ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      Error error = systemError("cannot write '" + path + "'");
      ::close(fd);
      return error;
    }
    text = text.drop_front(n);
  }
  if (::close(fd) != 0)
    return systemError("cannot write '" + path + "'");
  return Error::success();
}

/// Creates the folders between `root` and the file.
static Error createParents(const std::string &root, StringRef path) {
  for (size_t slash = path.find('/'); slash != StringRef::npos;
       slash = path.find('/', slash + 1)) {
    std::string folder = root + "/" + path.take_front(slash).str();
    if (::mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST)
      return systemError("cannot create '" + folder + "'");
  }
  return Error::success();
}

static Error writeAll(ArrayRef<EmittedFile> files, const BundleInfo &info,
                      const std::string &root) {
  for (const EmittedFile &file : files) {
    if (Error error = createParents(root, file.path))
      return error;
    if (Error error =
            writeFile(root + "/" + file.path, file.content, file.executable))
      return error;
  }
  if (Error error = writeFile(root + "/" + bundleManifestName.str(),
                              manifestText(files, info), false))
    return error;
  return Error::success();
}

/// Everything below `root`, and `root`. After all has been written: the first
/// sync then writes most of it, one by one each would wait for the disk.
static Error syncTree(const std::string &root) {
  std::error_code failed;
  fs::recursive_directory_iterator it(root, failed), end;
  for (; !failed && it != end; it.increment(failed))
    if (Error error = syncPath(it->path().string()))
      return error;
  if (failed)
    return createStringError("cannot list '" + root + "': " + failed.message());
  return syncPath(root);
}

//===--- What is there already --------------------------------------------===//

static Error checkPaths(ArrayRef<EmittedFile> files) {
  StringSet<> paths;
  for (const EmittedFile &file : files) {
    if (!isBundlePath(file.path) || file.path == bundleManifestName)
      return createStringError("'" + file.path + "' is no path for a bundle");
    if (!paths.insert(file.path).second)
      return createStringError("'" + file.path + "' is written twice");
  }
  return Error::success();
}

/// The manifest of the bundle in `directory`; nothing when there is no such
/// directory or it is empty; an error when something else is there.
static Expected<std::optional<json::Object>>
previousBundle(const std::string &directory) {
  switch (pathKind(directory)) {
  case PathKind::Missing:
    return std::nullopt;
  case PathKind::Directory:
    break;
  case PathKind::Link:
    return createStringError("'" + directory +
                             "' is a symbolic link; name the directory itself");
  default:
    return createStringError("'" + directory + "' is not a directory");
  }
  Expected<json::Object> manifest = readBundleJson(
      directory + "/" + bundleManifestName.str(), bundleManifestSchema);
  if (manifest)
    return std::move(*manifest);
  consumeError(manifest.takeError());
  std::error_code error;
  if (fs::is_empty(directory, error) && !error)
    return std::nullopt;
  return createStringError("'" + directory +
                           "' exists and is not a bundle; remove it or choose "
                           "another directory");
}

/// What a bundle that is replaced would take with it although no bundle wrote
/// it: results of jobs that ran in the folder, the user's own files. A build/
/// that CMake made comes from the old sources and goes with them.
static std::vector<std::string> foreignNames(const std::string &directory) {
  std::vector<std::string> names;
  for (const BundleProblem &problem : findForeignFiles(directory))
    names.push_back(problem.file);
  std::string build = directory + "/build";
  std::error_code error;
  if (pathKind(build) == PathKind::Directory &&
      pathKind(build + "/CMakeCache.txt") != PathKind::File &&
      (!fs::is_empty(build, error) || error))
    names.push_back("build");
  return names;
}

/// Fails when `directory`, a bundle, holds what no bundle wrote.
static Error refuseForeign(const std::string &directory) {
  constexpr size_t maxNames = 5;
  std::vector<std::string> names = foreignNames(directory);
  if (names.empty())
    return Error::success();
  if (is_contained(names, bundleManifestName))
    return createStringError("'" + directory + "/" + bundleManifestName +
                             "' was changed, so nothing tells which files are "
                             "the bundle's; remove '" +
                             directory + "' or choose another directory");
  std::string list;
  for (size_t i = 0; i < std::min(names.size(), maxNames); ++i)
    list += (i ? ", '" : "'") + names[i] + "'";
  if (names.size() > maxNames)
    list += " and " + std::to_string(names.size() - maxNames) + " more";
  return createStringError(
      "'" + directory + "' holds " + list +
      ", which no bundle wrote and which would be lost; move " +
      (names.size() == 1 ? "it" : "them") +
      " away or choose another directory");
}

/// Whether the user has changed site.env since that bundle was written.
static bool isSiteEdited(const std::string &directory,
                         const json::Object &manifest) {
  Expected<std::string> digest = digestOfFile(directory + "/site.env");
  if (!digest) {
    consumeError(digest.takeError()); // none: nothing to keep
    return false;
  }
  std::optional<StringRef> written = manifest.getString("site_env_sha256");
  return written && *written != *digest;
}

/// Copies an edited site.env of the previous bundle into the new one.
static Error keepSite(const std::string &previous, const json::Object &manifest,
                      const std::string &fresh,
                      std::vector<std::string> &remarks) {
  if (!isSiteEdited(previous, manifest))
    return Error::success();
  Expected<std::string> text = readBundleFile(previous + "/site.env");
  if (!text)
    return createStringError("'" + previous + "/site.env' " +
                             toString(text.takeError()));
  std::string path = fresh + "/site.env";
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return systemError("cannot replace '" + path + "'");
  remarks.push_back("kept the edited site.env of the previous bundle");
  return writeFile(path, *text, false);
}

/// After rename failed to move `directory` away.
static Error cannotReplace(const std::string &directory) {
  // The folder one stands in, and one where a file system is mounted.
  if (errno == EBUSY || errno == EINVAL)
    return createStringError("'" + directory +
                             "' cannot be replaced in one step; name a new "
                             "directory inside it");
  return systemError("cannot move '" + directory + "' away");
}

/// Puts `fresh` in the place of `directory`; `aside` takes what was there.
static Error moveIntoPlace(const std::string &fresh,
                           const std::string &directory,
                           const std::string &aside) {
  bool replaces = pathKind(directory) == PathKind::Directory;
  if (replaces && ::rename(directory.c_str(), aside.c_str()) != 0)
    return cannotReplace(directory);
  if (::rename(fresh.c_str(), directory.c_str()) == 0)
    return Error::success();
  Error error = systemError("cannot create '" + directory + "'");
  if (replaces)
    ::rename(aside.c_str(), directory.c_str());
  return error;
}

/// Clears the replaced bundle away, once more without what is not its own: a
/// job may have written there meanwhile.
static void removeReplaced(const std::string &aside,
                           std::vector<std::string> &remarks) {
  if (pathKind(aside) == PathKind::Missing)
    return;
  std::error_code failed;
  std::string reason = "files were added to it meanwhile";
  if (fs::is_empty(aside, failed) || foreignNames(aside).empty()) {
    fs::remove_all(aside, failed);
    reason = failed.message();
    if (!failed)
      return;
  }
  remarks.push_back("could not clear the previous bundle away, it is now '" +
                    aside + "': " + reason);
}

/// Takes the logs of earlier runs over from `aside`.
static std::error_code keepLogs(const std::string &aside,
                                const std::string &directory) {
  std::string earlier = aside + "/logs", now = directory + "/logs";
  std::error_code error;
  if (pathKind(earlier) != PathKind::Directory)
    return error;
  fs::remove_all(now, error);
  if (!error)
    fs::rename(earlier, now, error);
  return error;
}

//===--- The whole --------------------------------------------------------===//

/// mkdtemp with the permissions that mkdir would give.
static Expected<std::string> makeDirectoryBeside(const std::string &target) {
  std::string fresh = target + ".tmp-XXXXXX";
  if (!::mkdtemp(fresh.data()))
    return systemError("cannot create a directory beside '" + target + "'");
  mode_t mask = ::umask(0);
  ::umask(mask);
  if (::chmod(fresh.c_str(), 0777 & ~mask) != 0) {
    Error error = systemError("cannot open '" + fresh + "' to others");
    ::rmdir(fresh.c_str());
    return error;
  }
  return fresh;
}

/// Writes and syncs the new bundle in `fresh`, with what it keeps of the one in
/// `target`, if any.
static Error fillDirectory(ArrayRef<EmittedFile> files, const BundleInfo &info,
                           const std::string &fresh, const std::string &target,
                           const std::optional<json::Object> &previous,
                           std::vector<std::string> &remarks) {
  if (Error error = writeAll(files, info, fresh))
    return error;
  if (previous)
    if (Error error = keepSite(target, *previous, fresh, remarks))
      return error;
  return syncTree(fresh);
}

Expected<std::vector<std::string>> writeBundle(ArrayRef<EmittedFile> files,
                                               const BundleInfo &info,
                                               StringRef directory) {
  std::string target = directory.rtrim('/').str();
  if (target.empty())
    return createStringError("'" + directory +
                             "' is no directory for a bundle");
  if (Error error = checkPaths(files))
    return error;
  Expected<std::optional<json::Object>> previous = previousBundle(target);
  if (!previous)
    return previous.takeError();
  if (*previous)
    if (Error error = refuseForeign(target))
      return error;
  Expected<std::string> fresh = makeDirectoryBeside(target);
  if (!fresh)
    return fresh.takeError();
  scope_exit removeFresh([&] {
    std::error_code ignored; // nothing more could be done
    fs::remove_all(*fresh, ignored);
  });

  std::vector<std::string> remarks;
  if (Error error =
          fillDirectory(files, info, *fresh, target, *previous, remarks))
    return error;
  std::string aside = *fresh + ".old";
  if (Error error = moveIntoPlace(*fresh, target, aside))
    return error;
  // The new bundle is in place; what goes wrong now must not hide that.
  if (std::error_code failed = keepLogs(aside, target))
    remarks.push_back("could not take logs/ over, it is now in '" + aside +
                      "': " + failed.message());
  else
    removeReplaced(aside, remarks);
  std::string parent = fs::path(target).parent_path().string();
  if (Error error = syncPath(parent.empty() ? "." : parent))
    return error;
  return remarks;
}

} // namespace mlir::moe
