//===- MetricReader.cpp - Numbers beside names of figures -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NumberNames.h"
#include "Readers.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/Twine.h"

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

namespace {
/// Reads the figures of one line.
class MetricReader {
public:
  MetricReader(Statement &statement, ClaimSink &sink)
      : statement(statement), sink(sink) {}
  void read();
  /// "TP=4" alone.
  void readDegrees();

private:
  void readNumber(size_t number);
  bool isTarget(size_t number) const;
  bool isFound(size_t number) const;
  bool readTarget(size_t number, const MetricPhrase &phrase);
  bool readShareOf(size_t number);
  bool isPartOfTime(const MetricPhrase &phrase, size_t number) const;
  Amount rateOfGpu(size_t number) const;
  bool isPrevious(size_t number) const;
  bool isOperand(size_t number) const;
  bool isChange(size_t number) const;
  bool isOfPair(size_t number) const;
  const MetricPhrase *figureOf(size_t number, FigureKind kind);
  const MetricPhrase *ofHardware(const MetricPhrase *phrase,
                                 FigureKind kind) const;
  bool isFirst(const MetricPhrase &phrase, size_t number);
  bool isOtherDegree(const MetricPhrase &phrase, size_t number) const;

  const Amount &amount(size_t token) const {
    return statement.tokens[token].amount;
  }

  Statement &statement;
  ClaimSink &sink;
  /// What the line gave a value to.
  llvm::StringSet<> given;
};
} // namespace

/// Whether the number is that of the plan before: the line is about it, or the
/// words around the number are.
bool MetricReader::isPrevious(size_t number) const {
  auto [begin, end] = statement.clauseOf(number);
  // "the previous plan (11.5 s)".
  if (begin > 1 && statement.tokens[begin - 1].is("("))
    begin = std::min(begin, statement.clauseOf(begin - 2).first);
  return statement.previous || saysPrevious(statement, begin, end);
}

/// Whether the number is a part of arithmetic that was not understood.
bool MetricReader::isOperand(size_t number) const {
  if (statement.reopened[number])
    return false;
  auto isSign = [&](size_t token) {
    return token < statement.tokens.size() &&
           (statement.tokens[token].is("*") ||
            statement.tokens[token].is("x") || statement.tokens[token].is("^"));
  };
  // "3 d f" is a product of letters.
  size_t next = number + 1;
  bool letter = next < statement.tokens.size() &&
                statement.tokens[next].isWord() &&
                statement.tokens[next].text.size() == 1 &&
                llvm::isAlpha(statement.tokens[next].text[0]) &&
                !statement.tokens[next].is("a");
  return letter || isSign(number + 1) || (number > 0 && isSign(number - 1));
}

/// "-40 %", "40 % less": a percentage that changes a figure is no value of it.
bool MetricReader::isChange(size_t number) const {
  static constexpr StringRef words[] = {
      "less",   "more",      "lower",    "higher",      "faster",  "slower",
      "better", "worse",     "smaller",  "larger",      "gain",    "saving",
      "fewer",  "reduction", "increase", "improvement", "drop",    "saved",
      "growth", "below",     "above",    "decrease",    "relative"};
  const auto &tokens = statement.tokens;
  const std::string &unit = amount(number).unit;
  if (unit != "%" && unit != "x")
    return false;
  bool sign = number > 0 && statement.isAttached(number) &&
              (tokens[number - 1].is("-") || tokens[number - 1].is("+"));
  return sign || statement.hasWordIn(words, number + 1, number + 2);
}

/// "80 GB to 60 GB": two values of which no change was made. What is part of
/// arithmetic, "DP=8 -> 4 x 8 = 32", is no value.
bool MetricReader::isOfPair(size_t number) const {
  auto isLink = [&](size_t token) {
    return statement.tokens[token].is("to") || statement.tokens[token].is("->");
  };
  auto isSame = [&](size_t token) {
    return statement.tokens[token].isNumber() &&
           kindOf(amount(token)) == kindOf(amount(number));
  };
  return (number + 2 < statement.tokens.size() && isLink(number + 1) &&
          isSame(number + 2) && !isOperand(number + 2)) ||
         (number > 1 && isLink(number - 1) && isSame(number - 2));
}

