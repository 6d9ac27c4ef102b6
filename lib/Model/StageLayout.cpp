//===- StageLayout.cpp - Pipeline stage layouts ---------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Model/StageLayout.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

//===----------------------------------------------------------------------===//
// Parsing
//===----------------------------------------------------------------------===//

namespace {
/// Expands a layout to its letters and bars, at most `maxItems` of them.
class LayoutParser {
public:
  LayoutParser(StringRef text, std::string &error) : text(text), error(error) {}

  /// The expanded layout, or nothing and an error.
  std::optional<std::string> parse();

private:
  bool parseItem(std::string &items, bool inGroup);
  bool parseGroup(std::string &items);
  /// Appends `unit`, as often as a `*n` behind it says.
  bool repeat(StringRef unit, size_t unitAt, std::string &items);
  std::optional<int64_t> parseFactor();
  void skipCommas();
  bool fail(size_t offset, std::string message);
  bool atEnd() const { return at == text.size(); }

  StringRef text;
  std::string &error;
  size_t at = 0;
};
} // namespace

bool LayoutParser::fail(size_t offset, std::string message) {
  error = std::move(message) + " at character " + std::to_string(offset + 1) +
          " of the layout " + quotedValue(text);
  return false;
}

void LayoutParser::skipCommas() {
  while (!atEnd() && text[at] == ',')
    ++at;
}

/// Reads the number behind `*`; large ones saturate above the limit.
std::optional<int64_t> LayoutParser::parseFactor() {
  size_t start = at;
  int64_t factor = 0;
  for (; !atEnd() && llvm::isDigit(text[at]); ++at)
    factor =
        std::min(factor * 10 + (text[at] - '0'), StageLayout::maxItems + 1);
  if (at == start) {
    fail(at, "expected a number behind '*'");
    return std::nullopt;
  }
  // Megatron drops commas first and would read one number.
  size_t next = text.find_first_not_of(',', at);
  if (next != StringRef::npos && next != at && llvm::isDigit(text[next])) {
    fail(at, "found a comma inside a number");
    return std::nullopt;
  }
  return factor;
}

bool LayoutParser::repeat(StringRef unit, size_t unitAt, std::string &items) {
  int64_t factor = 1;
  skipCommas();
  if (!atEnd() && text[at] == '*') {
    ++at;
    std::optional<int64_t> parsed = parseFactor();
    if (!parsed)
      return false;
    factor = *parsed;
    skipCommas();
    if (!atEnd() && text[at] == '*')
      return fail(at, "found a repetition of a repetition");
  }
  if (items.size() + unit.size() * factor > size_t(StageLayout::maxItems))
    return fail(unitAt, "found more than " +
                            std::to_string(StageLayout::maxItems) +
                            " layers and chunks");
  for (int64_t i = 0; i < factor; ++i)
    items += unit;
  return true;
}

bool LayoutParser::parseGroup(std::string &items) {
  size_t start = at++;
  std::string group;
  for (skipCommas(); !atEnd() && text[at] != ')'; skipCommas())
    if (!parseItem(group, /*inGroup=*/true))
      return false;
  if (atEnd())
    return fail(start, "found '(' without its ')'");
  ++at;
  skipCommas();
  if (atEnd() || text[at] != '*')
    return fail(at, "expected '*' and a number behind ')'");
  if (group.empty())
    return fail(start, "found empty parentheses");
  return repeat(group, start, items);
}

bool LayoutParser::parseItem(std::string &items, bool inGroup) {
  size_t start = at;
  char c = text[at];
  if (c == '(')
    return inGroup ? fail(at, "found parentheses inside parentheses")
                   : parseGroup(items);
  if (StringRef("EtmL|").contains(c)) {
    ++at;
    return repeat(text.substr(start, 1), start, items);
  }
  if (c == ')')
    return fail(at, "found ')' without its '('");
  if (c == '*')
    return fail(at, "found '*' with nothing before it to repeat");
  size_t length = 1;
  while (at + length < text.size() && (text[at + length] & 0xc0) == 0x80)
    ++length; // the rest of a UTF-8 sequence
  return fail(at, "found " + quoted(text.substr(at, length)) +
                      ", expected 'E' (embedding), 't' (layer), 'm' (MTP), 'L' "
                      "(loss), '|', '*' or parentheses,");
}

std::optional<std::string> LayoutParser::parse() {
  std::string items;
  for (skipCommas(); !atEnd(); skipCommas())
    if (!parseItem(items, /*inGroup=*/false))
      return std::nullopt;
  if (items.empty()) {
    error = "the layout " + quotedValue(text) + " has no layers";
    return std::nullopt;
  }
  return items;
}

