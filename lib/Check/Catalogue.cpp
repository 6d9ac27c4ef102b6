//===- Catalogue.cpp - Every rule of moe-opt ------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Check/Catalogue.h"

#include "Catalogue/Tables.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

StringRef moe::nameOf(Section section) {
  static constexpr StringRef names[] = {
      "equation", "groups",  "model",         "pipeline", "balance",
      "memory",   "compute", "communication", "claims",   "input"};
  return names[static_cast<unsigned>(section)];
}

StringRef moe::nameOf(Severity severity) {
  static constexpr StringRef names[] = {"error", "warning", "note"};
  return names[static_cast<unsigned>(severity)];
}

static std::vector<const Rule *> collectRules() {
  std::vector<const Rule *> rules;
  for (ArrayRef<Rule> table :
       {gridRules(), modelRules(), scheduleRules(), statementRules(),
        claimRules(), costRules(), syntaxRules()})
    for (const Rule &rule : table)
      rules.push_back(&rule);
  llvm::stable_sort(rules, [](const Rule *a, const Rule *b) {
    return a->section < b->section;
  });
  return rules;
}

ArrayRef<const Rule *> moe::ruleCatalogue() {
  static const std::vector<const Rule *> rules = collectRules();
  return rules;
}

const Rule *moe::findRule(StringRef id) {
  for (const Rule *rule : ruleCatalogue())
    if (rule->id == id)
      return rule;
  return nullptr;
}

bool moe::blocksBuild(const Finding &finding) {
  const Rule *rule = findRule(finding.rule);
  return finding.severity == Severity::Error && rule &&
         rule->kind == RuleKind::Legality;
}

void moe::printRuleList(llvm::raw_ostream &os) {
  std::optional<Section> section;
  for (const Rule *rule : ruleCatalogue()) {
    if (section != rule->section)
      os << (section ? "\n" : "") << nameOf(rule->section) << "\n";
    section = rule->section;
    os << llvm::formatv("  {0,-16}{1,-9}{2}\n", rule->id,
                        nameOf(rule->severity), rule->title);
  }
}

static StringRef meaningOf(RuleKind kind) {
  switch (kind) {
  case RuleKind::Legality:
    return "the plan cannot be launched; `moec build` refuses it";
  case RuleKind::Statement:
    return "the plan says something about itself that is not so; `moec build` "
           "refuses it with `--strict` only";
  case RuleKind::Advice:
    return "the plan can be launched";
  case RuleKind::Syntax:
    return "the text means nothing; it is refused before any plan is checked";
  }
  llvm_unreachable("unknown kind");
}

/// A fenced block of a plan file.
static void printExample(StringRef title, StringRef text,
                         llvm::raw_ostream &os) {
  if (!text.empty())
    os << "\n## " << title << "\n\n```jsonc\n" << text << "\n```\n";
}

void moe::printRulePage(const Rule &rule, llvm::raw_ostream &os) {
  os << "# " << rule.id << ": " << rule.title << "\n\n"
     << llvm::toUpper(nameOf(rule.severity).front())
     << nameOf(rule.severity).drop_front() << ", section `"
     << nameOf(rule.section) << "`: " << meaningOf(rule.kind) << ".\n\n"
     << rule.what << "\n\n## Why\n\n"
     << rule.why << "\n";
  printExample("Wrong", rule.wrong, os);
  printExample("Right", rule.right, os);
  os << "\n## Source\n\n" << rule.source << "\n";
}
