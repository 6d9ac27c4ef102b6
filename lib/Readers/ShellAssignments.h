//===- ShellAssignments.h - What parts of a script assign -------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A loop runs again with what it has assigned, and a function with what the
// script assigns before it is called. So their variables have to be known
// before they are read: one pass over the script finds them without following
// it, and rather a name too many than one too few.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_READERS_SHELLASSIGNMENTS_H
#define MOE_LIB_READERS_SHELLASSIGNMENTS_H

#include "llvm/ADT/StringRef.h"
#include <map>
#include <set>
#include <string>
#include <vector>

namespace mlir::moe::shell {

/// How a part of a script assigns a variable.
struct Assigned {
  unsigned times = 0;
  /// Each time words are added behind those that it has: `A+=" --b"`.
  bool grows = true;
  /// Each of them begins with a flag.
  bool addsFlags = true;
  /// By `A+=(...)`.
  bool isArray = false;
};

/// What a part of a script assigns, and the commands that it calls, which may
/// be functions.
struct AssignedNames {
  std::map<std::string, Assigned> names;
  std::set<std::string> calls;
  /// Of assignments and calls.
  size_t count = 0;
};

class Assignments {
public:
  /// An assignment, or a call of a command.
  struct Event {
    size_t offset;
    llvm::StringRef name;
    Assigned how = {1, false, false, false};
    bool isCall = false;
  };

  explicit Assignments(llvm::StringRef text);

  /// In the loop whose `for`, `while` or `until` stands at `offset`; up to the
  /// end of the script if its `done` is not found.
  AssignedNames inLoop(size_t offset) const;
  /// From `offset` to the end of the script.
  AssignedNames from(size_t offset) const;

private:
  AssignedNames between(size_t begin, size_t end) const;

  std::vector<Event> events;
  /// Where loops begin and end.
  std::map<size_t, size_t> loops;
};

} // namespace mlir::moe::shell

#endif // MOE_LIB_READERS_SHELLASSIGNMENTS_H
