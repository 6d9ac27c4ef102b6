//===- GpuPreset.cpp - GPUs by name ---------------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Hardware/GpuPreset.h"
#include "moe/Wording/Wording.h"
#include "llvm/Support/ErrorHandling.h"
#include <array>

using namespace mlir::moe;
using llvm::StringRef;

namespace {
/// A figure as text; empty if the GPU has none.
struct SourcedText {
  StringRef value;
  StringRef source;
};

struct PresetRow {
  StringRef name, architecture;
  SourcedText memory, usableMemory, memoryBandwidth, bf16Peak, fp8Peak, fp4Peak,
      nvlink, interNode;
  int64_t gpusPerNode;
  int64_t nvlinkDomain;
  StringRef systemSource;
};
} // namespace

static constexpr StringRef a100Sheet = "NVIDIA A100 data sheet, SXM";
static constexpr StringRef h100Sheet = "NVIDIA H100 data sheet, SXM";
static constexpr StringRef h100Halved =
    "NVIDIA H100 data sheet, SXM: half of the figure with sparsity";
static constexpr StringRef h200Sheet = "NVIDIA H200 data sheet, SXM";
static constexpr StringRef h200Halved =
    "NVIDIA H200 data sheet, SXM: half of the figure with sparsity";
static constexpr StringRef h800Compute =
    "NVIDIA H800, SXM: compute and memory as H100";
static constexpr StringRef h20Sheet = "NVIDIA H20 specifications, dense";
static constexpr StringRef b200Halved =
    "NVIDIA HGX B200 data sheet: half of the figure with sparsity, per GPU";
static constexpr StringRef b300Halved =
    "NVIDIA HGX B300 specifications: half of the figure with sparsity, per GPU";
static constexpr StringRef gb200Halved =
    "NVIDIA GB200 NVL72 data sheet: half of "
    "the figure with sparsity, per GPU";
static constexpr StringRef gb300Halved =
    "NVIDIA GB300 NVL72 data sheet: half of "
    "the figure with sparsity, per GPU";
static constexpr StringRef driver = "nvidia-smi: size of the memory";
static constexpr StringRef nvlink3 =
    "NVLink 3: half of the 600 GB/s for both directions";
static constexpr StringRef nvlink4 =
    "NVLink 4: half of the 900 GB/s for both directions";
static constexpr StringRef nvlink5 =
    "NVLink 5: half of the 1.8 TB/s for both directions";
static constexpr StringRef hdr =
    "NVIDIA DGX A100: one ConnectX-6 HDR port a GPU";
static constexpr StringRef ndr =
    "NVIDIA DGX H100: one ConnectX-7 NDR port a GPU";
static constexpr StringRef ndrB200 =
    "NVIDIA DGX B200: one ConnectX-7 NDR port a GPU";
static constexpr StringRef ndrGb200 =
    "NVIDIA GB200 NVL72: one ConnectX-7 NDR port a GPU";
static constexpr StringRef xdr = "NVIDIA DGX B300: one ConnectX-8 port a GPU";
static constexpr StringRef xdrGb300 =
    "NVIDIA GB300 NVL72: one ConnectX-8 port a GPU";
static constexpr StringRef hgx = "HGX board of 8 GPUs behind NVSwitch";
static constexpr StringRef nvl72 =
    "NVL72 rack: 18 hosts of 4 GPUs, 72 GPUs behind NVSwitch";

