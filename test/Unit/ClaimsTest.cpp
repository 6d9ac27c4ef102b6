//===- ClaimsTest.cpp - Grammar, arithmetic and verdicts of claims --------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Claims/Claims.h"
#include "moe/Claims/Expression.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"

using namespace mlir::moe;
using llvm::StringRef;

namespace {

/// A plan with a few figures; some differ over ranks, one is not there.
class FewFigures : public MetricSource {
public:
  MetricAnswer metric(StringRef name) const override {
    MetricAnswer answer;
    if (name == "layers_per_rank") {
      answer.value = ClaimValue::exact(24);
      answer.derivation = "24 layers / pp 1";
    } else if (name == "experts_per_rank") {
      answer.value = ClaimValue::exact(21);
      answer.largest = ClaimValue::exact(22);
    } else if (name == "gpu_memory") {
      answer.value =
          ClaimValue::exact(64'000'000'000, Measure::of(Dimension::Bytes));
    } else if (name == "kv_cache") {
      for (int64_t gigabytes : {8, 6, 6, 7})
        answer.stages.push_back(ClaimValue::exact(
            gigabytes * 1'000'000'000, Measure::of(Dimension::Bytes)));
      answer.value = answer.stages[1];
      answer.largest = answer.stages[0];
    } else if (name == "redundant_slots") {
      answer.value = ClaimValue::exact(*Rational::of(1, 2));
    } else if (name == "sequence_length") {
      answer.missing = {"workload.sequence_length"};
    } else {
      answer.missing = {name.str()};
    }
    return answer;
  }
};

Judgement judged(StringRef says) {
  return judgeClaims({{"c", says.str()}}, FewFigures()).front();
}

std::string verdict(StringRef says) {
  Judgement result = judged(says);
  if (result.verdict == ClaimVerdict::Unreadable)
    return std::to_string(result.column) + ": " + result.message;
  return nameOf(result.verdict).str();
}

std::vector<std::string> verdicts(llvm::ArrayRef<ClaimText> claims) {
  std::vector<std::string> names;
  for (const Judgement &result : judgeClaims(claims, FewFigures()))
    names.push_back(result.verdict == ClaimVerdict::Unreadable
                        ? result.message
                        : nameOf(result.verdict).str());
  return names;
}

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

/// The note on what a number would have to be, or the empty text.
std::string needed(StringRef says) {
  for (const std::string &note : judged(says).notes)
    if (StringRef(note).contains(" would need "))
      return note;
  return "";
}

TEST(Claims, NotesSayWhatANumberWouldHaveToBe) {
  EXPECT_EQ(needed("1 - 0.008 s / 0.020 s = 60 % .. 70 %"),
            "70 % would need 0.006 s in place of 0.008 s");
  EXPECT_EQ(needed("120000 / 15000 = 8 x .. 10 x"),
            "10 x would need 150000 in place of 120000");
  EXPECT_EQ(needed("change(100, 175) = 50 % .. 75 %"),
            "50 % would need 150 in place of 175");
  EXPECT_EQ(needed("ratio(12, 4) = 3 x .. 4 x"),
            "4 x would need 16 in place of 12");
  EXPECT_EQ(needed("-(2 * 3 / 4) = -1.5 .. 3"), "");
  EXPECT_EQ(needed("(1 + sum(2, 10, 4)) / 2 = 8.5"), "");
  EXPECT_EQ(needed("128 * 1024 tokens / 55 ms = 2.6 Mtokens/s"),
            "2.6 Mtokens/s would need 50.41 ms in place of 55 ms");
  EXPECT_EQ(needed("24 * (8 ms + 1.0 * 1.0) = 300"), "");
  EXPECT_EQ(needed("24 * (8 ms + 2 ms) = 300 ms"), ""); // one of two
  EXPECT_EQ(needed("24 * 8 ms = 240 ms"),
            "240 ms would need 10 ms in place of 8 ms");
  EXPECT_EQ(needed("64 GB - 8 * (2 s * 1 GB/s) = 40 GB"),
            "40 GB would need 3 s in place of 2 s");
  EXPECT_EQ(needed("sum(2 GB, 2 s * 1 GB/s) = 5 GB"),
            "5 GB would need 3 s in place of 2 s");
}

TEST(Claims, NothingIsNeededThatNoNumberGives) {
  // 0 times anything is 0; a maximum has no inverse.
  EXPECT_EQ(needed("0 * 8 ms = 240 ms"), "");
  EXPECT_EQ(needed("max(8 ms, 0 * 1 ms) = 240 ms"), "");
  EXPECT_EQ(needed("8 / 2 > 5"), "");
}

TEST(Claims, AMetricThatDiffersOverRanksHoldsForAll) {
  EXPECT_EQ(verdict("experts_per_rank = 21.33"), "false");
  EXPECT_EQ(verdict("experts_per_rank = 21"), "false");
  EXPECT_EQ(verdict("experts_per_rank = 22"), "false");
  EXPECT_EQ(verdict("experts_per_rank <= 22"), "true");
  EXPECT_EQ(verdict("experts_per_rank > 21"), "false");
}

TEST(Claims, MissingFiguresAreNamed) {
  Judgement result = judged("319488 / 312 = sequence_length");
  EXPECT_EQ(result.verdict, ClaimVerdict::Unverifiable);
  EXPECT_EQ(result.missing,
            std::vector<std::string>{"workload.sequence_length"});
  EXPECT_EQ(result.message, "needs 'workload.sequence_length'; 319488 / 312 is "
                            "1024");
  EXPECT_EQ(judged("latency = baseline.latency").missing,
            (std::vector<std::string>{"latency", "baseline.latency"}));
  EXPECT_EQ(verdict("device_memory <= gpu_memory"), "unverifiable");
  EXPECT_EQ(verdict("gpu_memory = 64 GB"), "true");
  EXPECT_EQ(verdict("gpu_memory = 0.06 TB"), "true");
  // A count is exact, a half is not one.
  EXPECT_EQ(verdict("redundant_slots = 1"), "false");
  EXPECT_EQ(verdict("redundant_slots * 1 = 1"), "true");
}

TEST(Claims, AReferenceIsTheStatedSide) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(verdicts({{"a-1", "16 / 2 = 8"}, {"b", "@a-1 = 1"}}),
            (Names{"true", "false"}));
  // Also of a false claim, of an unverifiable one, and of one that comes later.
  EXPECT_EQ(verdicts({{"b", "@a * 2 = 6"}, {"a", "1 = 3"}}),
            (Names{"true", "false"}));
  EXPECT_EQ(verdicts({{"a", "latency = 20 GB"},
                      {"b", "latency = 15 GB .. 20 GB"},
                      {"c", "@b > @a"},
                      {"d", "@b <= @a"}}),
            (Names{"unverifiable", "unverifiable", "false", "true"}));
  EXPECT_EQ(verdicts({{"a", "1 = "}, {"b", "@a = 1"}})[1], "unverifiable");
  EXPECT_EQ(verdicts({{"mem", "1 = 1"}, {"b", "@men = 1"}})[1],
            "no claim is called 'men', did you mean 'mem'?");
}

TEST(Claims, CirclesAreNamedOnce) {
  std::vector<std::string> names = verdicts(
      {{"a", "@b = 1"}, {"b", "1 = @a"}, {"c", "@a = 1"}, {"d", "@d = 1"}});
  EXPECT_EQ(names[0],
            "claims refer to each other in a circle: @a needs @b needs @a");
  EXPECT_EQ(names[1], names[0]);
  EXPECT_EQ(names[2], "unverifiable");
  EXPECT_EQ(names[3], "claims refer to each other in a circle: @d needs @d");
}

TEST(Claims, LongChainsDoNotRecurse) {
  std::vector<ClaimText> chain;
  constexpr int length = 20000;
  for (int i = 0; i < length; ++i)
    chain.push_back(
        {"c" + std::to_string(i), "@c" + std::to_string(i + 1) + " = 1"});
  chain.push_back({"c" + std::to_string(length), "1 = 1"});
  for (const std::string &name : verdicts(chain))
    EXPECT_EQ(name, "true");
  chain.back().says = "@c0 = 1";
  for (const Judgement &result : judgeClaims(chain, FewFigures()))
    EXPECT_EQ(result.verdict, ClaimVerdict::Unreadable);
}

TEST(Claims, ErrorsSayWhereAndWhat) {
  EXPECT_EQ(verdict(""), "1: expected a number or a metric, found the end of "
                         "the claim");
  EXPECT_EQ(verdict("1 = "), "5: expected a number or a metric, found the end "
                             "of the claim");
  EXPECT_EQ(verdict("3 × 2 = 6"),
            "3: expected an operator, '=', '<', '<=', '>' or '>=', found "
            "\"×\", write '*'");
  EXPECT_EQ(verdict("42 Gb = 1"), "4: unknown unit 'Gb', did you mean 'GB'?");
  EXPECT_EQ(verdict("summ(1) = 1"),
            "1: unknown function 'summ', did you mean 'sum'?");
  EXPECT_EQ(verdict("layer_per_rank = 1"),
            "1: unknown metric 'layer_per_rank', did you mean "
            "'layers_per_rank'?");
  EXPECT_EQ(verdict("1e9 = 1"),
            "1: found an exponent, write the number with all its digits and a "
            "unit such as 'GB'");
  EXPECT_EQ(verdict("450,000 = 1"),
            "4: found a separator in a number, write its digits without");
  EXPECT_EQ(verdict("change(1, 2, 3) = 1"),
            "1: 'change' takes 2 values, found 3 (digits are written without "
            "separators)");
  EXPECT_EQ(verdict("1 / 0 = 1"), "5: division by zero: \"0\" is 0");
  EXPECT_EQ(verdict("1 / (0.5 - 0.4) = 10"),
            "5: division by zero: \"(0.5 - 0.4)\" may be 0 within the "
            "precision stated");
  EXPECT_EQ(verdict("variance() = 0"),
            "10: expected a number or a metric, found \")\"");
  EXPECT_EQ(verdict("sample_variance(1) = 0"),
            "1: 'sample_variance' takes at least 2 values, found 1");
  EXPECT_EQ(verdict("(1 + 2 = 3"),
            "8: expected ')' or an operator, found \"=\"");
  EXPECT_EQ(verdict("1 < 2 .. 3"), "7: a range follows '=', not an inequality");
  EXPECT_EQ(verdict("1 = 1 = 1"), "7: expected an operator or the end of the "
                                  "claim, found \"=\"");
  EXPECT_EQ(verdict("@ = 1"),
            "2: expected the id of a claim behind '@', found \"\"");
}

TEST(Claims, LimitsHold) {
  std::string deep = std::string(300, '(') + "1" + std::string(300, ')');
  EXPECT_EQ(verdict(deep + " = 1"),
            "66: the claim is nested more than 64 deep");
  EXPECT_NE(verdict(std::string(500, '-') + "1 = 1").find("nested"),
            std::string::npos);
  EXPECT_EQ(verdict(std::string(1001, '1')),
            "1: the claim has 1001 bytes, more than 1000");
  std::string big = "99999999999999999 PB";
  EXPECT_NE(verdict(big + " * " + big + " = 1").find("too long"),
            std::string::npos);
  EXPECT_NE(verdict("variance(1.0,1.0,1.0,1.0,1.0,1.0,1.0,1.0,1.0) = 0")
                .find("at most 8"),
            std::string::npos);
}

/// Every prefix and every single-byte change of claims of all kinds ends in a
/// verdict or in an error that lies inside the text.
TEST(Claims, DamagedTextEndsInAnError) {
  const StringRef seeds[] = {
      "1 - 0.008 s / 0.020 s = 60 % .. 70 %",
      "sum(0.84 GB, 2.1 GB, -12.5 GB) / (3 - 1) >= baseline.device_memory",
      "@s2-04b * variance(22, 21, 21.5) = change(3, 128) x", "3 × 2 ≈ 6"};
  const StringRef bytes("\0\xff()@.=<>-+*/%x, 9eG\xc3", 22);
  auto check = [](const std::string &says) {
    Judgement result = judged(says);
    if (result.verdict != ClaimVerdict::Unreadable)
      return;
    EXPECT_FALSE(result.message.empty()) << says;
    EXPECT_GE(result.column, 1U) << says;
    EXPECT_LE(result.column, says.size() + 1) << says;
  };
  for (StringRef seed : seeds)
    for (size_t i = 0; i <= seed.size(); ++i) {
      check(seed.take_front(i).str());
      for (char byte : bytes) {
        std::string changed = seed.str();
        if (i < seed.size())
          changed[i] = byte;
        check(changed);
        check(seed.take_front(i).str() + byte + seed.drop_front(i).str());
      }
    }
}

} // namespace

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
