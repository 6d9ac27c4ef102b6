//===- WorkloadMode.cpp - Training, prefill or decode ---------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WorkloadMode.h"

#include "Scopes.h"

using namespace mlir::moe;
using llvm::StringRef;

void WorkloadMode::note(const Statement &statement, unsigned depth) {
  bool title = depth > 0;
  StringRef phase = phaseIn(statement);
  if (depth == 1 && !titled && !phase.empty())
    declared = Origin{phase, statement.line, statement.quote};
  titled |= title;
  for (size_t i = 0; !train && i + 1 < statement.tokens.size(); ++i)
    if (statement.tokens[i].is("fine") && statement.tokens[i + 1].is("tuning"))
      train = Origin{"train", statement.line, statement.quote};
  auto found = [&](std::optional<Origin> &origin, llvm::StringRef mode,
                   llvm::ArrayRef<llvm::StringRef> words) {
    if (!origin && statement.hasAnyWord(words))
      origin = Origin{mode, statement.line, statement.quote};
  };
  found(train, "train", {"training", "pretraining", "finetuning", "epoch"});
  static constexpr llvm::StringRef prefillWords[] = {"prefill", "prefilling"};
  found(prompts, "", prefillWords);
  found(prompts, "", {"ttft"});
  if (title ||
      statement.hasWordIn({"mode", "workload", "phase"}, 0, statement.keyEnd))
    found(prefill, "prefill", prefillWords);
  found(decode, "decode", {"tpot", "decode", "decoding", "itl"});
  found(serving, "", {"serving", "inference"});
}

std::optional<WorkloadMode::Origin> WorkloadMode::mode() const {
  if (declared && !train)
    return declared;
  if (train)
    return prompts || decode || serving ? std::nullopt : train;
  if (prompts)
    return decode ? std::nullopt : prefill;
  return decode;
}
