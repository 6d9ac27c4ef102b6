//===- BuildCommand.cpp - moec build and moec verify ----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BundleProof.h"
#include "CommandLine.h"
#include "CompilePlan.h"
#include "Progress.h"

#include "moe/Bundle/Bundle.h"
#include "moe/Check/Catalogue.h"
#include "moe/Check/CheckPlan.h"
#include "moe/Driver/Commands.h"
#include "moe/Wording/Wording.h"
#include "llvm/Support/FileSystem.h"

using namespace mlir;
using namespace mlir::moe;

static constexpr llvm::StringLiteral kBuildHelp =
    R"(Checks a plan, lowers it, and writes the launch bundle: rank map, NCCL group
set-up, launchers, report. The bundle is proved against the plan before the
command ends; a plan that cannot run gets no bundle.

usage: moec build PLAN -o DIR [--site SITE.json] [--strict]

  PLAN            plan file, .json or .mlir
  -o DIR          the bundle; an older bundle there is replaced whole
  --site FILE     partition, account, container, interfaces, ... of the cluster
  --strict        false claims and statements stop the build too

example: moec build examples/mixtral-8x22b-128xH100.json -o /tmp/mixtral
)";

/// The findings that forbid a bundle.
static std::vector<const Finding *> blockers(const FindingList &findings,
                                             bool strict) {
  std::vector<const Finding *> blocking;
  for (const Finding &finding : findings.all())
    if (blocksBuild(finding) || (strict && finding.severity == Severity::Error))
      blocking.push_back(&finding);
  return blocking;
}

/// Says why there is no bundle; the whole report is for `moec check`.
static int refuse(ArrayRef<const Finding *> blocking, StringRef planFile,
                  raw_ostream &err) {
  for (const Finding *finding : blocking)
    err << placeOf(finding->where) << ": error: " << finding->message << " ["
        << finding->rule << "]\n";
  err << "no bundle was written; `moec check " << planFile
      << "` shows the whole report\n";
  return 1;
}

static void printProblems(ArrayRef<BundleProblem> problems, StringRef directory,
                          raw_ostream &os) {
  for (const BundleProblem &problem : problems)
    os << directory << "/" << problem.file << ": error: " << problem.message
       << "\n";
}

/// `1 host`, `2 hosts`.
static void printSummary(const CompiledPlan &compiled, StringRef directory,
                         const FindingList &findings, raw_ostream &out) {
  const JobView &job = compiled.job;
  out << directory << ": " << counted(job.worldSize, "rank") << " on "
      << counted(job.hosts.size(), "host") << ", "
      << counted(job.communicators.size(), "communicator") << ", "
      << counted(compiled.files.size(), "file") << ", "
      << counted(findings.count(Severity::Warning), "warning") << "\n"
      << "proved: digests, rank map and groups, second compilation\n";
}

/// Writes the bundle, reads it back and proves it.
static int writeAndProve(const CompiledPlan &compiled, StringRef directory,
                         Progress &progress, raw_ostream &err) {
  progress.step("writing");
  BundleInfo info{compiled.job.name, compiled.job.planDigest, {}};
  auto remarks = writeBundle(compiled.files, info, directory);
  if (!remarks) {
    progress.clear();
    err << "moec build: " << llvm::toString(remarks.takeError()) << "\n";
    return 2;
  }
  progress.step("proving");
  std::vector<BundleProblem> problems = proveBundle(directory);
  progress.clear();
  printProblems(problems, directory, err);
  for (const std::string &remark : *remarks)
    err << remark << "\n";
  return problems.empty() ? 0 : 3;
}

namespace {
struct BuildOptions {
  std::string planFile, directory, siteFile;
  bool strict = false;
};
} // namespace

static int build(const BuildOptions &options, raw_ostream &out,
                 raw_ostream &err) {
  Progress progress(err);
  progress.step("checking");
  std::unique_ptr<MLIRContext> context = makePlanContext();
  std::optional<LoadedPlan> loaded =
      loadPlan(options.planFile, context.get(), err);
  if (!loaded)
    return 2;
  FindingList findings = checkPlan(loaded->plan);
  if (auto blocking = blockers(findings, options.strict); !blocking.empty()) {
    progress.clear();
    return refuse(blocking, options.planFile, err);
  }
  progress.step("compiling");
  CompileResult result =
      compilePlan(*loaded, options.planFile, options.siteFile, findings, err);
  if (auto *failure = std::get_if<CompileFailure>(&result)) {
    progress.clear();
    err << "no bundle was written\n";
    return *failure == CompileFailure::Plan ? 1 : 2;
  }
  const CompiledPlan &compiled = std::get<CompiledPlan>(result);
  if (int status = writeAndProve(compiled, options.directory, progress, err))
    return status;
  printSummary(compiled, options.directory, findings, out);
  return 0;
}

int moe::runBuildCommand(ArrayRef<StringRef> args, raw_ostream &out,
                         raw_ostream &err) {
  BuildOptions options;
  CommandLine line("build", kBuildHelp);
  line.positional("PLAN", options.planFile);
  line.output("o", options.directory);
  line.input("site", options.siteFile);
  line.flag("strict", options.strict);
  if (std::optional<int> status = line.parse(args, out, err))
    return *status;
  if (options.directory.empty()) {
    err << "moec build: -o DIR is missing: where shall the bundle go?\n";
    return 2;
  }
  return build(options, out, err);
}

static constexpr llvm::StringLiteral kVerifyHelp =
    R"(Re-reads a launch bundle and proves it: no file changed, missing or added (but
site.env, logs/ and build/), every rank on one GPU and every GPU with one rank
at most, every group as its mesh says, and the bundle's own plan compiles to
the same files.

usage: moec verify DIR

example: moec verify /tmp/mixtral
)";

int moe::runVerifyCommand(ArrayRef<StringRef> args, raw_ostream &out,
                          raw_ostream &err) {
  std::string directory;
  CommandLine line("verify", kVerifyHelp);
  line.positional("DIR", directory);
  if (std::optional<int> status = line.parse(args, out, err))
    return *status;
  if (!llvm::sys::fs::is_directory(directory)) {
    err << "moec verify: " << quoted(directory) << " is not a directory\n";
    return 2;
  }
  std::vector<BundleProblem> problems = proveBundle(directory);
  printProblems(problems, directory, err);
  if (!problems.empty()) {
    out << "FAIL  " << directory << ": " << counted(problems.size(), "problem")
        << "\n";
    return 1;
  }
  out << "PASS  " << directory
      << ": digests, rank map and groups, second compilation\n";
  return 0;
}
