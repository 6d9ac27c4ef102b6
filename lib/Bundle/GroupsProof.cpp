//===- GroupsProof.cpp - Proving groups.json ------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Boxes are expanded here by counting through their dimensions, not by the rank
// arithmetic that made them.
//
//===----------------------------------------------------------------------===//

#include "GroupsProof.h"
#include "BundleFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace mlir::moe {

static constexpr StringLiteral groupsName = "groups.json";

namespace {

/// One communicator of the file.
class CommunicatorProof {
public:
  CommunicatorProof(const ReadRankMap &map, const json::Object &entry,
                    ProblemList &problems)
      : map(map), entry(entry), problems(problems),
        name(entry.getString("name").value_or("").str()) {}

  void run();

private:
  bool fail(const Twine &message) {
    problems.add(groupsName, "'" + name + "' " + message);
    return false;
  }
  std::optional<std::vector<int64_t>> points(StringRef key);
  bool expand();
  bool proveCoverage();
  void proveAxes();
  const ReadRankMap::Mesh *meshOfAxes(StringSet<> &axes);
  std::pair<int64_t, int64_t> split(const ReadRankMap::Mesh &mesh,
                                    const StringSet<> &axes,
                                    int64_t rank) const;

  const ReadRankMap &map;
  const json::Object &entry;
  ProblemList &problems;
  std::string name;
  std::vector<int64_t> colors, keys; // the points of the two boxes
  std::vector<int64_t> colorOf;      // by rank; -1: in no group
  bool isSubset = false;
};

} // namespace

/// The points of the box `key`, [[size, stride], ...], first dimension slowest.
std::optional<std::vector<int64_t>> CommunicatorProof::points(StringRef key) {
  const json::Array *dims = entry.getArray(key);
  if (!dims) {
    fail("has no '" + key + "'");
    return std::nullopt;
  }
  std::vector<int64_t> points{0};
  for (const json::Value &value : *dims) {
    const json::Array *dim = value.getAsArray();
    std::optional<int64_t> size, stride;
    if (dim && dim->size() == 2) {
      size = (*dim)[0].getAsInteger();
      stride = (*dim)[1].getAsInteger();
    }
    int64_t count = 0;
    if (!size || !stride || *size < 1 || *stride < 0 ||
        *stride > map.worldSize ||
        MulOverflow<int64_t>(points.size(), *size, count) ||
        count > map.worldSize) {
      fail("has a '" + key + "' that does not fit into the world");
      return std::nullopt;
    }
    std::vector<int64_t> next;
    next.reserve(count);
    for (int64_t point : points)
      for (int64_t i = 0; i < *size; ++i)
        next.push_back(point + i * *stride);
    points = std::move(next);
  }
  return points;
}

bool CommunicatorProof::expand() {
  auto colorPoints = points("color"), keyPoints = points("key");
  if (!colorPoints || !keyPoints)
    return false;
  colors = std::move(*colorPoints);
  keys = std::move(*keyPoints);
  int64_t count = colors.size(), size = keys.size();
  if (entry.getInteger("count") != count || entry.getInteger("size") != size)
    return fail("has boxes of " + Twine(count) + " groups of " + Twine(size) +
                ", which is not its 'count' and 'size'");
  if (count > map.worldSize / size)
    return fail("has more members than the world has ranks");
  colorOf.assign(map.worldSize, -1);
  for (int64_t color = 0; color < count; ++color)
    for (int64_t key = 0; key < size; ++key) {
      int64_t rank = colors[color] + keys[key];
      if (rank >= map.worldSize)
        return fail("has rank " + Twine(rank) + ", the world ends at " +
                    Twine(map.worldSize - 1));
      if (colorOf[rank] >= 0)
        return fail("has rank " + Twine(rank) + " in groups " +
                    Twine(colorOf[rank]) + " and " + Twine(color));
      colorOf[rank] = color;
    }
  return true;
}

