//===- EstimateTrace.cpp - A step as a timeline ---------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EstimateTrace.h"

#include "HumanUnits.h"
#include "OutputFile.h"
#include "moe/Cost/StepTrace.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include <cmath>

using namespace mlir;
using namespace mlir::moe;

/// A viewer copes with this many events; simulating is cheaper than drawing.
static constexpr int64_t kMaxEvents = 200000, kMaxPasses = int64_t(1) << 21;

using TraceStages = std::vector<std::vector<cost::TimedPass>>;

namespace {
/// Which micro-batches are drawn: the first and the last `edge`.
struct DrawnBatches {
  int64_t edge = 0, all = 0;
  bool contains(int64_t batch) const {
    return batch < edge || batch >= all - edge;
  }
  bool isEverything() const { return 2 * edge >= all; }
};

/// Writes the events of one simulated step.
class TraceWriter {
public:
  TraceWriter(const PlanEstimate &estimate, const TraceStages &stages,
              const DrawnBatches &drawn, llvm::raw_ostream &os)
      : estimate(estimate), stages(stages), drawn(drawn), json(os) {}
  void write();

private:
  enum Thread { Computation, Communication };
  void name(StringRef what, int64_t stage, std::optional<Thread> thread,
            const std::string &text);
  /// An event from `start` to `end`; `arguments` writes its details.
  void event(const std::string &text, int64_t stage, Thread thread,
             double start, double end, llvm::function_ref<void()> arguments);
  void readTraffic(int64_t stage);
  void writeNames(int64_t stage);
  void writePass(int64_t stage, const cost::TimedPass &pass);
  void writeTraffic(int64_t stage, const cost::TimedPass &pass);
  void writeStepEnd(int64_t stage);

  const PlanEstimate &estimate;
  const TraceStages &stages;
  const DrawnBatches &drawn;
  llvm::json::OStream json;
  /// Of the chunks of the stage that is being written, forward and backward.
  std::array<std::vector<std::vector<cost::PassTraffic>>, 2> traffic;
};
} // namespace

//===----------------------------------------------------------------------===//
// Events
//===----------------------------------------------------------------------===//

/// Whole nanoseconds, so that what ends before another starts still does when
/// it is written.
static double toMicroseconds(double seconds) {
  return std::round(seconds * 1e9) / 1e3;
}

void TraceWriter::name(StringRef what, int64_t stage,
                       std::optional<Thread> thread, const std::string &text) {
  json.object([&] {
    json.attribute("ph", "M");
    json.attribute("name", what);
    json.attribute("pid", stage);
    if (thread)
      json.attribute("tid", static_cast<int64_t>(*thread));
    json.attributeObject("args", [&] { json.attribute("name", text); });
  });
}

void TraceWriter::event(const std::string &text, int64_t stage, Thread thread,
                        double start, double end,
                        llvm::function_ref<void()> arguments) {
  double from = std::round(start * 1e9), to = std::round(end * 1e9);
  json.object([&] {
    json.attribute("ph", "X");
    json.attribute("name", text);
    json.attribute("pid", stage);
    json.attribute("tid", static_cast<int64_t>(thread));
    json.attribute("ts", from / 1e3);
    json.attribute("dur", (to - from) / 1e3);
    json.attributeObject("args", arguments);
  });
}

static std::vector<cost::PassTraffic>
trafficOfPass(const PlanEstimate &estimate, size_t stage, size_t chunk,
              bool backward) {
  cost::Pass pass;
  pass.chunk = static_cast<int64_t>(chunk);
  pass.backward = backward;
  return trafficOfChunk(estimate.job, estimate.calibration,
                        estimate.work[stage], pass, stage);
}

void TraceWriter::readTraffic(int64_t stage) {
  for (bool backward : {false, true}) {
    traffic[backward].clear();
    for (size_t chunk = 0; chunk < estimate.work[stage].chunks.size(); ++chunk)
      traffic[backward].push_back(
          trafficOfPass(estimate, stage, chunk, backward));
  }
}

void TraceWriter::writeNames(int64_t stage) {
  name("process_name", stage, std::nullopt, "stage " + llvm::itostr(stage));
  name("thread_name", stage, Computation, "computation");
  name("thread_name", stage, Communication, "communication");
}

/// The collectives of a pass, one after another from its start. Where they take
/// longer than the pass, because computation of another hides them, they are
/// drawn shorter; `time_us` says how long they take.
void TraceWriter::writeTraffic(int64_t stage, const cost::TimedPass &pass) {
  double sum = 0;
  ArrayRef<cost::PassTraffic> all = traffic[pass.backward][pass.chunk];
  for (const cost::PassTraffic &one : all)
    sum += one.seconds;
  double room = pass.end - pass.start, at = pass.start;
  double scale = sum > room ? room / sum : 1;
  for (const cost::PassTraffic &one : all) {
    double end = std::min(at + one.seconds * scale, pass.end);
    event((nameOf(one.axis) + " " + nameOf(one.kind)).str(), stage,
          Communication, at, end, [&] {
            json.attribute("micro_batch", pass.microBatch);
            json.attribute("chunk", pass.chunk);
            json.attribute("count", one.count);
            json.attribute("bytes", *one.sent);
            json.attribute("network_bytes", *one.network);
            json.attribute("time_us", toMicroseconds(one.seconds));
          });
    at = end;
  }
}

