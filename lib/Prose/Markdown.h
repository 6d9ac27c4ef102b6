//===- Markdown.h - Lines of a Markdown document ----------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a reader of numbers needs of Markdown: headings, items, table rows and
// sentences with their line numbers. A scanner by lines: it never fails, and
// takes time in proportion to the text.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_PROSE_MARKDOWN_H
#define MOE_LIB_PROSE_MARKDOWN_H

#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace mlir::moe {

enum class LineKind : uint8_t { Heading, Item, Row, Code, Text };

/// One line; of text, all lines of a sentence that runs on.
struct ProseLine {
  LineKind kind = LineKind::Text;
  /// From 1.
  unsigned number = 0;
  /// Level of a heading, indentation of an item.
  unsigned depth = 0;
  /// Without markup and bullet.
  std::string text;
  /// As it was written.
  std::string raw;
  /// Of a row of a table, without markup.
  std::vector<std::string> cells;
  /// Of a row: the first of its table.
  bool isHeader = false;
};

/// The lines of a document that are not blank. LF, CR LF and CR end lines.
std::vector<ProseLine> readMarkdown(llvm::StringRef text);

/// The sentences of the text of a line: what one says of a figure ends with it.
/// A point ends one when a capital letter or a number follows, and the word
/// before it is no abbreviation; not within parentheses.
std::vector<llvm::StringRef> sentencesOf(llvm::StringRef text);

} // namespace mlir::moe

#endif // MOE_LIB_PROSE_MARKDOWN_H
