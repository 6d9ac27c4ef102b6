//===- FasterMachineTest.cpp - A better figure never costs time -----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Over all GPUs with constants, passes and number formats: raising one rate of
// the machine makes no step slower.
//
//===----------------------------------------------------------------------===//

#include "TinyModel.h"
#include "moe/Calibrate/RunJob.h"
#include "moe/Calibration/CalibrationFile.h"
#include "moe/Cost/Estimate.h"
#include "gtest/gtest.h"

using namespace mlir::moe;
using namespace mlir::moe::cost;

namespace {

/// Eight layers of Mixtral over 64 GPUs, two stages.
Job mixtralJob(Phase phase, NumberFormat precision) {
  Job job;
  job.model.hidden = 4096, job.model.vocab = 32000, job.model.matrices = 3;
  job.workload.phase = phase;
  job.workload.precision = precision;
  job.workload.sharding = StateSharding::Distributed;
  job.workload.sequenceLength = job.workload.contextLength = 4096;
  job.workload.microBatch = 1, job.workload.globalBatch = 64;
  job.workload.batch = 32;
  job.degrees.tp = 2, job.degrees.pp = 2, job.degrees.dp = 16;
  job.degrees.ep = 8, job.degrees.edp = 4;
  LayerShape layer;
  layer.sparse = true;
  layer.heads = 32, layer.kvHeads = 8, layer.headDim = 128;
  layer.experts = 8, layer.topK = 2, layer.expertWidth = 14336;
  layer.slotsPerRank = 1;
  addLayers(job, layer, 8);
  return job;
}

double secondsOn(const Machine &machine, Job job) {
  job.machine = machine;
  placeGroups(job.degrees, 8);
  Workspace workspace;
  Estimate result;
  estimate(job, CalibrationFile::builtIn().resolve(machine, 0), workspace,
           result);
  return result.step.total();
}

struct Rate {
  const char *name;
  double Machine::*value;
};
constexpr Rate rates[] = {{"peak_bf16", &Machine::peakBf16},
                          {"peak_fp8", &Machine::peakFp8},
                          {"peak_fp4", &Machine::peakFp4},
                          {"memory_bandwidth", &Machine::memoryBandwidth},
                          {"intra_node", &Machine::nvlink},
                          {"inter_node", &Machine::network}};

void expectNoSlower(const Machine &machine, const Job &job) {
  double before = secondsOn(machine, job);
  ASSERT_GT(before, 0);
  for (const Rate &rate : rates)
    for (double factor : {1.05, 2.0, 4.0}) {
      Machine better = machine;
      better.*rate.value *= factor;
      EXPECT_LE(secondsOn(better, job), before * (1 + 1e-9))
          << rate.name << " x " << factor;
    }
}

TEST(FasterMachine, NoHigherRateSlowsAnything) {
  std::string error;
  for (const GpuFacts &facts : CalibrationFile::builtIn().gpus) {
    std::optional<GpuPreset> preset = lookupGpuPreset(facts.name, error);
    ASSERT_TRUE(preset) << error;
    for (Phase phase : {Phase::Train, Phase::Prefill, Phase::Decode})
      for (NumberFormat format : {NumberFormat::FP32, NumberFormat::BF16,
                                  NumberFormat::FP8, NumberFormat::NVFP4}) {
        SCOPED_TRACE(facts.name + ", phase " +
                     std::to_string(static_cast<int>(phase)) + ", format " +
                     std::to_string(static_cast<int>(format)));
        expectNoSlower(machineOf(*preset, 8), mixtralJob(phase, format));
      }
  }
}

TEST(FasterMachine, AFasterPeakIsUsed) {
  std::string error;
  Machine h100 = machineOf(*lookupGpuPreset("H100", error), 8), better = h100;
  better.peakFp8 *= 2;
  for (Phase phase : {Phase::Train, Phase::Prefill}) {
    Job job = mixtralJob(phase, NumberFormat::FP8);
    EXPECT_LT(secondsOn(better, job), secondsOn(h100, job));
  }
}

TEST(FasterMachine, PowerIsSharedByThePeakOfTheDataSheet) {
  std::string error;
  for (const GpuFacts &facts : CalibrationFile::builtIn().gpus)
    EXPECT_EQ(facts.nominalPeak,
              lookupGpuPreset(facts.name, error)->bf16Peak.value.toSI())
        << facts.name;
}

} // namespace
