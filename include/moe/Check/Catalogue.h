//===- Catalogue.h - Every rule of moe-opt ----------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one table of rules: what `moec rules` prints, what docs/rules holds, what
// decides which section of a report a finding belongs to.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_CHECK_CATALOGUE_H
#define MOE_CHECK_CATALOGUE_H

#include "moe/Check/Finding.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

namespace mlir::moe {

/// The sections of a report, in its order.
enum class Section {
  Equation,
  Groups,
  Model,
  Pipeline,
  Balance,
  Memory,
  Compute,
  Communication,
  Claims,
  Input
};

/// "equation", "groups", ...
llvm::StringRef nameOf(Section section);

/// What breaking a rule means.
enum class RuleKind {
  /// The plan cannot be launched: `moec build` refuses it.
  Legality,
  /// What the plan says about itself is not so; the plan may still run.
  Statement,
  /// Worth knowing or worth changing.
  Advice,
  /// The text means nothing: the verifier of an operation refuses it, before
  /// any plan is checked.
  Syntax
};

struct Rule {
  llvm::StringLiteral id;
  Section section;
  RuleKind kind;
  /// The heaviest a finding of this rule can be.
  Severity severity;
  llvm::StringLiteral title;
  llvm::StringLiteral what;
  llvm::StringLiteral why;
  llvm::StringLiteral wrong; ///< a piece of a plan file
  llvm::StringLiteral right; ///< the same piece, repaired
  /// Where the rule comes from.
  llvm::StringLiteral source;
};

/// All rules, by section.
llvm::ArrayRef<const Rule *> ruleCatalogue();

/// The rule of that id, or null.
const Rule *findRule(llvm::StringRef id);

/// Whether the finding keeps a plan from being built.
bool blocksBuild(const Finding &finding);

/// "error", "warning", "note".
llvm::StringRef nameOf(Severity severity);

/// One line per rule, grouped by section.
void printRuleList(llvm::raw_ostream &os);
/// The page of one rule, Markdown; the file docs/rules/ID.md.
void printRulePage(const Rule &rule, llvm::raw_ostream &os);

} // namespace mlir::moe

#endif // MOE_CHECK_CATALOGUE_H
