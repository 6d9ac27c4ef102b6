//===- CompilePlan.cpp - Plan to the files of a bundle --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CompilePlan.h"

#include "moe/Check/Risks.h"
#include "moe/Emit/ReadLaunch.h"
#include "moe/Import/PlanToJson.h"
#include "moe/Import/SiteFile.h"
#include "moe/Json/Document.h"
#include "moe/Transforms/Passes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"

using namespace mlir;
using namespace mlir::moe;

/// Reads the file at `path` into `files` as `copy`.
static bool copyInput(StringRef path, StringRef copy,
                      std::vector<EmittedFile> &files, raw_ostream &err) {
  InputErrors errors;
  std::unique_ptr<llvm::MemoryBuffer> buffer = json::readFileText(path, errors);
  printErrors(errors, err);
  if (!buffer)
    return false;
  files.push_back(
      {copy.str(), /*executable=*/false, buffer->getBuffer().str()});
  return true;
}

/// Copies the files that a plan refers to and makes it refer to the copies, so
/// that the bundle's plan can be read where the bundle is.
static bool takeInputs(PlanOp plan, StringRef planFile,
                       std::vector<EmittedFile> &files, raw_ostream &err) {
  auto model = plan.getSection<ModelOp>();
  auto cluster = plan.getSection<ClusterOp>();
  auto distribution = plan.getSection<DistributionOp>();
  auto take = [&](std::optional<StringRef> path, const std::string &copy,
                  auto rename) -> bool {
    if (!path)
      return true;
    SmallString<256> source(*path);
    if (!llvm::sys::path::is_absolute(source)) {
      source = llvm::sys::path::parent_path(planFile);
      llvm::sys::path::append(source, *path);
    }
    rename(StringAttr::get(plan.getContext(), copy));
    return copyInput(source, copy, files, err);
  };
  bool taken = take(plan.getBaseline(), "inputs/baseline.json",
                    [&](StringAttr name) { plan.setBaselineAttr(name); });
  if (model)
    taken &= take(model.getFrom(), "inputs/model.json",
                  [&](StringAttr name) { model.setFromAttr(name); });
  if (cluster && cluster.getTopology()) {
    SmallVector<Attribute> copies;
    for (auto path : cluster.getTopology()->getAsRange<StringAttr>())
      taken &= take(path.getValue(),
                    "inputs/topology" + std::to_string(copies.size()) + ".txt",
                    [&](StringAttr name) { copies.push_back(name); });
    cluster.setTopologyAttr(ArrayAttr::get(plan.getContext(), copies));
  }
  if (distribution) {
    taken &= take(distribution.getLoads(), "inputs/loads.json",
                  [&](StringAttr name) { distribution.setLoadsAttr(name); });
    // TensorRT-LLM keeps its placements in YAML.
    StringRef kind =
        llvm::sys::path::extension(distribution.getFile().value_or(""));
    bool isYaml = kind == ".yaml" || kind == ".yml";
    taken &= take(distribution.getFile(),
                  isYaml ? "inputs/placement.yaml" : "inputs/placement.json",
                  [&](StringAttr name) { distribution.setFileAttr(name); });
  }
  return taken;
}

/// The plan as the bundle keeps it: in the form it came in.
static std::optional<EmittedFile> writePlan(PlanOp plan, StringRef planFile) {
  EmittedFile file;
  llvm::raw_string_ostream os(file.content);
  if (planFile.ends_with(".json")) {
    file.path = "plan.json";
    if (failed(exportPlan(plan, os)))
      return std::nullopt;
    return file;
  }
  file.path = "plan.mlir";
  plan->print(os);
  os << "\n";
  return file;
}

static FindingSeverity toSeverity(Severity severity) {
  switch (severity) {
  case Severity::Error:
    return FindingSeverity::Error;
  case Severity::Warning:
    return FindingSeverity::Warning;
  case Severity::Note:
    return FindingSeverity::Note;
  }
  llvm_unreachable("unknown severity");
}

/// Records what the report of the bundle has to repeat.
static void recordFindings(LaunchOp launch, const FindingList &findings) {
  OpBuilder builder = OpBuilder::atBlockEnd(&launch.getBody().front());
  for (const Finding &finding : findings.all())
    FindingOp::create(builder, finding.where,
                      FindingSeverityAttr::get(builder.getContext(),
                                               toSeverity(finding.severity)),
                      builder.getStringAttr(finding.rule),
                      builder.getStringAttr(finding.message));
}

static void recordRisks(LaunchOp launch, ArrayRef<Risk> risks) {
  OpBuilder builder = OpBuilder::atBlockEnd(&launch.getBody().front());
  for (const Risk &risk : risks)
    RiskOp::create(builder, launch.getLoc(), risk.metric, risk.expected,
                   risk.limit, static_cast<uint64_t>(risk.marginPermille),
                   risk.advice);
}

/// One line of a diagnostic: `plan.json:3:5: error: ...`.
static void print(Diagnostic &diag, raw_ostream &err) {
  err << placeOf(diag.getLocation()) << ": "
      << (diag.getSeverity() == DiagnosticSeverity::Error ? "error: "
                                                          : "warning: ")
      << diag << "\n";
}

/// Runs the lowering; diagnostics go to `err`.
static bool lower(mlir::ModuleOp module, raw_ostream &err) {
  ScopedDiagnosticHandler handler(module.getContext(), [&](Diagnostic &diag) {
    print(diag, err);
    return success();
  });
  PassManager pm(module.getContext());
  buildLowerPipeline(pm);
  return succeeded(pm.run(module));
}

CompileResult moe::compilePlan(LoadedPlan &loaded, StringRef planFile,
                               StringRef siteFile, const FindingList &findings,
                               raw_ostream &err) {
  CompiledPlan compiled;
  if (!takeInputs(loaded.plan, planFile, compiled.files, err))
    return CompileFailure::Input;
  std::optional<EmittedFile> plan = writePlan(loaded.plan, planFile);
  if (!plan)
    return CompileFailure::Input;
  std::vector<Risk> risks = assessRisks(loaded.plan);
  if (!lower(*loaded.module, err))
    return CompileFailure::Plan;
  auto launch = *loaded.module->getOps<LaunchOp>().begin();
  launch.setPlanDigest(llvm::toHex(
      llvm::SHA256::hash(llvm::arrayRefFromStringRef(plan->content)),
      /*LowerCase=*/true));
  recordRisks(launch, risks);
  recordFindings(launch, findings);
  if (!siteFile.empty()) {
    InputErrors errors;
    std::optional<SiteSettings> site = readSite(siteFile, errors);
    printErrors(errors, err);
    if (!site || !copyInput(siteFile, "inputs/site.json", compiled.files, err))
      return CompileFailure::Input;
    addSite(launch, *site);
  }
  compiled.job = readLaunch(launch);
  compiled.job.planFile = plan->path;
  compiled.files.push_back(std::move(*plan));
  auto emitted = emitAll(compiled.job);
  if (!emitted) {
    err << "error: " << llvm::toString(emitted.takeError()) << "\n";
    return CompileFailure::Input;
  }
  llvm::append_range(compiled.files, *emitted);
  return compiled;
}
