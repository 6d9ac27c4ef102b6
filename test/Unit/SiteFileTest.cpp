//===- SiteFileTest.cpp - Site files --------------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Import/SiteFile.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace mlir::moe;

namespace {
class SiteFileTest : public ::testing::Test {
protected:
  std::optional<SiteSettings> read(StringRef text) {
    errors = InputErrors();
    SmallString<64> path;
    EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("site", "json", path));
    llvm::FileRemover remover(path);
    std::error_code error;
    llvm::raw_fd_ostream(path, error) << text;
    return readSite(path, errors);
  }
  /// The one error of a text, with its place: "3:5: ...".
  std::string errorOf(StringRef text) {
    EXPECT_FALSE(read(text)) << text.str();
    if (errors.list().size() != 1)
      return std::to_string(errors.list().size()) + " errors";
    const InputError &error = errors.list().front();
    return std::to_string(error.position.line) + ":" +
           std::to_string(error.position.column) + ": " + error.message;
  }
  InputErrors errors;
};
} // namespace

TEST_F(SiteFileTest, ExampleBecomesAnOperation) {
  std::optional<SiteSettings> site = readSite(MOE_SITE_EXAMPLE, errors);
  ASSERT_TRUE(site) << errors.list().front().str();
  MLIRContext context;
  context.loadDialect<MoEDialect>();
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(
      R"(moe.launch @job world_size 1 gpus_per_host 1 {
           host 0 ranks [0]
           site partition "old"
         })",
      &context);
  ASSERT_TRUE(module);
  auto launch = *module->getOps<LaunchOp>().begin();
  addSite(launch, *site);
  ASSERT_TRUE(llvm::hasSingleElement(launch.getBody().getOps<SiteOp>()));
  auto op = *launch.getBody().getOps<SiteOp>().begin();
  EXPECT_EQ(op.getPartition(), "batch");
  EXPECT_EQ(op.getGpuRequest(), "gres");
  EXPECT_EQ(op.getTime(), "04:00:00");
  EXPECT_EQ(op.getContainerImage(), "/containers/megatron-26.03.sqsh");
  EXPECT_EQ(op.getContainerMounts()->size(), 2u);
  EXPECT_EQ(op.getModules()->size(), 2u);
  EXPECT_EQ(op.getNetworkInterface(), "eth0");
  EXPECT_EQ(op.getHcaList()->size(), 8u);
  EXPECT_EQ(cast<StringAttr>((*op.getEnvironmentNames())[0]), "NCCL_DEBUG");
  EXPECT_EQ(cast<StringAttr>((*op.getEnvironmentValues())[0]), "WARN");
}

TEST_F(SiteFileTest, EveryKeyIsOptional) {
  std::optional<SiteSettings> site = read("{}");
  ASSERT_TRUE(site);
  EXPECT_TRUE(site->partition.empty() && site->environment.empty());
}

TEST_F(SiteFileTest, NothingBreaksOutOfItsLine) {
  for (const char *key : {"partition", "account", "qos", "time", "reservation",
                          "constraint", "gpu_request", "network_interface"}) {
    std::string start = std::string("{\"") + key + "\": ";
    EXPECT_EQ(errorOf(start + "\"a\\nrm\"}"),
              "1:" + std::to_string(start.size() + 1) +
                  ": found a line break or another control character in $." +
                  key + ", which becomes part of a script");
    EXPECT_EQ(errorOf(start + "\"\"}"),
              "1:" + std::to_string(start.size() + 1) +
                  ": found an empty string in $." + key +
                  ", which becomes part of a script");
  }
  for (const char *text :
       {R"({"modules": ["a", "b\r"]})", R"({"hca_list": ["\u007f"]})",
        R"({"container": {"image": "i", "mounts": ["\u0000"]}})",
        R"({"environment": {"A": "b\n"}})"})
    EXPECT_NE(errorOf(text).find("control character"), std::string::npos);
}

TEST_F(SiteFileTest, FaultsAreLocated) {
  EXPECT_EQ(errorOf("{\n \"partion\": \"a\"}"),
            "2:2: unknown key 'partion' in $, did you mean 'partition'?");
  EXPECT_EQ(errorOf("{\"gpu_request\": \"gpus\"}"),
            "1:17: expected a value such as \"gres\" for $.gpu_request, found "
            "the string \"gpus\"");
  EXPECT_EQ(errorOf("{\"time\": \"4h\"}"),
            "1:10: expected a value such as \"04:00:00\" for $.time, found the "
            "string \"4h\"");
  EXPECT_EQ(errorOf("{\"container\": {}}"),
            "1:15: missing key 'image' in $.container");
  EXPECT_EQ(errorOf("{\"environment\": {\"A B\": \"c\"}}"),
            "1:18: expected the name of an environment variable for the key of "
            "$.environment[\"A B\"]");
  EXPECT_EQ(errorOf("{\"environment\": {\"A\": 1}}"),
            "1:23: expected a string for $.environment.A, found the number 1");
  EXPECT_EQ(errorOf("[]"),
            "1:1: expected a site file, a JSON object, found an array");
  EXPECT_FALSE(readSite("/no/such/file", errors));
}
