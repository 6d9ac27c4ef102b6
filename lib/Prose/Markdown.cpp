//===- Markdown.cpp - Lines of a Markdown document ------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Markdown.h"

#include "InlineText.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/StringSaver.h"

using namespace mlir::moe;
using llvm::StringRef;

namespace {
/// Reads a document line by line.
class MarkdownReader {
public:
  explicit MarkdownReader(StringRef text);
  std::vector<ProseLine> read();

private:
  void dropComments();
  static std::string withoutComments(StringRef line, bool closes, bool &inside);
  bool readFence();
  bool readTable();
  bool readColumns();
  void addRow(std::vector<std::string> cells, bool header);
  bool readUnderline();
  void readLine();
  void add(LineKind kind, unsigned depth, StringRef text);
  bool continuesSentence(StringRef text, size_t indent) const;
  void continueSentence(StringRef text);

  StringRef line(size_t index) const {
    return index < source.size() ? source[index] : StringRef();
  }
  unsigned number() const { return static_cast<unsigned>(at) + 1; }

  /// Holds lines that comments were cut out of.
  llvm::BumpPtrAllocator memory;
  llvm::StringSaver texts{memory};
  std::vector<StringRef> source;
  size_t at = 0;
  /// The marks that end the block of code, of which this is a line.
  StringRef fence;
  /// Whether the line before was blank.
  bool afterBlank = true;
  std::vector<ProseLine> lines;
};
} // namespace

MarkdownReader::MarkdownReader(StringRef text) {
  while (!text.empty()) {
    size_t end = text.find_first_of("\r\n");
    source.push_back(text.take_front(end));
    text = end == StringRef::npos ? StringRef() : text.drop_front(end);
    if (!text.consume_front("\r\n"))
      text = text.drop_front(text.empty() ? 0 : 1);
  }
  dropComments();
}

/// The mark that begins a block of code, which the same one ends.
static StringRef fenceOf(StringRef line) {
  for (StringRef mark : {"```", "~~~"})
    if (line.starts_with(mark))
      return mark;
  return {};
}

/// Cuts comments out of the lines, which keep their numbers. One that nothing
/// closes is text; in code there are none.
void MarkdownReader::dropComments() {
  auto last = llvm::find_if(llvm::reverse(source), [](StringRef line) {
    return line.contains("-->");
  });
  auto closing = static_cast<size_t>(source.rend() - last); // a line behind it
  StringRef code;
  bool inside = false;
  for (size_t i = 0; i < closing; ++i) {
    StringRef mark = inside ? StringRef() : fenceOf(source[i].trim());
    if (!inside && (!mark.empty() || !code.empty())) {
      code = code.empty() ? mark : mark == code ? StringRef() : code;
      continue;
    }
    if (inside || source[i].contains("<!--"))
      source[i] =
          texts.save(withoutComments(source[i], i + 1 < closing, inside));
  }
}

/// The line without comments. `inside`: a comment goes on from the line before,
/// or to the next one, as it may where `closes`.
std::string MarkdownReader::withoutComments(StringRef line, bool closes,
                                            bool &inside) {
  std::string kept;
  while (true) {
    if (inside) {
      size_t end = line.find("-->");
      if (end == StringRef::npos)
        return kept;
      line = line.drop_front(end + 3);
      inside = false;
    }
    size_t begin = line.find("<!--");
    bool opens = begin != StringRef::npos &&
                 (closes || line.substr(begin + 4).contains("-->"));
    kept += opens ? line.take_front(begin) : line;
    if (!opens)
      return kept;
    line = line.drop_front(begin + 4);
    inside = true;
  }
}

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

/// Cells between bars; `\|` is no bar.
static std::vector<std::string> cellsOf(StringRef row) {
  row = row.trim();
  row.consume_front("|");
  if (row.ends_with("|") && !row.ends_with("\\|"))
    row = row.drop_back();
  std::vector<std::string> cells;
  std::string cell;
  for (size_t i = 0; i < row.size(); ++i) {
    if (row[i] == '\\' && i + 1 < row.size() && row[i + 1] == '|') {
      cell += row[++i];
    } else if (row[i] == '|') {
      cells.push_back(StringRef(plainText(cell)).trim().str());
      cell.clear();
    } else {
      cell += row[i];
    }
  }
  cells.push_back(StringRef(plainText(cell)).trim().str());
  return cells;
}

