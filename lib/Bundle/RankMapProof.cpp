//===- RankMapProof.cpp - Proving rankmap.json and rankmap.csv ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See RankMapProof.h.
//
//===----------------------------------------------------------------------===//

#include "RankMapProof.h"
#include "BundleFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace mlir::moe {

//===--- Reading ----------------------------------------------------------===//

namespace {

class RankMapReader {
public:
  explicit RankMapReader(ProblemList &problems) : problems(problems) {}
  std::optional<ReadRankMap> read(const json::Object &file);

private:
  bool fail(const Twine &message) {
    problems.add(rankMapJsonName, message);
    return false;
  }
  bool readNumber(const json::Object &from, StringRef key, int64_t &number);
  bool readColumns(const json::Object &file);
  bool readAxis(const json::Object &from, ReadRankMap::Mesh &mesh);
  bool readMeshes(const json::Object &file);
  bool readRows(const json::Object &file);

  ProblemList &problems;
  ReadRankMap map;
};

} // namespace

bool RankMapReader::readNumber(const json::Object &from, StringRef key,
                               int64_t &number) {
  std::optional<int64_t> found = from.getInteger(key);
  if (!found || *found < 1)
    return fail("'" + key + "' is not a whole number of at least 1");
  number = *found;
  return true;
}

bool RankMapReader::readColumns(const json::Object &file) {
  static constexpr StringLiteral fixedColumns[] = {"rank", "host", "gpu"};
  const json::Array *names = file.getArray("columns");
  if (!names)
    return fail("has no 'columns'");
  for (const json::Value &name : *names)
    map.columns.push_back(name.getAsString().value_or("").str());
  for (auto [index, name] : enumerate(fixedColumns))
    if (map.columns.size() <= index || map.columns[index] != name)
      return fail("column " + Twine(index) + " is not '" + name + "'");
  return true;
}

bool RankMapReader::readAxis(const json::Object &from,
                             ReadRankMap::Mesh &mesh) {
  ReadRankMap::Axis axis{from.getString("name").value_or("").str(), 0, 0, 0};
  if (!readNumber(from, "size", axis.size) ||
      !readNumber(from, "stride", axis.stride))
    return false;
  std::string column = mesh.name + "." + axis.name;
  auto found = find(map.columns, column);
  if (found == map.columns.end())
    return fail("has no column '" + column + "'");
  axis.column = found - map.columns.begin();
  mesh.axes.push_back(std::move(axis));
  return true;
}

bool RankMapReader::readMeshes(const json::Object &file) {
  const json::Array *meshes = file.getArray("meshes");
  if (!meshes)
    return fail("has no 'meshes'");
  for (const json::Value &value : *meshes) {
    const json::Object *object = value.getAsObject();
    const json::Array *axes = object ? object->getArray("axes") : nullptr;
    if (!axes)
      return fail("has a mesh without axes");
    ReadRankMap::Mesh mesh{object->getString("name").value_or("").str(), {}};
    for (const json::Value &axis : *axes)
      if (!axis.getAsObject() || !readAxis(*axis.getAsObject(), mesh))
        return fail("mesh '" + mesh.name + "' has an axis that cannot be read");
    map.meshes.push_back(std::move(mesh));
  }
  return true;
}

bool RankMapReader::readRows(const json::Object &file) {
  const json::Array *rows = file.getArray("ranks");
  if (!rows || static_cast<int64_t>(rows->size()) != map.worldSize)
    return fail("has " + Twine(rows ? rows->size() : 0) +
                " rows, the world has " + Twine(map.worldSize) + " ranks");
  map.cells.reserve(rows->size() * map.columns.size());
  for (auto [index, value] : enumerate(*rows)) {
    const json::Array *row = value.getAsArray();
    if (!row || row->size() != map.columns.size())
      return fail("row " + Twine(index) + " has not " +
                  Twine(map.columns.size()) + " columns");
    for (const json::Value &cell : *row) {
      std::optional<int64_t> number = cell.getAsInteger();
      if (!number)
        return fail("row " + Twine(index) + " holds what is no whole number");
      map.cells.push_back(*number);
    }
  }
  return true;
}

std::optional<ReadRankMap> RankMapReader::read(const json::Object &file) {
  if (readNumber(file, "world_size", map.worldSize) &&
      readNumber(file, "hosts", map.hosts) &&
      readNumber(file, "gpus_per_host", map.gpusPerHost) && readColumns(file) &&
      readMeshes(file) && readRows(file))
    return std::move(map);
  return std::nullopt;
}

std::optional<ReadRankMap> readRankMap(const std::string &directory,
                                       ProblemList &problems) {
  Expected<json::Object> file = readBundleJson(
      directory + "/" + rankMapJsonName.str(), "moe-bundle-rankmap/1");
  if (file)
    return RankMapReader(problems).read(*file);
  problems.add(rankMapJsonName, toString(file.takeError()));
  return std::nullopt;
}

