//===- Finding.cpp - What a check found -----------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Check/Finding.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"

using namespace mlir;
using namespace mlir::moe;

std::vector<KeyChange> Fix::changes() const {
  std::vector<KeyChange> all = {{key, value}};
  all.insert(all.end(), also.begin(), also.end());
  return all;
}

Finding &FindingList::add(std::string rule, Severity severity, Location where,
                          std::string message) {
  findings.emplace_back(std::move(rule), severity, where, std::move(message));
  return findings.back();
}

unsigned FindingList::count(Severity severity) const {
  return llvm::count_if(findings, [&](const Finding &finding) {
    return finding.severity == severity;
  });
}

bool FindingList::has(llvm::StringRef rule) const {
  return llvm::any_of(
      findings, [&](const Finding &finding) { return finding.rule == rule; });
}

void FindingList::linkConsequences() {
  std::set<llvm::StringRef> present;
  for (const Finding &finding : findings)
    present.insert(finding.rule);
  for (Finding &finding : findings)
    if (present.count(finding.consequenceOf) != 0)
      causes.insert(finding.consequenceOf);
    else
      finding.consequenceOf.clear();
}

std::vector<const Finding *>
FindingList::consequencesOf(const Finding &cause) const {
  std::vector<const Finding *> consequences;
  if (cause.isConsequence() || causes.count(cause.rule) == 0)
    return consequences;
  const auto *first =
      llvm::find_if(findings, [&](const Finding &finding) {
        return finding.rule == cause.rule && !finding.isConsequence();
      }).base();
  if (first != &cause)
    return consequences;
  for (const Finding &finding : findings)
    if (finding.consequenceOf == cause.rule)
      consequences.push_back(&finding);
  return consequences;
}
