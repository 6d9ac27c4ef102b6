//===- MegatronOrder.cpp - The axis order of Megatron-Core ----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MegatronOrder.h"

#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;

/// gtp_remat is Megatron's sixth axis. It has size 1 in every configuration
/// this project builds and then changes nothing, but may be named.
static constexpr llvm::StringLiteral knownAxes[] = {"tp", "cp", "ep",
                                                    "dp", "pp", "gtp_remat"};

std::optional<llvm::SmallVector<llvm::StringRef, 6>>
mlir::moe::parseMegatronOrder(llvm::StringRef order, Problems &problems) {
  std::string lower = order.lower();
  llvm::SmallVector<llvm::StringRef, 6> axes;
  bool readable = true, repeats = false;
  for (llvm::StringRef token : llvm::split(lower, '-')) {
    const auto *known = llvm::find(knownAxes, token);
    if (known == std::end(knownAxes)) {
      problems.add("order " + quoted(order) + " names the axis " +
                   quoted(token) + "; the axes are tp, cp, ep, dp and pp");
      readable = false;
    } else if (llvm::is_contained(axes, *known)) {
      repeats = true;
    } else {
      axes.push_back(*known);
    }
  }
  if (repeats) {
    problems.add("order " + quoted(order) +
                 " names an axis twice, for which Megatron builds groups with "
                 "ranks outside the world; name each once: '" +
                 llvm::join(axes, "-") + "'");
    readable = false;
  }
  if (!readable)
    return std::nullopt;
  return axes;
}

bool mlir::moe::checkOrderIsComplete(llvm::StringRef order,
                                     llvm::ArrayRef<llvm::StringRef> axes,
                                     llvm::ArrayRef<Degree> sizes,
                                     Problems &problems) {
  bool complete = true;
  for (const Degree &axis : sizes) {
    bool isTensor = axis.name == "tp";
    if (llvm::is_contained(axes, axis.name) || (axis.value == 1 && !isTensor))
      continue;
    problems.add(
        "order " + quoted(order) + " does not name '" + axis.name + "'" +
        (axis.value == 1 ? llvm::Twine(", which Megatron needs even "
                                       "where it is 1")
                         : ", whose degree is " + llvm::Twine(axis.value)) +
        "; the default 'tp-cp-ep-dp-pp' names every axis");
    complete = false;
  }
  return complete;
}

std::string
mlir::moe::orderWithPipelineLast(llvm::ArrayRef<llvm::StringRef> axes) {
  std::string order;
  for (llvm::StringRef axis : axes)
    if (axis != "pp")
      order += axis.str() + "-";
  return order + "pp";
}
