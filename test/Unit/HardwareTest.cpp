//===- HardwareTest.cpp - GPU presets -------------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Hardware/GpuPreset.h"
#include "gtest/gtest.h"

using namespace mlir::moe;
using llvm::StringRef;

namespace {

GpuPreset preset(StringRef name) {
  std::string error;
  std::optional<GpuPreset> result = lookupGpuPreset(name, error);
  EXPECT_TRUE(result) << error;
  return result.value_or(GpuPreset());
}

TEST(GpuPreset, EveryPresetIsCompleteAndSourced) {
  for (StringRef name : gpuPresetNames()) {
    SCOPED_TRACE(name.str());
    GpuPreset gpu = preset(name);
    EXPECT_EQ(gpu.name, name);
    EXPECT_EQ(gpu.memory.value.dimension(), Dimension::Bytes);
    EXPECT_EQ(gpu.usableMemory.value.dimension(), Dimension::Bytes);
    // No further apart than 1000^3 and 1024^3, and what is held back.
    EXPECT_NEAR(gpu.usableMemory.value.toSI() / gpu.memory.value.toSI(), 1,
                0.074);
    EXPECT_EQ(gpu.bf16Peak.value.dimension(), Dimension::FlopPerSecond);
    EXPECT_EQ(gpu.memoryBandwidth.value.dimension(), Dimension::BytesPerSecond);
    EXPECT_EQ(gpu.nvlink.value.dimension(), Dimension::BytesPerSecond);
    EXPECT_EQ(gpu.interNode.value.dimension(), Dimension::BytesPerSecond);
    for (const SourcedQuantity *figure :
         {&gpu.memory, &gpu.usableMemory, &gpu.memoryBandwidth, &gpu.bf16Peak,
          &gpu.nvlink, &gpu.interNode}) {
      EXPECT_FALSE(figure->source.empty());
      EXPECT_TRUE(figure->value.wholeSI());
    }
    // A node talks faster inside than outside, and fills whole NVLink domains.
    EXPECT_GT(gpu.nvlink.value.compare(gpu.interNode.value), 0);
    EXPECT_EQ(gpu.nvlinkDomain % gpu.gpusPerNode, 0);
    // Halving the width of a number at least doubles the peak on the same
    // silicon, up to the rounding of a data sheet.
    if (gpu.fp8Peak) {
      EXPECT_NEAR(gpu.fp8Peak->value.toSI() / gpu.bf16Peak.value.toSI(), 2,
                  0.01);
    }
    if (gpu.fp4Peak) {
      EXPECT_GE(gpu.fp4Peak->value.toSI(), 2 * gpu.fp8Peak->value.toSI());
    }
    EXPECT_EQ(StringRef(name).contains("A100"), !gpu.fp8Peak.has_value());
  }
}

TEST(GpuPreset, DensePeaksNeverTheSparseOnes) {
  GpuPreset h100 = preset("H100");
  EXPECT_EQ(h100.bf16Peak.value.str(), "989 TFLOPS");
  EXPECT_EQ(h100.fp8Peak->value.str(), "1979 TFLOPS");
  EXPECT_TRUE(
      h100.bf16Peak.source.contains("half of the figure with sparsity"));
  EXPECT_EQ(preset("A100").bf16Peak.value.str(), "312 TFLOPS");
  EXPECT_EQ(preset("B200").bf16Peak.value.str(), "2250 TFLOPS");
  EXPECT_EQ(preset("H20").bf16Peak.value.str(), "148 TFLOPS");
}

TEST(GpuPreset, MemoryAndLinks) {
  EXPECT_EQ(preset("A100-40GB").memory.value.str(), "40 GB");
  EXPECT_EQ(preset("H200").memory.value.str(), "141 GB");
  EXPECT_EQ(preset("GB200").memory.value.str(), "186 GB");
  EXPECT_EQ(preset("H100").usableMemory.value.str(), "81559 MiB");
  EXPECT_EQ(preset("GB300").usableMemory.value.str(), "284208 MiB");
  EXPECT_EQ(preset("H100").nvlink.value.wholeSI(), 450'000'000'000);
  EXPECT_EQ(preset("H800").nvlink.value.wholeSI(), 200'000'000'000);
  EXPECT_EQ(preset("H100").interNode.value.wholeSI(), 50'000'000'000);
  EXPECT_EQ(preset("GB300").interNode.value.wholeSI(), 100'000'000'000);
  EXPECT_EQ(preset("GB300").nvlinkDomain, 72);
  EXPECT_EQ(preset("GB300").gpusPerNode, 4);
  EXPECT_EQ(preset("B300").nvlinkDomain, 8);
}

TEST(GpuPreset, UnknownNames) {
  std::string error;
  EXPECT_FALSE(lookupGpuPreset("h100", error));
  EXPECT_EQ(error, "unknown GPU 'h100', did you mean 'H100'?");
  EXPECT_FALSE(lookupGpuPreset("TPUv5e", error));
  EXPECT_EQ(error, "unknown GPU 'TPUv5e', expected 'A100-40GB', 'A100-80GB', "
                   "'A100', 'H100', 'H800', 'H200', 'H20', 'B200', 'GB200', "
                   "'B300' or 'GB300'");
}

} // namespace
