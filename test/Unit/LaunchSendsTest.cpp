//===- LaunchSendsTest.cpp - What communicators and estimates count -------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The communicators of a launch send what the estimate of the plan says, byte
// for byte.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "moe/Analysis/CostJob.h"
#include "moe/Calibration/CalibrationFile.h"
#include "moe/Cost/CollectiveRuns.h"
#include "moe/Transforms/Passes.h"
#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"
#include <map>

using namespace mlir;
using namespace mlir::moe;

namespace {

/// Bytes by name of the axis and of the collective.
using Sends = std::map<std::pair<std::string, std::string>, int64_t>;

/// Of every axis, on the stage that sends most.
Sends foreseen(const cost::Job &job) {
  cost::Calibration calibration;
  std::vector<cost::StageWork> stages;
  cost::measureStages(job, calibration, stages);
  Sends sends;
  for (size_t stage = 0; stage < stages.size(); ++stage)
    cost::trafficOfStep(job,
                        cost::trafficOfRank(job, calibration, stages, stage))
        .forEachTraffic([&](cost::Axis axis, cost::Collective kind,
                            const cost::Traffic &traffic) {
          int64_t &most = sends[{nameOf(axis).str(), nameOf(kind).str()}];
          most = std::max(most, *traffic.sent);
        });
  return sends;
}

Sends launched(ModuleOp module) {
  Sends sends;
  module.walk([&](CommunicatorOp op) {
    EXPECT_TRUE(op.getSends()) << op.getSymName().str();
    // Megatron's name of the ranks with the same dense parameters.
    std::string name = op.getSymName().str();
    if (name == "dp_cp")
      name = "dp";
    for (auto [kind, bytes] :
         llvm::zip_equal(op.getCollectives().getAsRange<CollectiveKindAttr>(),
                         op.getSends().value_or(ArrayRef<int64_t>())))
      sends[{name, stringifyEnum(kind.getValue()).str()}] = bytes;
  });
  return sends;
}

/// 2 layers, the second with experts, on 32 GPUs.
std::string planText(StringRef workload, StringRef degrees) {
  return llvm::formatv(R"(moe.plan @p {{
    cluster @cluster gpu "H100" nodes 4 gpus_per_node 8
    model @model hidden 256 vocab 1024 layers 4 gated true {{
      layers @dense 0 to 2 {{
        attention heads 8 kv_heads 4 head_size 32
        ffn width 768
      }
      layers @sparse 2 to 4 {{
        attention heads 8 kv_heads 4 head_size 32
        experts count 16 top_k 4 width 128 shared 1 shared_width 128
        router score softmax
      }
    }
    workload @workload {0}
    parallelism @parallelism {1}
  })",
                       workload, degrees);
}

class LaunchSendsTest : public ::testing::Test {
protected:
  LaunchSendsTest() {
    context.loadDialect<MoEDialect, func::FuncDialect, arith::ArithDialect,
                        shard::ShardDialect>();
  }

  void compare(StringRef workload, StringRef degrees) {
    SCOPED_TRACE((workload + " " + degrees).str());
    auto module =
        parseSourceString<ModuleOp>(planText(workload, degrees), &context);
    ASSERT_TRUE(module);
    auto plan = *module->getOps<PlanOp>().begin();
    std::string error;
    std::optional<cost::Job> job =
        makeCostJob(PlanModel(plan), PlanDecisions(plan), error);
    ASSERT_TRUE(job) << error;
    PassManager passes(&context);
    buildDecidePipeline(passes);
    passes.addPass(createPartition());
    passes.addPass(createBuildLaunch());
    ASSERT_TRUE(succeeded(passes.run(*module)));
    EXPECT_EQ(launched(*module), foreseen(*job));
  }

  MLIRContext context{MLIRContext::Threading::DISABLED};
};

constexpr const char *train =
    "mode train sequence_length 512 micro_batch 1 global_batch 64 ";

// Degrees of which no two axes have the same ranks.
TEST_F(LaunchSendsTest, CommunicatorsSendWhatTheEstimateSays) {
  for (const char *more : {"", "recompute [\"full\"]", "recompute [\"moe\"]",
                           "cp_comm_type all_gather", "cp_comm_type a2a",
                           "optimizer <sharding = distributed>",
                           "optimizer <gradients = bf16, sharding = fsdp>"})
    for (const char *degrees :
         {"tp 2 cp 2 pp 2 ep 8 etp 1", "tp 2 pp 2 vpp 2 ep 4 etp 1",
          "tp 4 cp 2 pp 1 ep 8 etp 2"})
      compare(std::string(train) + more, degrees);
  compare("mode prefill sequence_length 512 batch 4 precision fp8",
          "tp 2 pp 2 ep 8 etp 1");
}

} // namespace
