//===- MetricReader.cpp - Numbers beside names of figures -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

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

private:
  void readNumber(size_t number);
  bool readTarget(size_t number, const MetricPhrase &phrase);
  bool readShareOf(size_t number);
  bool isPartOfTime(const MetricPhrase &phrase) const;
  bool isRateOfAll(size_t number) const;
  Amount rateOfGpu(size_t number) const;
  bool isPlain(size_t begin, size_t end) const;
  bool isWhole(const PhraseMatch &match) const;
  PhraseMatch phraseFor(size_t number, FigureKind kind) const;
  PhraseMatch phraseInKey(size_t number, FigureKind kind) const;
  PhraseMatch phraseBehind(size_t number, FigureKind kind) const;
  PhraseMatch nameBefore(size_t number, FigureKind kind) const;
  PhraseMatch keyOfCount() const;
  PhraseMatch sizeBefore(size_t number) const;
  PhraseMatch phraseOfCount(size_t number) const;
  void boundByWords(size_t number);
  bool isPrevious(size_t number) const;
  bool isOperand(size_t number) const;
  bool isOfSmaller(size_t number) const;
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

/// "under 2 ms", "at least 95 %", "up to 80 %".
void MetricReader::boundByWords(size_t number) {
  Amount &value = statement.tokens[number].amount;
  if (value.bound != Comparison::Equal || value.isRange() || number == 0)
    return;
  const Token &before = statement.tokens[number - 1];
  StringRef two;
  if (number > 1)
    two = statement.tokens[number - 2].text;
  if (before.is("under") || before.is("below") ||
      (before.is("than") && (two == "less" || two == "lower")))
    value.bound = Comparison::Less;
  else if ((before.is("most") && two == "at") ||
           (before.is("to") && two == "up") || before.is("within"))
    value.bound = Comparison::LessEqual;
  else if (before.is("over") || before.is("above") || before.is("exceed") ||
           before.is("exceeding") ||
           (before.is("than") && (two == "more" || two == "greater")))
    value.bound = Comparison::Greater;
  else if (before.is("least") && two == "at")
    value.bound = Comparison::GreaterEqual;
}

//===----------------------------------------------------------------------===//
// Which figure a number is the value of
//===----------------------------------------------------------------------===//

/// What may stand between a number and its figure.
static bool isFiller(const Token &token) {
  return isPlainWord(token) || token.is("~") || token.is("\"") ||
         token.is("=") || token.is("<") || token.is(">") || token.is("<=") ||
         token.is(">=");
}

/// Whether nothing within [begin, end) names another thing; numbers and words
/// of a claim do not.
bool MetricReader::isPlain(size_t begin, size_t end) const {
  for (size_t i = begin; i < end; ++i) {
    const Token &token = statement.tokens[i];
    if (!isFiller(token) && !statement.used[i] && !token.is(":"))
      return false;
  }
  return true;
}

/// Whether the name stands for itself: "CPU memory", "p99 latency" and
/// "activations + workspace" are other things.
bool MetricReader::isWhole(const PhraseMatch &match) const {
  const auto &tokens = statement.tokens;
  size_t before = match.begin;
  while (before > 0 && isPlainWord(tokens[before - 1]))
    --before;
  if (before == 0)
    return true;
  const Token &word = tokens[before - 1];
  bool joins = word.is("and") || word.is("+") || word.is("&") ||
               word.is("plus") || word.is("/");
  if (joins)
    return before > 1 && tokens[before - 2].isNumber();
  static constexpr StringRef joints[] = {
      "for", "by",    "as",    "while", "when",  "because", "since", "but",
      "or",  "so",    "then",  "thus",  "after", "where",   "which", "hence",
      "thu", "until", "whose", "that",  "if",    "plus"};
  return !word.isWord() || statement.used[before - 1] ||
         llvm::is_contained(joints, word.text);
}

/// "66 % GPU utilization", "2 ms TPOT", "42.3 GB of memory".
PhraseMatch MetricReader::phraseBehind(size_t number, FigureKind kind) const {
  for (size_t at = number + 1; at < statement.tokens.size() && at <= number + 4;
       ++at) {
    if (PhraseMatch match = matchAt(statement.tokens, at, kind))
      return match;
    if (!isFiller(statement.tokens[at]) && !statement.tokens[at].is("for"))
      break;
  }
  return {};
}

/// `[total] expert parallelism (EP)`: the whole key is the name of a count.
PhraseMatch MetricReader::keyOfCount() const {
  static constexpr StringRef before[] = {
      "total", "number", "of",   "the",      "our",     "new",      "current",
      "all",   "model",  "full", "overall",  "global",  "baseline", "corrected",
      "max",   "degree", "size", "proposed", "planned", "previous"};
  const auto &tokens = statement.tokens;
  for (size_t at = 0; at < statement.keyEnd; ++at) {
    PhraseMatch match =
        matchAt(llvm::ArrayRef(tokens).take_front(statement.keyEnd), at,
                FigureKind::Count);
    if (match)
      return match.end == statement.keyEnd || tokens[match.end].is("(")
                 ? match
                 : PhraseMatch();
    bool known = tokens[at].isWord() &&
                 (llvm::is_contained(before, tokens[at].text) ||
                  static_cast<unsigned char>(tokens[at].text[0]) >= 0x80);
    if (!known)
      return {};
  }
  return {};
}

