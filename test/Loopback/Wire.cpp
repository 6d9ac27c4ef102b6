//===- Wire.cpp - Messages between ranks of the loopback ------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See Wire.h. Both ends run on machines of one kind: no byte order is fixed.
//
//===----------------------------------------------------------------------===//

#include "Wire.h"
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace moe::loopback {

Socket &Socket::operator=(Socket &&other) noexcept {
  std::swap(fd, other.fd);
  return *this;
}

Socket::~Socket() {
  if (fd >= 0)
    ::close(fd);
}

void Socket::shutDown() const {
  if (fd >= 0)
    ::shutdown(fd, SHUT_RDWR);
}

bool Socket::sendAll(const std::string &bytes) const {
  for (std::size_t sent = 0; sent < bytes.size();) {
    ssize_t n =
        ::send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return false;
    sent += static_cast<std::size_t>(n);
  }
  return true;
}

bool Socket::receiveAll(void *data, std::size_t size) const {
  for (char *at = static_cast<char *>(data); size > 0;) {
    ssize_t n = ::recv(fd, at, size, 0);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return false;
    at += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

namespace {

struct RequestHeader {
  uint64_t communicator;
  uint64_t callSize, payloadSize;
  uint32_t kind, sequence, rank, size;
};

struct ReplyHeader {
  uint64_t payloadSize;
  uint64_t ok;
};

template <typename Header>
std::string bytesOf(const Header &header) {
  return {reinterpret_cast<const char *>(&header), sizeof header};
}

bool receiveString(const Socket &socket, std::string &text, uint64_t size) {
  text.resize(size);
  return socket.receiveAll(text.data(), size);
}

} // namespace

bool send(const Socket &socket, const Request &r) {
  RequestHeader header{r.communicator,
                       r.call.size(),
                       r.payload.size(),
                       static_cast<uint32_t>(r.kind),
                       r.sequence,
                       r.rank,
                       r.size};
  return socket.sendAll(bytesOf(header) + r.call + r.payload);
}

bool receive(const Socket &socket, Request &r) {
  RequestHeader header;
  if (!socket.receiveAll(&header, sizeof header))
    return false;
  r.communicator = header.communicator;
  r.kind = static_cast<RequestKind>(header.kind);
  r.sequence = header.sequence;
  r.rank = header.rank;
  r.size = header.size;
  return receiveString(socket, r.call, header.callSize) &&
         receiveString(socket, r.payload, header.payloadSize);
}

bool send(const Socket &socket, const Reply &reply) {
  ReplyHeader header{reply.payload.size(), reply.ok};
  return socket.sendAll(bytesOf(header) + reply.payload);
}

bool receive(const Socket &socket, Reply &reply) {
  ReplyHeader header;
  if (!socket.receiveAll(&header, sizeof header))
    return false;
  reply.ok = header.ok != 0;
  return receiveString(socket, reply.payload, header.payloadSize);
}

std::string packMessages(const std::vector<std::string> &messages) {
  std::string bytes;
  for (const std::string &message : messages) {
    bytes += bytesOf(uint64_t{message.size()});
    bytes += message;
  }
  return bytes;
}

std::vector<std::string> unpackMessages(const std::string &bytes) {
  std::vector<std::string> messages;
  for (std::size_t at = 0; at < bytes.size();) {
    uint64_t size = 0;
    std::memcpy(&size, bytes.data() + at, sizeof size);
    messages.push_back(bytes.substr(at + sizeof size, size));
    at += sizeof size + size;
  }
  return messages;
}

} // namespace moe::loopback
