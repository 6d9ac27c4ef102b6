//===- ReportJson.cpp - A report as JSON ----------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Check/Report.h"
#include "moe/Check/ReportComparison.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace mlir::moe;
using llvm::json::OStream;

/// JSON is UTF-8; quotations of a document may not be.
static void attribute(OStream &json, StringRef key, StringRef text) {
  json.attribute(key, llvm::json::isUTF8(text) ? text.str()
                                               : llvm::json::fixUTF8(text));
}

static void writePlace(OStream &json, Location where) {
  std::optional<Place> place = findPlace(where);
  if (!place) {
    json.attribute("location", nullptr);
    return;
  }
  json.attributeObject("location", [&] {
    attribute(json, "file", place->file);
    json.attribute("line", static_cast<int64_t>(place->line));
    json.attribute("column", static_cast<int64_t>(place->column));
  });
}

static void writeChange(OStream &json, StringRef key, StringRef value) {
  json.attribute("key", key);
  json.attributeBegin("value");
  json.rawValue(value);
  json.attributeEnd();
}

static void writeFix(OStream &json, const Fix &fix) {
  json.object([&] {
    writeChange(json, fix.key, fix.value);
    json.attribute("why", fix.why);
    if (fix.also.empty())
      return;
    json.attributeArray("also", [&] {
      for (const KeyChange &change : fix.also)
        json.object([&] { writeChange(json, change.key, change.value); });
    });
  });
}

static void writeMissing(OStream &json, ArrayRef<MissingInput> missing) {
  json.attributeArray("missing", [&] {
    for (const MissingInput &input : missing)
      json.object([&] {
        json.attribute("key", input.section + "." + input.key);
        json.attribute("needed_for", input.neededFor);
      });
  });
  json.attribute("paste", missingAsJson(missing));
}

static void writeFinding(OStream &json, const Finding &finding) {
  json.object([&] {
    json.attribute("rule", finding.rule);
    json.attribute("severity", nameOf(finding.severity));
    attribute(json, "message", finding.message);
    if (!finding.subject.empty())
      attribute(json, "subject", finding.subject);
    writePlace(json, finding.where);
    attribute(json, "expected", finding.expected);
    attribute(json, "found", finding.found);
    json.attributeArray("notes", [&] {
      for (const auto &[where, text] : finding.notes)
        json.object([&, &where = where, &text = text] {
          attribute(json, "message", text);
          writePlace(json, where);
        });
    });
    json.attributeArray("fixes", [&] {
      for (const Fix &fix : finding.fixes)
        writeFix(json, fix);
    });
    if (finding.isConsequence())
      json.attribute("consequence_of", finding.consequenceOf);
    if (!finding.missing.empty())
      writeMissing(json, finding.missing);
  });
}

static void writeClaim(OStream &json, const JudgedClaim &judged) {
  const auto &[claim, judgement] = judged;
  json.object([&, &claim = claim, &judgement = judgement] {
    attribute(json, "id", claim.id);
    json.attribute("verdict", nameOf(judgement.verdict));
    if (judgement.computed.empty())
      json.attribute("computed", nullptr);
    else
      attribute(json, "computed", judgement.computed);
    json.attributeArray("missing", [&] {
      for (const std::string &name : judgement.missing)
        json.value(llvm::json::fixUTF8(name));
    });
    attribute(json, "message", judgement.message);
    attribute(json, "says", claim.says);
    if (claim.source)
      json.attribute("source", stringifyEnum(*claim.source));
    writePlace(json, claim.where);
  });
}

static void writeReport(OStream &json, const Report &report) {
  json.object([&] {
    json.attribute("schema", "moe-report/1");
    attribute(json, "plan", report.plan);
    json.attribute("verdict", nameOf(report.verdict));
    json.attributeObject("sections", [&] {
      for (const SectionVerdict &section : report.sections)
        json.attribute(nameOf(section.section), nameOf(section.verdict));
    });
    json.attributeObject("unchecked", [&] {
      for (const SectionVerdict &section : report.sections)
        if (!section.missing.empty() || !section.obstacle.empty())
          json.attributeArray(nameOf(section.section), [&] {
            for (const std::string &name : section.missing)
              json.value(name);
            if (!section.obstacle.empty())
              json.value(section.obstacle);
          });
    });
    json.attributeArray("findings", [&] {
      for (const Finding &finding : report.findings.all())
        writeFinding(json, finding);
    });
    json.attributeArray("claims", [&] {
      for (const JudgedClaim &claim : report.claims)
        writeClaim(json, claim);
    });
    json.attributeObject("metrics", [&] {
      for (const Metric &metric : report.metrics)
        std::visit([&](auto value) { json.attribute(metric.name, value); },
                   metric.value);
    });
  });
}

void moe::printJson(ArrayRef<Report> reports, llvm::raw_ostream &os) {
  OStream json(os, /*IndentSize=*/2);
  if (reports.size() == 1)
    writeReport(json, reports.front());
  else
    json.array([&] {
      for (const Report &report : reports)
        writeReport(json, report);
    });
  json.flush();
  os << "\n";
}

static void writeFindings(OStream &json, StringRef key,
                          ArrayRef<const Finding *> findings) {
  json.attributeArray(key, [&] {
    for (const Finding *finding : findings)
      writeFinding(json, *finding);
  });
}

static void writeUntold(OStream &json, ArrayRef<UntoldFinding> findings) {
  json.attributeArray("untold", [&] {
    for (const UntoldFinding &untold : findings)
      json.object([&] {
        attribute(json, "why", untold.why);
        json.attributeBegin("finding");
        writeFinding(json, *untold.finding);
        json.attributeEnd();
      });
  });
}

static void writeTexts(OStream &json, StringRef key,
                       ArrayRef<std::string> texts) {
  json.attributeArray(key, [&] {
    for (const std::string &text : texts)
      json.value(llvm::json::fixUTF8(text));
  });
}

void moe::printComparisonJson(const Report &before, const Report &after,
                              const ReportComparison &comparison,
                              llvm::raw_ostream &os) {
  OStream json(os, /*IndentSize=*/2);
  json.array([&] {
    writeReport(json, before);
    writeReport(json, after);
    json.object([&] {
      json.attribute("schema", "moe-comparison/1");
      attribute(json, "before", before.plan);
      attribute(json, "after", after.plan);
      attribute(json, "outcome", comparison.outcome());
      writeTexts(json, "model_differences", comparison.modelDifferences);
      writeTexts(json, "workload_differences", comparison.workloadDifferences);
      writeTexts(json, "target_conflicts", comparison.targetConflicts);
      writeFindings(json, "fixed", comparison.fixed);
      writeUntold(json, comparison.untold);
      writeFindings(json, "new", comparison.added);
      writeFindings(json, "open", comparison.open);
    });
  });
  json.flush();
  os << "\n";
}
