//===- CalibrateTest.cpp - Measured runs and fits to them -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Calibrate/FitReport.h"
#include "moe/Calibrate/Predictions.h"
#include "moe/Cost/Estimate.h"
#include "moe/Json/Document.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace mlir::moe;

namespace {

constexpr const char *heading =
    "id,kind,release,model,gpu,n_gpus,precision,tp,pp,ep,gbs,seq,step_s\n";

std::string errorsOf(const std::string &text) {
  InputErrors errors;
  EXPECT_FALSE(readMeasuredRuns(text, "m.csv", errors));
  std::string result;
  for (const InputError &error : errors.list())
    result += error.str();
  return result;
}

std::vector<MeasuredRun> runsOf(const std::string &text) {
  InputErrors errors;
  auto runs = readMeasuredRuns(text, "m.csv", errors);
  EXPECT_TRUE(runs);
  return runs ? *runs : std::vector<MeasuredRun>();
}

ModelTable models() {
  InputErrors errors;
  auto table = ModelTable::parse(
      R"({"DeepSeek-V3": {"L": 61, "dense": 3, "h": 7168, "nh": 128,
          "mla": [1536, 512, 128, 64, 128], "ffn": 18432, "E": 256, "k": 8,
          "mf": 2048, "shared": 2048, "V": 129280, "mtp": 1, "tied": 0},
          "Qwen3-30B-A3B": {"L": 48, "dense": 0, "h": 2048, "nh": 32, "kv": 4,
          "hd": 128, "ffn": 0, "E": 128, "k": 8, "mf": 768, "shared": 0,
          "V": 151936, "mtp": 0, "tied": 0}})",
      "models.json", errors);
  EXPECT_TRUE(table);
  return *table;
}

TEST(MeasuredRuns, QuotedFieldsAndBlanks) {
  auto runs =
      runsOf(std::string("notes,") + heading +
             "\"tuned, \"\"twice\"\"\r\nover\",a,train_throughput,26.04,"
             "M,H100,8.0,BF16,1,1,8,512,4096,2.5\r\n\n"
             ",b,train_memory,,M,H100,8,BF16,,1,8,512,4096,\n");
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].notes, "tuned, \"twice\"\r\nover");
  EXPECT_EQ(runs[0].numGpus, 8);
  EXPECT_EQ(runs[0].stepSeconds, 2.5);
  EXPECT_FALSE(runs[0].expertOverlap);
  EXPECT_EQ(runs[1].line, 5U);
  EXPECT_EQ(runs[1].tp, 0);
}

TEST(MeasuredRuns, ErrorsNameLineAndColumn) {
  std::string row = "a,train_throughput,,M,H100,8,BF16,1,1,8,512,4096,2\n";
  EXPECT_EQ(errorsOf(""), "m.csv:1:1: error: expected a heading with the names "
                          "of columns, found nothing\n");
  EXPECT_NE(errorsOf("idd" + std::string(heading).substr(2) + row)
                .find("unknown column 'idd', did you mean 'id'?"),
            std::string::npos);
  EXPECT_NE(errorsOf("id,kind\n").find("the column 'model' is missing"),
            std::string::npos);
  EXPECT_EQ(errorsOf(heading + row + "a,b\n"),
            "m.csv:3:1: error: 2 fields where the heading has 13\n");
  EXPECT_EQ(
      errorsOf(heading + std::string("a,k,,M,H100,x,BF16,1,1,8,9,9,-1\n")),
      "m.csv:2:1: error: column 'n_gpus': expected a count, found \"x\"\n"
      "m.csv:2:1: error: column 'step_s': expected a positive number, "
      "found \"-1\"\n");
  EXPECT_EQ(errorsOf(heading + std::string("\"a,b\n")),
            "m.csv:2:1: error: the quote of this field is never closed\n");
  EXPECT_NE(errorsOf("id,id\n").find("two columns are named 'id'"),
            std::string::npos);
}

