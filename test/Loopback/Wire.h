//===- Wire.h - Messages between ranks of the loopback -------- -*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A request of a rank to the coordinator, and its reply. Both ends block: each
// connection has one request at a time.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_TEST_LOOPBACK_WIRE_H
#define MOE_TEST_LOOPBACK_WIRE_H

#include <cstdint>
#include <string>
#include <vector>

namespace moe::loopback {

/// Shuts a socket down and closes it with its owner.
class Socket {
public:
  explicit Socket(int fd = -1) : fd(fd) {}
  Socket(Socket &&other) noexcept : fd(other.fd) { other.fd = -1; }
  Socket &operator=(Socket &&other) noexcept;
  ~Socket();

  int descriptor() const { return fd; }
  /// Ends what waits on it in another thread.
  void shutDown() const;
  bool sendAll(const std::string &bytes) const;
  bool receiveAll(void *data, std::size_t size) const;

private:
  int fd;
};

enum class RequestKind : uint32_t {
  /// All ranks of the communicator give a payload and get those of all.
  Gather,
  /// Payload: the messages to send, then the receives; see `packMessages`.
  /// Replied to when every receive has its message.
  PointToPoint,
};

struct Request {
  RequestKind kind = RequestKind::Gather;
  uint64_t communicator = 0;
  uint32_t sequence = 0; ///< number of the Gather on this communicator
  uint32_t rank = 0;
  uint32_t size = 0; ///< of the communicator
  /// What is called with which arguments; equal on all ranks or refused.
  std::string call;
  std::string payload;
};

struct Reply {
  bool ok = false;
  std::string payload; ///< when not ok: the reason
};

bool send(const Socket &socket, const Request &request);
bool receive(const Socket &socket, Request &request);
bool send(const Socket &socket, const Reply &reply);
bool receive(const Socket &socket, Reply &reply);

/// A list of strings as one, and back.
std::string packMessages(const std::vector<std::string> &messages);
std::vector<std::string> unpackMessages(const std::string &bytes);

} // namespace moe::loopback

#endif // MOE_TEST_LOOPBACK_WIRE_H
