//===- Coordinator.cpp - Where the ranks of the loopback meet -------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See Coordinator.h.
//
//===----------------------------------------------------------------------===//

#include "Coordinator.h"
#include <algorithm>
#include <cstdlib>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>
#include <utility>

namespace moe::loopback {

//===--- Listening --------------------------------------------------------===//

/// Of the interface that NCCL_SOCKET_IFNAME starts, else of any real one.
static uint32_t ownAddress() {
  const char *wanted = std::getenv("NCCL_SOCKET_IFNAME");
  uint32_t address = htonl(INADDR_LOOPBACK);
  ifaddrs *list = nullptr;
  if (::getifaddrs(&list) != 0)
    return address;
  for (const ifaddrs *a = list; a; a = a->ifa_next) {
    if (!a->ifa_addr || a->ifa_addr->sa_family != AF_INET)
      continue;
    const std::string name = a->ifa_name;
    if (wanted ? name.rfind(wanted, 0) != 0 : name == "lo")
      continue;
    address = reinterpret_cast<sockaddr_in *>(a->ifa_addr)->sin_addr.s_addr;
    break;
  }
  ::freeifaddrs(list);
  return address;
}

bool Coordinator::start(Address &address) {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max; // a connection per rank and communicator
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in any{};
  any.sin_family = AF_INET;
  socklen_t size = sizeof any;
  auto *name = reinterpret_cast<sockaddr *>(&any);
  if (::bind(socket.descriptor(), name, size) != 0 ||
      ::listen(socket.descriptor(), 4096) != 0 ||
      ::getsockname(socket.descriptor(), name, &size) != 0)
    return false;
  address = {kAddressMagic, ownAddress(), any.sin_port};
  auto *coordinator = new Coordinator(std::move(socket)); // for ever
  std::thread([coordinator] { coordinator->serve(); }).detach();
  return true;
}

void Coordinator::serve() {
  const int events = ::epoll_create1(EPOLL_CLOEXEC);
  auto watch = [events](int fd, uint64_t number) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = number;
    ::epoll_ctl(events, EPOLL_CTL_ADD, fd, &event);
  };
  constexpr uint64_t kListener = 0;
  uint64_t last = kListener;
  watch(listener.descriptor(), kListener);
  epoll_event ready[256];
  while (true) {
    const int n = ::epoll_wait(events, ready, 256, -1);
    for (int i = 0; i < n; ++i) {
      if (ready[i].data.u64 != kListener) {
        handle(ready[i].data.u64);
        continue;
      }
      const int fd =
          ::accept4(listener.descriptor(), nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0)
        continue;
      const int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      connections.emplace(++last, Socket(fd));
      watch(fd, last);
    }
  }
}

//===--- Matching ---------------------------------------------------------===//

/// A rank that goes away leaves what waits for it waiting, as with NCCL.
void Coordinator::handle(uint64_t from) {
  Request request;
  if (!receive(connections.at(from), request)) {
    connections.erase(from);
    return;
  }
  if (request.kind == RequestKind::Gather)
    gather(from, request);
  else
    passOn(from, request);
}

void Coordinator::reply(uint64_t to, bool ok, const std::string &payload) {
  auto found = connections.find(to);
  if (found != connections.end())
    send(found->second, Reply{ok, payload});
}

void Coordinator::gather(uint64_t from, Request &request) {
  const auto key = std::make_pair(request.communicator, request.sequence);
  Meeting &meeting = meetings[key];
  if (meeting.connections.empty()) {
    meeting.connections.assign(request.size, 0);
    meeting.calls.resize(request.size);
    meeting.payloads.resize(request.size);
  }
  if (request.rank >= meeting.connections.size() ||
      meeting.connections[request.rank] != 0)
    return reply(from, false,
                 "rank " + std::to_string(request.rank) +
                     " of a communicator of " +
                     std::to_string(meeting.connections.size()) +
                     " is out of range or there twice");
  meeting.connections[request.rank] = from;
  meeting.calls[request.rank] = std::move(request.call);
  meeting.payloads[request.rank] = std::move(request.payload);
  if (++meeting.arrived < meeting.connections.size())
    return;
  finish(meeting);
  meetings.erase(key);
}

void Coordinator::finish(Meeting &meeting) {
  std::string mismatch;
  for (std::size_t rank = 1; rank < meeting.calls.size() && mismatch.empty();
       ++rank)
    if (meeting.calls[rank] != meeting.calls[0])
      mismatch = "rank 0 of the communicator calls " + meeting.calls[0] +
                 ", rank " + std::to_string(rank) + " calls " +
                 meeting.calls[rank];
  const std::string payload =
      mismatch.empty() ? packMessages(meeting.payloads) : mismatch;
  // Rank 0, the process of this thread, last: it may end when it has its reply.
  for (auto fd = meeting.connections.rbegin(); fd != meeting.connections.rend();
       ++fd)
    reply(*fd, mismatch.empty(), payload);
}

void Coordinator::passOn(uint64_t from, const Request &request) {
  const std::vector<std::string> lists = unpackMessages(request.payload);
  std::vector<std::string> sends = unpackMessages(lists.at(0));
  const std::vector<std::string> wanted = unpackMessages(lists.at(1));
  auto number = [](const std::string &text) {
    return static_cast<uint32_t>(std::strtoul(text.c_str(), nullptr, 10));
  };
  Mailbox &own = mailboxes[{request.communicator, request.rank}];
  own.connection = from;
  own.needed.clear();
  own.receives.clear();
  for (std::size_t i = 0; i + 1 < wanted.size(); i += 2) {
    own.receives.push_back({number(wanted[i]), number(wanted[i + 1])});
    ++own.needed[own.receives.back().source];
  }
  own.outstanding = 0;
  for (const auto &[source, count] : own.needed)
    own.outstanding += count - std::min(count, own.messages[source].size());
  for (std::size_t i = 0; i + 1 < sends.size(); i += 2) {
    const uint32_t to = number(sends[i]);
    Mailbox &mailbox = mailboxes[{request.communicator, to}];
    std::deque<std::string> &messages = mailbox.messages[request.rank];
    messages.push_back(std::move(sends[i + 1]));
    if (mailbox.connection == 0 ||
        messages.size() > mailbox.needed[request.rank])
      continue; // for a later receive
    if (--mailbox.outstanding == 0 && to != request.rank)
      deliver(to, mailbox);
  }
  if (own.outstanding == 0)
    deliver(request.rank, own);
}

void Coordinator::deliver(uint32_t rank, Mailbox &mailbox) {
  const uint64_t connection = std::exchange(mailbox.connection, 0);
  std::vector<std::string> received;
  for (const Receive &r : mailbox.receives) {
    std::deque<std::string> &messages = mailbox.messages[r.source];
    if (messages.front().size() != r.bytes)
      return reply(
          connection, false,
          "rank " + std::to_string(r.source) + " of the communicator sends " +
              std::to_string(messages.front().size()) + " bytes, rank " +
              std::to_string(rank) + " receives " + std::to_string(r.bytes));
    received.push_back(std::move(messages.front()));
    messages.pop_front();
  }
  reply(connection, true, packMessages(received));
}

} // namespace moe::loopback
