//===- EmitGroups.cpp - groups.json ---------------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The communicators in the order in which every rank creates them. Colours and
// keys are kept as boxes, so the file does not grow with the world.
//
//===----------------------------------------------------------------------===//

#include "moe/Emit/Emitters.h"
#include "moe/Emit/Render.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"

using namespace llvm;

namespace mlir::moe {

static void printNames(json::OStream &json, StringRef key,
                       ArrayRef<std::string> names) {
  json.attributeArray(key, [&] {
    for (const std::string &name : names)
      json.value(templateValue(name));
  });
}

/// `[[4, 32], [8, 1]]`: size and stride of each dimension, major to minor.
static void printBox(json::OStream &json, StringRef key, const Box &box) {
  json.attributeBegin(key);
  json.rawValue([&](raw_ostream &os) {
    os << '[';
    ListSeparator separator;
    for (const BoxDim &dim : box.dims)
      os << separator << '[' << dim.size << ", " << dim.stride << ']';
    os << ']';
  });
  json.attributeEnd();
}

static void printCommunicator(json::OStream &json, const JobCommunicator &c,
                              int64_t worldSize) {
  json.object([&] {
    json.attribute("name", templateValue(c.name));
    printNames(json, "axes", c.axes);
    printNames(json, "aliases", c.aliases);
    json.attribute("count", c.groups.count());
    json.attribute("size", c.groups.size());
    json.attribute("members",
                   c.groups.partitions(worldSize) ? "all" : "subset");
    printBox(json, "color", c.groups.groups);
    printBox(json, "key", c.groups.members);
    printNames(json, "collectives", c.collectives);
    if (!c.sends.empty())
      json.attributeArray("bytes_per_rank_and_step", [&] {
        for (int64_t bytes : c.sends)
          json.value(bytes);
      });
  });
}

Error emitGroupsJson(const JobView &view, const EmitOptions &,
                     raw_ostream &os) {
  json::OStream json(os, 2);
  json.object([&] {
    json.attribute("schema", "moe-bundle-groups/1");
    json.attribute("generator", generatorName());
    json.attribute("plan", templateValue(view.name));
    json.attribute("plan_sha256", templateValue(view.planDigest));
    json.attribute("about",
                   "created in this order by ncclCommSplit; color and key are "
                   "boxes of [size, stride], major to minor: the rank with "
                   "color g and key m is point g of color + point m of key");
    json.attribute("world_size", view.worldSize);
    json.attributeArray("communicators", [&] {
      for (const JobCommunicator &c : view.communicators)
        printCommunicator(json, c, view.worldSize);
    });
  });
  os << '\n';
  return Error::success();
}

} // namespace mlir::moe
