//===- CalibrateOptions.cpp - Arguments of moec calibrate -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CalibrateOptions.h"

#include "CommandLine.h"
#include "OutputFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"

using namespace mlir::moe;

static constexpr llvm::StringLiteral calibrateHelp =
    R"(usage: moec calibrate MEASURED.csv [options]

Fits the constants of the cost model to measured training runs, and prints how
far estimates are off for runs that took no part in the fit: once leaving out
each model, once each GPU.

  --models FILE       shapes of the models (default: models.json beside the CSV)
  --calibration FILE  where the fit starts, with priors and facts about GPUs
                      (default: the calibration that is built in)
  -o FILE             write the fitted calibration, for --calibration
  --predictions FILE  write what is measured and what is predicted of every run
                      as JSON, for benchmarks/accuracy/page.py

benchmarks/accuracy/README.md describes the columns of MEASURED.csv.

Example:
  moec calibrate benchmarks/accuracy/measured.csv -o calibration.json
)";

std::optional<int> CalibrateOptions::parse(llvm::ArrayRef<llvm::StringRef> args,
                                           llvm::raw_ostream &out,
                                           llvm::raw_ostream &err) {
  CommandLine line("calibrate", calibrateHelp);
  line.positional("MEASURED.csv", measured);
  line.input("models", models);
  line.input("calibration", calibration);
  line.output("o", output);
  line.output("predictions", predictions);
  if (std::optional<int> status = line.parse(args, out, err))
    return status;
  if (models.empty()) {
    llvm::SmallString<128> beside = llvm::sys::path::parent_path(measured);
    llvm::sys::path::append(beside, "models.json");
    models = beside.str().str();
  }
  for (llvm::StringRef file :
       {llvm::StringRef(output), llvm::StringRef(predictions)})
    if (std::optional<std::string> problem = explainReplacement(file, models)) {
      err << "moec calibrate: " << *problem << "\n";
      return 2;
    }
  return std::nullopt;
}