TEST(ModelTable, CutModelsKeepTheirLayers) {
  auto model = models().find("DeepSeek-V3-L4");
  ASSERT_TRUE(model);
  EXPECT_EQ(model->layers, 4);
  EXPECT_EQ(model->mtpLayers, 0);
  ASSERT_EQ(model->shape.runs.size(), 2U);
  EXPECT_EQ(model->shape.runs[0].end, 1); // one dense layer of three is left
  EXPECT_EQ(model->shape.runs[1].end, 4);
  EXPECT_FALSE(models().find("DeepSeek-V4"));
  EXPECT_EQ(ModelTable::familyOf("Llama3-70B-L12"), "Llama3-70B");
  EXPECT_EQ(ModelTable::familyOf("X-Large"), "X-Large");
}

TEST(RunJob, ReleasesAreMonths) {
  EXPECT_EQ(releaseMonth("26.04.01"), 2026 * 12 + 4);
  EXPECT_EQ(releaseMonth("2025-04"), 2025 * 12 + 4);
  EXPECT_EQ(releaseMonth("card-2026-08"), 2026 * 12 + 8);
  EXPECT_EQ(releaseMonth("2026-08 HEAD"), 2026 * 12 + 8);
  EXPECT_EQ(releaseMonth("MCore v0.9"), 0);
  EXPECT_EQ(releaseMonth(""), 0);
  EXPECT_EQ(releaseMonth("26.13"), 0);
}

TEST(RunJob, BlanksAreThoseOfTheRecipe) {
  auto model = models().find("Qwen3-30B-A3B");
  auto filled = [&](const char *release, const char *gpu, const char *format) {
    MeasuredRun run;
    run.release = release, run.gpu = gpu, run.precision = format;
    applyRecipeDefaults(run, *model);
    return run.cudaGraph + " " + run.dispatcher;
  };
  EXPECT_EQ(filled("26.06", "GB200", "MXFP8"), "full-iteration hybridep");
  EXPECT_EQ(filled("26.04", "GB200", "MXFP8"),
            "attn+moe_router+moe_preprocess hybridep");
  EXPECT_EQ(filled("25.11", "B200", "BF16"),
            "attn+moe_router+moe_preprocess alltoall");
  EXPECT_EQ(filled("26.06", "H100", "FP8"), "none hybridep");
  EXPECT_EQ(filled("2025-04", "H100", "BF16"), "none alltoall");
}

/// Layers of each stage.
std::vector<int64_t> layersOf(llvm::ArrayRef<cost::StageShape> stages) {
  std::vector<int64_t> result;
  for (const cost::StageShape &stage : stages) {
    result.push_back(0);
    for (auto [begin, end] : stage.chunks)
      result.back() += end - begin;
  }
  return result;
}

TEST(RunJob, LayoutsThatNobodyStates) {
  // Megatron-Bridge: 4 layers in each of 16 chunks, the last with one layer,
  // MTP and the loss.
  auto deepSeek = models().find("DeepSeek-V3");
  EXPECT_EQ(layersOf(defaultStages(*deepSeek, 4, 4)),
            (std::vector<int64_t>{16, 16, 16, 13}));
  EXPECT_EQ(layersOf(defaultStages(*deepSeek, 8, 1)),
            (std::vector<int64_t>{8, 8, 8, 8, 8, 8, 8, 5}));
  // Qwen3-235B, 94 layers: embedding and loss count as a layer each.
  MeasuredModel qwen = *models().find("Qwen3-30B-A3B");
  qwen.layers = 94;
  EXPECT_EQ(layersOf(defaultStages(qwen, 8, 4)),
            (std::vector<int64_t>{11, 12, 12, 12, 12, 12, 12, 11}));
}

