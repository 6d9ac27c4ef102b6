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

#include "ShellWords.h"

namespace mlir::moe::shell {

class ScriptReader {
public:
  /// Reads what `cursor` holds, with and into `variables`.
  ScriptReader(Cursor cursor, Variables &variables, llvm::StringRef file,
               Script &script, int depth = 0)
      : cursor(cursor), variables(variables), file(file), script(script),
        depth(depth) {}

  /// Where it ended, perhaps with a failure.
  const Cursor &read();

private:
  /// What a reserved word begins or ends.
  enum class Reserved {
    None,
    If,
    Branch,
    Case,
    While,
    Loop,
    Group,
    Declares,
    Ends,
    Skips
  };
  /// A compound command that is open, or the script itself.
  struct Compound {
    Reserved kind = Reserved::Group;
    /// Whether one of its branches is taken in any case.
    bool isExhaustive = false;
    /// Between a pattern of `case` and its `;;`.
    bool inArm = false;
    /// Whether the command that is read depends on one in front of `&&`.
    bool inChain = false;
  };
  /// A here-document that begins on the next line.
  struct Document {
    std::string end;
    unsigned line = 0;
    bool isLiteral = false;
    /// The command that it is given to, and where its output goes.
    std::vector<Text> words = {};
    std::string target = {};
    bool hasCommand = false;
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
  bool readReservedWord();
  void open(Reserved kind);
  void close(llvm::StringRef word);
  void closeCompound();
  void beginLoop();
  void readLogicalOperator();
  void readArm(char op);
  void endChain();
  void endCondition(bool isExhaustive);

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
  Variables &variables;
  llvm::StringRef file;
  Script &script;
  int depth;
  /// Of the command that is read, and where its output goes.
  std::vector<Text> words;
  std::string target;
  /// The number in front of a redirection.
  std::string stream;
  /// Whether an assignment may follow.
  bool atStart = true;
  /// In a declaration; what is no assignment there is no word either.
  bool declares = false;
  bool atLoopVariable = false;
  /// Whether a command has begun since the last operator.
  bool hasBegun = false;
  std::vector<Compound> compounds{{}};
  std::vector<Document> documents;
};

} // namespace mlir::moe::shell

#endif // MOE_LIB_READERS_SHELLREADER_H
