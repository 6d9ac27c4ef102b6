//===- Nccl.cpp - Stand-in for libnccl on one machine ---------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The functions of NCCL that a bundle calls, over sockets and host memory.
// Calls on communicators are asynchronous where NCCL's are, so that callers
// poll and time out for real; duplicate GPUs are refused as NCCL does. Not
// covered: transports, bandwidth, memory of GPUs.
//
// MOE_LOOPBACK_FAULT=kill@N or stop@N gives this process SIGKILL or SIGSTOP at
// its N-th collective, at @finalize when it first closes a communicator, at @id
// when it is to make a unique id. MOE_LOOPBACK_NCCL_VERSION is the version to
// pretend, a number as NCCL_VERSION_CODE; 0: it cannot be read. NCCL_HOSTID
// names the host, and NCCL_DEBUG=INFO prints how the world communicator is
// started, as with NCCL.
//
//===----------------------------------------------------------------------===//

#include "Api.h"
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>
#include <utility>

using namespace moe::loopback;

static thread_local std::string lastError; // of calls without a communicator

ncclResult_t moe::loopback::refuse(ncclResult_t result,
                                   const std::string &text) {
  lastError = text;
  return result;
}

void moe::loopback::comeTo(const std::string &place) {
  const char *fault = std::getenv("MOE_LOOPBACK_FAULT");
  const char *at = fault ? std::strchr(fault, '@') : nullptr;
  if (at && place == at + 1)
    std::raise(std::strncmp(fault, "kill", 4) == 0 ? SIGKILL : SIGSTOP);
}

