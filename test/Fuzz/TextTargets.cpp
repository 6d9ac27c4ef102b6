//===- TextTargets.cpp - Readers of text that need no IR ------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FuzzTarget.h"

#include "moe/Claims/Claims.h"
#include "moe/Json/Document.h"
#include "moe/Prose/ImportClaims.h"
#include "moe/Quantity/Quantity.h"
#include "llvm/Support/JSON.h"
#include <set>

using namespace mlir::moe;
using llvm::StringRef;

namespace {
/// A plan in which some figures are known, some differ by rank, some are not.
class SomePlan : public MetricSource {
public:
  MetricAnswer metric(StringRef name) const override {
    MetricAnswer answer;
    if (name.size() % 3 == 0) {
      answer.missing = {"model." + name.str()};
      return answer;
    }
    bool bytes = name.contains("memory") && !name.contains("utilization");
    answer.value =
        ClaimValue::exact(static_cast<int64_t>(name.size()) * 1000000000 + 7,
                          bytes ? Measure::of(Dimension::Bytes) : Measure());
    if (name.size() % 2 == 0)
      answer.largest = ClaimValue::exact(INT64_MAX, answer.value->measure);
    answer.derivation = "a x b";
    return answer;
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Claims
//===----------------------------------------------------------------------===//

/// A claim on each line; later ones may refer to earlier ones.
static void readClaims(StringRef text) {
  std::vector<ClaimText> claims;
  while (!text.empty() && claims.size() < 64) {
    auto [line, rest] = text.split('\n');
    claims.push_back({"c" + std::to_string(claims.size()), line.str()});
    text = rest;
  }
  std::vector<Judgement> judged = judgeClaims(claims, SomePlan());
  require(judged.size() == claims.size(), "a judgement for each claim");
  for (const Judgement &judgement : judged)
    require(!judgement.message.empty(), "a judgement says why");
}

static constexpr StringRef claimWords[] = {
    "device_memory", "baseline.", "@c0",  "sum(", "variance(",
    "change(",       "ratio(",    " = ",  " .. ", " <= ",
    " GB",           " %",        " x",   " ms",  "tokens/s",
    "layers",        "/ 0",       "(((",  ")))",  " TFLOPS",
    "mean(",         "min(",      "max(", " GiB", "sample_variance("};

//===----------------------------------------------------------------------===//
// Quantities and JSON
//===----------------------------------------------------------------------===//

/// What is read is written so that it reads the same.
static void readQuantities(StringRef text) {
  std::string error;
  if (std::optional<Quantity> quantity = Quantity::parse(text, error)) {
    auto again = Quantity::parse(quantity->str(), error);
    require(again && *again == *quantity, "a quantity reads as it prints");
    (void)quantity->wholeSI();
    require(quantity->interval().first.compare(quantity->interval().second) < 0,
            "an interval is one");
  }
  if (std::optional<Bound> bound = Bound::parse(text, error)) {
    auto again = Bound::parse(bound->str(), error);
    require(again && *again == *bound, "a bound reads as it prints");
  }
}

static constexpr StringRef quantityWords[] = {
    " GB",  " GiB", " %",   " x",  " TFLOPS/GPU", " tokens/s",
    " .. ", "<= ",  "< ",   ">= ", "= ",          " µs",
    "0.",   "-",    " min", " KB", " Gb/s"};

static void readJson(StringRef text) {
  InputErrors errors;
  std::optional<json::Document> document =
      json::Document::parse(text, "fuzz.json", errors);
  require(document.has_value() == errors.empty(), "no document without errors");
  if (!document)
    return;
  std::string written;
  llvm::raw_string_ostream stream(written);
  {
    llvm::json::OStream out(stream);
    document->root().write(out);
  }
  InputErrors again;
  require(json::Document::parse(written, "again.json", again).has_value(),
          "what is written can be read");
}

static constexpr StringRef jsonWords[] = {
    "{",    "}",  "[",  "]",  "\"a\": ", "null", "true", "false", "\\u",
    "\\\"", "//", "/*", "*/", ",",       ":",    "1e99", "\xff",  "\\ud800"};

//===----------------------------------------------------------------------===//
// Documents
//===----------------------------------------------------------------------===//

/// Every claim that is found can be read, and has a name of its own.
static void readDocument(StringRef text) {
  static constexpr StringRef gpus[] = {"H100", "H800"};
  ImportedDocument document = importClaims(text, {gpus, {}});
  std::set<std::string> ids;
  std::vector<ClaimText> claims;
  for (const ImportedClaim &claim : document.claims) {
    require(ids.insert(claim.id).second, "claims have different names");
    require(claim.line > 0, "a claim has a line");
    claims.push_back({claim.id, claim.says});
  }
  for (const Judgement &judgement : judgeClaims(claims, SomePlan()))
    require(!judgement.message.empty(), "a judgement says why");
  for (const ImportedFigure &figure : document.figures) {
    llvm::Expected<llvm::json::Value> value = llvm::json::parse(figure.value);
    require(static_cast<bool>(value), "a figure is JSON");
  }
}

static constexpr StringRef documentWords[] = {
    "| ",         "|---|---|\n", "**",       "\n- ",    " × ",
    "≈ ",         " → ",         "(",        ")",       ": ",
    "60–70 %",    " from ",      " to ",     "vs. ",    " GB",
    "tokens/s",   "memory",      "GPUs",     "experts", "Latency",
    "variance",   "21-21-21",    "EP64_TP2", "target",  "previous",
    "\\frac{",    "```\n",       "<!--",     "3/128",   "all-to-all",
    " per layer", "groups of 4", "each",     "95%+",    "1,024"};

static constexpr FuzzTarget targets[] = {
    {"claims", readClaims, claimWords},
    {"quantities", readQuantities, quantityWords},
    {"json", readJson, jsonWords},
    {"documents", readDocument, documentWords}};

llvm::ArrayRef<FuzzTarget> mlir::moe::fuzzTargets() { return targets; }
