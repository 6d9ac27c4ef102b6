//===- ShellWords.h - Quotes and expansions ---------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_READERS_SHELLWORDS_H
#define MOE_LIB_READERS_SHELLWORDS_H

#include "ShellVariables.h"

namespace mlir::moe::shell {

/// Whether the character ends a word: blanks, newline and ; & | ( ) < >.
bool isOperator(char c);
/// The name of a variable that `text` begins with; empty if there is none.
llvm::StringRef nameAt(llvm::StringRef text);

/// A place in a script. The first failure stops it.
class Cursor {
public:
  explicit Cursor(llvm::StringRef text, unsigned line = 1)
      : text(text), lineNumber(line) {}
  /// In a text that was read before, of which `spent` bytes were expanded.
  Cursor(const Text &source, size_t spent)
      : text(source.chars), source(&source), spent(spent) {}

  bool atEnd() const { return text.empty() || !message.empty(); }
  char peek() const { return text.front(); }
  llvm::StringRef rest() const { return text; }
  unsigned line() const;
  /// Of the character here, if it stands for something without a value.
  const Gap *gap() const;
  void advance(size_t count);
  /// Blanks, and newlines behind a backslash.
  void skipBlanks(bool newlines);
  /// Up to the end of the line.
  void skipLine();
  /// At `(`: past the parenthesis that closes it, quotes respected.
  void skipParentheses();

  void fail(unsigned line, std::string why);
  bool failed() const { return !message.empty(); }
  unsigned failedLine() const { return messageLine; }
  const std::string &failure() const { return message; }
  /// Counts what variables expand to; fails beyond `maxScriptBytes`.
  void spend(size_t bytes);
  size_t spentBytes() const { return spent; }

private:
  llvm::StringRef text;
  const Text *source = nullptr;
  size_t offset = 0, numGaps = 0;
  unsigned lineNumber = 1;
  unsigned messageLine = 0;
  std::string message;
  size_t spent = 0;
};

/// What quotes mean in a text.
enum class Quotes : uint8_t {
  Removed,       ///< both kinds; outside of them blanks end words
  DoubleRemoved, ///< as between double quotes
  Kept,          ///< as in a here-document
};

/// Reads one word with all it expands to.
class WordReader {
public:
  /// `assigns`: `${NAME:=text}` sets the variable.
  WordReader(Cursor &cursor, Variables &variables, WordBuilder &builder,
             bool assigns, int depth = 0)
      : cursor(cursor), variables(variables), builder(builder),
        assigns(assigns), depth(depth) {}

  /// Up to the operator that ends the word.
  void readWord();
  /// Up to the end of the text; blanks and operators are part of it.
  void readAll(Quotes quotes);

private:
  void readSingleQuotes();
  void readDoubleQuotes();
  /// `escapable`: what a backslash hides; empty for everything.
  void readEscape(llvm::StringRef escapable);
  /// Takes the character here as it is.
  void copy();
  void readBlank();
  void readBackticks();
  void readDollar(bool isQuoted);
  bool readDocument(bool isQuoted);
  void readBraces(bool isQuoted);
  void readArithmetic();
  void expandVariable(llvm::StringRef name, bool isQuoted);
  void expandSize(llvm::StringRef text);
  bool expandElement(llvm::StringRef name, llvm::StringRef index,
                     bool isQuoted);
  /// `operation` is what stands behind the name in braces.
  void expandWith(llvm::StringRef name, llvm::StringRef operation,
                  bool isQuoted);
  void addUnset(llvm::StringRef name);
  void addUnknown(const llvm::Twine &why);
  void addArgument(llvm::StringRef name);
  void expandInto(WordBuilder &part, llvm::StringRef text, Quotes quotes);
  /// `text` as between double quotes, or as a here-document.
  Text expand(llvm::StringRef text, Quotes quotes = Quotes::DoubleRemoved);

  Cursor &cursor;
  Variables &variables;
  WordBuilder &builder;
  bool assigns;
  int depth;
};

} // namespace mlir::moe::shell

#endif // MOE_LIB_READERS_SHELLWORDS_H
