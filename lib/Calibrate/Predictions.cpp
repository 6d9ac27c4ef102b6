//===- Predictions.cpp - Every run, measured and predicted ----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Calibrate/Predictions.h"

#include "moe/Cost/Estimate.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir::moe;
using llvm::StringRef;

namespace {
/// Estimated seconds of runs that a fit has not seen.
using SecondsOf = llvm::DenseMap<const FitSample *, double>;

/// Writes the runs one by one.
class PredictionWriter {
public:
  PredictionWriter(const CalibrationFile &file, const LeftOutFits &fits,
                   llvm::json::OStream &json)
      : file(file), json(json) {
    for (const LeftOut &run : fits.models.runs)
      withoutModel[run.sample] = run.estimatedSeconds;
    for (const LeftOut &run : fits.gpus.runs)
      withoutGpu[run.sample] = run.estimatedSeconds;
    for (const LeftOut &run : fits.sources.runs)
      withoutSource[run.sample] = run.estimatedSeconds;
  }
  void write(const PredictedRun &predicted);

private:
  void number(StringRef key, double value);
  void writeSpeed(const FitSample &sample, const cost::Estimate &estimate);
  void writeServing(const MeasuredRun &run, const FitSample &sample,
                    const cost::Estimate &estimate);
  void writeMemory(const MeasuredRun &run, const cost::Estimate &estimate);
  void writeFlops(const MeasuredRun &run, const cost::Estimate &estimate);
  void writeFeasibility(const MeasuredRun &run, const FitSample &sample,
                        const cost::Estimate &estimate);

  const CalibrationFile &file;
  llvm::json::OStream &json;
  SecondsOf withoutModel, withoutGpu, withoutSource;
};
} // namespace

/// Six digits: as many as any source prints.
void PredictionWriter::number(StringRef key, double value) {
  json.attributeBegin(key);
  json.rawValue(
      [&](llvm::raw_ostream &os) { os << llvm::format("%.6g", value); });
  json.attributeEnd();
}

void PredictionWriter::writeSpeed(const FitSample &sample,
                                  const cost::Estimate &estimate) {
  auto model = withoutModel.find(&sample), gpu = withoutGpu.find(&sample);
  if (model == withoutModel.end() || gpu == withoutGpu.end())
    return;
  double tokens = estimate.tokensPerSecondPerGpu * estimate.step.total();
  json.attributeObject("throughput", [&] {
    number("measured", tokens / sample.stepSeconds);
    number("fitted", estimate.tokensPerSecondPerGpu);
    number("without_model", tokens / model->second);
    number("without_gpu", tokens / gpu->second);
  });
}

/// The rank a source speaks of, or the largest.
void PredictionWriter::writeServing(const MeasuredRun &run,
                                    const FitSample &sample,
                                    const cost::Estimate &estimate) {
  auto source = withoutSource.find(&sample);
  json.attributeObject("serving", [&] {
    json.attribute("decode", run.context > 0);
    json.attribute("batch", run.batch);
    json.attribute("keys", run.context > 0 ? run.context : run.sequenceLength);
    number("measured", sample.stepSeconds);
    number("fitted", estimate.step.total());
    if (source != withoutSource.end())
      number("without_source", source->second);
    if (!run.caveat.empty())
      json.attribute("caveat", run.caveat);
  });
}

static cost::Count peakOf(const MeasuredRun &run,
                          const cost::Estimate &estimate) {
  if (StringRef(run.memoryRank).starts_with("last"))
    return estimate.stages.back().memory.peak();
  if (run.memoryRank == "0")
    return estimate.stages.front().memory.peak();
  return estimate.peakMemory();
}

void PredictionWriter::writeMemory(const MeasuredRun &run,
                                   const cost::Estimate &estimate) {
  cost::Count peak = peakOf(run, estimate);
  if (run.peakAllocatedGib == 0 || !peak)
    return;
  json.attributeObject("memory", [&] {
    number("measured", run.peakAllocatedGib * 1073741824);
    json.attribute("predicted", *peak);
  });
}

void PredictionWriter::writeFlops(const MeasuredRun &run,
                                  const cost::Estimate &estimate) {
  if (run.tokensPerSecondPerGpu == 0 || run.teraflopsPerGpu == 0)
    return;
  json.attributeObject("flops", [&] {
    number("measured", run.teraflopsPerGpu * 1e12 / run.tokensPerSecondPerGpu);
    number("predicted",
           3 * static_cast<double>(*estimate.forwardFlopsPerToken));
    // Until 2026-04 the source counted gpt-oss without its windows.
    json.attribute("convention", StringRef(run.model).starts_with("GPT-OSS") &&
                                     releaseMonth(run.release) < 2026 * 12 + 5);
  });
}

void PredictionWriter::writeFeasibility(const MeasuredRun &run,
                                        const FitSample &sample,
                                        const cost::Estimate &estimate) {
  cost::Count needed = estimate.deviceMemory();
  // What is kept in host memory is not modelled.
  if (!needed || StringRef(run.notes).contains("offload"))
    return;
  json.attributeObject("feasibility", [&] {
    json.attribute("optimizer_stated", !run.optimizerFormat.empty());
    json.attribute("oom", run.outOfMemory.value_or(false));
    json.attribute("fits", estimate.fits(sample.job.machine));
    json.attribute("device_memory", *needed);
    number("capacity", sample.job.machine.memoryBytes);
  });
}

void PredictionWriter::write(const PredictedRun &predicted) {
  const MeasuredRun &run = *predicted.run;
  const FitSample &sample = *predicted.sample;
  cost::Workspace workspace;
  cost::Estimate estimate;
  const cost::Job &job = sample.job;
  cost::estimate(job, file.resolve(job.machine, job.workload.softwareMonth),
                 workspace, estimate);
  json.object([&] {
    json.attribute("id", run.id);
    json.attribute("model", run.model);
    json.attribute("dense", llvm::none_of(job.model.runs,
                                          [](const cost::LayerShape &layer) {
                                            return layer.sparse;
                                          }));
    json.attribute("gpu", run.gpu);
    json.attribute("gpus", run.numGpus);
    json.attribute("precision", run.precision);
    json.attribute("release", run.release);
    json.attribute("source", run.source);
    if (run.isServing())
      return writeServing(run, sample, estimate);
    writeSpeed(sample, estimate);
    writeMemory(run, estimate);
    writeFlops(run, estimate);
    writeFeasibility(run, sample, estimate);
  });
}

std::string mlir::moe::predictionsJson(llvm::ArrayRef<PredictedRun> runs,
                                       const CalibrationFile &file,
                                       const LeftOutFits &fits) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::json::OStream json(os, 1);
  PredictionWriter writer(file, fits, json);
  json.object([&] {
    json.attribute("schema", "moe-accuracy/1");
    json.attributeArray("runs", [&] {
      for (const PredictedRun &run : runs)
        writer.write(run);
    });
  });
  os << "\n";
  return text;
}
