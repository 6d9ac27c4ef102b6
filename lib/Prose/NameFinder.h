//===- NameFinder.h - Looks for the name of a number ------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_PROSE_NAMEFINDER_H
#define MOE_LIB_PROSE_NAMEFINDER_H

#include "MetricPhrases.h"
#include "Statement.h"

namespace mlir::moe {

/// Looks for the name of one number. NumberNames.cpp has what all names have in
/// common, CountNames.cpp those of counts.
class NameFinder {
public:
  NameFinder(const Statement &statement, size_t number, FigureKind kind)
      : statement(statement), tokens(statement.tokens), number(number),
        kind(kind), clause(statement.clauseOf(number)) {}
  PhraseMatch find() const;
  bool isRateOfAll() const;

private:
  bool isPlain(size_t begin, size_t end) const;
  bool isWhole(const PhraseMatch &match) const;
  bool isOfAllGpus(const PhraseMatch &match) const;
  bool isKeyOfRate() const;
  bool isOfOther(const PhraseMatch &match) const;
  PhraseMatch whole(const PhraseMatch &match) const;
  PhraseMatch behind() const;
  PhraseMatch beforeSign() const;
  PhraseMatch inKey() const;
  PhraseMatch ofCount() const;
  PhraseMatch keyOfCount() const;
  PhraseMatch ofSize() const;
  size_t eachGpu() const;
  PhraseMatch ofEachGpu() const;
  PhraseMatch ofParameters() const;
  bool isOfList() const;
  bool isOfThings(const PhraseMatch &degree) const;
  bool is(size_t token, llvm::StringRef text) const {
    return token < tokens.size() && tokens[token].is(text);
  }
  bool isGpu(size_t token) const {
    return is(token, "gpu") || is(token, "device") || is(token, "rank") ||
           is(token, "card");
  }

  const Statement &statement;
  llvm::ArrayRef<Token> tokens;
  size_t number;
  FigureKind kind;
  std::pair<size_t, size_t> clause;
};

} // namespace mlir::moe

#endif // MOE_LIB_PROSE_NAMEFINDER_H
