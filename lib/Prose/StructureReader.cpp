//===- StructureReader.cpp - Groups, collectives and degrees --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AxisWords.h"
#include "Readers.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

/// The axis that a word, or two, name: "ep", "expert parallel".
static StringRef axisAt(const Statement &statement, size_t at) {
  if (at >= statement.tokens.size() || !statement.tokens[at].isWord())
    return "";
  StringRef word = statement.tokens[at].text;
  std::optional<AxisDegree> abbreviation = axisDegreeIn(word);
  // The data-parallel degree of experts follows from the others.
  bool isAxis = abbreviation && abbreviation->digits.empty() &&
                abbreviation->axis != "edp";
  return isAxis ? abbreviation->axis : axisOfAdjective(word);
}

static bool isPlainCount(const Statement &statement, size_t at) {
  return at < statement.tokens.size() && statement.tokens[at].isNumber() &&
         statement.tokens[at].amount.unit.empty() &&
         !statement.tokens[at].amount.isRange() &&
         !statement.tokens[at].amount.power &&
         !StringRef(statement.tokens[at].amount.digits).contains('.') &&
         !StringRef(statement.tokens[at].amount.digits).starts_with("0");
}

//===----------------------------------------------------------------------===//
// Groups
//===----------------------------------------------------------------------===//

/// "TP groups: 8 groups of 4", "4 EP groups of 8", "64 expert parallel groups".
static void readGroups(Statement &statement, ClaimSink &sink) {
  const auto &tokens = statement.tokens;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (!tokens[i].is("group"))
      continue;
    // The number and the axis stand before the word, the axis perhaps in the
    // key.
    size_t number = i;
    StringRef axis;
    for (size_t back = 1; back <= 4 && back <= i; ++back) {
      if (axis.empty())
        axis = axisAt(statement, i - back);
      if (isPlainCount(statement, i - back)) {
        number = i - back;
        break;
      }
      // "16 experts per group" counts something else.
      if (!tokens[i - back].isWord() || tokens[i - back].is("per"))
        break;
    }
    for (size_t key = 0; axis.empty() && key < statement.keyEnd; ++key)
      axis = axisAt(statement, key);
    if (number == i || axis.empty() || statement.isOrdinal(number))
      continue;
    std::string json = "{ \"axis\": \"" + axis.str() +
                       "\", \"count\": " + tokens[number].amount.digits;
    bool sized = i + 2 < tokens.size() && tokens[i + 1].is("of") &&
                 isPlainCount(statement, i + 2);
    if (sized)
      json += ", \"size\": " + tokens[i + 2].amount.digits;
    int64_t size = 0;
    if (sized)
      (void)StringRef(tokens[i + 2].amount.digits).getAsInteger(10, size);
    if (!statement.previous && !statement.advice &&
        sink.groups(axis, size, json + " }", statement, number))
      statement.use(number, sized ? i + 3 : i + 1);
  }
}

void mlir::moe::readStructure(Statement &statement, ClaimSink &sink) {
  readGroups(statement, sink);
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

/// Whether the words before a token say that it is of another plan: "the
/// baseline used TP16", "3x faster than TP16".
static bool isOfOtherPlan(const Statement &statement, size_t token) {
  auto [begin, end] = statement.clauseOf(token);
  return saysPrevious(statement, begin, end) ||
         statement.hasWordIn(
             {"vs", "versus", "than", "compared", "unlike", "over", "not"},
             begin > 2 ? begin - 2 : 0, token);
}

void mlir::moe::readDegrees(const Statement &statement, ClaimSink &sink) {
  if (statement.previous || statement.advice)
    return;
  for (const auto &[index, token] : llvm::enumerate(statement.tokens)) {
    std::optional<AxisDegree> degree;
    if (token.isWord())
      degree = axisDegreeIn(token.text);
    if (degree && degree->isOfPlan() && !isOfOtherPlan(statement, index))
      sink.figure(("parallelism." + degree->axis).str(), degree->digits.str(),
                  statement);
  }
}

void mlir::moe::readGpu(const Statement &statement, ArrayRef<StringRef> names,
                        ClaimSink &sink) {
  for (const Token &token : statement.tokens)
    for (StringRef name : names)
      if (token.isWord() && !statement.previous &&
          name.equals_insensitive(token.text))
        sink.figure("cluster.gpu", "\"" + name.str() + "\"", statement);
}
