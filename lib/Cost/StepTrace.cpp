//===- StepTrace.cpp - The simulated schedule of a step -------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Cost/StepTrace.h"

#include "Picoseconds.h"
#include "moe/Cost/CollectiveRuns.h"

using namespace mlir::moe::cost;

//===----------------------------------------------------------------------===//
// Order
//===----------------------------------------------------------------------===//

/// The `number`-th forward (or backward) pass of every stage of an interleaved
/// schedule: chunk after chunk for a group of micro-batches, then the next
/// group; backward from the last chunk to the first.
static Pass interleaved(const Schedule &schedule, int64_t number,
                        bool backward) {
  int64_t groupPasses = schedule.stages * schedule.chunks;
  int64_t group = number / groupPasses, inside = number % groupPasses;
  int64_t first = group * schedule.stages;
  // The last group may be smaller.
  int64_t size = std::min(schedule.stages, schedule.microBatches - first);
  Pass pass;
  pass.chunk = inside / size;
  if (backward)
    pass.chunk = schedule.chunks - 1 - pass.chunk;
  pass.microBatch = first + inside % size;
  pass.backward = backward;
  return pass;
}

/// Forward passes of a stage before its first backward pass.
static int64_t warmUpPasses(const Schedule &schedule, int64_t stage) {
  int64_t behind = schedule.stages - 1 - stage;
  int64_t passes = schedule.chunks == 1
                       ? behind
                       : 2 * behind + (schedule.chunks - 1) * schedule.stages;
  return std::min(passes, schedule.chunks * schedule.microBatches);
}

std::vector<Pass> mlir::moe::cost::orderOfPasses(const Schedule &schedule,
                                                 int64_t stage) {
  int64_t count = schedule.chunks * schedule.microBatches;
  int64_t warmUp = schedule.backward ? warmUpPasses(schedule, stage) : count;
  std::vector<Pass> order;
  order.reserve(*schedule.passesPerStage());
  for (int64_t number = 0; number < warmUp; ++number)
    order.push_back(interleaved(schedule, number, /*backward=*/false));
  if (!schedule.backward)
    return order;
  for (int64_t number = 0; number < count; ++number) {
    if (warmUp + number < count)
      order.push_back(
          interleaved(schedule, warmUp + number, /*backward=*/false));
    order.push_back(interleaved(schedule, number, /*backward=*/true));
  }
  return order;
}

//===----------------------------------------------------------------------===//
// Simulation
//===----------------------------------------------------------------------===//

namespace {
/// Runs the stages of a schedule as far as they can go.
class Simulation {
public:
  Simulation(const Schedule &schedule,
             llvm::ArrayRef<llvm::SmallVector<ChunkSeconds, 0>> seconds);
  /// Whether all passes end.
  bool run();
  std::vector<std::vector<TimedPass>> passes;

private:
  /// A pass of some stage.
  struct Place {
    int64_t stage;
    Pass pass;
  };
  double &endOf(const Place &place);
  std::optional<Place> neededBy(const Place &place) const;
  /// Runs the passes of a stage until one has to wait.
  bool advance(int64_t stage);

  const Schedule &schedule;
  llvm::ArrayRef<llvm::SmallVector<ChunkSeconds, 0>> seconds;
  /// Passes of each stage that have run.
  std::vector<size_t> done;
  /// When passes ended, by stage, direction, chunk and micro-batch; negative
  /// before.
  std::vector<double> ends;
};
} // namespace

Simulation::Simulation(
    const Schedule &schedule,
    llvm::ArrayRef<llvm::SmallVector<ChunkSeconds, 0>> seconds)
    : schedule(schedule), seconds(seconds), done(schedule.stages),
      ends(2 * schedule.stages * schedule.chunks * schedule.microBatches, -1) {
  for (int64_t stage = 0; stage < schedule.stages; ++stage) {
    std::vector<TimedPass> &timed = passes.emplace_back();
    for (const Pass &pass : orderOfPasses(schedule, stage))
      timed.push_back({pass});
  }
}

double &Simulation::endOf(const Place &place) {
  int64_t index = 2 * place.stage + (place.pass.backward ? 1 : 0);
  index = index * schedule.chunks + place.pass.chunk;
  return ends[index * schedule.microBatches + place.pass.microBatch];
}

/// What a pass takes its input from: activations go down the stages and on to
/// the next chunk, gradients come back.
std::optional<Simulation::Place>
Simulation::neededBy(const Place &place) const {
  auto [stage, pass] = place;
  int64_t last = schedule.stages - 1;
  if (!pass.backward) {
    if (stage > 0)
      return Place{stage - 1, pass};
    if (pass.chunk == 0)
      return std::nullopt;
    --pass.chunk;
    return Place{last, pass};
  }
  if (stage < last)
    return Place{stage + 1, pass};
  if (pass.chunk < schedule.chunks - 1) {
    ++pass.chunk;
    return Place{0, pass};
  }
  pass.backward = false;
  return Place{stage, pass};
}

