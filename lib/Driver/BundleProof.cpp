//===- BundleProof.cpp - A bundle against its plan ------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BundleProof.h"

#include "CompilePlan.h"

#include "moe/Bundle/Bundle.h"
#include "moe/Check/CheckPlan.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace mlir::moe;

static std::string pathIn(StringRef directory, StringRef file) {
  SmallString<256> path(directory);
  llvm::sys::path::append(path, file);
  return path.str().str();
}

/// Fails for a file of the bundle that a second compilation writes differently.
static void compareFile(StringRef directory, const EmittedFile &file,
                        std::vector<BundleProblem> &problems) {
  if (isUserPath(file.path))
    return;
  auto buffer = llvm::MemoryBuffer::getFile(pathIn(directory, file.path),
                                            /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    problems.push_back({file.path, "is missing"});
  else if ((*buffer)->getBuffer() != file.content)
    problems.push_back({file.path, "is not what the plan compiles to"});
}

/// Compiles the bundle's own plan and compares.
static std::vector<BundleProblem> compareWithPlan(StringRef directory) {
  std::vector<BundleProblem> problems;
  std::string name = "plan.json";
  if (!llvm::sys::fs::exists(pathIn(directory, name)))
    name = "plan.mlir";
  std::string site = pathIn(directory, "inputs/site.json");
  if (!llvm::sys::fs::exists(site))
    site.clear();
  std::string messages;
  llvm::raw_string_ostream err(messages);
  std::unique_ptr<MLIRContext> context = makePlanContext();
  std::string planFile = pathIn(directory, name);
  std::optional<LoadedPlan> loaded = loadPlan(planFile, context.get(), err);
  CompileResult result = CompileFailure::Input;
  if (loaded)
    result = compilePlan(*loaded, planFile, site, checkPlan(loaded->plan), err);
  if (auto *compiled = std::get_if<CompiledPlan>(&result))
    for (const EmittedFile &file : compiled->files)
      compareFile(directory, file, problems);
  else
    problems.push_back({name, "does not compile: " + messages});
  return problems;
}

std::vector<BundleProblem> moe::proveBundle(StringRef directory) {
  std::vector<BundleProblem> problems = verifyDigests(directory);
  if (problems.empty())
    problems = verifyStructure(directory);
  if (problems.empty())
    problems = compareWithPlan(directory);
  return problems;
}