std::optional<StageLayout> StageLayout::parse(StringRef text,
                                              std::string &error) {
  std::optional<std::string> items = LayoutParser(text, error).parse();
  if (!items)
    return std::nullopt;
  std::vector<LayoutChunk> chunks(1);
  for (char c : *items) {
    if (c == '|')
      chunks.emplace_back();
    else
      chunks.back().layers.push_back(static_cast<LayerKind>(c));
  }
  return StageLayout(std::move(chunks));
}

//===----------------------------------------------------------------------===//
// Layouts
//===----------------------------------------------------------------------===//

std::optional<StageLayout> StageLayout::evenSplit(int64_t layers,
                                                  int64_t mtpLayers, int64_t pp,
                                                  int64_t vpp,
                                                  std::string &error) {
  auto outside = [](int64_t value, int64_t min) {
    return value < min || value > maxItems;
  };
  if (outside(layers, 1) || outside(mtpLayers, 0) || outside(pp, 1) ||
      outside(vpp, 1) || pp * vpp > maxItems) {
    error = "cannot split " + std::to_string(layers) + " layers and " +
            std::to_string(mtpLayers) + " MTP layers into " +
            std::to_string(pp) + " stages of " + std::to_string(vpp) +
            " chunks, expected at least one of each and at most " +
            std::to_string(maxItems);
    return std::nullopt;
  }
  int64_t numChunks = pp * vpp;
  std::vector<LayoutChunk> chunks(numChunks);
  chunks.front().layers.push_back(LayerKind::Embedding);
  for (int64_t i = 0; i < numChunks; ++i) {
    int64_t size = layers / numChunks + (i < layers % numChunks);
    chunks[i].layers.insert(chunks[i].layers.end(), size, LayerKind::Decoder);
  }
  std::vector<LayerKind> &last = chunks.back().layers;
  last.insert(last.end(), mtpLayers, LayerKind::Mtp);
  last.push_back(LayerKind::Loss);
  return StageLayout(std::move(chunks));
}

int64_t LayoutChunk::count(LayerKind kind) const {
  return llvm::count(layers, kind);
}

int64_t StageLayout::count(LayerKind kind) const {
  int64_t total = 0;
  for (const LayoutChunk &chunk : layoutChunks)
    total += chunk.count(kind);
  return total;
}

int64_t StageLayout::firstDecoder(int64_t chunk) const {
  int64_t first = 0;
  for (const LayoutChunk &before : chunks().take_front(chunk))
    first += before.count(LayerKind::Decoder);
  return first;
}

std::vector<LayoutStage> StageLayout::stages(int64_t pp) const {
  std::vector<LayoutStage> result(static_cast<size_t>(pp));
  int64_t begin = 0;
  for (int64_t index = 0; index < numChunks(); ++index) {
    const LayoutChunk &chunk = layoutChunks[static_cast<size_t>(index)];
    LayoutStage &stage = result[static_cast<size_t>(index % pp)];
    int64_t end = begin + chunk.count(LayerKind::Decoder);
    stage.layers.emplace_back(begin, end);
    begin = end;
    stage.embedding |= chunk.count(LayerKind::Embedding) > 0;
    stage.output |= chunk.count(LayerKind::Loss) > 0;
    stage.mtpLayers += chunk.count(LayerKind::Mtp);
  }
  return result;
}

bool StageLayout::isUniform() const {
  return llvm::all_of(layoutChunks, [&](const LayoutChunk &chunk) {
    return chunk.count(LayerKind::Decoder) ==
           layoutChunks.front().count(LayerKind::Decoder);
  });
}

/// `Etttt ~> Et*4`
static std::string letters(const LayoutChunk &chunk) {
  std::string result;
  for (size_t i = 0; i < chunk.layers.size();) {
    size_t end = i;
    while (end < chunk.layers.size() && chunk.layers[end] == chunk.layers[i])
      ++end;
    char letter = static_cast<char>(chunk.layers[i]);
    if (end - i > 2)
      result += letter + ("*" + std::to_string(end - i));
    else
      result.append(end - i, letter);
    i = end;
  }
  return result;
}

std::string StageLayout::str() const {
  std::string result;
  for (size_t i = 0; i < layoutChunks.size();) {
    size_t end = i;
    // The last chunk has no bar behind it, so it stays out of repetitions.
    while (end + 1 < layoutChunks.size() &&
           layoutChunks[end] == layoutChunks[i])
      ++end;
    size_t repeats = std::max<size_t>(end - i, 1);
    std::string chunk = letters(layoutChunks[i]);
    bool isLast = i + 1 == layoutChunks.size();
    if (repeats > 1)
      result += "(" + chunk + "|)*" + std::to_string(repeats);
    else
      result += chunk + (isLast ? "" : "|");
    i += repeats;
  }
  return result;
}
