//===- EstimatePlan.cpp - What a plan costs -------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EstimatePlan.h"

#include "EstimateParts.h"
#include "mlir/Pass/PassManager.h"
#include "moe/Analysis/CostJob.h"
#include "moe/Analysis/ShardedWork.h"
#include "moe/Check/CheckPlan.h"
#include "moe/Check/Report.h"
#include "moe/Transforms/Passes.h"
#include "moe/Wording/Wording.h"

using namespace mlir;
using namespace mlir::moe;

size_t PlanEstimate::fullestStage() const {
  size_t fullest = 0;
  for (size_t stage = 1; stage < result.stages.size(); ++stage)
    if (*result.stages[stage].memory.device() >
        *result.stages[fullest].memory.device())
      fullest = stage;
  return fullest;
}

//===----------------------------------------------------------------------===//
// What stands in the way
//===----------------------------------------------------------------------===//

/// Prints the findings by which the plan describes no job at all. One that does
/// not fit its memory does.
static bool reportIllegal(PlanOp plan, raw_ostream &err) {
  bool illegal = false;
  FindingList findings = checkPlan(plan);
  for (const Finding &finding : findings.all()) {
    if (!blocksBuild(finding) ||
        findRule(finding.rule)->section == Section::Memory)
      continue;
    illegal = true;
    err << placeOf(finding.where) << ": error: " << finding.message << " ["
        << finding.rule << "]\n";
  }
  return illegal;
}

/// Prints one list of everything absent, to paste into the plan.
static bool reportMissing(const PlanModel &plan, raw_ostream &err) {
  std::vector<MissingInput> missing;
  for (const MissingFigure &figure : missingFigures(plan)) {
    auto [section, key] = StringRef(figure.name).split('.');
    missing.push_back({section.str(), key.str(), "", figure.neededFor});
  }
  if (missing.empty())
    return false;
  err << placeOf(plan.where) << ": error: an estimate needs "
      << counted(static_cast<int64_t>(missing.size()), "figure")
      << " that the plan does not give; to paste and fill in:\n"
      << missingAsJson(missing) << "\n";
  return true;
}

/// Prints every rate that nothing could be computed with.
static bool reportRates(const PlanModel &plan, const cost::Machine &machine,
                        raw_ostream &err) {
  struct Rate {
    StringRef key;
    double value;
    StringRef consequence;
  };
  const Rate rates[] = {
      {"gpu_memory", machine.memoryBytes, "nothing fits"},
      {"peak_bf16", machine.peakBf16, "computation would never end"},
      {"memory_bandwidth", machine.memoryBandwidth,
       "reading a weight would never end"},
      {"intra_node", machine.nvlink, "transfers in a node would never end"},
      {"inter_node", machine.network,
       "transfers between nodes would never end"}};
  bool found = false;
  for (const Rate &rate : rates) {
    if (rate.value > 0)
      continue;
    found = true;
    err << placeOf(plan.cluster.gpuWhere) << ": error: 'cluster." << rate.key
        << "' is " << (rate.value < 0 ? "negative" : "zero") << ", so that "
        << rate.consequence << "; expected more than 0\n";
  }
  return found;
}

/// Which count of the model or of memory does not fit 63 bits: `stage 0 holds
/// more than 2^63 - 1 bytes of weights`; empty if none.
static std::string overflowOf(const cost::Estimate &result) {
  constexpr const char *most = " more than 2^63 - 1 ";
  if (!result.parameters || !result.activeParameters)
    return std::string("the model has") + most + "parameters";
  if (!result.forwardFlopsPerToken)
    return std::string("the forward pass of a token takes") + most + "FLOPs";
  for (size_t index = 0; index < result.stages.size(); ++index) {
    const cost::StageMemory &memory = result.stages[index].memory;
    std::string holds = "stage " + std::to_string(index) + " holds" + most;
    for (const MemoryPart &part : memoryParts())
      if (!(memory.*part.bytes))
        return holds + "bytes of " + part.name.str();
    if (!memory.device())
      return holds + "bytes in all";
  }
  for (const cost::StepTraffic &traffic : result.traffic)
    if (!traffic.sent || !traffic.network)
      return std::string("a rank sends") + most + "bytes in a step";
  return "";
}

/// The same of the work of one pass of a stage.
static std::string overflowOf(const cost::PartWork &part) {
  constexpr const char *most = "more than 2^63 - 1 ";
  if (!part.gemmFlops || !part.coreFlops)
    return std::string(most) + "FLOPs";
  bool sent = true;
  part.forEachTraffic(
      [&](cost::Axis, cost::Collective, const cost::Traffic &traffic) {
        sent &= traffic.sent && traffic.network;
      });
  if (!sent)
    return std::string("transfers of ") + most + "bytes";
  return "a time of more than 2^62 picoseconds (53 days)";
}