void TraceWriter::writePass(int64_t stage, const cost::TimedPass &pass) {
  auto [begin, end] = estimate.job.stages[stage].chunks[pass.chunk];
  event((pass.backward ? "backward " : "forward ") +
            llvm::itostr(pass.microBatch),
        stage, Computation, pass.start, pass.end,
        [&, first = begin, last = end] {
          json.attribute("micro_batch", pass.microBatch);
          json.attribute("chunk", pass.chunk);
          json.attributeArray("layers", [&] {
            json.value(first);
            json.value(last);
          });
        });
  writeTraffic(stage, pass);
}

/// What happens once: the part of the reduction that nothing hides, then the
/// optimizer, then whatever else.
void TraceWriter::writeStepEnd(int64_t stage) {
  double at = stages[stage].back().end;
  double gradients = estimate.result.step.gradients;
  double optimizer = estimate.result.step.optimizer;
  double fixed = estimate.result.step.fixed;
  auto nothing = [] {};
  if (gradients > 0)
    event("gradient reduction, exposed", stage, Communication, at,
          at + gradients, nothing);
  if (optimizer > 0)
    event("optimizer", stage, Computation, at + gradients,
          at + gradients + optimizer, nothing);
  at += gradients + optimizer;
  if (fixed > 0)
    event("once a step", stage, Computation, at, at + fixed, nothing);
}

void TraceWriter::write() {
  json.object([&] {
    json.attribute("displayTimeUnit", "ms");
    json.attributeObject("otherData", [&] {
      json.attribute("plan", estimate.plan.name);
      json.attribute("micro_batches", drawn.all);
      json.attribute("drawn_micro_batches",
                     drawn.isEverything() ? drawn.all : 2 * drawn.edge);
    });
    json.attributeArray("traceEvents", [&] {
      for (int64_t stage = 0; stage < static_cast<int64_t>(stages.size());
           ++stage) {
        readTraffic(stage);
        writeNames(stage);
        for (const cost::TimedPass &pass : stages[stage])
          if (drawn.contains(pass.microBatch))
            writePass(stage, pass);
        writeStepEnd(stage);
      }
    });
  });
}

//===----------------------------------------------------------------------===//
// The file
//===----------------------------------------------------------------------===//

/// As many micro-batches from both ends as there is room for.
static DrawnBatches chooseBatches(const PlanEstimate &estimate,
                                  const cost::Schedule &schedule) {
  int64_t perBatch = 0;
  for (size_t stage = 0; stage < estimate.work.size(); ++stage)
    for (size_t chunk = 0; chunk < estimate.work[stage].chunks.size(); ++chunk)
      for (bool backward : {false, true})
        if (schedule.backward || !backward)
          perBatch +=
              1 + static_cast<int64_t>(
                      trafficOfPass(estimate, stage, chunk, backward).size());
  DrawnBatches drawn;
  drawn.all = schedule.microBatches;
  drawn.edge =
      std::min(drawn.all, std::max<int64_t>(kMaxEvents / (2 * perBatch), 1));
  return drawn;
}

static std::optional<TraceStages> simulateStep(const PlanEstimate &estimate,
                                               const cost::Schedule &schedule,
                                               raw_ostream &err) {
  cost::Count passes = schedule.passesPerStage() * schedule.stages;
  if (!passes || *passes > kMaxPasses) {
    err << "moec estimate: no trace: a step of "
        << counted(schedule.microBatches, "micro-batch") << " through "
        << counted(schedule.stages, "stage") << " has more than " << kMaxPasses
        << " passes; state a smaller 'workload.global_batch' to look at\n";
    return std::nullopt;
  }
  std::vector<SmallVector<cost::ChunkSeconds, 0>> seconds;
  seconds.reserve(estimate.work.size());
  for (size_t stage = 0; stage < estimate.work.size(); ++stage)
    seconds.push_back(
        dealToChunks(estimate.work[stage], estimate.result.stages[stage].time));
  auto stages = simulate(schedule, seconds);
  if (!stages)
    err << "moec estimate: no trace: "
        << counted(schedule.microBatches, "micro-batch")
        << " do not fill rounds of " << schedule.stages
        << ", and interleaved stages would wait for each other for ever\n";
  return stages;
}

/// End of the last event.
static double endOfStep(const PlanEstimate &estimate,
                        const TraceStages &stages) {
  double end = 0;
  for (const auto &passes : stages)
    end = std::max(end, passes.back().end);
  const cost::StepTime &step = estimate.result.step;
  return end + step.gradients + step.optimizer + step.fixed;
}

int moe::writeTrace(const PlanEstimate &estimate, StringRef path,
                    raw_ostream &err) {
  if (estimate.job.degrees.schedule != cost::PipelineSchedule::OneFOneB) {
    err << "moec estimate: no trace: passes are drawn in the order of 1f1b and "
           "interleaved, not of "
        << quoted(stringifySchedule(*estimate.plan.degrees.schedule)) << "\n";
    return 1;
  }
  cost::Schedule schedule = cost::scheduleOf(estimate.job);
  std::optional<TraceStages> stages = simulateStep(estimate, schedule, err);
  if (!stages)
    return 1;
  DrawnBatches drawn = chooseBatches(estimate, schedule);
  auto write = [&](llvm::raw_ostream &os) {
    TraceWriter(estimate, *stages, drawn, os).write();
    os << "\n";
  };
  if (llvm::Error error = writeOutputFile(path, write)) {
    err << "moec estimate: cannot write " << quoted(path) << ": "
        << llvm::toString(std::move(error)) << "\n";
    return 2;
  }
  err << path << ": a simulated step of "
      << showSeconds(endOfStep(estimate, *stages)) << "; the estimate is "
      << showSeconds(estimate.stepSeconds());
  if (!drawn.isEverything())
    err << "; of " << drawn.all << " micro-batches the first and the last "
        << drawn.edge << " are drawn";
  err << "\n";
  return 0;
}
