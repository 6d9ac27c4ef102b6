//===- Claims.cpp - Judges the claims of a plan ---------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Claims/Claims.h"
#include "Judge.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

StringRef mlir::moe::nameOf(ClaimVerdict verdict) {
  static constexpr StringRef names[] = {"true", "truncated", "false",
                                        "unverifiable", "unverifiable"};
  return names[static_cast<size_t>(verdict)];
}

MetricAnswer MetricSource::baselineMetric(StringRef name) const {
  MetricAnswer answer;
  answer.missing = {"baseline." + name.str()};
  return answer;
}

namespace {
/// Claims in the order in which they refer to each other. A depth-first walk
/// with its own stack: chains may be as long as the list.
class ClaimOrder {
public:
  explicit ClaimOrder(llvm::ArrayRef<ClaimText> claims);
  void judge(const MetricSource &source);
  std::vector<Judgement> judgements;

private:
  enum class State : uint8_t { Waiting, Open, Done };

  void visit(size_t first, const MetricSource &source);
  void finish(size_t claim, const MetricSource &source);
  /// The next claim that `claim` refers to and that is not done.
  std::optional<size_t> nextReference(size_t claim);
  void reportCircle(size_t from);

  llvm::ArrayRef<ClaimText> claims;
  std::vector<std::optional<ClaimTree>> trees;
  llvm::StringMap<size_t> indices;
  StatedSides sides;
  std::vector<State> states;
  /// Nodes of each claim that were looked through for references.
  std::vector<size_t> seen;
  std::vector<size_t> open;
};
} // namespace

static Judgement unreadable(unsigned column, std::string message) {
  Judgement judgement;
  judgement.verdict = ClaimVerdict::Unreadable;
  judgement.column = column;
  judgement.message = std::move(message);
  return judgement;
}

ClaimOrder::ClaimOrder(llvm::ArrayRef<ClaimText> claims)
    : judgements(claims.size()), claims(claims), trees(claims.size()),
      states(claims.size(), State::Waiting), seen(claims.size(), 0) {
  for (size_t i = 0; i < claims.size(); ++i) {
    ClaimError error;
    trees[i] = parseClaim(claims[i].says, error);
    indices.try_emplace(claims[i].id, i);
    // Until it is judged, and for good when it cannot be.
    sides[claims[i].id].missing = {"@" + claims[i].id};
    if (trees[i])
      continue;
    judgements[i] = unreadable(error.column, error.message);
    judgements[i].breaksGrammar = true;
    states[i] = State::Done;
  }
}

std::optional<size_t> ClaimOrder::nextReference(size_t claim) {
  if (states[claim] == State::Done)
    return std::nullopt; // Part of a circle.
  const std::vector<Node> &nodes = trees[claim]->nodes;
  while (seen[claim] < nodes.size()) {
    const Node &node = nodes[seen[claim]++];
    if (node.kind != NodeKind::Reference)
      continue;
    auto found = indices.find(node.name);
    if (found != indices.end() && states[found->second] != State::Done)
      return found->second;
  }
  return std::nullopt;
}

/// The claims from `from` to the last opened refer to each other.
void ClaimOrder::reportCircle(size_t from) {
  auto first = open.end() - 1;
  while (*first != from)
    --first;
  constexpr size_t shown = 5;
  std::string path;
  for (auto claim = first; claim != open.end(); ++claim) {
    if (static_cast<size_t>(claim - first) == shown) {
      path += "... ";
      break;
    }
    path += "@" + claims[*claim].id + " needs ";
  }
  path += "@" + claims[from].id;
  for (auto claim = first; claim != open.end(); ++claim) {
    judgements[*claim] =
        unreadable(1, "claims refer to each other in a circle: " + path);
    states[*claim] = State::Done;
  }
}

void ClaimOrder::finish(size_t claim, const MetricSource &source) {
  if (states[claim] == State::Done)
    return; // Part of a circle.
  StatedSide side;
  judgements[claim] = judgeClaim(*trees[claim], source, sides, side);
  states[claim] = State::Done;
  if (judgements[claim].verdict != ClaimVerdict::Unreadable)
    sides[claims[claim].id] = std::move(side);
}

void ClaimOrder::visit(size_t first, const MetricSource &source) {
  open.push_back(first);
  states[first] = State::Open;
  while (!open.empty()) {
    size_t claim = open.back();
    std::optional<size_t> next = nextReference(claim);
    if (!next) {
      finish(claim, source);
      open.pop_back();
    } else if (states[*next] == State::Open) {
      reportCircle(*next);
    } else {
      states[*next] = State::Open;
      open.push_back(*next);
    }
  }
}

void ClaimOrder::judge(const MetricSource &source) {
  for (size_t i = 0; i < claims.size(); ++i)
    if (states[i] == State::Waiting)
      visit(i, source);
}

std::vector<Judgement> mlir::moe::judgeClaims(llvm::ArrayRef<ClaimText> claims,
                                              const MetricSource &source) {
  ClaimOrder order(claims);
  order.judge(source);
  return std::move(order.judgements);
}
