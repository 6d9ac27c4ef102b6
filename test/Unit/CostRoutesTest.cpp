//===- CostRoutesTest.cpp - Two ways to the cost of a plan ----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The closed form must predict what adding up the lowered operations gives, to
// the byte, the FLOP and the picosecond.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "moe/Analysis/CostJob.h"
#include "moe/Analysis/ShardedWork.h"
#include "moe/Calibration/CalibrationFile.h"
#include "moe/Transforms/Passes.h"
#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace mlir::moe;

namespace {

class CostRoutesTest : public ::testing::Test {
protected:
  CostRoutesTest() {
    context.loadDialect<MoEDialect, func::FuncDialect, arith::ArithDialect,
                        shard::ShardDialect>();
  }

  /// Lowers a plan and compares; false when the plan is not legal.
  bool compare(const std::string &text) {
    ScopedDiagnosticHandler quiet(&context, [](Diagnostic &) {});
    auto module = parseSourceString<ModuleOp>(text, &context);
    EXPECT_TRUE(module) << text;
    if (!module)
      return false;
    auto plan = *module->getOps<PlanOp>().begin();
    std::string error;
    // What the passes will decide, and what they did decide.
    std::optional<cost::Job> foreseen =
        makeCostJob(PlanModel(plan), PlanDecisions(plan), error);
    PassManager passes(&context);
    buildDecidePipeline(passes);
    passes.addPass(createPartition());
    if (failed(passes.run(*module)))
      return false;
    std::optional<cost::Job> decided =
        makeCostJob(PlanModel(plan), PlanDecisions(plan), error);
    EXPECT_TRUE(foreseen && decided) << error;
    if (foreseen && decided) {
      compare(*module, *foreseen);
      compare(*module, *decided);
    }
    return true;
  }

private:
  void compare(ModuleOp module, const cost::Job &job) {
    cost::Calibration calibration = CalibrationFile::builtIn().resolve(
        job.machine, job.workload.softwareMonth);
    auto lowered = measureShardedStages(module, job, calibration);
    ASSERT_TRUE(succeeded(lowered));
    std::vector<cost::StageWork> closed;
    cost::measureStages(job, calibration, closed);
    ASSERT_EQ(closed.size(), lowered->size());
    for (size_t stage = 0; stage < closed.size(); ++stage)
      EXPECT_EQ(difference(closed[stage], (*lowered)[stage]), "")
          << "stage " << stage;
  }

  /// What differs first.
  static std::string difference(const cost::StageWork &a,
                                const cost::StageWork &b) {
    if (a.denseWeights != b.denseWeights || a.expertWeights != b.expertWeights)
      return "weights";
    for (auto [name, first, second] :
         {std::tuple("embedding", &a.embedding, &b.embedding),
          std::tuple("mtp", &a.mtp, &b.mtp),
          std::tuple("output", &a.output, &b.output),
          std::tuple("gradients", &a.gradients, &b.gradients)})
      if (!(*first == *second))
        return name;
    for (size_t chunk = 0; chunk < a.chunks.size(); ++chunk)
      if (!(a.chunks[chunk] == b.chunks[chunk]))
        return llvm::formatv(
            "chunk {0}: kept {1} and {2}, forward {3} and {4}", chunk,
            *a.chunks[chunk].keptBytes, *b.chunks[chunk].keptBytes,
            *a.chunks[chunk].forwardPs, *b.chunks[chunk].forwardPs);
    return a == b ? "" : "something else";
  }

