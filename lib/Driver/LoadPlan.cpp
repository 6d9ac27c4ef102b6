//===- LoadPlan.cpp - Plan files of either form ---------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoadPlan.h"

#include "mlir/Bytecode/BytecodeReader.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "moe/Import/PlanFromJson.h"
#include "moe/Json/Document.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace mlir::moe;

std::unique_ptr<MLIRContext> moe::makePlanContext() {
  DialectRegistry registry;
  registry.insert<MoEDialect, arith::ArithDialect, func::FuncDialect,
                  shard::ShardDialect>();
  auto context =
      std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  context->loadAllAvailableDialects();
  return context;
}

/// Deepest nesting of braces and brackets in MLIR text. A plan at the launch
/// level needs six; MLIR's parser recurses and would run out of stack.
static constexpr int kMaxDepth = 200;

/// Whether the text nests too deeply. Strings do not count, nor does the arrow.
static bool nestsTooDeeply(StringRef text) {
  int depth = 0;
  bool inString = false;
  for (size_t i = 0; i < text.size() && depth <= kMaxDepth; ++i) {
    char c = text[i];
    if (inString && c == '\\')
      ++i;
    else if (c == '"')
      inString = !inString;
    else if (inString || (c == '-' && text.substr(i).starts_with("->")))
      i += !inString;
    else if (StringRef("{[(<").contains(c))
      ++depth;
    else if (StringRef("}])>").contains(c))
      --depth;
  }
  return depth > kMaxDepth;
}

/// Whether the file is one that people read, to go by its name.
static bool isDocument(StringRef path) {
  return path.ends_with(".md") || path.ends_with(".markdown") ||
         path.ends_with(".txt");
}

/// Parses MLIR; diagnostics of the parser go to `err` with the line they are
/// about.
static OwningOpRef<mlir::ModuleOp>
parseModule(StringRef path, MLIRContext *context, raw_ostream &err) {
  // A device or a pipe would be read without end.
  if (!llvm::sys::fs::is_regular_file(path)) {
    err << path << ": error: "
        << (llvm::sys::fs::exists(path) ? "is not a regular file"
                                        : "no such file")
        << "\n";
    return {};
  }
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer) {
    err << path << ": error: cannot be read: " << buffer.getError().message()
        << "\n";
    return {};
  }
  if (!isBytecode((*buffer)->getMemBufferRef()) &&
      nestsTooDeeply((*buffer)->getBuffer())) {
    err << path << ": error: nests deeper than " << kMaxDepth << " levels\n";
    return {};
  }
  auto sources = std::make_shared<llvm::SourceMgr>();
  sources->AddNewSourceBuffer(std::move(*buffer), llvm::SMLoc());
  SourceMgrDiagnosticHandler handler(*sources, context, err);
  return parseSourceFile<mlir::ModuleOp>(sources, context);
}

std::optional<LoadedPlan> moe::loadPlan(StringRef path, MLIRContext *context,
                                        raw_ostream &err) {
  LoadedPlan loaded;
  if (path.ends_with(".json")) {
    InputErrors errors;
    loaded.module = importPlan(path, context, errors);
    printErrors(errors, err);
  } else if (isDocument(path) && llvm::sys::fs::is_regular_file(path)) {
    err << path
        << ": error: expected a plan, a .json or .mlir file, found a document; "
           "'moec import-claims' reads one into a plan\n";
  } else {
    loaded.module = parseModule(path, context, err);
  }
  if (!loaded.module)
    return std::nullopt;
  auto plans = llvm::to_vector(loaded.module->getOps<PlanOp>());
  if (plans.size() != 1) {
    err << path << ": error: expected one plan, found " << plans.size() << "\n";
    return std::nullopt;
  }
  loaded.plan = plans.front();
  return loaded;
}

std::vector<std::string> moe::filesOf(const LoadedPlan &loaded) {
  llvm::SetVector<StringRef> files;
  loaded.module.get()->walk([&](Operation *op) {
    op->getLoc()->walk([&](Location part) {
      if (auto place = dyn_cast<FileLineColLoc>(part))
        files.insert(place.getFilename().getValue());
      return WalkResult::advance();
    });
  });
  return {files.begin(), files.end()};
}

void moe::printErrors(const InputErrors &errors, raw_ostream &err) {
  for (const InputError &error : errors.list())
    err << error.str();
  if (size_t dropped = errors.numDropped())
    err << "error: " << dropped << " more errors are not shown\n";
}

std::string moe::placeOf(Location where) {
  auto place = where->findInstanceOf<FileLineColLoc>();
  if (!place)
    return "plan";
  return place.getFilename().str() + ":" + std::to_string(place.getLine()) +
         ":" + std::to_string(place.getColumn());
}
