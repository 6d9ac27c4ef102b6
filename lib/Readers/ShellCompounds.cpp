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
      .Cases({"elif", "else"}, Reserved::Branch)
      .Case("case", Reserved::Case)
      .Cases({"while", "until"}, Reserved::While)
      .Cases({"for", "select"}, Reserved::Loop)
      .Case("{", Reserved::Group)
      .Cases({"fi", "done", "esac", "}"}, Reserved::Ends)
      .Cases({"export", "declare", "local", "readonly", "typeset"},
             Reserved::Declares)
      .Cases({"then", "do", "!", "time"}, Reserved::Skips)
      .Default(Reserved::None);
}

bool ScriptReader::readReservedWord() {
  StringRef word = cursor.rest().take_until(
      [](char c) { return isOperator(c) || c == '\'' || c == '"'; });
  Reserved kind = reservedKind(word);
  if (kind == Reserved::None)
    return false;
  cursor.advance(word.size());
  hasBegun = true;
  declares |= kind == Reserved::Declares;
  atLoopVariable = kind == Reserved::Loop;
  if (kind == Reserved::Branch && compounds.back().kind == Reserved::If) {
    compounds.back().isExhaustive = word == "else";
    variables.endBranch();
  }
  if (kind == Reserved::Ends)
    close(word);
  // A loop begins behind its variable.
  else if (kind == Reserved::If || kind == Reserved::Case ||
           kind == Reserved::While || kind == Reserved::Group)
    open(kind);
  return true;
}

void ScriptReader::open(Reserved kind) {
  compounds.push_back({kind});
  if (kind != Reserved::Group)
    variables.openCondition(cursor.line());
}

/// At `fi`, `done`, `esac` or `}`; one without a beginning is a word that only
/// looks like it.
void ScriptReader::close(StringRef word) {
  Reserved kind = compounds.back().kind;
  bool isLoop = kind == Reserved::While || kind == Reserved::Loop;
  if (compounds.size() == 1 || (word == "fi") != (kind == Reserved::If) ||
      (word == "esac") != (kind == Reserved::Case) ||
      (word == "done") != isLoop)
    return;
  closeCompound();
}

void ScriptReader::closeCompound() {
  endChain();
  const Compound &last = compounds.back();
  if (last.kind != Reserved::Group) {
    if (last.kind != Reserved::Case || last.inArm)
      variables.endBranch();
    endCondition(last.isExhaustive);
  }
  compounds.pop_back();
}

void ScriptReader::endCondition(bool isExhaustive) {
  cursor.spend(variables.closeCondition(isExhaustive));
}

void ScriptReader::endChain() {
  if (!compounds.back().inChain)
    return;
  variables.endBranch();
  endCondition(/*isExhaustive=*/false);
  compounds.back().inChain = false;
}

/// The loop's variable; its body begins behind it.
void ScriptReader::beginLoop() {
  StringRef name = nameAt(cursor.rest());
  variables.forget(name,
                   "'$" + name.str() + "' changes in the loop on line " +
                       std::to_string(cursor.line()),
                   cursor.line());
  open(Reserved::Loop);
  atLoopVariable = atStart = false;
}

/// An assignment, and what a script could not go on without.
static bool isTakenToSucceed(llvm::ArrayRef<Text> words) {
  return words.empty() ||
         llvm::is_contained({"cd", "mkdir", "module", "set", "source", "."},
                            StringRef(words.front().chars));
}

/// At `&&` or `||`: what follows up to the end of the list may not be run.
void ScriptReader::readLogicalOperator() {
  bool isOr = cursor.peek() == '|', inChain = compounds.back().inChain;
  bool goesOn = !isOr && !inChain && isTakenToSucceed(words);
  endCommand();
  cursor.advance(2);
  if (goesOn)
    return;
  if (!inChain)
    variables.openCondition(cursor.line());
  else if (isOr)
    variables.endBranch();
  compounds.back().inChain = true;
}

/// A pattern of `case` ends with `)`, what belongs to it with `;;`.
void ScriptReader::readArm(char op) {
  Compound &compound = compounds.back();
  if (compound.kind != Reserved::Case)
    return;
  if (op == ')') {
    compound.inArm = true;
    compound.isExhaustive |= !words.empty() && words.back().chars == "*";
  } else if (cursor.rest().starts_with(";;")) {
    compound.inArm = false;
    variables.endBranch();
  }
}