/// `|---|:--:|`.
static bool isDelimiterRow(StringRef row) {
  row = row.trim();
  return row.contains('-') && row.contains('|') &&
         row.find_first_not_of("|-: \t") == StringRef::npos;
}

/// The line without the marks of a quotation.
static StringRef unquoted(StringRef line) {
  line = line.trim();
  while (line.consume_front("> "))
    line = line.ltrim();
  return line;
}

bool MarkdownReader::readTable() {
  if (!line(at).contains('|') || !isDelimiterRow(unquoted(line(at + 1))))
    return false;
  for (bool header = true; line(at).contains('|'); ++at) {
    StringRef row = unquoted(line(at));
    if (isDelimiterRow(row))
      continue;
    addRow(cellsOf(row), header);
    header = false;
  }
  return true;
}

/// The line is a row of a table.
void MarkdownReader::addRow(std::vector<std::string> cells, bool header) {
  ProseLine row;
  row.kind = LineKind::Row;
  row.number = number();
  row.cells = std::move(cells);
  row.raw = line(at).trim().str();
  row.isHeader = header;
  lines.push_back(std::move(row));
}

/// Cells with two blanks and more between them: "TPOT    20 ms   8 ms".
static std::vector<std::string> columnsIn(StringRef line) {
  llvm::SmallVector<StringRef> parts;
  line.trim().split(parts, "  ", -1, /*KeepEmpty=*/false);
  std::vector<std::string> cells;
  for (StringRef part : parts)
    if (!part.trim().empty())
      cells.push_back(StringRef(plainText(part)).trim().str());
  return cells;
}

/// Whether the line is a rule below headings: "------  -----".
static bool isRule(StringRef line) {
  return !line.trim().empty() &&
         line.find_first_not_of("-=+ \t") == StringRef::npos;
}

/// A table without bars: headings of words above rows of as many cells.
bool MarkdownReader::readColumns() {
  constexpr size_t longest = 400;
  auto isRow = [&](size_t index, size_t cells) {
    return line(index).size() <= longest &&
           columnsIn(line(index)).size() == cells;
  };
  StringRef first = line(at);
  if (first.size() > longest || !first.trim().contains("  ") ||
      first.contains('|') ||
      first.find_first_of("0123456789=:") != StringRef::npos)
    return false;
  // Double blanks are between sentences, too.
  std::vector<std::string> headings = columnsIn(first);
  bool names = llvm::all_of(headings, [](StringRef heading) {
    constexpr size_t longestName = 40;
    return heading.size() <= longestName && !heading.empty() &&
           !StringRef(".,;!?").contains(heading.back());
  });
  size_t cells = headings.size();
  size_t row = isRule(line(at + 1)) ? at + 2 : at + 1;
  if (!names || cells < 2 || !isRow(row, cells) ||
      line(row).find_first_of("0123456789") == StringRef::npos)
    return false;
  addRow(std::move(headings), /*header=*/true);
  for (at = row; isRow(at, cells); ++at)
    addRow(columnsIn(line(at)), /*header=*/false);
  return true;
}

//===----------------------------------------------------------------------===//
// Lines
//===----------------------------------------------------------------------===//

void MarkdownReader::add(LineKind kind, unsigned depth, StringRef text) {
  std::string plain = plainText(text);
  StringRef trimmed = StringRef(plain).trim();
  if (trimmed.empty())
    return;
  ProseLine result;
  result.kind = kind;
  result.number = number();
  result.depth = depth;
  result.text = trimmed.str();
  result.raw = text.trim().str();
  lines.push_back(std::move(result));
}

