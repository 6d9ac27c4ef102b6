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
#include <algorithm>
#include <map>

using namespace mlir::moe;
using llvm::StringRef;

static constexpr int badInput = 2;

static int failure(const std::string &message) {
  llvm::errs() << "moec calibrate: error: " << message << "\n";
  return badInput;
}

namespace {
/// Samples and the run of each.
struct SampleList {
  std::vector<FitSample> samples;
  std::vector<size_t> runOf;

  FitSample &add(size_t run) {
    runOf.push_back(run);
    return samples.emplace_back();
  }
};

/// What the files hold.
struct Inputs {
  std::vector<MeasuredRun> runs;
  SampleList training, serving;
  /// Predicted, but not fitted: runs that measure memory alone, and those of
  /// serving that do not say all.
  SampleList shown;
  CalibrationFile calibration;
  /// Runs that cannot be estimated, by reason.
  std::map<std::string, int> skipped;
};
} // namespace

static SampleList &listOf(const MeasuredRun &run, const RunJob &job,
                          Inputs &inputs) {
  if (job.stepSeconds <= 0 || !run.caveat.empty())
    return inputs.shown;
  return run.isServing() ? inputs.serving : inputs.training;
}

static void addSample(size_t index, const ModelTable &models, Inputs &inputs) {
  const MeasuredRun &run = inputs.runs[index];
  std::string reason;
  std::optional<RunJob> job = makeRunJob(run, models, reason);
  if (!job) {
    ++inputs.skipped[reason];
    return;
  }
  FitSample &sample = listOf(run, *job, inputs).add(index);
  sample.id = run.id;
  sample.family = ModelTable::familyOf(run.model).str();
  sample.source = run.source;
  sample.job = std::move(job->job);
  sample.stepSeconds = job->stepSeconds;
  sample.judged = run.isServing() || run.kind == "train_throughput";
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
    if (inputs.runs[index].isTraining() || inputs.runs[index].isServing())
      addSample(index, *models, inputs);
  setWeights(inputs.training.samples);
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
  auto amount = [](const SampleList &list) {
    return counted(static_cast<int64_t>(list.samples.size()), "run");
  };
  size_t judged = llvm::count_if(inputs.training.samples,
                                 [](const FitSample &s) { return s.judged; });
  llvm::outs() << amount(inputs.training) << " of training to fit, " << judged
               << " of them to judge by\n";
  if (!inputs.serving.samples.empty())
    llvm::outs() << amount(inputs.serving) << " of serving to fit\n";
  if (!inputs.shown.samples.empty())
    llvm::outs() << amount(inputs.shown)
                 << " predicted alone: memory, or serving with a caveat\n";
  for (const auto &[reason, runs] : inputs.skipped)
    llvm::outs() << "left out: " << counted(runs, "run") << ": " << reason
                 << "\n";
}

/// ": 3 runs: unknown GPU 'H1000'", and how many have other reasons; empty
/// where nothing was left out.
static std::string mostCommonReason(const std::map<std::string, int> &skipped) {
  auto fewer = [](const auto &a, const auto &b) { return a.second < b.second; };
  auto most = std::max_element(skipped.begin(), skipped.end(), fewer);
  if (most == skipped.end())
    return "";
  int64_t all = 0;
  for (const auto &[reason, runs] : skipped)
    all += runs;
  std::string text = ": " + counted(most->second, "run") + ": " + most->first;
  if (int64_t others = all - most->second)
    text += "; " + counted(others, "run") + " for other reasons";
  return text;
}

/// Fits what `scope` says to `samples`, once more without each of their groups.
static std::string fitAll(llvm::ArrayRef<FitSample> samples, FitScope scope,
                          CalibrationFile &file, LeftOutFits &fits) {
  if (std::optional<std::string> error = fitConstants(samples, scope, file))
    return *error;
  std::string error;
  auto without = [&](auto groupOf, LeaveOneOut &result) {
    auto fitted = leaveOneOut(samples, scope, file, groupOf, error);
    if (fitted)
      result = std::move(*fitted);
    return fitted.has_value();
  };
  auto source = [](const FitSample &s) -> StringRef { return s.source; };
  auto family = [](const FitSample &s) -> StringRef { return s.family; };
  auto gpu = [](const FitSample &s) { return s.job.machine.gpu; };
  if (scope == FitScope::Serving) {
    if (without(source, fits.sources))
      recordServing(file, fits.sources);
  } else if (without(family, fits.models) && without(gpu, fits.gpus)) {
    recordFits(file, fits.models, fits.gpus);
  }
  return error;
}

static void printFits(const CalibrationFile &file, const LeftOutFits &fits) {
  printConstants(file, llvm::outs());
  llvm::outs() << "\n";
  printErrors("model", fits.models, llvm::outs());
  llvm::outs() << "\n";
  printErrors("GPU", fits.gpus, llvm::outs());
  if (fits.sources.runs.empty())
    return;
  llvm::outs() << "\n";
  printErrors("source", fits.sources, llvm::outs());
}

static std::string writePredictions(const Inputs &inputs, StringRef path,
                                    const LeftOutFits &fits) {
  std::vector<PredictedRun> predicted;
  for (const SampleList *list :
       {&inputs.training, &inputs.shown, &inputs.serving})
    for (auto [index, sample] : llvm::zip(list->runOf, list->samples))
      predicted.push_back({&inputs.runs[index], &sample});
  return writeFile(path, predictionsJson(predicted, inputs.calibration, fits));
}

/// Fits and prints; an error message, or nothing.
static std::string calibrate(Inputs &inputs, const CalibrateOptions &options) {
  CalibrationFile &file = inputs.calibration;
  LeftOutFits fits;
  std::string error =
      fitAll(inputs.training.samples, FitScope::Training, file, fits);
  if (error.empty() && !inputs.serving.samples.empty())
    error = fitAll(inputs.serving.samples, FitScope::Serving, file, fits);
  if (!error.empty())
    return error;
  printFits(file, fits);
  if (!options.output.empty())
    error = writeFile(options.output, file.toJson());
  if (!error.empty() || options.predictions.empty())
    return error;
  return writePredictions(inputs, options.predictions, fits);
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
  if (inputs->training.samples.empty())
    return failure("no training run of " + quoted(options.measured) +
                   " can be estimated" + mostCommonReason(inputs->skipped));
  printInputs(*inputs);
  std::string error = calibrate(*inputs, options);
  return error.empty() ? 0 : failure(error);
}