std::string row(const char *gpu, int gpus, int pp, int ep, int batch,
                double seconds) {
  return "r,train_throughput,26.04,Qwen3-30B-A3B," + std::string(gpu) + "," +
         std::to_string(gpus) + ",BF16,1," + std::to_string(pp) + "," +
         std::to_string(ep) + "," + std::to_string(batch) + ",4096," +
         std::to_string(seconds) + "\n";
}

TEST(RunJob, DegreesGroupsAndTime) {
  auto runs = runsOf(heading + row("GB200", 256, 2, 64, 512, 3));
  std::string reason;
  auto job = makeRunJob(runs[0], models(), reason);
  ASSERT_TRUE(job) << reason;
  EXPECT_EQ(job->stepSeconds, 3);
  EXPECT_EQ(job->job.degrees.dp, 128);
  EXPECT_EQ(job->job.degrees.edp, 2);
  // 72 GPUs a rack give 64 of theirs to 256 ranks.
  EXPECT_TRUE(job->job.degrees.group(cost::Axis::Expert).isLocal());
  EXPECT_EQ(job->job.degrees.group(cost::Axis::ExpertData).local, 1);
  EXPECT_EQ(job->job.model.runs[0].slotsPerRank, cost::Count(2));

  // What fits is judged by what the driver gives.
  EXPECT_EQ(job->job.machine.memoryBytes, 189471.0 * 1024 * 1024);
  runs[0].stepSeconds = 0;
  job = makeRunJob(runs[0], models(), reason);
  ASSERT_TRUE(job) << reason;
  EXPECT_EQ(job->stepSeconds, 0);

  runs[0].pp = 3;
  EXPECT_FALSE(makeRunJob(runs[0], models(), reason));
  EXPECT_EQ(reason, "tp x cp x pp does not divide the GPUs");
  runs[0].tp = 0;
  EXPECT_FALSE(makeRunJob(runs[0], models(), reason));
  EXPECT_EQ(reason, "it does not state the degrees of parallelism");
}

/// DeepSeek-V3 on 9 nodes of 8 H100, from the post of the SGLang team.
MeasuredRun servedRun() {
  MeasuredRun run;
  run.kind = "infer_throughput";
  run.model = "DeepSeek-V3", run.gpu = "H100", run.precision = "FP8";
  run.release = "2025-05", run.routing = "natural EPLB";
  run.dispatcher = "deepep", run.expertOverlap = true;
  run.numGpus = 72, run.tp = run.pp = 1, run.ep = 72;
  run.batch = 256, run.context = 2000, run.slotsPerRank = 4;
  run.tokensPerSecondPerGpu = 2785.25;
  return run;
}

TEST(RunJob, DecodeMakesATokenOfEverySequence) {
  std::string reason;
  auto served = makeRunJob(servedRun(), models(), reason);
  ASSERT_TRUE(served) << reason;
  EXPECT_NEAR(served->stepSeconds, 0.0919, 1e-4); // 256 / 2785
  const cost::Job &job = served->job;
  EXPECT_EQ(job.workload.phase, cost::Phase::Decode);
  EXPECT_EQ(job.tokens(), cost::Count(256));
  EXPECT_EQ(job.degrees.dp, 72);
  EXPECT_EQ(job.degrees.group(cost::Axis::Expert).local, 8);
  EXPECT_EQ(job.model.runs.back().slotsPerRank, cost::Count(4));
  EXPECT_EQ(job.model.runs.back().skew.exchange, 1200);
  ASSERT_EQ(job.stages.size(), 1U);
  EXPECT_EQ(job.stages[0].mtpLayers, 0);
  EXPECT_EQ(job.servedParts(), 2);
}

TEST(RunJob, PrefillMakesAllTokensOfItsPrompts) {
  MeasuredRun run = servedRun();
  run.numGpus = run.ep = 32;
  run.context = run.slotsPerRank = 0;
  run.batch = 4, run.sequenceLength = 4096;
  run.tokensPerSecondPerGpu = 6287.75;
  std::string reason;
  auto served = makeRunJob(run, models(), reason);
  ASSERT_TRUE(served) << reason;
  EXPECT_EQ(served->job.workload.phase, cost::Phase::Prefill);
  EXPECT_NEAR(served->stepSeconds, 16384 / 6287.75, 1e-9);
  EXPECT_EQ(served->job.model.runs.back().slotsPerRank, cost::Count(8));
}

