//===- ShellCompounds.cpp - Conditions, loops and lists of a script -------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where branches begin and end, and what of a list behind `&&` and `||` may not
// be run. What that means for variables is in ShellConditions.cpp.
//
//===----------------------------------------------------------------------===//

#include "ShellReader.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir::moe;
using namespace mlir::moe::shell;
using llvm::StringRef;

ScriptReader::Reserved ScriptReader::reservedKind(StringRef word) {
  return llvm::StringSwitch<Reserved>(word)
      .Case("if", Reserved::If)
      .Case("then", Reserved::Then)
      .Cases({"elif", "else"}, Reserved::Branch)
      .Case("case", Reserved::Case)
      .Cases({"while", "until"}, Reserved::While)
      .Cases({"for", "select"}, Reserved::Loop)
      .Case("{", Reserved::Group)
      .Case("function", Reserved::Function)
      .Cases({"fi", "done", "esac", "}"}, Reserved::Ends)
      .Cases({"export", "declare", "local", "readonly", "typeset"},
             Reserved::Declares)
      .Case("!", Reserved::Not)
      .Cases({"do", "time"}, Reserved::Skips)
      .Default(Reserved::None);
}

bool ScriptReader::readReservedWord() {
  StringRef word = cursor.rest().take_until(
      [](char c) { return isOperator(c) || c == '\'' || c == '"'; });
  Reserved kind = reservedKind(word);
  if (kind == Reserved::None)
    return false;
  if (kind == Reserved::While || kind == Reserved::Loop)
    loopOffset = offset();
  isLocal = word == "local" || word == "declare" || word == "typeset";
  cursor.advance(word.size());
  hasBegun = true;
  declares |= kind == Reserved::Declares;
  hasAssigned |= kind == Reserved::Declares;
  isNegated ^= kind == Reserved::Not;
  atLoopVariable = kind == Reserved::Loop;
  Compound &last = compounds.back();
  if (kind == Reserved::Function) {
    cursor.skipBlanks(/*newlines=*/false);
    defined = nameAt(cursor.rest()).str();
    cursor.advance(defined.size());
    // "function name()" is name(), too.
    StringRef behind = cursor.rest().ltrim(" \t");
    if (behind.consume_front("(") && behind.ltrim(" \t").starts_with(")"))
      cursor.advance(cursor.rest().find(')') + 1);
    definesFunction = true;
  } else if (kind == Reserved::Then && last.kind == Reserved::If) {
    if (!status && testedStatus && setsTested())
      status = true;
    beginBranch(status);
  } else if (kind == Reserved::Branch && last.kind == Reserved::If) {
    endBranch();
    beginBranch(word == "else" ? Status(true) : std::nullopt);
  } else if (kind == Reserved::Ends) {
    close(word);
  } else if (kind == Reserved::If || kind == Reserved::Case ||
             kind == Reserved::While || kind == Reserved::Group) {
    open(kind); // A loop begins behind its variable.
  }
  return true;
}

void ScriptReader::open(Reserved kind) {
  bool isFunction = (kind == Reserved::Group || kind == Reserved::Subshell) &&
                    definesFunction;
  Compound compound;
  compound.kind = isFunction ? Reserved::Function : kind;
  compound.isSubshell = kind == Reserved::Subshell;
  compound.inDead = isDead();
  compound.line = cursor.line();
  compounds.push_back(std::move(compound));
  if (kind != Reserved::Group || isFunction)
    variables.openCondition(cursor.line());
  if (kind == Reserved::While || kind == Reserved::Loop)
    beginRepeated();
  if (isFunction)
    beginFunction();
  definesFunction = isNegated = isLost = hasAssigned = false;
  status = std::nullopt;
  logical = '\0';
}

/// At `fi`, `done`, `esac` or `}`; one without a beginning is a word that only
/// looks like it.
void ScriptReader::close(StringRef word) {
  Reserved kind = compounds.back().kind;
  bool isLoop = kind == Reserved::While || kind == Reserved::Loop;
  if (compounds.size() == 1 || compounds.back().isSubshell ||
      (word == "fi") != (kind == Reserved::If) ||
      (word == "esac") != (kind == Reserved::Case) ||
      (word == "done") != isLoop)
    return;
  closeCompound();
}

void ScriptReader::closeCompound() {
  endChain();
  const Compound last = compounds.back();
  bool isFunction = last.kind == Reserved::Function;
  bool isCondition = !isFunction && last.kind != Reserved::Group &&
                     last.kind != Reserved::Subshell;
  if (isCondition && (last.kind != Reserved::Case || last.inArm))
    endBranch();
  compounds.pop_back();
  if (isCondition)
    endCondition(last.isExhaustive);
  if (isFunction)
    endFunction(last);
  else if (last.isSubshell)
    variables.dropCondition();
  endRepeated(last);
  // `|| { ...; exit 1; }` ends what stands behind `||`.
  if (last.kind == Reserved::Group && last.exits)
    exitBranch();
  // Of what a compound command returns nothing is known.
  isLost = true;
}

