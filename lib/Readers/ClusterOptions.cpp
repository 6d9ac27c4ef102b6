//===- ClusterOptions.cpp - Nodes and GPUs of a launch --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// sbatch and srun, torchrun and torch.distributed.run, mpirun, deepspeed.
//
//===----------------------------------------------------------------------===//

#include "FrameworkReaders.h"

#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::StringRef;
using Kind = FlagKind;

static constexpr KnownFlag clusterFlags[] = {
    {"nodes|N|nnodes|num-nodes", Kind::Text},
    {"nproc-per-node|num-gpus", Kind::Text},
    {"ntasks-per-node|tasks-per-node|npernode", Kind::Text},
    {"ntasks|n|np", Kind::Text},
    {"gpus-per-node", Kind::Text},
    {"gpus-per-task", Kind::Text},
    {"gres", Kind::Text},
};

namespace {
class ClusterReader {
public:
  ClusterReader(const FlagSet &flags, Recipe &recipe)
      : flags(flags), recipe(recipe) {}

  void read();

private:
  /// `gpu:h100:8`, `h100:8` or `8`, of the GPUs of a node.
  void readGpus(StringRef name);
  void set(StringRef name, StringRef what, std::optional<int64_t> &target,
           int64_t value);
  std::optional<int64_t> number(StringRef name);

  const FlagSet &flags;
  Recipe &recipe;
};
} // namespace

void ClusterReader::set(StringRef name, StringRef what,
                        std::optional<int64_t> &target, int64_t value) {
  if (target && *target != value)
    flags.report(name, "is " + std::to_string(value) + ", but the job has " +
                           counted(*target, what) + " by an earlier line");
  target = value;
}

std::optional<int64_t> ClusterReader::number(StringRef name) {
  StringRef text = flags.text(name);
  int64_t value = 0;
  if (text.empty())
    return std::nullopt;
  if (text.getAsInteger(10, value) || value < 1 || value > (1 << 24)) {
    const GivenFlag *flag = flags.find(name);
    // torchrun knows "gpu", "auto" and "1:4", Slurm "4-8".
    recipe.note(flag->line, flagSource(name, 0) + " " + quoted(text) +
                                " is no number, it is not read");
    return std::nullopt;
  }
  return value;
}

void ClusterReader::readGpus(StringRef name) {
  StringRef text = flags.text(name);
  if (text.empty())
    return;
  for (StringRef entry : llvm::split(text, ',')) {
    llvm::SmallVector<StringRef> parts;
    entry.split(parts, ':');
    if (name == "gres") {
      if (parts.front() != "gpu")
        continue;
      parts.erase(parts.begin());
    }
    int64_t count = 1;
    if (!parts.empty() &&
        !parts.back().split('(').first.getAsInteger(10, count))
      parts.pop_back();
    if (!parts.empty() && recipe.gpu.empty())
      recipe.gpu = parts.front().str();
    if (count >= 1 && count <= (1 << 24))
      set(name, "GPU", recipe.gpusPerNode, count);
  }
}

void ClusterReader::read() {
  if (std::optional<int64_t> nodes = number("nodes"))
    set("nodes", "node", recipe.nodes, *nodes);
  readGpus("gres");
  readGpus("gpus-per-node");
  // One task may have all GPUs of its node, so one says nothing.
  for (StringRef name : {"nproc-per-node", "ntasks-per-node"})
    if (std::optional<int64_t> ranks = number(name);
        ranks && *ranks > 1 && (name[1] == 'p' || !recipe.gpusPerNode))
      set(name, "GPU", recipe.gpusPerNode, *ranks);
}

void mlir::moe::readClusterOptions(llvm::ArrayRef<shell::Word> words,
                                   Recipe &recipe, InputErrors &errors) {
  if (words.empty())
    return;
  // Options that say nothing about the size are no news.
  Recipe scratch(recipe.file);
  FlagSet flags(words, clusterFlags, /*mixesDashes=*/true, scratch, errors);
  ClusterReader(flags, recipe).read();
}