namespace {

std::string nameOf(const ncclConfig_t *config) {
  // Older callers have a shorter structure.
  const bool hasName =
      config && config->size >=
                    offsetof(ncclConfig_t, commName) + sizeof config->commName;
  return hasName && config->commName ? config->commName : "";
}

bool isBlocking(const ncclConfig_t *config) {
  return !config || config->blocking != 0;
}

/// Host and PCI address of the GPU of this thread.
std::string ownGpu() {
  int device = 0;
  char address[32] = {}, host[256] = {};
  cudaGetDevice(&device);
  cudaDeviceGetPCIBusId(address, sizeof address, device);
  ::gethostname(host, sizeof host - 1);
  const char *id = std::getenv("NCCL_HOSTID");
  return std::string(id ? id : host) + " " + address;
}

/// Runs `job` now or, for a communicator that does not block, later.
ncclResult_t run(Communicator &on, bool blocking, std::function<void()> job) {
  if (!blocking) {
    on.start(std::move(job));
    return ncclInProgress;
  }
  on.guard(job);
  return on.state();
}

void checkDuplicates(const std::vector<std::string> &gpus) {
  for (std::size_t i = 0; i < gpus.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (gpus[i] == gpus[j])
        throw LoopbackError(ncclInvalidUsage,
                            "Duplicate GPU detected : rank " +
                                std::to_string(j) + " and rank " +
                                std::to_string(i) + " both on " + gpus[i]);
}

} // namespace

//===--- Versions and errors ----------------------------------------------===//

ncclResult_t ncclGetVersion(int *version) {
  const char *pretended = std::getenv("MOE_LOOPBACK_NCCL_VERSION");
  *version = pretended ? std::atoi(pretended) : NCCL_VERSION_CODE;
  return *version > 0 ? ncclSuccess : ncclInternalError;
}

const char *ncclGetErrorString(ncclResult_t result) {
  static const char *texts[] = {
      "no error",
      "unhandled cuda error",
      "unhandled system error",
      "internal error",
      "invalid argument",
      "invalid usage",
      "remote process exited or there was a network error",
      "operation in progress"};
  return result <= ncclInProgress ? texts[result] : "unknown result code";
}

const char *ncclGetLastError(ncclComm_t comm) {
  if (!comm)
    return lastError.c_str();
  comm->lastError = comm->shared->error();
  return comm->lastError.c_str();
}

//===--- Communicators ----------------------------------------------------===//

/// The ids that this process has made.
static std::vector<std::string> &madeIds() {
  static std::vector<std::string> made;
  return made;
}

static std::string bytesOf(const ncclUniqueId &id) {
  return std::string(id.internal, sizeof id.internal);
}

ncclResult_t ncclGetUniqueId(ncclUniqueId *id) {
  comeTo("id");
  Address address;
  if (!Coordinator::start(address))
    return refuse(ncclSystemError,
                  std::string("cannot listen: ") + std::strerror(errno));
  std::memset(id, 0, sizeof *id);
  std::memcpy(id->internal, &address, sizeof address);
  madeIds().push_back(bytesOf(*id));
  return ncclSuccess;
}

/// What all ranks gave: the ids of rank 0, and no GPU twice.
static void checkIdsAndGpus(const std::vector<std::string> &idsAndGpus) {
  std::vector<std::string> gpus;
  std::string first;
  for (const std::string &given : idsAndGpus) {
    const std::vector<std::string> parts = unpackMessages(given);
    if (gpus.empty())
      first = parts.at(0);
    if (parts.at(0) != first)
      throw LoopbackError(ncclInvalidUsage,
                          "rank " + std::to_string(gpus.size()) +
                              " has other unique ids than rank 0");
    gpus.push_back(parts.at(1));
  }
  checkDuplicates(gpus);
}

static ncclResult_t initRank(const char *function, ncclComm_t *comm, int size,
                             int rank, const std::vector<ncclUniqueId> &ids,
                             ncclConfig_t *config) {
  if (rank < 0 || rank >= size)
    return refuse(ncclInvalidArgument, "rank " + std::to_string(rank) + " of " +
                                           std::to_string(size));
  std::string all;
  for (const ncclUniqueId &id : ids)
    all += bytesOf(id);
  Address address;
  std::memcpy(&address, all.data(), sizeof address);
  if (address.magic != kAddressMagic)
    return refuse(ncclInvalidArgument,
                  "the unique id was not made by ncclGetUniqueId");
  const std::string call =
      std::string(function) + " of " + std::to_string(size) + " ranks by " +
      std::to_string(ids.size()) + " unique ids '" + nameOf(config) + "'";
  const char *debug = std::getenv("NCCL_DEBUG");
  if (debug && std::strcmp(debug, "INFO") == 0)
    std::fprintf(stderr, "NCCL INFO %s\n", call.c_str());
  auto shared =
      std::make_shared<Communicator>(address, 1, rank, size, nameOf(config));
  *comm = new ncclComm{shared, ""};
  // Thousands of ranks send it to each other: short.
  const std::string ownIds = std::to_string(std::hash<std::string>()(all));
  const std::string payload = packMessages({ownIds, ownGpu()});
  return run(*shared, isBlocking(config),
             [shared = shared.get(), call, payload] {
               shared->connect();
               checkIdsAndGpus(shared->gather(call, payload));
             });
}

ncclResult_t ncclCommInitRankConfig(ncclComm_t *comm, int size, ncclUniqueId id,
                                    int rank, ncclConfig_t *config) {
  return initRank("ncclCommInitRank", comm, size, rank, {id}, config);
}

/// Of several ids NCCL gives each to as many ranks in a row as to the others,
/// or one more, and the first of these is who should have made it.
ncclResult_t ncclCommInitRankScalable(ncclComm_t *comm, int size, int rank,
                                      int numIds, ncclUniqueId *ids,
                                      ncclConfig_t *config) {
  if (numIds < 1 || numIds > size)
    return refuse(ncclInvalidArgument, std::to_string(numIds) +
                                           " unique ids for " +
                                           std::to_string(size) + " ranks");
  int first = 0; // rank of the id
  for (int i = 0; i < numIds; ++i) {
    const bool isOwn =
        std::count(madeIds().begin(), madeIds().end(), bytesOf(ids[i])) > 0;
    if (numIds > 1 && isOwn != (rank == first))
      return refuse(ncclInvalidUsage,
                    "unique id " + std::to_string(i) + " of " +
                        std::to_string(numIds) + " was " +
                        (isOwn ? "" : "not ") + "made by rank " +
                        std::to_string(rank) + ", it is that of rank " +
                        std::to_string(first));
    first += size / numIds + (i < size % numIds ? 1 : 0);
  }
  return initRank("ncclCommInitRankScalable", comm, size, rank,
                  {ids, ids + numIds}, config);
}

/// `colorsAndKeys` of all ranks; the communicator of this rank's colour.
static std::shared_ptr<Communicator>
makeChild(const Communicator &parent,
          const std::vector<std::string> &colorsAndKeys,
          const std::string &name) {
  std::vector<std::pair<int, int>> members; // key, rank of the parent
  int own[2];
  std::memcpy(own,
              colorsAndKeys[static_cast<std::size_t>(parent.rank())].data(),
              sizeof own);
  for (int rank = 0; rank < parent.size(); ++rank) {
    int other[2];
    std::memcpy(other, colorsAndKeys[static_cast<std::size_t>(rank)].data(),
                sizeof other);
    if (other[0] == own[0])
      members.emplace_back(other[1], rank);
  }
  std::sort(members.begin(), members.end());
  const auto self = std::find(members.begin(), members.end(),
                              std::make_pair(own[1], parent.rank()));
  auto child = std::make_shared<Communicator>(
      parent.coordinator(), parent.childId(own[0]),
      static_cast<int>(self - members.begin()),
      static_cast<int>(members.size()), name);
  child->connect();
  return child;
}

ncclResult_t ncclCommSplit(ncclComm_t comm, int color, int key,
                           ncclComm_t *result, ncclConfig_t *config) {
  if (!comm || (color < 0 && color != NCCL_SPLIT_NOCOLOR))
    return refuse(ncclInvalidArgument, "colour " + std::to_string(color));
  const int own[2] = {color, key};
  const std::string payload(reinterpret_cast<const char *>(own), sizeof own);
  const std::string name = nameOf(config);
  Communicator *parent = comm->shared.get();
  return run(*parent, isBlocking(config), [=] {
    const auto all = parent->gather("ncclCommSplit '" + name + "'", payload);
    *result =
        color < 0 ? nullptr : new ncclComm{makeChild(*parent, all, name), ""};
  });
}

ncclResult_t ncclCommGetAsyncError(ncclComm_t comm, ncclResult_t *state) {
  if (!comm)
    return refuse(ncclInvalidArgument, "no communicator");
  *state = comm->shared->state();
  return ncclSuccess;
}

ncclResult_t ncclCommCount(const ncclComm_t comm, int *count) {
  *count = comm->shared->size();
  return ncclSuccess;
}

ncclResult_t ncclCommUserRank(const ncclComm_t comm, int *rank) {
  *rank = comm->shared->rank();
  return ncclSuccess;
}

ncclResult_t ncclCommFinalize(ncclComm_t comm) {
  comeTo("finalize");
  Communicator *shared = comm->shared.get();
  return run(*shared, false,
             [shared] { shared->gather("ncclCommFinalize", ""); });
}

ncclResult_t ncclCommDestroy(ncclComm_t comm) {
  comm->shared->join();
  delete comm;
  return ncclSuccess;
}
