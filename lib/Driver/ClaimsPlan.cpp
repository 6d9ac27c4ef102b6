//===- ClaimsPlan.cpp - Imported claims as a plan file --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ClaimsPlan.h"

#include "moe/Import/PlanFormat.h"
#include "llvm/Support/JSON.h"

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

static std::string quotedJson(StringRef text) {
  std::string result;
  llvm::raw_string_ostream os(result);
  os << llvm::json::Value(llvm::json::fixUTF8(text));
  return result;
}

/// One claim a line or two, as in plans that people write.
static std::string claimText(const ImportedClaim &claim) {
  return "    { \"id\": " + quotedJson(claim.id) +
         ", \"says\": " + quotedJson(claim.says) +
         ",\n      \"quote\": " + quotedJson(claim.quote) +
         ", \"line\": " + std::to_string(claim.line) +
         (claim.source.empty() ? ""
                               : ", \"source\": " + quotedJson(claim.source)) +
         " }";
}

static std::string claimList(ArrayRef<ImportedClaim> claims) {
  std::string list;
  for (const ImportedClaim &claim : claims)
    list += (list.empty() ? "" : ",\n") + claimText(claim);
  return list;
}

/// The figures of one section, in the order of the document.
static std::string sectionText(const ImportedDocument &document,
                               StringRef section) {
  std::string members;
  for (const ImportedFigure &figure : document.figures) {
    auto [name, key] = StringRef(figure.key).split('.');
    if (name == section)
      members +=
          (members.empty() ? "" : ", ") + quotedJson(key) + ": " + figure.value;
  }
  return members;
}

void mlir::moe::printClaimsPlan(const ImportedDocument &document,
                                StringRef name, llvm::raw_ostream &os) {
  os << "{\n  \"schema\": \"" << planSchema << "\"";
  if (!name.empty())
    os << ",\n  \"name\": " << quotedJson(name);
  // A plan needs the first three, the others are there when they say something.
  for (StringRef section : {"model", "cluster", "parallelism", "workload",
                            "experts", "stated", "targets"}) {
    std::string members = sectionText(document, section);
    bool required =
        section == "model" || section == "cluster" || section == "parallelism";
    if (required || !members.empty())
      os << ",\n  \"" << section
         << "\": " << (members.empty() ? "{}" : "{ " + members + " }");
  }
  os << ",\n  \"claims\": [";
  if (!document.claims.empty())
    os << "\n" << claimList(document.claims) << "\n  ";
  os << "]\n}\n";
}

std::vector<std::string> mlir::moe::claimIdsOf(const json::Value &plan) {
  std::vector<std::string> ids;
  const json::Member *claims =
      plan.is(json::Kind::Object) ? plan.find("claims") : nullptr;
  if (!claims || !claims->value.is(json::Kind::Array))
    return ids;
  for (const json::Value &claim : claims->value.elements()) {
    const json::Member *id =
        claim.is(json::Kind::Object) ? claim.find("id") : nullptr;
    if (id && id->value.is(json::Kind::String))
      ids.push_back(id->value.text().str());
  }
  return ids;
}

/// The byte at a position, whose columns count code points.
static size_t offsetOf(StringRef text, Position where) {
  size_t offset = 0;
  for (unsigned line = 1; line < where.line; ++line)
    offset = text.find('\n', offset) + 1;
  for (unsigned column = 1; column < where.column; ++column) {
    ++offset;
    while (offset < text.size() && (text[offset] & 0xc0) == 0x80)
      ++offset;
  }
  return offset;
}

/// Behind the bracket or brace at `begin`, with a comma if members follow.
static std::string inserted(StringRef text, size_t begin,
                            const std::string &members, bool isEmpty) {
  return text.take_front(begin + 1).str() + "\n" + members +
         (isEmpty ? "\n  " : ",") + text.drop_front(begin + 1).str();
}

std::optional<std::string>
mlir::moe::addClaims(StringRef text, const json::Value &plan,
                     ArrayRef<ImportedClaim> claims) {
  if (!plan.is(json::Kind::Object))
    return std::nullopt;
  if (claims.empty())
    return text.str();
  const json::Member *own = plan.find("claims");
  if (own && !own->value.is(json::Kind::Array))
    return std::nullopt;
  if (own)
    return inserted(text, offsetOf(text, own->value.position()),
                    claimList(claims), own->value.elements().empty());
  return inserted(text, offsetOf(text, plan.position()),
                  "  \"claims\": [\n" + claimList(claims) + "\n  ]",
                  plan.members().empty());
}