TEST(RunJob, ServingThatSaysTooLittleIsNotEstimated) {
  auto reasonOf = [](auto change) {
    MeasuredRun run = servedRun();
    change(run);
    std::string reason;
    EXPECT_FALSE(makeRunJob(run, models(), reason));
    return reason;
  };
  EXPECT_EQ(reasonOf([](MeasuredRun &run) { run.batch = 0; }),
            "it does not state the sequences in flight");
  EXPECT_EQ(
      reasonOf([](MeasuredRun &run) { run.context = 0; }),
      "it states neither the length of prompts nor the keys in the cache");
  EXPECT_EQ(reasonOf([](MeasuredRun &run) { run.tokensPerSecondPerGpu = 0; }),
            "it does not say how many GPUs made how many tokens");
  EXPECT_EQ(reasonOf([](MeasuredRun &run) { run.ep = 7; }),
            "its degrees of parallelism do not divide the GPUs");
}

/// Runs whose times are estimates of `truth`.
std::vector<FitSample> syntheticRuns(const CalibrationFile &truth) {
  std::vector<FitSample> samples;
  for (const char *gpu : {"H100", "GB200"})
    for (int batch : {256, 1024})
      for (int ep : {8, 16, 32}) {
        auto runs = runsOf(heading + row(gpu, 64, 1, ep, batch, 1));
        runs[0].microBatch = ep / 8;
        std::string reason;
        auto job = makeRunJob(runs[0], models(), reason);
        EXPECT_TRUE(job) << reason;
        FitSample &sample = samples.emplace_back();
        sample.family = ep == 8 ? "A" : "B";
        sample.job = job->job;
        sample.stepSeconds = estimateSeconds(sample.job, truth);
      }
  setWeights(samples);
  return samples;
}

TEST(Fit, FindsTheConstantsThatMadeTheTimes) {
  CalibrationFile start = CalibrationFile::builtIn();
  // Two constants are free; the truth is away from their priors.
  for (auto [name, entry] : llvm::zip(constantNames(), start.entries)) {
    entry.prior = entry.value;
    bool isFree = name.name == "memory_share" || name.name == "launch_seconds";
    entry.spread = isFree ? 2 : 0;
  }
  CalibrationFile truth = start;
  CostConstants values = truth.values();
  values.memoryShare *= 0.8;
  values.launchSeconds *= 1.4;
  truth.setValues(values);
  auto samples = syntheticRuns(truth);
  CalibrationFile fitted = start;
  auto error = fitConstants(samples, FitScope::Training, fitted);
  ASSERT_FALSE(error) << *error;
  EXPECT_NEAR(fitted.values().memoryShare / values.memoryShare, 1, 0.03);
  EXPECT_NEAR(fitted.values().launchSeconds / values.launchSeconds, 1, 0.03);
  EXPECT_EQ(fitted.values().gemmShare, values.gemmShare); // was not free

  std::string problem;
  auto left = leaveOneOut(
      samples, FitScope::Training, start,
      [](const FitSample &sample) -> llvm::StringRef { return sample.family; },
      problem);
  ASSERT_TRUE(left) << problem;
  EXPECT_EQ(left->runs.size(), samples.size());
  EXPECT_EQ(left->fits.size(), 2U);
  EXPECT_LT(summarize(left->runs).mean, 0.02);
  EXPECT_EQ(orderPairs(left->runs).right, orderPairs(left->runs).all);
  EXPECT_GT(orderPairs(left->runs).all, 0U);
}

