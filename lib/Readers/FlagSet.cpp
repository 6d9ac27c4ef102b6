//===- FlagSet.cpp - The flags of one command -----------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FlagSet.h"

#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"

using namespace mlir::moe;
using llvm::StringRef;
using shell::Word;

/// Larger numbers are typing errors; those of plans have tighter limits.
static constexpr int64_t maxNumber = int64_t(1) << 40;

std::string mlir::moe::flagSource(StringRef name, unsigned line) {
  std::string source = "--" + name.str();
  return line ? source + ", line " + std::to_string(line) : source;
}

std::string mlir::moe::jsonText(StringRef text) {
  std::string result;
  llvm::raw_string_ostream(result)
      << llvm::json::Value(llvm::json::fixUTF8(text));
  return result;
}

/// Whether the word stands for flags that are given or not.
static bool isOpenFlag(const Word &word) {
  return word.gap && word.gap->holdsFlags;
}

/// `-5` and `-0.1` are values, `--x` and `-x` are flags.
static bool isFlag(const Word &word) {
  StringRef text = word.text;
  return text.size() > 1 && text.front() == '-' && !llvm::isDigit(text[1]) &&
         text[1] != '.';
}

FlagSet::FlagSet(llvm::ArrayRef<Word> words, llvm::ArrayRef<KnownFlag> table,
                 bool mixesDashes, Recipe &recipe, InputErrors &errors)
    : table(table), mixesDashes(mixesDashes), recipe(&recipe), errors(&errors) {
  for (size_t next = 0; next < words.size();) {
    const Word &word = words[next];
    if (isFlag(word)) {
      readFlag(words, next);
      continue;
    }
    if (word.isKnown())
      loose.push_back(word);
    else
      addGap(word);
    ++next;
  }
}

/// Flags may stand here, or not; nothing follows from their absence.
void FlagSet::addGap(const Word &word) {
  const shell::Gap &gap = *word.gap;
  size_t count = gap.holdsFlags ? gap.flags.size() : 0;
  recipe->note(word.line, gap.why + (count == 0   ? "; flags in it are not read"
                                     : count == 1 ? ", it is not read"
                                                  : ", they are not read"));
  for (StringRef flag : gap.flags)
    if (const KnownFlag *known = lookup(nameOf(flag)))
      open.push_back(known);
}

std::string FlagSet::nameOf(StringRef dashed) const {
  std::string name = dashed.ltrim('-').str();
  if (mixesDashes)
    llvm::replace(name, '_', '-');
  return name;
}

const KnownFlag *FlagSet::lookup(StringRef name) const {
  const auto *found = llvm::find_if(table, [&](const KnownFlag &flag) {
    return llvm::any_of(llvm::split(flag.names, '|'),
                        [&](StringRef known) { return known == name; });
  });
  return found == table.end() ? nullptr : found;
}

/// Reads the value of a flag that takes one; false after an error.
bool FlagSet::readValue(GivenFlag &flag, const Word &word) {
  std::string source = flagSource(flag.known->name(), 0);
  auto fail = [&](const std::string &what) {
    errors->add(recipe->file, {flag.line, 1}, source + " " + what);
    return false;
  };
  if (!word.isKnown() && flag.known->kind == FlagKind::Hint) {
    recipe->note(flag.line, source + " is not read: " + word.gap->why);
    return false;
  }
  if (!word.isKnown())
    return fail("has no value that can be read: " + word.gap->why);
  flag.words.push_back(word.text);
  if (flag.known->kind != FlagKind::Count)
    return true;
  if (StringRef(word.text).getAsInteger(10, flag.number) || flag.number < 1 ||
      flag.number > maxNumber)
    return fail("is " + quoted(word.text) +
                ", expected a whole number from 1 to " +
                std::to_string(maxNumber));
  return true;
}

