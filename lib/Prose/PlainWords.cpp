//===- PlainWords.cpp - Words that leave a name its number ----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// "Memory: about 42.3 GB used" gives the memory, "Memory: padding waste 0.3 %"
// something else. A name goes with a number when nothing between them names
// another thing: verbs, articles and adjectives of how a value was found.
//
//===----------------------------------------------------------------------===//

#include "Readers.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

/// Articles, prepositions and adverbs.
static constexpr StringRef links[] = {
    "a",     "an",      "the",    "of",    "at",      "to",      "in",
    "on",    "per",     "with",   "under", "over",    "above",   "below",
    "up",    "down",    "than",   "about", "around",  "only",    "just",
    "now",   "still",   "from",   "less",  "more",    "least",   "most",
    "lower", "ca",      "circa",  "again", "between", "exactly", "must",
    "even",  "already", "within", "this",  "that",    "it",      "its"};

/// Verbs of having a value.
static constexpr StringRef verbs[] = {
    "is", "are", "be", "been", "being", "was", "were", "stay", "remain",
    "reach", "take", "use", "need", "require", "hit", "equal", "amount", "come",
    "get", "average", "occupy", "hold", "ha", "have", "has", "total", "deliver",
    "drop", "fall", "rise", "run", "fit", "exceed", "achieve", "mean", "give",
    "become", "do", "sit", "land", "yield", "does", "set", "keep", "reduce",
    "cut", "improve", "increase", "raise", "bring", "push", "leave", "put",
    // And of saying so.
    "claim", "state", "report", "show", "assume", "expect", "promise",
    "measure", "calculation", "estimate", "document", "plan", "we"};

/// Which value it is, and of what all figures are.
static constexpr StringRef kinds[] = {
    "new",      "current",   "our",        "actual",      "overall",
    "max",      "maximum",   "min",        "minimum",     "peak",
    "final",    "previous",  "old",        "baseline",    "original",
    "target",   "effective", "typical",    "nominal",     "net",
    "gpu",      "device",    "rank",       "each",        "every",
    "all",      "model",     "training",   "inference",   "serving",
    "moe",      "system",    "static",     "realistic",   "end",
    "dense",    "bf16",      "fp16",       "full",        "exceeding",
    "whole",    "same",      "capacity",   "utilization", "usage",
    "size",     "value",     "efficiency", "percent",     "main",
    "required", "available", "local",      "vram",        "hbm",
    "degree",   "number",    "count",      "resident",    "potential",
    "perfect",  "optimal",   "excellent",  "good",        "great",
    "poor",     "high",      "low",        "massive",     "huge",
    "minimal",  "near",      "theoretical"};

/// Participles that name what a value is not of.
static constexpr StringRef others[] = {
    "unused", "wasted", "reserved", "shared", "cached",    "saved",  "freed",
    "padded", "hidden", "pinned",   "fused",  "quantized", "nested", "need",
    "seed",   "speed",  "feed",     "masked", "exposed",   "sharded"};

bool mlir::moe::isPlainWord(const Token &token) {
  if (!token.isWord())
    return false;
  StringRef word = token.text;
  if (llvm::is_contained(links, word) || llvm::is_contained(verbs, word) ||
      llvm::is_contained(kinds, word))
    return true;
  // Check marks and other signs of three bytes and more, which are no letters.
  if (word.front() == '\xe2' || word.front() == '\xf0')
    return true;
  // "estimated", "approximately".
  bool participle = word.size() > 4 && word.ends_with("ed");
  bool adverb = word.size() > 4 && word.ends_with("ly");
  return (participle || adverb) && !llvm::is_contained(others, word);
}
