//===- Report.h - What `moec check` says about a plan -----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Findings, sections, claims and derived figures of one plan, as data, and one
// function per form in which they are printed.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_CHECK_REPORT_H
#define MOE_CHECK_REPORT_H

#include "moe/Analysis/PlanStatements.h"
#include "moe/Check/Catalogue.h"
#include "moe/Check/Finding.h"
#include "moe/Claims/Claims.h"
#include "llvm/ADT/ArrayRef.h"
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mlir::moe {

/// Fail: there is an error. Partial: there is a warning, a claim that nobody
/// can verify, or a figure is missing that a check needs.
enum class Verdict { Pass, Partial, Fail };

/// "pass", "partial", "fail".
llvm::StringRef nameOf(Verdict verdict);

/// A derived figure; the name carries the unit, SI where there is one.
struct Metric {
  std::string name;
  std::variant<int64_t, double> value;
};

struct SectionVerdict {
  Section section;
  Verdict verdict;
  /// Figures of the plan format without which rules of the section could not
  /// judge: "cluster.gpu_memory". A section that lacks one passes in part.
  std::vector<std::string> missing;
  /// Why rules of the section could not judge although all figures are there:
  /// "the degrees do not multiply to the ranks of the job". It passes in part.
  std::string obstacle;

  /// `without cluster.gpu_memory, workload.batch and 3 more`, `not checked: the
  /// degrees ...`; empty if all was checked.
  std::string describeUnchecked() const;
};

struct JudgedClaim {
  StatedClaim claim;
  Judgement judgement;
};

struct Report {
  std::string plan;
  Verdict verdict = Verdict::Pass;
  /// The sections for which there are rules, in order.
  std::vector<SectionVerdict> sections;
  FindingList findings;
  std::vector<JudgedClaim> claims;
  std::vector<Metric> metrics;

  /// Findings of that severity which are no consequences.
  unsigned countCauses(Severity severity) const;
  /// Claims of that verdict; those that cannot be read are unverifiable.
  unsigned countClaims(ClaimVerdict verdict) const;
};

/// Checks the plan and collects what a report holds. `baseline` is the plan it
/// is compared with, or null.
Report makeReport(PlanOp plan, PlanOp baseline = {});

/// A place a reader can go to; nothing for locations that are none.
struct Place {
  std::string file;
  unsigned line, column;
  std::string str() const;
};
std::optional<Place> findPlace(Location where);

/// "set 'parallelism.tp' to 2: 2 divides 64 heads".
std::string describe(const Fix &fix);

/// Keys of absent figures by section, ready to be pasted into a plan file.
std::string missingAsJson(llvm::ArrayRef<MissingInput> missing);

/// Verdict first, then sections, then findings with their consequences.
/// `color` uses ANSI sequences.
void printText(const Report &report, bool color, llvm::raw_ostream &os);
/// `moe-report/1`: an object for one plan, an array for several; two are also
/// compared by `printComparisonJson`.
void printJson(llvm::ArrayRef<Report> reports, llvm::raw_ostream &os);
void printMarkdown(const Report &report, llvm::raw_ostream &os);
/// SARIF 2.1.0, one run for all plans; `version` is that of the tool.
void printSarif(llvm::ArrayRef<Report> reports, llvm::StringRef version,
                llvm::raw_ostream &os);
/// Commands that GitHub Actions turns into annotations, one line per finding.
void printGithub(const Report &report, llvm::raw_ostream &os);

} // namespace mlir::moe

#endif // MOE_CHECK_REPORT_H
