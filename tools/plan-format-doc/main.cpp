//===- main.cpp - The page of the plan format -----------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Prints docs/plan-format.md: every key of the plan file, from the table that
// also drives the reader. Built and run by the target `moe-doc`, not installed.
//
//===----------------------------------------------------------------------===//

#include "Prose.h"
#include "moe/Claims/MetricTable.h"
#include "moe/Import/PlanFormat.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

/// A string that a table cell may hold: `|` ends a cell, also in code.
static std::string code(const llvm::Twine &text) {
  std::string result = "`";
  for (char c : text.str())
    result += c == '|' ? std::string("\\|") : std::string(1, c);
  return result + "`";
}

static std::string quoted(StringRef text) { return "\"" + text.str() + "\""; }

/// `"a", "b"` as code, one by one.
static std::string listWords(ArrayRef<StringRef> words) {
  return llvm::join(
      llvm::map_range(words, [](StringRef word) { return code(quoted(word)); }),
      ", ");
}

/// An array of strings, from the words of `example`.
static std::string arrayOfTexts(StringRef example) {
  llvm::SmallVector<StringRef> words;
  example.split(words, ", ");
  return "[" + llvm::join(llvm::map_range(words, quoted), ", ") + "]";
}

static bool isPowerOfTwo(int64_t value) { return (value & (value - 1)) == 0; }

static std::string rangeOf(const PlanKey &key) {
  std::string most = isPowerOfTwo(key.max)
                         ? "2^" + llvm::utostr(llvm::Log2_64(key.max))
                         : llvm::itostr(key.max);
  return "integer, " + llvm::itostr(key.min) + " to " + most;
}

/// What an array of strings may hold.
static std::string elementsOf(const PlanKey &key) {
  return key.choices.empty() ? "strings" : listWords(key.choices);
}

/// What the key may hold.
static std::string typeOf(const PlanKey &key) {
  switch (key.kind) {
  case KeyKind::Schema:
    return code(quoted(planSchema));
  case KeyKind::Name:
    return "string";
  case KeyKind::Text:
    return key.choices.empty() ? "string" : listWords(key.choices);
  case KeyKind::Placement:
    return "string, a rule or a path";
  case KeyKind::Model:
    return "string or object";
  case KeyKind::Count:
    return rangeOf(key);
  case KeyKind::Degree:
    return rangeOf(key) + ", or `\"auto\"`";
  case KeyKind::Counts:
    return "array of integers";
  case KeyKind::Flag:
    return "`true` or `false`";
  case KeyKind::Number:
    return "number above 0";
  case KeyKind::Word:
    return listWords(key.possibleWords());
  case KeyKind::Quantity:
    return "string, " + describe(key.dimension).str();
  case KeyKind::Texts:
    return "array of " + elementsOf(key);
  case KeyKind::Paths:
    return "string, or array of strings";
  case KeyKind::WordOrTexts:
    return listWords(key.words) + ", or array of " + elementsOf(key);
  case KeyKind::Record:
  case KeyKind::Object:
    return "object";
  case KeyKind::Objects:
    return "array of objects";
  case KeyKind::Bounds:
    return "object of conditions";
  }
  llvm_unreachable("every kind is in the switch");
}

/// A value as the file has it; empty for what has a table of its own.
static std::string exampleOf(const PlanKey &key) {
  switch (key.kind) {
  case KeyKind::Schema:
    return quoted(planSchema);
  case KeyKind::Count:
  case KeyKind::Number:
    return key.example.str();
  case KeyKind::Counts:
    return "[" + key.example.str() + "]";
  case KeyKind::Flag:
    return "true";
  case KeyKind::Word:
    return quoted(key.possibleWords().front());
  case KeyKind::Quantity:
    return quoted(key.example.empty() ? exampleOf(key.dimension) : key.example);
  case KeyKind::Texts:
  case KeyKind::WordOrTexts:
    return arrayOfTexts(key.example);
  case KeyKind::Record:
  case KeyKind::Object:
  case KeyKind::Objects:
  case KeyKind::Bounds:
    return "";
  default:
    return quoted(key.example);
  }
}

static void printProse(StringRef section) {
  StringRef words = proseOf(section);
  llvm::outs() << words << (words.empty() ? "" : "\n");
}

static void printRow(const PlanKey &key) {
  std::string example = exampleOf(key);
  llvm::outs() << "| " << code(key.name) << (key.required ? " (required)" : "")
               << " | " << key.description << " | " << typeOf(key) << " | "
               << (example.empty() ? "" : code(example)) << " | " << key.absent
               << " |\n";
}

/// Conditions are named after metrics; their table has one column.
static void printMetrics(const PlanKey &key) {
  llvm::outs() << "Any of " << listWords(key.words)
               << ", each with a condition: `\"<= 1.05\"`, `\">= 95 %\"`, "
                  "`\"60 % .. 95 %\"`.\n";
}

static void printSection(const std::string &path, StringRef title,
                         const PlanSection &section) {
  llvm::outs() << "\n## " << title << "\n\n";
  printProse(path);
  if (section.keys.empty())
    return;
  llvm::outs() << "| key | what | value | example | where absent |\n"
               << "|---|---|---|---|---|\n";
  for (const PlanKey &key : section.keys)
    printRow(key);
  for (const PlanKey &key : section.keys) {
    std::string inner =
        path.empty() ? key.name.str() : path + "." + key.name.str();
    std::string heading = code(inner) + ": " + key.description.str();
    if (key.kind == KeyKind::Bounds) {
      llvm::outs() << "\n## " << heading << "\n\n";
      printProse(inner);
      printMetrics(key);
    } else if (key.section && key.kind != KeyKind::Counts) {
      printSection(inner, heading, *key.section);
    }
  }
}

/// The units of every dimension that a key of the plan can have.
static void printUnits() {
  llvm::outs() << "\n## Units\n\n"
               << proseOf("units") << "\n| measures | units |\n|---|---|\n";
  for (Dimension dimension :
       {Dimension::Ratio, Dimension::Bytes, Dimension::BytesPerSecond,
        Dimension::FlopPerSecond, Dimension::Seconds}) {
    llvm::SmallVector<std::string> spellings;
    for (StringRef spelling : Unit::spellings())
      if (!spelling.empty() && Unit::lookup(spelling)->dimension() == dimension)
        spellings.push_back(code(spelling));
    llvm::outs() << "| " << describe(dimension) << " | "
                 << llvm::join(spellings, ", ") << " |\n";
  }
}

/// The closed list of names that claims may use.
static void printMetrics() {
  llvm::outs() << "\n## Metrics\n\n"
               << proseOf("metrics") << "\n| metric | what |\n|---|---|\n";
  for (const MetricRow &row : metricTable())
    llvm::outs() << "| " << code(row.name) << " | " << row.what << " |\n";
}

int main() {
  llvm::outs() << proseOf("page");
  printSection("", "The keys of the file", planFormat());
  printMetrics();
  printUnits();
  return 0;
}
