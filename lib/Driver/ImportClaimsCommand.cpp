//===- ImportClaimsCommand.cpp - moec import-claims -----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ClaimsPlan.h"
#include "CommandLine.h"
#include "LoadPlan.h"
#include "OutputFile.h"
#include "moe/Driver/Commands.h"
#include "moe/Hardware/GpuPreset.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

static constexpr llvm::StringLiteral importClaimsHelp =
    R"(Reads the numbers that a Markdown document asserts: tables, "key: value" lines,
A x B = C, percentages, before and after. Writes a plan with the figures and the
claims that it found, each claim with its words and line, for a person to confirm
and `moec check` to judge. Lines with numbers that it did not understand are
listed on standard error.

usage: moec import-claims FILE.md [-o FILE] [--plan PLAN]

  FILE.md      the document
  -o FILE      where the plan goes, instead of standard output
  --plan PLAN  write that plan with the claims added to its own, its text
               otherwise unchanged; figures of the document are left out

Exit status: 0 read, 1 there is no claim in it, 2 bad usage or unreadable input.

example: moec import-claims review.md -o review.json && moec check review.json
)";

namespace {
struct ImportArguments {
  std::string file, output, plan;
};

/// A plan file that claims are added to.
struct TargetPlan {
  std::unique_ptr<llvm::MemoryBuffer> text;
  std::optional<json::Document> document;
};
} // namespace

static std::optional<TargetPlan> readTarget(StringRef file,
                                            llvm::raw_ostream &err) {
  InputErrors errors;
  TargetPlan plan;
  plan.text = json::readFileText(file, errors);
  if (plan.text)
    plan.document = json::Document::parse(plan.text->getBuffer(), file, errors);
  printErrors(errors, err);
  if (!plan.document)
    return std::nullopt;
  return plan;
}

/// A plan given as the document would be read as prose.
static bool isPlan(StringRef text, StringRef file) {
  InputErrors errors;
  std::optional<json::Document> document =
      json::Document::parse(text, file, errors);
  return document && document->root().is(json::Kind::Object);
}

/// The name of a plan after its document: letters, digits and underscores.
static std::string planName(StringRef file) {
  std::string name = llvm::sys::path::stem(file).str();
  for (char &c : name)
    if (!llvm::isAlnum(c) && c != '-')
      c = '_';
  return name;
}

/// What was found, and what was not understood.
static void summarize(const ImportedDocument &document, StringRef file,
                      llvm::raw_ostream &err) {
  for (const UnreadLine &line : document.unread)
    err << file << ":" << line.line << ": note: not understood: "
        << (line.numbers.empty() ? "" : line.numbers + " in ")
        << quotedValue(line.text) << "\n";
  auto count = [](size_t number, StringRef noun) {
    return counted(static_cast<int64_t>(number), noun);
  };
  err << count(document.claims.size(), "claim") << ", "
      << count(document.figures.size(), "figure") << ", "
      << count(document.unread.size() + document.unreadDropped, "line")
      << " not understood\n";
}

static bool writeResult(StringRef output, const std::string &text,
                        llvm::raw_ostream &out, llvm::raw_ostream &err) {
  if (output.empty()) {
    out << text;
    return true;
  }
  llvm::Error error =
      writeOutputFile(output, [&](llvm::raw_ostream &os) { os << text; });
  if (!error)
    return true;
  err << output
      << ": error: cannot be written: " << llvm::toString(std::move(error))
      << "\n";
  return false;
}

static int importFile(const ImportArguments &arguments, llvm::raw_ostream &out,
                      llvm::raw_ostream &err) {
  InputErrors errors;
  std::unique_ptr<llvm::MemoryBuffer> text =
      json::readFileText(arguments.file, errors);
  printErrors(errors, err);
  if (text && isPlan(text->getBuffer(), arguments.file)) {
    err << arguments.file
        << ": error: expected a document, found a JSON object; 'moec check' "
           "reads plans\n";
    return 2;
  }
  std::optional<TargetPlan> target;
  if (!arguments.plan.empty())
    target = readTarget(arguments.plan, err);
  if (!text || (!arguments.plan.empty() && !target))
    return 2;
  std::vector<std::string> ids;
  if (target)
    ids = claimIdsOf(target->document->root());
  ImportedDocument document =
      importClaims(text->getBuffer(), {gpuPresetNames(), ids});
  std::string result;
  if (target) {
    std::optional<std::string> merged = addClaims(
        target->text->getBuffer(), target->document->root(), document.claims);
    if (!merged) {
      err << arguments.plan
          << ": error: expected a plan, an object whose 'claims' is an array\n";
      return 2;
    }
    result = std::move(*merged);
  } else {
    llvm::raw_string_ostream os(result);
    printClaimsPlan(document, planName(arguments.file), os);
  }
  summarize(document, arguments.file, err);
  if (!writeResult(arguments.output, result, out, err))
    return 2;
  return document.claims.empty();
}

int mlir::moe::runImportClaimsCommand(ArrayRef<StringRef> args,
                                      llvm::raw_ostream &out,
                                      llvm::raw_ostream &err) {
  ImportArguments arguments;
  CommandLine line("import-claims", importClaimsHelp);
  line.positional("FILE.md", arguments.file);
  line.output("o", arguments.output);
  line.option("plan", arguments.plan);
  if (std::optional<int> status = line.parse(args, out, err))
    return *status;
  return importFile(arguments, out, err);
}
