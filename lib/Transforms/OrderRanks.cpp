//===- OrderRanks.cpp - Ranks that exchange most share hosts --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/IR/MoE.h"
#include "moe/Topology/SlotOrder.h"
#include "moe/Transforms/Passes.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Format.h"

using namespace mlir;

namespace mlir::moe {
#define GEN_PASS_DEF_ORDERRANKS
#include "moe/Transforms/Passes.h.inc"
} // namespace mlir::moe

using namespace mlir::moe;

static ExchangePattern patternOf(CollectiveKind kind) {
  switch (kind) {
  case CollectiveKind::AllToAll:
    return ExchangePattern::AllToAll;
  case CollectiveKind::SendRecv:
    return ExchangePattern::Chain;
  case CollectiveKind::AllReduce:
  case CollectiveKind::AllGather:
  case CollectiveKind::ReduceScatter:
  case CollectiveKind::Broadcast:
    return ExchangePattern::Ring;
  }
  llvm_unreachable("unknown collective");
}

/// The traffic of a communicator, one entry per collective; empty when it does
/// not say how much it sends.
static std::vector<GroupTraffic> trafficOf(CommunicatorOp op) {
  std::vector<GroupTraffic> traffic;
  auto kinds = op.getCollectives().getAsRange<CollectiveKindAttr>();
  if (std::optional<ArrayRef<int64_t>> sends = op.getSends())
    for (auto [kind, bytes] : llvm::zip_equal(kinds, *sends))
      traffic.push_back(
          {op.getRankGroups(), patternOf(kind.getValue()), bytes});
  return traffic;
}

