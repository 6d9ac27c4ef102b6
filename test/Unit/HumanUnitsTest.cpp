//===- HumanUnitsTest.cpp - Figures as people read them -------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../lib/Driver/HumanUnits.h"
#include "gtest/gtest.h"

using namespace mlir::moe;

namespace {

TEST(HumanUnits, BytesHaveThreeDigits) {
  EXPECT_EQ(showBytes(0), "0 B");
  EXPECT_EQ(showBytes(999), "999 B");
  EXPECT_EQ(showBytes(1000), "1.00 kB");
  EXPECT_EQ(showBytes(12345), "12.3 kB");
  EXPECT_EQ(showBytes(671e9), "671 GB");
  EXPECT_EQ(showBytes(9.2e18), "9.20 EB");
}

TEST(HumanUnits, RoundingMovesOnToTheNextUnit) {
  EXPECT_EQ(showBytes(999.4e6), "999 MB");
  EXPECT_EQ(showBytes(999.6e6), "1.00 GB");
  EXPECT_EQ(showBytes(9.996e9), "10.0 GB");
  EXPECT_EQ(showBytes(99.96e9), "100 GB");
}

TEST(HumanUnits, SecondsReachFromNanosecondsToDays) {
  EXPECT_EQ(showSeconds(0), "0 s");
  EXPECT_EQ(showSeconds(1.5e-9), "1.50 ns");
  EXPECT_EQ(showSeconds(0.0425), "42.5 ms");
  EXPECT_EQ(showSeconds(59.94), "59.9 s");
  EXPECT_EQ(showSeconds(5022), "1.40 h");
  EXPECT_EQ(showSeconds(3 * 86400.0), "3.00 d");
}

TEST(HumanUnits, CountsAndShares) {
  EXPECT_EQ(showCount(12), "12");
  EXPECT_EQ(showCount(671.0264e9), "671 B");
  EXPECT_EQ(showCount(86.7e9, "G"), "86.7 G");
  EXPECT_EQ(showShare(0.2813), "28.1 %");
  EXPECT_EQ(showNumber(1648.3), "1648");
  EXPECT_EQ(showNumber(0.128), "0.13");
  EXPECT_EQ(showIn(42.345e9, 1e9), "42.34");
}

} // namespace
