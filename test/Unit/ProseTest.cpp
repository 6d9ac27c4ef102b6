//===- ProseTest.cpp - Every number of a document is accounted for --------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Whatever number stands in a document, it comes out again: in a claim, in a
// figure, or among what was not understood. Each number of each test document
// is replaced by one that stands nowhere else, which is then looked for.
//
//===----------------------------------------------------------------------===//

#include "moe/Prose/ImportClaims.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"

using namespace mlir::moe;
using llvm::StringRef;

namespace {
/// A number of a text: its bytes are [begin, end).
struct Span {
  size_t begin = 0, end = 0;
};
} // namespace

/// Words whose numbers are names: "GPU 0", "phase 2".
static constexpr StringRef named[] = {
    "gpu",     "rank",   "layer", "expert",  "group",   "node",
    "phase",   "step",   "stage", "section", "table",   "figure",
    "page",    "line",   "day",   "rev",     "week",    "rev",
    "version", "device", "issue", "chapter", "appendix"};

/// The word that ends before `end`, blanks between left out.
static std::string wordBefore(StringRef text, size_t end) {
  StringRef before = text.take_front(end).rtrim(" ");
  size_t begin = before.size();
  while (begin > 0 && llvm::isAlpha(before[begin - 1]))
    --begin;
  std::string word = before.substr(begin).lower();
  if (word.size() > 3 && word.back() == 's')
    word.pop_back();
  return word;
}

/// Whether the number is struck out, in a comment or in the name of a row.
static bool isHidden(StringRef text, const Span &span) {
  StringRef before = text.take_front(span.begin);
  StringRef line = before.substr(before.rfind('\n') + 1);
  size_t opened = before.rfind("<!--"), closed = before.rfind("-->");
  bool comment = opened != StringRef::npos &&
                 (closed == StringRef::npos || closed < opened) &&
                 text.substr(span.end).contains("-->");
  // Rows and columns of a table have names.
  bool first = line.starts_with("|") && line.count('|') == 1;
  return comment || first || line.count("~~") % 2 == 1;
}

/// Whether the number is a part of a name, an ordinal, or that of an item.
static bool isName(StringRef text, const Span &span) {
  auto at = [&](size_t index) {
    return index < text.size() ? text[index] : ' ';
  };
  char before = span.begin > 0 ? text[span.begin - 1] : ' ';
  bool attached = llvm::isAlnum(before) ||
                  StringRef("_.,'`#^").contains(before) ||
                  static_cast<unsigned char>(before) >= 0x80;
  bool hyphen =
      before == '-' && span.begin > 1 && !llvm::isSpace(text[span.begin - 2]);
  size_t lineBegin = text.take_front(span.begin).rfind('\n') + 1;
  StringRef opening = text.slice(lineBegin, span.begin);
  bool item = opening.find_first_not_of("# \t>*") == StringRef::npos &&
              StringRef(".)").contains(at(span.end)) && at(span.end + 1) == ' ';
  // Half of a number: "44{,}040", "1'024", "12 500".
  StringRef behind = text.substr(span.end);
  for (StringRef narrow : {"\u00a0", "\u2009", "\u202f"})
    if (behind.starts_with(narrow))
      return true;
  bool half = before == '}' || behind.starts_with("{,}") ||
              at(span.end) == '\'' ||
              (behind.size() > 3 && behind[0] == ' ' &&
               llvm::all_of(behind.substr(1, 3), llvm::isDigit));
  // The end of "ranks 0-31", whose beginning tells.
  StringRef dash = text.take_front(span.begin).rtrim(" ");
  if (dash.consume_back("-") || dash.consume_back("–")) {
    StringRef first = dash.rtrim(" ");
    size_t begin = first.rtrim("0123456789").size();
    half |= begin < first.size() &&
            llvm::is_contained(named, wordBefore(text, begin));
  }
  // "8x7B" is the name of a model.
  bool model = (at(span.end) == 'x' && llvm::isDigit(at(span.end + 1))) ||
               (llvm::isAlpha(at(span.end)) && llvm::isDigit(at(span.end + 1)));
  return attached || hyphen || item || model || half || isHidden(text, span) ||
         llvm::is_contained(named, wordBefore(text, span.begin));
}