//===--- Proving ----------------------------------------------------------===//

/// Every GPU of every host has at most one rank.
static void provePlaces(const ReadRankMap &map, ProblemList &problems) {
  int64_t gpus = 0;
  // A GPU without a rank is legal, so the grid may be larger than the world,
  // but hosts without any rank are not: it has at most world x GPUs cells.
  if (map.hosts > map.worldSize ||
      MulOverflow(map.hosts, map.gpusPerHost, gpus))
    return problems.add(rankMapJsonName, "has " + Twine(map.hosts) +
                                             " hosts for " +
                                             Twine(map.worldSize) + " ranks");
  std::vector<std::pair<int64_t, int64_t>> places; // GPU of the cluster, rank
  for (int64_t rank = 0; rank < map.worldSize; ++rank) {
    int64_t host = map.at(rank, 1), gpu = map.at(rank, 2);
    if (host < 0 || host >= map.hosts || gpu < 0 || gpu >= map.gpusPerHost)
      problems.add(rankMapJsonName, "rank " + Twine(rank) + " is on GPU " +
                                        Twine(gpu) + " of host " + Twine(host) +
                                        ", which does not exist");
    else
      places.emplace_back(host * map.gpusPerHost + gpu, rank);
  }
  llvm::sort(places);
  for (size_t i = 1; i < places.size(); ++i)
    if (places[i].first == places[i - 1].first)
      problems.add(rankMapJsonName,
                   "ranks " + Twine(places[i - 1].second) + " and " +
                       Twine(places[i].second) + " are both on GPU " +
                       Twine(places[i].first % map.gpusPerHost) + " of host " +
                       Twine(places[i].first / map.gpusPerHost));
}

/// Whether coordinates and ranks of a mesh determine each other.
static void proveMesh(const ReadRankMap &map, const ReadRankMap::Mesh &mesh,
                      ProblemList &problems) {
  int64_t ranks = 1;
  for (const ReadRankMap::Axis &axis : mesh.axes)
    if (axis.size > map.worldSize || axis.stride > map.worldSize ||
        MulOverflow(ranks, axis.size, ranks))
      ranks = -1;
  if (ranks != map.worldSize)
    return problems.add(rankMapJsonName, "mesh '" + mesh.name +
                                             "' does not have " +
                                             Twine(map.worldSize) + " ranks");
  for (int64_t rank = 0; rank < map.worldSize && !problems.isFull(); ++rank) {
    int64_t derived = 0;
    for (const ReadRankMap::Axis &axis : mesh.axes) {
      int64_t coordinate = map.at(rank, axis.column);
      if (coordinate < 0 || coordinate >= axis.size)
        derived = -1;
      if (derived >= 0)
        derived += coordinate * axis.stride;
    }
    if (derived == rank)
      continue;
    std::string whose =
        derived < 0 ? "no rank" : "rank " + std::to_string(derived);
    problems.add(rankMapJsonName, "the coordinates of rank " + Twine(rank) +
                                      " in mesh '" + mesh.name +
                                      "' are those of " + whose);
  }
}

void proveRankMap(const ReadRankMap &map, ProblemList &problems) {
  for (int64_t row = 0; row < map.worldSize; ++row)
    if (map.at(row, 0) != row)
      problems.add(rankMapJsonName, "row " + Twine(row) + " is of rank " +
                                        Twine(map.at(row, 0)));
  provePlaces(map, problems);
  for (const ReadRankMap::Mesh &mesh : map.meshes)
    proveMesh(map, mesh, problems);
}

void proveCsv(const ReadRankMap &map, const std::string &directory,
              ProblemList &problems) {
  Expected<std::string> text =
      readBundleFile(directory + "/" + rankMapCsvName.str());
  if (!text)
    return problems.add(rankMapCsvName, toString(text.takeError()));
  StringRef rest = *text;
  int64_t rank = 0;
  std::string expected;
  while (!rest.empty() && !problems.isFull()) {
    StringRef line;
    std::tie(line, rest) = rest.split('\n');
    if (line.empty() || !isDigit(line.front()))
      continue; // comments and the names of the columns
    expected.clear();
    for (size_t c = 0; rank < map.worldSize && c < map.columns.size(); ++c)
      expected += (c ? "," : "") + std::to_string(map.at(rank, c));
    if (line != expected)
      problems.add(rankMapCsvName, "row " + Twine(rank) + " is '" + line +
                                       "', rankmap.json has '" + expected +
                                       "'");
    ++rank;
  }
  if (rank < map.worldSize && !problems.isFull())
    problems.add(rankMapCsvName, "has " + Twine(rank) + " rows, expected " +
                                     Twine(map.worldSize));
}

} // namespace mlir::moe
