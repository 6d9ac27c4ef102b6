//===- BalanceCommand.cpp - moec balance ----------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BalancePrice.h"
#include "BalanceReport.h"
#include "OutputFile.h"
#include "PlacementFile.h"
#include "moe/Driver/Commands.h"
#include "moe/Wording/Wording.h"

using namespace mlir::moe;

static bool writeOutput(llvm::StringRef path,
                        llvm::function_ref<void(llvm::raw_ostream &)> write,
                        llvm::raw_ostream &err) {
  llvm::Error error = writeOutputFile(path, write);
  if (!error)
    return true;
  err << "moec balance: cannot write " << quoted(path) << ": "
      << llvm::toString(std::move(error)) << "\n";
  return false;
}

int mlir::moe::runBalanceCommand(llvm::ArrayRef<llvm::StringRef> args,
                                 llvm::raw_ostream &out,
                                 llvm::raw_ostream &err) {
  BalanceOptions options;
  if (std::optional<int> status = options.parse(args, out, err))
    return *status;
  std::optional<BalancePrice> price;
  if (!options.plan.empty() && !(price = BalancePrice::read(options, err)))
    return 2;
  std::optional<std::vector<BalancedLayer>> layers =
      balanceLayers(options, err);
  if (!layers)
    return 2;
  const BalancedLayer &worst = (*layers)[summarize(*layers).worstLayer];
  auto write = [&](llvm::raw_ostream &os) {
    writePlacement(options, *layers, os);
  };
  auto draw = [&](llvm::raw_ostream &os) { writeSvg(worst, os); };
  if (!options.output.empty() && !writeOutput(options.output, write, err))
    return 2;
  if (!options.svg.empty() && !writeOutput(options.svg, draw, err))
    return 2;
  if (options.output.empty())
    write(out);
  printCertificate(options, *layers, err);
  if (price)
    price->print(options, *layers, err);
  if (options.chart)
    printChart(worst, err);
  if (options.advise)
    printAdvice(options, *layers, err);
  return 0;
}