/// "Load imbalance 5 %" is the excess over the mean; the figure is the largest
/// load over the mean.
static bool isExcess(const MetricPhrase &phrase, const Amount &value) {
  return phrase.metric == "imbalance" && value.unit == "%" &&
         StringRef(value.digits)
                 .take_until([](char c) { return c == '.'; })
                 .size() < 3;
}

/// In a section on hardware "memory" is what a GPU has.
const MetricPhrase *MetricReader::ofHardware(const MetricPhrase *phrase,
                                             FigureKind kind) const {
  static constexpr MetricPhrase capacity{"", FigureKind::Bytes, "gpu_memory",
                                         "cluster.gpu_memory"};
  static constexpr MetricPhrase peak{"", FigureKind::Compute, "peak_bf16",
                                     "cluster.peak_bf16"};
  static constexpr StringRef names[] = {"memory", "memory per gpu",
                                        "per gpu memory", "memory per device"};
  if (!statement.ofHardware)
    return phrase;
  if (phrase && phrase->metric == "device_memory" &&
      llvm::is_contained(names, phrase->words))
    return statement.hasAnyWord({"total", "aggregate", "overall"}) ? nullptr
                                                                   : &capacity;
  bool otherPeak = statement.hasAnyWord(
      {"fp8", "fp4", "int8", "sparse", "sparsity", "total", "aggregate"});
  return !phrase && kind == FigureKind::Compute && !otherPeak ? &peak : phrase;
}

/// A sentence that gives a degree another value than the plan has speaks of
/// another plan: "TP=4 needs 6 groups". What stands behind a key does not.
bool MetricReader::isOtherDegree(const MetricPhrase &phrase,
                                 size_t number) const {
  bool keyed = statement.keyEnd > 0 && number == statement.keyEnd + 1;
  return phrase.key.starts_with("parallelism.") && !keyed &&
         sink.hasFigure(phrase.key) &&
         sink.figureOf(phrase.key) != amount(number).digits;
}

