//===- ShellReader.h - Commands and assignments of a script -----*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads a script from its start to its end: splits it at its operators, follows
// its assignments and its conditions, and reads the scripts that it gives to
// other shells (`bash -c "..."`, here-documents) in their place.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_READERS_SHELLREADER_H
#define MOE_LIB_READERS_SHELLREADER_H

#include "ShellAssignments.h"
#include "ShellTests.h"
#include "ShellWords.h"

namespace mlir::moe::shell {

class ScriptReader {
public:
  /// Reads what `cursor` holds, with and into `variables`.
  ScriptReader(Cursor cursor, Variables &variables, llvm::StringRef file,
               Script &script, int depth = 0)
      : cursor(cursor), size(cursor.rest().size()), assignments(cursor.rest()),
        variables(variables), file(file), script(script), depth(depth) {}

  /// Where it ended, perhaps with a failure.
  const Cursor &read();

private:
  /// What a reserved word begins or ends.
  enum class Reserved {
    None,
    If,
    Then,
    Branch,
    Case,
    While,
    Loop,
    Group,
    Subshell,
    Function,
    Declares,
    Ends,
    Not,
    Skips
  };
  /// A compound command that is open, or the script itself.
  struct Compound {
    Reserved kind = Reserved::Group;
    /// Whether one of its branches is taken in any case.
    bool isExhaustive = false;
    /// Between a pattern of `case` and its `;;`.
    bool inArm = false;
    /// Whether all around it, the branch that is read and the command behind
    /// `&&` are known not to be run.
    bool inDead = false, isDeadBranch = false, isDeadChain = false;
    /// Whether the command that is read depends on one in front of `&&`.
    bool inChain = false;
    /// Whether the branch or the command behind `&&` ends the script.
    bool exits = false, chainExits = false;
    /// What `case` compares, and what is known of the patterns of an arm.
    std::optional<Text> subject = {};
    Status arm = false;
    unsigned line = 0;
    /// Between parentheses; what is set there is not set behind them.
    bool isSubshell = false;
    /// A function's own variables, those of them that may be others' too, and
    /// what it calls.
    std::set<std::string> locals = {}, shared = {}, calls = {};
    std::string name = {};
    /// Whether a part of the function is left out where it returns early.
    bool returns = false, isForeign = false;
    /// What a loop assigns more than once.
    std::vector<std::string> repeated = {};

    bool isDead() const { return inDead || isDeadBranch || isDeadChain; }
  };
  /// A here-document that begins on the next line.
  struct Document {
    std::string end;
    unsigned line = 0;
    bool isLiteral = false;
    /// The command that it is given to, and where its output goes.
    std::vector<Text> words = {};
    std::string target = {};
    bool hasCommand = false, isDead = false;
  };
  static Reserved reservedKind(llvm::StringRef word);

  // Words and commands.
  void readToken();
  void readOperator();
  std::vector<Text> readWord(bool splits);
  void endCommand();
  bool readAssignment();
  void readArray(llvm::StringRef name, bool appends, unsigned line);
  void readRedirection();

  // Conditions.
  bool isDead() const { return compounds.back().isDead(); }
  bool readReservedWord();
  void open(Reserved kind);
  void close(llvm::StringRef word);
  void closeCompound();
  void beginLoop();
  void beginBranch(Status condition);
  void endBranch();
  void readLogicalOperator();
  bool readPattern(char op);
  void endChain();
  void endCondition(bool isExhaustive);
  void noteStatus();
  void exitBranch();
  bool setsTested();
  void forgetWhatIsRead();
  void forgetWhatBuiltinsSet();
  void noteAsked(llvm::StringRef value);
  void forgetNames(llvm::StringRef text, llvm::StringRef why);
  void forgetWhatIsEvaluated(const Text &text);
  bool readParenthesis();

  // Loops and functions, in ShellFunctions.cpp.
  size_t offset() const { return size - cursor.rest().size(); }
  void addCalled(AssignedNames &assigned, llvm::StringRef name, int depth);
  AssignedNames withCalled(AssignedNames assigned);
  void beginRepeated();
  void endRepeated(const Compound &loop);
  void beginFunction();
  void endFunction(const Compound &function);
  void noteCall();
  void noteLocal(llvm::StringRef name);
  Compound *function();
  std::vector<Word> watchedVariables();
  void putBackReplaced(bool hasCommand);

  // Scripts in the script.
  bool readInnerScript();
  void readInner(const Text &text, llvm::ArrayRef<Text> prefix,
                 llvm::StringRef shell);
  void readDocuments();
  void readDocument(const Document &document);
  Text expanded(const Text &text);
  void remark(unsigned line, std::string message) {
    script.remarks.push_back({file.str(), {line, 1}, std::move(message)});
  }

  Cursor cursor;
  size_t size;
  Assignments assignments;
  Variables &variables;
  llvm::StringRef file;
  Script &script;
  int depth;
  /// Of the command that is read, and where its output goes.
  std::vector<Text> words;
  std::string target;
  /// The number in front of a redirection.
  std::string stream;
  /// What the assignments in front of a command replace, which alone sees them.
  std::vector<std::pair<std::string, std::optional<Variable>>> replaced;
  /// Whether an assignment may follow.
  bool atStart = true;
  /// In a declaration; what is no assignment there is no word either.
  bool declares = false;
  bool atLoopVariable = false;
  /// Whether a command has begun since the last operator.
  bool hasBegun = false;
  bool hasAssigned = false;
  /// Of the list of commands so far, and how the next one adds to it.
  Status status;
  char logical = '\0';
  bool isNegated = false;
  /// In a pipe or in parentheses, where the status is not followed.
  bool isLost = false;
  bool definesFunction = false;
  /// Its name, and where the loop begins that is opened next.
  std::string defined;
  size_t loopOffset = 0;
  /// Whether what is assigned is the value of a command.
  bool hasAskedMachine = false;
  /// In `local`.
  bool isLocal = false;
  /// In a pipe or behind `&`, where what a function sets is lost.
  bool isPiped = false;
  /// What the last command found to be empty or not, and its status then.
  std::optional<Text> tested;
  bool testedStatus = false;
  /// What arguments of the script would have changed.
  std::set<std::string> keptNames;
  std::vector<Compound> compounds{{}};
  std::vector<Document> documents;
};

} // namespace mlir::moe::shell

#endif // MOE_LIB_READERS_SHELLREADER_H
