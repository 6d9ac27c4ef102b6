//===- Evaluator.cpp - Values of the nodes of a claim ---------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluator.h"
#include "moe/Claims/MetricTable.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

Evaluator::Evaluator(const ClaimTree &tree, const MetricSource &source,
                     const StatedSides &claims)
    : tree(tree), source(source), claims(claims) {
  auto collect = [&](unsigned side) {
    if (!tree.plainNumber(side))
      return;
    while (tree.nodes[side].kind == NodeKind::Negate)
      side = tree.nodes[side].operands.front();
    // "experts_per_rank = 1" counts: 0.5 is not 1.
    const Quantity &number = tree.nodes[side].number;
    bool counts = number.number.scale == 0 && number.unit == Unit();
    if (counts && tree.nodes[tree.left].kind == NodeKind::Metric)
      return;
    statedNumbers.insert(side);
  };
  collect(tree.right);
  if (tree.upper)
    collect(*tree.upper);
  // "42.3 GB = sum(...)": stated on the left.
  if (statedNumbers.empty())
    collect(tree.left);
}

bool Evaluator::fail(size_t byte, std::string message,
                     ClaimError &error) const {
  error.column =
      1 + llvm::count_if(StringRef(tree.text).take_front(byte), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
      });
  error.message = std::move(message);
  return false;
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

/// Whether a number of the claim has that measure.
static bool countsIn(const ClaimTree &tree, const Measure &measure) {
  return llvm::any_of(tree.nodes, [&](const Node &node) {
    return node.kind == NodeKind::Number &&
           Measure::of(node.number.dimension()) == measure;
  });
}

bool Evaluator::resolveMetric(const Node &node, ClaimError &error) {
  if (!llvm::is_contained(metricNames(), node.name))
    return fail(node.begin,
                "unknown metric " + quoted(node.name) +
                    didYouMean(node.name, metricNames()),
                error);
  bool ofBaseline = node.kind == NodeKind::BaselineMetric;
  std::string name = (ofBaseline ? "baseline." : "") + node.name;
  auto [entry, isNew] = metrics.try_emplace(name);
  if (!isNew)
    return true;
  MetricAnswer &answer = entry->second;
  answer =
      ofBaseline ? source.baselineMetric(node.name) : source.metric(node.name);
  for (const ClaimValue &other : answer.alternatives)
    if (countsIn(tree, other.measure))
      answer.value = other;
  if (answer.largest)
    twoValued.insert(entry->getKey());
  for (const std::string &missing : answer.missing)
    missingNames.insert(texts.try_emplace(missing).first->getKey());
  if (answer.value && !answer.derivation.empty())
    sources.insert(
        texts.try_emplace(name + " = " + answer.derivation).first->getKey());
  return true;
}

bool Evaluator::resolveClaim(const Node &node, ClaimError &error) {
  auto claim = claims.find(node.name);
  if (claim == claims.end()) {
    // Suggestions compare with every claim.
    constexpr unsigned fewClaims = 1000;
    llvm::SmallVector<StringRef> ids;
    if (claims.size() <= fewClaims)
      for (StringRef id : claims.keys())
        ids.push_back(id);
    llvm::sort(ids);
    return fail(node.begin,
                "no claim is called " + quoted(node.name) +
                    didYouMean(node.name, ids),
                error);
  }
  if (claim->second.largest)
    twoValued.insert(texts.try_emplace("@" + node.name).first->getKey());
  for (const std::string &missing : claim->second.missing)
    missingNames.insert(missing);
  return true;
}

bool Evaluator::resolve(ClaimError &error) {
  for (const Node &node : tree.nodes) {
    bool metric =
        node.kind == NodeKind::Metric || node.kind == NodeKind::BaselineMetric;
    if (metric && !resolveMetric(node, error))
      return false;
    if (node.kind == NodeKind::Reference && !resolveClaim(node, error))
      return false;
  }
  if (twoValued.size() > maxTwoValued)
    return fail(0,
                "the claim combines more than " + std::to_string(maxTwoValued) +
                    " ranges",
                error);
  return true;
}

llvm::ArrayRef<ClaimValue> Evaluator::stagesOf(unsigned index) const {
  const Node &node = tree.nodes[index];
  if (node.kind != NodeKind::Metric || twoValued.size() != 1 ||
      twoValued.front() != node.name)
    return {};
  return metrics.find(node.name)->second.stages;
}

