//===- BalanceOptions.cpp - Arguments of moec balance ---------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BalanceOptions.h"
#include "CommandLine.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

static constexpr llvm::StringLiteral balanceHelp =
    R"(usage: moec balance (--loads FILE... | --generate KIND) --ranks G --slots S

Places the experts of every layer on G ranks of S slots by load, and proves the
placement (moe-placement/1) on standard error. docs/balancing.md explains it.

  --loads FILE      tokens by layer and expert: SGLang's logical_count, a matrix
                    as JSON or CSV; given again: windows of the same layers
  --generate KIND   zipf:A, lognormal:S, dirichlet:A, grouped:G:E:N, sample:A:D,
                    onehot:P, uniform; with --experts E [--layers L --seed N
                    --tokens T]
  --dispatch HOW    weighted (default, exact from E + G - 1 slots on) or even
  --mode MODE       flat (default), home or eplb; with --nodes N, --groups K
  --rank-slots, --speeds LIST   usable slots and speeds by rank; --dead LIST
  --from FILE       repair: at most --max-moves M copies until --target R, not
                    if it gains less than --worth R; cheap by --costs FILE
  --score FILE      certify this placement instead of solving
  --plan PLAN       also what uneven ranks cost in this plan, and a slot more
  --advise          also what redundancy would reach the target
  --format FORMAT   json (default), sglang or trtllm
  --chart, --svg F  load of the ranks before and after, in text or as a picture
  -o FILE           write to a file instead of standard output

Example:
  moec balance --loads loads.json --ranks 32 --slots 9 -o placement.json
)";

/// The numbers of "1,2,3"; what is wrong, or nothing.
template <typename Number>
static std::string readList(StringRef option, StringRef text,
                            std::vector<Number> &numbers) {
  if (text.empty())
    return "";
  for (StringRef field : llvm::split(text, ',')) {
    Number number;
    bool failed;
    if constexpr (std::is_same_v<Number, double>)
      failed = field.trim().getAsDouble(number);
    else
      failed = field.trim().getAsInteger(10, number) || number < 0;
    if (failed)
      return option.str() + " takes numbers and commas, found " + quoted(field);
    numbers.push_back(number);
  }
  return "";
}

static std::string readRatio(StringRef option, StringRef text, double least,
                             double &value) {
  if (text.empty() ||
      (!text.getAsDouble(value) && value >= least && value <= 1000))
    return "";
  return option.str() + " takes a number from " + (least == 0 ? "0" : "1") +
         " to 1000, found " + quoted(text);
}

std::string BalanceOptions::readNumbers(StringRef speedList, StringRef slotList,
                                        StringRef deadList,
                                        StringRef targetText,
                                        StringRef worthText) {
  for (const std::string &problem :
       {readList("--speeds", speedList, speeds),
        readList("--rank-slots", slotList, rankSlots),
        readList("--dead", deadList, dead),
        readRatio("--target", targetText, 1, target),
        readRatio("--worth", worthText, 0, worth)})
    if (!problem.empty())
      return problem;
  for (int64_t rank : dead)
    if (ranks && rank >= *ranks)
      return "--dead names rank " + std::to_string(rank) + ", ranks are 0 to " +
             std::to_string(*ranks - 1);
  if (ranks && !rankSlots.empty() && int64_t(rankSlots.size()) != *ranks)
    return "--rank-slots has " + std::to_string(rankSlots.size()) +
           " numbers for " + counted(*ranks, "rank");
  return "";
}

std::string BalanceOptions::explainMissing() const {
  if (loads.empty() && !recipe)
    return "--loads is missing";
  if (!loads.empty() && recipe)
    return "--loads and --generate exclude each other";
  if (recipe && !experts)
    return "--generate needs --experts";
  if (recipe && (*experts > (1 << 20) ||
                 layers.value_or(1) > (int64_t(1) << 24) / *experts))
    return "--generate is limited to 16777216 loads";
  if (recipe && recipe->kind == LoadRecipe::Kind::OneHot && *experts < 2)
    return "--generate onehot needs 2 experts";
  if (!recipe && (experts || layers || seed || tokens))
    return "--experts, --layers, --seed and --tokens need --generate";
  if (!ranks || !slots)
    return !ranks ? "--ranks is missing" : "--slots is missing";
  return "";
}

