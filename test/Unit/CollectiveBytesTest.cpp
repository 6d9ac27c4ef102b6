//===- CollectiveBytesTest.cpp - What collectives send --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/IR/MoE.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace mlir::moe;

namespace {

/// A group of two dimensions of a grid, and a function whose body is parsed
/// from the text of one operation on `%x`.
class CollectiveBytes : public ::testing::Test {
protected:
  CollectiveBytes() {
    context.loadDialect<MoEDialect, func::FuncDialect, shard::ShardDialect>();
  }

  /// The collective of `op`, which names its operand `%x` of type `type`.
  CollectiveOpInterface parse(const std::string &type, const std::string &op) {
    std::string text = R"(
      shard.grid @world(shape = 2x4x2)
      moe.plan @plan {
        cluster @cluster
        model @model { layers @run 0 to 1 {} }
        mesh @mesh <ep = 8> on @cluster
        placement @placement of @model::@run on @mesh slots 1 contiguous
      }
      func.func @f(%x: )" +
                       type + R"(, %r: !moe.routing<? x ?>) {
        %y = )" + op + R"(
        return
      })";
    module = parseSourceString<ModuleOp>(text, &context);
    CollectiveOpInterface found;
    if (module)
      module->walk([&](CollectiveOpInterface candidate) { found = candidate; });
    EXPECT_TRUE(found) << text;
    return found;
  }

  std::optional<int64_t> sent(const std::string &type, const std::string &op,
                              int64_t groupSize) {
    CollectiveOpInterface collective = parse(type, op);
    return collective ? collective.getSentBytes(groupSize) : std::nullopt;
  }

  std::optional<int64_t> sentByAllReduce(const std::string &type,
                                         int64_t groupSize) {
    return sent(type,
                "shard.all_reduce %x on @world grid_axes = [1, 2] : " + type +
                    " -> " + type,
                groupSize);
  }
  std::optional<int64_t> sentBySend(const std::string &type,
                                    int64_t groupSize) {
    return sent(
        type,
        "shard.send %x on @world grid_axes = [0] destination = [1] : (" + type +
            ") -> " + type,
        groupSize);
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

const std::string gather = "shard.all_gather %x on @world grid_axes = [1, 2] "
                           "gather_axis = 0 : tensor<2x16xf32> -> "
                           "tensor<16x16xf32>";
const std::string scatter = "shard.reduce_scatter %x on @world grid_axes = [1, "
                            "2] scatter_axis = 0 : tensor<16x16xf32> -> "
                            "tensor<2x16xf32>";
const std::string exchange = "shard.all_to_all %x on @world grid_axes = [1, 2] "
                             "split_axis = 0 concat_axis = 0 : "
                             "tensor<16x16xf32> -> tensor<16x16xf32>";

// The factors are those of nccl-tests, doc/PERFORMANCE.md; 16 x 16 x 4 bytes
// are 1024.
TEST_F(CollectiveBytes, FactorsOfNcclTests) {
  EXPECT_EQ(sentByAllReduce("tensor<16x16xf32>", 8), 2 * 1024 * 7 / 8);
  EXPECT_EQ(sent("tensor<16x16xf32>", scatter, 8), 1024 * 7 / 8);
  EXPECT_EQ(sent("tensor<16x16xf32>", exchange, 8), 1024 * 7 / 8);
  // The operand, 128 bytes, goes to each of the seven others.
  EXPECT_EQ(sent("tensor<2x16xf32>", gather, 8), 128 * 7);
  EXPECT_EQ(sentBySend("tensor<16x16xf32>", 2), 1024);
  EXPECT_EQ(sent("tensor<16x16xf32>",
                 "shard.recv %x on @world grid_axes = [0] source = [1] : "
                 "(tensor<16x16xf32>) -> tensor<16x16xf32>",
                 2),
            0);
}

TEST_F(CollectiveBytes, DispatchAndCombineSendWhatIsExchanged) {
  std::string rows = "tensor<8x10x64xbf16>", tokens = "tensor<32x64xbf16>";
  std::string tail = " by %r on @world grid_axes = [1, 2] placement "
                     "@plan::@placement : ";
  std::string routing = ", !moe.routing<? x ?> -> ";
  int64_t bytes = 8 * 10 * 64 * 2 * 7 / 8;
  EXPECT_EQ(sent(tokens, "moe.dispatch %x" + tail + tokens + routing + rows, 8),
            bytes);
  EXPECT_EQ(sent(rows, "moe.combine %x" + tail + rows + routing + tokens, 8),
            bytes);
}

TEST_F(CollectiveBytes, KindsAndDimensions) {
  CollectiveOpInterface op = parse("tensor<16x16xf32>", scatter);
  ASSERT_TRUE(op);
  EXPECT_EQ(op.getCollectiveKind(), CollectiveKind::ReduceScatter);
  EXPECT_EQ(op.getGroupDims(), ArrayRef<int16_t>({1, 2}));
  op = parse("tensor<2x16xf32>", gather);
  ASSERT_TRUE(op);
  EXPECT_EQ(op.getCollectiveKind(), CollectiveKind::AllGather);
  op = parse("tensor<16x16xf32>", exchange);
  ASSERT_TRUE(op);
  EXPECT_EQ(op.getCollectiveKind(), CollectiveKind::AllToAll);
}

TEST_F(CollectiveBytes, AloneARankSendsNothing) {
  EXPECT_EQ(sentByAllReduce("tensor<16x16xf32>", 1), 0);
  EXPECT_EQ(sent("tensor<2x16xf32>", gather, 1), 0);
  EXPECT_EQ(sentBySend("tensor<16x16xf32>", 1), 0);
}

TEST_F(CollectiveBytes, NoGroupNoAnswer) {
  for (int64_t size : {int64_t(0), int64_t(-8), INT64_MIN}) {
    EXPECT_EQ(sentByAllReduce("tensor<16x16xf32>", size), std::nullopt);
    EXPECT_EQ(sent("tensor<2x16xf32>", gather, size), std::nullopt);
    EXPECT_EQ(sentBySend("tensor<16x16xf32>", size), std::nullopt);
  }
}

TEST_F(CollectiveBytes, UnknownShapesAndWidths) {
  EXPECT_EQ(sentByAllReduce("tensor<?x16xf32>", 8), std::nullopt);
  EXPECT_EQ(sentBySend("tensor<?xf32>", 2), std::nullopt);
  EXPECT_EQ(sentBySend("tensor<4xindex>", 2), std::nullopt);
  EXPECT_EQ(sentBySend("tensor<4xcomplex<f32>>", 2), std::nullopt);
}

TEST_F(CollectiveBytes, ElementsBelowAByteArePacked) {
  EXPECT_EQ(sentBySend("tensor<16xi4>", 2), 8);
  EXPECT_EQ(sentBySend("tensor<3xi4>", 2), 2);
  EXPECT_EQ(sentBySend("tensor<9xi1>", 2), 2);
  EXPECT_EQ(sentBySend("tensor<16xf4E2M1FN>", 2), 8);
  EXPECT_EQ(sentBySend("tensor<16xf8E4M3FN>", 2), 16);
  EXPECT_EQ(sentBySend("tensor<0x16xf32>", 2), 0);
}

// Three bytes among two ranks are one and a half each.
TEST_F(CollectiveBytes, PartsOfAByteCountWhole) {
  EXPECT_EQ(sentByAllReduce("tensor<3xi8>", 2), 3);
  EXPECT_EQ(sentByAllReduce("tensor<1xi8>", 3), 2);
}

TEST_F(CollectiveBytes, WhatDoesNotFitIsNoNumber) {
  EXPECT_EQ(sentBySend("tensor<9223372036854775807xf32>", 2), std::nullopt);
  EXPECT_EQ(sentBySend("tensor<4611686018427387904x4xi8>", 2), std::nullopt);
  // 2^59 bytes fit; 2 x 63 times as many do not.
  EXPECT_EQ(sentBySend("tensor<576460752303423488xi8>", 2), int64_t(1) << 59);
  EXPECT_EQ(sentByAllReduce("tensor<576460752303423488xi8>", 64), std::nullopt);
  EXPECT_EQ(sentByAllReduce("tensor<16xi8>", INT64_MAX), std::nullopt);
  EXPECT_EQ(sent("tensor<2x16xf32>", gather, INT64_MAX), std::nullopt);
}

} // namespace
