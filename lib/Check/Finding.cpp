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

/// Whether what the finding follows from is, step by step, in the list and in
/// the end no consequence.
bool FindingList::leadsToCause(const Finding &finding,
                               const Causes &first) const {
  const Finding *next = &finding;
  for (size_t step = 0; step <= first.size(); ++step) {
    if (!next->isConsequence())
      return true;
    auto cause = first.find(next->consequenceOf);
    if (cause == first.end())
      return false;
    next = &findings[cause->second];
  }
  return false; // more steps than rules: a cycle
}

void FindingList::linkConsequences() {
  Causes first;
  for (auto [index, finding] : llvm::enumerate(findings))
    first.emplace(finding.rule, index);
  for (Finding &finding : findings)
    if (!leadsToCause(finding, first))
      finding.consequenceOf.clear();
  causes.clear();
  for (const Finding &finding : findings)
    if (finding.isConsequence())
      causes.insert(*first.find(finding.consequenceOf));
}

std::vector<const Finding *>
FindingList::consequencesOf(const Finding &cause) const {
  std::vector<const Finding *> consequences;
  auto owner = causes.find(cause.rule);
  if (owner == causes.end() || &findings[owner->second] != &cause)
    return consequences;
  for (const Finding &finding : findings)
    if (finding.consequenceOf == cause.rule)
      consequences.push_back(&finding);
  return consequences;
}
