//===- ListSums.cpp - Totals of lists -------------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   - Weights: 14.2 GB
//   - KV cache: 20 layers x 1.2 GB = 24.0 GB
//   - Total: 38.2 GB
//
//===----------------------------------------------------------------------===//

#include "Changes.h"
#include "Readers.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

/// The number that a line gives its name: behind the last "=", or the first one
/// behind the key or the name. Nothing when there is none with a unit.
static std::optional<size_t> valueOfLine(const Statement &line) {
  std::optional<size_t> first, result;
  for (size_t i = line.keyEnd; i < line.tokens.size(); ++i) {
    if (!line.tokens[i].isNumber())
      continue;
    if (!first)
      first = i;
    if (i > 0 && line.tokens[i - 1].is("="))
      result = i;
  }
  std::optional<size_t> value = result ? result : first;
  if (!value || line.tokens[*value].amount.unit.empty() ||
      line.tokens[*value].amount.isRange() || line.tokens[*value].amount.power)
    return std::nullopt;
  return value;
}

/// The lines of the list above its total; empty when they are no parts of one
/// kind.
static std::vector<Amount> partsOf(ArrayRef<ProseLine> above,
                                   const ProseLine &total,
                                   Dimension dimension) {
  constexpr size_t most = 64;
  std::vector<Amount> parts;
  unsigned below = total.number;
  for (const ProseLine &line : llvm::reverse(above)) {
    bool nested = line.kind == total.kind && line.depth > total.depth;
    bool stops = line.kind != total.kind || line.depth < total.depth ||
                 below - line.number > 2 || StringRef(line.text).ends_with(":");
    if (stops || parts.size() >= most)
      break;
    below = line.number;
    if (nested)
      continue;
    Statement part(line.text, line.number, "");
    // A title has no number.
    if (llvm::none_of(part.tokens,
                      [](const Token &token) { return token.isNumber(); }))
      break;
    std::optional<size_t> value = valueOfLine(part);
    if (!value || part.tokens[*value].amount.dimension() != dimension)
      return {};
    parts.push_back(part.tokens[*value].amount);
  }
  std::reverse(parts.begin(), parts.end());
  return parts;
}

void mlir::moe::readListTotal(ArrayRef<ProseLine> above, const ProseLine &line,
                              Statement &total, ClaimSink &sink) {
  if (line.kind == LineKind::Heading ||
      !total.hasWordIn({"total", "sum", "overall"}, 0, 2))
    return;
  std::optional<size_t> value = valueOfLine(total);
  // A total that is added up in its own line says of what.
  auto isNumber = [](const Token &token) { return token.isNumber(); };
  bool added =
      value && *value > 0 && total.tokens[*value - 1].is("=") &&
      llvm::any_of(ArrayRef(total.tokens).take_front(*value), isNumber);
  if (!value || total.used[*value] || added)
    return;
  const Amount &stated = total.tokens[*value].amount;
  std::vector<Amount> parts = partsOf(above, line, stated.dimension());
  double sum = 0;
  std::string left;
  for (const Amount &part : parts) {
    sum += valueOf(part);
    left += (left.empty() ? "sum(" : ", ") + numberText(part);
  }
  if (parts.size() > 1 && isNearSum(sum, valueOf(stated)) &&
      sink.equals(left + ")", stated, total))
    total.reopen(*value);
}
