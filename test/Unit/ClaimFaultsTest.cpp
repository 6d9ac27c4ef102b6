//===- ClaimFaultsTest.cpp - What claims lack, and damaged ones -----------===//
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
