//===- CountGuesses.cpp - Counts that sentences mention -------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CountGuesses.h"

#include "Readers.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

/// What a plan can hold.
static constexpr int64_t most = int64_t(1) << 24;

/// "ranks 0-63 all carry 8 experts": what ranks hold is a part of the model.
static bool isHeldByRanks(const Statement &statement, size_t begin,
                          size_t number) {
  size_t at = begin;
  while (at < number &&
         !statement.hasWordIn({"rank", "gpu", "device", "card"}, at, at + 1))
    ++at;
  return statement.hasWordIn({"carry", "carrie", "hold", "host", "store",
                              "keep", "own", "have", "has", "ha", "get",
                              "contain", "serve", "receive"},
                             at, number);
}

/// "63 experts", "3 GPUs", "24 layers" in a sentence.
void CountGuesses::noteCount(size_t token, Statement &statement,
                             ClaimSink &sink) {
  static constexpr StringRef keys[] = {"model.num_experts",
                                       "model.num_hidden_layers",
                                       "cluster.world_size", "cluster.nodes"};
  PhraseMatch match = matchAt(statement.tokens, token + 1, FigureKind::Count);
  // "needs 1,024 GPUs but only 256 are available".
  bool rest = statement.hasWordIn({"are", "is"}, token + 1, token + 2) &&
              statement.hasWordIn({"available"}, token + 2, token + 3);
  if (!match && rest)
    match = matchFirst(statement.tokens, 0, token, FigureKind::Count);
  int64_t number = 0;
  if (!match ||
      StringRef(statement.tokens[token].amount.digits)
          .getAsInteger(10, number) ||
      number < 1 || number > most)
    return;
  if (match.phrase->metric == "redundant_slots" && !redundant) {
    redundant = Redundant{number, statement};
    statement.use(token, token + 1);
    return;
  }
  // "of 4 GPUs each" counts a group.
  size_t begin = statement.clauseOf(token).first;
  bool part = statement.hasWordIn({"each", "every"}, begin, token) ||
              isHeldByRanks(statement, begin, token) ||
              statement.hasWordIn({"each", "per", "group", "stage"}, match.end,
                                  match.end + 2) ||
              // "512 expert instances" count an expert in every layer or copy.
              statement.hasWordIn({"instance", "copy", "copie", "replica"},
                                  match.end, match.end + 1) ||
              (token > 0 && statement.hasWordIn({"of", "per", "x", "span"},
                                                token - 1, token));
  if (part || number < 2 || !llvm::is_contained(keys, match.phrase->key))
    return;
  if (!saysNeed(statement, token))
    guesses.push_back({match.phrase->key, number, statement});
  if (match.phrase->key == "cluster.world_size" &&
      saysAvailable(statement, token) && sink.available(number, statement))
    statement.use(token, token + 1);
}

void CountGuesses::note(Statement &statement, ClaimSink &sink) {
  if (statement.previous || statement.advice)
    return;
  for (size_t i = 0; i + 1 < statement.tokens.size(); ++i) {
    const Token &token = statement.tokens[i];
    if (token.isNumber() && token.amount.unit.empty() &&
        !token.amount.isRange() && !token.amount.power)
      noteCount(i, statement, sink);
  }
}

void CountGuesses::takeFirst(StringRef key, ClaimSink &sink) {
  for (const Guess &guess : guesses)
    if (guess.key == key)
      sink.figure(key, llvm::itostr(guess.number), guess.statement);
}

/// Ranks that the degrees of a document fill; 0 where it states no dp.
static int64_t ranksOfDegrees(const ClaimSink &sink) {
  int64_t ranks = 1;
  for (StringRef key : {"parallelism.dp", "parallelism.tp", "parallelism.cp",
                        "parallelism.pp"}) {
    int64_t degree = 0;
    bool stated = !StringRef(sink.figureOf(key)).getAsInteger(10, degree);
    if (!stated && key == "parallelism.dp")
      return 0;
    if (stated && (degree < 1 || degree > most || (ranks *= degree) > most))
      return 0;
  }
  return ranks;
}

/// Of the numbers of GPUs that sentences mention, the one that the degrees fill
/// is that of the job, else the largest: others are of groups and stages, or of
/// a cluster with some in reserve.
void CountGuesses::takeGpus(ClaimSink &sink) {
  static constexpr StringRef key = "cluster.world_size";
  int64_t filled = ranksOfDegrees(sink);
  const Guess *taken = nullptr;
  for (const Guess &guess : guesses) {
    if (guess.key != key)
      continue;
    bool better = !taken || guess.number > taken->number;
    if (guess.number == filled ||
        (better && (!taken || taken->number != filled)))
      taken = &guess;
  }
  if (taken)
    sink.figure(key, llvm::itostr(taken->number), taken->statement);
}

/// "32 redundant experts" fill the slots of ranks that the experts of the model
/// leave empty.
void CountGuesses::placeRedundantExperts(ClaimSink &sink) {
  auto value = [&](StringRef key) {
    int64_t number = 0;
    return StringRef(sink.figureOf(key)).getAsInteger(10, number) ? 0 : number;
  };
  int64_t experts = value("model.num_experts"), ep = value("parallelism.ep");
  if (!redundant || experts <= 0 || ep <= 0 ||
      (experts + redundant->number) % ep != 0)
    return;
  int64_t slots = (experts + redundant->number) / ep;
  if (sink.figure("experts.slots_per_rank", llvm::itostr(slots),
                  redundant->statement))
    redundant.reset();
}

void CountGuesses::take(ClaimSink &sink) {
  // "Nodes" are also those of a graph, and GPUs those of a group.
  if (sink.hasFigure("cluster.gpus_per_node"))
    takeFirst("cluster.nodes", sink);
  if (!sink.hasFigure("cluster.nodes"))
    takeGpus(sink);
  takeFirst("model.num_experts", sink);
  takeFirst("model.num_hidden_layers", sink);
  placeRedundantExperts(sink);
}
