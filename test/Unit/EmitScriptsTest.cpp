//===- EmitScriptsTest.cpp - Tests that run what was emitted --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Shell goes through bash -n and shellcheck and is run with the variables that
// launchers set; C++ is compiled against the real NCCL header where there is
// one. Nothing from a plan may be executed or end a literal.
//
//===----------------------------------------------------------------------===//

#include "EmitFolder.h"
#include "EmitJobs.h"
#include "llvm/ADT/StringRef.h"

using namespace mlir::moe;

/// The sample with names that scripts and compilers could fall for.
static JobView hostileJob() {
  JobView view = interleavedRanks();
  const std::string hostile =
      "$(touch pwned)`touch pwned`'; touch pwned;\" */\n#define x ?\?/ \\";
  view.name = hostile;
  view.framework = hostile;
  view.planFile = hostile;
  for (JobMesh &mesh : view.meshes)
    mesh.name += hostile;
  view.communicators[0].name = hostile;
  view.communicators[1].aliases = {hostile + "2"};
  view.communicators[2].collectives = {hostile};
  view.findings = {{"warning", hostile, hostile}};
  view.figures = {{hostile, hostile, hostile}};
  view.site.environment = {{"MOE_HOSTILE", "$(touch pwned)'`touch pwned`\""}};
  view.site.containerImage = "$(touch pwned)'; touch pwned";
  return view;
}

static void expectCleanShell(const JobView &view) {
  Folder folder;
  folder.write(filesOf(view));
  Folder::Result syntax = folder.run(
      "for f in *.sh launch.sbatch site.env; do bash -n $f || exit 1; done");
  EXPECT_EQ(syntax.code, 0) << syntax.output;
  if (!hasProgram("shellcheck"))
    GTEST_SKIP() << "shellcheck is not installed";
  // site.env assigns what others read.
  Folder::Result check =
      folder.run("shellcheck *.sh launch.sbatch && "
                 "shellcheck -s bash -e SC2034,SC2016 site.env");
  EXPECT_EQ(check.code, 0) << check.output;
}

TEST(EmitShell, IsCleanWithARegularMap) { expectCleanShell(sixteenRanks()); }
TEST(EmitShell, IsCleanWithATable) { expectCleanShell(interleavedRanks()); }
TEST(EmitShell, IsCleanWithHostileNames) { expectCleanShell(hostileJob()); }

//===--- entrypoint.sh ----------------------------------------------------===//

/// Starts the entry point with only the given variables and prints what the
/// command sees.
static Folder::Result
enter(const JobView &view, const std::string &variables,
      const std::string &command =
          "bash -c 'echo $RANK $LOCAL_RANK $WORLD_SIZE "
          "$MOE_ATTENTION_DP $MOE_EXPERT_EP $MOE_STAGE "
          "$NCCL_SOCKET_IFNAME $MASTER_PORT $MOE_MASTER_PORT'") {
  Folder folder;
  folder.write(filesOf(view));
  return folder.run("env -i PATH=\"$PATH\" SLURMD_NODENAME=h MASTER_ADDR=h " +
                    variables + " ./entrypoint.sh " + command);
}

TEST(EntryPoint, TakesTheRankFromSlurm) {
  Folder::Result r =
      enter(sixteenRanks(), "SLURM_PROCID=11 SLURM_NTASKS=16 SLURM_LOCALID=3");
  EXPECT_EQ(r.output, "11 3 16 1 3 1 ib0 29500 29501\n");
  EXPECT_EQ(r.code, 0);
}

TEST(EntryPoint, OpenMpiWinsOverSlurm) {
  Folder::Result r = enter(interleavedRanks(),
                           "OMPI_COMM_WORLD_RANK=5 OMPI_COMM_WORLD_SIZE=16 "
                           "SLURM_PROCID=1 SLURM_NTASKS=2 MASTER_PORT=4000");
  EXPECT_EQ(r.output, "5 2 16 2 1 0 ib0 4000 4001\n");
}

TEST(EntryPoint, TorchrunWinsOverSlurm) {
  Folder::Result r =
      enter(sixteenRanks(), "TORCHELASTIC_RUN_ID=x RANK=9 WORLD_SIZE=16 "
                            "SLURM_PROCID=1 SLURM_NTASKS=2");
  EXPECT_EQ(r.output, "9 1 16 0 1 1 ib0 29500 29501\n");
}

TEST(EntryPoint, AnInheritedRankIsTheLastResort) {
  Folder::Result r =
      enter(sixteenRanks(), "RANK=2 SLURM_PROCID=7 SLURM_NTASKS=16");
  EXPECT_TRUE(llvm::StringRef(r.output).starts_with("7 7 16 "));
}

