//===- PlanFromJson.cpp - Plan files to moe.plan --------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Import/PlanFromJson.h"

#include "ExpertTables.h"
#include "KeyReader.h"
#include "ModelSection.h"
#include "NamedFile.h"
#include "TopologyFile.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "moe/Hardware/GpuPreset.h"
#include "moe/IR/FieldLocation.h"
#include "moe/IR/MoE.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace mlir::moe;
using json::Document;
using json::Kind;
using json::ObjectReader;

namespace {
/// Reads one plan file, section by section, as the table of the format says.
class PlanReader {
public:
  PlanReader(MLIRContext *context, StringRef file, InputErrors &errors,
             std::vector<InputNote> *notes)
      : builder(context), file(file), errors(errors), notes(notes) {}

  PlanOp read(const Document &document);

private:
  MLIRContext *context() { return builder.getContext(); }
  Operation *readSection(const PlanSection &section, ObjectReader &object);
  void readMember(const PlanKey &key, ObjectReader &object,
                  OperationState &state);
  void readSchema(const PlanKey &key, ObjectReader &object);
  void readName(const PlanKey &key, ObjectReader &object,
                OperationState &state);
  void readModel(const PlanKey &key, ObjectReader &object);
  void readObjects(const PlanKey &key, ObjectReader &object);
  void readBounds(const PlanKey &key, ObjectReader &object);
  void readCounts(const PlanKey &key, ObjectReader &object);
  void rejectRepeatedClaims(PlanOp plan);
  void rejectHugeCluster(PlanOp plan);
  void reportUnknownGpu(const json::Value &root);

  OpBuilder builder;
  StringRef file;
  InputErrors &errors;
  std::vector<InputNote> *notes;
};
} // namespace

//===----------------------------------------------------------------------===//
// Sections
//===----------------------------------------------------------------------===//

Operation *PlanReader::readSection(const PlanSection &section,
                                   ObjectReader &object) {
  OperationState state(locationOf(context(), object, section),
                       section.operation);
  if (!section.symbol.empty())
    state.addAttribute("sym_name", builder.getStringAttr(section.symbol));
  {
    OpBuilder::InsertionGuard guard(builder);
    if (section.hasBody)
      builder.setInsertionPointToStart(&state.addRegion()->emplaceBlock());
    for (const PlanKey &key : section.keys)
      if (!key.required || object.require(key.name))
        readMember(key, object, state);
  }
  object.rejectUnknown();
  return builder.create(state);
}

void PlanReader::readMember(const PlanKey &key, ObjectReader &object,
                            OperationState &state) {
  switch (key.kind) {
  case KeyKind::Schema:
    return readSchema(key, object);
  case KeyKind::Name:
    return readName(key, object, state);
  case KeyKind::Model:
    return readModel(key, object);
  case KeyKind::Object:
    if (std::optional<ObjectReader> inner = object.objectAt(key.name))
      readSection(*key.section, *inner);
    return;
  case KeyKind::Objects:
    return readObjects(key, object);
  case KeyKind::Bounds:
    return readBounds(key, object);
  case KeyKind::Counts:
    return readCounts(key, object);
  default:
    return readKey(key, object, context(), state.attributes);
  }
}

void PlanReader::readSchema(const PlanKey &key, ObjectReader &object) {
  std::optional<StringRef> schema = object.string(key.name);
  if (schema && *schema != planSchema)
    object.report(key.name, "expected " + quotedValue(planSchema) + " for " +
                                object.pathOf(key.name) + ", found " +
                                object.find(key.name)->value.describe());
}

