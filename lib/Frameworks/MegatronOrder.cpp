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

static constexpr llvm::StringLiteral knownAxes[] = {"tp", "cp", "ep",
                                                    "dp", "pp", "gtp_remat"};

static std::string describeUnknownAxis(llvm::StringRef token) {
  if (token.empty())
    return "has an empty axis name; the axes are joined by one '-' each";
  std::string text = "names the axis " + quoted(token);
  if (token == "etp" || token == "edp")
    return text + "; the experts' axes go by the names of attention's, '" +
           token.drop_front().str() + "' here";
  return text + "; the axes are tp, cp, ep, dp and pp, joined by '-'";
}

std::optional<MegatronOrder>
mlir::moe::parseMegatronOrder(llvm::StringRef order, Problems &problems) {
  std::string lower = order.lower();
  MegatronOrder parsed;
  bool readable = true;
  for (llvm::StringRef token : llvm::split(lower, '-')) {
    const auto *known = llvm::find(knownAxes, token);
    if (known == std::end(knownAxes)) {
      problems.add("order " + quoted(order) + " " + describeUnknownAxis(token));
      readable = false;
    } else if (!llvm::is_contained(parsed.axes, *known)) {
      parsed.axes.push_back(*known);
    } else if (!llvm::is_contained(parsed.repeated, *known)) {
      parsed.repeated.push_back(*known);
    }
  }
  if (!readable)
    return std::nullopt;
  return parsed;
}

/// Why the order has to name an axis.
static std::string describeNeed(const AxisDegrees &axis) {
  if (axis.attention.value > 1)
    return ", whose degree is " + std::to_string(axis.attention.value);
  if (axis.experts.value > 1)
    return ", along which the experts have " + axis.experts.name.str() + " = " +
           std::to_string(axis.experts.value);
  return ", which Megatron needs even where it is 1";
}

bool mlir::moe::checkOrderIsComplete(llvm::StringRef order,
                                     llvm::ArrayRef<llvm::StringRef> axes,
                                     llvm::ArrayRef<AxisDegrees> sizes,
                                     Problems &problems) {
  bool complete = true;
  for (const AxisDegrees &axis : sizes) {
    bool isOne = axis.attention.value == 1 && axis.experts.value == 1;
    if (llvm::is_contained(axes, axis.name) || (isOne && axis.name != "tp"))
      continue;
    problems.add("order " + quoted(order) + " does not name '" + axis.name +
                 "'" + describeNeed(axis) +
                 "; the default 'tp-cp-ep-dp-pp' names every axis");
    complete = false;
  }
  return complete;
}

Axes mlir::moe::withPipelineLast(llvm::ArrayRef<llvm::StringRef> axes) {
  Axes order(axes);
  llvm::erase(order, "pp");
  order.push_back("pp");
  return order;
}

Axes mlir::moe::withGtpRemat(llvm::ArrayRef<llvm::StringRef> axes,
                             llvm::StringRef anchor) {
  Axes order(axes);
  if (llvm::is_contained(order, "gtp_remat"))
    return order;
  auto *place = llvm::find(order, anchor);
  if (place == order.end())
    place = llvm::find(order, "tp");
  order.insert(place == order.end() ? order.begin() : std::next(place),
               "gtp_remat");
  return order;
}