TEST(Fit, ServingLeavesTheConstantsOfTrainingAlone) {
  CalibrationFile start = CalibrationFile::builtIn();
  CalibrationFile truth = start;
  CostConstants values = truth.values();
  values.servedExchange *= 1.3;
  values.servedBlockSeconds *= 0.7;
  truth.setValues(values);
  std::vector<FitSample> samples;
  for (int64_t batch : {16, 64, 256})
    for (bool overlap : {false, true}) {
      MeasuredRun run = servedRun();
      run.batch = batch, run.expertOverlap = overlap;
      std::string reason;
      FitSample &sample = samples.emplace_back();
      sample.job = makeRunJob(run, models(), reason)->job;
      sample.stepSeconds = estimateSeconds(sample.job, truth);
    }
  for (size_t index = 0; index < start.entries.size(); ++index)
    if (constantNames()[index].serving)
      start.entries[index].spread = 2;
  auto error = fitConstants(samples, FitScope::Serving, start);
  ASSERT_FALSE(error) << *error;
  EXPECT_NEAR(start.values().servedExchange / values.servedExchange, 1, 0.03);
  EXPECT_NEAR(start.values().servedBlockSeconds / values.servedBlockSeconds, 1,
              0.03);
  EXPECT_EQ(start.values().gemmShare, values.gemmShare);
}

TEST(Fit, RunsOfOnePlanCountAsOneAndABit) {
  auto samples = syntheticRuns(CalibrationFile::builtIn());
  samples.resize(1);
  samples.resize(4, samples[0]);
  samples[3].judged = false;
  setWeights(samples);
  EXPECT_DOUBLE_EQ(samples[0].weight, 0.5); // the root of four
  EXPECT_DOUBLE_EQ(samples[3].weight, 0.25);
}

TEST(Fit, SummariesByHand) {
  auto samples = syntheticRuns(CalibrationFile::builtIn());
  samples.resize(3);
  std::vector<LeftOut> runs;
  for (auto [sample, factor] :
       llvm::zip(samples, std::vector<double>{0.8, 1.0, 2.0}))
    runs.push_back({&sample, "g", sample.stepSeconds * factor});
  // Speeds are off by 1/0.8 - 1, 0 and 1 - 1/2.
  ErrorSummary summary = summarize(runs);
  EXPECT_NEAR(summary.median, 0.25, 1e-12);
  EXPECT_NEAR(summary.mean, 0.25, 1e-12);
  EXPECT_NEAR(summary.bias, 0, 1e-12);
  EXPECT_NEAR(errorQuantile(runs, 0.5), 1, 1e-12);
  EXPECT_NEAR(errorQuantile(runs, 1), 1.25, 1e-12);
}

/// The project's own data: the goals of the model for runs that took no part.
TEST(Fit, BuiltInConstantsPredictPublishedRuns) {
  InputErrors errors;
  auto text = json::readFileText(MOE_ACCURACY_DATA "/measured.csv", errors);
  auto table = ModelTable::readFile(MOE_ACCURACY_DATA "/models.json", errors);
  ASSERT_TRUE(text && table);
  auto runs = runsOf(text->getBuffer().str());
  std::vector<FitSample> samples;
  std::string reason;
  for (const MeasuredRun &run : runs)
    if (run.kind == "train_throughput")
      if (auto job = makeRunJob(run, *table, reason);
          job && job->stepSeconds > 0) {
        FitSample &sample = samples.emplace_back();
        sample.job = job->job;
        sample.stepSeconds = job->stepSeconds;
      }
  EXPECT_EQ(samples.size(), 211U);
  std::vector<LeftOut> estimated;
  for (const FitSample &sample : samples)
    estimated.push_back(
        {&sample, "", estimateSeconds(sample.job, CalibrationFile::builtIn())});
  EXPECT_LT(summarize(estimated).median, 0.07);
  EXPECT_LT(summarize(estimated).mean, 0.11);
}

} // namespace
