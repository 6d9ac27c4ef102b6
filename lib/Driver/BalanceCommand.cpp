//===- BalanceCommand.cpp - moec balance ----------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CommandLine.h"
#include "moe/Balance/Solvers.h"
#include "moe/Driver/Commands.h"
#include "moe/Import/LoadMatrix.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

using namespace mlir::moe;
using llvm::StringRef;

static constexpr llvm::StringLiteral balanceHelp =
    R"(usage: moec balance --loads FILE --ranks G --slots S [options]

Places the experts of every layer on G ranks of S slots by recorded load, writes
the placement as JSON (moe-placement/1) and proves it on standard error: load of
the busiest rank over the mean, and what no placement could be below.

  --loads FILE       tokens per layer and expert: SGLang's logical_count JSON, a
                     JSON matrix, or CSV; layers without load are skipped
  --ranks G          ranks of one expert-parallel group
  --slots S          experts that each rank holds
  --dispatch HOW     weighted (default): copies of an expert get chosen shares,
                     exact from E + G - 1 slots on; even: equal shares, by search
  --mode MODE        flat (default), or eplb: as deepseek-ai/EPLB, always even
  --nodes N          nodes of the group, for eplb (default 1)
  --groups K         router groups of the model, for eplb (default 1)
  -o FILE            write the JSON to a file instead of standard output

Example:
  moec balance --loads loads.json --ranks 32 --slots 9 -o placement.json
)";

namespace {
/// What the command line says.
struct BalanceArguments {
  std::string loads, dispatch, mode = "flat", output;
  std::optional<int64_t> ranks, slots, nodes, groups;
  /// The exit status when the command is over.
  std::optional<int> parse(llvm::ArrayRef<StringRef> args,
                           llvm::raw_ostream &out, llvm::raw_ostream &err);
  std::string explainMissing() const;
  bool isEplb() const { return mode == "eplb"; }
  Dispatch dispatchRule() const {
    return isEplb() || dispatch == "even" ? Dispatch::Even : Dispatch::Weighted;
  }
  EplbHierarchy hierarchy() const {
    return {groups.value_or(1), nodes.value_or(1)};
  }
};

/// A layer with load, its placement, and the proof of it.
struct BalancedLayer {
  size_t row = 0;
  PlacementProblem problem;
  PlacementResult result;
  PlacementCertificate certificate;
};
} // namespace

/// What of the command line is wrong or does not exist yet; empty if nothing.
std::string BalanceArguments::explainMissing() const {
  if (loads.empty())
    return "--loads is missing";
  if (!ranks || !slots)
    return !ranks ? "--ranks is missing" : "--slots is missing";
  if (mode == "home")
    return "the mode 'home' is not yet available in this version";
  if (isEplb() && dispatch == "weighted")
    return "--mode eplb shares tokens evenly; leave --dispatch out";
  if (!isEplb() && (nodes || groups))
    return "--nodes and --groups need --mode eplb; flat ignores them";
  return "";
}

std::optional<int> BalanceArguments::parse(llvm::ArrayRef<StringRef> args,
                                           llvm::raw_ostream &out,
                                           llvm::raw_ostream &err) {
  auto isLater = [](StringRef arg) {
    StringRef name = arg.split('=').first;
    return name == "--from" || name == "--max-moves" || name == "--score" ||
           name == "--generate";
  };
  const auto *later = llvm::find_if(args, isLater);
  auto isLoads = [](StringRef arg) {
    return arg == "--loads" || arg.starts_with("--loads=");
  };
  CommandLine line("balance", balanceHelp);
  line.option("loads", loads);
  line.count("ranks", ranks);
  line.count("slots", slots);
  line.count("nodes", nodes);
  line.count("groups", groups);
  line.choice("dispatch", {"weighted", "even"}, dispatch);
  line.choice("mode", {"flat", "home", "eplb"}, mode);
  line.option("o", output);
  std::string problem;
  if (later != args.end())
    problem = quoted(later->split('=').first) +
              " is not yet available in this version";
  else if (llvm::count_if(args, isLoads) > 1)
    problem = "several windows of loads are not yet available in this version";
  else if (std::optional<int> status = line.parse(args, out, err))
    return status;
  else
    problem = explainMissing();
  if (problem.empty())
    return std::nullopt;
  err << "moec balance: " << problem
      << "\n`moec balance --help` shows the usage\n";
  return 2;
}

/// Places one layer; what is wrong with it goes to `err`.
static bool place(const BalanceArguments &arguments, BalancedLayer &layer,
                  llvm::raw_ostream &err) {
  const PlacementProblem &problem = layer.problem;
  std::vector<std::string> faults = problem.check();
  if (faults.empty() && arguments.isEplb())
    faults = checkEplb(problem, arguments.hierarchy());
  if (faults.empty()) {
    layer.result =
        arguments.isEplb() ? solveEplb(problem, arguments.hierarchy())
        : arguments.dispatchRule() == Dispatch::Even ? solveEven(problem)
                                                     : solveWeighted(problem);
    layer.certificate = problem.verify(
        layer.result,
        arguments.isEplb() ? Duplicates::Allowed : Duplicates::Forbidden,
        arguments.dispatchRule());
    faults = layer.certificate.faults;
  }
  for (const std::string &fault : faults)
    err << arguments.loads << ": error: layer " << layer.row << ": " << fault
        << "\n";
  return faults.empty();
}

