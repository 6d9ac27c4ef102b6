//===- PlanEdit.cpp - One key of a plan file, changed in place
//--------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlanEdit.h"

#include "moe/IR/FieldLocation.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

static constexpr StringLiteral kBlanks = " \t\r\n";

/// The byte at a line and column, which counts code points.
static std::optional<size_t> offsetOf(StringRef text, Location where) {
  auto place = where->findInstanceOf<FileLineColLoc>();
  if (!place || place.getLine() == 0 || place.getColumn() == 0)
    return std::nullopt;
  size_t offset = 0;
  for (unsigned line = 1; line < place.getLine(); ++line) {
    offset = text.find('\n', offset);
    if (offset == StringRef::npos)
      return std::nullopt;
    ++offset;
  }
  for (unsigned column = 1; column < place.getColumn(); ++column) {
    if (offset >= text.size() || text[offset] == '\n')
      return std::nullopt;
    ++offset;
    // Bytes that continue a code point.
    while (offset < text.size() && (text[offset] & 0xc0) == 0x80)
      ++offset;
  }
  return offset < text.size() ? std::optional(offset) : std::nullopt;
}

/// Where the number, word or string that starts at `begin` ends.
static std::optional<size_t> endOfScalar(StringRef text, size_t begin) {
  if (text[begin] == '{' || text[begin] == '[')
    return std::nullopt;
  if (text[begin] != '"')
    return std::min(text.find_first_of(",}] \t\r\n/", begin), text.size());
  for (size_t at = begin + 1; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;
    else if (text[at] == '"')
      return at + 1;
  }
  return std::nullopt;
}

/// `text` with `"key": value` as the first member of the object at `brace`.
static std::optional<std::string> insertMember(StringRef text, size_t brace,
                                               StringRef key,
                                               const std::string &value) {
  if (text[brace] != '{')
    return std::nullopt;
  size_t next = text.find_first_not_of(kBlanks, brace + 1);
  bool empty = next != StringRef::npos && text[next] == '}';
  std::string member = " \"" + key.str() + "\": " + value + (empty ? "" : ",");
  return (text.take_front(brace + 1) + member + text.drop_front(brace + 1))
      .str();
}

/// `text` without the member whose value stands from `begin` to `end`.
static std::optional<std::string> removeMember(StringRef text, StringRef key,
                                               size_t begin, size_t end) {
  StringRef before = text.take_front(begin).rtrim(kBlanks);
  std::string name = "\"" + key.str() + "\"";
  if (!before.consume_back(":") ||
      !(before = before.rtrim(kBlanks)).consume_back(name))
    return std::nullopt;
  size_t next = text.find_first_not_of(kBlanks, end);
  if (next != StringRef::npos && text[next] == ',')
    return (before + text.drop_front(next + 1).ltrim(' ')).str();
  before = before.rtrim(kBlanks);
  before.consume_back(",");
  return (before + text.drop_front(end)).str();
}

static Operation *sectionOf(PlanOp plan, StringRef name) {
  if (name == "cluster")
    return plan.getSection<ClusterOp>();
  if (name == "workload")
    return plan.getSection<WorkloadOp>();
  if (name == "parallelism")
    return plan.getSection<ParallelismOp>();
  return name == "experts" ? plan.getSection<DistributionOp>() : nullptr;
}

std::optional<std::string> moe::editPlan(StringRef text, PlanOp plan,
                                         const Fix &fix) {
  auto [name, key] = StringRef(fix.key).split('.');
  Operation *section = sectionOf(plan, name);
  if (!section) {
    std::optional<size_t> root = offsetOf(text, sectionLoc(plan));
    std::string object = "{ \"" + key.str() + "\": " + fix.value + " }";
    return root ? insertMember(text, *root, name, object) : std::nullopt;
  }
  Location where = fieldLoc(section, key);
  std::optional<size_t> begin = offsetOf(text, where);
  if (!begin)
    return std::nullopt;
  if (where == sectionLoc(section)) // the key is not there
    return insertMember(text, *begin, key, fix.value);
  std::optional<size_t> end = endOfScalar(text, *begin);
  if (!end)
    return std::nullopt;
  if (fix.value == "null")
    return removeMember(text, key, *begin, *end);
  return (text.take_front(*begin) + fix.value + text.drop_front(*end)).str();
}
