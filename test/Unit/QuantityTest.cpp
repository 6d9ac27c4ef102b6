//===- QuantityTest.cpp - Units, decimals, conditions ---------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Quantity/Quantity.h"
#include "moe/Wording/Wording.h"
#include "gtest/gtest.h"

using namespace mlir::moe;
using llvm::StringRef;

namespace {

Quantity quantity(StringRef text) {
  std::string error;
  std::optional<Quantity> result = Quantity::parse(text, error);
  EXPECT_TRUE(result) << text.str() << ": " << error;
  return result.value_or(Quantity());
}

std::string quantityError(StringRef text) {
  std::string error;
  EXPECT_FALSE(Quantity::parse(text, error)) << text.str();
  return error;
}

Bound bound(StringRef text) {
  std::string error;
  std::optional<Bound> result = Bound::parse(text, error);
  EXPECT_TRUE(result) << text.str() << ": " << error;
  return result.value_or(Bound());
}

std::string boundError(StringRef text) {
  std::string error;
  EXPECT_FALSE(Bound::parse(text, error)) << text.str();
  return error;
}

TEST(Quantity, PrintsAsWrittenUpToBlanks) {
  for (StringRef text :
       {"80 GB", "42.3 GB", "80 GiB", "989 TFLOPS", "450 GB/s", "400 Gb/s",
        "2 ms", "66.1 %", "1.50 x", "450000 tokens/s", "0.05 s", "-3 %",
        "1.050", "10 µs", "6.40 TFLOP/s/GPU", "0.00 %"})
    EXPECT_EQ(quantity(text).str(), text);
  EXPECT_EQ(quantity(" 66.1%").str(), "66.1 %");
  EXPECT_EQ(quantity("80  GB\t").str(), "80 GB");
  EXPECT_EQ(quantity("007 GB").str(), "7 GB");
}

TEST(Quantity, EveryUnitPrintsAndParses) {
  for (StringRef spelling : Unit::spellings()) {
    std::optional<Unit> unit = Unit::lookup(spelling);
    ASSERT_TRUE(unit) << spelling.str();
    EXPECT_EQ(unit->spelling(), spelling);
    EXPECT_EQ(quantity("3 " + spelling.str()).unit, *unit);
    EXPECT_EQ(quantity(exampleOf(unit->dimension())).dimension(),
              unit->dimension());
    EXPECT_FALSE(describe(unit->dimension()).empty());
  }
}

TEST(Quantity, WholeSI) {
  EXPECT_EQ(quantity("42.3 GB").wholeSI(), 42'300'000'000);
  EXPECT_EQ(quantity("80 GiB").wholeSI(), int64_t(80) << 30);
  EXPECT_EQ(quantity("400 Gb/s").wholeSI(), 50'000'000'000);
  EXPECT_EQ(quantity("50 GB/s").wholeSI(), 50'000'000'000);
  EXPECT_EQ(quantity("1.5 min").wholeSI(), 90);
  EXPECT_EQ(quantity("-2 kB").wholeSI(), -2000);
  EXPECT_EQ(quantity("2 ms").wholeSI(), std::nullopt);
  EXPECT_EQ(quantity("66.1 %").wholeSI(), std::nullopt);
  // 2^63 - 1 is 9.223 EFLOP: what does not fit is no number, never a wrong one.
  EXPECT_EQ(quantity("9 EFLOPS").wholeSI(), 9'000'000'000'000'000'000);
  EXPECT_EQ(quantity("10 EFLOPS").wholeSI(), std::nullopt);
  EXPECT_EQ(quantity("99999999999999999 EFLOP").wholeSI(), std::nullopt);
}

TEST(Quantity, ToSI) {
  EXPECT_DOUBLE_EQ(quantity("66.1 %").toSI(), 0.661);
  EXPECT_DOUBLE_EQ(quantity("2 ms").toSI(), 0.002);
  EXPECT_DOUBLE_EQ(quantity("989 TFLOPS").toSI(), 989e12);
  EXPECT_DOUBLE_EQ(quantity("99999999999999999 EFLOP").toSI(),
                   99999999999999999e18);
}

TEST(Quantity, IntervalIsHalfTheLastDigit) {
  auto [low, high] = quantity("42.3 GB").interval();
  EXPECT_EQ(low.str(), "42.25 GB");
  EXPECT_EQ(high.str(), "42.35 GB");
  EXPECT_EQ(quantity("0 %").interval().first.str(), "-0.5 %");
  EXPECT_EQ(quantity("1.50").interval().second.str(), "1.505");
  // The longest number still has room.
  EXPECT_EQ(quantity("0.99999999999999999 B").interval().second.str(),
            "0.999999999999999995 B");
}

TEST(Quantity, CompareIsExact) {
  EXPECT_EQ(quantity("1 GB").compare(quantity("1000 MB")), 0);
  EXPECT_FALSE(quantity("1 GB") == quantity("1000 MB"));
  EXPECT_EQ(quantity("1.5 %").compare(quantity("0.015 x")), 0);
  EXPECT_LT(quantity("80 GB").compare(quantity("80 GiB")), 0);
  EXPECT_GT(quantity("8.01 Gb/s").compare(quantity("1 GB/s")), 0);
  EXPECT_LT(quantity("-1 GB").compare(quantity("0.1 B")), 0);
  // Equal as doubles, one unit apart in the 17th digit.
  EXPECT_LT(quantity("99999999999999998 EFLOP")
                .compare(quantity("99999999999999999 EFLOP")),
            0);
}

TEST(Quantity, Errors) {
  EXPECT_EQ(quantityError("80 gb"),
            "unknown unit 'gb' in \"80 gb\", did you mean 'GB'?");
  EXPECT_EQ(
      quantityError("400 gbps"),
      "unknown unit 'gbps' in \"400 gbps\", did you mean 'GBps' or 'Gbps'?");
  EXPECT_EQ(quantityError("989 tflops"),
            "unknown unit 'tflops' in \"989 tflops\", did you mean 'TFLOPS'?");
  EXPECT_EQ(quantityError("3 parsecs"),
            "unknown unit 'parsecs' in \"3 parsecs\"");
  EXPECT_EQ(quantityError("GB"),
            "expected a number with its unit such as \"80 GB\", found \"GB\"");
  EXPECT_EQ(quantityError(""),
            "expected a number with its unit such as \"80 GB\", found \"\"");
  EXPECT_EQ(
      quantityError("450,000 tokens/s"),
      "found a separator in the number of \"450,000 tokens/s\", write its "
      "digits without");
  EXPECT_EQ(
      quantityError("4e9 B"),
      "found an exponent in \"4e9 B\", write the number with all its digits "
      "and a unit such as 'GB'");
  EXPECT_EQ(quantityError("4. GB"),
            "expected digits behind the point in \"4. GB\"");
  EXPECT_EQ(quantityError("999999999999999999 GB"),
            "the number \"999999999999999999\" has more than 17 digits");
  EXPECT_EQ(quantityError("0.000000000000000000 GB"),
            "the number \"0.000000000000000000\" has more than 17 digits");
}

TEST(Bound, PrintsAsWritten) {
  for (StringRef text : {"<= 1.05", "< 5 %", ">= 95 %", "> 0 s", "= 3",
                         "60 % .. 95 %", "900 MB .. 1 GB"})
    EXPECT_EQ(bound(text).str(), text);
  EXPECT_EQ(bound("60%..95%").str(), "60 % .. 95 %");
  EXPECT_EQ(bound(">=95%").str(), ">= 95 %");
}

TEST(Bound, Admits) {
  EXPECT_TRUE(bound("<= 1.05").admits(quantity("1.05")));
  EXPECT_FALSE(bound("< 5 %").admits(quantity("5 %")));
  EXPECT_TRUE(bound("< 5 %").admits(quantity("0.0499 x")));
  EXPECT_TRUE(bound(">= 95 %").admits(quantity("95 %")));
  EXPECT_FALSE(bound("> 0 s").admits(quantity("0 ms")));
  EXPECT_TRUE(bound("= 1 GB").admits(quantity("1000 MB")));
  Bound range = bound("60 % .. 95 %");
  EXPECT_TRUE(range.admits(quantity("60 %")));
  EXPECT_TRUE(range.admits(quantity("95 %")));
  EXPECT_FALSE(range.admits(quantity("95.01 %")));
  EXPECT_FALSE(range.admits(quantity("59.99 %")));
}

TEST(Bound, Errors) {
  EXPECT_EQ(boundError("5 %"), "expected a condition such as \"<= 1.05\" or "
                               "\"60 % .. 95 %\", found \"5 %\"");
  EXPECT_EQ(boundError("95 % .. 60 %"),
            "the range \"95 % .. 60 %\" is empty, its first end is above its "
            "second");
  EXPECT_EQ(
      boundError("60 .. 95 %"),
      "the range \"60 .. 95 %\" runs from a bare number to a ratio, write "
      "both ends with the same kind of unit");
  EXPECT_EQ(boundError("<= 3 gib"),
            "unknown unit 'gib' in \"3 gib\", did you mean 'GiB'?");
}

TEST(Wording, QuotesForeignText) {
  EXPECT_EQ(quoted("größe"), "'größe'");
  EXPECT_EQ(quoted("a\nb\x1b[31m"), "'a\\nb\\u001b[31m'");
  EXPECT_EQ(quoted("\xff\xc3"), "'\\xff\\xc3'");
  EXPECT_EQ(quoted("\xe2\x80\xae"), "'\\u202e'");
  EXPECT_EQ(quotedValue(std::string(1000, 'x')),
            "\"" + std::string(80, 'x') + "...\"");
}

TEST(Wording, DidYouMean) {
  EXPECT_EQ(didYouMean("micro_bath", {"micro_batch", "global_batch"}),
            ", did you mean 'micro_batch'?");
  EXPECT_EQ(didYouMean("h100", {"A100", "H100"}), ", did you mean 'H100'?");
  EXPECT_EQ(didYouMean("G100", {"A100", "H100", "H20"}),
            ", did you mean 'A100' or 'H100'?");
  EXPECT_EQ(didYouMean("zzz", {"tp", "pp"}), "");
  EXPECT_EQ(didYouMean("x", {"y"}), "");
  EXPECT_EQ(oneOf({"a"}), "'a'");
  EXPECT_EQ(allOf({"a", "b", "c"}), "'a', 'b' and 'c'");
  EXPECT_EQ(oneOf({"a", "b", "c"}), "'a', 'b' or 'c'");
}

} // namespace
