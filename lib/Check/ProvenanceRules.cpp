//===- ProvenanceRules.cpp - Where claimed numbers come from --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rules.h"

#include "moe/Check/Report.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace mlir::moe;

/// claim-6: what nobody can recompute is an assertion, unless it says where the
/// number comes from. One finding for all of them.
static void checkSources(const RuleInput &input, FindingList &findings) {
  constexpr size_t shown = 5;
  llvm::SmallVector<std::string> ids;
  const StatedClaim *first = nullptr;
  int64_t count = 0;
  for (auto [claim, judgement] :
       llvm::zip_equal(input.statements.claims, input.judgements)) {
    if (judgement.verdict != ClaimVerdict::Unverifiable || claim.source)
      continue;
    first = first ? first : &claim;
    if (++count <= static_cast<int64_t>(shown))
      ids.push_back(quoted(claim.id));
  }
  if (!first)
    return;
  std::string list = llvm::join(ids, ", ");
  if (count > static_cast<int64_t>(shown))
    list += ", ...";
  Finding &finding =
      findings.add("claim-6", Severity::Warning, first->where,
                   counted(count, "claim") + " cannot be recomputed and " +
                       (count == 1 ? "says" : "say") +
                       " nothing of where the number comes from: " + list);
  finding.expected = "\"source\": \"measured\", \"modelled\" or \"assumed\"";
  finding.found = "no source";
}

//===----------------------------------------------------------------------===//
// claim-7: "validated" is a claim about a source
//===----------------------------------------------------------------------===//

/// The first word of the text that calls a number checked; empty if there is
/// none.
static StringRef checkedWord(StringRef text) {
  static constexpr StringLiteral words[] = {
      "validated", "validation", "verified", "verification",
      "confirmed", "proven",     "measured", "benchmarked"};
  while (!text.empty()) {
    text = text.drop_until(llvm::isAlpha);
    StringRef word = text.take_while(llvm::isAlpha);
    if (llvm::any_of(words,
                     [&](StringRef w) { return word.equals_insensitive(w); }))
      return word;
    text = text.drop_front(word.size());
  }
  return text;
}

static void checkValidated(const StatedClaim &claim, const Judgement &judgement,
                           FindingList &findings) {
  // What was recomputed here needs no other source.
  if (judgement.verdict == ClaimVerdict::True ||
      judgement.verdict == ClaimVerdict::Truncated ||
      (claim.source && *claim.source != Provenance::Assumed))
    return;
  StringRef word = checkedWord(claim.quote);
  if (word.empty())
    return;
  std::string source = claim.source ? "is assumed" : "has no source";
  Finding &finding = findings.add(
      "claim-7", Severity::Error, claim.where,
      "the words of claim " + quoted(claim.id) + " speak of " +
          quotedValue(word) + ", but its number " + source +
          (judgement.verdict == ClaimVerdict::False ? " and is false" : ""));
  finding.subject = claim.id;
  finding.expected = "\"source\": \"measured\" or \"modelled\"";
  finding.found = claim.source ? "\"assumed\"" : "no source";
}

//===----------------------------------------------------------------------===//
// claim-8: a file that is named as a source
//===----------------------------------------------------------------------===//

static bool isFileName(StringRef word) {
  static constexpr StringLiteral extensions[] = {
      ".py", ".sh",  ".csv", ".json", ".log",  ".txt", ".ipynb",
      ".md", ".pdf", ".xls", ".xlsx", ".yaml", ".yml"};
  StringRef extension = llvm::sys::path::extension(word);
  return word.size() > extension.size() &&
         llvm::is_contained(extensions, extension);
}

/// Whether a path begins with a host, as an address without its scheme does.
static bool isAddress(StringRef word) {
  static constexpr StringLiteral domains[] = {"org", "com", "io", "ai",
                                              "net", "edu", "co"};
  auto [host, path] = word.split('/');
  return !path.empty() && host.contains('.') &&
         llvm::is_contained(domains, host.rsplit('.').second);
}

/// The words of a text that are file names.
static llvm::SmallVector<StringRef> fileNames(StringRef text) {
  llvm::SmallVector<StringRef> names;
  while (!text.empty()) {
    text = text.drop_while([](char c) { return !llvm::isAlnum(c); });
    StringRef word = text.take_while([](char c) {
      return llvm::isAlnum(c) || StringRef("._-/").contains(c);
    });
    text = text.drop_front(word.size());
    if (text.starts_with("://")) {
      text = text.drop_until(llvm::isSpace);
      continue;
    }
    word = word.rtrim('.');
    if (isFileName(word) && !isAddress(word))
      names.push_back(word);
  }
  return names;
}

/// Whether the file is there, relative to the plan.
static bool exists(StringRef name, Location where) {
  std::optional<Place> place = findPlace(where);
  llvm::SmallString<128> path =
      llvm::sys::path::parent_path(place ? place->file : "");
  llvm::sys::path::append(path, name);
  return llvm::sys::fs::exists(path);
}

static void checkSourceFiles(StringRef text, Location where,
                             const std::string &what,
                             llvm::SmallVectorImpl<StringRef> &seen,
                             FindingList &findings) {
  for (StringRef name : fileNames(text)) {
    if (llvm::is_contained(seen, name) || exists(name, where))
      continue;
    seen.push_back(name);
    Finding &finding = findings.add(
        "claim-8", Severity::Warning, where,
        what + " is taken from " + quoted(name) +
            ", which is not beside the plan: nobody can look it up");
    finding.subject = name.str();
    finding.expected = "the file, or where it can be had";
    finding.found = "no such file";
  }
}

void moe::checkProvenance(const RuleInput &input, FindingList &findings) {
  checkSources(input, findings);
  llvm::SmallVector<StringRef> seen;
  for (auto [claim, judgement] :
       llvm::zip_equal(input.statements.claims, input.judgements)) {
    checkValidated(claim, judgement, findings);
    checkSourceFiles(claim.quote, claim.where, "claim " + quoted(claim.id),
                     seen, findings);
  }
  const ClusterFigures &cluster = input.model.cluster;
  checkSourceFiles(cluster.source, cluster.sourceWhere,
                   "what the plan says of its cluster", seen, findings);
}
