//===- Context.h - What every template may refer to -------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Helpers to build the context of a template from a JobView.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_EMIT_CONTEXT_H
#define MOE_LIB_EMIT_CONTEXT_H

#include "moe/Emit/Emitters.h"
#include "llvm/Support/JSON.h"

namespace mlir::moe {

/// generator, title (one line), name, planDigest, planFile, worldSize,
/// numHosts, gpusPerHost.
llvm::json::Object commonContext(const JobView &view);

/// Marks the last element of a list of objects: `last` is true there, false
/// elsewhere. For separators.
void markLast(llvm::json::Array &list);

/// Loads, renders and prints the template of that path.
llvm::Error printTemplate(llvm::StringRef path, const EmitOptions &options,
                          const llvm::json::Object &context,
                          llvm::raw_ostream &os);

/// An emitter of a template that needs the common context only.
llvm::Error emitFixedText(llvm::StringRef path, const JobView &view,
                          const EmitOptions &options, llvm::raw_ostream &os);

/// `name` as an object of Kubernetes may be called (RFC 1123): letters, digits
/// and '-', a letter first. Short enough for what JobSet appends for its pods.
std::string objectName(llvm::StringRef name);

/// Hosts that one NVLink domain joins; 1 where it ends with a host.
int64_t hostsOfNvlink(const JobView &view);

/// The variables of a rank that receive the columns of the rank map behind
/// rank, host and gpu: "MOE_STAGE MOE_ATTENTION_TP".
std::string columnVariables(const JobView &view);

/// Whether the settings of a site fit into scripts: no line breaks, no blanks
/// where Slurm splits, names that are names and not those of the bundle itself.
llvm::Error checkSite(const JobView &view);

/// Emitters of templates with a context of their own.
llvm::Error emitCommsPlan(const JobView &, const EmitOptions &,
                          llvm::raw_ostream &);
llvm::Error emitRunbook(const JobView &, const EmitOptions &,
                        llvm::raw_ostream &);
/// `path` is one of the k8s/ templates.
llvm::Error emitKubernetes(llvm::StringRef path, const JobView &,
                           const EmitOptions &, llvm::raw_ostream &);
/// `path` is one of the monitoring/ templates.
llvm::Error emitMonitoring(llvm::StringRef path, const JobView &,
                           const EmitOptions &, llvm::raw_ostream &);
/// `path` is one of the framework/ templates.
llvm::Error emitFramework(llvm::StringRef path, const JobView &,
                          const EmitOptions &, llvm::raw_ostream &);
llvm::Error emitPlacement(const JobView &, const EmitOptions &,
                          llvm::raw_ostream &);
llvm::Error emitSglangPlacement(const JobView &, const EmitOptions &,
                                llvm::raw_ostream &);
/// `path` is one of the launch/ templates that need the launch context.
llvm::Error emitLauncher(llvm::StringRef path, const JobView &,
                         const EmitOptions &, llvm::raw_ostream &);

} // namespace mlir::moe

#endif // MOE_LIB_EMIT_CONTEXT_H
