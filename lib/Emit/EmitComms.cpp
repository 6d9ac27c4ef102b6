//===- EmitComms.cpp - comms_plan.h ---------------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The tables of the NCCL set-up. The code around them is the same for every
// job and comes from templates/nccl as it stands.
//
//===----------------------------------------------------------------------===//

#include "Context.h"
#include "RankTable.h"
#include "moe/Emit/Render.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/SHA256.h"

using namespace llvm;

namespace mlir::moe {

namespace {

/// Feeds what is printed into a digest.
class DigestStream final : public raw_ostream {
public:
  ~DigestStream() override { flush(); }
  std::string finish() {
    flush();
    return toHex(hash.final(), /*LowerCase=*/true);
  }

private:
  void write_impl(const char *data, size_t size) override {
    hash.update(StringRef(data, size));
    position += size;
  }
  uint64_t current_pos() const override { return position; }

  SHA256 hash;
  uint64_t position = 0;
};

} // namespace

/// Digest of everything that ranks must agree on before they start.
static std::string layoutDigest(const JobView &view,
                                const EmitOptions &options) {
  DigestStream stream;
  // Neither of the two can fail: they read no template.
  cantFail(emitRankMapCsv(view, options, stream));
  cantFail(emitGroupsJson(view, options, stream));
  return stream.finish();
}

static json::Array boxContext(const Box &box) {
  json::Array dims;
  for (const BoxDim &dim : box.dims)
    dims.push_back(json::Object{{"size", std::to_string(dim.size)},
                                {"stride", std::to_string(dim.stride)}});
  markLast(dims);
  return dims;
}

/// One number per rank as rows of sixteen.
template <typename Function>
static json::Array rowsOf(int64_t worldSize, Function numberOf) {
  json::Array rows;
  for (int64_t begin = 0; begin < worldSize; begin += 16) {
    std::string row;
    for (int64_t rank = begin; rank < std::min(begin + 16, worldSize); ++rank)
      row += std::to_string(numberOf(rank)) + ", ";
    rows.push_back(json::Object{{"row", StringRef(row).rtrim().str()}});
  }
  return rows;
}

/// The innermost tier that holds each group of `groups` in one of its blocks;
/// the last one when none does, null without tiers.
static const JobTier *tierOf(const JobView &view, const RankTable &table,
                             const RankGroups &groups) {
  auto holds = [&](const JobTier &tier) {
    auto blockOf = [&](int64_t rank) {
      return (table.hostOf(rank) * view.gpusPerHost + table.gpuOf(rank)) /
             tier.gpus;
    };
    for (int64_t g = 0, count = groups.count(); g < count; ++g)
      for (int64_t m = 1, size = groups.size(); m < size; ++m)
        if (blockOf(groups.rankAt(g, m)) != blockOf(groups.rankAt(g, 0)))
          return false;
    return true;
  };
  auto found = find_if(view.tiers, holds);
  if (found != view.tiers.end())
    return &*found;
  return view.tiers.empty() ? nullptr : &view.tiers.back();
}

/// What the self-test may expect of a communicator, as C++ literals.
static void addExpectation(const JobTier *tier, json::Object &communicator) {
  bool known = tier && tier->bytesPerSecond > 0;
  communicator["latencyMs"] =
      known ? formatv("{0:f6}", tier->latencyNs * 1e-6).str() : "0";
  communicator["bytesPerSecond"] =
      known ? std::to_string(tier->bytesPerSecond) + ".0" : "0";
}

static void addCommunicators(const JobView &view, const RankTable &table,
                             json::Object &context) {
  json::Array communicators, names;
  size_t maxDims = 1;
  for (const JobCommunicator &c : view.communicators) {
    auto numDims = [&](const Box &box) {
      maxDims = std::max<size_t>(maxDims, box.dims.size());
      return std::to_string(box.dims.size());
    };
    std::string index = std::to_string(communicators.size());
    names.push_back(
        json::Object{{"name", templateValue(c.name)}, {"index", index}});
    for (const std::string &alias : c.aliases)
      names.push_back(
          json::Object{{"name", templateValue(alias)}, {"index", index}});
    communicators.push_back(
        json::Object{{"name", templateValue(c.name)},
                     {"count", std::to_string(c.groups.count())},
                     {"size", std::to_string(c.groups.size())},
                     {"numGroupDims", numDims(c.groups.groups)},
                     {"numMemberDims", numDims(c.groups.members)},
                     {"groups", boxContext(c.groups.groups)},
                     {"members", boxContext(c.groups.members)}});
    addExpectation(tierOf(view, table, c.groups),
                   *communicators.back().getAsObject());
  }
  context["maxDims"] = std::to_string(maxDims);
  context["numCommunicators"] = std::to_string(communicators.size());
  context["numNames"] = std::to_string(names.size());
  context["communicators"] = std::move(communicators);
  context["names"] = std::move(names);
}

Error emitCommsPlan(const JobView &view, const EmitOptions &options,
                    raw_ostream &os) {
  json::Object context = commonContext(view);
  context["layoutDigest"] = layoutDigest(view, options);
  context["minimumNccl"] = std::to_string(minimumNcclVersion);
  context["minimumDriver"] = minimumDriverVersion;
  RankTable table(view);
  addCommunicators(view, table, context);
  context["regular"] = table.isRegular();
  context["irregular"] = !table.isRegular();
  context["ranksPerHost"] = std::to_string(table.ranksPerHost());
  if (!table.isRegular()) {
    context["hostRows"] = rowsOf(
        view.worldSize, [&](int64_t rank) { return table.hostOf(rank); });
    context["gpuRows"] =
        rowsOf(view.worldSize, [&](int64_t rank) { return table.gpuOf(rank); });
  }
  return printTemplate("nccl/comms_plan.h", options, context, os);
}

} // namespace mlir::moe