static bool isControl(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

void PlanReader::readName(const PlanKey &key, ObjectReader &object,
                          OperationState &state) {
  std::optional<StringRef> name = object.string(key.name);
  if (!object.find(key.name)) {
    StringRef stem = llvm::sys::path::stem(file);
    // Of standard input: "<stdin>".
    name = llvm::all_of(stem, llvm::isPrint) && !stem.starts_with("<") ? stem
                                                                       : "plan";
    state.addAttribute("unnamed", builder.getUnitAttr());
  } else if (!name) {
    return;
  }
  // Jobs, folders and the first lines of scripts are called after the plan.
  if (name->empty() || llvm::any_of(*name, isControl))
    return object.report(key.name,
                         "expected a name without control characters for " +
                             object.pathOf(key.name) + ", found " +
                             object.find(key.name)->value.describe());
  state.addAttribute(key.attributeName(), builder.getStringAttr(*name));
}

void PlanReader::readModel(const PlanKey &key, ObjectReader &object) {
  const json::Value &value = object.find(key.name)->value;
  if (value.is(Kind::Object)) {
    buildModel(builder, {value, file, object.pathOf(key.name), ""}, errors,
               notes);
    return;
  }
  std::string expected = "expected the path of a config.json or an object";
  if (!value.is(Kind::String) || value.text().empty())
    return object.report(key.name, expected + " for " +
                                       object.pathOf(key.name) + ", found " +
                                       value.describe());
  if (!readPlainString(key.name, object))
    return;
  Location where = locationOf(context(), file, value.position());
  std::optional<Document> config =
      readNamedFile(file, value.text(), where, errors);
  if (!config)
    return;
  if (!config->root().is(Kind::Object))
    return errors.add(config->file(), config->root().position(),
                      "expected the configuration of a model, found " +
                          config->root().describe());
  buildModel(builder, {config->root(), config->file(), "$", value.text()},
             errors, notes);
}

/// Most elements that a list of objects may have.
static constexpr size_t maxObjects = size_t(1) << 16;

void PlanReader::readObjects(const PlanKey &key, ObjectReader &object) {
  const json::Value *array = object.array(key.name);
  if (!array)
    return;
  if (array->elements().size() > maxObjects)
    return object.report(key.name,
                         object.pathOf(key.name) + " has " +
                             std::to_string(array->elements().size()) +
                             " elements, expected at most " +
                             std::to_string(maxObjects));
  for (auto [index, element] : llvm::enumerate(array->elements())) {
    std::string path =
        object.pathOf(key.name) + "[" + std::to_string(index) + "]";
    if (element.is(Kind::Object)) {
      ObjectReader reader(element, path, file, errors);
      readSection(*key.section, reader);
    } else {
      errors.add(file, element.position(),
                 "expected an object for " + path + ", found " +
                     element.describe());
    }
  }
}

void PlanReader::readBounds(const PlanKey &key, ObjectReader &object) {
  std::optional<ObjectReader> bounds = object.objectAt(key.name);
  if (!bounds)
    return;
  for (StringRef metric : key.words) {
    std::optional<StringRef> text = bounds->string(metric);
    if (!text)
      continue;
    std::string error;
    if (!Bound::parse(*text, error)) {
      bounds->report(metric, "in " + bounds->pathOf(metric) + ": " + error);
      continue;
    }
    OperationState state(
        locationOf(context(), file, bounds->positionOf(metric)),
        key.section->operation);
    state.addAttribute("metric", builder.getStringAttr(metric));
    state.addAttribute("bound", BoundAttr::get(context(), *text));
    builder.create(state);
  }
  bounds->rejectUnknown();
}

void PlanReader::readCounts(const PlanKey &key, ObjectReader &object) {
  std::optional<std::vector<int64_t>> counts =
      object.integers(key.name, key.min, key.max);
  if (!counts)
    return;
  if (counts->empty() || counts->size() > size_t(maxRanks))
    return object.report(key.name,
                         "expected from 1 to " + std::to_string(maxRanks) +
                             " numbers for " + object.pathOf(key.name) +
                             ", found " + std::to_string(counts->size()));
  OperationState state(locationOf(context(), file, object.positionOf(key.name)),
                       key.section->operation);
  state.addAttribute(key.attributeName(),
                     builder.getDenseI64ArrayAttr(*counts));
  builder.create(state);
}

//===----------------------------------------------------------------------===//
// The plan as a whole
//===----------------------------------------------------------------------===//

void PlanReader::rejectRepeatedClaims(PlanOp plan) {
  llvm::StringMap<Location> seen;
  for (auto claim : plan.getBody().getOps<ClaimOp>()) {
    StringAttr id = claim.getIdAttr();
    if (!id)
      continue; // reported where it was read
    Location where = fieldLoc(claim, "id");
    auto [first, isNew] = seen.try_emplace(id.getValue(), where);
    if (!isNew)
      reportAt(errors, where,
               "a claim called " + quoted(id.getValue()) + " stands above",
               first->second, "the first claim of that name");
  }
}

/// The size of everything that is later written down follows from the ranks.
void PlanReader::rejectHugeCluster(PlanOp plan) {
  auto cluster = plan.getSection<ClusterOp>();
  if (!cluster || !cluster.getNodes() || !cluster.getGpusPerNode())
    return;
  // Both are at most maxRanks, so the product fits.
  int64_t gpus = *cluster.getNodes() * *cluster.getGpusPerNode();
  if (gpus > maxRanks)
    reportAt(errors, fieldLoc(cluster, "nodes"),
             std::to_string(*cluster.getNodes()) + " nodes of " +
                 std::to_string(*cluster.getGpusPerNode()) + " GPUs are " +
                 std::to_string(gpus) + " GPUs, expected at most " +
                 std::to_string(maxRanks));
}

/// Whether the plan describes its GPU itself (cluster-4).
static bool describesGpu(const json::Value &cluster) {
  static constexpr StringRef figures[] = {"gpu_memory", "peak_bf16", "peak_fp8",
                                          "intra_node", "inter_node"};
  return llvm::any_of(figures,
                      [&](StringRef key) { return cluster.find(key); });
}

/// A plan with faults gets no findings: what cluster-4 would say of its GPU is
/// one of them.
void PlanReader::reportUnknownGpu(const json::Value &root) {
  const json::Member *cluster = root.find("cluster");
  if (!cluster || !cluster->value.is(Kind::Object))
    return;
  const json::Member *gpu = cluster->value.find("gpu");
  std::string unknown;
  if (gpu && gpu->value.is(Kind::String) && !describesGpu(cluster->value) &&
      !lookupGpuPreset(gpu->value.text(), unknown))
    errors.add(file, gpu->value.position(), unknown);
}

PlanOp PlanReader::read(const Document &document) {
  if (!document.root().is(Kind::Object)) {
    errors.add(file, document.root().position(),
               "expected a plan, a JSON object, found " +
                   document.root().describe());
    return {};
  }
  ObjectReader root(document.root(), "$", file, errors);
  auto plan = cast<PlanOp>(readSection(planFormat(), root));
  rejectRepeatedClaims(plan);
  rejectHugeCluster(plan);
  if (errors.empty()) {
    readExpertTables(plan, file, errors);
    readTopology(plan, file, errors);
  } else {
    reportUnknownGpu(document.root());
  }
  return plan;
}

/// What the verifiers of the dialect find wrong with `module`, as errors.
static void verifyInto(ModuleOp module, InputErrors &errors) {
  ScopedDiagnosticHandler handler(
      module.getContext(), [&](Diagnostic &diagnostic) {
        reportAt(errors, diagnostic.getLocation(), diagnostic.str());
        return success();
      });
  // Failure always comes with a diagnostic.
  (void)verify(module);
}

static OwningOpRef<ModuleOp> importDocument(const Document &document,
                                            MLIRContext *context,
                                            InputErrors &errors,
                                            std::vector<InputNote> *notes) {
  context->getOrLoadDialect<MoEDialect>();
  size_t before = errors.count();
  OwningOpRef<ModuleOp> module = ModuleOp::create(
      locationOf(context, document.file(), document.root().position()));
  PlanReader reader(context, document.file(), errors, notes);
  if (OwningOpRef<PlanOp> plan = reader.read(document);
      plan && errors.count() == before)
    module->push_back(plan.release());
  if (errors.count() == before)
    verifyInto(*module, errors);
  return errors.count() == before ? std::move(module) : OwningOpRef<ModuleOp>();
}

OwningOpRef<ModuleOp> moe::importPlan(StringRef path, MLIRContext *context,
                                      InputErrors &errors,
                                      std::vector<InputNote> *notes) {
  std::optional<Document> document = Document::readFile(path, errors);
  if (!document)
    return {};
  return importDocument(*document, context, errors, notes);
}

OwningOpRef<ModuleOp> moe::importPlanText(StringRef text, StringRef file,
                                          MLIRContext *context,
                                          InputErrors &errors,
                                          std::vector<InputNote> *notes) {
  std::optional<Document> document = Document::parse(text, file, errors);
  if (!document)
    return {};
  return importDocument(*document, context, errors, notes);
}

OwningOpRef<ModuleOp> moe::importModelConfig(StringRef text, StringRef file,
                                             MLIRContext *context,
                                             InputErrors &errors,
                                             std::vector<InputNote> *notes) {
  context->getOrLoadDialect<MoEDialect>();
  size_t before = errors.count();
  std::optional<Document> document = Document::parse(text, file, errors);
  if (!document)
    return {};
  if (!document->root().is(Kind::Object)) {
    errors.add(file, document->root().position(),
               "expected the configuration of a model, found " +
                   document->root().describe());
    return {};
  }
  Location where = locationOf(context, file, document->root().position());
  OwningOpRef<ModuleOp> module = ModuleOp::create(where);
  OpBuilder builder = OpBuilder::atBlockEnd(module->getBody());
  OperationState state(where, PlanOp::getOperationName());
  state.addAttribute("sym_name", builder.getStringAttr("model_only"));
  state.addAttribute("unnamed", builder.getUnitAttr());
  builder.setInsertionPointToStart(&state.addRegion()->emplaceBlock());
  buildModel(builder, {document->root(), file, "$", file}, errors, notes);
  builder.setInsertionPointToEnd(module->getBody());
  builder.create(state);
  if (errors.count() == before)
    verifyInto(*module, errors);
  return errors.count() == before ? std::move(module) : OwningOpRef<ModuleOp>();
}
