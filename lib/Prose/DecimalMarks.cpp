//===- DecimalMarks.cpp - Decimal commas and points -----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DecimalMarks.h"

#include "Phrase.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

namespace {
/// What the marks within a number can be.
enum class Marks : uint8_t {
  None,
  Comma, ///< the comma is a decimal one: "3,5", "1.024,5"
  Point, ///< the point is: "42.3", "1,024.5"
  Either ///< "1,024", "1.024"
};

/// How many numbers were found of either kind.
struct Evidence {
  size_t commas = 0, points = 0;
  /// A few of the other kind are slips, or quoted.
  bool tellsCommas() const { return commas > most * points; }
  bool tellsPoints() const { return points > most * commas; }
  static constexpr size_t most = 4;
};
} // namespace

/// Whether the text is groups of three digits behind the first.
static bool isGrouped(StringRef text, char mark, size_t least) {
  size_t groups = 0;
  size_t first = text.find(mark);
  if (first == 0 || first > 3 || text.starts_with("0"))
    return false;
  for (StringRef rest = text.substr(first); !rest.empty(); ++groups) {
    if (rest.size() < 4 || rest[0] != mark ||
        !llvm::all_of(rest.substr(1, 3), llvm::isDigit))
      return false;
    rest = rest.drop_front(4);
  }
  return groups >= least;
}

/// Of a number without its unit.
static Marks marksOf(StringRef text) {
  size_t commas = text.count(','), points = text.count('.');
  if (commas == 1 && points > 0 && text.rfind(',') > text.rfind('.'))
    return isGrouped(text.split(',').first, '.', 1) ? Marks::Comma
                                                    : Marks::None;
  if (points == 1 && commas > 0 && text.rfind('.') > text.rfind(','))
    return isGrouped(text.split('.').first, ',', 1) ? Marks::Point
                                                    : Marks::None;
  if (commas + points == 0 || (commas > 0 && points > 0))
    return Marks::None;
  char mark = commas > 0 ? ',' : '.';
  bool many = isGrouped(text, mark, 2);
  if (many)
    return mark == ',' ? Marks::Point : Marks::Comma;
  if (commas + points > 1)
    return Marks::None; // a date, a version or a list
  if (isGrouped(text, mark, 1))
    return Marks::Either;
  return mark == ',' ? Marks::Comma : Marks::Point;
}

/// Calls `visit(number, what follows it)` for every number with marks, and
/// writes what it returns.
static std::string
rewritten(StringRef text,
          llvm::function_ref<std::string(StringRef, StringRef)> visit) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    bool begins = llvm::isDigit(text[at]) &&
                  !(at > 0 && (llvm::isAlnum(text[at - 1]) ||
                               StringRef("._,").contains(text[at - 1])));
    if (!begins) {
      out += text[at++];
      continue;
    }
    size_t end = at;
    while (end < text.size() &&
           (llvm::isDigit(text[end]) ||
            (StringRef(".,").contains(text[end]) && end + 1 < text.size() &&
             llvm::isDigit(text[end + 1]))))
      ++end;
    // "(0,1)" is a pair.
    bool pair = at > 0 && StringRef("([{").contains(text[at - 1]) &&
                end < text.size() && StringRef(")]}").contains(text[end]);
    StringRef number = text.slice(at, end);
    out += pair ? number.str() : visit(number, text.substr(end));
    at = end;
  }
  return out;
}

/// Adds what the numbers of a text tell. A comma or point alone may be of a
/// list or version, unless a unit follows.
static void addEvidence(StringRef text, Evidence &evidence) {
  rewritten(text, [&](StringRef number, StringRef rest) {
    Marks marks = marksOf(number);
    size_t blanks = rest.size() - rest.ltrim(' ').size();
    bool unit = readUnit(rest.ltrim(' '), blanks == 0).length > 0;
    bool certain = unit || number.contains(',') == number.contains('.') ||
                   number.count(',') + number.count('.') > 1;
    evidence.commas += static_cast<size_t>(certain && marks == Marks::Comma);
    evidence.points += static_cast<size_t>(certain && marks == Marks::Point);
    return number.str();
  });
}

static std::string withPoints(StringRef text) {
  return rewritten(text, [](StringRef number, StringRef) {
    Marks marks = marksOf(number);
    if (marks != Marks::Comma && !isGrouped(number, '.', 1))
      return number.str();
    std::string plain;
    for (char c : number)
      if (c != '.')
        plain += c == ',' ? '.' : c;
    return plain;
  });
}

static std::string withMarks(StringRef text) {
  return rewritten(text, [](StringRef number, StringRef) {
    bool either = marksOf(number) == Marks::Either;
    return (either ? std::string(1, ambiguousMark) : "") + number.str();
  });
}

static std::string withMarkedPoints(StringRef text) {
  return rewritten(text, [](StringRef number, StringRef) {
    return (isGrouped(number, '.', 1) ? std::string(1, ambiguousMark) : "") +
           number.str();
  });
}

void mlir::moe::settleDecimals(std::vector<ProseLine> &lines) {
  auto evidenceOf = [](llvm::MutableArrayRef<ProseLine> part) {
    Evidence evidence;
    for (const ProseLine &line : part) {
      addEvidence(line.text, evidence);
      for (const std::string &cell : line.cells)
        addEvidence(cell, evidence);
    }
    return evidence;
  };
  auto rewrite = [](llvm::MutableArrayRef<ProseLine> part,
                    std::string (*write)(StringRef)) {
    for (ProseLine &line : part) {
      line.text = write(line.text);
      for (std::string &cell : line.cells)
        cell = write(cell);
    }
  };
  Evidence all = evidenceOf(lines);
  // Without any evidence commas group, as in English; of points nobody knows.
  if (!all.commas && !all.points)
    return rewrite(lines, withMarkedPoints);
  if (all.tellsPoints())
    return;
  llvm::MutableArrayRef<ProseLine> rest = lines;
  while (!rest.empty()) {
    auto next = std::find_if(rest.begin() + 1, rest.end(), [](auto &line) {
      return line.kind == LineKind::Heading;
    });
    auto section = rest.take_front(static_cast<size_t>(next - rest.begin()));
    rest = rest.drop_front(section.size());
    Evidence own = all.tellsCommas() ? all : evidenceOf(section);
    if (own.tellsCommas())
      rewrite(section, withPoints);
    else if (!own.tellsPoints())
      rewrite(section, withMarks);
  }
}
