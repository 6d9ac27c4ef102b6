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
#include <map>
#include <set>

namespace mlir::moe::shell {

/// Characters that remember where they were written.
struct Text {
  std::string chars;
  std::vector<unsigned> lines;
  /// One for every `noValue` of the characters.
  std::vector<Gap> gaps;

  void append(char c, unsigned line) {
    chars += c;
    lines.push_back(line);
  }
  void append(llvm::StringRef text, unsigned line) {
    chars += text;
    lines.insert(lines.end(), text.size(), line);
  }
  void append(const Text &other);
  void append(Gap gap, unsigned line) {
    append(noValue, line);
    gaps.push_back(std::move(gap));
  }
  bool operator==(const Text &other) const;
  /// Its first `count` characters, and the others.
  Text take(size_t count) const;
  Text drop(size_t count) const;
  /// What it takes to copy it.
  size_t cost() const { return chars.size() + 64 * gaps.size(); }
};

/// The word of a command that the text is.
Word toWord(Text text);

/// A variable is a list of one element, unless it is an array.
struct Variable {
  std::vector<Text> elements;
  bool isFinal = false;
  /// It stands for what the variable is elsewhere, and was not assigned since.
  bool isElsewhere = false;

  size_t cost() const;
};

/// The integer; nothing for one such as 010, which is 8 to some commands.
std::optional<int64_t> decimal(llvm::StringRef text);

/// What a function does when it is called.
struct Function {
  std::map<std::string, Variable> sets;
  /// The commands in it; functions that were defined later may be among them.
  std::set<std::string> calls;
};

/// Whether schedulers, launchers or the host set the variable for every job, so
/// that no default stands for it.
bool isOfLauncher(llvm::StringRef name);

/// What `name` is where a function is called.
Gap elsewhere(llvm::StringRef name);

/// Collects the words that a part of a command expands to.
class WordBuilder {
public:
  /// `splits`: unquoted expansions are split at blanks.
  explicit WordBuilder(bool splits) : splits(splits) {}

  void add(char c, unsigned line);
  /// Quotes make a word, even an empty one.
  void open(unsigned line);
  void addGap(Gap gap, unsigned line);
  /// A blank outside of quotes.
  void addBlank(char c, unsigned line);
  void addValue(const Text &value, bool isQuoted, unsigned line);
  /// One word per element, the first joined to what stands before.
  void addElements(const Variable &array, bool isQuoted, unsigned line);
  void endWord();
  std::vector<Text> finish();

private:
  bool splits;
  bool isOpen = false;
  Text current;
  std::vector<Text> words;
};

/// What the script has set so far.
class Variables {
public:
  explicit Variables(llvm::ArrayRef<Definition> definitions);

  std::map<std::string, Function> functions;

  /// Null when it is not set.
  const Variable *find(llvm::StringRef name) const;
  /// The number it holds, if it is one.
  std::optional<int64_t> integer(llvm::StringRef name) const;
  void assign(llvm::StringRef name, std::vector<Text> elements, bool appends,
              bool isArray, unsigned line);
  /// As it was before; nothing if it was not set.
  void putBack(llvm::StringRef name, std::optional<Variable> value,
               unsigned line);
  /// The variable changes in a way that is not followed.
  void forget(llvm::StringRef name, Gap gap, unsigned line);
  /// In a function `$1` is not that of the script.
  void hideArguments(bool hides) { hidden += hides ? 1 : -1; }
  /// In a function that is not given the arguments of the script.
  void enterForeign(bool enters) { foreign += enters ? 1 : -1; }
  bool isForeign() const { return foreign > 0; }

  /// As `forget`, for a variable that may be left as it is; with `keepsStart`
  /// words are added behind those that it has.
  void setElsewhere(llvm::StringRef name, Gap gap, bool keepsStart,
                    bool isArray, unsigned line);

  /// What is assigned from here on holds for the first branch of a condition.
  void openCondition(unsigned line);
  /// How a branch ends.
  enum class Branch : uint8_t {
    GoesOn,
    Exits,     ///< what it sets is of no consequence
    ByArgument ///< it is not taken without arguments
  };
  /// Variables have the values from before the condition again.
  void endBranch(Branch branch);
  /// Joins the branches that have ended; one of them is taken if
  /// `isExhaustive`, else perhaps none. What they set from arguments of the
  /// script is left as it was and named in `kept`, with its line. Returns the
  /// bytes that took.
  size_t closeCondition(bool isExhaustive,
                        std::map<std::string, unsigned> &kept);
  /// What was assigned since `openCondition` does not hold behind it.
  void dropCondition();
  /// The same, and returns what was assigned.
  std::map<std::string, Variable> takeCondition();
  /// A call of a function that assigns `values`.
  void call(const std::map<std::string, Variable> &values, unsigned line);

private:
  /// A variable that a condition changes.
  struct Change {
    std::optional<Variable> before;
    /// At the end of each branch that changes it.
    std::vector<Variable> after;
    bool inThisBranch = false;
    unsigned line = 0;
  };
  struct Condition {
    unsigned line;
    size_t branches = 0;
    std::map<std::string, Change> changes;
    /// Set from arguments of the script.
    std::map<std::string, unsigned> kept;
  };

  /// To be called before a variable changes.
  void remember(llvm::StringRef name, unsigned line);
  static Variable joined(llvm::StringRef name, const Change &change,
                         unsigned conditionLine);

  llvm::StringMap<Variable> values;
  std::vector<Condition> conditions;
  int hidden = 0, foreign = 0;
};

} // namespace mlir::moe::shell

#endif // MOE_LIB_READERS_SHELLVARIABLES_H
