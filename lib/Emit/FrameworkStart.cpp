//===- FrameworkStart.cpp - How a framework is started --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The command that a user copies from the head of a framework's file. Programs
// for training run on every rank; servers start the ranks of a host themselves
// and are told which host it is: by --node-rank and an address in SGLang
// (docs/references/multi_node_deployment) and in vLLM, which has flags of its
// own where a host holds whole replicas (docs/serving/
// data_parallel_deployment.md, parallelism_scaling.md). TensorRT-LLM runs on
// every rank of an MPI job (examples/llm-api/llm_mgmn_trtllm_serve.sh).
//
//===----------------------------------------------------------------------===//

#include "FrameworkJob.h"

#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace mlir::moe {

/// The flags of `file` as words. The shell is told not to take them for
/// patterns of file names: `Et*3|t*2` is a layout.
static std::string flagsOf(StringRef file) {
  return ("$(grep -v \"^#\" framework/" + file + ")").str();
}

static FrameworkLines onEveryRank(StringRef program, StringRef file) {
  return {
      "sbatch launch.sbatch -- bash -fc \\",
      ("  'exec " + program + " " + flagsOf(file) + " \"$@\"' - MORE").str()};
}

/// `nodeFlags`: lines that tell the program where in the job it is. `before`:
/// lines of what the shell does first, or none.
static FrameworkLines onEveryHost(StringRef program, StringRef file,
                                  ArrayRef<std::string> nodeFlags,
                                  ArrayRef<StringRef> before = {}) {
  std::string start = "sbatch launch.sbatch --per-host -- bash -fc '";
  FrameworkLines lines;
  for (StringRef line : before) {
    lines.push_back((start + line + " \\").str());
    start = "  ";
  }
  lines.push_back((start + "exec " + program + " \\").str());
  lines.push_back("  " + flagsOf(file) + " \\");
  for (const std::string &flags : nodeFlags)
    lines.push_back("  " + flags + " \\");
  lines.emplace_back("  \"$@\"' - MORE");
  return lines;
}

FrameworkLines megatronStart(const JobView &) {
  return onEveryRank("python pretrain_gpt.py", "megatron-lm.args");
}

FrameworkLines torchtitanStart(const JobView &) {
  return onEveryRank("python -m torchtitan.train", "torchtitan.args");
}

FrameworkLines deepspeedStart(const JobView &) {
  return onEveryRank("python pretrain_gpt.py", "deepspeed.args");
}

/// Sets `at` to the number of the first host's address: vLLM has ZeroMQ listen
/// there, which takes no names. Where /etc/hosts has a host's own name as that
/// of its loopback, which the others do not reach, the host says its addresses.
static constexpr StringRef findFirst[] = {
    R"sh(at=$( (getent ahostsv4 "$MASTER_ADDR"; ((NODE_RANK)) || hostname -I |)sh",
    R"sh(tr " " "\n") | sed "/^127[.]/d;/:/d;/./!d;s/ .*//;q");)sh"};
static constexpr StringLiteral firstAddress =
    R"sh("${at:?no IPv4 address of $MASTER_ADDR that other hosts reach}")sh";

FrameworkLines vllmStart(const JobView &view) {
  auto hosts = static_cast<int64_t>(view.hosts.size());
  int64_t replicas = FrameworkJob(view).dp;
  std::vector<std::string> nodeFlags;
  if (hosts > 1 && replicas % hosts == 0) {
    nodeFlags = {("--data-parallel-address " + firstAddress).str(),
                 "--data-parallel-rpc-port \"$MASTER_PORT\"",
                 formatv("--data-parallel-start-rank $((NODE_RANK * {0}))",
                         replicas / hosts)};
  } else if (hosts > 1) { // a replica has whole hosts
    nodeFlags = {"--node-rank \"$NODE_RANK\"",
                 ("--master-addr " + firstAddress).str(),
                 "--master-port \"$MASTER_PORT\""};
  }
  if (hosts > 1) // the first host answers requests
    nodeFlags.emplace_back("$( ((NODE_RANK == 0)) || echo --headless)");
  return onEveryHost("vllm serve MODEL", "vllm.args", nodeFlags,
                     hosts > 1 ? ArrayRef(findFirst) : ArrayRef<StringRef>());
}

FrameworkLines sglangStart(const JobView &view) {
  std::vector<std::string> nodeFlags;
  if (view.hosts.size() > 1)
    nodeFlags = {"--dist-init-addr \"$MASTER_ADDR:$MASTER_PORT\"",
                 "--node-rank \"$NODE_RANK\""};
  return onEveryHost("python -m sglang.launch_server --model-path MODEL",
                     "sglang.args", nodeFlags);
}

FrameworkLines tensorRtStart(const JobView &view) {
  StringRef launch = view.hosts.size() == 1
                         ? "sbatch launch.sbatch --per-host -- "
                         : "SLURM_MPI_TYPE=pmix sbatch launch.sbatch -- "
                           "trtllm-llmapi-launch ";
  return {(launch + "trtllm-serve MODEL --extra_llm_api_options "
                    "framework/tensorrt-llm.yaml MORE")
              .str()};
}

} // namespace mlir::moe
