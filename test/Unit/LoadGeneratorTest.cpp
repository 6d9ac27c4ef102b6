//===- LoadGeneratorTest.cpp - Generated loads ----------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Balance/LoadGenerator.h"
#include "gtest/gtest.h"

using namespace mlir::moe;

static LoadRecipe recipe(llvm::StringRef text) {
  std::string error;
  std::optional<LoadRecipe> read = LoadRecipe::parse(text, error);
  EXPECT_TRUE(read) << error;
  return read.value_or(LoadRecipe());
}

// The second of two layers of 8 experts at seed 3, from an implementation in
// Python of the same definition.
TEST(LoadGenerator, GivesTheSameTokensEverywhere) {
  auto second = [](llvm::StringRef text) {
    return generateLoads(recipe(text), 2, 8, 3, 1 << 24)[1];
  };
  using Row = std::vector<int64_t>;
  EXPECT_EQ(second("zipf:1.2"), (Row{1924227, 593053, 7191206, 837568, 696120,
                                     1362479, 3130154, 1042408}));
  EXPECT_EQ(second("lognormal:1.0"), (Row{613056, 6473105, 3045547, 1463854,
                                          740334, 1611191, 1246791, 1583339}));
  EXPECT_EQ(second("dirichlet:0.3"), (Row{805783, 165614, 1738912, 10324272,
                                          3500332, 224485, 14524, 3295}));
  EXPECT_EQ(second("grouped:0.5:0.7:8"),
            (Row{1849673, 565900, 4757741, 2012284, 3313847, 856837, 2806179,
                 614754}));
  EXPECT_EQ(second("sample:0.8:4096"),
            (Row{1274, 255, 757, 497, 233, 322, 358, 400}));
  EXPECT_EQ(second("onehot:0.5"), (Row{1439981, 760986, 1338228, 7881395,
                                       1295222, 1454460, 1435107, 1171837}));
  EXPECT_EQ(second("uniform"), Row(8, 1 << 21));
}

TEST(LoadGenerator, NamesWhatIsWrong) {
  auto errorOf = [](llvm::StringRef text) {
    std::string error;
    EXPECT_FALSE(LoadRecipe::parse(text, error));
    return error;
  };
  EXPECT_EQ(errorOf("zpif:1"),
            "unknown kind of load 'zpif', expected 'zipf', 'lognormal', "
            "'dirichlet', 'grouped', 'sample', 'onehot' or 'uniform', did you "
            "mean 'zipf'?");
  EXPECT_EQ(errorOf("zipf"), "'zipf' takes 1 parameter behind colons, found 0 "
                             "in 'zipf'");
  EXPECT_EQ(errorOf("dirichlet:0"), "expected a number from 0.01 to 1000000 as "
                                    "the concentration, found '0'");
  EXPECT_EQ(errorOf("grouped:1:1:0.5"),
            "expected a whole number from 1 to 1000000 as the number of "
            "groups, found '0.5'");
  EXPECT_EQ(errorOf("zipf:nan"),
            "expected a number from 0 to 20 as the exponent, found 'nan'");
}
