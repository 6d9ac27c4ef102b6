//===- ListReader.cpp - Lists of numbers, their mean and variance ---------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Readers.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

namespace {
/// The one list of numbers of a sentence: tokens [begin, end).
struct NumberRun {
  size_t begin = 0, end = 0;
  std::string text; ///< "22, 21, 21"
};

/// Reads a list and what its sentence says of it.
class ListReader {
public:
  ListReader(Statement &statement, ClaimSink &sink)
      : statement(statement), sink(sink) {}
  void read();

private:
  bool isPlain(size_t token) const;
  std::vector<NumberRun> commaRuns() const;
  std::optional<NumberRun> onlyRun() const;
  std::optional<size_t> valueOf(size_t word, const NumberRun &run) const;
  bool isOfList(size_t word, const NumberRun &run) const;
  void readSpread(const NumberRun &run);
  void readExperts(const NumberRun &run);

  Statement &statement;
  ClaimSink &sink;
};
} // namespace

bool ListReader::isPlain(size_t token) const {
  if (token >= statement.tokens.size() || !statement.tokens[token].isNumber())
    return false;
  const Amount &amount = statement.tokens[token].amount;
  return amount.unit.empty() && !amount.power && !amount.isRange() &&
         amount.bound == Comparison::Equal;
}

/// "22, 21, 21" behind a key or within brackets: three numbers or more.
std::vector<NumberRun> ListReader::commaRuns() const {
  constexpr size_t least = 3, most = 64;
  const auto &tokens = statement.tokens;
  std::vector<NumberRun> runs;
  for (size_t i = 0; i < tokens.size(); ++i) {
    bool opened = i > 0 && (tokens[i - 1].is("(") || tokens[i - 1].is("[") ||
                            tokens[i - 1].is(":"));
    if (!opened || !isPlain(i))
      continue;
    NumberRun run{i, i + 1, tokens[i].amount.digits};
    size_t numbers = 1;
    while (run.end < tokens.size() && tokens[run.end].is(",") &&
           isPlain(run.end + 1)) {
      run.text += ", " + tokens[run.end + 1].amount.digits;
      run.end += 2;
      ++numbers;
    }
    if (numbers >= least && numbers <= most)
      runs.push_back(run);
    i = run.end - 1;
  }
  return runs;
}

std::optional<NumberRun> ListReader::onlyRun() const {
  std::vector<NumberRun> runs = commaRuns();
  for (const Statement::NumberList &list : statement.numberLists())
    runs.push_back({list.begin, list.end, llvm::join(list.digits, ", ")});
  return runs.size() == 1 ? std::optional(runs.front()) : std::nullopt;
}

/// The number behind "variance", "variance of", "variance is" or "variance =",
/// or the one directly before it.
std::optional<size_t> ListReader::valueOf(size_t word,
                                          const NumberRun &run) const {
  static constexpr StringRef links[] = {"of", "is", "=", ":", "~", "about"};
  auto isValue = [&](size_t token) {
    return isPlain(token) && (token < run.begin || token >= run.end);
  };
  size_t at = word + 1;
  // "Variance of (22, 21, 21) is 0.25".
  if (at < run.begin && run.begin <= at + 2)
    at = run.end + 1;
  while (at < statement.tokens.size() && !statement.tokens[at].isNumber() &&
         llvm::is_contained(links, statement.tokens[at].text))
    ++at;
  if (isValue(at))
    return at;
  return word > 0 && isValue(word - 1) ? std::optional(word - 1) : std::nullopt;
}

/// "memory variance 0.25" is of something else than the list of experts.
bool ListReader::isOfList(size_t word, const NumberRun &run) const {
  static constexpr StringRef before[] = {
      "with",  "and",          "a",     "an",    "the", "its", "whose",
      "count", "distribution", "split", "expert"};
  if (word == 0 || word == run.end)
    return true;
  const Token &token = statement.tokens[word - 1];
  return !token.isWord() || llvm::is_contained(before, token.text);
}

/// "variance 0.25", "mean 21.3" and "max/mean 1.05" of the list.
void ListReader::readSpread(const NumberRun &run) {
  static constexpr std::pair<StringRef, StringRef> functions[] = {
      {"variance", "variance"}, {"mean", "mean"}, {"average", "mean"}};
  for (size_t i = 0; i < statement.tokens.size(); ++i)
    for (auto [word, function] : functions) {
      if (!statement.tokens[i].is(word) || !isOfList(i, run))
        continue;
      bool ratio = i > 0 && statement.tokens[i - 1].is("/");
      std::optional<size_t> value = valueOf(i, run);
      if (!value || (ratio && (i < 2 || !statement.tokens[i - 2].is("max") ||
                               function != "mean")))
        continue;
      std::string left = function.str() + "(" + run.text + ")";
      if (ratio)
        left = "max(" + run.text + ") / " + left;
      if (!sink.equals(left, statement.tokens[*value].amount, statement))
        continue;
      statement.use(*value, *value + 1);
      statement.use(run.begin, run.end);
    }
}

/// "Experts per GPU: [9, 8, 8, 8]", in the order of ranks.
void ListReader::readExperts(const NumberRun &run) {
  bool keyed = statement.keyEnd > 0 && run.begin > statement.keyEnd &&
               run.begin <= statement.keyEnd + 2 &&
               statement.hasWordIn({"expert"}, 0, statement.keyEnd);
  bool byRank = statement.hasWordIn({"distribution"}, 0, statement.keyEnd);
  for (size_t i = 0; i + 1 < statement.keyEnd; ++i)
    byRank |=
        statement.tokens[i].is("per") && (statement.tokens[i + 1].is("gpu") ||
                                          statement.tokens[i + 1].is("rank") ||
                                          statement.tokens[i + 1].is("device"));
  for (size_t i = run.begin; i < run.end; i += 2) {
    StringRef digits = statement.tokens[i].amount.digits;
    keyed &=
        digits == "0" || (!digits.contains('.') && !digits.starts_with("0"));
  }
  if (keyed && byRank &&
      sink.figure("stated.experts_per_rank", "[" + run.text + "]", statement))
    statement.use(run.begin, run.end);
}

void ListReader::read() {
  std::optional<NumberRun> run = onlyRun();
  // What became of what is about two lists.
  if (!run || statement.previous || statement.advice ||
      statement.hasAnyWord({"from", "reduced", "before", "was"}) ||
      llvm::any_of(statement.tokens,
                   [](const Token &token) { return token.is("->"); }))
    return;
  readSpread(*run);
  readExperts(*run);
}

void mlir::moe::readLists(Statement &statement, ClaimSink &sink) {
  ListReader(statement, sink).read();
}
