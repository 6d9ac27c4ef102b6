//===- Communicator.h - A communicator of the loopback -------- -*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The rank's end of a communicator: its connection to the coordinator and the
// state of what runs on it. Shared by the handle of the user and the streams.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_TEST_LOOPBACK_COMMUNICATOR_H
#define MOE_TEST_LOOPBACK_COMMUNICATOR_H

#include "Coordinator.h"
#include <functional>
#include <mutex>
#include <nccl.h>
#include <stdexcept>
#include <thread>

namespace moe::loopback {

class LoopbackError : public std::runtime_error {
public:
  LoopbackError(ncclResult_t result, const std::string &text)
      : std::runtime_error(text), result(result) {}
  const ncclResult_t result;
};

/// A send and the message, or a receive and where the message goes.
struct PeerTransfer {
  int peer;
  const void *send; ///< null: a receive
  void *receive;
  std::size_t bytes;
};

class Communicator {
public:
  Communicator(const Address &address, uint64_t id, int rank, int size,
               std::string name)
      : address(address), id(id), memberRank(rank), memberCount(size),
        label(std::move(name)) {}
  ~Communicator();
  Communicator(const Communicator &) = delete;

  int rank() const { return memberRank; }
  int size() const { return memberCount; }
  const std::string &name() const { return label; }
  const Address &coordinator() const { return address; }

  /// Reaches the coordinator; throws LoopbackError, as the next two do.
  void connect();
  /// What all members gave to the same call.
  std::vector<std::string> gather(const std::string &call,
                                  const std::string &payload);
  void transfer(const std::vector<PeerTransfer> &transfers);

  /// Runs `job` in the background; the state is "in progress" meanwhile.
  void start(std::function<void()> job);
  /// Waits for what `start` has begun.
  void join();
  /// Runs `job`; the first failure of a communicator is its state for good.
  void guard(const std::function<void()> &job);

  ncclResult_t state() const;
  std::string error() const;
  /// Id of the communicator of `color` that the last Gather made.
  uint64_t childId(int color) const;
  /// Ends everything that waits.
  void abort();

private:
  Reply exchange(const Request &request);

  const Address address;
  const uint64_t id;
  const int memberRank, memberCount;
  const std::string label;
  Socket socket;
  std::mutex exchanging; ///< one request at a time
  uint32_t sequence = 0;
  std::thread worker;
  mutable std::mutex stateMutex;
  ncclResult_t result = ncclSuccess;
  std::string text;
  bool aborted = false;
};

} // namespace moe::loopback

#endif // MOE_TEST_LOOPBACK_COMMUNICATOR_H
