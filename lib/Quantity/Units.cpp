//===- Units.cpp - The table of units -------------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Quantity/Quantity.h"
#include <array>

using namespace mlir::moe;
using llvm::StringRef;

namespace {
struct UnitRow {
  StringRef spelling;
  Dimension dimension;
  int64_t numerator;
  int64_t denominator = 1;
};
} // namespace

static constexpr int64_t kilo = 1'000, mega = kilo * kilo, giga = mega * kilo,
                         tera = giga * kilo, peta = tera * kilo,
                         exa = peta * kilo;
static constexpr int64_t kibi = 1024, mebi = kibi * kibi, gibi = mebi * kibi,
                         tebi = gibi * kibi;

// Decimal and binary prefixes, bits and bytes stay apart: GB is 10^9 bytes,
// GiB 2^30, Gb/s 10^9 bits. Row 0 is the bare number.
static constexpr UnitRow unitRows[] = {
    {"", Dimension::Count, 1},
    {"%", Dimension::Ratio, 1, 100},
    {"x", Dimension::Ratio, 1},
    {"B", Dimension::Bytes, 1},
    {"kB", Dimension::Bytes, kilo},
    {"KB", Dimension::Bytes, kilo},
    {"MB", Dimension::Bytes, mega},
    {"GB", Dimension::Bytes, giga},
    {"TB", Dimension::Bytes, tera},
    {"PB", Dimension::Bytes, peta},
    {"KiB", Dimension::Bytes, kibi},
    {"MiB", Dimension::Bytes, mebi},
    {"GiB", Dimension::Bytes, gibi},
    {"TiB", Dimension::Bytes, tebi},
    {"MB/GPU", Dimension::BytesPerGpu, mega},
    {"GB/GPU", Dimension::BytesPerGpu, giga},
    {"MiB/GPU", Dimension::BytesPerGpu, mebi},
    {"GiB/GPU", Dimension::BytesPerGpu, gibi},
    {"B/s", Dimension::BytesPerSecond, 1},
    {"kB/s", Dimension::BytesPerSecond, kilo},
    {"KB/s", Dimension::BytesPerSecond, kilo},
    {"MB/s", Dimension::BytesPerSecond, mega},
    {"GB/s", Dimension::BytesPerSecond, giga},
    {"TB/s", Dimension::BytesPerSecond, tera},
    {"MiB/s", Dimension::BytesPerSecond, mebi},
    {"GiB/s", Dimension::BytesPerSecond, gibi},
    {"TiB/s", Dimension::BytesPerSecond, tebi},
    {"MBps", Dimension::BytesPerSecond, mega},
    {"GBps", Dimension::BytesPerSecond, giga},
    {"TBps", Dimension::BytesPerSecond, tera},
    {"Mb/s", Dimension::BytesPerSecond, mega, 8},
    {"Gb/s", Dimension::BytesPerSecond, giga, 8},
    {"Tb/s", Dimension::BytesPerSecond, tera, 8},
    {"Mbps", Dimension::BytesPerSecond, mega, 8},
    {"Gbps", Dimension::BytesPerSecond, giga, 8},
    {"Tbps", Dimension::BytesPerSecond, tera, 8},
    {"FLOP", Dimension::Flop, 1},
    {"MFLOP", Dimension::Flop, mega},
    {"GFLOP", Dimension::Flop, giga},
    {"TFLOP", Dimension::Flop, tera},
    {"PFLOP", Dimension::Flop, peta},
    {"EFLOP", Dimension::Flop, exa},
    {"MFLOP/token", Dimension::FlopPerToken, mega},
    {"GFLOP/token", Dimension::FlopPerToken, giga},
    {"TFLOP/token", Dimension::FlopPerToken, tera},
    {"FLOPS", Dimension::FlopPerSecond, 1},
    {"GFLOPS", Dimension::FlopPerSecond, giga},
    {"TFLOPS", Dimension::FlopPerSecond, tera},
    {"PFLOPS", Dimension::FlopPerSecond, peta},
    {"EFLOPS", Dimension::FlopPerSecond, exa},
    {"FLOP/s", Dimension::FlopPerSecond, 1},
    {"GFLOP/s", Dimension::FlopPerSecond, giga},
    {"TFLOP/s", Dimension::FlopPerSecond, tera},
    {"PFLOP/s", Dimension::FlopPerSecond, peta},
    {"EFLOP/s", Dimension::FlopPerSecond, exa},
    {"TFLOPS/GPU", Dimension::FlopPerSecondPerGpu, tera},
    {"PFLOPS/GPU", Dimension::FlopPerSecondPerGpu, peta},
    {"TFLOP/s/GPU", Dimension::FlopPerSecondPerGpu, tera},
    {"PFLOP/s/GPU", Dimension::FlopPerSecondPerGpu, peta},
    {"ns", Dimension::Seconds, 1, giga},
    {"us", Dimension::Seconds, 1, mega},
    {"µs", Dimension::Seconds, 1, mega},
    {"ms", Dimension::Seconds, 1, kilo},
    {"s", Dimension::Seconds, 1},
    {"min", Dimension::Seconds, 60},
    {"h", Dimension::Seconds, 3600},
    {"d", Dimension::Seconds, 86400},
    {"tokens", Dimension::Tokens, 1},
    {"tokens/s", Dimension::TokensPerSecond, 1},
    {"tokens/sec", Dimension::TokensPerSecond, 1},
    {"ktokens/s", Dimension::TokensPerSecond, kilo},
    {"Mtokens/s", Dimension::TokensPerSecond, mega},
    {"tokens/s/GPU", Dimension::TokensPerSecondPerGpu, 1},
    {"tokens/sec/GPU", Dimension::TokensPerSecondPerGpu, 1},
    {"samples/s", Dimension::SamplesPerSecond, 1},
    {"samples/sec", Dimension::SamplesPerSecond, 1},
    {"sequences/s", Dimension::SequencesPerSecond, 1},
    {"sequences/sec", Dimension::SequencesPerSecond, 1},
    {"seq/s", Dimension::SequencesPerSecond, 1},
};
static_assert(std::size(unitRows) <= 256, "a unit is a row number in one byte");

