//===- NamedProducts.cpp - EP = 16 x TP = 4 = 64 --------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A product whose factors say what they are, which gives each its value and
// asserts the product besides:
//
//   EP = 16 x TP = 4 x PP = 2 = 128 GPUs
//   (EP=16) x (TP=4) = 64
//   16 (EP) x 4 (TP) = 64
//
//===----------------------------------------------------------------------===//

#include "Readers.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;

namespace {
/// A factor and, when it has one, its name.
struct Factor {
  size_t number = 0, end = 0; ///< tokens
  const MetricPhrase *name = nullptr;
};

/// Reads the products of one line.
class NamedProductReader {
public:
  NamedProductReader(Statement &statement, ClaimSink &sink)
      : statement(statement), sink(sink) {}
  void read();

private:
  std::optional<Factor> factorAt(size_t at) const;
  std::optional<Factor> nameFirst(size_t at) const;
  std::optional<Factor> numberFirst(size_t at) const;
  std::vector<Factor> productAt(size_t at) const;
  bool isCount(size_t token) const;
  bool is(size_t token, llvm::StringRef text) const {
    return token < statement.tokens.size() && statement.tokens[token].is(text);
  }
  bool isSign(size_t token) const { return is(token, "x") || is(token, "*"); }
  void claim(const std::vector<Factor> &factors);
  void readNodes();
  void claimResult(const std::vector<Factor> &factors);

  Statement &statement;
  ClaimSink &sink;
};
} // namespace

bool NamedProductReader::isCount(size_t token) const {
  if (token >= statement.tokens.size() || !statement.tokens[token].isNumber())
    return false;
  const Amount &amount = statement.tokens[token].amount;
  return amount.unit.empty() && !amount.power && !amount.isRange();
}

/// "EP = 16", "EP=16", "EP (16)".
std::optional<Factor> NamedProductReader::nameFirst(size_t at) const {
  PhraseMatch match = matchAt(statement.tokens, at, FigureKind::Count);
  if (!match || match.phrase->metric.empty())
    return std::nullopt;
  size_t number = match.end + 1;
  bool enclosed = is(match.end, "(") && is(number + 1, ")");
  if (!isCount(number) || !(is(match.end, "=") || enclosed))
    return std::nullopt;
  return Factor{number, number + (enclosed ? 2 : 1), match.phrase};
}

/// "16 (EP)", "16-way EP", and a number alone.
std::optional<Factor> NamedProductReader::numberFirst(size_t at) const {
  if (!isCount(at))
    return std::nullopt;
  size_t name = at + 1;
  bool enclosed = is(name, "(");
  if (enclosed || is(name, "way"))
    ++name;
  PhraseMatch match = matchAt(statement.tokens, name, FigureKind::Count);
  bool degree = match && match.phrase->key.starts_with("parallelism.") &&
                (!enclosed || is(match.end, ")"));
  if (!degree)
    return Factor{at, at + 1, nullptr};
  return Factor{at, match.end + (enclosed ? 1 : 0), match.phrase};
}

std::optional<Factor> NamedProductReader::factorAt(size_t at) const {
  bool enclosed = is(at, "(");
  size_t begin = at + (enclosed ? 1 : 0);
  std::optional<Factor> factor = nameFirst(begin);
  if (!factor)
    factor = numberFirst(begin);
  if (!factor || !enclosed)
    return factor;
  if (!is(factor->end, ")"))
    return std::nullopt;
  ++factor->end;
  return factor;
}

/// The factors of the product that begins at a token; none when two of them
/// have no names.
std::vector<Factor> NamedProductReader::productAt(size_t at) const {
  std::vector<Factor> factors;
  if (at > 0 && isSign(at - 1))
    return {};
  while (std::optional<Factor> factor = factorAt(at)) {
    factors.push_back(*factor);
    if (!isSign(factor->end))
      break;
    at = factor->end + 1;
  }
  bool open = !factors.empty() && isSign(factors.back().end);
  auto named = llvm::count_if(
      factors, [](const Factor &factor) { return factor.name != nullptr; });
  return named < 2 || open ? std::vector<Factor>() : factors;
}

/// "= 128 GPUs", unless the arithmetic goes on: "= 16 x 4 x 2 = 128".
void NamedProductReader::claimResult(const std::vector<Factor> &factors) {
  size_t sign = factors.back().end, result = sign + 1;
  if (!(is(sign, "=") || is(sign, "->")) || !isCount(result) ||
      isSign(result + 1))
    return;
  std::string text;
  ProseExpression product;
  for (const Factor &factor : factors) {
    const Amount &amount = statement.tokens[factor.number].amount;
    text += (text.empty() ? "" : " * ") + numberText(amount);
    product.pieces.push_back({amount, ""});
    ++product.operands;
  }
  if (!sink.equals(text, statement.tokens[result].amount, statement))
    return;
  sink.noteProduct(product, statement.tokens[result].amount, statement);
  statement.use(sign, result + 1);
  for (const Factor &factor : factors)
    statement.use(factor.number, factor.number + 1);
}

void NamedProductReader::claim(const std::vector<Factor> &factors) {
  for (const Factor &factor : factors)
    if (factor.name &&
        sink.metric(*factor.name, statement.tokens[factor.number].amount,
                    statement, statement.previous))
      statement.use(factor.number, factor.number + 1);
  claimResult(factors);
}

/// "5 nodes x 8 GPUs = 40", "3 nodes with 8 GPUs each".
void NamedProductReader::readNodes() {
  static constexpr MetricPhrase nodes{"", FigureKind::Count, "nodes",
                                      "cluster.nodes"};
  static constexpr MetricPhrase gpus{"", FigureKind::Count, "gpus_per_node",
                                     "cluster.gpus_per_node"};
  for (size_t at = 0; at + 4 < statement.tokens.size(); ++at) {
    bool linked = isSign(at + 2) || is(at + 2, "with") || is(at + 2, "of");
    bool each = isSign(at + 2) || is(at + 5, "each") || is(at + 5, "per");
    // "8 GPUs/node x 4" and "node groups" are other things.
    if (!isCount(at) || !is(at + 1, "node") || !linked || !isCount(at + 3) ||
        !is(at + 4, "gpu") || !each || (at > 0 && isSign(at - 1)) ||
        isSign(at + 5))
      continue;
    for (auto [phrase, number] : {std::pair(&nodes, at), {&gpus, at + 3}})
      if (sink.metric(*phrase, statement.tokens[number].amount, statement,
                      statement.previous))
        statement.use(number, number + 1);
    return;
  }
}

void NamedProductReader::read() {
  readNodes();
  for (size_t at = 0; at < statement.tokens.size(); ++at) {
    std::vector<Factor> factors = productAt(at);
    if (factors.empty())
      continue;
    claim(factors);
    at = factors.back().end - 1;
  }
}

void mlir::moe::readNamedProducts(Statement &statement, ClaimSink &sink) {
  NamedProductReader(statement, sink).read();
}
