//===- VerifyBalance.cpp - Report what is wrong with a plan ---------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Check/Catalogue.h"
#include "moe/Check/CheckPlan.h"
#include "moe/Check/Report.h"
#include "moe/Transforms/Passes.h"
#include "moe/Wording/Wording.h"

namespace mlir::moe {
#define GEN_PASS_DEF_VERIFYBALANCE
#include "moe/Transforms/Passes.h.inc"
} // namespace mlir::moe

using namespace mlir;
using namespace mlir::moe;

static InFlightDiagnostic begin(Location where, Severity severity) {
  switch (severity) {
  case Severity::Error:
    return emitError(where);
  case Severity::Warning:
    return emitWarning(where);
  case Severity::Note:
    return emitRemark(where);
  }
  llvm_unreachable("unknown severity");
}

/// A note for each finding that follows from this one, and from those in turn.
static void noteConsequences(const Finding &cause, const FindingList &findings,
                             InFlightDiagnostic &diag) {
  for (const Finding *other : findings.consequencesOf(cause)) {
    diag.attachNote(other->where)
        << "so " << other->message << " [" << other->rule << "]";
    noteConsequences(*other, findings, diag);
  }
}

/// One diagnostic with its notes: other places, then fixes, then what follows.
static void report(const Finding &finding, Severity severity,
                   const FindingList &findings) {
  InFlightDiagnostic diag = begin(finding.where, severity);
  diag << finding.message << " [" << finding.rule << "]";
  for (const auto &[where, text] : finding.notes)
    diag.attachNote(where) << text;
  for (const Fix &fix : finding.fixes)
    diag.attachNote(finding.where) << describe(fix);
  noteConsequences(finding, findings, diag);
}

namespace {
/// Checks plans and reports; changes nothing.
struct VerifyBalance : moe::impl::VerifyBalanceBase<VerifyBalance> {
  using VerifyBalanceBase::VerifyBalanceBase;

  void runOnOperation() override {
    markAllAnalysesPreserved();
    bool failed = false;
    auto plans = getOperation().getOps<PlanOp>();
    if (plans.empty())
      emitWarning(getOperation().getLoc()) << "there is no 'moe.plan' to check";
    for (PlanOp plan : plans)
      failed |= !checkOne(plan);
    if (failed)
      signalPassFailure();
  }

private:
  /// Whether the plan has no errors.
  bool checkOne(PlanOp plan) {
    FindingList findings = checkPlan(plan);
    unsigned counts[3] = {0, 0, 0}, printed = 0, left = 0;
    // A consequence is printed with the first finding of its cause's rule.
    for (const Finding &finding : findings.all()) {
      if (finding.isConsequence() || (legalityOnly && !blocksBuild(finding)))
        continue;
      Severity severity = finding.severity;
      if (warningsAsErrors && severity == Severity::Warning)
        severity = Severity::Error;
      ++counts[static_cast<unsigned>(severity)];
      if (maxFindings == 0 || printed++ < maxFindings)
        report(finding, severity, findings);
      else
        ++left;
    }
    auto [errors, warnings, notes] = counts;
    numErrors += errors;
    numWarnings += warnings;
    numNotes += notes;
    if (left > 0)
      emitRemark(plan.getLoc())
          << left << (left == 1 ? " more finding" : " more findings") << " of @"
          << plan.getSymName() << (left == 1 ? " is" : " are")
          << " not printed";
    if (errors == 0 && !legalityOnly)
      llvm::errs() << "@" << plan.getSymName() << ": pass, 0 errors, "
                   << warnings << (warnings == 1 ? " warning, " : " warnings, ")
                   << notes << (notes == 1 ? " note\n" : " notes\n");
    return errors == 0;
  }
};
} // namespace