  MLIRContext context{MLIRContext::Threading::DISABLED};
};

/// 5 layers, the first dense, then experts with a shared one; latent attention
/// and a prediction layer on request.
std::string modelText(bool latent, int mtp, bool shared = true) {
  const char *attention =
      latent ? "attention heads 8 q_lora_rank 96 kv_lora_rank 64 "
               "qk_nope_head_dim 16 qk_rope_head_dim 8 v_head_dim 16"
             : "attention heads 8 kv_heads 4 head_size 32";
  return llvm::formatv(R"(
    model @model hidden 256 vocab 1024 layers 5 {1} gated true {{
      layers @dense 0 to 1 {{
        {0}
        ffn width 768
      }
      layers @sparse 1 to 5 {{
        {0}
        experts count 16 top_k 4 width 128 {2}
        router score softmax
      }
    })",
                       attention,
                       mtp ? "mtp_layers " + std::to_string(mtp) : "",
                       shared ? "shared 1 shared_width 128" : "");
}

std::string planText(const std::string &model, const std::string &workload,
                     const std::string &degrees, const std::string &more = "") {
  return "moe.plan @p {\n" + model +
         "\n cluster @cluster gpu \"H100\" nodes 4 gpus_per_node 8\n"
         " workload @workload " +
         workload + "\n parallelism @parallelism " + degrees + "\n" + more +
         "\n}\n";
}

constexpr const char *workloads[] = {
    "mode train sequence_length 512 micro_batch 2 global_batch 128 "
    "recompute [\"mla_up_proj\", \"mlp\"] optimizer <sharding = distributed> "
    "dispatcher deepep",
    "mode train sequence_length 512 micro_batch 1 global_batch 64 precision "
    "fp8 recompute [\"full\"] capacity_factor \"1.25\"",
    "mode train sequence_length 512 micro_batch 1 global_batch 64 cp_comm_type "
    "a2a fused_loss true recompute [\"shared_experts\", \"moe\"]",
    "mode train sequence_length 512 micro_batch 1 global_batch 64 optimizer "
    "<gradients = bf16, sharding = fsdp>",
    "mode prefill sequence_length 512 batch 4",
    "mode decode context_length 2048 batch 64",
    "mode decode context_length 2048 batch 64 kv_cache fp8 draft_tokens 2 "
    "acceptance \"0.85\""};

TEST_F(CostRoutesTest, AgreeOnEveryCombinationOfDegrees) {
  int compared = 0;
  for (const char *workload : workloads)
    for (bool latent : {false, true})
      for (int tp : {1, 2, 4})
        for (int cp : {1, 2})
          for (int pp : {1, 2})
            for (int ep : {1, 4, 16})
              for (int etp : {1, 2}) {
                std::string degrees =
                    llvm::formatv("tp {0} cp {1} pp {2} vpp {3} ep {4} etp {5}",
                                  tp, cp, pp, pp, ep, etp);
                SCOPED_TRACE(std::string(workload) + " " + degrees);
                compared += compare(
                    planText(modelText(latent, latent), workload, degrees));
              }
  // Degrees that no grid holds are refused before they can be compared.
  EXPECT_GT(compared, 300);
}

// Layers that predict stand with the loss, or before it.
TEST_F(CostRoutesTest, AgreeOnAStatedLayout) {
  for (const char *layout :
       {"Et|t|t||t|t||mL", "Et|t|t||t|t|m|L", "Et|t|t||t|tm||L"})
    for (const char *workload : workloads)
      EXPECT_TRUE(compare(planText(modelText(true, 1), workload,
                                   "tp 2 pp 4 vpp 2 ep 4 etp 1 layout \"" +
                                       std::string(layout) + "\"")));
}

// Layers draft in turns: fewer drafts than layers, as many, and more.
TEST_F(CostRoutesTest, AgreeOnDrafts) {
  for (int mtp : {1, 2, 3})
    for (int drafts : {1, 2, 3, 5})
      for (int pp : {1, 2})
        EXPECT_TRUE(compare(
            planText(modelText(false, mtp),
                     llvm::formatv("mode decode context_length 2048 batch 64 "
                                   "draft_tokens {0} acceptance \"0.85\"",
                                   drafts),
                     llvm::formatv("tp 2 pp {0} ep 4 etp 1", pp))));
}

TEST_F(CostRoutesTest, AgreeOnSeveralPredictions) {
  for (const char *workload : workloads)
    EXPECT_TRUE(compare(planText(modelText(true, 3), workload,
                                 "tp 2 cp 2 pp 2 vpp 2 ep 4 etp 2")));
}

// Tied embeddings are one on a stage that has both ends, else two.
TEST_F(CostRoutesTest, AgreeOnTiedEmbeddings) {
  std::string model = modelText(false, 1);
  model.replace(model.find("gated"), 0, "tied_embeddings true ");
  for (const char *workload : workloads)
    for (int pp : {1, 2})
      EXPECT_TRUE(compare(planText(
          model, workload, llvm::formatv("tp 2 pp {0} ep 4 etp 1", pp))));
}

// Nothing but the gathering of the sequence stands between the experts of the
// last layer and the output head.
TEST_F(CostRoutesTest, AgreeWithoutSharedExperts) {
  for (const char *workload : workloads)
    EXPECT_TRUE(compare(planText(modelText(false, 0, /*shared=*/false),
                                 workload, "tp 2 pp 2 ep 4 etp 1")));
}

/// Loads of 4 layers with 16 experts: hot experts, and a layer without tokens.
std::string loadText() {
  std::string rows;
  for (int layer = 0; layer < 4; ++layer) {
    rows += layer ? ", [" : "[";
    for (int expert = 0; expert < 16; ++expert)
      rows += (expert ? ", " : "") +
              std::to_string(layer == 2 ? 0 : 7 + (expert * expert) % 23 * 91);
    rows += "]";
  }
  return "load @load of @model::@sparse = dense<[" + rows +
         "]> : tensor<4x16xi64>\n";
}

TEST_F(CostRoutesTest, AgreeOnRecordedLoads) {
  for (const char *workload : workloads)
    for (const char *rule :
         {"placed contiguous", "placed round_robin",
          "slots_per_rank 5 dispatch weighted placed contiguous",
          "slots_per_rank 5 dispatch weighted placed balanced",
          "slots_per_rank 5 dispatch even placed balanced"}) {
      SCOPED_TRACE(std::string(workload) + " " + rule);
      EXPECT_TRUE(compare(planText(
          modelText(true, 1), workload, "tp 2 pp 2 ep 4 etp 1",
          loadText() + " distribution @experts " + std::string(rule))));
    }
}

TEST_F(CostRoutesTest, AgreeOnADecidedPlacement) {
  std::string table = "[0, 1, 2, 3, 4], [4, 5, 6, 7, 8], [8, 9, 10, 11, 12], "
                      "[12, 13, 14, 15, 0]";
  EXPECT_TRUE(compare(planText(
      modelText(true, 1), workloads[0], "tp 2 pp 2 ep 4 etp 1",
      loadText() +
          " placement @places of @model::@sparse slots 5 table dense<[" +
          table + "]> : tensor<4x5xi32>")));
}

TEST_F(CostRoutesTest, AgreeUnderTheProductRule) {
  EXPECT_TRUE(compare(planText(modelText(false, 0), workloads[0],
                               "rule product tp 2 pp 2 ep 4")));
}

} // namespace
