//===- RulesCommand.cpp - `moec rules` ------------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CommandLine.h"

#include "moe/Check/Catalogue.h"
#include "moe/Driver/Commands.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/SmallVectorExtras.h"

using namespace mlir::moe;

static constexpr llvm::StringLiteral kRulesHelp =
    R"(Lists the rules that plans are checked by, or explains some of them: what each
demands, why it matters, a wrong and a right piece of a plan, its source.

usage: moec rules [ID...]

  ID              as at the end of a message: [mesh-1]

example: moec rules mesh-1
)";

int mlir::moe::runRulesCommand(llvm::ArrayRef<llvm::StringRef> args,
                               llvm::raw_ostream &out, llvm::raw_ostream &err) {
  if (args.empty()) {
    printRuleList(out);
    return 0;
  }
  std::vector<std::string> ids;
  CommandLine line("rules", kRulesHelp);
  line.positionals("ID", ids);
  if (std::optional<int> status = line.parse(args, out, err))
    return *status;
  auto known = llvm::map_to_vector(
      ruleCatalogue(),
      [](const Rule *rule) -> llvm::StringRef { return rule->id; });
  bool missing = false;
  for (llvm::StringRef id : ids)
    if (!findRule(id)) {
      err << "moec rules: no rule " << quoted(id) << didYouMean(id, known)
          << "\n";
      missing = true;
    }
  if (missing)
    return 2;
  for (const std::string &id : ids) {
    if (&id != &ids.front())
      out << "\n";
    printRulePage(*findRule(id), out);
  }
  return 0;
}
