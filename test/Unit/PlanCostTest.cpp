//===- PlanCostTest.cpp - The estimate that checks use --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Parts of a model add up to what the cost model says of the whole, fixes for
// memory fit, and what is missing or not legal is named.
//
//===----------------------------------------------------------------------===//

#include "../../lib/Check/Amounts.h"
#include "../../lib/Check/CostMetrics.h"
#include "../../lib/Check/FixTrial.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "moe/Check/CheckPlan.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace mlir::moe;

namespace {

/// A model with a dense layer before its experts.
std::string
planText(const std::string &attention, const std::string &degrees,
         const std::string &cluster = "gpu \"H100\" nodes 4 gpus_per_node 8",
         const std::string &optimizer =
             "moments = fp32, gradients = fp32, sharding = none") {
  return "moe.plan @p framework megatron {\n  cluster @c " + cluster +
         "\n  model @m hidden 2048 vocab 32000 layers 8 gated true {\n"
         "    layers @dense 0 to 1 {\n      attention " +
         attention +
         "\n      ffn width 8192\n    }\n    layers @sparse 1 to 8 {\n"
         "      attention " +
         attention +
         "\n      experts count 16 top_k 4 width 1024 shared 1 shared_width "
         "1024\n    }\n  }\n  workload @w mode train sequence_length 4096 "
         "micro_batch 1 global_batch 64 recompute [\"none\"] optimizer <" +
         optimizer + ">\n  parallelism @d " + degrees + "\n}\n";
}

const char *const grouped = "heads 16 kv_heads 4 head_size 128";
const char *const latent = "heads 16 q_lora_rank 512 kv_lora_rank 256 "
                           "qk_nope_head_dim 64 qk_rope_head_dim 32 "
                           "v_head_dim 64";

class PlanCostTest : public ::testing::Test {
protected:
  PlanCostTest() { context.loadDialect<MoEDialect>(); }
  PlanOp parse(const std::string &text) {
    module = parseSourceString<ModuleOp>(text, &context);
    EXPECT_TRUE(module) << text;
    return *module->getOps<PlanOp>().begin();
  }
  MetricAnswer metric(PlanOp op, StringRef name) {
    PlanModel plan(op);
    PlanDecisions decisions(op);
    PlanCost cost(plan, decisions);
    std::optional<MetricAnswer> answer = costMetric(plan, cost, name);
    EXPECT_TRUE(answer) << name.str();
    return answer.value_or(MetricAnswer());
  }
  MLIRContext context{MLIRContext::Threading::DISABLED};
  OwningOpRef<ModuleOp> module;
};

TEST_F(PlanCostTest, PartsAddUpToTheModel) {
  for (const char *attention : {grouped, latent})
    for (const char *degrees :
         {"tp 1 ep 1 etp 1", "tp 2 pp 2 ep 4 etp 1", "tp 2 cp 2 ep 8 etp 1",
          "tp 4 pp 4 ep 4 etp 2"}) {
      PlanOp op = parse(planText(attention, degrees));
      PlanModel plan(op);
      PlanDecisions decisions(op);
      PlanCost cost(plan, decisions);
      ASSERT_TRUE(cost.memory()) << cost.obstacle();
      const cost::Estimate &estimate = *cost.memory();
      EXPECT_EQ(cost.model().parameters(), estimate.parameters);
      EXPECT_EQ(cost.model().flops(), estimate.forwardFlopsPerToken);
      ASSERT_EQ(cost.stages().size(), estimate.stages.size());
      for (size_t stage = 0; stage < estimate.stages.size(); ++stage)
        EXPECT_EQ(cost.weightBytes(cost.stages()[stage].parameters()),
                  estimate.stages[stage].memory.weights)
            << degrees << ", stage " << stage;
    }
}

TEST_F(PlanCostTest, PartsOfAModelWithGapsAreLowerBounds) {
  PlanOp op = parse("moe.plan @p {\n  cluster @c world_size 3\n"
                    "  model @m hidden 4096 layers 24 gated false {\n"
                    "    layers @s 0 to 24 {\n      experts count 63 width "
                    "16384\n    }\n  }\n  parallelism @d tp 2 ep 3 etp 1\n}\n");
  PlanModel plan(op);
  PlanDecisions decisions(op);
  PlanCost cost(plan, decisions);
  EXPECT_FALSE(cost.memory());
  EXPECT_FALSE(cost.model().parameters());
  // 63 x 24 experts of 2 x 4096 x 16384 parameters.
  EXPECT_EQ(cost.model()[ModelPart::Experts].parameters,
            cost::Count(202937204736));
  EXPECT_EQ(cost.model().knownParameters().value(),
            *(cost.model()[ModelPart::Experts].parameters +
              cost.model()[ModelPart::Router].parameters));
  EXPECT_FALSE(cost.model()[ModelPart::Attention].parameters);
  EXPECT_EQ(metric(op, "expert_weights").derivation,
            "21 experts x 24 layers x 268.4 MB");
  EXPECT_EQ(metric(op, "attention_weights").missing,
            (std::vector<std::string>{"model.num_attention_heads",
                                      "model.num_key_value_heads",
                                      "model.head_dim"}));
}

TEST_F(PlanCostTest, NothingIsEstimatedOfIllegalDegrees) {
  PlanOp op = parse(planText(grouped, "tp 3 ep 4 etp 1"));
  MetricAnswer answer = metric(op, "device_memory");
  EXPECT_FALSE(answer.value);
  ASSERT_EQ(answer.missing.size(), 1U);
  EXPECT_NE(answer.missing.front().find("'dp' is not known"), std::string::npos)
      << answer.missing.front();
}

TEST_F(PlanCostTest, MemoryNeedsNoRatesOfTheHardware) {
  PlanOp op = parse(planText(grouped, "tp 2 ep 4 etp 1",
                             "gpu \"own\" world_size 32 gpu_memory \"64 GB\""));
  EXPECT_TRUE(metric(op, "device_memory").value);
  MetricAnswer time = metric(op, "step_time");
  EXPECT_FALSE(time.value);
  EXPECT_EQ(time.missing, (std::vector<std::string>{
                              "cluster.peak_bf16", "cluster.memory_bandwidth",
                              "cluster.intra_node", "cluster.inter_node"}));
}

TEST_F(PlanCostTest, ThroughputIsToldInTheUnitsOfAClaim) {
  PlanOp op = parse(planText(grouped, "tp 2 ep 4 etp 1"));
  MetricAnswer answer = metric(op, "throughput");
  ASSERT_TRUE(answer.value);
  // 32 ranks, sequences of 4096 tokens.
  for (auto [dimension, factor] :
       {std::pair(Dimension::TokensPerSecondPerGpu, 32),
        std::pair(Dimension::SamplesPerSecond, 4096),
        std::pair(Dimension::SequencesPerSecond, 4096)}) {
    Measure measure = Measure::of(dimension);
    auto other =
        llvm::find_if(answer.alternatives, [&](const ClaimValue &value) {
          return value.measure == measure;
        });
    ASSERT_NE(other, answer.alternatives.end());
    EXPECT_EQ(*multiply(other->nominal, Rational(factor)),
              answer.value->nominal);
  }
}

TEST_F(PlanCostTest, OfferedChangesFit) {
  PlanOp op = parse(planText(grouped, "tp 1 ep 1 etp 1",
                             "gpu \"own\" nodes 4 gpus_per_node 8 gpu_memory "
                             "\"16 GB\" peak_bf16 \"400 TFLOPS\""));
  FindingList findings = checkPlan(op);
  ASSERT_TRUE(findings.has("memory-1"));
  unsigned offered = 0;
  for (const Finding &finding : findings.all()) {
    if (finding.rule != "memory-1")
      continue;
    for (const Fix &fix : finding.fixes) {
      OwningOpRef<PlanOp> copy(op.clone());
      ASSERT_TRUE(applyFix(*copy, fix)) << fix.key << " " << fix.value;
      FindingList after = checkPlan(*copy);
      EXPECT_FALSE(after.has("memory-1") || after.has("memory-5"))
          << fix.key << " " << fix.value;
      ++offered;
    }
  }
  EXPECT_GE(offered, 1U);
}

TEST(Amounts, ShowFourDigits) {
  EXPECT_EQ(amount(135291469824.0, "B"), "135.3 GB");
  EXPECT_EQ(amount(80e9, "B"), "80 GB");
  EXPECT_EQ(amount(999.99e6, "B"), "1 GB");
  EXPECT_EQ(amount(0, "s"), "0 s");
  EXPECT_EQ(amount(0.0021, "s"), "2.1 ms");
  EXPECT_EQ(amount(2, "B"), "2 B");
  EXPECT_EQ(bytes(std::nullopt), "more than 2^63 B");
  EXPECT_EQ(percent(0.6629), "66.3 %");
  EXPECT_EQ(percent(0.00628), "0.63 %");
}

} // namespace
