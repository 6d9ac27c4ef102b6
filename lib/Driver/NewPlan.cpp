//===- NewPlan.cpp - What commands that write a plan share ----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NewPlan.h"

#include "OutputFile.h"
#include "moe/Import/PlanFormat.h"
#include "moe/Json/Document.h"
#include "moe/Model/HfConfig.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace mlir::moe;
using llvm::StringRef;
namespace path = llvm::sys::path;
namespace fs = llvm::sys::fs;

std::string mlir::moe::pathFrom(StringRef plan, StringRef file) {
  if (plan.empty() || path::is_absolute(file) ||
      path::parent_path(plan).empty())
    return file.str();
  llvm::SmallString<128> folder(path::parent_path(plan)), target(file);
  if (fs::make_absolute(folder) || fs::make_absolute(target))
    return file.str();
  path::remove_dots(folder, /*remove_dot_dot=*/true);
  path::remove_dots(target, /*remove_dot_dot=*/true);
  auto from = path::begin(folder), fromEnd = path::end(folder);
  auto to = path::begin(target), toEnd = path::end(target);
  while (from != fromEnd && to != toEnd && *from == *to)
    ++from, ++to;
  llvm::SmallString<128> result;
  for (; from != fromEnd; ++from)
    path::append(result, "..");
  for (; to != toEnd; ++to)
    path::append(result, *to);
  return std::string(result);
}

std::string mlir::moe::configFile(StringRef path) {
  return fs::is_directory(path) ? path.str() + "/config.json" : path.str();
}

std::optional<ModelShape> mlir::moe::readModelFile(StringRef file,
                                                   llvm::raw_ostream &err) {
  InputErrors errors;
  std::optional<ModelShape> shape;
  if (auto document = json::Document::readFile(file, errors)) {
    if (document->root().is(json::Kind::Object))
      shape = readModelConfig(document->root(), "$", file, errors);
    else
      errors.add(file, document->root().position(),
                 "expected the configuration of a model, found " +
                     document->root().describe());
  }
  for (const InputError &error : errors.list())
    err << error.str();
  if (!errors.empty())
    return std::nullopt;
  return shape;
}

/// Writes a new file whole or not at all; never over another one.
static bool writeNewFile(StringRef command, StringRef file, StringRef text,
                         llvm::raw_ostream &err) {
  auto fail = [&](const std::string &reason) {
    err << command << ": cannot write " << quoted(file) << ": " << reason
        << "\n";
    return false;
  };
  if (fs::exists(file))
    return fail("it exists, remove it or choose another name");
  llvm::Error error =
      writeOutputFile(file, [&](llvm::raw_ostream &os) { os << text; });
  return !error || fail(llvm::toString(std::move(error)));
}

bool mlir::moe::writeNewPlan(StringRef command, StringRef file, StringRef text,
                             llvm::raw_ostream &out, llvm::raw_ostream &err) {
  if (!file.empty())
    return writeNewFile(command, file, text, err);
  out << text;
  return true;
}

std::string mlir::moe::explainPlanSize(const InitOptions &options,
                                       const GpuPreset &gpu) {
  // Each is below 2^31.
  int64_t gpus = options.nodes * options.gpusPerNode.value_or(gpu.gpusPerNode);
  int64_t largest = gpus;
  for (std::optional<int64_t> degree : {options.tp, options.cp, options.pp,
                                        options.vpp, options.ep, options.etp})
    largest = std::max(largest, degree.value_or(1));
  if (largest <= maxRanks)
    return "";
  return "a plan has at most " + std::to_string(maxRanks) +
         " GPUs, and degrees of at most that, found " + std::to_string(largest);
}
