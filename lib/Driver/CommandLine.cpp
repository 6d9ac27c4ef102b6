//===- CommandLine.cpp - Arguments of one command -------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CommandLine.h"

#include "OutputFile.h"

#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include <cstdlib>

using namespace mlir::moe;

void CommandLine::positional(llvm::StringRef name, std::string &target) {
  singles.emplace_back(name, &target);
}
void CommandLine::positionals(llvm::StringRef name,
                              std::vector<std::string> &target) {
  rest.emplace(name, &target);
}
void CommandLine::option(llvm::StringRef name, std::string &target) {
  options.push_back({name.str(), &target, {}});
}
void CommandLine::list(llvm::StringRef name, std::vector<std::string> &target) {
  options.push_back({name.str(), &target, {}});
}
void CommandLine::input(llvm::StringRef name, std::string &target) {
  options.push_back({name.str(), &target, {}, 1, Role::Input});
}
void CommandLine::output(llvm::StringRef name, std::string &target) {
  options.push_back({name.str(), &target, {}, 1, Role::Output});
}
void CommandLine::inputs(llvm::StringRef name,
                         std::vector<std::string> &target) {
  options.push_back({name.str(), &target, {}, 1, Role::Input});
}
void CommandLine::choice(llvm::StringRef name,
                         llvm::ArrayRef<llvm::StringRef> choices,
                         std::string &target) {
  options.push_back({name.str(), &target, {choices.begin(), choices.end()}});
}
void CommandLine::count(llvm::StringRef name, std::optional<int64_t> &target,
                        int64_t least) {
  options.push_back({name.str(), &target, {}, least});
}
void CommandLine::flag(llvm::StringRef name, bool &target) {
  options.push_back({name.str(), &target, {}});
}

std::string CommandLine::spelled(llvm::StringRef name) {
  return (name.size() == 1 ? "-" : "--") + name.str();
}

int CommandLine::badUsage(const std::string &problem,
                          llvm::raw_ostream &err) const {
  err << "moec " << command << ": " << problem << "\n"
      << "`moec " << command << " --help` shows the usage\n";
  return 2;
}

std::optional<std::string> CommandLine::store(const Option &option,
                                              llvm::StringRef value) {
  if (auto *const *text = std::get_if<std::string *>(&option.target)) {
    if (!option.choices.empty() && !llvm::is_contained(option.choices, value))
      return spelled(option.name) + " is " + oneOf(option.choices) +
             ", found " + quoted(value) + didYouMean(value, option.choices);
    **text = value.str();
    return std::nullopt;
  }
  if (auto *const *all =
          std::get_if<std::vector<std::string> *>(&option.target)) {
    (*all)->push_back(value.str());
    return std::nullopt;
  }
  int64_t number;
  if (value.getAsInteger(10, number) || number < option.least ||
      number >> 31 != 0)
    return spelled(option.name) + " takes a whole number of at least " +
           std::to_string(option.least) + " and at most " +
           std::to_string(INT32_MAX) + ", found " + quoted(value);
  *std::get<std::optional<int64_t> *>(option.target) = number;
  return std::nullopt;
}

std::optional<std::string>
CommandLine::readOption(llvm::StringRef name,
                        std::optional<llvm::StringRef> value,
                        llvm::ArrayRef<llvm::StringRef> &rest) {
  const auto *found =
      llvm::find_if(llvm::ArrayRef<Option>(options),
                    [&](const Option &option) { return option.name == name; });
  if (found == options.data() + options.size()) {
    auto known = llvm::map_to_vector(
        options, [](const Option &option) { return spelled(option.name); });
    llvm::SmallVector<llvm::StringRef> names(known.begin(), known.end());
    return "unknown option " + quoted(spelled(name)) +
           didYouMean(spelled(name), names);
  }
  if (auto *const *flag = std::get_if<bool *>(&found->target)) {
    if (value)
      return spelled(name) + " takes no value";
    **flag = true;
    return std::nullopt;
  }
  if (!value) {
    if (rest.empty())
      return spelled(name) + " needs a value";
    value = rest.consume_front();
  }
  if (value->empty())
    return spelled(name) + " needs a value, found an empty one";
  return store(*found, *value);
}

std::vector<std::string> CommandLine::filesToRead() const {
  std::vector<std::string> files;
  for (const auto &[name, target] : singles)
    files.push_back(*target);
  if (rest)
    files.insert(files.end(), rest->second->begin(), rest->second->end());
  for (const Option &option : options) {
    if (option.role != Role::Input)
      continue;
    if (auto *const *file = std::get_if<std::string *>(&option.target))
      files.push_back(**file);
    else if (auto *const *all =
                 std::get_if<std::vector<std::string> *>(&option.target))
      files.insert(files.end(), (*all)->begin(), (*all)->end());
  }
  return files;
}

/// What is wrong with the first output that would replace an input.
std::optional<std::string> CommandLine::findReplacedInput() const {
  std::vector<std::string> files = filesToRead();
  for (const Option &option : options) {
    if (option.role != Role::Output)
      continue;
    const std::string &file = *std::get<std::string *>(option.target);
    if (std::optional<std::string> problem = explainReplacement(file, files))
      return spelled(option.name) + ": " + *problem;
  }
  return std::nullopt;
}

std::optional<int> CommandLine::parse(llvm::ArrayRef<llvm::StringRef> args,
                                      llvm::raw_ostream &out,
                                      llvm::raw_ostream &err) {
  if (llvm::is_contained(args, "--help") || llvm::is_contained(args, "-h")) {
    out << help;
    return 0;
  }
  size_t position = 0;
  while (!args.empty()) {
    llvm::StringRef arg = args.consume_front();
    std::optional<std::string> problem;
    if (arg.size() > 1 && arg.starts_with("-")) {
      auto [name, value] = arg.ltrim('-').split('=');
      problem =
          readOption(name,
                     arg.contains('=') ? std::optional<llvm::StringRef>(value)
                                       : std::nullopt,
                     args);
    } else if (position < singles.size()) {
      *singles[position++].second = arg.str();
    } else if (rest) {
      rest->second->push_back(arg.str());
    } else {
      problem = "unexpected argument " + quoted(arg);
    }
    if (problem)
      return badUsage(*problem, err);
  }
  if (position < singles.size())
    return badUsage(singles[position].first.str() + " is missing", err);
  if (rest && rest->second->empty())
    return badUsage(rest->first.str() + " is missing", err);
  if (std::optional<std::string> problem = findReplacedInput())
    return badUsage(*problem, err);
  return std::nullopt;
}

bool mlir::moe::wantsColor(llvm::raw_ostream &out) {
  const char *noColor = std::getenv("NO_COLOR");
  return out.is_displayed() && (!noColor || !*noColor);
}
