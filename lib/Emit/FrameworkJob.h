//===- FrameworkJob.h - A job as frameworks see one -------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the writers of framework files ask of a JobView: its degrees, how its
// ranks are numbered, how its stages take the layers, where its experts are.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_EMIT_FRAMEWORKJOB_H
#define MOE_LIB_EMIT_FRAMEWORKJOB_H

#include "moe/Emit/JobView.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"

namespace mlir::moe {

/// Lines of a file, or the sentence why there are none.
using FrameworkLines = std::vector<std::string>;

/// `# NAME cannot express this plan: WHY`, as the only line.
FrameworkLines cannotExpress(llvm::StringRef framework, const llvm::Twine &why);
/// Whether lines are more than that.
bool isExpressed(const FrameworkLines &lines);
/// `[1, 2, 3]`.
std::string listOf(llvm::ArrayRef<int32_t> values);

/// How the slots of all layers relate to the numbers of the experts.
enum class ExpertOrder : uint8_t {
  /// Expert i is in slot i, and replicas follow from expert 0 on.
  ByNumber,
  /// Expert i is on rank i mod ranks, one slot per expert.
  RoundRobin,
  Other,
};

struct FrameworkJob {
  explicit FrameworkJob(const JobView &view);

  /// Whether the axes of a mesh, minor to major, lie next to each other.
  bool isOrder(llvm::StringRef mesh,
               llvm::ArrayRef<llvm::StringRef> axes) const;
  bool hasExperts() const { return !view.placements.empty(); }
  /// Routed experts of a layer.
  int64_t experts() const { return view.placements.front().experts; }
  /// Slots of all expert-parallel ranks; 0 without experts, -1 when layers
  /// differ in their number.
  int64_t slots() const;
  bool hasEmptySlot() const;
  /// The same for all layers, else Other; ByNumber without experts.
  ExpertOrder expertOrder() const;
  /// The placement of a layer, or null.
  const JobPlacement *placementOf(int64_t layer) const;
  /// Layers without those of multi-token prediction.
  int64_t numLayers() const;
  /// Layers of each stage without those of multi-token prediction, where every
  /// stage takes one run of them in turn; else empty.
  std::vector<int32_t> stageLayers() const;
  /// Layers of a chunk where the stages take equally many chunks of equally
  /// many layers in turn, and none of multi-token prediction; else 0.
  int64_t chunkLayers() const;
  /// Chunks of layers on each stage.
  size_t numChunks() const;
  /// Whether every stage holds one run of equally many layers, and none of
  /// multi-token prediction. True for a single stage.
  bool hasEvenStages() const;

  const JobView &view;
  int64_t tp, cp, dp, pp, etp, ep, edp;

private:
  const JobAxis *find(llvm::StringRef mesh, llvm::StringRef axis) const;
  int64_t sizeOf(llvm::StringRef mesh, llvm::StringRef axis) const;
};

/// The job in the words of a framework.
FrameworkLines megatronLines(const JobView &view);
FrameworkLines torchtitanLines(const JobView &view);
FrameworkLines deepspeedLines(const JobView &view);
FrameworkLines vllmLines(const JobView &view);
FrameworkLines sglangLines(const JobView &view);
FrameworkLines tensorRtLines(const JobView &view);

/// The command that starts the framework with those lines, on every rank or
/// every host, from the bundle's folder. MODEL and MORE are the user's.
FrameworkLines megatronStart(const JobView &view);
FrameworkLines torchtitanStart(const JobView &view);
FrameworkLines deepspeedStart(const JobView &view);
FrameworkLines vllmStart(const JobView &view);
FrameworkLines sglangStart(const JobView &view);
FrameworkLines tensorRtStart(const JobView &view);

} // namespace mlir::moe

#endif // MOE_LIB_EMIT_FRAMEWORKJOB_H
