//===- Advice.cpp - Values that would be right instead --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Advice.h"

#include "moe/Frameworks/Configurations.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <numeric>

using namespace mlir::moe;

void Proposals::consider(llvm::StringRef setting, int64_t value,
                         const GroupsResult &result) {
  if (const auto *rejected = std::get_if<RejectedConfiguration>(&result))
    for (const std::string &problem : rejected->problems)
      if (!llvm::is_contained(known.all(), problem)) {
        lastRefusal = problem;
        return;
      }
  accepted.push_back({setting, value});
}

std::string Proposals::text() const {
  std::string text;
  llvm::StringRef previous;
  for (const Degree &proposal : accepted) {
    text += previous.empty() ? "" : " or ";
    if (proposal.name != previous)
      text += (proposal.name + " ").str();
    text += std::to_string(proposal.value);
    previous = proposal.name;
  }
  return text;
}

std::string mlir::moe::adviseWorld(int64_t world, std::optional<int64_t> step,
                                   Builder build, const Problems &known) {
  if (!step || *step > maxWorldSize)
    return "; lower these degrees";
  Proposals proposals(known);
  int64_t nearest = 0;
  for (int64_t multiple :
       {world / *step * *step, world / *step * *step + *step})
    if (multiple > 0 && multiple <= maxWorldSize) {
      nearest = multiple;
      proposals.consider("world", multiple, build(multiple));
    }
  if (!proposals.empty())
    return "; use " + proposals.text() + " or other degrees";
  return "; world " + std::to_string(nearest) + " is, but then " +
         proposals.refusal().str();
}

std::optional<int64_t>
mlir::moe::commonMultiple(llvm::ArrayRef<std::optional<int64_t>> steps) {
  int64_t multiple = 1;
  for (std::optional<int64_t> step : steps) {
    if (!step || *step > maxWorldSize)
      return std::nullopt;
    multiple = std::lcm(multiple, *step);
    if (multiple > maxWorldSize)
      return std::nullopt;
  }
  return multiple;
}

/// In ascending order.
static llvm::SmallVector<int64_t> divisorsOf(int64_t number) {
  llvm::SmallVector<int64_t> divisors;
  for (int64_t divisor = 1; divisor <= number / divisor; ++divisor)
    if (number % divisor == 0) {
      divisors.push_back(divisor);
      if (divisor != number / divisor)
        divisors.push_back(number / divisor);
    }
  llvm::sort(divisors);
  return divisors;
}

std::string mlir::moe::describeDivisors(int64_t number, int64_t value) {
  if (number > maxWorldSize)
    return "one of its divisors";
  constexpr size_t allThatAreListed = 4;
  llvm::SmallVector<int64_t> divisors = divisorsOf(number);
  llvm::SmallVector<std::string, 4> texts;
  const auto *above = llvm::upper_bound(divisors, value);
  for (const int64_t &divisor : divisors)
    if (divisors.size() <= allThatAreListed || &divisor == above ||
        &divisor + 1 == above)
      texts.push_back(std::to_string(divisor));
  if (divisors.size() > allThatAreListed)
    texts.push_back("another divisor of " + std::to_string(number));
  std::string last = texts.pop_back_val();
  return texts.empty() ? last : llvm::join(texts, ", ") + " or " + last;
}