/// The name in "name = 16", "name (16)" and "name: 16" inside a line.
PhraseMatch MetricReader::nameBefore(size_t number, FigureKind kind) const {
  const auto &tokens = statement.tokens;
  if (number < 2)
    return {};
  const Token &sign = tokens[number - 1];
  bool enclosed =
      sign.is("(") && number + 1 < tokens.size() && tokens[number + 1].is(")");
  bool colon = sign.is(":");
  if (!sign.is("=") && !enclosed && !colon)
    return {};
  PhraseMatch match =
      matchLast(tokens, number > 7 ? number - 7 : 0, number - 1, kind);
  if (!match || match.end != number - 1)
    return {};
  if (match.begin == 0)
    return match;
  // "32 redundant experts = 288" and "instances per GPU: 16" are other counts.
  const Token &before = tokens[match.begin - 1];
  bool opens = before.is("(") || before.is(",") || before.is(";");
  bool counts = before.isNumber() || before.is("per");
  return opens || (!colon && !counts) ? match : PhraseMatch();
}

/// "hidden size 3584", "a batch size of 64": a size is what stands behind its
/// name; of things, "layer 16", that is one of them.
PhraseMatch MetricReader::sizeBefore(size_t number) const {
  static constexpr StringRef sizes[] = {
      "model.hidden_size",        "model.moe_intermediate_size",
      "model.vocab_size",         "workload.sequence_length",
      "workload.global_batch",    "workload.micro_batch",
      "model.num_experts_per_tok"};
  const auto &tokens = statement.tokens;
  size_t end = number;
  if (end > 0 && (tokens[end - 1].is("of") || tokens[end - 1].is("is")))
    --end;
  PhraseMatch match =
      matchLast(tokens, number > 6 ? number - 6 : 0, end, FigureKind::Count);
  return match && match.end == end &&
                 llvm::is_contained(sizes, match.phrase->key) && isWhole(match)
             ? match
             : PhraseMatch();
}

/// Counts are values in "key: 16", "name = 16", "name (16)" and "16 things per
/// GPU" alone: a sentence is full of numbers of things.
PhraseMatch MetricReader::phraseOfCount(size_t number) const {
  const auto &tokens = statement.tokens;
  if (PhraseMatch match = nameBefore(number, FigureKind::Count))
    return match;
  if (PhraseMatch match = sizeBefore(number))
    return match;
  bool way = number + 1 < tokens.size() && tokens[number + 1].is("way");
  PhraseMatch behind =
      matchAt(tokens, number + (way ? 2 : 1), FigureKind::Count);
  // "8-way tensor parallelism".
  if (way && behind && behind.phrase->key.starts_with("parallelism."))
    return behind;
  if (behind && behind.phrase->words.contains(" per "))
    return behind;
  if (statement.keyEnd == 0 || number < statement.keyEnd)
    return {};
  bool described =
      statement.hasWordIn({"configuration", "model", "hardware", "architecture",
                           "cluster", "setup", "environment"},
                          0, statement.keyEnd);
  if (described && behind)
    return behind;
  bool first = llvm::none_of(
      llvm::ArrayRef(tokens).slice(statement.keyEnd, number - statement.keyEnd),
      [](const Token &token) { return token.isNumber(); });
  bool ratio = number + 1 < tokens.size() &&
               (tokens[number + 1].is(":") || tokens[number + 1].is("/"));
  return first && !ratio ? keyOfCount() : PhraseMatch();
}

PhraseMatch MetricReader::phraseFor(size_t number, FigureKind kind) const {
  if (kind == FigureKind::Count)
    return phraseOfCount(number);
  auto whole = [&](PhraseMatch match) {
    return match && isWhole(match) ? match : PhraseMatch();
  };
  if (PhraseMatch match = phraseBehind(number, kind))
    return match;
  if (PhraseMatch match = nameBefore(number, kind))
    return whole(match);
  auto [begin, end] = statement.clauseOf(number);
  if (PhraseMatch match = matchLast(statement.tokens, begin, number, kind))
    return isPlain(match.end, number) ? whole(match) : PhraseMatch();
  if (PhraseMatch match = phraseInKey(number, kind))
    return match;
  if (statement.hasWordIn({"target"}, begin > 1 ? begin - 2 : 0, end))
    if (PhraseMatch match = matchLast(statement.tokens, 0, number, kind))
      return whole(match);
  PhraseMatch match = matchFirst(statement.tokens, number, end, kind);
  return match && isPlain(number + 1, match.begin) ? match : PhraseMatch();
}