TEST(EntryPoint, RefusesWhatIsNotThePlan) {
  EXPECT_EQ(enter(sixteenRanks(), "SLURM_PROCID=1 SLURM_NTASKS=8").output,
            "entrypoint.sh: rank 1 on h: the launcher started 8 processes, "
            "the plan has 16 ranks\n");
  EXPECT_EQ(enter(sixteenRanks(), "RANK=16").output,
            "entrypoint.sh: rank 16 on h: the rank map has no such rank, only "
            "0 to 15\n");
  EXPECT_EQ(enter(sixteenRanks(), "RANK='1,2'").code, 2);
  EXPECT_EQ(enter(sixteenRanks(), "").output,
            "entrypoint.sh: rank ? on h: no number: start this with a launcher "
            "of the bundle, or give RANK\n");
}

/// Once on every host: the host's number, and nothing of a rank, which a
/// program that starts ranks itself would take for its own.
TEST(EntryPoint, RunsOncePerHost) {
  auto perHost = [](const std::string &variables, const std::string &option) {
    Folder folder;
    folder.write(filesOf(sixteenRanks()));
    return folder
        .run("env -i PATH=\"$PATH\" SLURMD_NODENAME=h MASTER_ADDR=h " +
             variables + " ./entrypoint.sh " + option +
             " bash -c 'echo $NODE_RANK of $NNODES, $MOE_HOST, "
             "$MASTER_ADDR:$MASTER_PORT, ${RANK-}${LOCAL_RANK-}${WORLD_SIZE-}'")
        .output;
  };
  const std::string slurm = "SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=2 ";
  const std::string inherited = "RANK=5 LOCAL_RANK=5 WORLD_SIZE=16 ";
  EXPECT_EQ(perHost(slurm + inherited, "--per-host"), "1 of 2, 1, h:29500,\n");
  EXPECT_EQ(perHost("OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=2 " + slurm,
                    "--per-host"),
            "0 of 2, 0, h:29500,\n");
  EXPECT_EQ(perHost(slurm, "--per-host=0"), "0 of 2, 0, h:29500,\n");
  EXPECT_EQ(perHost("SLURM_PROCID=1 SLURM_NTASKS=16", "--per-host"),
            "entrypoint.sh: host 1 on h: the launcher started 16 processes, "
            "the plan has 2 hosts\n");
  EXPECT_EQ(perHost("", "--per-host=2"),
            "entrypoint.sh: host 2 on h: the plan has no such host, only 0 to "
            "1\n");
  EXPECT_EQ(perHost(inherited, "--per-host"),
            "entrypoint.sh: host ? on h: no number: start this with a launcher "
            "of the bundle, or give --per-host=N\n");
}

TEST(EntryPoint, KeepsTheFilesOfAHost) {
  Folder folder;
  folder.write(filesOf(sixteenRanks()));
  Folder::Result r = folder.run(
      "env -i PATH=\"$PATH\" SLURMD_NODENAME=h MASTER_ADDR=h "
      "MOE_RUN_DIR=logs/run ./entrypoint.sh --per-host=1 bash -c 'echo hi; "
      "exit 9'");
  EXPECT_EQ(r.code, 9);
  EXPECT_NE(r.output.find("entrypoint.sh: host 1 on h exited with 9; see "
                          "logs/run/host-1.log\n"),
            std::string::npos)
      << r.output;
  EXPECT_NE(r.output.find("hi\n"), std::string::npos);
  EXPECT_EQ(folder.read("logs/run/host-1.log"), "hi\n");
  EXPECT_EQ(folder.read("logs/run/host-1.exit"), "9\n");
  EXPECT_EQ(folder.read("logs/run/first-failure"),
            "host 1 on h, exit code: 9\n");
}

/// Slurm hands on the limit of the host of submission.
TEST(EntryPoint, MayLockAllTheMemoryThatTheHostAllows) {
  Folder folder;
  folder.write(filesOf(sixteenRanks()));
  Folder::Result r = folder.run(
      "ulimit -H -l; ulimit -S -l 0; env -i PATH=\"$PATH\" MASTER_ADDR=h "
      "RANK=3 ./entrypoint.sh bash -c 'ulimit -S -l'");
  auto [allowed, used] = llvm::StringRef(r.output).split('\n');
  EXPECT_EQ(used, allowed.str() + "\n");
}

