//===- EmitRunbook.cpp - Runbook and alerts -------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What to compare in each phase of a rollout; the numbers are those of the job.
//
//===----------------------------------------------------------------------===//

#include "Context.h"
#include "ReportRows.h"
#include "moe/Emit/Render.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace mlir::moe {

/// "1", or "1 to 3" where some experts have more slots than others.
static std::string copiesOf(const JobPlacement &placement) {
  std::vector<int64_t> copies(placement.experts);
  for (int32_t expert : placement.slots)
    if (expert >= 0 && expert < placement.experts)
      ++copies[expert];
  if (copies.empty())
    return "0";
  auto [least, most] = std::minmax_element(copies.begin(), copies.end());
  return *least == *most ? std::to_string(*least)
                         : formatv("{0} to {1}", *least, *most).str();
}

static json::Array placementRows(const JobView &view) {
  json::Array rows;
  for (const JobPlacement &p : view.placements)
    rows.push_back(json::Object{
        {"layers",
         formatv("{0} to {1}", p.layers.first, p.layers.second - 1).str()},
        {"experts", std::to_string(p.experts)},
        {"slots", formatv("{0} × {1}", p.ranks, p.slotsPerRank).str()},
        {"copies", copiesOf(p)}});
  return rows;
}

static json::Array riskRows(const JobView &view) {
  json::Array rows;
  for (const JobRisk &risk : view.risks)
    rows.push_back(json::Object{
        {"metric", templateValue(risk.metric)},
        {"expected", templateValue(risk.expected)},
        {"limit", templateValue(risk.limit)},
        {"margin", formatv("{0:f1} %", risk.marginPermille / 10.0).str()},
        {"advice", templateValue(risk.advice)}});
  return rows;
}

Error emitRunbook(const JobView &view, const EmitOptions &options,
                  raw_ostream &os) {
  json::Object context = commonContext(view);
  context["lastRank"] = std::to_string(view.worldSize - 1);
  context["communicators"] = communicatorRows(view);
  context["placements"] = placementRows(view);
  context["anyPlacement"] = !view.placements.empty();
  context["figures"] = figureRows(view);
  int64_t together = hostsOfNvlink(view);
  context["wideNvlink"] = together > 1;
  context["nvlinkHosts"] = std::to_string(together);
  context["risks"] = riskRows(view);
  context["anyRisk"] = !view.risks.empty();
  context["findings"] = findingRows(view);
  context["anyFinding"] = !view.findings.empty();
  return printTemplate("report/runbook.md", options, context, os);
}

} // namespace mlir::moe
