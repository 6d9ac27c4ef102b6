//===- ShellConditions.cpp - Variables that a condition changes -----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Nothing is run, so every branch of a condition may be the one that is taken.
// Inside of a branch a variable has the value that the branch gives it. Behind
// the condition it has what all its possible values begin with, and a gap for
// the rest: `ARGS+=(--bf16)` under a condition leaves the other arguments as
// they are.
//
//===----------------------------------------------------------------------===//

#include "ShellVariables.h"

#include "moe/Wording/Wording.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using namespace mlir::moe::shell;
using llvm::StringRef;

using Values = llvm::SmallVector<const Variable *>;

static bool isWordBreak(char c) { return llvm::isSpace(c); }

/// Elements that all values begin with.
static size_t commonElements(const Values &values) {
  size_t count = 0;
  auto begins = [&](const Variable *value) {
    return count < value->elements.size() &&
           value->elements[count] == values.front()->elements[count];
  };
  while (llvm::all_of(values, begins))
    ++count;
  return count;
}

/// Characters that both begin with; gaps are alike for the same reason.
static size_t commonCharacters(const Text &a, const Text &b) {
  size_t end = std::min(a.chars.size(), b.chars.size()), gap = 0, i = 0;
  for (; i < end && a.chars[i] == b.chars[i]; ++i)
    if (a.chars[i] == noValue && a.gaps[gap].why != b.gaps[gap].why)
      break;
    else
      gap += a.chars[i] == noValue;
  return i;
}

/// Characters that all values begin with, up to the end of a word.
static size_t commonCharacters(const Values &values) {
  auto textOf = [](const Variable *value) -> const Text & {
    return value->elements.front();
  };
  const Text &first = textOf(values.front());
  size_t count = first.chars.size();
  for (const Variable *value : values)
    count = std::min(count, commonCharacters(first, textOf(value)));
  auto endsWord = [&](const Variable *value) {
    StringRef rest = StringRef(textOf(value).chars).drop_front(count);
    return rest.empty() || isWordBreak(rest.front());
  };
  while (count > 0 && !isWordBreak(first.chars[count - 1]) &&
         !llvm::all_of(values, endsWord))
    --count;
  return count;
}

/// The words of a value behind the common start.
static std::vector<Text> restOf(const Variable &value, size_t elements,
                                size_t characters) {
  WordBuilder rest(/*splits=*/true);
  for (const Text &element : llvm::drop_begin(
           value.elements, std::min(elements, value.elements.size()))) {
    rest.addValue(element.drop(characters), /*isQuoted=*/false, 0);
    rest.endWord();
  }
  return rest.finish();
}

/// Whether the word begins what stands for flags.
static bool beginsFlags(const Text &word) {
  return StringRef(word.chars).starts_with("-") ||
         (word.chars.size() == 1 && !word.gaps.empty() &&
          word.gaps.front().holdsFlags);
}

/// The flags in `words`, those that stand under further conditions too.
static void collectFlags(llvm::ArrayRef<Text> words,
                         llvm::SetVector<StringRef> &flags) {
  for (const Text &word : words) {
    StringRef flag = StringRef(word.chars).split('=').first;
    if (flag.starts_with("--") && !flag.contains(noValue))
      flags.insert(flag);
    for (const Gap &gap : word.gaps)
      flags.insert_range(gap.flags);
  }
}

/// A gap for the different ends of a variable's values.
static Gap gapFor(StringRef name, llvm::ArrayRef<std::vector<Text>> rests,
                  unsigned line, unsigned conditionLine) {
  constexpr size_t mostNames = 8;
  llvm::SetVector<StringRef> flags;
  for (const std::vector<Text> &rest : rests)
    collectFlags(rest, flags);
  Gap gap{quoted("$" + name.str()) + " is set under a condition, line " +
              std::to_string(line),
          {flags.begin(), flags.end()},
          llvm::all_of(rests, [](const std::vector<Text> &rest) {
            return rest.empty() || beginsFlags(rest.front());
          })};
  if (!gap.holdsFlags || flags.empty())
    return gap;
  gap.why.clear();
  for (StringRef flag : flags.getArrayRef().take_front(mostNames))
    gap.why += (gap.why.empty() ? "" : ", ") + quoted(flag);
  if (flags.size() > mostNames)
    gap.why += " and " + counted(flags.size() - mostNames, "further flag");
  gap.why += (flags.size() == 1 ? " depends" : " depend") +
             std::string(" on the condition on line ") +
             std::to_string(conditionLine);
  return gap;
}

