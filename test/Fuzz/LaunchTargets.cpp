//===- LaunchTargets.cpp - Readers of what other tools wrote --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FuzzTarget.h"

#include "GpuMatrix.h"
#include "HostList.h"
#include "TensorRtPlacement.h"
#include "moe/Readers/LaunchFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

/// As a script, and as settings of TensorRT-LLM.
static void readLaunch(StringRef text) {
  for (StringRef file : {"fuzz.sh", "fuzz.args", "fuzz.yaml"}) {
    InputErrors errors;
    std::optional<Recipe> recipe = readLaunchFile(text, file, {}, errors);
    require(recipe.has_value() == errors.empty(), "a recipe or errors");
  }
}

static constexpr StringRef launchWords[] = {"pretrain_gpt.py ",
                                            "--tensor-model-parallel-size 2",
                                            "vllm serve m ",
                                            "--tp 4",
                                            "${TP:-2}",
                                            "$((",
                                            "))",
                                            "bash -c '",
                                            "#SBATCH --nodes=2\n",
                                            "python -m sglang.launch_server ",
                                            "A=(",
                                            "\\\n",
                                            "<<EOF\n",
                                            "moe_config:\n",
                                            "  load_balancer:\n",
                                            "tensor_parallel_size: 4\n",
                                            "[1, 2",
                                            "\""};

static void readHosts(StringRef text) {
  InputErrors errors;
  for (const HostLine &host : readHostFile(text, "hosts", errors))
    if (auto names = expandHosts(host.list))
      for (StringRef name : *names)
        require(!name.empty() && llvm::all_of(name,
                                              [](char c) {
                                                return llvm::isAlnum(c) ||
                                                       c == '.' || c == '_' ||
                                                       c == '-';
                                              }),
                "a host has a name that no shell reads as more");
}

static constexpr StringRef hostWords[] = {"[0-9]",    "[08-11,3]",   "node",
                                          " slots=8", ":8",          ",",
                                          "# ",       "max_slots=4", "-"};

static void readMatrix(StringRef text) {
  InputErrors errors;
  std::optional<GpuMatrix> matrix = readGpuMatrix(text, "topo", errors);
  require(matrix.has_value() == errors.empty(), "a matrix or errors");
  if (!matrix)
    return;
  size_t gpus = matrix->nvlinkGroups.size();
  require(matrix->nics.empty() || matrix->nics.size() == gpus,
          "adapters are known of all GPUs");
  require(matrix->numa.empty() || matrix->numa.size() == gpus,
          "NUMA nodes are known of all GPUs");
}

static constexpr StringRef matrixWords[] = {
    "GPU0",
    "GPU1",
    "NIC0",
    "\t X ",
    "\tNV18",
    "\tPIX",
    "\tSYS",
    "\x1b[4m",
    "\x1b[0m",
    "\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID",
    "\t0-51\t0\t\tN/A",
    "  NIC0: mlx5_0\n"};

static void readTable(StringRef text) {
  InputErrors errors;
  for (const LayerAssignment &row :
       readTensorRtPlacement(text, "table", errors))
    require(
        llvm::all_of(row.experts, [](int64_t expert) { return expert >= 0; }),
        "an expert has a number");
}

static constexpr StringRef tableWords[] = {
    "initial_global_assignments:\n",
    "  3: [0, 1]\n",
    "num_slots: 4\n",
    "{",
    "}",
    "[",
    "]",
    "\"initial_global_assignments\": {\"0\": [0]}",
    "- ",
    "&a ",
    "*a",
    "|\n",
    "? "};

static constexpr FuzzTarget targets[] = {
    {"launch-files", readLaunch, launchWords},
    {"hosts", readHosts, hostWords},
    {"gpu-matrices", readMatrix, matrixWords},
    {"expert-tables", readTable, tableWords}};

llvm::ArrayRef<FuzzTarget> mlir::moe::fuzzTargets() { return targets; }
