//===- InlineText.cpp - The words of a line without its markup ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InlineText.h"

#include "llvm/ADT/StringExtras.h"
#include <optional>
#include <utility>

using namespace mlir::moe;
using llvm::StringRef;

namespace {
/// A spelling and what it stands for.
struct Spelling {
  StringRef from, to;
};
} // namespace

/// Longer spellings before those they begin with.
static constexpr Spelling spellings[] = {
    // Signs.
    {"×", "×"}, // kept for later: a factor or a product
    {"·", "*"},
    {"⋅", "*"},
    {"∗", "*"},
    {"÷", "/"},
    {"−", "-"},
    {"–", "--"},
    {"—", " ; "},
    {"≈", "="},
    {"≃", "="},
    {"≅", "="},
    {"≤", "<="},
    {"≥", ">="},
    {"⩽", "<="},
    {"⩾", ">="},
    {"→", "->"},
    {"⇒", "->"},
    {"➜", "->"},
    {"⟶", "->"},
    {"…", "..."},
    {"∼", "~"},
    {"’", "'"},
    {"µ", "u"},
    {"μ", "u"},
    {"\u00a0", " "},
    {"\u2009", " "},
    {"\u202f", " "},
    {"\u200b", ""},
    {"\ufeff", ""},
    // Forms of full width.
    {"：", ": "},
    {"，", ", "},
    {"。", ". "},
    {"、", ", "},
    {"；", "; "},
    {"（", " ("},
    {"）", ") "},
    {"％", "%"},
    {"＝", "="},
    {"＋", "+"},
    {"／", "/"},
    {"＜", "<"},
    {"＞", ">"},
    {"｜", "|"},
    {"～", "~"},
    // Chinese names of what plans are about.
    {"吞吐量", " throughput "},
    {"吞吐", " throughput "},
    {"延迟", " latency "},
    {"时延", " latency "},
    {"显存", " memory "},
    {"内存", " memory "},
    {"权重", " weights "},
    {"激活", " activations "},
    {"缓存", " cache "},
    {"利用率", " utilization "},
    {"并行", " parallelism "},
    {"专家", " expert "},
    {"每卡", " per GPU "},
    {"每层", " per layer "},
    {"总数", " total "},
    {"优化前", " before "},
    {"优化后", " after "},
    {"之前", " before "},
    {"之后", " after "},
    {"指标", " metric "},
    {"提升", " improvement "},
    {"降低", " reduction "},
    {"变化", " change "},
    {"隐藏维度", " hidden size "},
    {"批大小", " batch size "},
    {"序列长度", " sequence length "},
    // TeX.
    {"\\times", "×"},
    {"\\cdot", "*"},
    {"\\div", "/"},
    {"\\approx", "="},
    {"\\leq", "<="},
    {"\\le", "<="},
    {"\\geq", ">="},
    {"\\ge", ">="},
    {"\\rightarrow", "->"},
    {"\\to", "->"},
    {"\\neq", "!="},
    {"\\sim", "~"},
    {"\\left", ""},
    {"\\right", ""},
    {"\\textbf", ""},
    {"\\text", ""},
    {"\\mathrm", ""},
    {"\\mathbf", ""},
    {"\\operatorname", ""},
    {"\\quad", " "},
    {"\\,", " "},
    {"\\;", " "},
    {"\\ ", " "},
    {"$", ""},
    {"€", ""},
    {"£", ""},
    {"{,}", ","},
    {"²", "^2"},
    {"³", "^3"},
    {"½", "0.5"},
    // Entities.
    {"&lt;", "<"},
    {"&gt;", ">"},
    {"&amp;", "&"},
    {"&nbsp;", " "},
    {"&times;", "×"},
    {"&asymp;", "="},
    {"&le;", "<="},
    {"&ge;", ">="},
    {"&rarr;", "->"},
};

/// A digit of full width: U+FF10 to U+FF19.
static std::optional<char> wideDigit(StringRef text) {
  if (text.size() < 3 || !text.starts_with("\xef\xbc"))
    return std::nullopt;
  auto last = static_cast<unsigned char>(text[2]);
  if (last < 0x90 || last > 0x99)
    return std::nullopt;
  return static_cast<char>('0' + (last - 0x90));
}

/// Blanks and marks that group digits: `16\u202f384`, `16'384` ~> `16384`.
static std::optional<size_t> digitGroup(StringRef before, StringRef rest) {
  if (before.empty() || !llvm::isDigit(before.back()))
    return std::nullopt;
  for (StringRef blank : {"\u00a0", "\u2009", "\u202f", "'", "’", "\\,"}) {
    StringRef digits = rest;
    if (!digits.consume_front(blank))
      continue;
    size_t count = digits.find_if_not(llvm::isDigit);
    if (std::min(count, digits.size()) == 3)
      return blank.size();
  }
  return std::nullopt;
}

/// Marks that enclose something are not looked for farther than this.
static constexpr size_t maxEnclosed = 1000;

/// `\frac{a}{b}` ~> `(a)/(b)`; the number of bytes read.
static size_t readFraction(StringRef rest, std::string &out) {
  StringRef text = rest.take_front(maxEnclosed);
  if (!text.consume_front("\\frac{"))
    return 0;
  size_t first = text.find('}');
  if (first == StringRef::npos || !text.substr(first + 1).starts_with("{"))
    return 0;
  size_t second = text.find('}', first + 2);
  if (second == StringRef::npos)
    return 0;
  out += "(" + text.take_front(first).str() + ")/(" +
         text.slice(first + 2, second).str() + ")";
  return StringRef("\\frac{").size() + second + 1;
}

