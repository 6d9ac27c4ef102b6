//===- GroupsCommand.cpp - `moec groups` ----------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads the options of one framework, lets it build its groups and writes them
// as JSON.
//
//===----------------------------------------------------------------------===//

#include "GroupsOptions.h"
#include "moe/Driver/Commands.h"
#include "moe/Wording/Wording.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;

namespace {

/// `--name value`, `--name=value` or `--name`, taken apart. Underscores in
/// names are dashes, and torchtitan's `parallelism.` may stand before them.
struct Argument {
  explicit Argument(llvm::StringRef text) : text(text) {
    llvm::StringRef body = text;
    body.consume_front("--");
    auto [before, after] = body.split('=');
    if (body.contains('='))
      value = after;
    before.consume_front("parallelism.");
    name = before.str();
    llvm::replace(name, '_', '-');
  }

  llvm::StringRef text;
  std::string name;
  std::optional<llvm::StringRef> value;
};

class GroupsCommandLine {
public:
  /// Reads all arguments; problems of usage are collected.
  void parse(llvm::ArrayRef<llvm::StringRef> args);

  bool wantsHelp() const { return help; }
  llvm::ArrayRef<std::string> problems() const { return usageProblems; }
  const FrameworkConfiguration &configuration() const { return config; }

private:
  void chooseFramework(llvm::ArrayRef<llvm::StringRef> args);
  void parseArgument(Argument argument, llvm::ArrayRef<llvm::StringRef> &rest);
  void parseOption(const GroupsOption &option, const Argument &argument,
                   llvm::ArrayRef<llvm::StringRef> &rest);
  void store(const GroupsOption &option, llvm::StringRef value);
  void storeList(const GroupsOption &option, llvm::StringRef first,
                 llvm::ArrayRef<llvm::StringRef> &rest);
  std::optional<int64_t> readNumber(const GroupsOption &option,
                                    llvm::StringRef value);
  void reportUnknown(const Argument &argument);
  void problem(const llvm::Twine &text) { usageProblems.push_back(text.str()); }

  bool help = false;
  /// Empty until a known framework is named.
  llvm::StringRef framework;
  FrameworkConfiguration config;
  std::vector<GroupsOption> options;
  llvm::SmallVector<llvm::StringRef, 12> given;
  llvm::SmallVector<std::string, 2> usageProblems;
};

} // namespace

static llvm::SmallVector<llvm::StringRef, 5> frameworkNames() {
  return llvm::map_to_vector<5>(
      knownFrameworks(),
      [](const GroupsFramework &known) { return known.name; });
}

/// The value of an argument: what follows `=`, or the next argument.
static std::optional<llvm::StringRef>
takeValue(const Argument &argument, llvm::ArrayRef<llvm::StringRef> &rest) {
  if (argument.value)
    return argument.value;
  if (rest.empty() || rest.front().starts_with("--"))
    return std::nullopt;
  llvm::StringRef value = rest.front();
  rest = rest.drop_front();
  return value;
}

/// The other commands know this framework, this one does not.
static bool isTensorRt(llvm::StringRef name) {
  return name.equals_insensitive("trtllm") ||
         name.equals_insensitive("tensorrt-llm");
}

/// Which options there are depends on the framework, wherever it is named.
void GroupsCommandLine::chooseFramework(llvm::ArrayRef<llvm::StringRef> args) {
  llvm::SmallVector<llvm::StringRef, 1> named;
  while (!args.empty()) {
    Argument argument(args.front());
    args = args.drop_front();
    help |= argument.text == "--help" || argument.text == "-h";
    if (argument.name == "framework" && argument.text.starts_with("--"))
      named.push_back(takeValue(argument, args).value_or(""));
  }
  if (named.size() > 1)
    problem("option '--framework' is given twice");
  if (named.empty() || named.back().empty()) {
    problem("option '--framework' is missing; it is one of " +
            oneOf(frameworkNames()));
    return;
  }
  for (const GroupsFramework &known : knownFrameworks())
    if (known.name == named.back()) {
      framework = known.name;
      config = known.defaults;
      options = optionsOf(config);
      return;
    }
  std::string hint = isTensorRt(named.back())
                         ? "; TensorRT-LLM's groups are not known, only those "
                           "of " +
                               allOf(frameworkNames())
                         : didYouMean(named.back(), frameworkNames());
  problem("unknown framework " + quoted(named.back()) +
          (hint.empty() ? "; it is one of " + oneOf(frameworkNames()) : hint));
}

