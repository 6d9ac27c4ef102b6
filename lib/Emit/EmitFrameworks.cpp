//===- EmitFrameworks.cpp - The plan in frameworks' own words -------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One file of flags or settings per framework. Where a framework cannot express
// the plan, its file holds one sentence why.
//
//===----------------------------------------------------------------------===//

#include "Context.h"
#include "FrameworkJob.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace mlir::moe {

namespace {
struct FrameworkFile {
  StringLiteral path;
  FrameworkLines (*lines)(const JobView &view);
  FrameworkLines (*start)(const JobView &view);
};
} // namespace

static constexpr FrameworkFile frameworkFiles[] = {
    {"framework/megatron-lm.args", megatronLines, megatronStart},
    {"framework/torchtitan.args", torchtitanLines, torchtitanStart},
    {"framework/deepspeed.args", deepspeedLines, deepspeedStart},
    {"framework/vllm.args", vllmLines, vllmStart},
    {"framework/sglang.args", sglangLines, sglangStart},
    {"framework/tensorrt-llm.yaml", tensorRtLines, tensorRtStart},
};

Error emitFramework(StringRef path, const JobView &view,
                    const EmitOptions &options, raw_ostream &os) {
  const FrameworkFile *file = find_if(
      frameworkFiles, [&](const FrameworkFile &f) { return f.path == path; });
  assert(file != std::end(frameworkFiles) && "not a file of a framework");
  json::Object context = commonContext(view);
  FrameworkLines lines = file->lines(view);
  context["expressed"] = isExpressed(lines);
  context["start"] = json::Array(file->start(view));
  context["lines"] = json::Array(lines);
  return printTemplate(path, options, context, os);
}

} // namespace mlir::moe