bool Simulation::advance(int64_t stage) {
  bool moved = false;
  for (size_t &next = done[stage]; next < passes[stage].size(); ++next) {
    TimedPass &pass = passes[stage][next];
    double ready = 0;
    if (std::optional<Place> needed = neededBy({stage, pass}))
      ready = endOf(*needed);
    if (ready < 0)
      break;
    double free = next > 0 ? passes[stage][next - 1].end : 0;
    const ChunkSeconds &duration = seconds[stage][pass.chunk];
    pass.start = std::max(free, ready);
    pass.end =
        pass.start + (pass.backward ? duration.backward : duration.forward);
    endOf({stage, pass}) = pass.end;
    moved = true;
  }
  return moved;
}

bool Simulation::run() {
  // Down the stages with activations, up again with gradients.
  for (bool moved = true; moved;) {
    moved = false;
    for (int64_t stage = 0; stage < schedule.stages; ++stage)
      moved |= advance(stage);
    for (int64_t stage = schedule.stages; stage-- > 0;)
      moved |= advance(stage);
  }
  for (int64_t stage = 0; stage < schedule.stages; ++stage)
    if (done[stage] < passes[stage].size())
      return false;
  return true;
}

std::optional<std::vector<std::vector<TimedPass>>> mlir::moe::cost::simulate(
    const Schedule &schedule,
    llvm::ArrayRef<llvm::SmallVector<ChunkSeconds, 0>> seconds) {
  Simulation simulation(schedule, seconds);
  if (!simulation.run())
    return std::nullopt;
  return std::move(simulation.passes);
}

//===----------------------------------------------------------------------===//
// Of a job
//===----------------------------------------------------------------------===//

Schedule mlir::moe::cost::scheduleOf(const Job &job) {
  Schedule schedule;
  schedule.stages = static_cast<int64_t>(job.stages.size());
  for (const StageShape &stage : job.stages)
    schedule.chunks =
        std::max(schedule.chunks, static_cast<int64_t>(stage.chunks.size()));
  schedule.microBatches = *job.microBatches();
  schedule.backward = job.isTraining();
  return schedule;
}

/// Everything a chunk runs.
static PartWork partsOf(const StageWork &work, size_t chunk) {
  PartWork sum = work.chunks[chunk];
  if (chunk == 0)
    sum.add(work.embedding);
  if (chunk + 1 == work.chunks.size()) {
    sum.add(work.mtp);
    sum.add(work.output);
  }
  return sum;
}

llvm::SmallVector<ChunkSeconds, 0>
mlir::moe::cost::dealToChunks(const StageWork &work, const StageTime &time) {
  llvm::SmallVector<ChunkSeconds, 0> shares;
  ChunkSeconds sum;
  for (size_t chunk = 0; chunk < work.chunks.size(); ++chunk) {
    PartWork parts = partsOf(work, chunk);
    shares.push_back({toSeconds(parts.forwardPs), toSeconds(parts.backwardPs)});
    sum.forward += shares.back().forward;
    sum.backward += shares.back().backward;
  }
  for (ChunkSeconds &share : shares) {
    share.forward *= sum.forward > 0 ? time.forward / sum.forward : 0;
    share.backward *= sum.backward > 0 ? time.backward / sum.backward : 0;
  }
  return shares;
}

std::vector<PassTraffic>
mlir::moe::cost::trafficOfChunk(const Job &job, const Calibration &calibration,
                                const StageWork &work, const Pass &pass,
                                size_t stage) {
  PartWork sum;
  auto addPart = [&](const PartWork &part) {
    if (pass.backward)
      addBackward(job, part, sum);
    else
      sum.add(part);
  };
  auto chunk = static_cast<size_t>(pass.chunk);
  addPart(work.chunks[chunk]);
  if (chunk == 0)
    addPart(work.embedding);
  if (chunk + 1 == work.chunks.size()) {
    addPart(work.mtp);
    addPart(work.output);
  }
  int64_t gradients = pass.backward ? gradientsSent(job, stage, chunk) : 0;
  for (; gradients > 0; --gradients)
    sum.add(chunkTransfer(job, calibration));
  std::vector<PassTraffic> result;
  sum.forEachTraffic([&](Axis axis, Collective kind, const Traffic &traffic) {
    if (traffic.count > 0)
      result.push_back({axis, kind, traffic.count, traffic.sent,
                        traffic.network, toSeconds(traffic.picoseconds)});
  });
  return result;
}