/// A line gives a figure one value; a second one is of something that was not
/// understood. Limits and other units are no second values.
bool MetricReader::isFirst(const MetricPhrase &phrase, size_t number) {
  const Amount &value = amount(number);
  std::string name =
      ((phrase.metric.empty() ? phrase.key : phrase.metric) +
       (isPrevious(number) ? " before " : " ") + signOf(value) + " " +
       llvm::Twine(static_cast<unsigned>(rateOfGpu(number).dimension())))
          .str();
  return given.insert(name).second;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

/// Whether a limit follows: in "9 ms < 10 ms SLA" the first number is what is
/// found.
bool MetricReader::isFound(size_t number) const {
  return number + 1 < statement.tokens.size() &&
         statement.tokens[number + 1].kind == TokenKind::Symbol &&
         statement.tokens[number + 1].text.find_first_of("<>") == 0;
}

/// Whether the number is what is aimed at: "target: 95 %", "a target of 10 ms",
/// "10 ms SLA".
bool MetricReader::isTarget(size_t number) const {
  static constexpr StringRef words[] = {"target", "slo", "sla", "goal",
                                        "requirement"};
  auto [begin, end] = statement.clauseOf(number);
  // Memory that is required is used.
  std::optional<FigureKind> kind = kindOf(amount(number));
  bool required = (kind == FigureKind::Seconds || kind == FigureKind::Rate) &&
                  statement.hasWordIn({"required"}, 0, statement.keyEnd);
  return !isFound(number) &&
         (required ||
          statement.hasWordIn(words, begin > 2 ? begin - 2 : 0, end) ||
          statement.hasWordIn({"requirement"}, 0, statement.keyEnd));
}

/// "(target: 95%+)" is what the job is monitored against; without a sign, on
/// the side that is better.
bool MetricReader::readTarget(size_t number, const MetricPhrase &phrase) {
  static constexpr StringRef targets[] = {"gpu_utilization",
                                          "compute_utilization",
                                          "memory_utilization",
                                          "memory_variance",
                                          "communication_latency",
                                          "imbalance",
                                          "throughput",
                                          "latency",
                                          "tpot"};
  if (!isTarget(number) || phrase.complement || amount(number).power ||
      !llvm::is_contained(targets, phrase.metric))
    return false;
  Amount value = amount(number);
  if (value.bound == Comparison::Equal && !value.isRange())
    value.bound = isLowerBetter(phrase) ? Comparison::LessEqual
                                        : Comparison::GreaterEqual;
  std::string sign = value.isRange() ? "" : signOf(value).str() + " ";
  if (sink.figure("targets." + phrase.metric.str(),
                  "\"" + sign + value.text() + "\"", statement))
    statement.use(number, number + 1);
  return true;
}

/// "66.1 % of 64 GB memory", "80 % of 400 TFLOPS compute".
bool MetricReader::readShareOf(size_t number) {
  size_t whole = number + 2;
  if (whole < statement.tokens.size() &&
      (statement.tokens[whole].is("the") || statement.tokens[whole].is("each")))
    ++whole;
  if (amount(number).unit != "%" || whole >= statement.tokens.size() ||
      !statement.tokens[number + 1].is("of") ||
      !statement.tokens[whole].isNumber())
    return false;
  std::optional<FigureKind> kind = kindOf(amount(whole));
  StringRef metric = kind == FigureKind::Bytes     ? "memory_utilization"
                     : kind == FigureKind::Compute ? "compute_utilization"
                                                   : "";
  if (metric.empty() || statement.advice)
    return false;
  MetricPhrase share{"", FigureKind::Ratio, metric, ""};
  bool memory = kind == FigureKind::Bytes;
  MetricPhrase all{"", *kind, memory ? "gpu_memory" : "peak_bf16",
                   memory ? "cluster.gpu_memory" : "cluster.peak_bf16"};
  if (!sink.metric(share, amount(number), statement, isPrevious(number)))
    return false;
  sink.metric(all, amount(whole), statement, false);
  statement.use(number, whole + 1);
  return true;
}

/// "0.3 ms per layer" of something else than the layer itself: of a collective,
/// or of what no word calls a latency.
bool MetricReader::isPartOfTime(const MetricPhrase &phrase,
                                size_t number) const {
  static constexpr StringRef words[] = {"latency", "time", "takes", "take"};
  if (phrase.kind != FigureKind::Seconds)
    return false;
  auto [begin, end] = statement.clauseOf(number);
  return namesCollective(statement) ||
         (phrase.words.starts_with("per ") &&
          !statement.hasWordIn(words, begin, end) &&
          !statement.hasWordIn(words, 0, statement.keyEnd));
}

/// "Throughput per GPU: 45 tokens/s", "45 tokens/s on each GPU".
Amount MetricReader::rateOfGpu(size_t number) const {
  const auto &tokens = statement.tokens;
  Amount value = amount(number);
  auto isOfGpu = [&](size_t i) {
    return i + 1 < tokens.size() &&
           (tokens[i].is("per") || tokens[i].is("each") ||
            tokens[i].is("every")) &&
           (tokens[i + 1].is("gpu") || tokens[i + 1].is("device") ||
            tokens[i + 1].is("rank"));
  };
  auto [begin, end] = statement.clauseOf(number);
  bool found = false;
  for (size_t i = 0; i < end; ++i)
    found |=
        (i < statement.keyEnd || (i >= begin && i <= number + 2)) && isOfGpu(i);
  if (found && value.unit == "tokens/s")
    value.unit = "tokens/s/GPU";
  return value;
}

/// What the words around a number call it; null where nothing does.
const MetricPhrase *MetricReader::figureOf(size_t number, FigureKind kind) {
  static constexpr MetricPhrase capacity{"", FigureKind::Bytes, "gpu_memory",
                                         "cluster.gpu_memory"};
  static constexpr MetricPhrase anyRate{"", FigureKind::Rate, "throughput", ""};
  bool outOf = number > 1 && statement.tokens[number - 1].is("of") &&
               statement.tokens[number - 2].is("out");
  const MetricPhrase *phrase = nullptr;
  if (PhraseMatch match = nameOf(statement, number, kind))
    phrase = match.phrase;
  else if (isRateOfAll(statement, number))
    phrase = &anyRate;
  if (outOf && kind == FigureKind::Bytes)
    phrase = &capacity;
  return ofHardware(phrase, kind);
}

void MetricReader::readNumber(size_t number) {
  boundByWords(statement, number);
  std::optional<FigureKind> kind = kindOf(amount(number));
  if (!kind || isOperand(number) || isChange(number) || isOfPair(number) ||
      readShareOf(number))
    return;
  const MetricPhrase *phrase = figureOf(number, *kind);
  bool factor = amount(number).unit == "x";
  // "250 % of what it was" is a change.
  double percent = 0;
  bool more = kind == FigureKind::Ratio && phrase &&
              phrase->metric.ends_with("_utilization") &&
              !StringRef(amount(number).digits).getAsDouble(percent) &&
              percent > 100;
  // What a product gives is no figure of one GPU's own.
  bool computed =
      number > 0 && statement.reopened[number] &&
      statement.tokens[number - 1].is("=") && phrase &&
      (phrase->metric == "gpu_memory" || phrase->metric.starts_with("peak_"));
  if (!phrase || more || computed || isPartOfTime(*phrase, number) ||
      isExcess(*phrase, amount(number)) || readTarget(number, *phrase) ||
      isTarget(number) || (factor && phrase->metric != "imbalance"))
    return;
  auto [begin, end] = statement.clauseOf(number);
  if (saysAdvice(statement, begin, end) && !isFound(number))
    return;
  MetricPhrase named = *phrase;
  // "Compute headroom: < 0.1 % utilization" names the utilization.
  if (number + 1 < statement.tokens.size() &&
      statement.tokens[number + 1].is("utilization"))
    named.complement = false;
  if (!isOtherDegree(named, number) && isFirst(named, number) &&
      sink.metric(named, rateOfGpu(number), statement, isPrevious(number)))
    statement.use(number, number + 1);
}

void MetricReader::readDegrees() {
  for (size_t i = 1; i < statement.tokens.size(); ++i)
    if (statement.tokens[i].isNumber() && statement.isOpen(i) &&
        statement.tokens[i - 1].is("="))
      readNumber(i);
}

void MetricReader::read() {
  auto lists = statement.numberLists();
  auto isListed = [&](size_t token) {
    return llvm::any_of(lists, [&](const Statement::NumberList &list) {
      return list.begin <= token && token < list.end;
    });
  };
  for (size_t i = 0; i < statement.tokens.size(); ++i) {
    // In "EP (EP=3): 63 experts" the key has a value of its own.
    bool inValue = statement.keyEnd == 0 || i > statement.keyEnd ||
                   (i > 0 && statement.tokens[i - 1].is("="));
    if (statement.tokens[i].isNumber() && statement.isOpen(i) && inValue &&
        !isListed(i))
      readNumber(i);
  }
  bool counts = statement.hasAnyWord({"expert"}) && !statement.previous &&
                !statement.advice;
  if (lists.size() == 1 && counts) {
    std::string value = "[";
    for (const std::string &digits : lists[0].digits)
      value += (value.size() > 1 ? ", " : "") + digits;
    if (sink.figure("stated.experts_per_rank", value + "]", statement))
      statement.use(lists[0].begin, lists[0].end);
  }
}

void mlir::moe::readMetrics(Statement &statement, ClaimSink &sink) {
  MetricReader(statement, sink).read();
}

void mlir::moe::readTitle(Statement &statement, ClaimSink &sink) {
  MetricReader(statement, sink).readDegrees();
}
