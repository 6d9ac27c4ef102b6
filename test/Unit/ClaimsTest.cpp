//===- ClaimsTest.cpp - Arithmetic and verdicts of claims -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FewFigures.h"
#include "moe/Claims/Expression.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"

using namespace mlir::moe;
using llvm::StringRef;

namespace {

Quantity quantity(StringRef text) {
  std::string error;
  std::optional<Quantity> result = Quantity::parse(text, error);
  EXPECT_TRUE(result) << error;
  return result.value_or(Quantity());
}

TEST(Rational, StaysInLowestTermsAndRoundsHalfAway) {
  EXPECT_EQ(*Rational::of(6, -4), *Rational::of(-3, 2));
  EXPECT_EQ(Rational::of(2, 3)->str(2), "0.67");
  EXPECT_EQ(Rational::of(-5, 2)->str(0), "-3");
  EXPECT_EQ(Rational::of(3, 2)->str(6), "1.5");
  EXPECT_EQ(Rational(0).str(3), "0");
  EXPECT_FALSE(Rational::of(1, 0));
  EXPECT_FALSE(divide(Rational(1), Rational(0)));
}

TEST(Rational, RefusesWhatDoesNotFit) {
  Rational big(INT64_MAX);
  std::optional<Rational> square = multiply(big, big);
  ASSERT_TRUE(square);
  EXPECT_FALSE(multiply(*square, big));
  EXPECT_GT(square->compare(big), 0);
  EXPECT_LT(square->negated().compare(*square), 0);
}

TEST(ClaimValue, DecimalsStandForHalfAUnit) {
  ClaimValue memory = *ClaimValue::of(quantity("42.3 GB"), true);
  EXPECT_EQ(memory.low, Rational(42'250'000'000));
  EXPECT_EQ(memory.high, Rational(42'350'000'000));
  EXPECT_TRUE(ClaimValue::of(quantity("64 GB"), false)->isExact());
}

TEST(ClaimValue, ProductOfIntervalsTakesTheOuterCorners) {
  ClaimValue left{-2, 1, 3, {}}, right{-5, 0, 4, {}};
  ClaimValue product = *multiply(left, right);
  EXPECT_EQ(product.low, Rational(-15));
  EXPECT_EQ(product.high, Rational(12));
  ClaimValue quotient = *divide(left, ClaimValue{-4, -3, -2, {}});
  EXPECT_EQ(quotient.low, *Rational::of(-3, 2));
  EXPECT_EQ(quotient.high, Rational(1));
}

/// Against all points of a grid in the box.
TEST(ClaimValue, VarianceOfIntervalsIsExact) {
  std::vector<ClaimValue> values = {
      {1, 2, 3, {}}, {2, 4, 6, {}}, {5, 6, 7, {}}};
  ClaimValue result = *variance(values, false);
  Rational lowest(1000), highest(0);
  for (int a = 8; a <= 24; ++a)
    for (int b = 16; b <= 48; ++b)
      for (int c = 40; c <= 56; ++c) {
        std::vector<ClaimValue> point;
        for (int n : {a, b, c})
          point.push_back(ClaimValue::exact(*Rational::of(n, 8)));
        Rational here = variance(point, false)->nominal;
        lowest = std::min(lowest, here);
        highest = std::max(highest, here);
      }
  EXPECT_EQ(result.low, lowest);
  EXPECT_EQ(result.high, highest);
  EXPECT_EQ(result.nominal, *Rational::of(8, 3));
}

TEST(Claims, EveryOperatorAndFunction) {
  for (StringRef says : {"1 + 2 * 3 = 7",
                         "(1 + 2) * 3 = 9",
                         "8 - 2 - 1 = 5",
                         "8 / 2 / 2 = 2",
                         "-3 + 5 = 2",
                         "3 - -2 = 5",
                         "2 - (3 - 4) = 3",
                         "sum(1, 2, 3) = 6",
                         "mean(22, 21, 21) = 21.33",
                         "min(3, 1, 2) = 1",
                         "max(3, 1, 2) = 3",
                         "variance(22, 21, 21) = 0.222",
                         "sample_variance(22, 21, 21) = 0.333",
                         "ratio(450000, 120000) = 3.75 x",
                         "change(120000, 450000) = 275 %",
                         "change(10, 8) = -20 %",
                         "6 = sum(1, 2, 3)",
                         "2 < 3",
                         "3 <= 3",
                         "3 > 2",
                         "3 >= 3",
                         "1 == 1",
                         "16/2=8",
                         "layers_per_rank = 24",
                         "50 % = 1 / 2",
                         "2 x = 200 %"})
    EXPECT_EQ(verdict(says), "true") << says.str();
  for (StringRef says : {"1 = 2", "3 < 3", "2 > 3", "2 >= 3", "4 <= 3",
                         "change(3, 128) = 4267 %", "layers_per_rank = 1",
                         "variance(22, 21, 21) = 0.25", "21 = 21.33"})
    EXPECT_EQ(verdict(says), "false") << says.str();
}

TEST(Claims, UnitsAreComparedByWhatTheyMeasure) {
  EXPECT_EQ(verdict("1 GiB > 1 GB"), "true");
  EXPECT_EQ(verdict("1 GiB = 1.074 GB"), "true");
  EXPECT_EQ(verdict("1 GiB = 1.00 GB"), "false");
  EXPECT_EQ(verdict("450 GB/s * 2 s = 900 GB"), "true");
  EXPECT_EQ(verdict("400 Gb/s = 50 GB/s"), "true");
  EXPECT_EQ(verdict("8.5 ms*24 = 204 ms"), "true");
  EXPECT_EQ(verdict("1 GB = 1 s"),
            "8: \"1 s\" is a time, but \"1 GB\" is a size");
  EXPECT_EQ(verdict("1 GB + 1 = 2 GB"),
            "8: \"1\" is a bare number, but \"1 GB\" is a size");
  EXPECT_EQ(verdict("sum(1 ms, 2 GB) = 3 ms"),
            "11: \"2 GB\" is a size, but \"1 ms\" is a time");
}

TEST(Claims, TheLastStatedDigitIsTheTolerance) {
  EXPECT_EQ(verdict("8 * 776 MB = 6.2 GB"), "true");
  EXPECT_EQ(verdict("8 * 776 MB = 6.20 GB"), "truncated");
  EXPECT_EQ(verdict("1 - 3 / 128 = 98 %"), "true");
  EXPECT_EQ(verdict("1 - 149 MB / 64 GB = 99.7 %"), "truncated");
  EXPECT_EQ(verdict("42.3 GB / 149 MB = 283 x"), "truncated");
  EXPECT_EQ(verdict("-5 / 3 = -1"), "truncated");
  // Nothing is left of what is cut off to zero.
  EXPECT_EQ(verdict("5 / 8 = 0"), "false");
  EXPECT_EQ(verdict("variance(22, 21, 21) = 0"), "false");
  EXPECT_EQ(verdict("-5 / 3 = -2"), "true");
  EXPECT_EQ(verdict("5 / 3 = 3"), "false");
  EXPECT_EQ(verdict("64 / (0.0085 * 24) = 312"), "true");
  EXPECT_EQ(verdict("320 TFLOPS / 0.35 TFLOPS = 889 x"), "false");
}

TEST(Claims, MessagesShowTheComputedValue) {
  EXPECT_EQ(judged("320 TFLOPS / 0.35 TFLOPS = 889 x").message,
            "320 TFLOPS / 0.35 TFLOPS is 914.3 x, not 889 x");
  EXPECT_EQ(judged("1 - 149 MB / 64 GB = 99.7 %").message,
            "1 - 149 MB / 64 GB is 99.77 %, stated 99.7 % is cut off, not "
            "rounded (99.8 %)");
  EXPECT_EQ(judged("8 > 9").message, "8 is not > 9");
  EXPECT_EQ(judged("4 * 2 > 9").message, "4 * 2 is 8, which is not > 9");
  Judgement change = judged("change(3, 128) = 4267 %");
  EXPECT_EQ(change.computed, "4167 %");
  EXPECT_EQ(change.notes.front(),
            "4267 % is 128 as a share of 3; the change is 4167 %");
  EXPECT_EQ(judged("variance(22, 21, 21) = 0.25").notes.front(),
            "over n - 1 it is 0.3333 (sample variance)");
  EXPECT_EQ(judged("128 / 3 = 4167 %").notes.front(),
            "4167 % is the change from 3 to 128, not the ratio");
  EXPECT_EQ(judged("1 - 1 / 4 = 25 %").notes.front(),
            "25 % is 1 / 4, which was to be subtracted");
  EXPECT_EQ(judged("layers_per_rank = 1").notes.back(),
            "layers_per_rank = 24 layers / pp 1");
}

TEST(Claims, RangesOfOneQuotientHoldAtBothEnds) {
  Judgement result = judged("1 - 0.008 s / 0.020 s = 60 % .. 70 %");
  EXPECT_EQ(result.verdict, ClaimVerdict::False);
  EXPECT_TRUE(result.oneEndHolds);
  EXPECT_EQ(result.message, "1 - 0.008 s / 0.020 s is 60 %: 60 % holds, 70 % "
                            "does not");
  EXPECT_EQ(verdict("120000 / 15000 = 8 x .. 8 x"), "true");
  EXPECT_FALSE(judged("120000 / 15000 = 9 x .. 10 x").oneEndHolds);
  // Inside the range, and neither end of it.
  EXPECT_EQ(verdict("1 - 7 ms / 20 ms = 60 % .. 70 %"), "true");
  EXPECT_EQ(verdict("64 / 10 = 6 .. 7"), "true");
  // Both ends of a range that is referred to may be.
  EXPECT_EQ(verdicts({{"r", "8 = 3 .. 9"}, {"s", "@r * 2 = 6 .. 18"}})[1],
            "true");
  EXPECT_EQ(verdict("layers_per_rank = 30 .. 20"),
            "19: the range is empty, its first end is above its second");
  // A figure of the plan may lie anywhere inside.
  EXPECT_EQ(verdict("layers_per_rank = 20 .. 30"), "true");
  EXPECT_EQ(verdict("layers_per_rank = 30 .. 40"), "false");
}

TEST(Claims, CountsOfGpusAndFiguresOfOneGpuGoWithoutSaying) {
  EXPECT_EQ(verdict("64 * 80 GB/GPU = 5120 GB"), "true");
  EXPECT_EQ(verdict("450000 tokens/s / 64 = 7031 tokens/s/GPU"), "true");
  EXPECT_EQ(verdict("400 TFLOPS/GPU * 64 = 25.6 PFLOPS"), "true");
  EXPECT_EQ(verdict("64 * 80 GB/GPU = 5000 GB"), "false");
  EXPECT_EQ(verdict("gpu_memory = 64 GB/GPU"), "true");
  EXPECT_EQ(verdict("gpu_memory / 2 = 32 GB"), "true");
  // Nothing here counts GPUs.
  EXPECT_EQ(verdict("80 GB/GPU = 80 GB"),
            "13: \"80 GB\" is a size, but \"80 GB/GPU\" is a size per GPU");
  EXPECT_EQ(verdict("64 * 80 GB/GPU = 5120 s"),
            "18: \"5120 s\" is a time, but \"64 * 80 GB/GPU\" is a size per "
            "GPU");
}

TEST(Claims, WhatCountsIsNoShare) {
  EXPECT_EQ(verdict("tp = 200 %"),
            "6: \"200 %\" is a ratio, but \"tp\" counts");
  EXPECT_EQ(verdict("gpus = 64 x"),
            "8: \"64 x\" is a ratio, but \"gpus\" counts");
  EXPECT_EQ(verdict("layers_per_rank / 48 = 50 %"), "true");
}

TEST(Claims, LimitsShowTheirSign) {
  EXPECT_EQ(judged("32 * 1 ms < 80 ms").message,
            "32 * 1 ms is 32 ms, stated < 80 ms");
  // Seen from what is computed.
  EXPECT_EQ(judged("80 ms >= 32 * 1 ms").message,
            "32 * 1 ms is 32 ms, stated <= 80 ms");
  EXPECT_EQ(judged("20 ms >= 32 * 1 ms").message,
            "32 * 1 ms is 32 ms, which is not <= 20 ms");
  // No number is below itself.
  EXPECT_EQ(verdict("80.0 GB < 80 GB"), "false");
  EXPECT_EQ(verdict("0.5 ms > 0.5 ms"), "false");
}

TEST(Claims, OneValueIsThatOfTheFullestStage) {
  Judgement fullest = judged("kv_cache = 8 GB");
  EXPECT_EQ(fullest.verdict, ClaimVerdict::True);
  EXPECT_EQ(fullest.message, "kv_cache is 8 GB on the fullest stage, "
                             "stated 8 GB; the others have down to 6 GB");
  EXPECT_EQ(verdict("8 GB = kv_cache"), "true");
  Judgement other = judged("kv_cache = 6 GB");
  EXPECT_EQ(other.verdict, ClaimVerdict::False);
  EXPECT_EQ(other.message, "kv_cache is 8 GB on the fullest stage, not 6 GB");
  ASSERT_FALSE(other.notes.empty());
  EXPECT_EQ(other.notes.front(), "6 GB is that of stages 1, 2, where less is "
                                 "needed; a single value is that of the "
                                 "fullest");
  EXPECT_EQ(judged("kv_cache = 9 GB").verdict, ClaimVerdict::False);
  // Bounds speak of every stage, and so do expressions.
  EXPECT_EQ(verdict("kv_cache <= 8 GB"), "true");
  EXPECT_EQ(judged("kv_cache <= 7 GB").verdict, ClaimVerdict::False);
  EXPECT_EQ(judged("kv_cache >= 7 GB").verdict, ClaimVerdict::False);
  EXPECT_EQ(judged("kv_cache * 2 = 16 GB").verdict, ClaimVerdict::False);
}

} // namespace
