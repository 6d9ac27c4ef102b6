//===- LaunchScriptTest.cpp - Programs as scripts start them --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Launchers, containers, conditions, and scripts and settings that a script
// writes itself.
//
//===----------------------------------------------------------------------===//

#include "RecipeReading.h"

using namespace llvm;
using namespace mlir::moe;

TEST(LaunchScript, FindsTheProgramInAContainer) {
  const char *flags = " --model m --tensor-parallel-size 8";
  for (const char *start :
       {"docker run --runtime nvidia --gpus all -v ~/c:/c --env \"A=b\" -p "
        "8000:8000 --ipc=host vllm/vllm-openai:latest",
        "podman run --rm docker.io/vllm/vllm-openai@sha256:00",
        "srun -N 1 apptainer run --nv vllm-openai.sif",
        "singularity exec x.sif vllm serve",
        "docker run vllm/vllm-openai:v1 vllm serve",
        "docker run --entrypoint python3 vllm/vllm-openai -m "
        "vllm.entrypoints.openai.api_server",
        "srun --container-image vllm/vllm-openai python3 -m "
        "vllm.entrypoints.openai.api_server"}) {
    Recipe recipe = recipeOf(start + std::string(flags));
    EXPECT_EQ(recipe.framework, "vllm") << start;
    EXPECT_EQ(recipe.model, "m") << start;
    EXPECT_EQ(recipe.integer("parallelism", "tp", 0), 8) << start;
  }
  Recipe sglang = recipeOf("docker run --gpus all --shm-size 32g "
                           "lmsysorg/sglang:latest python3 -m "
                           "sglang.launch_server --model-path m --tp 8");
  EXPECT_EQ(sglang.framework, "sglang");
  EXPECT_EQ(sglang.model, "m");
  EXPECT_NE(errorsOf("docker pull vllm/vllm-openai:latest"), "");
  EXPECT_NE(errorsOf("echo vllm serve m --tensor-parallel-size 8"), "");
}

TEST(LaunchScript, ReadsScriptsThatBeginWithAValueOfTheJob) {
  Recipe recipe = recipeOf("#!/bin/bash\n#SBATCH --nodes=2\n"
                           "cat > run.sh <<EOF\n$SLURM_NNODES\n"
                           "vllm serve m --tensor-parallel-size 8\nEOF\n"
                           "srun bash run.sh");
  EXPECT_EQ(recipe.framework, "vllm");
  EXPECT_EQ(recipe.integer("parallelism", "tp", 0), 8);
}

TEST(LaunchScript, ReadsSettingsThatTheScriptWrites) {
  Recipe recipe = recipeOf(
      "TP=8\ncat > ./config.yml <<EOF\nenable_attention_dp: true\n"
      "kv_cache_config:\n  dtype: fp8\nmoe_expert_parallel_size: $TP\nEOF\n"
      "mpirun -n 8 trtllm-serve m --tp_size $TP --config config.yml");
  EXPECT_EQ(settingsOf(recipe, "parallelism"), "tp=1 cp=1 pp=1 ep=8 etp=1 ");
  EXPECT_EQ(recipe.find("workload", "kv_cache")->source,
            "--kv-cache-config.dtype, line 5");
  EXPECT_EQ(notesOf(recipe), "");
  EXPECT_EQ(errorsOf("cat > a.yml <<EOF\ntensor_parallel_size: 4\nEOF\n"
                     "trtllm-serve m --tp_size 8 --config=a.yml"),
            "run.sh:2:1: error: --tp-size is '4' here and '8' before\n"
            "run.sh:4:1: note: the other value is here\n");
}

TEST(LaunchScript, ReadsAScriptThatTheScriptWrites) {
  for (const char *command : {"cat > job.sh", "sbatch"}) {
    Recipe recipe = recipeOf("TP=4\n" + std::string(command) +
                             " <<EOF\n#!/bin/bash\n#SBATCH -N 2\n"
                             "srun vllm serve m -tp $TP\nEOF\n");
    EXPECT_EQ(recipe.nodes, 2) << command;
    EXPECT_EQ(recipe.integer("parallelism", "tp", 0), 4) << command;
    EXPECT_EQ(recipe.find("parallelism", "tp")->line, 5u) << command;
  }
}