static constexpr PresetRow presetRows[] = {
    {"A100-40GB",
     "Ampere",
     {"40 GB", a100Sheet},
     {"40536 MiB", driver},
     {"1555 GB/s", a100Sheet},
     {"312 TFLOPS", a100Sheet},
     {},
     {},
     {"300 GB/s", nvlink3},
     {"200 Gb/s", hdr},
     8,
     8,
     hgx},
    {"A100-80GB",
     "Ampere",
     {"80 GB", a100Sheet},
     {"81920 MiB", driver},
     {"2039 GB/s", a100Sheet},
     {"312 TFLOPS", a100Sheet},
     {},
     {},
     {"300 GB/s", nvlink3},
     {"200 Gb/s", hdr},
     8,
     8,
     hgx},
    // What plans call A100 without a size; most clusters have this one.
    {"A100",
     "Ampere",
     {"80 GB", a100Sheet},
     {"81920 MiB", driver},
     {"2039 GB/s", a100Sheet},
     {"312 TFLOPS", a100Sheet},
     {},
     {},
     {"300 GB/s", nvlink3},
     {"200 Gb/s", hdr},
     8,
     8,
     hgx},
    {"H100",
     "Hopper",
     {"80 GB", h100Sheet},
     {"81559 MiB", driver},
     {"3.35 TB/s", h100Sheet},
     {"989 TFLOPS", h100Halved},
     {"1979 TFLOPS", h100Halved},
     {},
     {"450 GB/s", nvlink4},
     {"400 Gb/s", ndr},
     8,
     8,
     hgx},
    {"H800",
     "Hopper",
     {"80 GB", h800Compute},
     {"81559 MiB", driver},
     {"3.35 TB/s", h800Compute},
     {"989 TFLOPS", h800Compute},
     {"1979 TFLOPS", h800Compute},
     {},
     {"200 GB/s", "NVIDIA H800: half of the 400 GB/s for both directions"},
     {"400 Gb/s", ndr},
     8,
     8,
     hgx},
    {"H200",
     "Hopper",
     {"141 GB", h200Sheet},
     {"143771 MiB", driver},
     {"4.8 TB/s", h200Sheet},
     {"989 TFLOPS", h200Halved},
     {"1979 TFLOPS", h200Halved},
     {},
     {"450 GB/s", nvlink4},
     {"400 Gb/s", ndr},
     8,
     8,
     hgx},
    {"H20",
     "Hopper",
     {"96 GB", h20Sheet},
     {"97871 MiB", driver},
     {"4.0 TB/s", h20Sheet},
     {"148 TFLOPS", h20Sheet},
     {"296 TFLOPS", h20Sheet},
     {},
     {"450 GB/s", nvlink4},
     {"400 Gb/s", ndr},
     8,
     8,
     hgx},
    {"B200",
     "Blackwell",
     {"180 GB", "NVIDIA DGX B200 data sheet: 1440 GB for 8 GPUs"},
     {"183359 MiB", driver},
     {"8 TB/s", "NVIDIA DGX B200 data sheet: 64 TB/s for 8 GPUs"},
     {"2250 TFLOPS", b200Halved},
     {"4500 TFLOPS", b200Halved},
     {"9000 TFLOPS", b200Halved},
     {"900 GB/s", nvlink5},
     {"400 Gb/s", ndrB200},
     8,
     8,
     hgx},
    {"GB200",
     "Blackwell",
     {"186 GB", "NVIDIA GB200 NVL72 data sheet: 13.4 TB for 72 GPUs"},
     {"189471 MiB", driver},
     {"8 TB/s", "NVIDIA GB200 NVL72 data sheet: 576 TB/s for 72 GPUs"},
     {"2500 TFLOPS", gb200Halved},
     {"5000 TFLOPS", gb200Halved},
     {"10000 TFLOPS", gb200Halved},
     {"900 GB/s", nvlink5},
     {"400 Gb/s", ndrGb200},
     4,
     72,
     nvl72},
    {"B300",
     "Blackwell",
     {"288 GB",
      "NVIDIA Blackwell Ultra: 288 GB HBM3e a GPU, 2.3 TB a DGX B300; the HGX "
      "page lists 2.1 TB"},
     {"275040 MiB", driver},
     {"8 TB/s", "NVIDIA Blackwell Ultra: 8 TB/s a GPU"},
     {"2250 TFLOPS", b300Halved},
     {"4500 TFLOPS", b300Halved},
     {"13500 TFLOPS",
      "NVIDIA HGX B300 specifications: 108 PFLOPS dense for 8 GPUs"},
     {"900 GB/s", nvlink5},
     {"800 Gb/s", xdr},
     8,
     8,
     hgx},
    {"GB300",
     "Blackwell",
     {"288 GB", "NVIDIA Blackwell Ultra: 288 GB HBM3e a GPU; the NVL72 page "
                "lists 20 TB for "
                "72"},
     {"284208 MiB", driver},
     {"8 TB/s", "NVIDIA Blackwell Ultra: 8 TB/s a GPU"},
     {"2500 TFLOPS", gb300Halved},
     {"5000 TFLOPS", gb300Halved},
     {"15000 TFLOPS",
      "NVIDIA GB300 NVL72 data sheet: 1080 PFLOPS dense for 72 GPUs"},
     {"900 GB/s", nvlink5},
     {"800 Gb/s", xdrGb300},
     4,
     72,
     nvl72},
};

static SourcedQuantity quantityOf(const SourcedText &text) {
  std::string error;
  std::optional<Quantity> value = Quantity::parse(text.value, error);
  if (!value)
    llvm_unreachable("the table above holds quantities");
  return {*value, text.source};
}

static std::optional<SourcedQuantity>
optionalQuantityOf(const SourcedText &text) {
  if (text.value.empty())
    return std::nullopt;
  return quantityOf(text);
}

llvm::ArrayRef<StringRef> mlir::moe::gpuPresetNames() {
  static const auto names = [] {
    std::array<StringRef, std::size(presetRows)> result;
    for (size_t row = 0; row < result.size(); ++row)
      result[row] = presetRows[row].name;
    return result;
  }();
  return names;
}

std::optional<GpuPreset> mlir::moe::lookupGpuPreset(StringRef name,
                                                    std::string &error) {
  for (const PresetRow &row : presetRows)
    if (row.name == name)
      return GpuPreset{row.name,
                       row.architecture,
                       quantityOf(row.memory),
                       quantityOf(row.usableMemory),
                       quantityOf(row.bf16Peak),
                       optionalQuantityOf(row.fp8Peak),
                       optionalQuantityOf(row.fp4Peak),
                       quantityOf(row.memoryBandwidth),
                       quantityOf(row.nvlink),
                       quantityOf(row.interNode),
                       row.gpusPerNode,
                       row.nvlinkDomain,
                       row.systemSource};
  std::string suggestion = didYouMean(name, gpuPresetNames());
  error = "unknown GPU " + quoted(name) +
          (suggestion.empty() ? ", expected " + oneOf(gpuPresetNames())
                              : suggestion);
  return std::nullopt;
}
