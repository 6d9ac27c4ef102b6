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
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Path.h"

using namespace mlir::moe;
using llvm::StringRef;
using Kind = FlagKind;

static constexpr KnownFlag slurmFlags[] = {
    {"nodes|N", Kind::Hint},
    {"ntasks|n", Kind::Hint},
    {"ntasks-per-node|tasks-per-node", Kind::Hint},
    {"gpus|G", Kind::Hint},
    {"gpus-per-node", Kind::Hint},
    {"gpus-per-task", Kind::Hint},
    {"gres", Kind::Hint},
    // Nearly of the same name.
    {"cpus-per-task", Kind::Hint},
    {"ntasks-per-core", Kind::Hint},
};

static constexpr KnownFlag torchFlags[] = {
    {"nnodes", Kind::Hint},
    {"nproc-per-node", Kind::Hint},
};

/// Of Open MPI, whose -N counts the ranks of a node, and of MPICH.
static constexpr KnownFlag mpiFlags[] = {
    {"np|n|c", Kind::Hint},
    {"npernode|N|ppn|perhost", Kind::Hint},
    {"map-by", Kind::Hint},
};

static constexpr KnownFlag deepSpeedFlags[] = {
    {"num-nodes", Kind::Hint},
    {"num-gpus", Kind::Hint},
};

/// Nobody's, so without letters that mean something else to each.
static constexpr KnownFlag plainFlags[] = {
    {"nodes", Kind::Hint},          {"nnodes", Kind::Hint},
    {"nproc-per-node", Kind::Hint}, {"ntasks-per-node", Kind::Hint},
    {"gpus-per-node", Kind::Hint},
};

namespace {
class ClusterReader {
public:
  ClusterReader(const FlagSet &flags, Recipe &recipe)
      : flags(flags), recipe(recipe) {}