TEST(EntryPoint, RefusesToGuessTheHostOfRankZero) {
  Folder folder;
  folder.write(filesOf(sixteenRanks()));
  EXPECT_EQ(folder
                .run("env -i PATH=\"$PATH\" SLURMD_NODENAME=h RANK=1 "
                     "./entrypoint.sh true")
                .output,
            "entrypoint.sh: rank 1 on h: MASTER_ADDR, the host of rank 0, is "
            "not set; use one of the launchers\n");
}

TEST(EntryPoint, RefusesTheWrongHost) {
  Folder folder;
  folder.write(filesOf(sixteenRanks()));
  folder.write("logs/hosts", "node2\nnode10\n");
  std::string call = "env -i PATH=\"$PATH\" MASTER_ADDR=h "
                     "SLURM_NTASKS=16 SLURM_PROCID=8 "
                     "MOE_HOSTS_FILE=logs/hosts SLURMD_NODENAME=";
  EXPECT_EQ(folder.run(call + "node10 ./entrypoint.sh true").code, 0);
  EXPECT_EQ(folder.run(call + "node2 ./entrypoint.sh true").output,
            "entrypoint.sh: rank 8 on node2: the plan puts it on node10 "
            "(host 1)\n");
}

TEST(EntryPoint, RecordsOutputAndExitCode) {
  Folder folder;
  folder.write(filesOf(sixteenRanks()));
  auto run = [&](const std::string &rank, const std::string &command) {
    return folder.run("env -i PATH=\"$PATH\" SLURMD_NODENAME=h MASTER_ADDR=h "
                      "MOE_RUN_DIR=$PWD/logs RANK=" +
                      rank + " ./entrypoint.sh " + command);
  };
  EXPECT_EQ(run("3", "bash -c 'echo hello; exit 9'").code, 9);
  EXPECT_EQ(folder.read("logs/rank-3.log"), "hello\n");
  EXPECT_EQ(folder.read("logs/rank-3.exit"), "9\n");
  EXPECT_EQ(run("6", "bash -c 'exit 7'").output, ""); // not the first
  EXPECT_EQ(folder.read("logs/first-failure"), "rank 3 on h, exit code: 9\n");
  // A signal reaches the command, which decides how to end.
  Folder::Result r = folder.run(R"(
export SLURMD_NODENAME=h MASTER_ADDR=h MOE_RUN_DIR=$PWD/logs RANK=4
./entrypoint.sh bash -c 'trap "echo saved; exit 3" TERM
                         touch ready; sleep 60 & wait' &
until [[ -e ready ]]; do sleep 0.01; done
kill -TERM $!
wait $!)");
  EXPECT_EQ(r.code, 3) << r.output;
  EXPECT_EQ(folder.read("logs/rank-4.exit"), "3\n");
  EXPECT_EQ(folder.read("logs/rank-4.log"), "saved\n");
}

/// A signal that comes before the command runs still ends it, with a record.
/// The launcher makes the folder on its own host; others have disks of their
/// own.
TEST(EntryPoint, MakesTheFolderOfTheRunWhereThereIsNone) {
  Folder folder;
  folder.write(filesOf(sixteenRanks()));
  auto run = [&](const std::string &directory) {
    return folder.run("env -i PATH=\"$PATH\" SLURMD_NODENAME=h MASTER_ADDR=h "
                      "RANK=3 MOE_RUN_DIR=" +
                      directory + " ./entrypoint.sh echo hi");
  };
  EXPECT_EQ(run("logs/new/run").code, 0);
  EXPECT_EQ(folder.read("logs/new/run/rank-3.log"), "hi\n");
  EXPECT_EQ(run("logs/new/run").code, 0);
  EXPECT_EQ(folder.read("logs/new/run/rank-3.log"),
            "hi\n=== rank 3 is started again ===\nhi\n");
  folder.write("file", "x");
  Folder::Result failed = run("file/run");
  EXPECT_EQ(failed.code, 2);
  EXPECT_NE(failed.output.find("entrypoint.sh: rank 3 on h: cannot write its "
                               "log to file/run\n"),
            std::string::npos)
      << failed.output;
}

/// A pod is in the image of the site already, and site.env is read once more.
TEST(EntryPoint, StartsNoContainerInAContainer) {
  JobView view = sixteenRanks();
  view.site.containerImage = "/image.sif";
  const std::string apptainer =
      "MOE_CONTAINER_RUNTIME=apptainer PATH=$PWD/bin:$PATH ";
  auto run = [&](const std::string &variables) {
    Folder folder;
    folder.write(filesOf(view));
    folder.write("bin/apptainer", "#!/bin/bash\necho container \"$@\"\n");
    return folder
        .run("chmod +x bin/apptainer; env MASTER_ADDR=h RANK=3 " + apptainer +
             variables + "./entrypoint.sh echo hi")
        .output;
  };
  EXPECT_TRUE(llvm::StringRef(run("")).starts_with("container exec "));
  EXPECT_EQ(run("MOE_IN_CONTAINER=1 "), "hi\n");
}