void ScriptReader::endCondition(bool isExhaustive) {
  std::map<std::string, unsigned> kept;
  cursor.spend(variables.closeCondition(isExhaustive, kept));
  for (const auto &[name, line] : kept)
    keptNames.insert(name);
  for (const auto &[name, line] : kept)
    remark(line, "'$" + name +
                     "' may be set by an argument of the script; it is read as "
                     "without");
}

/// A branch whose condition may be known; after one that is taken there is no
/// other.
void ScriptReader::beginBranch(Status condition) {
  Compound &last = compounds.back();
  last.isDeadBranch = last.isExhaustive || condition == Status(false);
  last.isExhaustive |= condition == Status(true);
}

void ScriptReader::endBranch() {
  Compound &last = compounds.back();
  endChain();
  bool byArgument = last.subject && !last.subject->gaps.empty() &&
                    last.subject->gaps.front().isArgument;
  // A branch that is not run is none.
  variables.endBranch(last.isDeadBranch || last.exits ? Variables::Branch::Exits
                      : byArgument ? Variables::Branch::ByArgument
                                   : Variables::Branch::GoesOn);
  last.isDeadBranch = last.exits = false;
}

void ScriptReader::endChain() {
  Compound &last = compounds.back();
  if (last.inChain) {
    variables.endBranch(last.chainExits ? Variables::Branch::Exits
                                        : Variables::Branch::GoesOn);
    endCondition(/*isExhaustive=*/false);
  }
  last.inChain = last.isDeadChain = last.chainExits = false;
}

/// The loop's variable; its body begins behind it.
void ScriptReader::beginLoop() {
  StringRef name = nameAt(cursor.rest());
  if (!isDead())
    variables.forget(name,
                     {"'$" + name.str() + "' changes in the loop on line " +
                      std::to_string(cursor.line())},
                     cursor.line());
  open(Reserved::Loop);
  atLoopVariable = atStart = false;
}

/// Adds the status of the command that ends here to that of its list.
void ScriptReader::noteStatus() {
  if (words.empty() && !hasAssigned)
    return;
  Status own = !words.empty()    ? statusOf(words)
               : hasAskedMachine ? std::nullopt
                                 : Status(true);
  bool isOpposite = false;
  tested = logical == '\0' && !isLost ? testedForNothing(words, isOpposite)
                                      : std::nullopt;
  testedStatus = isOpposite == isNegated;
  if (isNegated)
    own = opposite(own);
  status = logical == '&'   ? both(status, own)
           : logical == '|' ? either(status, own)
                            : own;
  if (isLost)
    status = std::nullopt;
  logical = '\0';
  isNegated = hasAssigned = hasAskedMachine = false;
}

/// Whether what follows gives a value to the variable that was found to have
/// none: `if [ -z "$V" ]; then V=1; fi` is `${V:-1}`.
bool ScriptReader::setsTested() {
  StringRef rest = cursor.rest().ltrim();
  rest.consume_front("export ");
  StringRef name = nameAt(rest);
  if (!tested || name.empty() || !rest.drop_front(name.size()).starts_with("="))
    return false;
  Text use;
  use.append("$" + name.str(), cursor.line());
  return expanded(use) == *tested;
}

/// `exit` ends the branch that it stands in; what that sets is of no
/// consequence.
void ScriptReader::exitBranch() {
  Compound &last = compounds.back();
  (last.inChain ? last.chainExits : last.exits) |= !last.isDead();
}

/// At `&&` or `||`: what follows up to the end of the list may not be run.
void ScriptReader::readLogicalOperator() {
  bool isOr = cursor.peek() == '|';
  endCommand();
  cursor.advance(2);
  if (isLost)
    status = std::nullopt;
  logical = isOr ? '|' : '&';
  Compound &last = compounds.back();
  if (!status && testedStatus != isOr && setsTested())
    status = testedStatus;
  last.isDeadChain = status == Status(isOr);
  if (status)
    return;
  if (!last.inChain)
    variables.openCondition(cursor.line());
  else if (isOr)
    variables.endBranch(last.chainExits ? Variables::Branch::Exits
                                        : Variables::Branch::GoesOn);
  last.inChain = true;
  last.chainExits = false;
}

/// Between the arms of `case`: `a|b)` begins one, `;;` ends it. False for other
/// operators.
bool ScriptReader::readPattern(char op) {
  Compound &last = compounds.back();
  if (last.kind != Reserved::Case)
    return false;
  if (last.inArm) {
    if (!cursor.rest().starts_with(";;"))
      return false;
    endCommand();
    endBranch();
    last.inArm = false;
    return false;
  }
  if (!last.subject) {
    auto in = llvm::find_if(
        words, [](const Text &word) { return word.chars == "in"; });
    if (in == words.end())
      return false;
    last.subject = words.front().chars == "in" ? Text() : words.front();
    words.erase(words.begin(), in + 1);
  }
  if (!words.empty())
    last.arm = either(last.arm, matches(*last.subject, words.back()));
  words.clear();
  atStart = true;
  if (op == ')') {
    beginBranch(last.arm);
    last.inArm = true;
    last.arm = false;
  }
  cursor.advance(1);
  return true;
}
