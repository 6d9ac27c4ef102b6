//===- Coordinator.h - Where the ranks of the loopback meet --- -*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A thread in the process that made the unique id. Every communicator of every
// rank has a connection to it; it matches their calls and passes on what they
// send. Calls that do not match are refused on all ranks, where NCCL would
// wait or mix up data.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_TEST_LOOPBACK_COORDINATOR_H
#define MOE_TEST_LOOPBACK_COORDINATOR_H

#include "Wire.h"
#include <deque>
#include <map>

namespace moe::loopback {

/// Where a coordinator listens; what a unique id holds.
struct Address {
  uint32_t magic = 0;
  uint32_t ip = 0;   ///< network byte order
  uint16_t port = 0; ///< network byte order
};
constexpr uint32_t kAddressMagic = 0x6d6f656c; // "moel"

class Coordinator {
public:
  /// Listens and serves for the rest of the process; false with errno set when
  /// that is not possible.
  static bool start(Address &address);

  explicit Coordinator(Socket listener) : listener(std::move(listener)) {}
  void serve();

private:
  /// A Gather that some ranks have come to.
  struct Meeting {
    std::vector<uint64_t> connections; ///< by rank; 0: has not come
    std::vector<std::string> calls, payloads;
    uint32_t arrived = 0;
  };
  /// A receive of a rank: from whom, how much.
  struct Receive {
    uint32_t source;
    std::size_t bytes;
  };
  /// What was sent to a rank, and the receives it waits with.
  struct Mailbox {
    std::map<uint32_t, std::deque<std::string>> messages; // by source
    std::map<uint32_t, std::size_t> needed;               // messages by source
    std::size_t outstanding = 0;                          ///< of those needed
    std::vector<Receive> receives;
    uint64_t connection = 0; ///< 0: it does not wait
  };

  void handle(uint64_t from);
  void gather(uint64_t from, Request &request);
  void finish(Meeting &meeting);
  void passOn(uint64_t from, const Request &request);
  /// Replies to the rank that waits, now that its messages are there.
  void deliver(uint32_t rank, Mailbox &mailbox);
  void reply(uint64_t to, bool ok, const std::string &payload);

  Socket listener;
  /// By a number that is never given twice, as descriptors are.
  std::map<uint64_t, Socket> connections;
  std::map<std::pair<uint64_t, uint32_t>, Meeting> meetings;
  std::map<std::pair<uint64_t, uint32_t>, Mailbox> mailboxes; // by rank
};

} // namespace moe::loopback

#endif // MOE_TEST_LOOPBACK_COORDINATOR_H