/// Whether the line goes on with the sentence of the one before: a wrapped
/// paragraph or item.
bool MarkdownReader::continuesSentence(StringRef text, size_t indent) const {
  if (afterBlank || lines.empty() || text.empty())
    return false;
  const ProseLine &before = lines.back();
  if ((before.kind != LineKind::Text && before.kind != LineKind::Item) ||
      before.number >= number() || before.text.size() > 2000)
    return false;
  char end = before.text.back(), begin = text.front();
  if (StringRef(".:;!?").contains(end))
    return false;
  // Indented lines below a short one, and columns, are lines of their own.
  constexpr size_t wrapped = 60;
  bool laidOut =
      (indent >= 2 && before.raw.size() < wrapped) || text.contains("   ");
  if (before.kind == LineKind::Text && laidOut &&
      !StringRef(",=+/(").contains(end))
    return false;
  return llvm::isLower(begin) || begin == '(' ||
         (llvm::isDigit(end) && llvm::isAlpha(begin) && !text.contains(':') &&
          !text.contains('=')) ||
         StringRef(",=+/(").contains(end);
}

void MarkdownReader::continueSentence(StringRef text) {
  ProseLine &before = lines.back();
  before.text += " " + StringRef(plainText(text)).trim().str();
  before.raw += " " + text.str();
}

bool MarkdownReader::readFence() {
  StringRef text = line(at).trim();
  if (!fence.empty()) {
    if (text.starts_with(fence))
      fence = {};
    else
      add(LineKind::Code, 0, text);
    ++at;
    return true;
  }
  fence = fenceOf(text);
  if (fence.empty())
    return false;
  ++at;
  return true;
}

/// `===` or `---` below a line makes it a heading; alone it is a rule.
bool MarkdownReader::readUnderline() {
  StringRef text = line(at).trim();
  bool level1 = text.find_first_not_of('=') == StringRef::npos;
  bool rule = text.find_first_not_of("-* ") == StringRef::npos &&
              text.count('-') + text.count('*') >= 3;
  if (text.size() < 2 || (!level1 && !rule))
    return false;
  if (!afterBlank && !lines.empty() && lines.back().kind == LineKind::Text) {
    lines.back().kind = LineKind::Heading;
    lines.back().depth = level1 ? 1 : 2;
  }
  ++at;
  return true;
}

/// The text behind "- ", "* ", "+ ", "1. " or "1) "; nothing when there is no
/// bullet.
static std::optional<StringRef> itemText(StringRef text) {
  size_t digits = text.find_if_not(llvm::isDigit);
  if (digits != StringRef::npos && digits > 0 && digits <= 9 &&
      StringRef(".)").contains(text[digits]) &&
      text.substr(digits + 1).starts_with(" "))
    return text.substr(digits + 2);
  for (StringRef bullet : {"- ", "* ", "+ ", "• "}) {
    StringRef rest = text;
    if (!rest.consume_front(bullet))
      continue;
    rest = rest.ltrim();
    for (StringRef box : {"[ ] ", "[x] ", "[X] "})
      rest.consume_front(box);
    return rest;
  }
  return std::nullopt;
}

void MarkdownReader::readLine() {
  StringRef text = line(at);
  size_t indent = std::min(text.find_first_not_of(" \t"), text.size());
  text = unquoted(text);
  size_t level = std::min(text.find_first_not_of('#'), text.size());
  if (level > 0 && level <= 6 && text.substr(level).starts_with(" "))
    add(LineKind::Heading, static_cast<unsigned>(level),
        text.substr(level).rtrim("# "));
  else if (std::optional<StringRef> item = itemText(text))
    add(LineKind::Item, static_cast<unsigned>(indent), *item);
  else if (continuesSentence(text, indent))
    continueSentence(text);
  else
    add(LineKind::Text, 0, text);
  afterBlank = text.empty();
  ++at;
}

std::vector<ProseLine> MarkdownReader::read() {
  while (at < source.size())
    if (!readColumns() && !readFence() && !readTable() && !readUnderline())
      readLine();
  return std::move(lines);
}

std::vector<ProseLine> mlir::moe::readMarkdown(StringRef text) {
  return MarkdownReader(text).read();
}
