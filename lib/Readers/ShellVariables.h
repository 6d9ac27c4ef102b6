//===- ShellVariables.h - Variables of a script -----------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_READERS_SHELLVARIABLES_H
#define MOE_LIB_READERS_SHELLVARIABLES_H

#include "moe/Readers/ShellScript.h"
#include "llvm/ADT/StringMap.h"

namespace mlir::moe::shell {

/// Characters that remember where they were written.
struct Text {
  std::string chars;
  std::vector<unsigned> lines;
  /// As of `Word`.
  std::string unknown;

  void append(char c, unsigned line) {
    chars += c;
    lines.push_back(line);
  }
  void append(llvm::StringRef text, unsigned line) {
    chars += text;
    lines.insert(lines.end(), text.size(), line);
  }
  void append(const Text &other);
  bool operator==(const Text &other) const {
    return chars == other.chars && unknown == other.unknown;
  }
};

/// A variable is a list of one element, unless it is an array.
struct Variable {
  std::vector<Text> elements;
  bool isFinal = false;
};

/// Collects the words that a part of a command expands to.
class WordBuilder {
public:
  /// `splits`: unquoted expansions are split at blanks.
  explicit WordBuilder(bool splits) : splits(splits) {}

  void add(char c, unsigned line);
  /// Quotes make a word, even an empty one.
  void open(unsigned line);
  void addUnknown(const std::string &why, unsigned line);
  void addValue(const Text &value, bool isQuoted, unsigned line);
  /// One word per element, the first joined to what stands before.
  void addElements(const Variable &array, bool isQuoted, unsigned line);
  std::vector<Text> finish();

private:
  void endWord();

  bool splits;
  bool isOpen = false;
  Text current;
  std::vector<Text> words;
};

/// What the script has set so far.
class Variables {
public:
  explicit Variables(llvm::ArrayRef<Definition> definitions);

  /// Null when it is not set.
  const Variable *find(llvm::StringRef name) const;
  /// The number it holds, if it is one.
  std::optional<int64_t> integer(llvm::StringRef name) const;
  /// Under a condition a variable that changes has no value afterwards.
  void assign(llvm::StringRef name, std::vector<Text> elements, bool appends,
              bool isArray, bool isConditional, unsigned line);
  /// The variable changes in a way that is not followed.
  void forget(llvm::StringRef name, const std::string &why);

private:
  llvm::StringMap<Variable> values;
};

} // namespace mlir::moe::shell

#endif // MOE_LIB_READERS_SHELLVARIABLES_H
