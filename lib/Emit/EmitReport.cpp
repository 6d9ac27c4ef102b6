//===- EmitReport.cpp - report.md and report.html -------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The job on a page: figures, who sits where, which communicators exist, what
// the verifier found. Long tables are cut; rankmap.csv has all rows.
//
//===----------------------------------------------------------------------===//

#include "Context.h"
#include "RankTable.h"
#include "ReportRows.h"
#include "moe/Emit/Render.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace mlir::moe {

//===--- Phrases ----------------------------------------------------------===//

static std::string plural(int64_t count, StringRef noun) {
  return formatv("{0} {1}{2}", count, noun, count == 1 ? "" : "s").str();
}

/// "0-3, 8, 12-15": ascending runs, at most eight of them.
static std::string runsOf(ArrayRef<int64_t> numbers) {
  constexpr int maxRuns = 8;
  std::string text;
  int runs = 0;
  for (size_t i = 0; i < numbers.size();) {
    size_t end = i + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1)
      ++end;
    if (++runs > maxRuns)
      return text + ", …";
    text += (text.empty() ? "" : ", ") + std::to_string(numbers[i]);
    if (end - i > 1)
      text += "–" + std::to_string(numbers[end - 1]);
    i = end;
  }
  return text.empty() ? "–" : text;
}

static std::string verdict(const JobView &view) {
  auto count = [&](StringRef severity) {
    return count_if(view.findings, [&](const JobFinding &finding) {
      return finding.severity == severity;
    });
  };
  if (int64_t errors = count("error"))
    return "fail: " + plural(errors, "error") + ", " +
           plural(count("warning"), "warning");
  if (int64_t warnings = count("warning"))
    return "partial: no errors, " + plural(warnings, "warning");
  return "pass: no errors, no warnings";
}

//===--- Who sits where ---------------------------------------------------===//

namespace {

/// Describes ranks for the assignment matrix.
class Matrix {
public:
  explicit Matrix(const JobView &view)
      : view(view), table(view), pp(findAxis(view, "pp")),
        ep(findAxis(view, "ep")) {}

  json::Array rows() const;

private:
  int64_t stageOf(int64_t rank) const {
    return pp ? coordinateOn(*pp, rank) : 0;
  }
  std::string stage(int64_t rank) const;
  std::string experts(int64_t rank) const;
  std::string coordinates(int64_t rank) const;
  json::Object row(int64_t rank) const;
  json::Object summary(int64_t stage, ArrayRef<int64_t> ranks) const;

  const JobView &view;
  RankTable table;
  const JobAxis *pp, *ep;
};

} // namespace

std::string Matrix::stage(int64_t rank) const {
  int64_t index = stageOf(rank);
  std::string text = std::to_string(index);
  if (index >= static_cast<int64_t>(view.stages.size()))
    return text;
  const JobStage &stage = view.stages[index];
  std::string separator = ": ";
  auto add = [&](const std::string &part) {
    text += separator + part;
    separator = ", ";
  };
  if (stage.embedding)
    add("embedding");
  for (auto [begin, end] : stage.layers)
    if (begin + 1 == end)
      add(formatv("layer {0}", begin).str());
    else if (begin < end)
      add(formatv("layers {0}–{1}", begin, end - 1).str());
  if (stage.mtpLayers)
    add(plural(stage.mtpLayers, "MTP layer"));
  if (stage.output)
    add("output head");
  return text;
}

/// Experts of the first run of MoE layers on the rank's stage.
std::string Matrix::experts(int64_t rank) const {
  int64_t index = stageOf(rank);
  auto onStage = [&](const JobPlacement &placement) {
    if (index >= static_cast<int64_t>(view.stages.size()))
      return true;
    return any_of(view.stages[index].layers, [&](auto layers) {
      return layers.first < placement.layers.second &&
             placement.layers.first < layers.second;
    });
  };
  int64_t others = count_if(view.placements, onStage) - 1;
  auto found = find_if(view.placements, onStage);
  if (found == view.placements.end())
    return "–";
  int64_t position = ep ? coordinateOn(*ep, rank) % found->ranks : 0;
  std::vector<int64_t> held;
  for (int64_t s = 0; s < found->slotsPerRank; ++s)
    if (int32_t e = found->slots[position * found->slotsPerRank + s]; e >= 0)
      held.push_back(e);
  std::string text = runsOf(held);
  if (found->expertShards > 1)
    text += formatv(" (1/{0} of each)", found->expertShards).str();
  if (others > 0)
    text += formatv(" in layers {0}–{1}; others elsewhere", found->layers.first,
                    found->layers.second - 1)
                .str();
  return text;
}

std::string Matrix::coordinates(int64_t rank) const {
  std::string text;
  for (const JobMesh &mesh : view.meshes) {
    text += (text.empty() ? "" : "; ") + mesh.name;
    for (const JobAxis &axis : mesh.axes)
      text += formatv(" {0}={1}", axis.name, coordinateOn(axis, rank)).str();
  }
  return singleLine(text);
}