void GroupsCommandLine::parse(llvm::ArrayRef<llvm::StringRef> args) {
  chooseFramework(args);
  // Without a framework every option would be unknown.
  if (help || framework.empty())
    return;
  while (!args.empty()) {
    Argument argument(args.front());
    args = args.drop_front();
    parseArgument(argument, args);
  }
  if (!llvm::is_contained(given, "world"))
    problem("option '--world' is missing; it is the number of ranks");
}

void GroupsCommandLine::parseArgument(Argument argument,
                                      llvm::ArrayRef<llvm::StringRef> &rest) {
  if (!argument.text.starts_with("--")) {
    problem("unexpected argument " + quoted(argument.text) +
            "; settings are options, as in '--tp 2'");
    return;
  }
  if (argument.name == "framework") {
    takeValue(argument, rest);
    return;
  }
  if (argument.name == "format") {
    llvm::StringRef format = takeValue(argument, rest).value_or("");
    if (format != "json")
      problem("option '--format' has the value " + quoted(format) +
              "; groups are written as 'json'");
    return;
  }
  const auto *option = llvm::find_if(llvm::ArrayRef(options),
                                     [&](const GroupsOption &candidate) {
                                       return candidate.isCalled(argument.name);
                                     });
  if (option == llvm::ArrayRef(options).end()) {
    reportUnknown(argument);
    takeValue(argument, rest);
  } else {
    parseOption(*option, argument, rest);
  }
}

void GroupsCommandLine::parseOption(const GroupsOption &option,
                                    const Argument &argument,
                                    llvm::ArrayRef<llvm::StringRef> &rest) {
  if (llvm::is_contained(given, option.name))
    problem("option '--" + option.name + "' is given twice");
  given.push_back(option.name);
  if (option.isFlag()) {
    if (bool *const *flag = std::get_if<bool *>(&option.target))
      **flag = true;
    if (argument.value)
      problem("option '--" + option.name + "' is a flag and takes no value");
    return;
  }
  std::optional<llvm::StringRef> value = takeValue(argument, rest);
  if (!value)
    problem("option '--" + option.name + "' needs a value");
  else if (option.isList())
    storeList(option, *value, rest);
  else
    store(option, *value);
}

/// Numbers up to the next option; commas may stand between them.
void GroupsCommandLine::storeList(const GroupsOption &option,
                                  llvm::StringRef first,
                                  llvm::ArrayRef<llvm::StringRef> &rest) {
  auto &list = *std::get<std::vector<int64_t> *>(option.target);
  auto append = [&](llvm::StringRef text) {
    for (llvm::StringRef value : llvm::split(text, ','))
      if (std::optional<int64_t> number = readNumber(option, value))
        list.push_back(*number);
  };
  append(first);
  while (!rest.empty() && !rest.front().starts_with("--")) {
    append(rest.front());
    rest = rest.drop_front();
  }
}

std::optional<int64_t> GroupsCommandLine::readNumber(const GroupsOption &option,
                                                     llvm::StringRef value) {
  int64_t number = 0;
  if (!value.getAsInteger(10, number))
    return number;
  problem("option '--" + option.name + "' has the value " + quoted(value) +
          "; it must be a whole number");
  return std::nullopt;
}

void GroupsCommandLine::store(const GroupsOption &option,
                              llvm::StringRef value) {
  if (auto *text = std::get_if<std::string *>(&option.target)) {
    **text = value.str();
    return;
  }
  std::optional<int64_t> number = readNumber(option, value);
  if (!number)
    return;
  if (auto *optional = std::get_if<std::optional<int64_t> *>(&option.target))
    **optional = *number;
  else
    *std::get<int64_t *>(option.target) = *number;
}