/// One spelling for each sign.
static std::string unifySigns(StringRef text) {
  std::string out;
  out.reserve(text.size());
  // A line within a block of TeX has no signs around it.
  bool isBlock = !text.contains('$') && text.contains('{') &&
                 (text.contains("\\mathrm") || text.contains("\\text") ||
                  text.contains("\\cdot") || text.contains("\\times"));
  bool inTeX = isBlock;
  for (size_t at = 0; at < text.size();) {
    StringRef rest = text.substr(at);
    bool plain = static_cast<unsigned char>(rest[0]) < 0x80;
    if (!isBlock)
      inTeX ^= rest[0] == '$';
    // Braces of TeX hold a text together, and are none of it.
    if (inTeX && (rest[0] == '{' || rest[0] == '}') &&
        !rest.starts_with("{,}")) {
      ++at;
      continue;
    }
    if (std::optional<size_t> blank = digitGroup(out, rest)) {
      at += *blank;
      continue;
    }
    if (plain && !StringRef("\\&${").contains(rest[0])) {
      out += rest[0];
      ++at;
      continue;
    }
    if (std::optional<char> digit = wideDigit(rest)) {
      out += *digit;
      at += 3;
      continue;
    }
    if (size_t read = readFraction(rest, out)) {
      at += read;
      continue;
    }
    const Spelling *found = nullptr;
    for (const Spelling &spelling : spellings)
      if (rest.starts_with(spelling.from)) {
        found = &spelling;
        break;
      }
    out += found ? found->to : rest.take_front(1);
    at += found ? found->from.size() : 1;
  }
  return out;
}

//===----------------------------------------------------------------------===//
// Markup
//===----------------------------------------------------------------------===//

/// `[text](target)` ~> `text`, `![text](target)` ~> nothing; bytes read.
static size_t readLink(StringRef rest, std::string &out) {
  rest = rest.take_front(maxEnclosed);
  bool image = rest.starts_with("![");
  if (!image && !rest.starts_with("["))
    return 0;
  size_t begin = image ? 2 : 1, end = rest.find(']');
  if (end == StringRef::npos || !rest.substr(end + 1).starts_with("("))
    return 0;
  size_t close = rest.find(')', end);
  if (close == StringRef::npos)
    return 0;
  if (!image)
    out += rest.slice(begin, end);
  return close + 1;
}

/// `<br>`, `</b>`: bytes read. `<2 ms` is none.
static size_t readTag(StringRef rest) {
  rest = rest.take_front(maxEnclosed);
  if (rest.size() < 3 || rest[0] != '<' ||
      !(llvm::isAlpha(rest[1]) || rest[1] == '/' || rest[1] == '!'))
    return 0;
  size_t end = rest.find('>');
  return end == StringRef::npos ? 0 : end + 1;
}

/// Whether the stars or underscore are a sign of its own: between blanks, or
/// between two words or numbers; two stars between numbers alone.
static bool isSign(StringRef text, size_t at, size_t length = 1) {
  size_t behind = at + length;
  auto blank = [&](size_t i) { return i >= text.size() || text[i] == ' '; };
  auto word = [&](size_t i) {
    return i < text.size() &&
           ((length == 1 ? llvm::isAlnum(text[i]) : llvm::isDigit(text[i])) ||
            text[i] == '(' || text[i] == ')');
  };
  bool left = at == 0 || blank(at - 1), right = blank(behind);
  if (left && right)
    return at != 0 && length == 1;
  return at != 0 && word(at - 1) && word(behind);
}

/// `~~8~~` is no longer said: bytes of it.
static size_t readStruckOut(StringRef rest) {
  if (!rest.starts_with("~~"))
    return 0;
  size_t end = rest.take_front(maxEnclosed).find("~~", 2);
  return end == StringRef::npos ? 0 : end + 2;
}

static std::string dropMarkup(StringRef text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    StringRef rest = text.substr(at);
    if (size_t read = readLink(rest, out)) {
      at += read;
    } else if (size_t tag = readTag(rest)) {
      out += ' ';
      at += tag;
    } else if (rest.starts_with("**") && isSign(text, at, 2)) {
      out += '^'; // 2**10
      at += 2;
    } else if (size_t struck = readStruckOut(rest)) {
      at += struck;
    } else if (rest.starts_with("**") || rest.starts_with("__") ||
               rest.starts_with("~~")) {
      at += 2;
    } else if ((rest[0] == '*' || rest[0] == '_') && !isSign(text, at)) {
      ++at;
    } else if (rest[0] == '`' || rest[0] == '\t') {
      if (rest[0] == '\t')
        out += ' ';
      ++at;
    } else if (rest[0] == '\\' && rest.size() > 1 && llvm::isPunct(rest[1])) {
      out += rest[1];
      at += 2;
    } else {
      out += rest[0];
      ++at;
    }
  }
  return out;
}

/// `256×` is a factor, `64 × 2` and `64×2` are products.
static std::string spellFactors(StringRef text) {
  constexpr StringRef sign = "×";
  std::string out;
  while (true) {
    size_t at = text.find(sign);
    out += text.take_front(at);
    if (at == StringRef::npos)
      return out;
    bool attached = !out.empty() && llvm::isDigit(out.back());
    text = text.drop_front(at + sign.size());
    bool product =
        !attached ||
        (!text.empty() && (llvm::isAlnum(text.front()) || text.front() == '('));
    out += product ? " x " : "x";
  }
}

std::string mlir::moe::plainText(StringRef text) {
  return spellFactors(dropMarkup(unifySigns(text)));
}