json::Object Matrix::row(int64_t rank) const {
  return json::Object{{"ranks", std::to_string(rank)},
                      {"host", std::to_string(table.hostOf(rank))},
                      {"gpu", std::to_string(table.gpuOf(rank))},
                      {"stage", stage(rank)},
                      {"experts", experts(rank)},
                      {"coordinates", coordinates(rank)}};
}

/// All ranks of a stage as one row; `ranks` is ascending and not empty.
json::Object Matrix::summary(int64_t stageIndex,
                             ArrayRef<int64_t> ranks) const {
  SmallVector<int64_t> hosts;
  for (int64_t rank : ranks)
    hosts.push_back(table.hostOf(rank));
  llvm::sort(hosts);
  hosts.erase(llvm::unique(hosts), hosts.end());
  std::string coordinates =
      pp ? formatv("pp={0}, all others vary", stageIndex).str() : "all vary";
  return json::Object{{"ranks", runsOf(ranks)},
                      {"host", runsOf(hosts)},
                      {"gpu", "…"},
                      {"stage", stage(ranks.front())},
                      {"experts", "as its ep coordinate says"},
                      {"coordinates", coordinates}};
}

json::Array Matrix::rows() const {
  constexpr int64_t allUpTo = 64, firstRows = 16;
  json::Array rows;
  int64_t shown = view.worldSize <= allUpTo ? view.worldSize : firstRows;
  for (int64_t rank = 0; rank < shown; ++rank)
    rows.push_back(row(rank));
  if (shown == view.worldSize)
    return rows;
  std::vector<std::vector<int64_t>> ranksOf(pp ? pp->size : 1);
  for (int64_t rank = 0; rank < view.worldSize; ++rank)
    ranksOf[stageOf(rank)].push_back(rank);
  for (size_t stage = 0; stage < ranksOf.size(); ++stage)
    rows.push_back(summary(stage, ranksOf[stage]));
  return rows;
}

//===--- Communicators ----------------------------------------------------===//

/// "0, 1, 2, 3, … 60": the ranks of a group.
static std::string membersOf(const RankGroups &groups, int64_t group) {
  constexpr int64_t maxMembers = 8;
  std::string text;
  for (int64_t m = 0, size = groups.size(); m < size; ++m) {
    if (m == maxMembers && size > maxMembers + 1) {
      text += ", … " + std::to_string(groups.rankAt(group, size - 1));
      break;
    }
    text += (m ? ", " : "") + std::to_string(groups.rankAt(group, m));
  }
  return text;
}

static int64_t countCrossing(const RankGroups &groups, const RankTable &table) {
  int64_t crossing = 0;
  for (int64_t g = 0, count = groups.count(); g < count; ++g) {
    int64_t host = table.hostOf(groups.rankAt(g, 0));
    for (int64_t m = 1, size = groups.size(); m < size; ++m)
      if (table.hostOf(groups.rankAt(g, m)) != host) {
        ++crossing;
        break;
      }
  }
  return crossing;
}

json::Array communicatorRows(const JobView &view) {
  RankTable table(view);
  json::Array rows;
  for (const JobCommunicator &c : view.communicators) {
    std::string name = c.name;
    for (const std::string &alias : c.aliases)
      name += " = " + alias;
    rows.push_back(json::Object{
        {"name", singleLine(name)},
        {"shape",
         formatv("{0} × {1}", c.groups.count(), c.groups.size()).str()},
        {"first", membersOf(c.groups, 0)},
        {"last", membersOf(c.groups, c.groups.count() - 1)},
        {"collectives",
         c.collectives.empty() ? "–" : singleLine(join(c.collectives, ", "))},
        {"crossing",
         formatv("{0} of {1}", countCrossing(c.groups, table), c.groups.count())
             .str()}});
  }
  return rows;
}

json::Array figureRows(const JobView &view) {
  json::Array rows;
  for (const JobFigure &figure : view.figures)
    rows.push_back(json::Object{{"name", templateValue(figure.name)},
                                {"value", templateValue(figure.value)},
                                {"source", templateValue(figure.source)}});
  return rows;
}

json::Array findingRows(const JobView &view) {
  json::Array rows;
  for (const JobFinding &finding : view.findings)
    rows.push_back(json::Object{{"severity", templateValue(finding.severity)},
                                {"rule", templateValue(finding.rule)},
                                {"message", singleLine(finding.message)}});
  return rows;
}

//===--- The page ---------------------------------------------------------===//

Error emitReport(StringRef path, const JobView &view,
                 const EmitOptions &options, raw_ostream &os) {
  json::Object context = commonContext(view);
  context["verdict"] = verdict(view);
  context["anyFigure"] = !view.figures.empty();
  context["anyFinding"] = !view.findings.empty();
  context["figures"] = figureRows(view);
  context["findings"] = findingRows(view);
  context["rows"] = Matrix(view).rows();
  context["compact"] = view.worldSize > 64;
  context["communicators"] = communicatorRows(view);
  context["anyCommunicator"] = !view.communicators.empty();
  context["hasFramework"] = !view.framework.empty();
  context["framework"] = singleLine(view.framework);
  return printTemplate(path, options, context, os);
}

} // namespace mlir::moe