std::string BalanceOptions::explainConflict() const {
  if (isEplb() && dispatch == "weighted")
    return "--mode eplb shares tokens evenly; leave --dispatch out";
  if (mode == "flat" && (nodes || groups))
    return "--nodes and --groups need --mode home or eplb; flat ignores them";
  if (isHome() && !nodes)
    return "--mode home needs --nodes, and --groups of the model's router";
  bool differ = !rankSlots.empty() || !speeds.empty() || !dead.empty();
  if (differ && mode != "flat")
    return "--rank-slots, --speeds and --dead need --mode flat";
  if (advise && !rankSlots.empty())
    return "--advise gives all ranks equally many slots; leave out "
           "--rank-slots";
  if (!from.empty() && (mode != "flat" || !score.empty()))
    return "--from needs --mode flat and excludes --score";
  if (from.empty() && (maxMoves || !costs.empty() || worth > 0))
    return "--max-moves, --worth and --costs need --from";
  if (loads.size() > 1 && (mode != "flat" || !from.empty()))
    return "several windows of loads need --mode flat, and no --from";
  return "";
}

PlacementProblem
BalanceOptions::problem(std::vector<int64_t> loadsOfLayer) const {
  PlacementProblem problem;
  problem.loads = std::move(loadsOfLayer);
  problem.ranks = *ranks;
  problem.slots = *slots;
  problem.speeds = speeds;
  problem.usableSlots = rankSlots;
  if (!dead.empty() && rankSlots.empty())
    problem.usableSlots.assign(*ranks, *slots);
  for (int64_t rank : dead)
    problem.usableSlots[rank] = 0;
  return problem;
}

std::optional<int> BalanceOptions::parse(llvm::ArrayRef<StringRef> args,
                                         llvm::raw_ostream &out,
                                         llvm::raw_ostream &err) {
  CommandLine line("balance", balanceHelp);
  std::string generate, speedList, slotList, deadList, targetText, worthText,
      seedText;
  line.inputs("loads", loads);
  line.option("generate", generate);
  line.count("experts", experts);
  line.count("layers", layers);
  line.option("seed", seedText);
  line.count("tokens", tokens);
  line.count("ranks", ranks);
  line.count("slots", slots);
  line.count("nodes", nodes);
  line.count("groups", groups);
  line.option("rank-slots", slotList);
  line.option("speeds", speedList);
  line.option("dead", deadList);
  line.choice("dispatch", {"weighted", "even"}, dispatch);
  line.choice("mode", {"flat", "home", "eplb"}, mode);
  line.input("from", from);
  line.count("max-moves", maxMoves, 0);
  line.option("target", targetText);
  line.option("worth", worthText);
  line.input("costs", costs);
  line.input("score", score);
  line.input("plan", plan);
  line.flag("advise", advise);
  line.choice("format", {"json", "sglang", "trtllm"}, format);
  line.flag("chart", chart);
  line.output("svg", svg);
  line.output("o", output);
  if (std::optional<int> status = line.parse(args, out, err))
    return status;
  std::string problem;
  if (!generate.empty())
    recipe = LoadRecipe::parse(generate, problem);
  if (int64_t number = 0; !seedText.empty()) {
    if (llvm::StringRef(seedText).getAsInteger(10, number) || number < 0)
      problem = "--seed takes a whole number, found " + quoted(seedText);
    seed = number;
  }
  if (problem.empty())
    problem = explainMissing();
  if (problem.empty())
    problem = readNumbers(speedList, slotList, deadList, targetText, worthText);
  if (problem.empty())
    problem = explainConflict();
  if (problem.empty())
    return std::nullopt;
  err << "moec balance: " << problem
      << "\n`moec balance --help` shows the usage\n";
  return 2;
}
