//===- PlanTable.cpp - Plans as rows of a table ---------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   | Layout     | TP | PP | EP | GPUs | Tok/s  |
//   | A          |  8 |  1 |  8 |   64 | 41,000 |
//   | B (chosen) |  4 |  2 | 16 |   64 | 52,500 |
//
// The plan of the document is the only row, or the one that says so.
//
//===----------------------------------------------------------------------===//

#include "TableCells.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

/// Whether a header is the name of a degree: "TP", "Expert parallelism".
static bool isDegree(StringRef header) {
  Statement words(header, 0, "");
  PhraseMatch match = matchAt(words.tokens, 0, FigureKind::Count);
  return match && match.end == words.tokens.size() &&
         match.phrase->key.starts_with("parallelism.");
}

static bool isChosen(const ProseLine &row) {
  return llvm::any_of(row.cells, [](const std::string &cell) {
    return Statement(cell, 0, "")
        .hasAnyWord(
            {"chosen", "selected", "proposed", "recommended", "final", "our"});
  });
}

/// The one row, or the one that is marked.
static const ProseLine *planIn(ArrayRef<ProseLine> rows) {
  if (rows.size() == 1)
    return &rows.front();
  auto chosen = llvm::find_if(rows, isChosen);
  bool one = chosen != rows.end() &&
             std::none_of(std::next(chosen), rows.end(), isChosen);
  return one ? chosen : nullptr;
}

bool mlir::moe::readPlanRow(ArrayRef<ProseLine> rows,
                            const SectionNotes &section, ClaimSink &sink,
                            std::vector<UnreadRow> &unread) {
  const std::vector<std::string> &headers = rows.front().cells;
  // Rows of degrees and groups are of one plan.
  bool groups = llvm::any_of(rows.drop_front(), [](const ProseLine &row) {
    return !row.cells.empty() && Statement(row.cells.front(), 0, "")
                                     .hasAnyWord({"degree", "group", "size"});
  });
  if (rows.size() < 2 || groups || llvm::count_if(headers, isDegree) < 2)
    return false;
  const ProseLine *plan = planIn(rows.drop_front());
  for (const ProseLine &row : rows.drop_front())
    if (&row != plan)
      unread.push_back({&row, ""});
  if (!plan)
    return true;
  std::string left;
  for (auto [header, cell] : llvm::zip(headers, plan->cells)) {
    StringRef name = StringRef(header).split('(').first.rtrim();
    Statement statement(name.str() + ": " + withUnit(cell, header, ""),
                        plan->number, plan->raw);
    statement.previous = section.previous;
    statement.advice = section.advice;
    readMetrics(statement, sink);
    std::string more = leftNumbers(statement);
    left += (left.empty() || more.empty() ? "" : ", ") + more;
  }
  if (!left.empty())
    unread.push_back({plan, left});
  return true;
}