std::optional<Unit> Unit::lookup(StringRef spelling) {
  for (size_t row = 0; row < std::size(unitRows); ++row)
    if (unitRows[row].spelling == spelling)
      return Unit(static_cast<uint8_t>(row));
  return std::nullopt;
}

llvm::ArrayRef<StringRef> Unit::spellings() {
  static const auto names = [] {
    std::array<StringRef, std::size(unitRows)> result;
    for (size_t row = 0; row < result.size(); ++row)
      result[row] = unitRows[row].spelling;
    return result;
  }();
  return names;
}

StringRef Unit::spelling() const { return unitRows[row].spelling; }
Dimension Unit::dimension() const { return unitRows[row].dimension; }
int64_t Unit::numerator() const { return unitRows[row].numerator; }
int64_t Unit::denominator() const { return unitRows[row].denominator; }

namespace {
struct DimensionRow {
  Dimension dimension;
  StringRef description;
  StringRef example;
};
} // namespace

static constexpr DimensionRow dimensionRows[] = {
    {Dimension::Count, "a bare number", "1.05"},
    {Dimension::Ratio, "a ratio", "66.1 %"},
    {Dimension::Bytes, "a size", "80 GB"},
    {Dimension::BytesPerGpu, "a size per GPU", "80 GB/GPU"},
    {Dimension::BytesPerSecond, "a bandwidth", "450 GB/s"},
    {Dimension::Flop, "an amount of work", "250 GFLOP"},
    {Dimension::FlopPerToken, "an amount of work per token", "74 GFLOP/token"},
    {Dimension::FlopPerSecond, "a compute rate", "989 TFLOPS"},
    {Dimension::FlopPerSecondPerGpu, "a compute rate per GPU",
     "400 TFLOPS/GPU"},
    {Dimension::Seconds, "a time", "2 ms"},
    {Dimension::Tokens, "a number of tokens", "4096 tokens"},
    {Dimension::TokensPerSecond, "a token rate", "450000 tokens/s"},
    {Dimension::TokensPerSecondPerGpu, "a token rate per GPU",
     "1800 tokens/s/GPU"},
    {Dimension::SamplesPerSecond, "a sample rate", "120 samples/s"},
    {Dimension::SequencesPerSecond, "a sequence rate", "120 sequences/s"},
};

static const DimensionRow &rowOf(Dimension dimension) {
  return dimensionRows[static_cast<size_t>(dimension)];
}

StringRef mlir::moe::describe(Dimension dimension) {
  return rowOf(dimension).description;
}

StringRef mlir::moe::exampleOf(Dimension dimension) {
  return rowOf(dimension).example;
}
