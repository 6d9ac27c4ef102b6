//===- HostList.h - Names of machines ---------------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Host lists of Slurm, and the host files of Open MPI, DeepSpeed and others: a
// line per host, with the number of its slots or without.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_IMPORT_HOSTLIST_H
#define MOE_LIB_IMPORT_HOSTLIST_H

#include "mlir/Support/LLVM.h"
#include "moe/Json/InputError.h"
#include <optional>
#include <string>
#include <vector>

namespace mlir::moe {

/// Most names that one list may stand for.
constexpr int64_t maxHosts = int64_t(1) << 20;

/// The names that a host list of Slurm stands for, in its order:
/// `n[08-10],login ~> n08, n09, n10, login`. Nothing for a list that is none,
/// that stands for more than `maxHosts` names, or in which a name has a
/// character beyond letters, digits and "._-".
std::optional<std::vector<std::string>> expandHosts(StringRef list);

/// A line of a host file.
struct HostLine {
  /// Names, or a host list that stands for several.
  std::string list;
  /// Processes that each of them takes, where the line says so.
  std::optional<int64_t> slots;
  unsigned line = 0;
};

/// The lines of a host file: `node1 slots=8` (Open MPI, DeepSpeed), `node1:8`
/// (MPICH), `node1`, `node[1-8]`. Faults go to `errors`.
std::vector<HostLine> readHostFile(StringRef text, StringRef file,
                                   InputErrors &errors);

} // namespace mlir::moe

#endif // MOE_LIB_IMPORT_HOSTLIST_H
