//===- BalanceChart.cpp - Loads of the ranks before and after -------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BalanceReport.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"

using namespace mlir::moe;

/// Loads of the ranks over their mean, largest first.
static std::vector<double> sortedLoads(const PlacementProblem &problem,
                                       const PlacementResult &result) {
  std::vector<double> loads;
  double mean = double(problem.total()) / problem.totalSpeed();
  for (int64_t rank = 0; rank < problem.ranks; ++rank) {
    double load = 0;
    for (int64_t i = 0; i < problem.slots; ++i)
      if (int32_t expert = result.experts[rank * problem.slots + i];
          expert >= 0)
        load += result.weights[rank * problem.slots + i] *
                double(problem.loads[expert]);
    if (problem.slotsOf(rank) > 0)
      loads.push_back(mean > 0 ? load / problem.speedOf(rank) / mean : 1);
  }
  llvm::sort(loads, std::greater<>());
  return loads;
}

void mlir::moe::printChart(const BalancedLayer &layer, llvm::raw_ostream &os) {
  constexpr double width = 32;
  constexpr size_t maxRows = 16;
  std::vector<double> before = sortedLoads(layer.problem(), layer.before);
  std::vector<double> after = sortedLoads(layer.problem(), layer.result);
  double most = std::max(before.front(), after.front());
  os << "layer " << layer.row
     << ", load of the ranks over their mean, sorted: before | after\n";
  size_t rows = std::min(maxRows, before.size());
  for (size_t row = 0; row < rows; ++row) {
    // Of many ranks an even choice, with the first and the last.
    size_t i = rows == 1 ? 0 : row * (before.size() - 1) / (rows - 1);
    auto bar = [&](double value) {
      std::string text(size_t(value / most * width + 0.5), '#');
      text.resize(size_t(width), ' ');
      return text;
    };
    os << llvm::format("%7.3f ", before[i]) << bar(before[i])
       << llvm::format(" | %7.3f ", after[i]) << bar(after[i]) << "\n";
  }
}

void mlir::moe::writeSvg(const BalancedLayer &layer, llvm::raw_ostream &os) {
  constexpr double left = 50, top = 40, width = 560, height = 260;
  std::vector<double> series[2] = {sortedLoads(layer.problem(), layer.before),
                                   sortedLoads(layer.problem(), layer.result)};
  const char *names[2] = {"before", "after"};
  const char *colours[2] = {"#c0504d", "#4472a8"};
  double most = std::max({series[0].front(), series[1].front(), 1.0}) * 1.05;
  double bar = width / double(series[0].size()) / 2;
  auto y = [&](double value) { return top + height * (1 - value / most); };
  os << R"(<svg xmlns="http://www.w3.org/2000/svg" width="640" height="340" font-family="sans-serif" font-size="12">)"
     << "\n<text x=\"50\" y=\"20\">layer " << layer.row
     << ": load of the ranks over their mean, sorted</text>\n";
  for (int s = 0; s < 2; ++s) {
    os << llvm::format("<text x=\"%d\" y=\"325\" fill=\"%s\">%s, max %.4f"
                       "</text>\n",
                       50 + 200 * s, colours[s], names[s], series[s].front());
    for (auto [i, value] : llvm::enumerate(series[s]))
      os << llvm::format("<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" "
                         "height=\"%.2f\" fill=\"%s\"/>\n",
                         left + (2 * double(i) + s) * bar, y(value), bar * 0.9,
                         top + height - y(value), colours[s]);
  }
  for (double line : {0.0, 1.0, series[0].front()})
    os << llvm::format("<line x1=\"50\" y1=\"%.2f\" x2=\"610\" y2=\"%.2f\" "
                       "stroke=\"#888\" stroke-dasharray=\"4\"/>"
                       "<text x=\"8\" y=\"%.2f\">%.3f</text>\n",
                       y(line), y(line), y(line) + 4, line);
  os << "</svg>\n";
}
