//===- Collectives.cpp - What runs on a communicator ----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Collectives, sends and receives on streams, and the groups that hold them and
// aborts together.
//
//===----------------------------------------------------------------------===//

#include "Api.h"
#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

using namespace moe::loopback;

namespace {

std::size_t sizeOf(ncclDataType_t type) {
  switch (type) {
  case ncclInt8:
  case ncclUint8:
    return 1;
  case ncclFloat16:
  case ncclBfloat16:
    return 2;
  case ncclInt64:
  case ncclUint64:
  case ncclFloat64:
    return 8;
  default:
    return 4;
  }
}

void countCollective() {
  static std::atomic<int> count{0};
  comeTo(std::to_string(++count));
}

/// Work of one call on a stream.
struct Operation {
  std::shared_ptr<Communicator> on;
  std::function<void()> job;
};

void enqueue(cudaStream_t stream, Operation operation) {
  auto *queued = new Operation(std::move(operation));
  cudaLaunchHostFunc(
      stream,
      [](void *argument) {
        std::unique_ptr<Operation> op(static_cast<Operation *>(argument));
        op->on->guard(op->job);
      },
      queued);
}

template <typename T>
void addUp(const std::vector<std::string> &contributions, void *receive,
           std::size_t count) {
  std::vector<T> sums(count), values(count);
  for (const std::string &bytes : contributions) {
    std::memcpy(values.data(), bytes.data(), count * sizeof(T));
    for (std::size_t i = 0; i < count; ++i)
      sums[i] += values[i];
  }
  std::memcpy(receive, sums.data(), count * sizeof(T));
}

using AddUp = void (*)(const std::vector<std::string> &, void *, std::size_t);
AddUp adderOf(ncclDataType_t type) {
  switch (type) {
  case ncclInt32:
    return addUp<int32_t>;
  case ncclUint32:
    return addUp<uint32_t>;
  case ncclInt64:
    return addUp<int64_t>;
  case ncclUint64:
    return addUp<uint64_t>;
  case ncclFloat32:
    return addUp<float>;
  case ncclFloat64:
    return addUp<double>;
  default:
    return nullptr;
  }
}

/// Sends and receives between ncclGroupStart and ncclGroupEnd.
struct Group {
  int depth = 0;
  struct Pending {
    std::shared_ptr<Communicator> on;
    cudaStream_t stream;
    std::vector<PeerTransfer> transfers;
  };
  std::vector<Pending> pending;
  std::vector<ncclComm_t> aborted;
};
thread_local Group group;

/// Waits for the device as NCCL does where it frees memory: also for what other
/// communicators have running on it.
void freeAborted() {
  cudaDeviceSynchronize();
  for (ncclComm_t comm : std::exchange(group.aborted, {}))
    delete comm;
}

void flushGroup() {
  for (Group::Pending &pending : std::exchange(group.pending, {})) {
    countCollective();
    Communicator *on = pending.on.get();
    enqueue(pending.stream,
            {pending.on, [on, transfers = std::move(pending.transfers)] {
               on->transfer(transfers);
             }});
  }
}

ncclResult_t addTransfer(ncclComm_t comm, cudaStream_t stream,
                         const PeerTransfer &transfer) {
  if (transfer.peer < 0 || transfer.peer >= comm->shared->size())
    return refuse(ncclInvalidArgument,
                  "peer " + std::to_string(transfer.peer) + " of " +
                      std::to_string(comm->shared->size()));
  auto found = std::find_if(group.pending.begin(), group.pending.end(),
                            [&](const auto &p) {
                              return p.on == comm->shared && p.stream == stream;
                            });
  if (found == group.pending.end())
    found = group.pending.insert(found, {comm->shared, stream, {}});
  found->transfers.push_back(transfer);
  if (group.depth == 0)
    flushGroup();
  return ncclSuccess;
}

} // namespace

ncclResult_t ncclAllReduce(const void *send, void *receive, std::size_t count,
                           ncclDataType_t type, ncclRedOp_t op, ncclComm_t comm,
                           cudaStream_t stream) {
  const AddUp adder = adderOf(type);
  if (op != ncclSum || !adder)
    return refuse(ncclInvalidArgument,
                  "the loopback adds integers of 4 and 8 bytes, float "
                  "and double only");
  countCollective();
  Communicator *on = comm->shared.get();
  const std::string call = "ncclAllReduce of " + std::to_string(count) +
                           " values of type " + std::to_string(type) + " on '" +
                           on->name() + "'";
  enqueue(stream, {comm->shared, [=] {
                     const std::string own(static_cast<const char *>(send),
                                           count * sizeOf(type));
                     adder(on->gather(call, own), receive, count);
                   }});
  return ncclSuccess;
}

ncclResult_t ncclSend(const void *send, std::size_t count, ncclDataType_t type,
                      int peer, ncclComm_t comm, cudaStream_t stream) {
  return addTransfer(comm, stream, {peer, send, nullptr, count * sizeOf(type)});
}

ncclResult_t ncclRecv(void *receive, std::size_t count, ncclDataType_t type,
                      int peer, ncclComm_t comm, cudaStream_t stream) {
  return addTransfer(comm, stream,
                     {peer, nullptr, receive, count * sizeOf(type)});
}

ncclResult_t ncclCommAbort(ncclComm_t comm) {
  comm->shared->abort();
  group.aborted.push_back(comm);
  if (group.depth == 0)
    freeAborted();
  return ncclSuccess;
}

ncclResult_t ncclGroupStart() {
  ++group.depth;
  return ncclSuccess;
}

ncclResult_t ncclGroupEnd() {
  if (group.depth == 0)
    return refuse(ncclInvalidUsage, "ncclGroupEnd without ncclGroupStart");
  if (--group.depth > 0)
    return ncclSuccess;
  flushGroup();
  if (!group.aborted.empty())
    freeAborted();
  return ncclSuccess;
}
