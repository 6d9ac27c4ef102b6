//===- ReportSarif.cpp - Findings for code scanners -----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// SARIF 2.1.0 (OASIS): the rules that were broken, one result per finding,
// notes as related locations. A fix names a key, not a piece of text, so it
// stands in the message rather than in SARIF's `fixes`, which replace bytes.
//
//===----------------------------------------------------------------------===//

#include "moe/Check/Report.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace mlir::moe;
using llvm::json::OStream;

namespace {
/// Writes one log.
class SarifLog {
public:
  SarifLog(ArrayRef<Report> reports, StringRef version, llvm::raw_ostream &os)
      : reports(reports), version(version), json(os, /*IndentSize=*/2) {
    for (const Report &report : reports)
      for (const Finding &finding : report.findings.all())
        rules.insert(findRule(finding.rule));
  }
  void write();

private:
  void writeRule(const Rule &rule);
  void writeResult(const Report &report, const Finding &finding);
  void writeMessage(StringRef key, StringRef text);
  void writePhysical(const Place &place);
  void writeRelated(const Finding &finding);

  ArrayRef<Report> reports;
  StringRef version;
  OStream json;
  llvm::SetVector<const Rule *> rules;
};
} // namespace

/// Bytes of a path that a URI spells out otherwise (RFC 3986, section 2.3).
static std::string asUri(StringRef path) {
  std::string uri;
  for (char c : path)
    if (llvm::isAlnum(c) || StringRef("-._~/").contains(c))
      uri += c;
    else
      uri += "%" + llvm::toHex(StringRef(&c, 1));
  return path.starts_with("/") ? "file://" + uri : uri;
}

void SarifLog::writeMessage(StringRef key, StringRef text) {
  json.attributeObject(
      key, [&] { json.attribute("text", llvm::json::fixUTF8(text)); });
}

void SarifLog::writeRule(const Rule &rule) {
  std::string page;
  llvm::raw_string_ostream stream(page);
  printRulePage(rule, stream);
  json.object([&] {
    json.attribute("id", rule.id);
    writeMessage("shortDescription", rule.title);
    writeMessage("fullDescription", rule.what);
    json.attributeObject("help", [&] {
      json.attribute("text", rule.why);
      json.attribute("markdown", page);
    });
    json.attributeObject("defaultConfiguration", [&] {
      json.attribute("level", nameOf(rule.severity));
    });
    json.attributeObject("properties", [&] {
      json.attributeArray("tags", [&] { json.value(nameOf(rule.section)); });
    });
  });
}

void SarifLog::writePhysical(const Place &place) {
  json.attributeObject("physicalLocation", [&] {
    json.attributeObject("artifactLocation",
                         [&] { json.attribute("uri", asUri(place.file)); });
    if (place.line == 0)
      return;
    json.attributeObject("region", [&] {
      json.attribute("startLine", static_cast<int64_t>(place.line));
      if (place.column > 0)
        json.attribute("startColumn", static_cast<int64_t>(place.column));
    });
  });
}

void SarifLog::writeRelated(const Finding &finding) {
  if (finding.notes.empty())
    return;
  json.attributeArray("relatedLocations", [&] {
    for (auto [index, note] : llvm::enumerate(finding.notes))
      json.object([&, index = index, &note = note] {
        json.attribute("id", static_cast<int64_t>(index + 1));
        writeMessage("message", note.second);
        if (std::optional<Place> place = findPlace(note.first))
          writePhysical(*place);
      });
  });
}

void SarifLog::writeResult(const Report &report, const Finding &finding) {
  const auto *rule = llvm::find(rules, findRule(finding.rule));
  std::string text = finding.message;
  for (const Fix &fix : finding.fixes)
    text += "\nfix: " + describe(fix);
  json.object([&] {
    json.attribute("ruleId", finding.rule);
    json.attribute("ruleIndex", rule - rules.begin());
    json.attribute("level", nameOf(finding.severity));
    writeMessage("message", text);
    json.attributeArray("locations", [&] {
      json.object([&] {
        if (std::optional<Place> place = findPlace(finding.where))
          writePhysical(*place);
        json.attributeArray("logicalLocations", [&] {
          json.object([&] {
            json.attribute("name", llvm::json::fixUTF8(report.plan));
            json.attribute("kind", "module");
          });
        });
      });
    });
    writeRelated(finding);
  });
}

void SarifLog::write() {
  auto writeDriver = [&] {
    json.attribute("name", "moec");
    json.attribute("version", version);
    json.attributeArray("rules", [&] {
      for (const Rule *rule : rules)
        writeRule(*rule);
    });
  };
  auto writeRun = [&] {
    json.attributeObject("tool",
                         [&] { json.attributeObject("driver", writeDriver); });
    json.attribute("columnKind", "unicodeCodePoints");
    json.attributeArray("results", [&] {
      for (const Report &report : reports)
        for (const Finding &finding : report.findings.all())
          writeResult(report, finding);
    });
  };
  json.object([&] {
    json.attribute("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    json.attribute("version", "2.1.0");
    json.attributeArray("runs", [&] { json.object(writeRun); });
  });
  json.flush();
}

void moe::printSarif(ArrayRef<Report> reports, StringRef version,
                     llvm::raw_ostream &os) {
  SarifLog(reports, version, os).write();
  os << "\n";
}
