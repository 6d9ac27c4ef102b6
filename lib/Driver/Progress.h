//===- Progress.h - What a long command is doing ----------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_PROGRESS_H
#define MOE_LIB_DRIVER_PROGRESS_H

#include "llvm/Support/raw_ostream.h"
#include <chrono>

namespace mlir::moe {

/// Shows the current step of a command that takes longer than a second, on a
/// terminal only and on one line.
class Progress {
public:
  explicit Progress(llvm::raw_ostream &os)
      : os(os), start(std::chrono::steady_clock::now()) {}
  ~Progress() { clear(); }

  void step(llvm::StringRef what) {
    if (!os.is_displayed() ||
        std::chrono::steady_clock::now() - start < std::chrono::seconds(1))
      return;
    os << "\r\x1b[K" << what << " ...";
    os.flush();
    shown = true;
  }
  /// Removes the line.
  void clear() {
    if (shown)
      os << "\r\x1b[K";
    shown = false;
  }

private:
  llvm::raw_ostream &os;
  std::chrono::steady_clock::time_point start;
  bool shown = false;
};

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_PROGRESS_H
