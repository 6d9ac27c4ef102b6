//===- Statement.h - A line and what stands around it -----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_PROSE_STATEMENT_H
#define MOE_LIB_PROSE_STATEMENT_H

#include "Phrase.h"

namespace mlir::moe {

/// One line of a document as its readers see it.
struct Statement {
  std::vector<Token> tokens;
  /// Of each token: whether a claim was made of it, and whether it may be the
  /// value of a figure all the same.
  std::vector<bool> used, reopened;
  unsigned line = 0;
  std::string quote;
  /// It speaks of the plan before this one.
  bool previous = false;
  /// It recommends, and asserts nothing of the plan.
  bool advice = false;
  /// The section is about the figures of one GPU.
  bool ofEachGpu = false;
  /// The section is about what there is: "memory" is that of a GPU.
  bool ofHardware = false;
  /// Tokens before the colon of "key: value"; 0 without one.
  size_t keyEnd = 0;

  Statement(llvm::StringRef text, unsigned line, std::string quote);

  bool hasWord(llvm::StringRef word) const;
  bool hasAnyWord(llvm::ArrayRef<llvm::StringRef> words) const;
  /// Whether a word of the list is within [begin, end).
  bool hasWordIn(llvm::ArrayRef<llvm::StringRef> words, size_t begin,
                 size_t end) const;
  /// Whether no white space is before the token.
  bool isAttached(size_t token) const;
  /// The parenthesis that closes the one at `open`; the number of tokens when
  /// there is none.
  size_t closing(size_t open) const;
  /// Numbers dashes tie together, three or more: "22-21-21".
  struct NumberList {
    size_t begin = 0, end = 0; ///< tokens
    std::vector<std::string> digits;
  };
  std::vector<NumberList> numberLists() const;
  void use(size_t begin, size_t end);
  /// The number of a token is in a claim, but is also asserted by itself.
  void reopen(size_t token) { used[token] = reopened[token] = true; }
  bool isOpen(size_t token) const { return !used[token] || reopened[token]; }
  /// The tokens around one between the signs that part a line.
  std::pair<size_t, size_t> clauseOf(size_t token) const;
  /// Whether the number counts up something, as in "GPU 0-1" and "phase 2".
  bool isOrdinal(size_t token) const;
  /// Whether the token is a number of which nothing was made, or one that
  /// cannot be read: "42,3", and one of many digits.
  bool isLeft(size_t token) const;
};

/// What the lines of a section said, for those that refer to it.
struct SectionNotes {
  bool previous = false, advice = false;
  bool ofEachGpu = false, ofHardware = false;
  /// The one axis that its title names: "tp".
  llvm::StringRef axis;
  std::vector<Amount> before, after;
  std::vector<std::string> listBefore, listAfter;
};

} // namespace mlir::moe

#endif // MOE_LIB_PROSE_STATEMENT_H
