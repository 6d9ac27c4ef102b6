//===- PlanRepair.cpp - Fixes applied to a plan file ----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlanRepair.h"

#include "PlanEdit.h"

#include "mlir/Parser/Parser.h"
#include "moe/Check/Catalogue.h"
#include "moe/Check/CheckPlan.h"
#include "moe/Import/PlanFromJson.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mlir::moe;

namespace {
/// Where the text of a plan goes, and how it is read.
struct PlanFile {
  PlanLanguage language;
  StringRef name;
  MLIRContext *context;

  std::optional<LoadedPlan> read(StringRef text, InputErrors &errors) const;
};
} // namespace

std::optional<LoadedPlan> PlanFile::read(StringRef text,
                                         InputErrors &errors) const {
  LoadedPlan loaded;
  loaded.module = language == PlanLanguage::Json
                      ? importPlanText(text, name, context, errors)
                      : parseSourceString<mlir::ModuleOp>(text, context, name);
  if (!loaded.module || loaded.module->getOps<PlanOp>().empty())
    return std::nullopt;
  loaded.plan = *loaded.module->getOps<PlanOp>().begin();
  return loaded;
}

static unsigned countOf(const FindingList &findings, StringRef rule) {
  return llvm::count_if(findings.all(), [&](const Finding &finding) {
    return finding.rule == rule;
  });
}

/// Whether the fix of `finding` did its work and no harm. Places may have
/// moved, so rules are counted.
static bool improves(const FindingList &before, const FindingList &after,
                     const Finding &finding) {
  return countOf(after, finding.rule) < countOf(before, finding.rule) &&
         after.count(Severity::Error) <= before.count(Severity::Error) &&
         llvm::none_of(
             after.all(),
             [&](const Finding &other) {
               return blocksBuild(other) &&
                      countOf(after, other.rule) > countOf(before, other.rule);
             });
}

/// The plan after the fix, printed and read again, so that findings have their
/// places in the new text; nothing where the fix cannot be made.
static std::optional<RepairedPlan>
printed(const RepairedPlan &before, const Fix &fix, const PlanFile &file) {
  OwningOpRef<mlir::ModuleOp> module(before.loaded.module.get().clone());
  if (!applyFix(*module->getOps<PlanOp>().begin(), fix))
    return std::nullopt;
  RepairedPlan after;
  llvm::raw_string_ostream(after.text) << *module;
  after.text += "\n";
  ScopedDiagnosticHandler silent(file.context,
                                 [](Diagnostic &) { return success(); });
  InputErrors errors;
  std::optional<LoadedPlan> loaded = file.read(after.text, errors);
  if (!loaded)
    return std::nullopt;
  after.loaded = std::move(*loaded);
  return after;
}

/// Text and plan after the fix, read again after each of its changes; nothing
/// where the edit fails.
static std::optional<RepairedPlan>
edited(const RepairedPlan &before, const Fix &fix, const PlanFile &file) {
  if (file.language == PlanLanguage::Mlir)
    return printed(before, fix, file);
  // What the edit broke is not the user's to read about.
  InputErrors errors;
  RepairedPlan after{before.text, {}, {}};
  PlanOp plan = before.loaded.plan;
  for (const KeyChange &change : fix.changes()) {
    std::optional<std::string> text = editPlan(after.text, plan, change);
    std::optional<LoadedPlan> loaded =
        text ? file.read(*text, errors) : std::nullopt;
    if (!loaded)
      return std::nullopt;
    after.text = std::move(*text);
    after.loaded = std::move(*loaded);
    plan = after.loaded.plan;
  }
  return after;
}

/// Tries the fixes in the order of the report; true when one was kept.
static bool applyOne(RepairedPlan &repaired, const PlanFile &file,
                     PlanOp baseline) {
  FindingList before = checkPlan(repaired.loaded.plan, baseline);
  for (const Finding &finding : before.all()) {
    if (finding.severity == Severity::Note)
      continue;
    for (const Fix &fix : finding.fixes) {
      std::optional<RepairedPlan> after = edited(repaired, fix, file);
      if (!after ||
          !improves(before, checkPlan(after->loaded.plan, baseline), finding)) {
        repaired.refused = true;
        continue;
      }
      repaired.applied.emplace_back(finding.rule, fix);
      repaired.text = std::move(after->text);
      repaired.loaded = std::move(after->loaded);
      return true;
    }
  }
  return false;
}

std::optional<RepairedPlan>
moe::repairPlan(StringRef text, PlanLanguage language, StringRef target,
                MLIRContext *context, PlanOp baseline, raw_ostream &err) {
  InputErrors errors;
  PlanFile file{language, target, context};
  std::optional<LoadedPlan> loaded = file.read(text, errors);
  if (!loaded) {
    printErrors(errors, err);
    return std::nullopt;
  }
  RepairedPlan repaired{text.str(), std::move(*loaded), {}};
  // Each fix removes a finding; the limit is for rules that disagree.
  constexpr unsigned most = 64;
  while (repaired.applied.size() < most && applyOne(repaired, file, baseline))
    ;
  return repaired;
}