std::optional<ClaimValue> Evaluator::leaf(unsigned index,
                                          unsigned choice) const {
  const Node &node = tree.nodes[index];
  bool claim = node.kind == NodeKind::Reference;
  std::string name = claim ? "@" + node.name
                     : node.kind == NodeKind::BaselineMetric
                         ? "baseline." + node.name
                         : node.name;
  bool larger = false;
  for (auto [bit, twin] : llvm::enumerate(twoValued))
    larger |= twin == name && (choice >> bit & 1);
  if (claim) {
    const StatedSide &side = claims.find(node.name)->second;
    return larger ? side.largest : side.value;
  }
  const MetricAnswer &answer = metrics.find(name)->second;
  return larger ? answer.largest : answer.value;
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

bool Evaluator::store(unsigned node, std::optional<ClaimValue> value,
                      ClaimError &error) {
  if (!value)
    return fail(tree.nodes[node].begin,
                "the value of " + quotedValue(tree.textOf(node)) +
                    " is too long to be computed exactly",
                error);
  values[node] = std::move(value);
  return true;
}

bool Evaluator::haveOneMeasure(const Node &node, ClaimError &error) const {
  const Measure &first = values[node.operands.front()]->measure;
  for (unsigned operand : node.operands)
    if (!(values[operand]->measure == first))
      return fail(tree.nodes[operand].begin,
                  quotedValue(tree.textOf(operand)) + " is " +
                      values[operand]->measure.describe() + ", but " +
                      quotedValue(tree.textOf(node.operands.front())) + " is " +
                      first.describe(),
                  error);
  return true;
}

bool Evaluator::computeQuotient(unsigned node, unsigned dividend,
                                unsigned divisor, ClaimError &error) {
  const ClaimValue &by = *values[divisor];
  if (by.mayBeZero())
    return fail(tree.nodes[divisor].begin,
                "division by zero: " + quotedValue(tree.textOf(divisor)) +
                    (by.nominal.isZero()
                         ? " is 0"
                         : " may be 0 within the precision stated"),
                error);
  return store(node, divide(*values[dividend], by), error);
}

bool Evaluator::computeSum(unsigned index, ClaimError &error) {
  const Node &node = tree.nodes[index];
  std::optional<ClaimValue> total = values[node.operands.front()];
  for (unsigned operand : llvm::drop_begin(node.operands))
    total = total ? add(*total, *values[operand]) : std::nullopt;
  if (total && node.function == Function::Mean) {
    int64_t count = static_cast<int64_t>(node.operands.size());
    total = divide(*total, ClaimValue::exact(count));
  }
  return store(index, total, error);
}

/// The smallest or largest of values, end by end.
static ClaimValue extreme(const ClaimValue &a, const ClaimValue &b,
                          bool largest) {
  auto pick = [&](const Rational &x, const Rational &y) {
    return largest ? std::max(x, y) : std::min(x, y);
  };
  return {pick(a.low, b.low), pick(a.nominal, b.nominal), pick(a.high, b.high),
          a.measure};
}

bool Evaluator::computeCall(unsigned index, ClaimError &error) {
  const Node &node = tree.nodes[index];
  if (!haveOneMeasure(node, error))
    return false;
  switch (node.function) {
  case Function::Sum:
  case Function::Mean:
    return computeSum(index, error);
  case Function::Min:
  case Function::Max: {
    ClaimValue result = *values[node.operands.front()];
    for (unsigned operand : node.operands)
      result =
          extreme(result, *values[operand], node.function == Function::Max);
    return store(index, result, error);
  }
  case Function::Variance:
  case Function::SampleVariance: {
    std::vector<ClaimValue> list;
    for (unsigned operand : node.operands)
      list.push_back(*values[operand]);
    if (llvm::count_if(list, [](const ClaimValue &v) { return !v.isExact(); }) >
        maxUncertain)
      return fail(node.begin,
                  "a variance takes at most " + std::to_string(maxUncertain) +
                      " numbers with decimals",
                  error);
    return store(index,
                 variance(list, node.function == Function::SampleVariance),
                 error);
  }
  case Function::Ratio:
    return computeQuotient(index, node.operands[0], node.operands[1], error);
  case Function::Change:
    // b / a - 1, so that a enters once.
    if (!computeQuotient(index, node.operands[1], node.operands[0], error))
      return false;
    return store(index, subtract(*values[index], ClaimValue::exact(1)), error);
  }
  llvm_unreachable("unknown function");
}

/// "0 s" says that there is none; "0 %" and "0.0 s" may be rounded.
static bool saysNone(const Quantity &number) {
  return number.number.digits == 0 && number.number.scale == 0 &&
         number.dimension() != Dimension::Ratio;
}

bool Evaluator::compute(unsigned index, unsigned choice, ClaimError &error) {
  const Node &node = tree.nodes[index];
  for (unsigned operand : node.operands)
    if (!values[operand])
      return true;
  auto operand = [&](unsigned i) -> const ClaimValue & {
    return *values[node.operands[i]];
  };
  switch (node.kind) {
  case NodeKind::Number: {
    bool equation = tree.comparison == Comparison::Equal ||
                    tree.comparison == Comparison::Range;
    bool rounded = statedNumbers.contains(index)
                       ? equation && !saysNone(node.number)
                       : node.number.number.scale > 0;
    return store(index, ClaimValue::of(node.number, rounded), error);
  }
  case NodeKind::Metric:
  case NodeKind::BaselineMetric:
  case NodeKind::Reference:
    values[index] = leaf(index, choice);
    return true;
  case NodeKind::Negate:
    values[index] = negate(operand(0));
    return true;
  case NodeKind::Add:
    return haveOneMeasure(node, error) &&
           store(index, add(operand(0), operand(1)), error);
  case NodeKind::Subtract:
    return haveOneMeasure(node, error) &&
           store(index, subtract(operand(0), operand(1)), error);
  case NodeKind::Multiply:
    return store(index, multiply(operand(0), operand(1)), error);
  case NodeKind::Divide:
    return computeQuotient(index, node.operands[0], node.operands[1], error);
  case NodeKind::Call:
    return computeCall(index, error);
  }
  llvm_unreachable("unknown kind of node");
}

//===----------------------------------------------------------------------===//
// The two sides
//===----------------------------------------------------------------------===//

/// Whether the claim has a number or figure that may stand for GPUs without
/// saying so: a bare factor or divisor, or a figure of one GPU.
bool Evaluator::mayCountGpus() const {
  auto isBareCount = [&](unsigned operand) {
    const Node &node = tree.nodes[operand];
    return (node.kind == NodeKind::Number && node.number.number.scale == 0 &&
            node.number.unit == Unit()) ||
           (node.kind == NodeKind::Metric &&
            senseOf(node.name) == MetricSense::CountOfGpus);
  };
  return llvm::any_of(tree.nodes, [&](const Node &node) {
    if (node.kind == NodeKind::Metric || node.kind == NodeKind::BaselineMetric)
      return senseOf(node.name) == MetricSense::OfOneGpu;
    return (node.kind == NodeKind::Multiply || node.kind == NodeKind::Divide) &&
           llvm::any_of(node.operands, isBareCount);
  });
}

/// People write "64 x 80 GB/GPU = 5,120 GB" and "80 GB/GPU of memory".
bool Evaluator::sameMeasure(unsigned a, unsigned b) const {
  const Measure &left = values[a]->measure, &right = values[b]->measure;
  if (left == right)
    return true;
  Measure perGpu =
      Measure::of(Dimension::Bytes).per(Measure::of(Dimension::BytesPerGpu));
  return (left == right.times(perGpu) || right == left.times(perGpu)) &&
         mayCountGpus();
}

/// "gpus = 6400 %" says nothing of 64 GPUs.
bool Evaluator::countsNoShare(ClaimError &error) const {
  const Node &left = tree.nodes[tree.left];
  MetricSense sense = senseOf(left.name);
  if (left.kind != NodeKind::Metric ||
      (sense != MetricSense::Count && sense != MetricSense::CountOfGpus))
    return true;
  std::optional<Quantity> number = tree.plainNumber(tree.right);
  if (!number || number->dimension() != Dimension::Ratio)
    return true;
  return fail(tree.nodes[tree.right].begin,
              quotedValue(tree.textOf(tree.right)) + " is a ratio, but " +
                  quotedValue(tree.textOf(tree.left)) + " counts",
              error);
}

bool Evaluator::rangeIsInOrder(ClaimError &error) const {
  if (!tree.upper || !tree.plainNumber(tree.right) ||
      !tree.plainNumber(*tree.upper) ||
      values[tree.right]->nominal.compare(values[*tree.upper]->nominal) <= 0)
    return true;
  return fail(tree.nodes[tree.right].begin,
              "the range is empty, its first end is above its second", error);
}

bool Evaluator::evaluate(unsigned choice, ClaimError &error) {
  values.assign(tree.nodes.size(), std::nullopt);
  for (unsigned node = 0; node < tree.nodes.size(); ++node)
    if (!compute(node, choice, error))
      return false;
  auto comparable = [&](unsigned a, unsigned b) {
    return !values[a] || !values[b] || sameMeasure(a, b) ||
           fail(tree.nodes[b].begin,
                quotedValue(tree.textOf(b)) + " is " +
                    values[b]->measure.describe() + ", but " +
                    quotedValue(tree.textOf(a)) + " is " +
                    values[a]->measure.describe(),
                error);
  };
  return countsNoShare(error) && comparable(tree.left, tree.right) &&
         (!tree.upper || comparable(tree.right, *tree.upper)) &&
         rangeIsInOrder(error);
}