void Variables::openCondition(unsigned line) {
  conditions.push_back({line, 0, {}, {}});
}

void Variables::remember(StringRef name, unsigned line) {
  if (conditions.empty())
    return;
  Change &change = conditions.back().changes[name.str()];
  const Variable *now = find(name);
  if (!change.inThisBranch && change.after.empty() && now)
    change.before = *now;
  change.inThisBranch = true;
  change.line = line;
}

/// Whether a part of the value is an argument of the script.
static bool holdsArgument(const Variable &value) {
  return llvm::any_of(value.elements, [](const Text &element) {
    return llvm::any_of(element.gaps,
                        [](const Gap &gap) { return gap.isArgument; });
  });
}

void Variables::endBranch(Branch branch) {
  Condition &condition = conditions.back();
  condition.branches += branch != Branch::Exits;
  for (auto &[name, change] : condition.changes) {
    if (!change.inThisBranch)
      continue;
    change.inThisBranch = false;
    Variable now = std::move(values[name]);
    if (change.before)
      values[name] = *change.before;
    else
      values.erase(name);
    if (branch == Branch::Exits || now.isElsewhere)
      continue;
    bool isKept =
        change.before && (branch == Branch::ByArgument || holdsArgument(now));
    if (isKept)
      condition.kept[name] = change.line;
    change.after.push_back(isKept ? *change.before : std::move(now));
  }
}

Variable Variables::joined(StringRef name, const Change &change,
                           unsigned conditionLine) {
  Values all;
  bool isScalar = true, areAlike = change.before.has_value();
  for (const Variable &value : change.after) {
    all.push_back(&value);
    areAlike &= change.before && value.elements == change.before->elements;
  }
  if (areAlike) {
    // Set anew to what is not known either, it is set all the same.
    auto set = llvm::find_if(
        change.after, [](const Variable &value) { return !value.isElsewhere; });
    return set == change.after.end() ? *change.before : *set;
  }
  // A variable that was not set expands to nothing.
  Variable nothing;
  all.push_back(change.before ? &*change.before : &nothing);
  nothing.elements.resize(all.front()->elements.size() == 1);
  for (const Variable *value : all)
    isScalar &= value->elements.size() == 1;
  size_t elements = isScalar ? 0 : commonElements(all);
  size_t characters = isScalar ? commonCharacters(all) : 0;
  std::vector<std::vector<Text>> rests;
  for (const Variable *value : all)
    rests.push_back(restOf(*value, elements, characters));
  Variable result;
  Gap gap = gapFor(name, rests, change.line, conditionLine);
  if (isScalar) {
    Text &text = result.elements.emplace_back();
    text = all.front()->elements.front().take(characters);
    if (characters > 0 && !isWordBreak(text.chars.back()))
      text.append(' ', change.line);
    text.append(std::move(gap), change.line);
    return result;
  }
  result.elements.assign(all.front()->elements.begin(),
                         all.front()->elements.begin() + elements);
  result.elements.emplace_back().append(std::move(gap), change.line);
  return result;
}

size_t Variables::closeCondition(bool isExhaustive,
                                 std::map<std::string, unsigned> &kept) {
  Condition condition = std::move(conditions.back());
  conditions.pop_back();
  size_t cost = 0;
  kept = std::move(condition.kept);
  for (auto &[name, change] : condition.changes) {
    if (change.after.empty())
      continue;
    bool mayStay = !isExhaustive || change.after.size() < condition.branches;
    if (!mayStay) // One of the branches instead of what was before.
      change.before = change.after.back();
    for (const Variable &value : change.after)
      cost += value.cost();
    remember(name, change.line);
    values[name] = joined(name, change, condition.line);
  }
  return cost;
}

void Variables::dropCondition() {
  endBranch(Branch::Exits);
  conditions.pop_back();
}

std::map<std::string, Variable> Variables::takeCondition() {
  std::map<std::string, Variable> assigned;
  for (const auto &[name, change] : conditions.back().changes)
    if (auto value = values.find(name); change.inThisBranch)
      if (value == values.end() || !value->second.isElsewhere)
        assigned[name] = value == values.end() ? Variable() : value->second;
  dropCondition();
  return assigned;
}