static std::vector<Span> numbersOf(StringRef text) {
  std::vector<Span> spans;
  for (size_t i = 0; i < text.size();) {
    if (!llvm::isDigit(text[i])) {
      ++i;
      continue;
    }
    Span span{i, i};
    while (span.end < text.size() &&
           (llvm::isDigit(text[span.end]) ||
            (StringRef(".,").contains(text[span.end]) &&
             span.end + 1 < text.size() && llvm::isDigit(text[span.end + 1]))))
      ++span.end;
    i = span.end;
    if (!isName(text, span))
      spans.push_back(span);
  }
  return spans;
}

/// The digits without marks and zeros around them: of 1.024 and 10,240 "1024".
static std::string significant(StringRef number) {
  std::string digits;
  for (char c : number)
    if (llvm::isDigit(c))
      digits += c;
  return StringRef(digits).trim('0').str();
}

static bool mentions(StringRef text, StringRef digits) {
  return llvm::any_of(numbersOf(("  " + text).str()), [&](const Span &span) {
    return significant(
               ("  " + text).str().substr(span.begin, span.end - span.begin)) ==
           digits;
  });
}

/// Whether the digits are in a claim or figure, or listed.
static bool isAccountedFor(const ImportedDocument &document, StringRef digits) {
  return llvm::any_of(document.claims,
                      [&](const ImportedClaim &claim) {
                        return mentions(claim.says, digits);
                      }) ||
         llvm::any_of(document.figures,
                      [&](const ImportedFigure &figure) {
                        return mentions(figure.value, digits);
                      }) ||
         llvm::any_of(document.unread, [&](const UnreadLine &line) {
           return mentions(line.numbers.empty() ? line.text : line.numbers,
                           digits);
         });
}

/// The numbers of a text that vanish: none of them may.
static void expectAllAccounted(StringRef text, StringRef name) {
  for (const Span &span : numbersOf(text)) {
    StringRef number = text.slice(span.begin, span.end);
    size_t point = number.find('.');
    std::string unique = point == StringRef::npos   ? "7391"
                         : number.starts_with("0.") ? "0.7391"
                                                    : "73.91";
    std::string changed = text.take_front(span.begin).str() + unique +
                          text.substr(span.end).str();
    size_t line = text.take_front(span.begin).count('\n') + 1;
    EXPECT_TRUE(isAccountedFor(importClaims(changed, {}), "7391"))
        << name.str() << ":" << line << ": " << number.str() << " in "
        << text.substr(text.take_front(span.begin).rfind('\n') + 1)
               .take_until([](char c) { return c == '\n'; })
               .str();
  }
}

static std::vector<std::string> documentsIn(StringRef folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator at(folder, error), end;
       at != end && !error; at.increment(error))
    if (StringRef(at->path()).ends_with(".md"))
      paths.push_back(at->path());
  llvm::sort(paths);
  return paths;
}

TEST(Prose, NumbersOfDocumentsAreReadOrListed) {
  std::vector<std::string> paths = documentsIn(MOE_PROSE_DOCUMENTS);
  ASSERT_GE(paths.size(), 10u);
  for (const std::string &path : paths) {
    auto text = llvm::MemoryBuffer::getFile(path);
    ASSERT_TRUE(static_cast<bool>(text));
    expectAllAccounted((*text)->getBuffer(), llvm::sys::path::filename(path));
  }
}

/// The documents of readings.txt: lines behind "> " between blank lines.
TEST(Prose, NumbersOfSingleLinesAreReadOrListed) {
  auto file = llvm::MemoryBuffer::getFile(MOE_PROSE_DOCUMENTS "/readings.txt");
  ASSERT_TRUE(static_cast<bool>(file));
  llvm::SmallVector<StringRef, 0> blocks;
  (*file)->getBuffer().split(blocks, "\n\n");
  for (StringRef block : blocks) {
    llvm::SmallVector<StringRef, 0> lines;
    block.split(lines, '\n');
    std::string document;
    for (StringRef line : lines)
      if (line.consume_front("> "))
        document += line.str() + "\n";
    expectAllAccounted(document, "readings.txt");
  }
}