TEST(LaunchScript, ConditionalFlagsLeaveTheOthers) {
  Recipe recipe = recipeOf(
      "ARGS=(--tensor-model-parallel-size 2 --num-layers 8 --num-experts 8\n"
      "  --recompute-granularity selective --recompute-modules mlp)\n"
      "if [ $BF16 = 1 ]; then\n  ARGS+=(--bf16)\nfi\n"
      "[ $TOPK ] && ARGS+=(--moe-router-topk 4 --lr 1e-4)\n"
      "torchrun --nnodes 2 --nproc-per-node 8 pretrain_gpt.py ${ARGS[@]}\n");
  EXPECT_EQ(notesOf(recipe),
            "4: '--bf16' depends on the condition on line 3, it is not read\n"
            "6: '--moe-router-topk', '--lr' depend on the condition on line 6, "
            "they are not read\n");
  EXPECT_EQ(recipe.integer("parallelism", "tp", 0), 2);
  EXPECT_EQ(recipe.find("workload", "recompute")->json, "[\"mlp\"]");
  // Nothing follows from the absence of what may be there.
  EXPECT_FALSE(recipe.find("workload", "precision"));
  EXPECT_FALSE(recipe.find("model", "num_experts_per_tok"));
  EXPECT_EQ(errorsOf("if x; then TP=2; fi\npretrain_gpt.py "
                     "--tensor-model-parallel-size $TP --num-layers 8"),
            "run.sh:2:1: error: --tensor-model-parallel-size has no value that "
            "can be read: '$TP' is set under a condition, line 1\n");
}

TEST(LaunchScript, NotesWhatMayBeFlags) {
  Recipe recipe = recipeOf("trtllm-serve $MODEL --tp_size 8 --host $HOST "
                           "--backend pytorch $MORE --port 8000 $LAST");
  EXPECT_EQ(notesOf(recipe),
            "1: '$MODEL' is not set in the script; flags in it are not read\n"
            "1: '$MORE' is not set in the script; flags in it are not read\n"
            "1: '$LAST' is not set in the script; flags in it are not read\n");
  recipe = recipeOf("vllm serve --model $MODEL -tp 8 --trust-remote-code $@");
  EXPECT_EQ(notesOf(recipe),
            "1: --model is not read: '$MODEL' is not set in the script\n"
            "1: '$@' is known to the running script only; flags in it are not "
            "read\n");
  EXPECT_EQ(recipe.integer("parallelism", "tp", 0), 8);
}

TEST(LaunchScript, SaysWhatTheProgramMayBe) {
  std::string errors = errorsOf(
      "if x; then ARGS='--num-layers 8 --pipeline-model-parallel-size 2'; fi\n"
      "echo $UNSET\nsrun -N 2 python $SCRIPT $ARGS $SCRIPT\n");
  StringRef text = errors;
  EXPECT_TRUE(text.contains("no command of Megatron-LM"));
  EXPECT_TRUE(text.ends_with(
      "run.sh:3:1: note: not read in this command: '$SCRIPT' is not set in the "
      "script\nrun.sh:3:1: note: not read in this command: '--num-layers', "
      "'--pipeline-model-parallel-size' depend on the condition on line 1\n"))
      << errors;
}

/// `nodes x GPUs of a node`, or `= all GPUs`.
static std::string sizeOf(const std::string &script) {
  Recipe recipe = recipeOf(script + " pretrain_gpt.py --num-layers 8 "
                                    "--tensor-model-parallel-size 2");
  auto shown = [](const std::optional<int64_t> &number) {
    return number ? std::to_string(*number) : std::string("?");
  };
  return shown(recipe.nodes) + " x " + shown(recipe.gpusPerNode) + " = " +
         shown(recipe.worldSize);
}

