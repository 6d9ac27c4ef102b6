//===- Scopes.h - Under which conditions a value holds ----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A document may give one figure several values that do not contradict each
// other: of prefill and of decode, at batch 64 and at batch 128, peak and
// sustained. A plan has one.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_PROSE_SCOPES_H
#define MOE_LIB_PROSE_SCOPES_H

#include "MetricPhrases.h"
#include "Statement.h"
#include "moe/Prose/ImportClaims.h"

namespace mlir::moe {

/// "prefill" or "decode" where the words name one of them; empty for none and
/// for both.
llvm::StringRef phaseIn(const Statement &statement);

/// A value that a figure was given.
struct ScopedValue {
  std::string metric; ///< "throughput"
  std::string says;   ///< the claim
  std::string text;   ///< "50000 tokens/s"
  /// Key of the plan and the value as JSON; empty when it has none.
  std::string key, json;
  /// "prefill", "peak, at batch 64"; empty for the plan as it is.
  std::string scope;
  /// The number of the condition in it, and the scope without that.
  std::string condition, scopeBesides;
  unsigned line = 0;
  std::string quote;
};

/// Fills in what the words of a line say of the conditions of a value;
/// `section`: the phase its section is about.
void findScope(const MetricPhrase &phrase, const Statement &statement,
               llvm::StringRef section, ScopedValue &value);

/// The values of a figure that are not of this plan: where a figure has several
/// values and they differ in scope, those with a scope, except that of `phase`
/// when none is without.
std::vector<ScopedValue> valuesOfOthers(llvm::ArrayRef<ScopedValue> values,
                                        llvm::StringRef phase);

} // namespace mlir::moe

#endif // MOE_LIB_PROSE_SCOPES_H
