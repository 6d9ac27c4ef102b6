//===- AxisWords.cpp - What documents call the axes of a plan -------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AxisWords.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

std::optional<AxisDegree> mlir::moe::axisDegreeIn(StringRef word) {
  for (StringRef axis : {"etp", "edp", "ep", "tp", "pp", "dp", "cp"}) {
    StringRef digits = word;
    if (digits.consume_front(axis) && llvm::all_of(digits, llvm::isDigit))
      return AxisDegree{axis, digits};
  }
  return std::nullopt;
}

/// "tp" of "tp" and "tp8"; empty for other words.
static StringRef abbreviatedAxis(StringRef word) {
  std::optional<AxisDegree> degree = axisDegreeIn(word);
  return degree ? degree->axis : StringRef();
}

StringRef mlir::moe::axisOfAdjective(StringRef word) {
  static constexpr std::pair<StringRef, StringRef> adjectives[] = {
      {"expert", "ep"},
      {"tensor", "tp"},
      {"pipeline", "pp"},
      {"data", "dp"},
      {"context", "cp"}};
  for (auto [adjective, axis] : adjectives)
    if (word == adjective)
      return axis;
  return "";
}

/// Behind "(TP)" at a token, if that is the axis.
static size_t endOfAbbreviation(const Statement &statement, size_t at,
                                StringRef axis) {
  const auto &tokens = statement.tokens;
  bool repeated = at + 2 < tokens.size() && tokens[at].is("(") &&
                  tokens[at + 1].isWord() && tokens[at + 2].is(")") &&
                  abbreviatedAxis(tokens[at + 1].text) == axis;
  return repeated ? at + 3 : at;
}

std::vector<AxisMention> mlir::moe::axesOf(const Statement &statement) {
  static constexpr StringRef nouns[] = {"parallel", "parallelism"};
  static constexpr StringRef followers[] = {"group", "rank",      "axis",
                                            "stage", "dimension", "domain"};
  const auto &tokens = statement.tokens;
  auto isOneOf = [&](size_t at, llvm::ArrayRef<StringRef> words) {
    return at < tokens.size() && tokens[at].isWord() &&
           llvm::is_contained(words, tokens[at].text);
  };
  std::vector<AxisMention> axes;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (!tokens[i].isWord())
      continue;
    size_t end = i + 1;
    StringRef axis = abbreviatedAxis(tokens[i].text);
    if (axis.empty()) {
      axis = axisOfAdjective(tokens[i].text);
      bool parallel = isOneOf(end, nouns);
      end += parallel;
      // "The tensor all-reduce", "expert all-to-all", "pipeline stages".
      bool collective =
          isOneOf(end, {"all", "allreduce", "allgather", "alltoall"});
      bool stages = tokens[i].is("pipeline") && isOneOf(end, {"stage"});
      if (axis.empty() || !(parallel || stages || collective))
        continue;
      end = endOfAbbreviation(statement, end, axis);
    }
    if (isOneOf(end, followers))
      ++end;
    axes.push_back({axis, i, end});
    i = end - 1;
  }
  return axes;
}

StringRef mlir::moe::onlyAxisOf(const Statement &statement) {
  StringRef only;
  for (const AxisMention &mention : axesOf(statement)) {
    if (!only.empty() && only != mention.axis)
      return "";
    only = mention.axis;
  }
  return only;
}
