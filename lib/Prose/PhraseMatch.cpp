//===- PhraseMatch.cpp - Names of figures in a line -----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MetricPhrases.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

std::optional<FigureKind> mlir::moe::kindOf(const Amount &amount) {
  if (!amount.hasKnownUnit())
    return std::nullopt;
  switch (amount.dimension()) {
  case Dimension::Count:
    return FigureKind::Count;
  case Dimension::Ratio:
    return FigureKind::Ratio;
  case Dimension::Bytes:
  case Dimension::BytesPerGpu:
    return FigureKind::Bytes;
  case Dimension::BytesPerSecond:
    return FigureKind::Bandwidth;
  case Dimension::FlopPerToken:
    return FigureKind::WorkPerToken;
  case Dimension::FlopPerSecond:
  case Dimension::FlopPerSecondPerGpu:
    return FigureKind::Compute;
  case Dimension::Seconds:
    return FigureKind::Seconds;
  case Dimension::TokensPerSecond:
  case Dimension::TokensPerSecondPerGpu:
  case Dimension::SamplesPerSecond:
  case Dimension::SequencesPerSecond:
    return FigureKind::Rate;
  case Dimension::Flop:
  case Dimension::Tokens:
    return std::nullopt;
  }
  return std::nullopt;
}

std::optional<FigureKind> mlir::moe::kindOf(StringRef metric) {
  for (FigureKind table :
       {FigureKind::Bytes, FigureKind::Ratio, FigureKind::Seconds,
        FigureKind::Rate, FigureKind::Count})
    for (const MetricPhrase &phrase : phrasesOf(table))
      if (phrase.metric == metric)
        return phrase.kind;
  return std::nullopt;
}

std::optional<size_t> mlir::moe::endOfWords(ArrayRef<Token> tokens, size_t at,
                                            StringRef words) {
  for (StringRef rest = words; !rest.empty(); ++at) {
    auto [word, others] = rest.split(' ');
    if (at >= tokens.size() || !tokens[at].is(word))
      return std::nullopt;
    rest = others;
  }
  return at;
}

PhraseMatch mlir::moe::matchAt(ArrayRef<Token> tokens, size_t at,
                               FigureKind kind) {
  PhraseMatch best;
  // The GPU of "tokens/s/GPU" is no number of GPUs.
  bool divides = at > 0 && at < tokens.size() && kind == FigureKind::Count &&
                 tokens[at].is("gpu") &&
                 (tokens[at - 1].is("/") || tokens[at - 1].is("per"));
  if (divides)
    return best;
  auto begins = [&](const MetricPhrase &phrase) {
    return at < tokens.size() && !tokens[at].text.empty() &&
           phrase.words.front() == tokens[at].text.front();
  };
  for (const MetricPhrase &phrase : phrasesOf(kind)) {
    if (phrase.kind != kind || !begins(phrase))
      continue;
    std::optional<size_t> end = endOfWords(tokens, at, phrase.words);
    if (end && *end > best.end)
      best = {&phrase, at, *end};
  }
  return best;
}

PhraseMatch mlir::moe::matchFirst(ArrayRef<Token> tokens, size_t begin,
                                  size_t end, FigureKind kind) {
  for (size_t at = begin; at < end; ++at)
    if (PhraseMatch match = matchAt(tokens.take_front(end), at, kind))
      return match;
  return {};
}

PhraseMatch mlir::moe::matchLast(ArrayRef<Token> tokens, size_t begin,
                                 size_t end, FigureKind kind) {
  PhraseMatch last;
  for (size_t at = begin; at < end; ++at)
    if (PhraseMatch match = matchAt(tokens.take_front(end), at, kind)) {
      last = match;
      at = match.end - 1;
    }
  return last;
}

bool mlir::moe::isLowerBetter(const MetricPhrase &phrase) {
  static constexpr StringRef higher[] = {
      "memory_utilization", "compute_utilization", "gpu_utilization", "mfu",
      "strong_scaling",     "weak_scaling"};
  return phrase.kind == FigureKind::Seconds ||
         phrase.kind == FigureKind::Bytes ||
         (phrase.kind == FigureKind::Ratio &&
          !llvm::is_contained(higher, phrase.metric));
}