/// One entry per row with load, all of them placed; nothing after the reasons.
static std::optional<std::vector<BalancedLayer>>
placeLayers(const BalanceArguments &arguments, llvm::raw_ostream &err) {
  InputErrors errors;
  std::optional<LoadMatrix> matrix = readLoadMatrix(arguments.loads, errors);
  for (const InputError &error : errors.list())
    err << error.str();
  if (!matrix)
    return std::nullopt;
  std::vector<BalancedLayer> layers;
  for (auto [row, loads] : llvm::enumerate(*matrix)) {
    if (llvm::all_of(loads, [](int64_t load) { return load == 0; }))
      continue;
    BalancedLayer &layer = layers.emplace_back();
    layer.row = row;
    layer.problem = {loads, *arguments.ranks, *arguments.slots};
    // What is wrong with one layer is mostly wrong with all.
    if (!place(arguments, layer, err))
      return std::nullopt;
  }
  if (layers.empty()) {
    err << arguments.loads << ": error: no layer has load\n";
    return std::nullopt;
  }
  return layers;
}

static void writeJson(const BalanceArguments &arguments,
                      llvm::ArrayRef<BalancedLayer> layers,
                      llvm::raw_ostream &os) {
  llvm::json::OStream json(os);
  auto writeLayer = [&](const BalancedLayer &layer) {
    json.attribute("layer", int64_t(layer.row));
    json.attributeArray("phy2log", [&] {
      for (int32_t expert : layer.result.experts)
        json.value(expert);
    });
    json.attributeArray("weights", [&] {
      for (double weight : layer.result.weights)
        json.value(weight);
    });
    json.attribute("max_over_mean", layer.certificate.maxOverMean());
    json.attribute("lower_bound", layer.certificate.boundOverMean());
    json.attribute("moves", 0);
    json.attribute("off_home", 0.0);
  };
  json.object([&] {
    json.attribute("schema", "moe-placement/1");
    json.attribute("ranks", *arguments.ranks);
    json.attribute("slots", *arguments.slots);
    json.attribute("dispatch", arguments.dispatchRule() == Dispatch::Even
                                   ? "even"
                                   : "weighted");
    json.attribute("mode", arguments.mode);
    json.attributeArray("layers", [&] {
      for (const BalancedLayer &layer : layers)
        json.object([&] { writeLayer(layer); });
    });
  });
  os << "\n";
}

static void printLayer(const BalanceArguments &arguments,
                       const BalancedLayer &layer, llvm::raw_ostream &os) {
  const PlacementCertificate &found = layer.certificate;
  os << llvm::format("%5lld  %10.6f  %10.6f  %9.4f %%  ", (long long)layer.row,
                     found.maxOverMean(), found.boundOverMean(),
                     100 * found.gap())
     << "rank " << found.heaviestRank
     << llvm::format(" has %.1f", found.maxLoad) << " tokens, most of expert "
     << found.heaviestExpert;
  LoadBound bound = layer.problem.lowerBound(arguments.dispatchRule());
  if (bound.why.empty())
    os << llvm::format("; bound: mean %.1f", found.meanLoad);
  else
    os << "; bound: " << bound.why;
  if (found.numDuplicates > 0)
    os << "; " << found.numDuplicates
       << " slots repeat an expert of their rank";
  os << "\n";
}

static void printCertificate(const BalanceArguments &arguments,
                             llvm::ArrayRef<BalancedLayer> layers,
                             llvm::raw_ostream &os) {
  int64_t experts = layers.front().problem.numExperts();
  int64_t slots = layers.front().problem.numSlots();
  int64_t exact = experts + *arguments.ranks - 1;
  os << experts << " experts in " << slots << " slots of " << *arguments.ranks
     << " ranks; weighted dispatch is exact from " << experts << " + "
     << *arguments.ranks << " - 1 = " << exact << " slots on\n"
     << "layer    max/mean  lower bound        gap  what binds\n";
  double sum = 0;
  const BalancedLayer *worst = &layers.front();
  for (const BalancedLayer &layer : layers) {
    printLayer(arguments, layer, os);
    sum += layer.certificate.maxOverMean();
    if (layer.certificate.maxOverMean() > worst->certificate.maxOverMean())
      worst = &layer;
  }
  os << llvm::format("mean max/mean %.6f, worst %.6f (layer %lld)\n",
                     sum / double(layers.size()),
                     worst->certificate.maxOverMean(), (long long)worst->row);
}

int mlir::moe::runBalanceCommand(llvm::ArrayRef<StringRef> args,
                                 llvm::raw_ostream &out,
                                 llvm::raw_ostream &err) {
  BalanceArguments arguments;
  if (std::optional<int> status = arguments.parse(args, out, err))
    return *status;
  std::optional<std::vector<BalancedLayer>> layers =
      placeLayers(arguments, err);
  if (!layers)
    return 2;
  if (arguments.output.empty()) {
    writeJson(arguments, *layers, out);
  } else {
    // Under a temporary name, renamed when all of it is there.
    auto write = [&](llvm::raw_ostream &os) -> llvm::Error {
      writeJson(arguments, *layers, os);
      os.flush();
      return llvm::Error::success();
    };
    if (llvm::Error error = llvm::writeToOutput(arguments.output, write)) {
      err << "moec balance: cannot write " << quoted(arguments.output) << ": "
          << llvm::toString(std::move(error)) << "\n";
      return 2;
    }
  }
  printCertificate(arguments, *layers, err);
  return 0;
}
