//===- Emitters.h - The files of a launch bundle ----------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each emitter prints one file from a JobView: a serializer for data, a context
// and a template for text. They decide nothing and print the same bytes for the
// same view.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_EMIT_EMITTERS_H
#define MOE_EMIT_EMITTERS_H

#include "moe/Emit/JobView.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <functional>

namespace mlir::moe {

/// "moe-opt 0.1.0": what every emitted file names as its generator.
llvm::StringRef generatorName();

/// ncclCommSplit came with NCCL 2.18.1; as NCCL_VERSION_CODE.
constexpr int64_t minimumNcclVersion = 21801;
/// What CUDA 12, the oldest with such an NCCL, asks of the driver (NVIDIA's
/// table of minor version compatibility).
constexpr llvm::StringLiteral minimumDriverVersion = "525.60.13";

struct EmitOptions {
  /// Templates that replace the built-in ones, by path below templates/.
  std::string templateDir;
};

/// Whether the emitters can print `view`: every rank on exactly one GPU, names
/// present and unique, boxes inside the world. The message says what is wrong.
llvm::Error checkJob(const JobView &view);

llvm::Error emitRankMapJson(const JobView &, const EmitOptions &,
                            llvm::raw_ostream &);
llvm::Error emitRankMapCsv(const JobView &, const EmitOptions &,
                           llvm::raw_ostream &);
llvm::Error emitGroupsJson(const JobView &, const EmitOptions &,
                           llvm::raw_ostream &);
/// `path` is the template: report/report.md or report/report.html.
llvm::Error emitReport(llvm::StringRef path, const JobView &,
                       const EmitOptions &, llvm::raw_ostream &);
llvm::Error emitSiteEnv(const JobView &, const EmitOptions &,
                        llvm::raw_ostream &);

/// One kind of file. `emit` expects a view that passes `checkJob`.
struct Emitter {
  llvm::StringLiteral flag; ///< "rankmap-json", for --emit-rankmap-json
  llvm::StringLiteral path; ///< in the bundle
  llvm::StringLiteral summary;
  bool executable;
  std::function<llvm::Error(const JobView &, const EmitOptions &,
                            llvm::raw_ostream &)>
      emit;
};

/// All of them, in the order of the bundle.
llvm::ArrayRef<Emitter> emitters();

/// A file of a bundle.
struct EmittedFile {
  std::string path; ///< relative, with '/'
  bool executable = false;
  std::string content;
};

/// Every file of `emitters()`.
llvm::Expected<std::vector<EmittedFile>>
emitAll(const JobView &view, const EmitOptions &options = {});

} // namespace mlir::moe

#endif // MOE_EMIT_EMITTERS_H
