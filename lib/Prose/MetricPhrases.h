//===- MetricPhrases.h - What documents call figures ------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_PROSE_METRICPHRASES_H
#define MOE_LIB_PROSE_METRICPHRASES_H

#include "Phrase.h"

namespace mlir::moe {

/// What kind of value a phrase goes with.
enum class FigureKind : uint8_t {
  Bytes,
  Ratio,
  Seconds,
  Rate,    ///< tokens, samples or sequences a second
  Compute, ///< FLOPs a second
  WorkPerToken,
  Bandwidth,
  Count
};

/// The kind of an amount; nothing for units that no figure has.
std::optional<FigureKind> kindOf(const Amount &amount);

/// One name of one figure.
struct MetricPhrase {
  llvm::StringRef words; ///< "memory per gpu"
  FigureKind kind;
  /// Of claims; empty for a figure that only plans have.
  llvm::StringRef metric;
  /// Key of the plan that holds it: "model.num_hidden_layers"; empty for what
  /// follows from a plan.
  llvm::StringRef key;
  /// "headroom": the value is one minus the metric.
  bool complement = false;
};

/// The names of figures of a kind, and of those that share its table.
llvm::ArrayRef<MetricPhrase> phrasesOf(FigureKind kind);

/// The kind of a metric of claims; nothing when documents have no name for it.
std::optional<FigureKind> kindOf(llvm::StringRef metric);

/// A phrase in a line: its tokens are [begin, end).
struct PhraseMatch {
  const MetricPhrase *phrase = nullptr;
  size_t begin = 0, end = 0;
  explicit operator bool() const { return phrase != nullptr; }
};

/// The longest phrase of that kind which begins at token `at`.
PhraseMatch matchAt(llvm::ArrayRef<Token> tokens, size_t at, FigureKind kind);

/// The last phrase of that kind within [begin, end), longer ones first where
/// they overlap.
PhraseMatch matchLast(llvm::ArrayRef<Token> tokens, size_t begin, size_t end,
                      FigureKind kind);
/// The first one.
PhraseMatch matchFirst(llvm::ArrayRef<Token> tokens, size_t begin, size_t end,
                       FigureKind kind);

/// Whether less of the metric is better: times, sizes, imbalance.
bool isLowerBetter(const MetricPhrase &phrase);

} // namespace mlir::moe

#endif // MOE_LIB_PROSE_METRICPHRASES_H