bool CommunicatorProof::proveCoverage() {
  std::optional<StringRef> members = entry.getString("members");
  isSubset = members == "subset";
  auto outside = find(colorOf, -1);
  if (members != "all" && !isSubset)
    return fail("does not say whether its members are 'all' or a 'subset'");
  if (isSubset && outside == colorOf.end())
    return fail("is declared a subset but has every rank");
  if (!isSubset && outside != colorOf.end())
    return fail("has rank " + Twine(outside - colorOf.begin()) +
                " in no group");
  return true;
}

/// The first mesh that has all axes of the communicator.
const ReadRankMap::Mesh *CommunicatorProof::meshOfAxes(StringSet<> &axes) {
  std::string names;
  if (const json::Array *list = entry.getArray("axes"))
    for (const json::Value &axis : *list) {
      axes.insert(axis.getAsString().value_or(""));
      names +=
          (names.empty() ? "" : ", ") + axis.getAsString().value_or("").str();
    }
  if (axes.empty())
    return nullptr; // not made of axes
  for (const ReadRankMap::Mesh &mesh : map.meshes)
    if (count_if(mesh.axes, [&](const ReadRankMap::Axis &axis) {
          return axes.contains(axis.name);
        }) == static_cast<int64_t>(axes.size()))
      return &mesh;
  fail("is along " + names + ", which no mesh has");
  return nullptr;
}

/// Position of a rank along the axes of the communicator, and along the others.
std::pair<int64_t, int64_t>
CommunicatorProof::split(const ReadRankMap::Mesh &mesh, const StringSet<> &axes,
                         int64_t rank) const {
  int64_t along = 0, others = 0;
  for (const ReadRankMap::Axis &axis : mesh.axes) {
    int64_t &part = axes.contains(axis.name) ? along : others;
    part = part * axis.size + map.at(rank, axis.column);
  }
  return {along, others};
}

void CommunicatorProof::proveAxes() {
  StringSet<> axes;
  const ReadRankMap::Mesh *mesh = meshOfAxes(axes);
  if (!mesh)
    return;
  std::vector<int64_t> colorOfOthers(map.worldSize, -1);
  for (int64_t color = 0, count = colors.size(); color < count; ++color) {
    int64_t first = colors[color] + keys[0];
    int64_t others = split(*mesh, axes, first).second, previous = -1;
    for (int64_t offset : keys) {
      int64_t rank = colors[color] + offset;
      auto [position, theirs] = split(*mesh, axes, rank);
      if (theirs != others)
        return (void)fail("joins ranks " + Twine(first) + " and " +
                          Twine(rank) + ", which differ in other axes of '" +
                          mesh->name + "'");
      if (position <= previous)
        return (void)fail("has rank " + Twine(rank) +
                          " behind a rank with a larger coordinate");
      previous = position;
    }
    if (!isSubset && colorOfOthers[others] >= 0)
      return (void)fail("separates groups " + Twine(colorOfOthers[others]) +
                        " and " + Twine(color) +
                        ", which differ in its own axes only");
    colorOfOthers[others] = color;
  }
}

void CommunicatorProof::run() {
  if (name.empty())
    return (void)fail("is the name of a communicator");
  if (expand() && proveCoverage())
    proveAxes();
}

void proveGroups(const ReadRankMap &map, const std::string &directory,
                 ProblemList &problems) {
  Expected<json::Object> file =
      readBundleJson(directory + "/" + groupsName.str(), "moe-bundle-groups/1");
  if (!file)
    return problems.add(groupsName, toString(file.takeError()));
  if (file->getInteger("world_size") != map.worldSize)
    problems.add(groupsName, "is not for " + Twine(map.worldSize) + " ranks");
  const json::Array *list = file->getArray("communicators");
  if (!list)
    return problems.add(groupsName, "has no 'communicators'");
  StringSet<> names;
  for (const json::Value &value : *list) {
    const json::Object *entry = value.getAsObject();
    if (!entry) {
      problems.add(groupsName, "has a communicator that is no object");
      continue;
    }
    StringRef name = entry->getString("name").value_or("");
    if (!names.insert(name).second)
      problems.add(groupsName, "has two communicators '" + name + "'");
    CommunicatorProof(map, *entry, problems).run();
  }
}

} // namespace mlir::moe
