//===- CollectiveReader.cpp - Collective operations in prose --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AxisWords.h"
#include "Readers.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

namespace {
/// A collective operation that words name: tokens [begin, end).
struct Mention {
  StringRef kind;
  size_t begin = 0, end = 0;
};

/// Reads the collective operations of one sentence.
class CollectiveReader {
public:
  CollectiveReader(Statement &statement, const SectionNotes &section,
                   ClaimSink &sink)
      : statement(statement), section(section), sink(sink) {}
  void read();

private:
  void readMention(const Mention &mention, size_t end, bool alone);
  std::pair<size_t, size_t> clauseOf(const Mention &mention) const;
  StringRef axisOf(const Mention &mention, bool alone) const;
  StringRef purposeIn(size_t begin, size_t end) const;
  bool isDenied() const;
  std::optional<size_t> timeIn(size_t begin, size_t end) const;
  void keep(const Mention &mention, StringRef axis, StringRef purpose,
            std::optional<size_t> time);

  Statement &statement;
  const SectionNotes &section;
  ClaimSink &sink;
};
} // namespace

/// The names of collective operations, longer ones first.
static constexpr std::pair<StringRef, StringRef> collectiveNames[] = {
    {"reduce scatter", "reduce_scatter"}, {"reducescatter", "reduce_scatter"},
    {"all reduce", "all_reduce"},         {"allreduce", "all_reduce"},
    {"all gather", "all_gather"},         {"allgather", "all_gather"},
    {"all to all", "all_to_all"},         {"alltoall", "all_to_all"},
    {"point to point", "send_recv"},      {"send / recv", "send_recv"}};

static std::vector<Mention> mentionsIn(const Statement &statement) {
  std::vector<Mention> mentions;
  for (size_t i = 0; i < statement.tokens.size(); ++i)
    for (auto [words, kind] : collectiveNames)
      if (auto end = endOfWords(statement.tokens, i, words)) {
        mentions.push_back({kind, i, *end});
        i = *end - 1;
        break;
      }
  return mentions;
}

bool mlir::moe::namesCollective(const Statement &statement) {
  return !mentionsIn(statement).empty();
}

/// What the sentence denies, compares, replaces or asks for, it does not say of
/// the plan.
bool CollectiveReader::isDenied() const {
  static constexpr StringRef words[] = {
      "no",       "not",    "never",     "without", "instead",  "rather",
      "replace",  "avoid",  "wrong",     "unlike",  "than",     "vs",
      "versus",   "remove", "removed",   "missing", "lack",     "replaced",
      "required", "should", "incorrect", "cannot",  "eliminate"};
  bool crossed = StringRef(statement.quote).contains("❌") ||
                 StringRef(statement.quote).contains("~~");
  return crossed || statement.hasAnyWord(words) ||
         llvm::any_of(statement.tokens, [](const Token &token) {
           return token.is("?") || token.is("->") ||
                  (token.isWord() && StringRef(token.text).contains("n't"));
         });
}

/// The words around a collective: its clause, and the key of the line where
/// that clause is the first behind it.
std::pair<size_t, size_t>
CollectiveReader::clauseOf(const Mention &mention) const {
  auto [begin, end] = statement.clauseOf(mention.begin);
  if (statement.keyEnd > 0 && begin == statement.keyEnd + 1)
    begin = 0;
  return {begin, end};
}

/// The axis directly before the collective, else the only one of its clause.
StringRef CollectiveReader::axisOf(const Mention &mention, bool alone) const {
  std::vector<AxisMention> all = axesOf(statement);
  for (const AxisMention &axis : all)
    if (axis.end == mention.begin)
      return axis.axis;
  auto [begin, end] = clauseOf(mention);
  std::vector<StringRef> axes;
  for (const AxisMention &axis : all)
    if (begin <= axis.begin && axis.begin < end && alone &&
        !llvm::is_contained(axes, axis.axis))
      axes.push_back(axis.axis);
  return axes.size() == 1 ? axes.front() : "";
}