/// `1.5 GB`, of 1000 each.
static std::string bytesText(uint64_t bytes) {
  static constexpr StringLiteral units[] = {"B",  "kB", "MB", "GB",
                                            "TB", "PB", "EB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  for (; value >= 999.5 && unit + 1 < std::size(units); ++unit)
    value /= 1000;
  std::string text;
  llvm::raw_string_ostream(text)
      << llvm::format(unit == 0 || value >= 99.95 ? "%.0f " : "%.1f ", value)
      << units[unit];
  return text;
}

namespace {
struct OrderRanks : moe::impl::OrderRanksBase<OrderRanks> {
  using OrderRanksBase::OrderRanksBase;

  void runOnOperation() override {
    for (auto launch :
         llvm::make_early_inc_range(getOperation().getOps<LaunchOp>()))
      order(launch);
  }

private:
  void order(LaunchOp launch) {
    // Ranks that do not fill hosts evenly have no common unit.
    std::optional<int64_t> each = ranksPerHost(launch);
    if (!each)
      return;
    OrderProblem problem = describe(launch, *each);
    SlotOrder chosen = givenOrder(problem);
    if (always || wantsOrder(launch))
      chosen = findSlotOrder(problem);
    if (!chosen.isGiven())
      move(launch, chosen, *each);
    writeFigures(launch, chosen, *each);
  }

  static std::optional<int64_t> ranksPerHost(LaunchOp launch) {
    std::optional<int64_t> each;
    for (auto host : launch.getBody().getOps<HostOp>()) {
      auto ranks = static_cast<int64_t>(host.getRanks().size());
      if (each.value_or(ranks) != ranks)
        return std::nullopt;
      each = ranks;
    }
    return each;
  }

  /// A section of the plan that the launch was made from, if it is here.
  template <typename SectionOp>
  SectionOp sectionOf(LaunchOp launch) {
    auto plan = launch.getPlan()
                    ? getOperation().lookupSymbol<PlanOp>(*launch.getPlan())
                    : PlanOp();
    return plan ? plan.getSection<SectionOp>() : SectionOp();
  }

  bool wantsOrder(LaunchOp launch) {
    auto cluster = sectionOf<ClusterOp>(launch);
    return cluster && cluster.getRankOrder() == RankOrder::ByTraffic;
  }

  /// Whether tokens go through kernels that number the ranks of a host first.
  bool needsNodeMajor(LaunchOp launch) {
    auto workload = sectionOf<WorkloadOp>(launch);
    std::optional<Dispatcher> dispatcher =
        workload ? workload.getDispatcher() : std::nullopt;
    return dispatcher == Dispatcher::DeepEP ||
           dispatcher == Dispatcher::HybridEP;
  }

  /// GPUs that use the same adapters, or, where the plan does not say which
  /// those are, those of the same number; none where a GPU has no adapter.
  static Rails railsOf(LaunchOp launch, int64_t each) {
    Rails rails;
    rails.unit = boundaries(launch, each).back().second;
    std::optional<ArrayAttr> nics = launch.getGpuNics();
    llvm::StringMap<int64_t> numbers;
    for (int64_t gpu = 0; gpu < each; ++gpu) {
      StringRef adapters =
          nics ? cast<StringAttr>((*nics)[gpu]).getValue() : "";
      if (nics && adapters.empty())
        return Rails();
      rails.ofHostSlot.push_back(
          nics ? numbers.try_emplace(adapters, numbers.size()).first->getValue()
               : gpu);
    }
    return rails;
  }

  OrderProblem describe(LaunchOp launch, int64_t each) {
    OrderProblem problem;
    problem.grid = gridOf(launch);
    problem.hostSlots = each;
    problem.rails = railsOf(launch, each);
    for (auto tier : launch.getBody().getOps<TierOp>())
      if (tier.getSymName() != "network")
        problem.units.push_back(tier.getNumGpus() / launch.getGpusPerHost() *
                                each);
    // Out of an NVLink domain is what costs; hosts inside of one come last.
    if (problem.units.size() > 1 && hasTier(launch, "nvlink"))
      std::rotate(problem.units.begin(), problem.units.begin() + 1,
                  problem.units.end());
    for (auto op : launch.getBody().getOps<CommunicatorOp>()) {
      llvm::append_range(problem.traffic, trafficOf(op));
      bool exchangesTokens =
          llvm::is_contained(op.getAxes().getValue(), AxisKind::Expert);
      if (exchangesTokens && needsNodeMajor(launch))
        problem.nodeMajor.push_back(op.getRankGroups());
    }
    return problem;
  }

  static bool hasTier(LaunchOp launch, StringRef name) {
    return llvm::any_of(launch.getBody().getOps<TierOp>(),
                        [&](TierOp tier) { return tier.getSymName() == name; });
  }

  /// The coarsest grid that all meshes are views of, without axes of size 1.
  static SmallVector<int64_t> gridOf(LaunchOp launch) {
    SmallVector<int64_t> grid = {static_cast<int64_t>(launch.getWorldSize())};
    for (auto mesh : launch.getBody().getOps<CoordinatesOp>()) {
      auto common =
          refine(RankSpace(grid), RankSpace(mesh.getAxes().getSizes()));
      if (auto *refinement = std::get_if<Refinement>(&common))
        grid.assign(refinement->grid.begin(), refinement->grid.end());
    }
    llvm::erase(grid, 1);
    return grid;
  }

  void move(LaunchOp launch, const SlotOrder &order, int64_t each) {
    std::vector<int64_t> rankOfSlot(order.slotOfRank.size());
    for (auto [rank, slot] : llvm::enumerate(order.slotOfRank)) {
      rankOfSlot[slot] = static_cast<int64_t>(rank);
      numMoved += slot != static_cast<int64_t>(rank);
    }
    int64_t slot = 0;
    for (auto host : launch.getBody().getOps<HostOp>()) {
      host.setRanks(ArrayRef(rankOfSlot).slice(slot, each));
      slot += each;
    }
  }

  /// Parts of the machine whose crossings are worth knowing, in slots.
  static SmallVector<std::pair<StringRef, int64_t>> boundaries(LaunchOp launch,
                                                               int64_t each) {
    SmallVector<std::pair<StringRef, int64_t>> found = {{"across hosts", each}};
    for (auto tier : launch.getBody().getOps<TierOp>())
      if (tier.getSymName() == "nvlink")
        found.emplace_back("out of NVLink domains",
                           tier.getNumGpus() / launch.getGpusPerHost() * each);
    return found;
  }

  /// `, within rails` or `, 6.4 kB of it between rails`, of what the network
  /// carries; empty where it carries nothing or has no rails.
  static std::string railText(ArrayRef<GroupTraffic> traffic,
                              const SlotOrder &order, const Rails &rails) {
    uint64_t crossing = 0, between = 0;
    for (const GroupTraffic &part : traffic) {
      crossing = llvm::SaturatingAdd<uint64_t>(
          crossing, crossingBytes(part, order.slotOfRank, rails.unit));
      between = llvm::SaturatingAdd<uint64_t>(
          between, bytesBetweenRails(part, order.slotOfRank, rails));
    }
    if (crossing == 0 || rails.ofHostSlot.empty())
      return "";
    return between == 0 ? ", within rails"
                        : ", " + bytesText(between) + " of it between rails";
  }

  /// What every communicator moves, how much of it leaves a host or, where that
  /// joins several hosts, an NVLink domain, and whether it then stays on a
  /// rail.
  void writeFigures(LaunchOp launch, const SlotOrder &order, int64_t each) {
    OpBuilder builder = OpBuilder::atBlockEnd(&launch.getBody().front());
    auto write = [&](Location where, const Twine &name, const Twine &value,
                     StringRef source) {
      FigureOp::create(builder, where, builder.getStringAttr(name),
                       builder.getStringAttr(value),
                       builder.getStringAttr(source));
    };
    auto boundaryList = boundaries(launch, each);
    Rails rails = railsOf(launch, each);
    for (auto op : llvm::to_vector(launch.getBody().getOps<CommunicatorOp>())) {
      std::vector<GroupTraffic> traffic = trafficOf(op);
      auto crossing = [&](int64_t unit) {
        uint64_t total = 0;
        for (const GroupTraffic &part : traffic)
          total = llvm::SaturatingAdd<uint64_t>(
              total, crossingBytes(part, order.slotOfRank, unit));
        return total;
      };
      for (auto [name, unit] : boundaryList)
        if (!traffic.empty())
          write(op.getLoc(), op.getSymName() + " " + name,
                bytesText(crossing(unit)) + " of " +
                    bytesText(crossing(/*unit=*/1)) + " a step" +
                    (unit == rails.unit ? railText(traffic, order, rails) : ""),
                "lowered program, all ranks");
    }
    if (!order.isGiven())
      write(launch.getLoc(), "rank order", "by traffic", "derived");
  }
};
} // namespace
