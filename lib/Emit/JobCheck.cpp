//===- JobCheck.cpp - Whether a job can be emitted ------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The launch level guarantees most of this; a JobView may come from elsewhere,
// and an emitter that trusts one index too many would crash or print nonsense.
//
//===----------------------------------------------------------------------===//

#include "Context.h"
#include "RankTable.h"
#include "moe/Emit/Emitters.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace mlir::moe {

template <typename... Args>
static Error problem(const char *format, Args &&...args) {
  return createStringError(formatv(format, std::forward<Args>(args)...).str());
}

static Error checkHosts(const JobView &view) {
  // Counted before anything is allocated by the size of the world.
  int64_t placed = 0;
  for (const JobHost &host : view.hosts)
    placed += host.ranks.size();
  if (placed != view.worldSize)
    return problem("the hosts hold {0} ranks, the world has {1}", placed,
                   view.worldSize);
  std::vector<int32_t> hostOf(view.worldSize, -1);
  int64_t index = 0;
  for (const JobHost &host : view.hosts) {
    if (host.index != index++)
      return problem("host {0} stands where host {1} is expected", host.index,
                     index - 1);
    if (static_cast<int64_t>(host.ranks.size()) > view.gpusPerHost)
      return problem("host {0} has {1} ranks but only {2} GPUs", host.index,
                     host.ranks.size(), view.gpusPerHost);
    for (int64_t rank : host.ranks) {
      if (rank < 0 || rank >= view.worldSize)
        return problem("host {0} holds rank {1}, expected 0 to {2}", host.index,
                       rank, view.worldSize - 1);
      if (hostOf[rank] >= 0)
        return problem("rank {0} is on hosts {1} and {2}", rank, hostOf[rank],
                       host.index);
      hostOf[rank] = host.index;
    }
  }
  return Error::success();
}

/// What is known of GPUs is known of all; lists of nodes end up in scripts.
static Error checkHardware(const JobView &view) {
  for (size_t entries : {view.gpuNics.size(), view.gpuNuma.size()})
    if (entries != 0 && static_cast<int64_t>(entries) != view.gpusPerHost)
      return problem("{0} GPUs of a host are described, it has {1}", entries,
                     view.gpusPerHost);
  auto isPlain = [](StringRef text, StringRef more) {
    return all_of(text, [&](char c) { return isAlnum(c) || more.contains(c); });
  };
  for (const std::string &list : view.nodeLists)
    if (list.empty() || !isPlain(list, "._-,[]"))
      return problem("'{0}' is no list of hosts", list);
  for (const std::string &nics : view.gpuNics)
    if (!isPlain(nics, "._-,"))
      return problem("'{0}' are no names of network adapters", nics);
  return Error::success();
}

/// Variables are the coarsest names: two axes that differ only in punctuation
/// would overwrite each other.
static Error checkMeshes(const JobView &view) {
  StringMap<std::string> ownerOf;
  for (const JobMesh &mesh : view.meshes) {
    int64_t ranks = 1;
    for (const JobAxis &axis : mesh.axes) {
      std::string name = mesh.name + "." + axis.name;
      if (mesh.name.empty() || axis.name.empty())
        return problem("mesh '{0}' or its axis '{1}' has no name", mesh.name,
                       axis.name);
      if (axis.size < 1 || axis.stride < 1 ||
          MulOverflow(ranks, axis.size, ranks))
        return problem("axis '{0}' has size {1} and stride {2}", name,
                       axis.size, axis.stride);
      auto [owner, isNew] =
          ownerOf.try_emplace(coordinateVariable(mesh.name, axis.name), name);
      if (!isNew)
        return problem("axes '{0}' and '{1}' share the variable {2}",
                       owner->second, name, owner->first());
    }
    if (ranks != view.worldSize)
      return problem("mesh '{0}' has {1} ranks, the world has {2}", mesh.name,
                     ranks, view.worldSize);
  }
  return Error::success();
}

/// Number of points and the largest of them, or nothing when a dimension makes
/// no sense or the box does not fit an int64_t.
static std::optional<std::pair<int64_t, int64_t>> extentOf(const Box &box) {
  int64_t count = 1, last = 0, step = 0;
  for (const BoxDim &dim : box.dims)
    if (dim.size < 1 || dim.stride < 1 || MulOverflow(count, dim.size, count) ||
        MulOverflow(dim.size - 1, dim.stride, step) ||
        AddOverflow(last, step, last))
      return std::nullopt;
  return std::make_pair(count, last);
}

static Error checkCommunicators(const JobView &view) {
  StringSet<> names;
  for (const JobCommunicator &c : view.communicators) {
    if (c.name.empty())
      return problem("a communicator has no name");
    if (!names.insert(c.name).second)
      return problem("two communicators are called '{0}'", c.name);
    for (const std::string &alias : c.aliases)
      if (alias.empty() || !names.insert(alias).second)
        return problem("communicator '{0}' has the alias '{1}', which is taken "
                       "or empty",
                       c.name, alias);
    auto groups = extentOf(c.groups.groups);
    auto members = extentOf(c.groups.members);
    if (!groups || !members ||
        groups->second >= view.worldSize - members->second)
      return problem("communicator '{0}' reaches beyond rank {1}", c.name,
                     view.worldSize - 1);
    if (groups->first > view.worldSize / members->first)
      return problem("communicator '{0}' has {1} groups of {2} ranks, the "
                     "world has {3}",
                     c.name, groups->first, members->first, view.worldSize);
  }
  return Error::success();
}

static Error checkPlacements(const JobView &view) {
  for (const JobPlacement &p : view.placements) {
    int64_t slots = 0;
    if (p.ranks < 1 || p.slotsPerRank < 0 ||
        MulOverflow(p.ranks, p.slotsPerRank, slots) ||
        slots != static_cast<int64_t>(p.slots.size()))
      return problem("placement '{0}' lists {1} slots, expected {2} ranks of "
                     "{3}",
                     p.name, p.slots.size(), p.ranks, p.slotsPerRank);
  }
  return Error::success();
}

Error checkJob(const JobView &view) {
  // NCCL counts ranks in an int.
  if (view.worldSize < 1 || view.worldSize > INT32_MAX)
    return problem("the world has {0} ranks, expected 1 to {1}", view.worldSize,
                   INT32_MAX);
  if (view.gpusPerHost < 1)
    return problem("a host has {0} GPUs, expected at least 1",
                   view.gpusPerHost);
  StringRef digest = view.planDigest;
  if (!digest.empty() &&
      (digest.size() != 64 ||
       digest.find_first_not_of("0123456789abcdef") != StringRef::npos))
    return problem("the plan's sha256 has {0} characters, expected 64 "
                   "lower-case hexadecimal digits",
                   digest.size());
  for (auto check : {checkHosts, checkHardware, checkMeshes, checkCommunicators,
                     checkPlacements, checkSite})
    if (Error error = check(view))
      return error;
  return Error::success();
}

} // namespace mlir::moe
