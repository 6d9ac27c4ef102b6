//===- ShellFunctions.cpp - Loops, functions and parentheses of a script --===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What is read once and may run often or elsewhere. In a loop, variables that
// it assigns have no value until it has assigned them; in a function neither
// have those that are assigned behind its beginning. What a function assigns is
// assigned where it is called.
//
//===----------------------------------------------------------------------===//

#include "ShellReader.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;
using namespace mlir::moe::shell;
using llvm::StringRef;

/// Functions that call functions deeper only do so by design.
static constexpr int maxCalls = 16;

/// The function that is read, if one is.
ScriptReader::Compound *ScriptReader::function() {
  for (Compound &compound : llvm::reverse(compounds))
    if (compound.kind == Reserved::Function)
      return &compound;
  return nullptr;
}

/// Adds what the function `name`, if it is one, assigns.
void ScriptReader::addCalled(AssignedNames &assigned, StringRef name,
                             int depth) {
  auto called = variables.functions.find(name.str());
  if (called == variables.functions.end() || depth > maxCalls)
    return;
  for (const auto &[variable, value] : called->second.sets) {
    assigned.names[variable] = {2, false, false, false};
    ++assigned.count;
  }
  for (const std::string &next : called->second.calls)
    if (assigned.calls.insert(next).second)
      addCalled(assigned, next, depth + 1);
}

/// With what the functions assign that are called there.
AssignedNames ScriptReader::withCalled(AssignedNames assigned) {
  const std::set<std::string> calls = assigned.calls;
  for (const std::string &name : calls)
    addCalled(assigned, name, 0);
  // A name of each takes longer than a character.
  cursor.spend(4 * assigned.count);
  if (cursor.failed())
    assigned.names.clear();
  return assigned;
}

void ScriptReader::beginRepeated() {
  for (auto &[name, how] : withCalled(assignments.inLoop(loopOffset)).names) {
    Gap gap{"'$" + name + "' changes in the loop on line " +
            std::to_string(cursor.line())};
    gap.holdsFlags = how.grows && how.addsFlags;
    variables.setElsewhere(name, std::move(gap), how.grows, how.isArray,
                           cursor.line());
    if (how.times > 1 && !how.grows)
      compounds.back().repeated.push_back(name);
  }
}

/// A loop may end between two assignments of a variable.
void ScriptReader::endRepeated(const Compound &loop) {
  for (const std::string &name : loop.repeated)
    if (!keptNames.count(name) && !isDead())
      variables.forget(name,
                       {"'$" + name + "' changes in the loop on line " +
                        std::to_string(loop.line)},
                       cursor.line());
}

void ScriptReader::beginFunction() {
  Compound &function = compounds.back();
  function.name = std::move(defined);
  defined.clear();
  variables.hideArguments(true);
  bool isGivenAll = false;
  for (StringRef all : {" \"$@\"", " $@", " \"$*\"", " $*", " \"${@}\""})
    isGivenAll |= cursor.rest().contains(function.name + all.str());
  function.isForeign = !isGivenAll;
  variables.enterForeign(function.isForeign);
  for (const auto &[name, how] : withCalled(assignments.from(offset())).names)
    variables.setElsewhere(name, elsewhere(name), /*keepsStart=*/false,
                           /*isArray=*/false, cursor.line());
}

/// A variable is a function's own from here on.
void ScriptReader::noteLocal(StringRef name) {
  Compound *in = function();
  if (!in || isDead())
    return;
  in->locals.insert(name.str());
  const Variable *before = variables.find(name);
  if (in != &compounds.back() || !before || !before->isElsewhere)
    in->shared.insert(name.str());
}

/// Of what a function sets that is set perhaps.
static void setUnclear(Variable &variable, StringRef name, unsigned line) {
  Gap gap{"'$" + name.str() + "' is set under a condition of a function"};
  variable.elements.assign(1, Text());
  variable.elements.front().append(std::move(gap), line);
}

void ScriptReader::endFunction(const Compound &function) {
  variables.hideArguments(false);
  if (function.isForeign)
    variables.enterForeign(false);
  Function made{variables.takeCondition(), function.calls};
  for (const std::string &name : function.locals)
    if (!function.shared.count(name))
      made.sets.erase(name);
    else if (auto set = made.sets.find(name); set != made.sets.end())
      setUnclear(set->second, name, function.line);
  if (function.isSubshell)
    made.sets.clear();
  // The next pass of a loop may call it in front of its definition.
  for (Compound &loop : compounds)
    if (loop.kind == Reserved::While || loop.kind == Reserved::Loop)
      for (const auto &[name, value] : made.sets)
        loop.repeated.push_back(name);
  auto [known, isNew] =
      variables.functions.try_emplace(function.name, std::move(made));
  bool isClear = isNew && compounds.size() == 1 && !compounds.back().inChain;
  if (!isNew) {
    known->second.sets.insert(made.sets.begin(), made.sets.end());
    known->second.calls.insert(made.calls.begin(), made.calls.end());
  }
  if (isClear && !function.returns)
    return;
  for (auto &[name, value] : known->second.sets)
    setUnclear(value, name, function.line);
}

/// A command may be a function, which sets its variables here.
void ScriptReader::noteCall() {
  const std::string &name = words.front().chars;
  Compound *in = function();
  if (in)
    in->calls.insert(name);
  if (in && name == "return")
    in->returns = true;
  auto called = variables.functions.find(name);
  if (called == variables.functions.end() || isPiped)
    return;
  variables.call(called->second.sets, cursor.line());
  AssignedNames later;
  for (const std::string &next : called->second.calls)
    addCalled(later, next, 0);
  cursor.spend(later.count + called->second.sets.size());
  for (const auto &[variable, how] : later.names)
    if (!called->second.sets.count(variable))
      variables.forget(variable,
                       {"'$" + variable + "' is set by a function that " +
                        "another one calls"},
                       cursor.line());
}

/// At a parenthesis that opens or closes a subshell or `((...))`.
bool ScriptReader::readParenthesis() {
  StringRef rest = cursor.rest();
  if (rest.front() == ')') {
    if (!compounds.back().isSubshell)
      return false;
    endCommand();
    closeCompound();
    cursor.advance(1);
    hasBegun = true; // So a newline ends the list.
    return true;
  }
  if (!words.empty())
    return false;
  if (!rest.starts_with("((")) {
    cursor.advance(1);
    open(Reserved::Subshell);
    atStart = true;
    return true;
  }
  cursor.skipParentheses();
  StringRef expression = rest.drop_back(cursor.rest().size());
  if (expression.contains('=') || expression.contains("++") ||
      expression.contains("--"))
    forgetNames(expression, "is set by '((...))'");
  hasBegun = isLost = true;
  if (atLoopVariable)
    open(Reserved::Loop);
  atLoopVariable = false;
  return true;
}

/// What `eval` assigns is not followed.
void ScriptReader::forgetWhatIsEvaluated(const Text &text) {
  AssignedNames evaluated = Assignments(text.chars).from(0);
  for (const auto &[name, how] : evaluated.names)
    forgetNames(name, "is set by 'eval'");
}
