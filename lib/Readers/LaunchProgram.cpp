//===- LaunchProgram.cpp - Which program a command starts -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LaunchProgram.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"

using namespace mlir::moe;
using llvm::StringRef;
using shell::Word;

static bool hasFlag(llvm::ArrayRef<Word> words, StringRef start) {
  return llvm::any_of(words, [&](const Word &word) {
    return StringRef(word.text).starts_with(start);
  });
}

/// By flags that only one framework has; empty when they are of none.
static std::string frameworkOfFlags(llvm::ArrayRef<Word> words) {
  if (hasFlag(words, "--moe-expert-parallel-size") ||
      hasFlag(words, "--deepspeed"))
    return "deepspeed";
  for (StringRef flag :
       {"--tensor-model-parallel-size", "--pipeline-model-parallel-size",
        "--expert-model-parallel-size"})
    if (hasFlag(words, flag))
      return "megatron";
  if (hasFlag(words, "--parallelism."))
    return "torchtitan";
  for (StringRef flag : {"--tp-size", "--ep-size", "--enable-dp-attention",
                         "--expert-parallel-size"})
    if (hasFlag(words, flag))
      return "sglang";
  for (StringRef flag : {"--enable-expert-parallel", "--all2all-backend",
                         "--data-parallel-size-local"})
    if (hasFlag(words, flag))
      return "vllm";
  return hasFlag(words, "--tp_size") ? "trtllm" : "";
}

static std::string frameworkOfWord(StringRef word, StringRef next) {
  StringRef name = llvm::sys::path::filename(word);
  if ((name == "vllm" && next == "serve") ||
      word.starts_with("vllm.entrypoints."))
    return "vllm";
  if ((name == "sglang" && next == "serve") || word == "sglang.launch_server")
    return "sglang";
  if (name == "trtllm-serve" || name == "trtllm-bench")
    return "trtllm";
  if (word == "torchtitan.train" || word.ends_with("torchtitan/train.py"))
    return "torchtitan";
  return "";
}

/// Of an image whose entry point is the server: `docker run IMAGE FLAGS`.
static std::string frameworkOfImage(StringRef word) {
  StringRef name = llvm::sys::path::filename(word);
  name = name.split('@').first.split(':').first;
  name.consume_back(".sif");
  return name == "vllm-openai" ? "vllm" : "";
}

/// A Python program: what stands before it belongs to the launcher.
static bool isScript(StringRef word) { return word.ends_with(".py"); }

/// One of those that Megatron-LM comes with.
static bool isMegatronScript(StringRef word) {
  return isScript(word) &&
         llvm::sys::path::filename(word).starts_with("pretrain_");
}

/// A container that is run for its entry point.
static std::optional<LaunchProgram> findImage(llvm::ArrayRef<Word> words) {
  const auto *runtime = llvm::find_if(words, [](const Word &word) {
    return llvm::is_contained(
        {"docker", "podman", "nerdctl", "apptainer", "singularity"},
        llvm::sys::path::filename(word.text));
  });
  bool runs = false;
  for (const Word &word : llvm::make_range(runtime, words.end())) {
    StringRef text = word.text;
    runs |= text == "run";
    if (text.starts_with("--entrypoint"))
      return std::nullopt;
    if (std::string framework = frameworkOfImage(text);
        runs && !framework.empty())
      return LaunchProgram{framework, size_t(&word - words.data()) + 1};
  }
  return std::nullopt;
}

std::optional<LaunchProgram>
mlir::moe::findProgram(llvm::ArrayRef<Word> words) {
  for (size_t i = 0; i < words.size(); ++i) {
    // What is printed is not started.
    if (words[i].text == "echo" || words[i].text == "printf")
      return std::nullopt;
    StringRef next = i + 1 < words.size() ? StringRef(words[i + 1].text) : "";
    std::string framework = frameworkOfWord(words[i].text, next);
    if (!framework.empty())
      return LaunchProgram{framework, i + (next == "serve" ? 2 : 1)};
    if (!isScript(words[i].text) && words[i].text.rfind("--", 0) != 0)
      continue;
    llvm::ArrayRef<Word> rest = words.drop_front(i + isScript(words[i].text));
    framework = i == 0 || isScript(words[i].text) ? frameworkOfFlags(rest) : "";
    if (framework.empty() && isMegatronScript(words[i].text))
      framework = "megatron";
    if (!framework.empty())
      return LaunchProgram{framework, words.size() - rest.size()};
  }
  return findImage(words);
}

size_t mlir::moe::argumentsOfScript(llvm::ArrayRef<Word> words) {
  const Word *script = llvm::find_if(
      words, [](const Word &word) { return isScript(word.text); });
  return script == words.end() ? 0 : script - words.begin() + 1;
}

bool mlir::moe::looksLikeProgram(llvm::ArrayRef<Word> words) {
  return llvm::any_of(words, [](const Word &word) {
    StringRef name = llvm::sys::path::filename(word.text);
    return isScript(name) || name.starts_with("python") ||
           llvm::is_contained({"srun", "torchrun", "mpirun", "mpiexec",
                               "deepspeed", "accelerate", "docker", "podman"},
                              name);
  });
}
