//===- Document.cpp - Reading JSON files ----------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Json/Document.h"
#include "TreeBuilder.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include <nlohmann/json.hpp>

using namespace mlir::moe;
using namespace mlir::moe::json;
using llvm::StringRef;
namespace fs = llvm::sys::fs;

namespace {
/// The names under which nlohmann's parser calls a TreeBuilder.
// NOLINTBEGIN(readability-identifier-naming)
struct ParserEvents {
  TreeBuilder &builder;

  bool null() { return builder.null(); }
  bool boolean(bool value) { return builder.boolean(value); }
  bool number_integer(int64_t value) { return builder.integer(value); }
  bool number_unsigned(uint64_t value) {
    if (value <= static_cast<uint64_t>(INT64_MAX))
      return builder.integer(static_cast<int64_t>(value));
    return builder.otherNumber(std::to_string(value));
  }
  bool number_float(double, const std::string &text) {
    return builder.otherNumber(text);
  }
  bool string(std::string &text) { return builder.string(text); }
  bool binary(nlohmann::json::binary_t &) { return false; } // not in text
  bool start_object(size_t) { return builder.startContainer(true); }
  bool key(std::string &text) { return builder.key(text); }
  bool end_object() { return builder.endContainer(); }
  bool start_array(size_t) { return builder.startContainer(false); }
  bool end_array() { return builder.endContainer(); }
  bool parse_error(size_t end, const std::string &,
                   const nlohmann::json::exception &error) {
    return builder.syntaxError(end, error.what());
  }
};
// NOLINTEND(readability-identifier-naming)
} // namespace

/// Where byte `offset` of `text` is; what precedes it is UTF-8.
static Position positionOf(StringRef text, size_t offset) {
  TokenCursor cursor(text.take_front(offset));
  cursor.advanceTo(offset);
  return cursor.position();
}

/// Finds what no JSON text contains, anywhere, comments included.
static bool checkCharacters(StringRef text, StringRef file,
                            InputErrors &errors) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    errors.add(file, {1, 1}, "the file is encoded as UTF-16, expected UTF-8");
    return false;
  }
  const auto *at = reinterpret_cast<const llvm::UTF8 *>(text.begin());
  const auto *end = reinterpret_cast<const llvm::UTF8 *>(text.end());
  if (!llvm::isLegalUTF8String(&at, end)) {
    size_t offset = at - reinterpret_cast<const llvm::UTF8 *>(text.begin());
    errors.add(file, positionOf(text, offset),
               "expected UTF-8, found the byte " +
                   quoted(text.substr(offset, 1)));
    return false;
  }
  // The parser would take it for the end of the text.
  if (size_t offset = text.find('\0'); offset != StringRef::npos) {
    errors.add(file, positionOf(text, offset), "found a NUL character");
    return false;
  }
  return true;
}

/// What Windows editors and spreadsheets put in front of UTF-8.
static constexpr llvm::StringLiteral byteOrderMark = "\xef\xbb\xbf";

std::optional<Document> Document::parse(StringRef text, StringRef file,
                                        InputErrors &errors) {
  if (text.size() > maxFileBytes) {
    errors.add(file, {},
               "the file has " + std::to_string(text.size()) +
                   " bytes, expected at most " + std::to_string(maxFileBytes));
    return std::nullopt;
  }
  text.consume_front(byteOrderMark);
  if (!checkCharacters(text, file, errors))
    return std::nullopt;
  if (text.trim().empty()) {
    errors.add(file, {1, 1}, "the file is empty, expected a JSON object");
    return std::nullopt;
  }
  size_t before = errors.count();
  Document document;
  document.fileName = file.copy(*document.memory);
  TreeBuilder builder(text, file, *document.memory, errors);
  ParserEvents events{builder};
  nlohmann::json::sax_parse(text.begin(), text.end(), &events,
                            nlohmann::json::input_format_t::json,
                            /*strict=*/true, /*ignore_comments=*/true);
  document.rootValue = builder.root();
  if (errors.count() != before)
    return std::nullopt;
  return document;
}

/// Why `status` cannot be read as a file; empty if it can.
static std::string explainFile(const fs::file_status &status, size_t maxBytes) {
  switch (status.type()) {
  case fs::file_type::regular_file:
    if (status.getSize() <= maxBytes)
      return "";
    return "it has " + std::to_string(status.getSize()) +
           " bytes, expected at most " + std::to_string(maxBytes);
  case fs::file_type::directory_file:
    return "it is a directory, expected a JSON file";
  default:
    return "it is no regular file, expected a JSON file";
  }
}

/// The system's wording starts with a capital.
static std::string lowerFirst(std::string text) {
  if (!text.empty())
    text[0] = llvm::toLower(text[0]);
  return text;
}

std::unique_ptr<llvm::MemoryBuffer>
mlir::moe::json::readFileText(StringRef path, InputErrors &errors,
                              size_t maxBytes) {
  auto fail = [&](const std::string &reason) {
    errors.add(path, {}, "cannot read " + quoted(path) + ": " + reason);
    return nullptr;
  };
  // Opening a pipe would wait for its writer, so look before opening.
  fs::file_status status;
  if (std::error_code error = fs::status(path, status))
    return fail(lowerFirst(error.message()));
  if (std::string reason = explainFile(status, maxBytes); !reason.empty())
    return fail(reason);
  // Volatile: a file that is cut off while mapped would end in a signal.
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false,
                                            /*IsVolatile=*/true);
  if (!buffer)
    return fail(lowerFirst(buffer.getError().message()));
  // Places of the text count from behind the mark.
  StringRef text = (*buffer)->getBuffer();
  if (text.consume_front(byteOrderMark))
    return llvm::MemoryBuffer::getMemBufferCopy(text, path);
  return std::move(*buffer);
}

std::optional<Document> Document::readFile(StringRef path,
                                           InputErrors &errors) {
  std::unique_ptr<llvm::MemoryBuffer> buffer = readFileText(path, errors);
  if (!buffer)
    return std::nullopt;
  return parse(buffer->getBuffer(), path, errors);
}
