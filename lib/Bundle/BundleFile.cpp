//===- BundleFile.cpp - Reading and hashing files of a bundle -------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See BundleFile.h.
//
//===----------------------------------------------------------------------===//

#include "BundleFile.h"

#include "moe/Bundle/Bundle.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA256.h"
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;

namespace mlir::moe {

PathKind pathKind(const std::string &path) {
  struct stat status;
  if (::lstat(path.c_str(), &status) != 0)
    return errno == ENOENT || errno == ENOTDIR ? PathKind::Missing
                                               : PathKind::Unreadable;
  if (S_ISREG(status.st_mode))
    return PathKind::File;
  if (S_ISDIR(status.st_mode))
    return PathKind::Directory;
  return S_ISLNK(status.st_mode) ? PathKind::Link : PathKind::Other;
}

bool isBundlePath(StringRef path) {
  SmallVector<StringRef> parts;
  path.split(parts, '/');
  return none_of(parts, [](StringRef part) {
    return part.empty() || part == "." || part == "..";
  });
}

bool isUserPath(StringRef path) {
  StringRef top = path.split('/').first;
  return path == "site.env" || top == "logs" || top == "build";
}

Error systemError(const Twine &doing) {
  return createStringError(doing + ": " + std::strerror(errno));
}

/// Hands the content of a regular file to `take`, piece by piece.
static Error readPieces(const std::string &path,
                        function_ref<Error(StringRef)> take) {
  // Not blocking: a pipe put in the place of a file must not hold us up.
  int fd = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    return systemError("cannot be opened");
  auto read = [&]() -> Error {
    struct stat status;
    if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
      return createStringError("is not a regular file");
    std::string buffer(1 << 16, '\0');
    while (true) {
      ssize_t n = ::read(fd, buffer.data(), buffer.size());
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return systemError("cannot be read");
      if (n == 0)
        return Error::success();
      if (Error error = take(StringRef(buffer.data(), n)))
        return error;
    }
  };
  Error error = read();
  ::close(fd);
  return error;
}

Expected<std::string> digestOfFile(const std::string &path) {
  SHA256 hash;
  if (Error error = readPieces(path, [&](StringRef piece) {
        hash.update(piece);
        return Error::success();
      }))
    return error;
  return toHex(hash.final(), /*LowerCase=*/true);
}

Expected<std::string> readBundleFile(const std::string &path, uint64_t limit) {
  std::string text;
  if (Error error = readPieces(path, [&](StringRef piece) -> Error {
        if (text.size() + piece.size() > limit)
          return createStringError("is larger than " + Twine(limit) + " bytes");
        text += piece;
        return Error::success();
      }))
    return error;
  return text;
}

/// Deepest nesting of brackets outside strings.
static int nestingOf(StringRef text) {
  int depth = 0, deepest = 0;
  bool inString = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (inString && c == '\\')
      ++i;
    else if (c == '"')
      inString = !inString;
    else if (!inString && (c == '[' || c == '{'))
      deepest = std::max(deepest, ++depth);
    else if (!inString && (c == ']' || c == '}'))
      --depth;
  }
  return deepest;
}

Expected<json::Object> readBundleJson(const std::string &path,
                                      StringRef schema) {
  Expected<std::string> text = readBundleFile(path);
  if (!text)
    return text.takeError();
  constexpr int maxNesting = 32;
  if (int nesting = nestingOf(*text); nesting > maxNesting)
    return createStringError("is nested " + Twine(nesting) +
                             " levels deep, expected at most " +
                             Twine(maxNesting));
  Expected<json::Value> value = json::parse(*text);
  if (!value)
    return createStringError("is not JSON: " + toString(value.takeError()));
  json::Object *object = value->getAsObject();
  std::optional<StringRef> found =
      object ? object->getString("schema") : std::nullopt;
  if (found != schema)
    return createStringError("has the schema '" + found.value_or("") +
                             "', expected '" + schema + "'");
  return std::move(*object);
}

} // namespace mlir::moe