TEST(LaunchScript, LaunchersMeanDifferentThingsByALetter) {
  // -N of Open MPI are ranks of a node, of Slurm nodes.
  EXPECT_EQ(sizeOf("mpirun -np 16 -N 8"), "2 x 8 = ?");
  EXPECT_EQ(sizeOf("mpirun -np 16 --npernode 8"), "2 x 8 = ?");
  EXPECT_EQ(sizeOf("mpirun -n 16 --map-by ppr:8:node:PE=4"), "2 x 8 = ?");
  EXPECT_EQ(sizeOf("mpiexec -n 16 -ppn 8"), "2 x 8 = ?");
  EXPECT_EQ(sizeOf("mpirun -np 16"), "? x ? = 16");
  EXPECT_EQ(sizeOf("mpirun -np 4 -N 1 torchrun --nproc-per-node 8"),
            "4 x 8 = ?");
  EXPECT_EQ(sizeOf("mpirun -np 4 torchrun --nproc-per-node 8"), "? x 8 = ?");
  EXPECT_EQ(sizeOf("srun -N 8 -n 64"), "8 x 8 = ?");
  EXPECT_EQ(sizeOf("srun -n 64 --ntasks-per-node 8"), "8 x 8 = ?");
  EXPECT_EQ(sizeOf("srun -n 16 --ntasks-per-node=2 --gpus-per-task=4"),
            "8 x 8 = 64");
  EXPECT_EQ(sizeOf("srun -G 32 --nodes 4"), "4 x ? = 32");
  EXPECT_EQ(sizeOf("srun -N 4 --gpus=h100:32"), "4 x ? = 32");
  EXPECT_EQ(sizeOf("#SBATCH --gpus=32\n#SBATCH -N 4 -n 4\nsrun"), "4 x ? = 32");
  EXPECT_EQ(sizeOf("#SBATCH --gres=gpu\nsrun -N 2"), "2 x 1 = ?");
  EXPECT_EQ(sizeOf("#SBATCH --gres=nvme:2,gpu:8\nsrun -N 2"), "2 x 8 = ?");
  EXPECT_EQ(sizeOf("#SBATCH --gres=gpumem:5\nsrun -N 2"), "2 x ? = ?");
  EXPECT_EQ(sizeOf("#SBATCH --gres=gpumem:5,gpu=8\nsrun -N 2"), "2 x 8 = ?");
  EXPECT_EQ(sizeOf("deepspeed --num_nodes 2 --num_gpus 8"), "2 x 8 = ?");
  EXPECT_EQ(sizeOf("srun -N 2 torchrun --nnodes=2 --nproc_per_node=4"),
            "2 x 4 = ?");
  EXPECT_EQ(sizeOf("python3 -m torch.distributed.launch --nnodes=2 "
                   "--nproc_per_node=4"),
            "2 x 4 = ?");
  Recipe open = recipeOf("torchrun --nnodes $WORLD --nproc_per_node 8 "
                         "pretrain_gpt.py --tensor-model-parallel-size 2");
  EXPECT_EQ(open.nodes, std::nullopt);
  EXPECT_EQ(open.gpusPerNode, 8);
  EXPECT_EQ(notesOf(open),
            "1: --nnodes is not read: '$WORLD' is not set in the script\n");
  EXPECT_EQ(notesOf(recipeOf("srun --container-image $IMAGE torchrun --nnodes "
                             "2 --master-addr $HEAD pretrain_gpt.py "
                             "--tensor-model-parallel-size 2")),
            "");
  EXPECT_EQ(notesOf(recipeOf("torchrun --nnodes 2 --nproc-per-node 8 "
                             "${ROOT:?unset}/pretrain_gpt.py "
                             "--tensor-model-parallel-size 2")),
            "");
  // The options of a container are its own.
  EXPECT_EQ(sizeOf("srun -N 2 docker run -n 5 --gpus-per-node 4"), "2 x ? = ?");
  Recipe step =
      recipeOf("#SBATCH -N 4\nsrun -N 1 -n 1 vllm serve m -tp 8 -pp 4");
  EXPECT_EQ(step.nodes, 4);
  EXPECT_EQ(
      notesOf(step),
      "2: this step has 1 node of 4; the plan is that of the whole job\n");
}

TEST(LaunchScript, NamesTheFilesThatAreNotOpened) {
  std::string errors = errorsOf("sbatch job.sbatch\nbash run.sh $X\n");
  EXPECT_TRUE(StringRef(errors).ends_with(
      "run.sh:1:1: note: 'job.sbatch' is named here and not opened\n"
      "run.sh:2:1: note: 'run.sh' is named here and not opened\n"))
      << errors;
  EXPECT_EQ(notesOf(recipeOf("source venv/bin/activate\n. conf/job.env\n"
                             "vllm serve m -tp 2")),
            "2: what the file of '.' sets is not read\n");
}

TEST(LaunchScript, FindsTheCommandInsideOthers) {
  Recipe recipe = recipeOf(
      "#SBATCH -N 2 --gpus-per-node=h100:4\nPP=2\nsrun --ntasks-per-node=1 "
      "bash -lc \"cd /x && torchrun --nnodes $SLURM_NNODES --nproc_per_node 4 "
      "pretrain_gpt.py --pipeline-model-parallel-size $PP --num-layers 4\"");
  EXPECT_EQ(recipe.integer("parallelism", "pp", 1), 2);
  EXPECT_EQ(recipe.nodes, 2);
  EXPECT_EQ(recipe.gpusPerNode, 4);
  EXPECT_EQ(recipe.gpu, "h100");
}
