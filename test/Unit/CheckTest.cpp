//===- CheckTest.cpp - Rules against enumeration --------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The rules decide from sizes and strides; here the ranks themselves are
// enumerated on small plans and must say the same. Also: what is offered as a
// fix works, and checking is deterministic.
//
//===----------------------------------------------------------------------===//

#include "../../lib/Check/ExpertCounts.h"
#include "../../lib/Check/FixTrial.h"
#include "../../lib/Check/RankList.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "moe/Analysis/MeshDerivation.h"
#include "moe/Check/Catalogue.h"
#include "moe/Check/CheckPlan.h"
#include "moe/Topology/RankSpace.h"
#include "gtest/gtest.h"
#include <numeric>
#include <set>

using namespace mlir;
using namespace mlir::moe;

namespace {

/// Parses plans and keeps them alive.
class CheckTest : public ::testing::Test {
protected:
  CheckTest() : context(MLIRContext::Threading::DISABLED) {
    context.loadDialect<MoEDialect>();
  }
  PlanOp parse(const std::string &body) {
    module = parseSourceString<mlir::ModuleOp>(
        "moe.plan @p {\n" + body + "\n}\n", &context);
    EXPECT_TRUE(module) << body;
    return *module->getOps<PlanOp>().begin();
  }
  static std::string degrees(int64_t tp, int64_t pp, int64_t ep, int64_t etp) {
    return "parallelism @d tp " + std::to_string(tp) + " pp " +
           std::to_string(pp) + " ep " + std::to_string(ep) + " etp " +
           std::to_string(etp);
  }
  MLIRContext context;
  OwningOpRef<mlir::ModuleOp> module;
};

/// Whether some number of replicas of `size` ranks fills the world exactly.
bool fills(int64_t size, int64_t world) {
  for (int64_t copies = 1; copies <= world; ++copies)
    if (copies * size == world)
      return true;
  return false;
}

std::vector<std::string> messages(const FindingList &findings) {
  std::vector<std::string> result;
  for (const Finding &finding : findings.all())
    result.push_back(finding.rule + ": " + finding.message);
  return result;
}

TEST_F(CheckTest, EquationsAgreeWithEnumeration) {
  for (int64_t world : {1, 2, 3, 6, 8, 12})
    for (int64_t tp : {1, 2, 3, 4})
      for (int64_t pp : {1, 2, 3})
        for (int64_t ep : {1, 2, 4, 6})
          for (int64_t etp : {1, 2}) {
            FindingList findings = checkPlan(
                parse("cluster @c world_size " + std::to_string(world) + "\n" +
                      degrees(tp, pp, ep, etp)));
            // Without expert parallelism experts use the grid of attention.
            bool ofAttention = ep == 1 && etp == tp;
            EXPECT_EQ(findings.has("mesh-1"), !fills(tp * pp, world));
            EXPECT_EQ(findings.has("mesh-5"),
                      !ofAttention && !fills(etp * ep * pp, world))
                << world << " " << tp << pp << ep << etp;
          }
}

/// Whether some tensor-parallel group has ranks on two nodes.
bool crossesNodes(const MeshAxes &mesh, int64_t perNode) {
  RankSpace space(mesh.sizes);
  RankGroups groups = space.groupsAlong({*mesh.position(AxisKind::Tensor)});
  for (int64_t group = 0; group < groups.count(); ++group) {
    std::set<int64_t> nodes;
    for (int64_t member = 0; member < groups.size(); ++member)
      nodes.insert(groups.rankAt(group, member) / perNode);
    if (nodes.size() > 1)
      return true;
  }
  return false;
}

TEST_F(CheckTest, LocalityAgreesWithEnumeration) {
  for (int64_t perNode : {1, 2, 3, 4, 6, 8})
    for (int64_t tp : {1, 2, 3, 4, 6})
      for (int64_t cp : {1, 2, 3})
        for (const char *order : {"tp-cp-ep-dp-pp", "cp-tp-ep-dp-pp"}) {
          int64_t nodes = tp * cp * 2;
          PlanOp plan =
              parse("cluster @c nodes " + std::to_string(nodes) +
                    " gpus_per_node " + std::to_string(perNode) +
                    "\nparallelism @d tp " + std::to_string(tp) + " cp " +
                    std::to_string(cp) + " order \"" + order + "\"");
          auto meshes = deriveMeshes(PlanModel(plan).degrees);
          ASSERT_TRUE(std::holds_alternative<DerivedMeshes>(meshes));
          EXPECT_EQ(
              checkPlan(plan).has("groups-3"),
              crossesNodes(std::get<DerivedMeshes>(meshes).attention, perNode))
              << perNode << " " << tp << " " << cp << " " << order;
        }
}

TEST_F(CheckTest, OfferedFixesWork) {
  unsigned offered = 0;
  for (int64_t world : {3, 8, 12, 24})
    for (int64_t tp : {2, 3, 5})
      for (int64_t ep : {3, 8, 16})
        for (int64_t heads : {32, 33}) {
          PlanOp plan = parse(
              "cluster @c world_size " + std::to_string(world) +
              "\nmodel @m layers 30 { layers @s 0 to 30 { attention heads " +
              std::to_string(heads) + "\nexperts count 64 } }\n" +
              "workload @w micro_batch 1 global_batch 100\n" +
              degrees(tp, 2, ep, 1) + " layout \"uniform\"");
          FindingList before = checkPlan(plan);
          for (const Finding &finding : before.all())
            for (const Fix &fix : finding.fixes) {
              ++offered;
              OwningOpRef<PlanOp> copy(plan.clone());
              ASSERT_TRUE(applyFix(*copy, fix)) << fix.key;
              FindingList after = checkPlan(*copy);
              for (const Finding &left : after.all()) {
                EXPECT_FALSE(left.rule == finding.rule &&
                             left.where == finding.where)
                    << finding.message << " " << fix.key << " " << fix.value;
                EXPECT_TRUE(!blocksBuild(left) || before.has(left.rule))
                    << left.message << " " << fix.key << " " << fix.value;
              }
            }
        }
  EXPECT_GT(offered, 50U);
}

TEST_F(CheckTest, SamePlanSameFindings) {
  std::string body = "cluster @c nodes 3 world_size 16\n" +
                     degrees(3, 5, 7, 2) + " layout \"Et|(tL\"";
  std::vector<std::string> first = messages(checkPlan(parse(body)));
  EXPECT_GT(first.size(), 5U);
  EXPECT_EQ(first, messages(checkPlan(parse(body))));
}

TEST_F(CheckTest, CheckingChangesNothing) {
  PlanOp plan = parse("cluster @c world_size 3\n" + degrees(2, 1, 3, 1));
  std::string before, after;
  llvm::raw_string_ostream(before) << plan;
  EXPECT_TRUE(checkPlan(plan).hasErrors());
  llvm::raw_string_ostream(after) << plan;
  EXPECT_EQ(before, after);
}

TEST_F(CheckTest, ConsequencesBelongToOneCause) {
  FindingList findings =
      checkPlan(parse("cluster @c world_size 3\n" + degrees(2, 1, 1, 1)));
  unsigned consequences = 0, listed = 0;
  for (const Finding &finding : findings.all()) {
    consequences += finding.isConsequence();
    listed += findings.consequencesOf(finding).size();
    if (finding.isConsequence()) {
      EXPECT_TRUE(findings.has(finding.consequenceOf));
    }
  }
  EXPECT_EQ(consequences, listed);
  EXPECT_GT(listed, 0U);
}

TEST(CatalogueTest, IdsAreDistinctAndPagesComplete) {
  std::set<std::string> ids;
  for (const Rule *rule : ruleCatalogue()) {
    EXPECT_TRUE(ids.insert(rule->id.str()).second) << rule->id.str();
    EXPECT_EQ(findRule(rule->id), rule);
    EXPECT_FALSE(rule->title.empty() || rule->what.empty() ||
                 rule->why.empty() || rule->source.empty())
        << rule->id.str();
    EXPECT_TRUE(rule->kind == RuleKind::Syntax || !rule->wrong.empty())
        << rule->id.str();
  }
  EXPECT_EQ(findRule("mesh-99"), nullptr);
}

TEST(ExpertCountsTest, AgreesWithEnumeration) {
  for (int64_t experts : {1, 7, 8, 63, 64, 66})
    for (int64_t ranks : {1, 2, 3, 5, 8, 64}) {
      std::vector<int64_t> list(ranks, 0);
      for (int64_t expert = 0; expert < experts; ++expert)
        ++list[expert % ranks];
      ExpertCounts counts = ExpertCounts::evenSplit(experts, ranks);
      EXPECT_TRUE(counts == ExpertCounts::of(list));
      double mean = static_cast<double>(experts) / ranks, scatter = 0;
      for (int64_t count : list)
        scatter += (count - mean) * (count - mean);
      EXPECT_EQ(counts.ranks(), ranks);
      EXPECT_EQ(counts.total(), experts);
      EXPECT_EQ(counts.max(), *std::max_element(list.begin(), list.end()));
      EXPECT_NEAR(counts.maxOverMean(), counts.max() / mean, 1e-12);
      EXPECT_NEAR(counts.populationVariance(), scatter / ranks, 1e-9);
      EXPECT_EQ(counts.sampleVariance().has_value(), ranks > 1);
      if (ranks > 1) {
        EXPECT_NEAR(*counts.sampleVariance(), scatter / (ranks - 1), 1e-9);
      }
    }
}

TEST(RankListTest, AgreesWithEnumeration) {
  constexpr int64_t world = 12;
  for (const char *text :
       {"0-11", "0", "11", "1-3,5,7-9", "0-5,4-8", "2-2,2", "0-3,8-11", "3"}) {
    std::string error;
    std::optional<RankList> list = RankList::parse(text, error);
    ASSERT_TRUE(list) << error;
    std::vector<int> times(world, 0);
    llvm::SmallVector<llvm::StringRef> parts;
    llvm::StringRef(text).split(parts, ',');
    for (llvm::StringRef part : parts) {
      auto [first, last] = part.split('-');
      int from = std::stoi(first.str());
      int to = last.empty() ? from : std::stoi(last.str());
      for (int rank = from; rank <= to; ++rank)
        ++times[rank];
    }
    auto first = [&](auto matches) {
      return std::find_if(times.begin(), times.end(), matches) - times.begin();
    };
    int64_t repeated = first([](int n) { return n > 1; });
    int64_t gap = first([](int n) { return n == 0; });
    EXPECT_EQ(list->count(), std::count_if(times.begin(), times.end(),
                                           [](int n) { return n > 0; }));
    EXPECT_EQ(list->firstRepeated().value_or(world), repeated) << text;
    EXPECT_EQ(list->firstGap(world) ? list->firstGap(world)->first : world, gap)
        << text;
  }
  for (const char *bad :
       {"", "a", "1-", "-1", "3-2", "1,,2", "1;2", "99999999999999999999"}) {
    std::string error;
    EXPECT_FALSE(RankList::parse(bad, error)) << bad;
    EXPECT_NE(error.find("expected"), std::string::npos);
  }
}

} // namespace
