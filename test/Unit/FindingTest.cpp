//===- FindingTest.cpp - Findings and what follows from them --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Whatever follows from whatever, in chains, in circles or from nothing: a
// report has every finding once.
//
//===----------------------------------------------------------------------===//

#include "mlir/IR/MLIRContext.h"
#include "moe/Check/Report.h"
#include "gtest/gtest.h"
#include <random>

using namespace mlir;
using namespace mlir::moe;

namespace {

class FindingTest : public ::testing::Test {
protected:
  /// Adds the finding `number` of a rule, which follows from another rule.
  void add(const std::string &rule, const std::string &cause) {
    findings()
        .add(rule, Severity::Error, UnknownLoc::get(&context),
             "finding number " + std::to_string(findings().all().size()) + ";")
        .consequenceOf = cause;
  }
  FindingList &findings() { return report.findings; }

  MLIRContext context{MLIRContext::Threading::DISABLED};
  Report report;
};

unsigned occurrences(StringRef text, const std::string &words) {
  return text.count(words);
}

/// Every message in the text is there once.
void expectEachOnce(const FindingList &findings, StringRef text) {
  for (const Finding &finding : findings.all())
    EXPECT_EQ(occurrences(text, finding.message), 1U) << finding.message << "\n"
                                                      << text.str();
}

void expectAllPrinted(const Report &report) {
  std::string text, markdown;
  llvm::raw_string_ostream textStream(text), markdownStream(markdown);
  printText(report, /*color=*/false, textStream);
  printMarkdown(report, markdownStream);
  expectEachOnce(report.findings, text);
  expectEachOnce(report.findings, markdown);
}

TEST_F(FindingTest, ChainsOfConsequencesArePrinted) {
  add("memory-2", "");
  add("memory-1", "memory-2");
  add("memory-4", "memory-1");
  findings().linkConsequences();
  EXPECT_EQ(findings().consequencesOf(findings().all()[1]).size(), 1U);
  expectAllPrinted(report);
}

TEST_F(FindingTest, CirclesAndAbsentCausesStandForThemselves) {
  add("memory-1", "memory-2");
  add("memory-2", "memory-1");
  add("memory-3", "memory-3");
  add("memory-4", "memory-9");
  findings().linkConsequences();
  EXPECT_FALSE(findings().all()[0].isConsequence());
  EXPECT_TRUE(findings().all()[1].isConsequence());
  EXPECT_FALSE(findings().all()[2].isConsequence());
  EXPECT_FALSE(findings().all()[3].isConsequence());
  expectAllPrinted(report);
}

TEST_F(FindingTest, AnyGraphIsPrinted) {
  std::mt19937 random(7);
  auto rule = [&](unsigned rules) {
    return "memory-" + std::to_string(random() % rules);
  };
  for (unsigned round = 0; round < 500; ++round) {
    report = Report();
    unsigned rules = 1 + random() % 5;
    for (unsigned count = random() % 9; count > 0; --count)
      add(rule(rules), random() % 3 == 0 ? "" : rule(rules + 1));
    findings().linkConsequences();
    expectAllPrinted(report);
  }
}

} // namespace
