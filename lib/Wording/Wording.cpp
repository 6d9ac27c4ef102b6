//===- Wording.cpp - How messages quote and suggest -----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Wording/Wording.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

/// Whether a terminal may act on `codePoint` instead of showing it.
static bool needsEscape(llvm::UTF32 codePoint) {
  return codePoint < 0x20 || (codePoint >= 0x7f && codePoint < 0xa0) ||
         (codePoint >= 0x200b && codePoint <= 0x200f) ||
         (codePoint >= 0x2028 && codePoint <= 0x202e) ||
         (codePoint >= 0x2066 && codePoint <= 0x2069) || codePoint == 0xfeff;
}

static void writeEscape(llvm::raw_ostream &os, llvm::UTF32 codePoint) {
  switch (codePoint) {
  case '\n':
    os << "\\n";
    return;
  case '\t':
    os << "\\t";
    return;
  case '\r':
    os << "\\r";
    return;
  default:
    os << "\\u" << llvm::format_hex_no_prefix(codePoint, 4);
  }
}

static std::string between(char quote, StringRef text) {
  constexpr unsigned maxCharacters = 80;
  std::string result(1, quote);
  llvm::raw_string_ostream os(result);
  const auto *at = reinterpret_cast<const llvm::UTF8 *>(text.begin());
  const auto *end = reinterpret_cast<const llvm::UTF8 *>(text.end());
  for (unsigned count = 0; at != end; ++count) {
    if (count == maxCharacters) {
      os << "...";
      break;
    }
    llvm::UTF32 codePoint = 0;
    const llvm::UTF8 *start = at;
    if (llvm::convertUTF8Sequence(&at, end, &codePoint,
                                  llvm::strictConversion) !=
        llvm::conversionOK) {
      at = start + 1;
      os << "\\x" << llvm::format_hex_no_prefix(*start, 2);
    } else if (needsEscape(codePoint)) {
      writeEscape(os, codePoint);
    } else {
      os << StringRef(reinterpret_cast<const char *>(start), at - start);
    }
  }
  os << quote;
  return result;
}

std::string mlir::moe::quoted(StringRef text) { return between('\'', text); }

std::string mlir::moe::quotedValue(StringRef text) {
  return between('"', text);
}

static std::string joined(ArrayRef<StringRef> names, StringRef lastSeparator) {
  std::string result;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i != 0)
      result += i + 1 == names.size() ? lastSeparator : ", ";
    result += quoted(names[i]);
  }
  return result;
}

std::string mlir::moe::oneOf(ArrayRef<StringRef> names) {
  return joined(names, " or ");
}

std::string mlir::moe::allOf(ArrayRef<StringRef> names) {
  return joined(names, " and ");
}

std::string mlir::moe::counted(int64_t number, StringRef noun) {
  StringRef ending = noun.ends_with("ch") || noun.ends_with("x") ? "es" : "s";
  return (llvm::Twine(number) + " " + noun + (number == 1 ? "" : ending)).str();
}

std::string mlir::moe::didYouMean(StringRef name,
                                  ArrayRef<StringRef> candidates) {
  // A name of n letters is taken for a misspelling up to about n/3 changes.
  unsigned best = 1 + std::min<size_t>(name.size(), 12) / 3;
  llvm::SmallVector<StringRef> closest;
  for (StringRef candidate : candidates) {
    // Far longer or shorter names need more changes than `best`.
    size_t difference = std::max(candidate.size(), name.size()) -
                        std::min(candidate.size(), name.size());
    if (candidate.empty() || difference > best)
      continue;
    unsigned distance = candidate.equals_insensitive(name)
                            ? 0
                            : name.edit_distance(candidate, true, best);
    // Replacing every letter resembles nothing.
    if (distance > best || distance >= std::max(candidate.size(), name.size()))
      continue;
    if (distance < best)
      closest.clear();
    best = distance;
    closest.push_back(candidate);
  }
  return closest.empty() ? std::string()
                         : ", did you mean " + oneOf(closest) + "?";
}
