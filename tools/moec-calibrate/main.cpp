//===- main.cpp - Fits the constants of the cost model --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What `moec calibrate` runs. A program of its own, because it needs NLopt.
//
//===----------------------------------------------------------------------===//

#include "CalibrateOptions.h"
#include "moe/Calibrate/FitReport.h"
#include "moe/Calibrate/Predictions.h"
#include "moe/Json/Document.h"
#include "moe/Wording/Wording.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include <map>

using namespace mlir::moe;
using llvm::StringRef;

static constexpr int badInput = 2;

static int failure(const std::string &message) {
  llvm::errs() << "moec calibrate: error: " << message << "\n";
  return badInput;
}

namespace {
/// What the files hold.
struct Inputs {
  std::vector<MeasuredRun> runs;
  std::vector<FitSample> samples;
  /// The run of each sample.
  std::vector<size_t> runOf;
  /// Runs that measure memory alone: predicted, but not fitted.
  std::vector<std::pair<size_t, FitSample>> untimed;
  CalibrationFile calibration;
  /// Runs that cannot be estimated, by reason.
  std::map<std::string, int> skipped;
};
} // namespace

static void addSample(size_t index, const ModelTable &models, Inputs &inputs) {
  const MeasuredRun &run = inputs.runs[index];
  std::string reason;
  std::optional<RunJob> job = makeRunJob(run, models, reason);
  if (!job) {
    ++inputs.skipped[reason];
    return;
  }
  bool timed = job->stepSeconds > 0;
  if (timed)
    inputs.runOf.push_back(index);
  FitSample &sample =
      timed ? inputs.samples.emplace_back()
            : inputs.untimed.emplace_back(index, FitSample()).second;
  sample.id = run.id;
  sample.family = ModelTable::familyOf(run.model).str();
  sample.job = std::move(job->job);
  sample.stepSeconds = job->stepSeconds;
  sample.judged = run.kind == "train_throughput";
}

static std::optional<Inputs> readInputs(const CalibrateOptions &options,
                                        InputErrors &errors) {
  std::optional<ModelTable> models =
      ModelTable::readFile(options.models, errors);
  auto text = json::readFileText(options.measured, errors);
  std::optional<std::vector<MeasuredRun>> runs;
  if (text)
    runs = readMeasuredRuns(text->getBuffer(), options.measured, errors);
  std::optional<CalibrationFile> calibration =
      options.calibration.empty()
          ? CalibrationFile::builtIn()
          : CalibrationFile::readFile(options.calibration, errors);
  if (!models || !runs || !calibration)
    return std::nullopt;
  Inputs inputs;
  inputs.calibration = *calibration;
  inputs.runs = std::move(*runs);
  for (size_t index = 0; index < inputs.runs.size(); ++index)
    if (inputs.runs[index].isTraining())
      addSample(index, *models, inputs);
  setWeights(inputs.samples);
  return inputs;
}

/// Writes a file under a temporary name and renames it.
static std::string writeFile(StringRef path, StringRef text) {
  auto write = [&](llvm::raw_ostream &os) {
    os << text;
    return llvm::Error::success();
  };
  if (llvm::Error error = llvm::writeToOutput(path, write))
    return "cannot write " + quoted(path) + ": " +
           llvm::toString(std::move(error));
  return "";
}

static void printInputs(const Inputs &inputs) {
  size_t judged = llvm::count_if(inputs.samples,
                                 [](const FitSample &s) { return s.judged; });
  llvm::outs() << counted(static_cast<int64_t>(inputs.samples.size()), "run")
               << " to fit, " << judged << " of them to judge by\n";
  if (!inputs.untimed.empty())
    llvm::outs() << counted(static_cast<int64_t>(inputs.untimed.size()), "run")
                 << " measured memory alone\n";
  for (const auto &[reason, runs] : inputs.skipped)
    llvm::outs() << "left out: " << counted(runs, "run") << ": " << reason
                 << "\n";
}

/// Fits and prints; an error message, or nothing.
static std::string calibrate(Inputs &inputs, const CalibrateOptions &options) {
  CalibrationFile &file = inputs.calibration;
  if (std::optional<std::string> error = fitConstants(inputs.samples, file))
    return *error;
  std::string error;
  auto models = leaveOneOut(
      inputs.samples, file,
      [](const FitSample &sample) -> StringRef { return sample.family; },
      error);
  auto gpus = leaveOneOut(
      inputs.samples, file,
      [](const FitSample &sample) { return sample.job.machine.gpu; }, error);
  if (!models || !gpus)
    return error;
  recordFits(file, *models, *gpus);
  printConstants(file, llvm::outs());
  llvm::outs() << "\n";
  printErrors("model", *models, llvm::outs());
  llvm::outs() << "\n";
  printErrors("GPU", *gpus, llvm::outs());
  if (!options.output.empty())
    error = writeFile(options.output, file.toJson());
  if (!error.empty() || options.predictions.empty())
    return error;
  std::vector<PredictedRun> predicted;
  for (auto [index, sample] : llvm::zip(inputs.runOf, inputs.samples))
    predicted.push_back({&inputs.runs[index], &sample});
  for (const auto &[index, sample] : inputs.untimed)
    predicted.push_back({&inputs.runs[index], &sample});
  return writeFile(options.predictions,
                   predictionsJson(predicted, file, *models, *gpus));
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  llvm::SmallVector<StringRef> args(argv + 1, argv + argc);
  CalibrateOptions options;
  if (auto status = options.parse(args, llvm::outs(), llvm::errs()))
    return *status;
  InputErrors errors;
  std::optional<Inputs> inputs = readInputs(options, errors);
  for (const InputError &error : errors.list())
    llvm::errs() << error.str();
  if (!inputs)
    return badInput;
  if (inputs->samples.empty())
    return failure("no run of " + quoted(options.measured) +
                   " can be estimated");
  printInputs(*inputs);
  std::string error = calibrate(*inputs, options);
  return error.empty() ? 0 : failure(error);
}
