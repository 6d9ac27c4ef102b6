//===- EndParameters.cpp - Embedding and output head ----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The embedding and the output head are where parameters are shared: with each
// other, and with the layers that predict further tokens.
//
//===----------------------------------------------------------------------===//

#include "moe/Cost/StageWork.h"

using namespace mlir::moe::cost;

/// Numbers of one embedding, or one output head, on one rank.
static Count endSize(const Job &job) {
  return job.vocabShare() * job.model.hidden;
}

int64_t mlir::moe::cost::predictedHeads(const Job &job,
                                        const StageShape &shape) {
  if (job.drafts())
    return shape.mtpLayers > 0 ? job.workload.draftTokens : 0;
  return shape.output ? job.predictionLayers() : 0;
}

Count mlir::moe::cost::embeddingCopies(const Job &job, int64_t index) {
  const StageShape &shape = job.stages[index];
  int64_t mirror = job.mirrorOf(index);
  bool beside = mirror != index && job.stages[mirror].embedding;
  bool held = shape.embedding || beside;
  if (job.model.tiedEmbeddings && shape.output && held)
    return endSize(job) * -1;
  return shape.mtpLayers > 0 && !held ? endSize(job) : Count(0);
}

Count mlir::moe::cost::endParameters(const Job &job, int64_t index) {
  const StageShape &shape = job.stages[index];
  bool head = shape.output || predictedHeads(job, shape) > 0;
  Count ends = static_cast<int64_t>(shape.embedding) + head;
  return endSize(job) * ends + embeddingCopies(job, index);
}
