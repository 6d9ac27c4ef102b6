//===- FlagSet.h - The flags of one command ---------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_READERS_FLAGSET_H
#define MOE_LIB_READERS_FLAGSET_H

#include "moe/Readers/Recipe.h"
#include "moe/Readers/ShellScript.h"

namespace mlir::moe {

/// What follows a flag.
enum class FlagKind : uint8_t {
  Switch, ///< nothing
  Count,  ///< a whole number from 1 on
  Text,   ///< one word
  Hint,   ///< one word; without a value the flag counts as not given
  Words,  ///< all words up to the next flag
};

/// A flag that has a meaning for plans.
struct KnownFlag {
  /// Without dashes, the first is the one messages use:
  /// "tensor-parallel-size|tp".
  llvm::StringRef names;
  FlagKind kind;
  /// The key of the plan that it states as it stands; else empty.
  llvm::StringRef section = {}, key = {};

  llvm::StringRef name() const { return names.split('|').first; }
};

/// A flag as it was given.
struct GivenFlag {
  const KnownFlag *known = nullptr;
  unsigned line = 0;
  std::vector<std::string> words;
  int64_t number = 0;

  llvm::StringRef text() const {
    return words.empty() ? llvm::StringRef() : llvm::StringRef(words.front());
  }
};

class FlagSet {
public:
  /// Reads the flags of `words`, `--name value` and `--name=value`. What is
  /// not in `table` goes to `recipe.unused`; a value that is missing, no
  /// number, or unknown is an error. `_` and `-` are the same where
  /// `mixesDashes`; one dash is enough for names that `table` has with one.
  FlagSet(llvm::ArrayRef<shell::Word> words, llvm::ArrayRef<KnownFlag> table,
          bool mixesDashes, Recipe &recipe, InputErrors &errors);

  /// The last one of that name, or null.
  const GivenFlag *find(llvm::StringRef name) const;
  bool has(llvm::StringRef name) const { return find(name); }
  /// Whether nobody can say if the flag is given.
  bool isOpen(llvm::StringRef name) const;
  int64_t number(llvm::StringRef name, int64_t otherwise) const {
    const GivenFlag *flag = find(name);
    return flag ? flag->number : otherwise;
  }
  llvm::StringRef text(llvm::StringRef name) const {
    const GivenFlag *flag = find(name);
    return flag ? flag->text() : llvm::StringRef();
  }
  /// Words before the first flag and behind flags that take none.
  llvm::ArrayRef<shell::Word> positionals() const { return loose; }

  /// States `key`, which follows from the flag `name` or from its absence;
  /// not if nobody can say whether it is there.
  void state(llvm::StringRef name, llvm::StringRef section, llvm::StringRef key,
             std::string json) const;
  void state(llvm::StringRef name, llvm::StringRef section, llvm::StringRef key,
             int64_t number) const {
    state(name, section, key, std::to_string(number));
  }
  /// Says of the flag `name`, which is given, what the reader of the plan
  /// should know: `--name what`.
  void note(llvm::StringRef name, const std::string &what) const;
  /// Lists the flag `name`, if it is given, with those that a plan has no key
  /// for.
  void passOver(llvm::StringRef name) const;
  /// Reports a fault of that flag.
  void report(llvm::StringRef name, const std::string &what) const;

private:
  void readFlag(llvm::ArrayRef<shell::Word> words, size_t &next);
  void skipValues(llvm::ArrayRef<shell::Word> words, size_t &next,
                  bool hasValue);
  const KnownFlag *lookup(llvm::StringRef name) const;
  bool readValue(GivenFlag &flag, const shell::Word &word);
  bool contradicts(const GivenFlag &flag);
  void addGap(const shell::Word &word);
  std::string nameOf(llvm::StringRef dashed) const;
  void addUnused(const shell::Word &word, llvm::StringRef dashed,
                 llvm::StringRef name);
  void stateDirectly(const GivenFlag &flag);

  llvm::ArrayRef<KnownFlag> table;
  bool mixesDashes;
  Recipe *recipe;
  InputErrors *errors;
  std::vector<GivenFlag> given;
  std::vector<shell::Word> loose;
  /// Flags that are given under a condition.
  std::vector<const KnownFlag *> open;
};

/// `--name, line 12`.
std::string flagSource(llvm::StringRef name, unsigned line);
/// `text` as a JSON string.
std::string jsonText(llvm::StringRef text);

} // namespace mlir::moe

#endif // MOE_LIB_READERS_FLAGSET_H
