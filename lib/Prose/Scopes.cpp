//===- Scopes.cpp - Under which conditions a value holds ------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Scopes.h"

#include "ClaimSink.h"
#include "llvm/ADT/STLExtras.h"
#include <map>

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

StringRef mlir::moe::phaseIn(const Statement &statement) {
  bool prefill = statement.hasAnyWord({"prefill", "prefilling"});
  bool decode = statement.hasAnyWord({"decode", "decoding"});
  if (prefill == decode)
    return "";
  return prefill ? "prefill" : "decode";
}

/// "at batch 128", "with 64 concurrent users", "at 8k context": from the word
/// before to the number or what it counts, and the number. Empty without one.
static std::pair<std::string, std::string>
conditionIn(const Statement &statement) {
  static constexpr StringRef openings[] = {"at", "with", "for", "on", "under"};
  static constexpr StringRef things[] = {"batch",   "bs",       "concurrency",
                                         "context", "sequence", "seq",
                                         "qps",     "load",     "prompt"};
  static constexpr StringRef counted[] = {
      "gpu",    "node",    "user",  "request", "concurrent",
      "client", "context", "input", "prompt",  "batch"};
  const auto &tokens = statement.tokens;
  auto isOneOf = [&](size_t at, ArrayRef<StringRef> words) {
    return at < tokens.size() && tokens[at].isWord() &&
           llvm::is_contained(words, tokens[at].text);
  };
  for (size_t i = 0; i + 2 < tokens.size(); ++i) {
    if (!isOneOf(i, openings))
      continue;
    std::string text = tokens[i].text;
    if (tokens[i + 1].isNumber() && isOneOf(i + 2, counted))
      return {text + " " + tokens[i + 1].text + " " + tokens[i + 2].text,
              plainNumber(tokens[i + 1].amount)};
    constexpr size_t most = 4;
    if (!isOneOf(i + 1, things))
      continue;
    for (size_t at = i + 1; at < tokens.size() && at <= i + most; ++at) {
      text += " " + tokens[at].text;
      if (tokens[at].isNumber())
        return {text, plainNumber(tokens[at].amount)};
    }
  }
  return {};
}

/// "peak" of a throughput, "average" of a size: not the one that plans state.
static std::string extremeIn(const MetricPhrase &phrase,
                             const Statement &statement) {
  static constexpr StringRef peaks[] = {"peak", "max",     "maximum",
                                        "best", "burst",   "worst",
                                        "min",  "minimum", "theoretical"};
  static constexpr StringRef means[] = {"average", "avg", "mean",   "median",
                                        "typical", "min", "minimum"};
  constexpr size_t opening = 3;
  size_t end = std::max(statement.keyEnd, opening);
  bool memory =
      phrase.kind == FigureKind::Bytes || phrase.metric.starts_with("memory");
  ArrayRef<StringRef> words =
      memory ? ArrayRef<StringRef>(means) : ArrayRef<StringRef>(peaks);
  for (size_t i = 0; i < std::min(end, statement.tokens.size()); ++i)
    if (statement.tokens[i].isWord() &&
        llvm::is_contained(words, statement.tokens[i].text))
      return statement.tokens[i].text;
  return "";
}

void mlir::moe::findScope(const MetricPhrase &phrase,
                          const Statement &statement, StringRef section,
                          ScopedValue &value) {
  StringRef phase = phaseIn(statement);
  if (phase.empty() && !statement.hasAnyWord({"prefill", "decode"}))
    phase = section;
  value.scope = phase.str();
  std::string extreme = extremeIn(phrase, statement);
  if (!extreme.empty())
    value.scope += (value.scope.empty() ? "" : ", ") + extreme;
  value.scopeBesides = value.scope;
  auto [condition, number] = conditionIn(statement);
  value.condition = number;
  if (!condition.empty())
    value.scope += (value.scope.empty() ? "" : ", ") + condition;
}

/// Those of one figure.
static void dropOthers(ArrayRef<const ScopedValue *> values, StringRef phase,
                       std::vector<ScopedValue> &dropped) {
  auto has = [&](StringRef scope) {
    return llvm::any_of(values, [&](const ScopedValue *value) {
      return value->scope == scope;
    });
  };
  bool differ = llvm::any_of(values, [&](const ScopedValue *value) {
    return value->says != values.front()->says;
  });
  bool scopesDiffer = llvm::any_of(values, [&](const ScopedValue *value) {
    return value->scope != values.front()->scope;
  });
  if (!differ || !scopesDiffer)
    return;
  StringRef kept = has("") ? "" : phase;
  for (const ScopedValue *value : values) {
    bool repeats = llvm::any_of(values, [&](const ScopedValue *other) {
      return other->scope == kept && other->says == value->says;
    });
    if (value->scope != kept && !repeats)
      dropped.push_back(*value);
  }
}

std::vector<ScopedValue> mlir::moe::valuesOfOthers(ArrayRef<ScopedValue> values,
                                                   StringRef phase) {
  std::map<StringRef, std::vector<const ScopedValue *>> figures;
  for (const ScopedValue &value : values)
    figures[value.metric].push_back(&value);
  std::vector<ScopedValue> dropped;
  for (const auto &[metric, ofFigure] : figures)
    dropOthers(ofFigure, phase, dropped);
  return dropped;
}
