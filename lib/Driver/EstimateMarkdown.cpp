//===- EstimateMarkdown.cpp - An estimate as a page -----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EstimatePrinters.h"
#include "EstimateTables.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

using namespace mlir;
using namespace mlir::moe;

/// Text that does not end its cell.
static std::string cellText(StringRef text) {
  std::string cell;
  for (char c : text) {
    if (c == '|')
      cell += '\\';
    cell += c;
  }
  return cell;
}

static void printRow(ArrayRef<std::string> cells, llvm::raw_ostream &os) {
  for (const std::string &cell : cells)
    os << "| " << cellText(cell) << " ";
  os << "|\n";
}

static void printTable(const TextTable &table, llvm::raw_ostream &os) {
  printRow(table.header, os);
  for (size_t column = 0; column < table.header.size(); ++column)
    os << (column < table.leftColumns ? "|---" : "|---:");
  os << "|\n";
  for (const std::vector<std::string> &row : table.rows)
    printRow(row, os);
}

static void printBars(StringRef whole, ArrayRef<Bar> bars,
                      llvm::raw_ostream &os) {
  os << "| part | " << whole << " | share |\n|---|---:|---:|\n";
  for (const Bar &bar : bars)
    os << "| " << bar.name << " | " << bar.value
       << llvm::format(" | %.1f %% |\n", 100 * bar.share);
}

void moe::printEstimateMarkdown(const PlanEstimate &estimate,
                                llvm::raw_ostream &os) {
  std::vector<std::string> head = headLines(estimate);
  os << "## " << head.front() << "\n\n";
  for (const std::string &line : llvm::drop_begin(head))
    os << line << "  \n";
  os << "**" << fitLine(estimate) << "**  \n**" << timeLine(estimate)
     << "**  \n"
     << rateLine(estimate) << "\n\n### Stages\n\n"
     << "Memory of one rank in GB, time of one micro-batch.\n\n";
  printTable(stageTable(estimate), os);
  os << "\n### Memory of stage " << estimate.fullestStage()
     << ", the fullest\n\n";
  printBars("bytes", memoryBars(estimate), os);
  os << "\n### Time\n\n" << dominanceLine(estimate) << "\n\n";
  printBars("time", timeBars(estimate), os);
  os << "\n### Communication\n\nOf one rank of the busiest stage, in one "
        "step.\n\n";
  printTable(communicationTable(estimate), os);
  os << "\n### Taken for granted\n\nThe plan does not say otherwise.\n\n";
  printTable(assumptionTable(estimate), os);
}
