//===- ImportClaims.h - Claims of a plan document ---------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads the numbers that a Markdown document asserts: tables, "key: value"
// lines, equations, before and after. What it finds is for a person to confirm;
// what it does not understand is listed. Pure: text in, data out, and the same
// text gives the same claims.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_PROSE_IMPORTCLAIMS_H
#define MOE_PROSE_IMPORTCLAIMS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace mlir::moe {

/// A claim in the language of claims, and the words it was read from.
struct ImportedClaim {
  std::string id; ///< "line-12", "line-12-2"
  std::string says;
  std::string quote;
  unsigned line = 0;
  /// "measured", "modelled" or "assumed", when the words say so.
  std::string source = "";
};

/// A figure of the plan itself: the first that the document gives for its key.
struct ImportedFigure {
  std::string key;   ///< "model.num_hidden_layers", "targets.gpu_utilization"
  std::string value; ///< as JSON: "24", "\"64 GB\""
  std::string quote;
  unsigned line = 0;
};

/// A line with numbers of which no claim was made.
struct UnreadLine {
  unsigned line = 0;
  std::string text;
  /// "60 % .. 70 %, 16": these numbers; empty: all of the line.
  std::string numbers;
};

struct ImportedDocument {
  std::vector<ImportedClaim> claims;
  std::vector<ImportedFigure> figures;
  /// Lines beyond `maxUnread` are only counted.
  std::vector<UnreadLine> unread;
  size_t unreadDropped = 0;

  /// What a plan can hold, and what a person reads.
  static constexpr size_t maxClaims = size_t(1) << 16;
  static constexpr size_t maxUnread = 1000;
};

struct ImportOptions {
  /// Names of GPUs that are looked for: "H100".
  llvm::ArrayRef<llvm::StringRef> gpuNames;
  /// Names that other claims have already.
  llvm::ArrayRef<std::string> takenIds;
};

/// Every claim that is returned can be read and has consistent units.
ImportedDocument importClaims(llvm::StringRef markdown,
                              const ImportOptions &options);

} // namespace mlir::moe

#endif // MOE_PROSE_IMPORTCLAIMS_H