void FlagSet::readFlag(llvm::ArrayRef<Word> words, size_t &next) {
  const Word &word = words[next++];
  auto [dashed, inlineValue] = StringRef(word.text).split('=');
  bool hasInline = dashed.size() != word.text.size();
  std::string name = nameOf(dashed);
  GivenFlag flag{lookup(name), word.line, {}, 0};
  if (!flag.known) {
    addUnused(word, dashed, name);
    return skipValues(words, next, hasInline);
  }
  bool isSound = true;
  if (hasInline)
    isSound = readValue(flag, {inlineValue.str(), word.line, word.gap});
  else if (flag.known->kind == FlagKind::Words)
    while (isSound && next < words.size() && !isFlag(words[next]) &&
           !isOpenFlag(words[next]))
      isSound = readValue(flag, words[next++]);
  else if (flag.known->kind != FlagKind::Switch) {
    if (next == words.size() || isFlag(words[next])) {
      errors->add(recipe->file, {word.line, 1},
                  flagSource(name, 0) + " has no value");
      return;
    }
    isSound = readValue(flag, words[next++]);
  }
  if (isSound && !contradicts(flag)) {
    given.push_back(std::move(flag));
    stateDirectly(given.back());
  }
}

/// Skips what a flag takes that is not known. Its value may be anything, but
/// what has no value behind that, or at the end, may be flags.
void FlagSet::skipValues(llvm::ArrayRef<Word> words, size_t &next,
                         bool hasValue) {
  for (;
       next < words.size() && !isFlag(words[next]) && !isOpenFlag(words[next]);
       ++next) {
    const Word &word = words[next];
    if (!word.isKnown() && (hasValue || next + 1 == words.size() ||
                            StringRef(word.gap->why).starts_with("'$@'")))
      addGap(word);
    hasValue = true;
  }
}

/// Whether the flag was given before with another value. Frameworks take the
/// last one, but whoever wrote both cannot have meant that.
bool FlagSet::contradicts(const GivenFlag &flag) {
  const GivenFlag *other = find(flag.known->name());
  if (!other || other->words == flag.words)
    return false;
  auto valueOf = [](const GivenFlag &given) {
    return quoted(llvm::join(given.words, " "));
  };
  InputError error{recipe->file,
                   {flag.line, 1},
                   flagSource(flag.known->name(), 0) + " is " + valueOf(flag) +
                       " here and " + valueOf(*other) + " before",
                   {}};
  error.notes.push_back(
      {recipe->file, {other->line, 1}, "the other value is here"});
  errors->add(std::move(error));
  return true;
}

/// A flag that nearly is one of the table was probably meant to be it.
void FlagSet::addUnused(const Word &word, StringRef dashed, StringRef name) {
  recipe->unused.push_back({dashed.str(), word.line});
  for (const KnownFlag &known : table)
    if (known.name().size() > 6 &&
        known.name().edit_distance(name, /*AllowReplacements=*/true, 2) <= 2)
      recipe->note(word.line, quoted(dashed) + " is not read, did you mean " +
                                  quoted("--" + known.name().str()) + "?");
}

void FlagSet::stateDirectly(const GivenFlag &flag) {
  const KnownFlag &known = *flag.known;
  if (known.key.empty())
    return;
  std::string json = known.kind == FlagKind::Switch ? "true"
                     : known.kind == FlagKind::Count
                         ? std::to_string(flag.number)
                         : jsonText(flag.text());
  recipe->set(known.section, known.key, std::move(json),
              flagSource(known.name(), flag.line), flag.line, *errors);
}

const GivenFlag *FlagSet::find(StringRef name) const {
  for (const GivenFlag &flag : llvm::reverse(given))
    if (flag.known->name() == name)
      return &flag;
  return nullptr;
}

bool FlagSet::isOpen(StringRef name) const {
  return !has(name) && llvm::any_of(open, [&](const KnownFlag *known) {
    return known->name() == name;
  });
}

void FlagSet::state(StringRef name, StringRef section, StringRef key,
                    std::string json) const {
  const GivenFlag *flag = find(name);
  unsigned line = flag ? flag->line : 0;
  // What holds without the flag is not known to hold.
  if (isOpen(name))
    return;
  std::string source = (flag ? "" : "no ") + flagSource(name, line);
  recipe->set(section, key, std::move(json), std::move(source), line, *errors);
}

void FlagSet::note(StringRef name, const std::string &what) const {
  recipe->note(find(name)->line, flagSource(name, 0) + " " + what);
}

void FlagSet::passOver(StringRef name) const {
  if (const GivenFlag *flag = find(name))
    recipe->unused.push_back({"--" + name.str(), flag->line});
}

void FlagSet::report(StringRef name, const std::string &what) const {
  const GivenFlag *flag = find(name);
  errors->add(recipe->file, {flag ? flag->line : 0, flag ? 1u : 0u},
              flagSource(name, 0) + " " + what);
}
