//===- HardwareRules.cpp - What the GPU of a plan has and does ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rules.h"
#include "moe/Hardware/GpuPreset.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mlir::moe;

//===----------------------------------------------------------------------===//
// compute-1: stated figures are those of the GPU
//===----------------------------------------------------------------------===//

namespace {
/// A figure of a GPU, and how documents get it wrong.
struct HardwareFigure {
  StringLiteral key;
  std::optional<Quantity> ClusterFigures::*stated;
  SourcedQuantity GpuPreset::*preset;
  std::optional<SourcedQuantity> GpuPreset::*optionalPreset;
  /// What twice or eight times the figure is; empty where it is nothing known.
  StringLiteral twice, eightfold;
  /// Whether clusters of one GPU differ in it.
  bool ofCluster = false;

  std::optional<SourcedQuantity> of(const GpuPreset &gpu) const {
    return preset ? std::optional(gpu.*preset) : gpu.*optionalPreset;
  }
};
} // namespace

// Data sheets print twice the dense peak for 2:4 sparse matrices, and links
// with both directions.
static constexpr StringLiteral kSparse = "the peak with sparsity; dense it is";
static constexpr StringLiteral kBothWays =
    "the rate of both directions; in one it is";
static constexpr StringLiteral kBits =
    "the number of bits a second, written as bytes; in bytes it is";

static const HardwareFigure kHardware[] = {
    {"peak_bf16", &ClusterFigures::peakBf16, &GpuPreset::bf16Peak, nullptr,
     kSparse, ""},
    {"peak_fp8", &ClusterFigures::peakFp8, nullptr, &GpuPreset::fp8Peak,
     kSparse, ""},
    {"gpu_memory", &ClusterFigures::gpuMemory, &GpuPreset::memory, nullptr, "",
     ""},
    {"memory_bandwidth", &ClusterFigures::memoryBandwidth,
     &GpuPreset::memoryBandwidth, nullptr, "", kBits},
    {"intra_node", &ClusterFigures::intraNode, &GpuPreset::nvlink, nullptr,
     kBothWays, kBits},
    {"inter_node", &ClusterFigures::interNode, &GpuPreset::interNode, nullptr,
     "", kBits, /*ofCluster=*/true}};

/// "H200": GPUs that have the stated figure.
static SmallVector<StringRef> gpusWith(const HardwareFigure &figure,
                                       double stated) {
  SmallVector<StringRef> names;
  std::string error;
  for (StringRef name : gpuPresetNames()) {
    std::optional<SourcedQuantity> value =
        figure.of(*lookupGpuPreset(name, error));
    if (value && std::abs(stated / value->value.toSI() - 1) < 0.01)
      names.push_back(name);
  }
  return names;
}

/// " is the peak with sparsity; dense it is 989 TFLOPS on H100" or " is more
/// than H100 has, 80 GB"; empty if the figure may be right. `factor` is that of
/// the stated over the known one.
static std::string describeSlip(const HardwareFigure &figure, double factor,
                                const GpuPreset &gpu, const Quantity &known) {
  auto isAbout = [&](double value) {
    return factor > 0.95 * value && factor < 1.05 * value;
  };
  for (auto [times, reason] :
       {std::pair(2.0, figure.twice), std::pair(8.0, figure.eightfold)})
    if (isAbout(times) && !reason.empty())
      return " is " + reason.str() + " " + known.str() + " on " +
             gpu.name.str();
  // Data sheets round, and some count in powers of 1024.
  constexpr double tolerance = 1.1;
  if (factor <= tolerance || figure.ofCluster)
    return "";
  return " is more than " + gpu.name.str() + " has, " + known.str();
}

static void checkFigure(const RuleInput &input, const HardwareFigure &figure,
                        const GpuPreset &gpu, FindingList &findings) {
  const std::optional<Quantity> &stated = input.model.cluster.*figure.stated;
  std::optional<SourcedQuantity> known = figure.of(gpu);
  if (!stated || !known || stated->dimension() != known->value.dimension())
    return;
  std::string slip = describeSlip(figure, stated->toSI() / known->value.toSI(),
                                  gpu, known->value);
  if (slip.empty())
    return;
  std::string key = figure.key.str();
  Location where =
      fieldLoc(PlanOp(input.plan).getSection<ClusterOp>(), figure.key);
  Finding &finding = findings.add("compute-1", Severity::Warning, where,
                                  key + " = " + stated->str() + slip);
  finding.subject = key;
  finding.expected = known->value.str();
  finding.found = stated->str();
  finding.notes.emplace_back(where, known->source.str());
  if (SmallVector<StringRef> others = gpusWith(figure, stated->toSI());
      !others.empty())
    finding.notes.emplace_back(where,
                               stated->str() + " is what " + allOf(others) +
                                   " " + (others.size() == 1 ? "has" : "have"));
  finding.fixes.push_back({"cluster." + key, "\"" + known->value.str() + "\"",
                           "as on the data sheet of " + gpu.name.str()});
}

//===----------------------------------------------------------------------===//
// compute-7: the GPU multiplies numbers in the format of the plan
//===----------------------------------------------------------------------===//

/// Whether tensor cores of the GPU multiply numbers of a format.
static bool computes(const GpuPreset &gpu, Precision format) {
  switch (format) {
  case Precision::FP32:
  case Precision::FP16:
  case Precision::BF16:
    return true;
  case Precision::FP8:
    return gpu.fp8Peak.has_value();
  // Tensor cores that scale blocks of numbers are those that know four bits.
  case Precision::MXFP8:
  case Precision::NVFP4:
    return gpu.fp4Peak.has_value();
  }
  llvm_unreachable("unknown precision");
}

static std::string gpusThatCompute(Precision format) {
  SmallVector<StringRef> names;
  std::string error;
  for (StringRef name : gpuPresetNames())
    if (computes(*lookupGpuPreset(name, error), format))
      names.push_back(name);
  return oneOf(names);
}

/// Serving may keep weights in a format and unpack them.
static void checkFormat(const PlanModel &plan, const GpuPreset &gpu,
                        FindingList &findings) {
  Precision format = plan.workload.precision;
  if (computes(gpu, format))
    return;
  std::string word = stringifyEnum(format).str();
  bool training = plan.workload.isTraining();
  Finding &finding = findings.add(
      "compute-7", training ? Severity::Error : Severity::Warning,
      plan.workload.precisionWhere,
      gpu.name.str() + " has no tensor cores for " + word +
          (training ? ", in which the plan trains"
                    : ": weights may be kept in it, but their products run in "
                      "a wider format"));
  finding.expected = "tensor cores for " + word;
  finding.found = gpu.name.str();
  finding.notes.emplace_back(plan.cluster.gpuWhere,
                             "GPUs that have them: " + gpusThatCompute(format));
  for (Precision other : {Precision::FP8, Precision::BF16})
    if (other != format && computes(gpu, other))
      finding.fixes.push_back({"workload.precision",
                               "\"" + stringifyEnum(other).str() + "\"",
                               gpu.name.str() + " multiplies such numbers"});
}

void moe::checkHardware(const RuleInput &input, FindingList &findings) {
  std::string error;
  std::optional<GpuPreset> gpu =
      lookupGpuPreset(input.model.cluster.gpu, error);
  if (!gpu)
    return;
  for (const HardwareFigure &figure : kHardware)
    checkFigure(input, figure, *gpu, findings);
  checkFormat(input.model, *gpu, findings);
}
