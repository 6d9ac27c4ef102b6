//===- ReadLaunch.cpp - Launch operations as a job view -------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Emit/ReadLaunch.h"

#include "ReadJob.h"
#include "moe/IR/IntegerTable.h"

using namespace mlir;
using namespace mlir::moe;

static std::vector<std::string> toStrings(std::optional<ArrayAttr> list) {
  std::vector<std::string> strings;
  if (list)
    for (auto text : list->getAsRange<StringAttr>())
      strings.push_back(text.str());
  return strings;
}

static JobMesh readMesh(CoordinatesOp op) {
  JobMesh mesh{op.getSymName().str(), {}};
  RankSpace space(op.getAxes().getSizes());
  for (auto [position, kind] : llvm::enumerate(op.getAxes().getKinds()))
    mesh.axes.push_back({stringifyAxisKind(kind).str(), space.sizes()[position],
                         space.stride(position)});
  return mesh;
}

static JobCommunicator readCommunicator(CommunicatorOp op) {
  JobCommunicator communicator;
  communicator.name = op.getSymName().str();
  for (AxisKind axis : op.getAxes().getValue())
    communicator.axes.push_back(stringifyAxisKind(axis).str());
  communicator.aliases = toStrings(op.getAliases());
  communicator.groups = op.getRankGroups();
  for (auto kind : op.getCollectives().getAsRange<CollectiveKindAttr>())
    communicator.collectives.push_back(
        stringifyCollectiveKind(kind.getValue()).str());
  if (std::optional<ArrayRef<int64_t>> sends = op.getSends())
    communicator.sends.assign(sends->begin(), sends->end());
  return communicator;
}

static JobStage readStage(StageOp op) {
  JobStage stage;
  stage.index = op.getIndex();
  for (auto range : op.getLayers().getAsRange<LayerRangeAttr>())
    stage.layers.emplace_back(range.getBegin(), range.getEnd());
  stage.embedding = op.getEmbedding();
  stage.output = op.getOutput();
  stage.mtpLayers = op.getMtpLayers();
  return stage;
}

/// What each slot serves of its expert's tokens, in the order of the table;
/// empty where nothing says so.
static std::vector<double> readShares(ExpertSlotsOp op,
                                      ArrayRef<int64_t> shape) {
  auto weights = op->getAttrOfType<DenseFPElementsAttr>("moe.weights");
  if (!weights || weights.getType().getShape() != shape ||
      !weights.getElementType().isF64())
    return {};
  auto shares = weights.getValues<double>();
  return {shares.begin(), shares.end()};
}

/// One placement for the whole run, or one per layer where the table has a
/// dimension of layers.
static void readSlots(ExpertSlotsOp op, std::vector<JobPlacement> &placements) {
  std::string error;
  // Readable: the verifier of the operation has read it.
  IntegerTable slots = *IntegerTable::read(op.getTable(), 32, error);
  ArrayRef<int64_t> shape = slots.shape();
  int64_t begin = op.getBegin(), end = op.getEnd();
  std::vector<double> shares = readShares(op, shape);
  bool perLayer = shape.size() == 3;
  int64_t tables = perLayer ? shape.front() : 1;
  shape = shape.take_back(2);
  int64_t slot = 0;
  for (int64_t table = 0; table < tables; ++table) {
    JobPlacement placement;
    placement.name = op.getSymName().str();
    if (perLayer)
      placement.name += "_" + std::to_string(begin + table);
    placement.layers = perLayer
                           ? std::make_pair(begin + table, begin + table + 1)
                           : std::make_pair(begin, end);
    placement.experts = op.getExperts();
    placement.ranks = shape[0];
    placement.slotsPerRank = shape[1];
    placement.expertShards = op.getShards();
    for (int64_t i = 0, e = shape[0] * shape[1]; i < e; ++i, ++slot) {
      placement.slots.push_back(static_cast<int32_t>(slots[slot]));
      if (!shares.empty())
        placement.shares.push_back(shares[slot]);
    }
    placements.push_back(std::move(placement));
  }
}

