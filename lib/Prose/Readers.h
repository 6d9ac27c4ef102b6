//===- Readers.h - What claims are read from --------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each reader looks at one line for one way of asserting a number, hands claims
// to the sink and marks the tokens they were made of. Readers of whole
// sentences come after those of equations.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_PROSE_READERS_H
#define MOE_LIB_PROSE_READERS_H

#include "ClaimSink.h"
#include "Markdown.h"

namespace mlir::moe {

/// EquationReader.cpp: `64 x 2 = 128`, `1000/55 = 18.18`, `20 GB < 64 GB`.
void readEquations(Statement &statement, ClaimSink &sink);

/// NamedProducts.cpp: `EP = 16 x TP = 4 = 64`.
void readNamedProducts(Statement &statement, ClaimSink &sink);

/// ParenthesisReader.cpp: `776 MB (264 MB + 512 MB)`, `80 % (320 vs 400)`,
/// `149 MB used (99.7 % headroom)`, `63 divided into 3 (21 each)`.
void readParentheses(Statement &statement, ClaimSink &sink);

/// ChangeReader.cpp: `from 16 to 24 (50 % increase)`, `60 % better than 20 ms`,
/// `increased by 283x` of what the section says before and after.
void readChanges(Statement &statement, const SectionNotes &section,
                 ClaimSink &sink);

/// MetricReader.cpp: numbers beside names of figures. What is a target goes to
/// the targets of the plan.
void readMetrics(Statement &statement, ClaimSink &sink);
/// "name = 16" of a title, which asserts nothing else.
void readTitle(Statement &statement, ClaimSink &sink);
/// StructureReader.cpp: groups of an axis.
void readStructure(Statement &statement, ClaimSink &sink);
/// CollectiveReader.cpp: `TP all-reduce: 2 ms per layer`, `all-reduce for
/// expert routing`.
void readCollectives(Statement &statement, const SectionNotes &section,
                     ClaimSink &sink);
/// ListReader.cpp: `22-21-21 split, variance 0.25`, `Experts per GPU: [9, 8]`.
void readLists(Statement &statement, ClaimSink &sink);
/// ModuleReader.cpp: `Embedding Module (GPU 0-1)`.
void readModules(Statement &statement, ClaimSink &sink);
/// Whether the line names a collective operation.
bool namesCollective(const Statement &statement);
/// Degrees in names: `EP64_TP2_PP1`.
void readDegrees(const Statement &statement, ClaimSink &sink);
/// Names of GPUs.
void readGpu(const Statement &statement, llvm::ArrayRef<llvm::StringRef> names,
             ClaimSink &sink);

/// ListSums.cpp: the total of a list whose lines stand above it.
void readListTotal(llvm::ArrayRef<ProseLine> above, const ProseLine &line,
                   Statement &total, ClaimSink &sink);

/// A row of a table that was not read as a whole.
struct UnreadRow {
  const ProseLine *line = nullptr;
  /// The numbers that were left over; empty when nothing was made of the row.
  std::string numbers;
};

/// TableReader.cpp: a whole table; the rows with numbers that were left over.
std::vector<UnreadRow> readTable(llvm::ArrayRef<ProseLine> rows,
                                 const SectionNotes &section, ClaimSink &sink);

/// PlanTable.cpp: a table of plans, one a row, with degrees above its columns.
/// False when it is none; else `unread` gets the rows of the other plans.
bool readPlanRow(llvm::ArrayRef<ProseLine> rows, const SectionNotes &section,
                 ClaimSink &sink, std::vector<UnreadRow> &unread);

/// PlanWords.cpp: words that say which plan a line or column is about.
bool saysPrevious(const Statement &statement, size_t begin, size_t end);
bool saysAdvice(const Statement &statement, size_t begin, size_t end);
/// Whether a section with this title is about the plan before.
bool titlesPrevious(const Statement &title);
/// Whether the clause around a number says what is needed, or what there is:
/// "needs 1,024 GPUs", "only 256 GPUs are available".
bool saysNeed(const Statement &statement, size_t number);
bool saysAvailable(const Statement &statement, size_t number);
/// Where the numbers of a sentence come from, as plans say it: "measured",
/// "modelled", "assumed"; empty when it says nothing, or several.
llvm::StringRef sourceOf(const Statement &statement);
/// Whether a sentence is about a plan that is not this one: "if", "instead".
bool saysHypothesis(const Statement &statement);

/// PlainWords.cpp: whether the word may stand between a name and its number
/// without naming another thing.
bool isPlainWord(const Token &token);

} // namespace mlir::moe

#endif // MOE_LIB_PROSE_READERS_H
