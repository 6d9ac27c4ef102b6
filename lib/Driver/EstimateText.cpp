//===- EstimateText.cpp - An estimate for a terminal ----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EstimatePrinters.h"
#include "EstimateTables.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include <cmath>

using namespace mlir;
using namespace mlir::moe;

static constexpr StringLiteral kRedText = "\033[1;31m",
                               kGreenText = "\033[1;32m", kBoldText = "\033[1m";

namespace {
/// Prints one estimate.
class EstimateText {
public:
  EstimateText(const PlanEstimate &estimate, bool color, llvm::raw_ostream &os)
      : estimate(estimate), color(color), os(os) {}
  void print();

private:
  void paint(StringRef text, StringRef code);
  void printTitle(StringRef title);
  void printTable(const TextTable &table);
  void printBars(ArrayRef<Bar> bars);
  void printMemory();
  void printTime();

  const PlanEstimate &estimate;
  bool color;
  llvm::raw_ostream &os;
};
} // namespace

void EstimateText::paint(StringRef text, StringRef code) {
  if (color)
    os << code << text << "\033[0m";
  else
    os << text;
}

void EstimateText::printTitle(StringRef title) {
  os << "\n";
  paint(title, kBoldText);
  os << "\n";
}

void EstimateText::printTable(const TextTable &table) {
  std::vector<size_t> widths(table.header.size());
  auto measure = [&](ArrayRef<std::string> row) {
    for (auto [width, cell] : llvm::zip_equal(widths, row))
      width = std::max(width, cell.size());
  };
  measure(table.header);
  llvm::for_each(table.rows, measure);
  auto printRow = [&](ArrayRef<std::string> row) {
    std::string line;
    llvm::raw_string_ostream text(line);
    for (size_t column = 0; column < row.size(); ++column) {
      text << "  ";
      if (column < table.leftColumns)
        text << llvm::left_justify(row[column], widths[column]);
      else
        text << llvm::right_justify(row[column], widths[column]);
    }
    os << StringRef(line).rtrim() << "\n";
  };
  printRow(table.header);
  llvm::for_each(table.rows, printRow);
}

void EstimateText::printBars(ArrayRef<Bar> bars) {
  constexpr double width = 40;
  size_t nameWidth = 0;
  for (const Bar &bar : bars)
    nameWidth = std::max(nameWidth, bar.name.size());
  for (const Bar &bar : bars) {
    double blocks = std::round(bar.share * width);
    os << "  " << llvm::left_justify(bar.name, nameWidth) << "  "
       << llvm::right_justify(bar.value, 8)
       << llvm::format("  %5.1f %%", 100 * bar.share)
       << (blocks > 0 ? "  " : "")
       << std::string(static_cast<size_t>(blocks), '#') << "\n";
  }
}

void EstimateText::printMemory() {
  printTitle("stages (memory of one rank in GB, time of one micro-batch)");
  printTable(stageTable(estimate));
  os << "  layers as in a layout: E embedding, m multi-token prediction, "
        "L output head\n";
  size_t stage = estimate.fullestStage();
  printTitle("memory of stage " + std::to_string(stage) + ", the fullest");
  printBars(memoryBars(estimate));
  os << "  ";
  paint(fitLine(estimate),
        estimate.result.fits(estimate.job.machine) ? kGreenText : kRedText);
  os << "\n";
}

void EstimateText::printTime() {
  printTitle("time");
  printBars(timeBars(estimate));
  os << "  " << timeLine(estimate) << "\n  " << dominanceLine(estimate)
     << "\n  " << rateLine(estimate) << "\n";
  printTitle("communication of one rank of the busiest stage, in one step");
  if (estimate.result.traffic.empty())
    os << "  none\n";
  else
    printTable(communicationTable(estimate));
}

void EstimateText::print() {
  for (const std::string &line : headLines(estimate))
    os << line << "\n";
  printMemory();
  printTime();
  printTitle("taken for granted, because the plan does not say");
  printTable(assumptionTable(estimate));
}

void moe::printEstimateText(const PlanEstimate &estimate, bool color,
                            llvm::raw_ostream &os) {
  EstimateText(estimate, color, os).print();
}
