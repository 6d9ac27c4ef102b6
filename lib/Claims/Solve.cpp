//===- Solve.cpp - What a number would have to be -------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Solve.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;

/// The only number below `root` that is accepted. Operands come before the node
/// that uses them, so marks go from the root downwards.
template <typename AcceptT>
static std::optional<unsigned> onlyNumber(const ClaimTree &tree, unsigned root,
                                          AcceptT accepts) {
  std::vector<bool> below(root + 1, false);
  below[root] = true;
  std::optional<unsigned> found;
  for (unsigned node = root + 1; node-- > 0;) {
    if (!below[node])
      continue;
    for (unsigned operand : tree.nodes[node].operands)
      below[operand] = true;
    if (tree.nodes[node].kind != NodeKind::Number || !accepts(tree.nodes[node]))
      continue;
    if (found)
      return std::nullopt;
    found = node;
  }
  return found;
}

/// The operand of a quotient that is compared with the other one.
static std::optional<unsigned> comparedOperand(const Node &node) {
  if (node.kind == NodeKind::Divide)
    return node.operands[0];
  if (node.kind != NodeKind::Call)
    return std::nullopt;
  if (node.function == Function::Ratio)
    return node.operands[0];
  if (node.function == Function::Change)
    return node.operands[1];
  return std::nullopt;
}

std::optional<unsigned> mlir::moe::drivingNumber(const ClaimTree &tree,
                                                 unsigned root) {
  llvm::SmallVector<unsigned> open = {root};
  while (!open.empty()) {
    const Node &node = tree.nodes[open.pop_back_val()];
    if (std::optional<unsigned> operand = comparedOperand(node))
      return onlyNumber(tree, *operand, [](const Node &) { return true; });
    open.append(node.operands.rbegin(), node.operands.rend());
  }
  return std::nullopt;
}

std::optional<unsigned> mlir::moe::onlyTime(const ClaimTree &tree,
                                            unsigned root) {
  return onlyNumber(tree, root, [](const Node &node) {
    return node.number.dimension() == Dimension::Seconds;
  });
}

namespace {
/// Carries a wanted value from a node down to one of its operands.
class Inversion {
public:
  Inversion(const ClaimTree &tree, const Evaluator &evaluator)
      : tree(tree), evaluator(evaluator) {}

  /// What operand `which` would be for `node` to be `wanted`.
  std::optional<ClaimValue> step(unsigned node, unsigned which,
                                 const ClaimValue &wanted) const;

private:
  std::optional<ClaimValue> ofCall(const Node &node, unsigned which,
                                   const ClaimValue &wanted) const;
  /// All operands but one, summed.
  std::optional<ClaimValue> others(const Node &node, unsigned which) const;

  ClaimValue value(unsigned node) const {
    // An exact value: the inverse is that of the numbers as written.
    const ClaimValue &known = *evaluator.valueOf(node);
    return ClaimValue::exact(known.nominal, known.measure);
  }
  static std::optional<ClaimValue> quotient(const ClaimValue &a,
                                            const ClaimValue &b) {
    return b.mayBeZero() ? std::nullopt : divide(a, b);
  }

  const ClaimTree &tree;
  const Evaluator &evaluator;
};
} // namespace

std::optional<ClaimValue> Inversion::others(const Node &node,
                                            unsigned which) const {
  std::optional<ClaimValue> total;
  for (auto [index, operand] : llvm::enumerate(node.operands)) {
    if (index == which)
      continue;
    total = total ? add(*total, value(operand)) : value(operand);
    if (!total)
      return std::nullopt;
  }
  return total;
}

std::optional<ClaimValue> Inversion::ofCall(const Node &node, unsigned which,
                                            const ClaimValue &wanted) const {
  ClaimValue one = ClaimValue::exact(1);
  switch (node.function) {
  case Function::Sum: {
    std::optional<ClaimValue> rest = others(node, which);
    return rest ? subtract(wanted, *rest) : wanted;
  }
  case Function::Ratio:
    return which == 0 ? multiply(wanted, value(node.operands[1]))
                      : quotient(value(node.operands[0]), wanted);
  case Function::Change: {
    std::optional<ClaimValue> share = add(wanted, one);
    if (!share)
      return std::nullopt;
    return which == 1 ? multiply(*share, value(node.operands[0]))
                      : quotient(value(node.operands[1]), *share);
  }
  default:
    return std::nullopt;
  }
}

std::optional<ClaimValue> Inversion::step(unsigned index, unsigned which,
                                          const ClaimValue &wanted) const {
  const Node &node = tree.nodes[index];
  auto other = [&] { return value(node.operands[1 - which]); };
  switch (node.kind) {
  case NodeKind::Negate:
    return negate(wanted);
  case NodeKind::Add:
    return subtract(wanted, other());
  case NodeKind::Subtract:
    return which == 0 ? add(wanted, other()) : subtract(other(), wanted);
  case NodeKind::Multiply:
    return quotient(wanted, other());
  case NodeKind::Divide:
    return which == 0 ? multiply(wanted, other()) : quotient(other(), wanted);
  case NodeKind::Call:
    return ofCall(node, which, wanted);
  default:
    return std::nullopt;
  }
}

std::optional<ClaimValue> mlir::moe::solveFor(const ClaimTree &tree,
                                              const Evaluator &evaluator,
                                              unsigned root, unsigned number,
                                              const ClaimValue &target) {
  // The way down: the user of each node, which stands behind it.
  std::vector<std::pair<unsigned, unsigned>> user(tree.nodes.size());
  for (unsigned node = 0; node <= root; ++node)
    for (auto [index, operand] : llvm::enumerate(tree.nodes[node].operands))
      user[operand] = {node, static_cast<unsigned>(index)};
  llvm::SmallVector<unsigned> way;
  for (unsigned node = number; node != root; node = user[node].first) {
    if (user[node].first <= node)
      return std::nullopt;
    way.push_back(node);
  }
  Inversion inversion(tree, evaluator);
  std::optional<ClaimValue> wanted =
      ClaimValue::exact(target.nominal, target.measure);
  for (unsigned node : llvm::reverse(way)) {
    wanted = inversion.step(user[node].first, user[node].second, *wanted);
    if (!wanted)
      return std::nullopt;
  }
  return wanted;
}
