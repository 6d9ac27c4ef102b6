//===- CommandLine.h - Arguments of one command -----------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LLVM's command-line library registers options process-wide; commands of one
// binary need tables of their own.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_COMMANDLINE_H
#define MOE_LIB_DRIVER_COMMANDLINE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mlir::moe {

/// Declares what a command takes, then reads its arguments.
class CommandLine {
public:
  /// `help` is the whole text of `--help`; it fits a screen and has an example.
  CommandLine(llvm::StringRef command, llvm::StringRef help)
      : command(command), help(help) {}

  /// One required argument, in the order of declaration. Where it names a file,
  /// the file is read.
  void positional(llvm::StringRef name, std::string &target);
  /// At least one argument, after all single ones.
  void positionals(llvm::StringRef name, std::vector<std::string> &target);
  /// `--name VALUE` or `--name=VALUE`, also `-o VALUE` for a one-letter name.
  void option(llvm::StringRef name, std::string &target);
  /// An option that may be given several times.
  void list(llvm::StringRef name, std::vector<std::string> &target);
  /// An option that names a file to read.
  void input(llvm::StringRef name, std::string &target);
  /// An option that names a file to write, which may not be one that is read.
  void output(llvm::StringRef name, std::string &target);
  /// An input that may be given several times.
  void inputs(llvm::StringRef name, std::vector<std::string> &target);
  /// An option whose value is one of `choices`.
  void choice(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> choices,
              std::string &target);
  /// `--name N` with `least` <= N < 2^31.
  void count(llvm::StringRef name, std::optional<int64_t> &target,
             int64_t least = 1);
  /// `--name`.
  void flag(llvm::StringRef name, bool &target);

  /// Reads the arguments. Returns the exit status when the command is over: 0
  /// after `--help`, 2 after bad usage, which is explained on `err`.
  std::optional<int> parse(llvm::ArrayRef<llvm::StringRef> args,
                           llvm::raw_ostream &out, llvm::raw_ostream &err);

private:
  enum class Role { Value, Input, Output };
  struct Option {
    std::string name;
    std::variant<std::string *, std::optional<int64_t> *, bool *,
                 std::vector<std::string> *>
        target;
    llvm::SmallVector<llvm::StringRef, 4> choices;
    int64_t least = 1; ///< of a count
    Role role = Role::Value;
  };
  /// Both return what is wrong, or nothing.
  std::optional<std::string> readOption(llvm::StringRef name,
                                        std::optional<llvm::StringRef> value,
                                        llvm::ArrayRef<llvm::StringRef> &rest);
  std::optional<std::string> store(const Option &option, llvm::StringRef value);
  std::vector<std::string> filesToRead() const;
  std::optional<std::string> findReplacedInput() const;
  int badUsage(const std::string &problem, llvm::raw_ostream &err) const;
  static std::string spelled(llvm::StringRef name);

  llvm::StringRef command, help;
  std::vector<std::pair<llvm::StringRef, std::string *>> singles;
  std::optional<std::pair<llvm::StringRef, std::vector<std::string> *>> rest;
  std::vector<Option> options;
};

/// Colour only where somebody looks and did not ask for none
/// (https://no-color.org).
bool wantsColor(llvm::raw_ostream &out);

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_COMMANDLINE_H
