//===- Expression.h - The grammar of claims ---------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   claim   ::= sum relation sum | sum `=` sum `..` sum
//   relation::= `=` | `<` | `<=` | `>` | `>=`
//   sum     ::= product ((`+` | `-`) product)*
//   product ::= factor ((`*` | `/`) factor)*
//   factor  ::= `-` factor | `(` sum `)` | NUMBER UNIT? | METRIC
//             | `baseline.` METRIC | `@` ID | FUNCTION `(` sum (`,` sum)* `)`
//
// A unit is the longest known spelling behind the number (`GB/s`, `%`, `x`).
// An ID is letters, digits, `_` and `-`: a difference of two claims has blanks
// around its minus.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_CLAIMS_EXPRESSION_H
#define MOE_CLAIMS_EXPRESSION_H

#include "moe/Quantity/Quantity.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace mlir::moe {

enum class Function : uint8_t {
  Sum,
  Mean,
  Min,
  Max,
  Variance,
  SampleVariance,
  Ratio,
  Change
};

/// Names of the functions, in the order of the enumeration.
llvm::ArrayRef<llvm::StringRef> functionNames();

enum class NodeKind : uint8_t {
  Number,
  Metric,
  BaselineMetric,
  Reference,
  Negate,
  Add,
  Subtract,
  Multiply,
  Divide,
  Call
};

struct Node {
  NodeKind kind;
  /// The piece of the claim it was read from, parentheses included.
  size_t begin = 0, end = 0;
  Quantity number;
  /// Of a metric or a claim referred to.
  std::string name;
  Function function = Function::Sum;
  /// Indices of earlier nodes.
  llvm::SmallVector<unsigned, 2> operands;
};

/// Something wrong at a character of a claim, counted from 1.
struct ClaimError {
  unsigned column = 1;
  std::string message;
};

/// A claim as a list of nodes, operands before the node that uses them.
struct ClaimTree {
  std::string text;
  std::vector<Node> nodes;
  unsigned left = 0, right = 0;
  /// Of a range; `right` is its lower end.
  std::optional<unsigned> upper;
  Comparison comparison = Comparison::Equal;

  llvm::StringRef textOf(unsigned node) const {
    return llvm::StringRef(text).slice(nodes[node].begin, nodes[node].end);
  }
  /// The number, if the node is one (or its negative).
  std::optional<Quantity> plainNumber(unsigned node) const;
};

/// Longest claim and deepest nesting that are read.
constexpr size_t maxClaimLength = 1000;
constexpr unsigned maxClaimDepth = 64;

/// On failure returns nothing and sets `error`.
std::optional<ClaimTree> parseClaim(llvm::StringRef text, ClaimError &error);

} // namespace mlir::moe

#endif // MOE_CLAIMS_EXPRESSION_H
