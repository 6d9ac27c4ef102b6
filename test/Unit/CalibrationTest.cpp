//===- CalibrationTest.cpp - Constants as data ----------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Calibration/CalibrationFile.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace mlir::moe;

namespace {

cost::Machine machineOf(llvm::StringRef gpu, double peak) {
  cost::Machine machine;
  machine.gpu = gpu;
  machine.peakBf16 = peak;
  return machine;
}

/// All errors of a text, one line each.
std::string errorsOf(const std::string &text) {
  InputErrors errors;
  EXPECT_FALSE(CalibrationFile::parse(text, "c.json", errors));
  std::string result;
  for (const InputError &error : errors.list())
    result += error.message + "\n";
  return result;
}

/// The built-in file with `from` replaced once.
std::string changed(const std::string &from, const std::string &to) {
  std::string text = CalibrationFile::builtIn().toJson();
  size_t place = text.find(from);
  EXPECT_NE(place, std::string::npos) << from;
  return text.replace(place, from.size(), to);
}

TEST(Calibration, WhatIsWrittenIsReadAgain) {
  const CalibrationFile &file = CalibrationFile::builtIn();
  InputErrors errors;
  auto again = CalibrationFile::parse(file.toJson(), "c.json", errors);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->toJson(), file.toJson());
  EXPECT_EQ(again->entries.size(), constantNames().size());
}

TEST(Calibration, EveryConstantSaysWhatItIs) {
  for (const ConstantEntry &entry : CalibrationFile::builtIn().entries) {
    EXPECT_FALSE(entry.meaning.empty());
    EXPECT_FALSE(entry.provenance.empty());
    EXPECT_LE(entry.low, entry.value * 1.0001);
    EXPECT_GE(entry.high, entry.value * 0.9999);
  }
}

TEST(Calibration, PowerLimitsWhatABoardSustains) {
  CalibrationFile file = CalibrationFile::builtIn();
  CostConstants values = file.values();
  values.gemmShare = 0.8;
  values.powerExponent = 1;
  file.setValues(values);
  EXPECT_NEAR(file.resolve(machineOf("H100", 989e12), 0).gemmShare, 0.8, 1e-9);
  // 1000 W for 2250 TFLOP/s against 700 W for 989.
  EXPECT_NEAR(file.resolve(machineOf("B200", 2250e12), 0).gemmShare,
              0.8 * (1000 / 2250.0) / (700 / 989.0), 1e-9);
  // A GPU nobody knows is not limited.
  EXPECT_NEAR(file.resolve(machineOf("X1", 2250e12), 0).gemmShare, 0.8, 1e-9);
  // An exponential takes as long as on H100, relative to products.
  EXPECT_NEAR(file.resolve(machineOf("X1", 989e12), 0).exponentialRate, 3.7e12,
              1e9);
}

TEST(Calibration, SoftwareGetsFasterEveryYear) {
  CalibrationFile file = CalibrationFile::builtIn();
  CostConstants values = file.values();
  values.yearlyGain = 0.1;
  values.launchSeconds = 10e-6;
  values.graceFactor = 0.5;
  file.setValues(values);
  cost::Machine h100 = machineOf("H100", 989e12);
  int64_t start = file.referenceMonth;
  EXPECT_NEAR(file.resolve(h100, start).launchSeconds, 10e-6, 1e-12);
  EXPECT_NEAR(file.resolve(h100, start + 12).launchSeconds,
              10e-6 * std::exp(-0.1), 1e-12);
  EXPECT_NEAR(file.resolve(machineOf("GB200", 2500e12), start).launchSeconds,
              5e-6, 1e-12);
  // Nothing is known about releases behind the newest one.
  EXPECT_EQ(file.resolve(h100, file.newestMonth + 60).launchSeconds,
            file.resolve(h100, 0).launchSeconds);
}

TEST(Calibration, OtherGpusHaveTheWiderErrorBar) {
  CalibrationFile file = CalibrationFile::builtIn();
  file.fitted = {0.9, 1.1};
  file.extrapolated = {0.7, 1.4};
  EXPECT_EQ(file.resolve(machineOf("H100", 989e12), 0).errorHigh, 1.1);
  EXPECT_EQ(file.resolve(machineOf("X1", 989e12), 0).errorLow, 0.7);
}

TEST(Calibration, ErrorsNameTheKey) {
  EXPECT_EQ(errorsOf(changed("\"gemm_share\"", "\"gem_share\"")),
            "missing key 'gemm_share' in $.constants\nunknown key 'gem_share' "
            "in $.constants, did you mean 'gemm_share'?\n");
  EXPECT_EQ(
      errorsOf(changed("\"newest\": \"2026-08\"", "\"newest\": \"August\"")),
      "'$.software.newest' must be a month such as \"2025-04\", found "
      "\"August\"\n");
  EXPECT_EQ(
      errorsOf(changed("\"unit\": ", "\"value\": 3, \"unit\": ")).substr(0, 13),
      "duplicate key");
  EXPECT_NE(errorsOf("[]").find("expected an object"), std::string::npos);
}

TEST(Calibration, EachConstantHasItsRange) {
  std::string errors =
      errorsOf(changed("\"gemm_share\": {\n      \"value\": 0.",
                       "\"gemm_share\": {\n      \"value\": 50."));
  EXPECT_NE(errors.find("'$.constants.gemm_share.value' must be a number over "
                        "0 and at most 1, found the number 50."),
            std::string::npos)
      << errors;
  // What was fitted is far from the limits.
  for (auto [name, entry] :
       llvm::zip(constantNames(), CalibrationFile::builtIn().entries)) {
    EXPECT_LE(entry.high, name.most) << name.name.str();
    EXPECT_LE(entry.prior, name.most) << name.name.str();
  }
}

TEST(Calibration, NumbersMustBePositiveAndFinite) {
  EXPECT_EQ(
      errorsOf(changed("\"spread\": 0.1", "\"spread\": -0.1")),
      "'$.constants.gemm_share.spread' must be a number of at least 0 and "
      "at most 100, found the number -0.1\n");
  for (const char *number : {"0", "-1", "1e400", "\"1\"", "null", "1e9"}) {
    std::string text = CalibrationFile::builtIn().toJson();
    size_t place = text.find("\"value\": ");
    size_t end = text.find(',', place);
    text.replace(place, end - place, std::string("\"value\": ") + number);
    EXPECT_NE(errorsOf(text), "") << number;
  }
}

} // namespace