/// The figure that the key of the line names, when nothing around the number
/// names another one: "Memory: 42.3 GB, padding waste 0.3 %".
PhraseMatch MetricReader::phraseInKey(size_t number, FigureKind kind) const {
  // "With recomputation: 3 GB" is a case, not a name.
  static constexpr StringRef cases[] = {"with", "without", "for",
                                        "if",   "when",    "after"};
  if (statement.keyEnd == 0 ||
      llvm::is_contained(cases, statement.tokens.front().text))
    return {};
  PhraseMatch match = matchLast(statement.tokens, 0, statement.keyEnd, kind);
  auto [begin, end] = statement.clauseOf(number);
  begin = std::max(begin, statement.keyEnd + 1);
  size_t behind = number + 1;
  // "12 GB for routing tables" is of them, "8 ms for 24 layers" of the key.
  if (behind + 1 < end && statement.tokens[behind].is("for"))
    ++behind;
  bool ends = behind >= end || isFiller(statement.tokens[behind]) ||
              !statement.tokens[behind].isWord();
  return match && ends && isPlain(std::min(begin, number), number) &&
                 isWhole(match)
             ? match
             : PhraseMatch();
}

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
  return isSign(number + 1) || (number > 0 && isSign(number - 1));
}

/// "12 bytes per parameter" is of no GPU.
bool MetricReader::isOfSmaller(size_t number) const {
  static constexpr StringRef things[] = {"parameter", "param", "element",
                                         "weight",    "value", "token"};
  const auto &tokens = statement.tokens;
  return kindOf(amount(number)) == FigureKind::Bytes &&
         number + 2 < tokens.size() &&
         (tokens[number + 1].is("per") || tokens[number + 1].is("/")) &&
         llvm::is_contained(things, tokens[number + 2].text);
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

/// "(target: 95%+)" is what the job is monitored against.
bool MetricReader::readTarget(size_t number, const MetricPhrase &phrase) {
  auto [begin, end] = statement.clauseOf(number);
  bool named = statement.hasWordIn({"target", "slo", "sla"},
                                   begin > 2 ? begin - 2 : 0, end);
  static constexpr StringRef targets[] = {"gpu_utilization",
                                          "compute_utilization",
                                          "memory_utilization",
                                          "memory_variance",
                                          "communication_latency",
                                          "imbalance",
                                          "throughput",
                                          "latency",
                                          "tpot"};
  if (!named || phrase.complement || amount(number).power ||
      !llvm::is_contained(targets, phrase.metric))
    return false;
  const Amount &value = amount(number);
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
bool MetricReader::isPartOfTime(const MetricPhrase &phrase) const {
  if (phrase.kind != FigureKind::Seconds)
    return false;
  return namesCollective(statement) ||
         (phrase.words.starts_with("per ") &&
          !statement.hasAnyWord({"latency", "time", "takes", "take"}));
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

/// Tokens a second are the throughput, unless words tell of what else: "a
/// replica", "prefill".
bool MetricReader::isRateOfAll(size_t number) const {
  auto [begin, end] = statement.clauseOf(number);
  size_t behind = number + 1;
  bool ends = behind >= end || isFiller(statement.tokens[behind]) ||
              !statement.tokens[behind].isWord();
  bool other = behind + 1 < end && statement.tokens[behind].is("per") &&
               !isPlainWord(statement.tokens[behind + 1]);
  return kindOf(amount(number)) == FigureKind::Rate && ends && !other &&
         isPlain(begin > statement.keyEnd ? begin : 0, number);
}

void MetricReader::readNumber(size_t number) {
  boundByWords(number);
  std::optional<FigureKind> kind = kindOf(amount(number));
  if (!kind || isOperand(number) || isOfSmaller(number) || readShareOf(number))
    return;
  PhraseMatch match = phraseFor(number, *kind);
  bool outOf = number > 1 && statement.tokens[number - 1].is("of") &&
               statement.tokens[number - 2].is("out");
  static constexpr MetricPhrase capacity{"", FigureKind::Bytes, "gpu_memory",
                                         "cluster.gpu_memory"};
  static constexpr MetricPhrase anyRate{"", FigureKind::Rate, "throughput", ""};
  const MetricPhrase *phrase = match                 ? match.phrase
                               : isRateOfAll(number) ? &anyRate
                                                     : nullptr;
  if (outOf && kind == FigureKind::Bytes)
    phrase = &capacity;
  bool factor = amount(number).unit == "x";
  // "250 % of what it was" is a change.
  double percent = 0;
  bool more = kind == FigureKind::Ratio && phrase &&
              phrase->metric.ends_with("_utilization") &&
              !StringRef(amount(number).digits).getAsDouble(percent) &&
              percent > 100;
  if (!phrase || more || isPartOfTime(*phrase) || readTarget(number, *phrase) ||
      (factor && phrase->metric != "imbalance"))
    return;
  auto [begin, end] = statement.clauseOf(number);
  if (saysAdvice(statement, begin, end))
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
