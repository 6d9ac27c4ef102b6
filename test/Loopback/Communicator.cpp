//===- Communicator.cpp - A communicator of the loopback ------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See Communicator.h.
//
//===----------------------------------------------------------------------===//

#include "Communicator.h"
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace moe::loopback {

Communicator::~Communicator() { join(); }

void Communicator::connect() {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = address.ip;
  to.sin_port = address.port;
  Socket fresh(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(fresh.descriptor(), reinterpret_cast<sockaddr *>(&to),
                sizeof to) != 0)
    throw LoopbackError(ncclSystemError,
                        std::string("cannot reach the coordinator: ") +
                            std::strerror(errno));
  const int on = 1;
  ::setsockopt(fresh.descriptor(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  std::lock_guard<std::mutex> lock(stateMutex);
  if (aborted)
    throw LoopbackError(ncclRemoteError, "the communicator was aborted");
  socket = std::move(fresh);
}

Reply Communicator::exchange(const Request &request) {
  Reply reply;
  if (!send(socket, request) || !receive(socket, reply))
    throw LoopbackError(ncclRemoteError,
                        "the connection to the coordinator was lost");
  if (!reply.ok)
    throw LoopbackError(ncclInvalidUsage, reply.payload);
  return reply;
}

std::vector<std::string> Communicator::gather(const std::string &call,
                                              const std::string &payload) {
  std::lock_guard<std::mutex> lock(exchanging);
  Request request;
  request.communicator = id;
  request.sequence = sequence++;
  request.rank = static_cast<uint32_t>(memberRank);
  request.size = static_cast<uint32_t>(memberCount);
  request.call = call;
  request.payload = payload;
  return unpackMessages(exchange(request).payload);
}

void Communicator::transfer(const std::vector<PeerTransfer> &transfers) {
  std::vector<std::string> sends, receives;
  for (const PeerTransfer &t : transfers) {
    std::vector<std::string> &list = t.send ? sends : receives;
    list.push_back(std::to_string(t.peer));
    list.push_back(t.send
                       ? std::string(static_cast<const char *>(t.send), t.bytes)
                       : std::to_string(t.bytes));
  }
  Request request;
  request.kind = RequestKind::PointToPoint;
  request.communicator = id;
  request.rank = static_cast<uint32_t>(memberRank);
  request.size = static_cast<uint32_t>(memberCount);
  request.payload = packMessages({packMessages(sends), packMessages(receives)});
  std::lock_guard<std::mutex> lock(exchanging);
  const std::vector<std::string> messages =
      unpackMessages(exchange(request).payload);
  auto message = messages.begin();
  for (const PeerTransfer &t : transfers)
    if (!t.send)
      std::memcpy(t.receive, (message++)->data(), t.bytes);
}

void Communicator::guard(const std::function<void()> &job) {
  try {
    job();
  } catch (const LoopbackError &error) {
    std::lock_guard<std::mutex> lock(stateMutex);
    if (result != ncclSuccess && result != ncclInProgress)
      return; // what failed first stays the reason
    result = error.result;
    text = error.what();
  }
}

void Communicator::start(std::function<void()> job) {
  join();
  {
    std::lock_guard<std::mutex> lock(stateMutex);
    if (result == ncclSuccess)
      result = ncclInProgress;
  }
  worker = std::thread([this, job = std::move(job)] {
    guard(job);
    std::lock_guard<std::mutex> lock(stateMutex);
    if (result == ncclInProgress)
      result = ncclSuccess;
  });
}

void Communicator::join() {
  if (worker.joinable())
    worker.join();
}

ncclResult_t Communicator::state() const {
  std::lock_guard<std::mutex> lock(stateMutex);
  return result;
}

std::string Communicator::error() const {
  std::lock_guard<std::mutex> lock(stateMutex);
  return text;
}

uint64_t Communicator::childId(int color) const {
  constexpr uint64_t kPrime = 1099511628211u; // FNV-1a
  uint64_t hash = 14695981039346656037u;
  for (uint64_t part : {id, uint64_t{sequence}, static_cast<uint64_t>(color)})
    hash = (hash ^ part) * kPrime;
  return hash;
}

void Communicator::abort() {
  {
    std::lock_guard<std::mutex> lock(stateMutex);
    aborted = true;
    socket.shutDown();
    if (result == ncclSuccess || result == ncclInProgress)
      result = ncclRemoteError;
  }
  join();
}

} // namespace moe::loopback