static std::string overflowOf(ArrayRef<cost::StageWork> stages) {
  for (size_t index = 0; index < stages.size(); ++index) {
    cost::PartWork sum = stages[index].embedding;
    for (const cost::PartWork *part :
         {&stages[index].mtp, &stages[index].output, &stages[index].gradients})
      sum.add(*part);
    for (const cost::PartWork &chunk : stages[index].chunks)
      sum.add(chunk);
    if (std::string what = overflowOf(sum); !sum.forwardPs || !sum.backwardPs)
      return "a pass through stage " + std::to_string(index) + " needs " + what;
  }
  return "";
}

/// Prints why the counts or times have no value.
static bool reportOverflow(const PlanEstimate &estimate, raw_ostream &err) {
  std::string what = overflowOf(estimate.result);
  if (what.empty() && estimate.stepSeconds() > 0)
    return false;
  if (what.empty())
    what = overflowOf(estimate.work);
  if (what.empty())
    what = "a step needs more than 2^63 - 1 micro-batches, bytes or FLOPs";
  err << placeOf(estimate.plan.where) << ": error: " << what
      << ", too much to count exactly\n";
  return true;
}

//===----------------------------------------------------------------------===//
// The two routes
//===----------------------------------------------------------------------===//

/// Lowers the plan and adds up what its stages do.
static LogicalResult measureLowered(LoadedPlan &loaded, PlanEstimate &estimate,
                                    raw_ostream &err) {
  ScopedDiagnosticHandler handler(
      loaded.module->getContext(), [&](Diagnostic &diag) {
        err << placeOf(diag.getLocation()) << ": "
            << (diag.getSeverity() == DiagnosticSeverity::Error ? "error: "
                                                                : "note: ")
            << diag << "\n";
        return success();
      });
  PassManager passes(loaded.module->getContext());
  buildDecidePipeline(passes);
  passes.addPass(createPartition());
  if (failed(passes.run(*loaded.module)))
    return failure();
  auto work =
      measureShardedStages(*loaded.module, estimate.job, estimate.calibration);
  if (failed(work))
    return failure();
  estimate.work = std::move(*work);
  return success();
}

std::optional<CalibrationFile> moe::readConstants(StringRef path,
                                                  raw_ostream &err) {
  if (path.empty())
    return CalibrationFile::builtIn();
  InputErrors errors;
  std::optional<CalibrationFile> constants =
      CalibrationFile::readFile(path, errors);
  printErrors(errors, err);
  return constants;
}

std::unique_ptr<PlanEstimate>
moe::estimatePlan(LoadedPlan &loaded, CostRoute route, StringRef planFile,
                  raw_ostream &err, const CalibrationFile &calibration) {
  auto estimate = std::make_unique<PlanEstimate>(loaded.plan);
  bool illegal = reportIllegal(loaded.plan, err);
  bool missing = reportMissing(estimate->plan, err);
  if (illegal)
    err << "there is no estimate of a plan that cannot run; `moec check "
        << planFile << "` shows the whole report\n";
  if (illegal || missing)
    return nullptr;
  std::string error;
  PlanDecisions decisions(loaded.plan);
  estimate->loads = RecordedLoads(estimate->plan, decisions);
  std::optional<cost::Job> job =
      makeCostJob(estimate->plan, decisions, estimate->loads, error);
  if (!job) {
    err << placeOf(loaded.plan.getLoc()) << ": error: " << error << "\n"
        << "`moec check " << planFile << "` shows the whole report\n";
    return nullptr;
  }
  estimate->job = std::move(*job);
  if (reportRates(estimate->plan, estimate->job.machine, err))
    return nullptr;
  estimate->constants = calibration;
  estimate->calibration = calibration.resolve(
      estimate->job.machine, estimate->job.workload.softwareMonth);
  estimate->assumptions = listAssumptions(
      loaded.plan, estimate->plan, estimate->loads, calibration.newestMonth);
  if (route == CostRoute::ClosedForm)
    cost::measureStages(estimate->job, estimate->calibration, estimate->work);
  else if (failed(measureLowered(loaded, *estimate, err)))
    return nullptr;
  cost::compose(estimate->job, estimate->calibration, estimate->work,
                estimate->result);
  if (reportOverflow(*estimate, err))
    return nullptr;
  return estimate;
}