/// What moves: gradients, or tokens to their experts. Nothing where another
/// thing may be meant.
StringRef CollectiveReader::purposeIn(size_t begin, size_t end) const {
  static constexpr StringRef gradients[] = {"gradient", "grad"};
  static constexpr StringRef routing[] = {"routing", "route",     "dispatch",
                                          "combine", "combining", "dispatched"};
  bool gradient = statement.hasWordIn(gradients, begin, end);
  bool route = statement.hasWordIn(routing, begin, end);
  if (gradient == route)
    return "";
  return gradient ? "gradient synchronization" : "expert routing";
}

/// The first time of which nothing was made.
std::optional<size_t> CollectiveReader::timeIn(size_t begin, size_t end) const {
  for (size_t i = begin; i < end; ++i) {
    const Token &token = statement.tokens[i];
    if (token.isNumber() && !statement.used[i] && !token.amount.isRange() &&
        !token.amount.power && token.amount.dimension() == Dimension::Seconds)
      return i;
  }
  return std::nullopt;
}

void CollectiveReader::keep(const Mention &mention, StringRef axis,
                            StringRef purpose, std::optional<size_t> time) {
  std::string json = "{ ";
  if (!axis.empty())
    json += "\"axis\": \"" + axis.str() + "\", ";
  if (!purpose.empty())
    json += "\"for\": \"" + purpose.str() + "\", ";
  json += "\"kind\": \"" + mention.kind.str() + "\"";
  if (time) {
    json += ", \"time\": \"" + statement.tokens[*time].amount.text() + "\"";
    if (statement.hasWordIn({"layer"}, *time + 1, *time + 3))
      json += ", \"per\": \"layer\"";
  }
  if (sink.listed("stated.collectives", json + " }", statement) && time)
    statement.use(*time, *time + 1);
}

/// `end`: where the next collective is named.
void CollectiveReader::readMention(const Mention &mention, size_t end,
                                   bool alone) {
  // Collectives of other things: the loss, what routers count.
  static constexpr StringRef others[] = {
      "loss",   "statistic", "metric", "counter",   "norm",
      "logit",  "bias",      "load",   "auxiliary", "aux",
      "count",  "histogram", "shared", "sequence",  "ulysses",
      "weight", "parameter", "tied",   "embedding", "backward"};
  auto [first, last] = clauseOf(mention);
  StringRef axis = axisOf(mention, alone);
  StringRef purpose = alone ? purposeIn(first, last) : "";
  std::optional<size_t> time = timeIn(mention.end, end);
  if (time && axis.empty())
    if (std::vector<AxisMention> axes = axesOf(statement); !axes.empty())
      axis = axes.front().axis;
  if (time && !axis.empty())
    return keep(mention, axis, purpose, time);
  if (isDenied() || (!alone && axis.empty()) ||
      statement.hasWordIn(others, first, last))
    return;
  // Those of tokens go back the way that the tokens came.
  if (purpose == "gradient synchronization" && mention.kind == "all_to_all" &&
      axis == "ep")
    return;
  // The title says along which axis the items below it move what they name.
  if (axis.empty() && purpose == "gradient synchronization")
    axis = section.axis;
  if (!axis.empty() || !purpose.empty())
    keep(mention, axis, purpose, std::nullopt);
}

void CollectiveReader::read() {
  if (statement.previous || statement.advice)
    return;
  std::vector<Mention> mentions = mentionsIn(statement);
  bool alone = llvm::all_of(mentions, [&](const Mention &mention) {
    return mention.kind == mentions.front().kind;
  });
  for (size_t i = 0; i < mentions.size(); ++i)
    readMention(mentions[i],
                i + 1 < mentions.size() ? mentions[i + 1].begin
                                        : statement.tokens.size(),
                alone);
}

void mlir::moe::readCollectives(Statement &statement,
                                const SectionNotes &section, ClaimSink &sink) {
  CollectiveReader(statement, section, sink).read();
}
