//===- Problems.cpp - Collects what is wrong with a configuration ---------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Advice.h"

#include "moe/Frameworks/Configurations.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVectorExtras.h"

using namespace mlir::moe;

std::optional<int64_t> mlir::moe::productOf(llvm::ArrayRef<Degree> factors) {
  return countRanks(llvm::map_to_vector(
      factors, [](const Degree &factor) { return factor.value; }));
}

std::string mlir::moe::describeProduct(llvm::ArrayRef<Degree> factors) {
  std::string text;
  llvm::raw_string_ostream out(text);
  llvm::interleave(
      factors, out, [&](const Degree &factor) { out << factor.name; }, " x ");
  out << " = ";
  llvm::interleave(
      factors, out, [&](const Degree &factor) { out << factor.value; }, " x ");
  std::optional<int64_t> product = productOf(factors);
  if (factors.size() > 1 && product)
    out << " = " << *product;
  return text;
}

bool Problems::checkWorld(int64_t world) {
  if (world < 1)
    add("the world has " + llvm::Twine(world) + " ranks; it needs at least 1");
  else if (world > maxWorldSize)
    add("the world has " + llvm::Twine(world) + " ranks; at most " +
        llvm::Twine(maxWorldSize) + " are supported");
  else
    return true;
  return false;
}

bool Problems::checkDegrees(llvm::ArrayRef<Degree> degrees) {
  bool ok = true;
  for (const Degree &degree : degrees) {
    if (degree.value >= 1)
      continue;
    add("'" + degree.name + "' is " + llvm::Twine(degree.value) +
        "; it must be at least 1");
    ok = false;
  }
  return ok;
}

std::optional<int64_t>
Problems::checkMultiple(const Degree &whole, llvm::ArrayRef<Degree> parts,
                        llvm::function_ref<std::string()> advice) {
  std::optional<int64_t> step = productOf(parts);
  if (step && whole.value % *step == 0)
    return whole.value / *step;
  add(whole.name + " " + llvm::Twine(whole.value) + " is not divisible by " +
      describeProduct(parts) + advice());
  return std::nullopt;
}

bool Problems::checkDivides(const Degree &divisor,
                            llvm::ArrayRef<Degree> parts) {
  std::optional<int64_t> product = productOf(parts);
  if (product && *product % divisor.value == 0)
    return true;
  add("'" + divisor.name + "' is " + llvm::Twine(divisor.value) +
      ", which does not divide " + describeProduct(parts) +
      (product ? "; use " + describeDivisors(*product, divisor.value)
               : std::string("; lower these degrees")));
  return false;
}

bool Problems::checkProduct(const Degree &whole, llvm::ArrayRef<Degree> parts,
                            llvm::function_ref<std::string()> advice) {
  std::optional<int64_t> product = productOf(parts);
  if (product && *product == whole.value)
    return true;
  add(whole.name + " " + llvm::Twine(whole.value) + " is not " +
      describeProduct(parts) + advice());
  return false;
}