TEST(EntryPoint, KeepsASignalThatComesBeforeTheCommand) {
  Folder folder;
  folder.write(filesOf(sixteenRanks()));
  // The shell that will become the command is held up on its start.
  Folder::Result r = folder.run(R"(
mkdir slow
printf '#!/bin/sh\ntouch starting; sleep 0.3; exec /bin/bash "$@"\n' >slow/bash
chmod +x slow/bash
export SLURMD_NODENAME=h MASTER_ADDR=h MOE_RUN_DIR=$PWD/logs RANK=5
PATH=$PWD/slow:$PATH ./entrypoint.sh sleep 60 &
until [[ -e starting ]]; do sleep 0.01; done
kill -TERM $!
wait $!)");
  EXPECT_EQ(r.code, 143) << r.output;
  EXPECT_EQ(folder.read("logs/rank-5.exit"), "143\n");
}

TEST(EntryPoint, ExecutesNothingOfThePlan) {
  Folder folder;
  folder.write(filesOf(hostileJob()));
  Folder::Result r = folder.run("MASTER_ADDR=h MOE_CONTAINER_RUNTIME=pyxis "
                                "RANK=3 ./entrypoint.sh bash -c "
                                "'echo \"$MOE_HOSTILE\"'; "
                                "bash -c '. ./site.env'; test ! -e pwned");
  EXPECT_EQ(r.code, 0) << r.output;
  EXPECT_EQ(r.output, "$(touch pwned)'`touch pwned`\"\n");
}

//===--- C++ --------------------------------------------------------------===//

static const char *cudaInclude = "/usr/local/cuda/include";

static void expectCompiles(const JobView &view, const std::string &compiler) {
  if (!std::filesystem::exists(std::string(cudaInclude) + "/nccl.h"))
    GTEST_SKIP() << "no nccl.h in " << cudaInclude;
  Folder folder;
  folder.write(filesOf(view));
  Folder::Result r = folder.run("for f in *.cpp; do " + compiler + " -I" +
                                cudaInclude + " $f || exit 1; done");
  EXPECT_EQ(r.code, 0) << r.output;
  EXPECT_EQ(r.output, "");
}

static const char *gxx = "g++ -std=c++17 -Wall -Wextra -Werror -fsyntax-only";

TEST(EmitCpp, CompilesWithARegularMap) { expectCompiles(sixteenRanks(), gxx); }
TEST(EmitCpp, CompilesWithATableAndHostileNames) {
  expectCompiles(hostileJob(), gxx);
}
TEST(EmitCpp, CompilesWithoutCommunicators) {
  JobView view;
  view.hosts = {{0, {0}}};
  expectCompiles(view, gxx);
}

/// The tables and the arithmetic on them agree with the boxes for every rank.
TEST(EmitCpp, TablesPlaceEveryRankAsTheJobDoes) {
  JobView view = interleavedRanks();
  Folder folder;
  folder.write(filesOf(view));
  folder.write("main.cpp", R"(#include "comms_plan.h"
#include <cstdio>
int main() {
  using namespace moe::plan;
  for (int rank = 0; rank < kWorldSize; ++rank) {
    std::printf("%d %d", hostOf(rank), gpuOf(rank));
    for (const Communicator &c : kCommunicators)
      if (isMember(c, rank))
        std::printf(" %s:%d:%d", c.name, colorOf(c, rank), keyOf(c, rank));
    std::printf("\n");
  }
})");
  std::string expected;
  for (int64_t rank = 0; rank < 16; ++rank) {
    expected += std::to_string(rank % 2) + " " + std::to_string(rank / 2);
    for (const JobCommunicator &c : view.communicators)
      for (int64_t g = 0; g < c.groups.count(); ++g)
        for (int64_t m = 0; m < c.groups.size(); ++m)
          if (c.groups.rankAt(g, m) == rank)
            expected += " " + c.name + ":" + std::to_string(g) + ":" +
                        std::to_string(m);
    expected += "\n";
  }
  Folder::Result r = folder.run(
      "g++ -std=c++17 -Wall -Wextra -Werror main.cpp -o main && ./main");
  EXPECT_EQ(r.code, 0);
  EXPECT_EQ(r.output, expected);
}