/// Says why the option is not supported, names the frameworks that do have it,
/// or else the closest name.
void GroupsCommandLine::reportUnknown(const Argument &argument) {
  std::string name = "--" + argument.name;
  for (const UnsupportedOption &option : unsupportedOptions())
    if (option.framework == framework && option.name == argument.name) {
      problem("option " + quoted(name) + " of " + framework +
              " is not supported; it " + option.reason);
      return;
    }
  llvm::SmallVector<llvm::StringRef, 4> owners;
  for (const GroupsFramework &other : knownFrameworks()) {
    FrameworkConfiguration otherConfig = other.defaults;
    if (llvm::any_of(optionsOf(otherConfig), [&](const GroupsOption &option) {
          return option.isCalled(argument.name);
        }))
      owners.push_back(other.name);
  }
  std::vector<std::string> known{"--framework", "--format"};
  for (const GroupsOption &option : options)
    if (option.hasEffect())
      known.push_back(("--" + option.name).str());
  if (!owners.empty()) {
    problem(framework + " has no option " + quoted(name) + ", only " +
            llvm::join(owners, ", ") + "; those of " + framework + " are " +
            llvm::join(llvm::drop_begin(known, 2), " "));
    return;
  }
  for (const GroupsOption &option : options)
    for (llvm::StringRef longName : option.longNames)
      known.push_back(("--" + longName).str());
  llvm::SmallVector<llvm::StringRef, 24> candidates(known.begin(), known.end());
  problem("unknown option " + quoted(name) + " of " + framework +
          didYouMean(name, candidates));
}

/// The options of a framework, as many to a line as fit.
static void printOptions(const GroupsFramework &framework,
                         llvm::raw_ostream &out) {
  constexpr size_t width = 80, indent = 13;
  FrameworkConfiguration config = framework.defaults;
  std::string line = "  " + std::string(framework.name);
  line.resize(indent, ' ');
  std::vector<GroupsOption> options = optionsOf(config);
  for (const GroupsOption &option : llvm::drop_begin(options)) {
    if (!option.hasEffect())
      continue;
    if (line.size() + option.name.size() + 3 > width) {
      out << line << "\n";
      line.assign(indent, ' ');
    }
    line += (" --" + option.name).str();
  }
  out << line << "\n";
}

static void printGroupsHelp(llvm::raw_ostream &out) {
  out << "usage: moec groups --framework NAME --world N [options]\n\n"
         "Prints the process groups a framework builds, under its own names "
         "and in its\nown order, as JSON. Exit code 1: the framework could "
         "not run the configuration.\n\nOptions of each framework (its own "
         "long names are understood too):\n";
  for (const GroupsFramework &framework : knownFrameworks())
    printOptions(framework, out);
  out << "\nDegrees are 1 unless given. Megatron: --etp is as --tp, --order "
         "is\ntp-cp-ep-dp-pp. torchtitan: --dp-shard -1 takes what the other "
         "degrees leave.\nDeepSpeed: "
         "--d is use_data_before_expert_parallel.\n--hcp takes a size for each "
         "level of cp. --all-groups: also the world, groups of\none rank, "
         "copies of a model.\n\n"
         "Example:\n  moec groups --framework megatron --world 64 --tp 2 "
         "--pp 4 --ep 8 --etp 1\n";
}

int mlir::moe::runGroupsCommand(llvm::ArrayRef<llvm::StringRef> args,
                                llvm::raw_ostream &out,
                                llvm::raw_ostream &err) {
  GroupsCommandLine commandLine;
  commandLine.parse(args);
  if (commandLine.wantsHelp()) {
    printGroupsHelp(out);
    return 0;
  }
  for (const std::string &problem : commandLine.problems())
    err << "error: " << problem << "\n";
  if (!commandLine.problems().empty()) {
    err << "note: 'moec groups --help' shows all options and an example\n";
    return 2;
  }
  GroupsResult result =
      std::visit([](const auto &config) { return buildGroups(config); },
                 commandLine.configuration());
  if (auto *rejected = std::get_if<RejectedConfiguration>(&result)) {
    for (const std::string &problem : rejected->problems)
      err << "error: " << problem << "\n";
    return 1;
  }
  const auto &groups = std::get<FrameworkGroups>(result);
  for (const std::string &warning : groups.warnings)
    err << "warning: " << warning << "\n";
  writeGroupsJson(groups, out);
  return 0;
}