static JobSite readSite(SiteOp op) {
  auto text = [](std::optional<StringRef> value) {
    return value.value_or("").str();
  };
  JobSite site;
  site.partition = text(op.getPartition());
  site.account = text(op.getAccount());
  site.qos = text(op.getQos());
  site.time = text(op.getTime());
  site.reservation = text(op.getReservation());
  site.constraint = text(op.getConstraint());
  site.gpuRequest = text(op.getGpuRequest());
  site.containerImage = text(op.getContainerImage());
  site.containerMounts = toStrings(op.getContainerMounts());
  site.modules = toStrings(op.getModules());
  site.networkInterface = text(op.getNetworkInterface());
  site.hcaList = toStrings(op.getHcaList());
  for (auto [name, value] : llvm::zip(toStrings(op.getEnvironmentNames()),
                                      toStrings(op.getEnvironmentValues())))
    site.environment.emplace_back(name, value);
  return site;
}

static JobTarget readTarget(TargetOp op) {
  JobTarget target{op.getMetric().str(), {}, {}, op.getBound().getText().str()};
  std::string error;
  // Readable: the attribute has read it.
  Bound bound = *Bound::parse(target.text, error);
  bool isRange = bound.comparison == Comparison::Range;
  bool isUpper = bound.comparison == Comparison::LessEqual ||
                 bound.comparison == Comparison::Less;
  if (!isUpper)
    target.atLeast = bound.limit.toSI();
  if (isUpper || bound.comparison == Comparison::Equal)
    target.atMost = bound.limit.toSI();
  if (isRange)
    target.atMost = bound.upper->toSI();
  return target;
}

/// For the report; the schedule of the pipeline is also for frameworks.
static void readFigure(FigureOp op, JobView &job) {
  JobFigure figure{op.getFigure().str(), op.getValue().str(),
                   op.getSource().str()};
  if (figure.name == "schedule")
    job.schedule = figure.value;
  job.figures.push_back(std::move(figure));
}

/// Adds what one operation of a launch says.
static void readPart(Operation &op, JobView &job) {
  if (auto tier = dyn_cast<TierOp>(op))
    job.tiers.push_back(
        {tier.getSymName().str(), static_cast<int64_t>(tier.getNumGpus()),
         static_cast<int64_t>(tier.getLatencyNs().value_or(0)),
         static_cast<int64_t>(tier.getBytesPerSecond().value_or(0))});
  else if (auto host = dyn_cast<HostOp>(op))
    job.hosts.push_back({static_cast<int64_t>(host.getIndex()),
                         {host.getRanks().begin(), host.getRanks().end()}});
  else if (auto mesh = dyn_cast<CoordinatesOp>(op))
    job.meshes.push_back(readMesh(mesh));
  else if (auto communicator = dyn_cast<CommunicatorOp>(op))
    job.communicators.push_back(readCommunicator(communicator));
  else if (auto stage = dyn_cast<StageOp>(op))
    job.stages.push_back(readStage(stage));
  else if (auto slots = dyn_cast<ExpertSlotsOp>(op))
    readSlots(slots, job.placements);
  else if (auto model = dyn_cast<ModelOp>(op))
    job.model = readJobModel(model);
  else if (auto workload = dyn_cast<WorkloadOp>(op))
    job.workload = readJobWorkload(workload);
  else if (auto figure = dyn_cast<FigureOp>(op))
    readFigure(figure, job);
  else if (auto risk = dyn_cast<RiskOp>(op))
    job.risks.push_back({risk.getRisk().str(), risk.getExpected().str(),
                         risk.getLimit().str(), risk.getAdvice().str(),
                         static_cast<int64_t>(risk.getMarginPermille())});
  else if (auto target = dyn_cast<TargetOp>(op))
    job.targets.push_back(readTarget(target));
  else if (auto finding = dyn_cast<FindingOp>(op))
    job.findings.push_back(
        {stringifyFindingSeverity(finding.getSeverity()).str(),
         finding.getRule().str(), finding.getMessage().str()});
  else if (auto site = dyn_cast<SiteOp>(op))
    job.site = readSite(site);
}

JobView moe::readLaunch(LaunchOp launch) {
  JobView job;
  job.name = launch.getPlan().value_or(launch.getSymName()).str();
  if (std::optional<Framework> framework = launch.getFramework())
    job.framework = stringifyFramework(*framework).str();
  job.worldSize = launch.getWorldSize();
  job.gpusPerHost = launch.getGpusPerHost();
  job.planDigest = launch.getPlanDigest().value_or("").str();
  job.nodeLists = toStrings(launch.getNodeLists());
  job.gpuNics = toStrings(launch.getGpuNics());
  if (std::optional<ArrayRef<int64_t>> numa = launch.getGpuNuma())
    job.gpuNuma.assign(numa->begin(), numa->end());
  for (Operation &op : launch.getBody().getOps())
    readPart(op, job);
  return job;
}