  /// Of any launcher; a flag that its table does not have is not there.
  /// `startsProgram`: there is no further launcher between the two.
  void read(bool startsProgram);

private:
  std::optional<int64_t> ranksPerNode(StringRef &name);
  void setNodes(StringRef name, int64_t nodes);
  void readTotals(bool startsProgram);
  /// `h100:8`, `8` or `h100`, which is one.
  std::optional<int64_t> gpuCount(StringRef entry);
  /// The GPUs of a node.
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

std::optional<int64_t> ClusterReader::gpuCount(StringRef entry) {
  llvm::SmallVector<StringRef> parts;
  entry.split(parts, ':');
  int64_t count = 1;
  if (!parts.back().split('(').first.getAsInteger(10, count))
    parts.pop_back();
  if (!parts.empty() && !parts.front().empty() && recipe.gpu.empty())
    recipe.gpu = parts.front().str();
  return count >= 1 && count <= (1 << 24) ? std::optional(count) : std::nullopt;
}

void ClusterReader::readGpus(StringRef name) {
  for (StringRef entry : llvm::split(flags.text(name), ',')) {
    // gres/gpumem and the like are other resources.
    if (name == "gres" &&
        (!entry.consume_front("gpu") ||
         (!entry.empty() && !StringRef(":=").contains(entry[0]))))
      continue;
    if (!entry.consume_front(":"))
      entry.consume_front("=");
    if (entry.empty() && name != "gres")
      continue;
    if (std::optional<int64_t> count = gpuCount(entry))
      set(name, "GPU", recipe.gpusPerNode, *count);
  }
}

/// A step of a job may run on fewer nodes than the job has.
void ClusterReader::setNodes(StringRef name, int64_t nodes) {
  bool isStep = name == "nodes" || name == "np";
  if (!isStep || !recipe.nodes || nodes >= *recipe.nodes)
    return set(name, "node", recipe.nodes, nodes);
  recipe.note(flags.find(name)->line,
              "this step has " + counted(nodes, "node") + " of " +
                  std::to_string(*recipe.nodes) +
                  "; the plan is that of the whole job");
}

/// Ranks on a node, and the flag that says so.
std::optional<int64_t> ClusterReader::ranksPerNode(StringRef &name) {
  for (StringRef known :
       {"nproc-per-node", "num-gpus", "ntasks-per-node", "npernode"})
    if (std::optional<int64_t> ranks = number(known)) {
      name = known;
      return ranks;
    }
  // `ppr:8:node`, with further words behind.
  name = "map-by";
  StringRef text = flags.text(name);
  int64_t ranks = 0;
  if (text.consume_front("ppr:") && !text.consumeInteger(10, ranks) &&
      text.starts_with(":node") && ranks >= 1 && ranks <= (1 << 24))
    return ranks;
  return std::nullopt;
}

/// What follows from the tasks and the GPUs of all nodes.
void ClusterReader::readTotals(bool startsProgram) {
  StringRef name, all = flags.has("np") ? "np" : "ntasks";
  std::optional<int64_t> perNode = ranksPerNode(name), tasks = number(all);
  std::optional<int64_t> perTask = number("gpus-per-task");
  std::optional<int64_t> nodes = number("nodes"), gpus;
  if (flags.has("gpus"))
    gpus = gpuCount(flags.text("gpus"));
  if (!nodes && tasks && perNode && *tasks % *perNode == 0)
    setNodes(all, *(nodes = *tasks / *perNode));
  if (!nodes)
    nodes = recipe.nodes;
  if (!perNode && tasks && nodes && *tasks % *nodes == 0) {
    perNode = *tasks / *nodes;
    name = all;
  }
  if (perTask && tasks && !gpus)
    gpus = *perTask * *tasks;
  // A rank of MPI has a GPU.
  if (all == "np" && !perNode && !gpus && startsProgram)
    gpus = tasks;
  if (perTask && perNode)
    *perNode *= *perTask;
  if (gpus && *gpus > 1 && !recipe.worldSize)
    recipe.worldSize = gpus;
  // So has one of torchrun and deepspeed. One task of Slurm may have all GPUs
  // of its node, so one says nothing.
  bool hasOneEach = name == "nproc-per-node" || name == "num-gpus";
  if (perNode && *perNode > 1 && (hasOneEach || !recipe.gpusPerNode))
    set(name, "GPU", recipe.gpusPerNode, *perNode);
}

void ClusterReader::read(bool startsProgram) {
  for (StringRef name : {"nodes", "nnodes", "num-nodes"})
    if (std::optional<int64_t> nodes = number(name))
      setNodes(name, *nodes);
  readGpus("gres");
  readGpus("gpus-per-node");
  readTotals(startsProgram);
}

/// The options of the launcher `word`; null if it is none, empty if its options
/// say nothing here.
static const llvm::ArrayRef<KnownFlag> *optionsOf(StringRef word) {
  static constexpr llvm::ArrayRef<KnownFlag> slurm(slurmFlags),
      torch(torchFlags), mpi(mpiFlags), deepSpeed(deepSpeedFlags), nothing;
  StringRef name = llvm::sys::path::filename(word);
  return llvm::StringSwitch<const llvm::ArrayRef<KnownFlag> *>(name)
      .Cases({"sbatch", "srun", "salloc"}, &slurm)
      .Cases({"torchrun", "torch.distributed.run", "torch.distributed.launch",
              "torch.distributed.run.py"},
             &torch)
      .Cases({"mpirun", "mpiexec", "mpiexec.hydra", "orterun"}, &mpi)
      .Case("deepspeed", &deepSpeed)
      .Cases(
          {"docker", "podman", "apptainer", "singularity", "shifter", "enroot"},
          &nothing)
      .Default(nullptr);
}

/// Reads the options of one launcher. Those that say nothing about the size
/// are no news.
static void readOptions(llvm::ArrayRef<shell::Word> words,
                        llvm::ArrayRef<KnownFlag> table, bool startsProgram,
                        Recipe &recipe, InputErrors &errors) {
  // Behind them stands what they start.
  std::vector<shell::Word> before = words.vec();
  before.emplace_back();
  Recipe scratch(recipe.file);
  FlagSet flags(before, table, /*mixesDashes=*/true, scratch, errors);
  llvm::append_range(recipe.notes, scratch.notes);
  ClusterReader(flags, recipe).read(startsProgram);
}

void mlir::moe::readClusterOptions(llvm::ArrayRef<shell::Word> words,
                                   Recipe &recipe, InputErrors &errors) {
  static constexpr llvm::ArrayRef<KnownFlag> plain(plainFlags);
  const llvm::ArrayRef<KnownFlag> *table = &plain;
  while (!words.empty()) {
    const auto *next = llvm::find_if(words.drop_front(), [](const auto &word) {
      return optionsOf(word.text) != nullptr;
    });
    if (const auto *options = optionsOf(words.front().text))
      table = options;
    size_t count = next - words.begin();
    readOptions(words.take_front(count), *table,
                /*startsProgram=*/count == words.size(), recipe, errors);
    words = words.drop_front(count);
  }
}

void mlir::moe::readDirectives(llvm::ArrayRef<shell::Word> words,
                               Recipe &recipe, InputErrors &errors) {
  readOptions(words, slurmFlags, /*startsProgram=*/false, recipe, errors);
}
