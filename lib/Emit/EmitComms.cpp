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
#include "llvm/ADT/StringExtras.h"
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

static void addCommunicators(const JobView &view, json::Object &context) {
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
  addCommunicators(view, context);
  RankTable table(view);
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
