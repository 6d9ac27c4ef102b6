#!/usr/bin/env bash
# switches.sh BUNDLE COMPARE...: every launcher puts hosts of a switch next to each
# other.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=test/Engines/Inputs/slurm_jobs.sh
source "$here/slurm_jobs.sh"
cd "$1"
shift
compare=("$@")

compare() {
  echo "== $1"
  "${compare[@]}" . node1 node3 node2 node4 || true
  rm -rf logs/*/
}

run_job launch.sbatch -- bash -c "$say_place"
paste -sd ' ' logs/*/hosts
compare srun
OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 \
  salloc --quiet --nodes=4 --ntasks=16 --exclusive \
  ./launch.mpirun.sh -- bash -c "$say_place" >logs/submit.log
compare mpirun
PATH=$here:$PATH srun --nodes=4 --ntasks=4 --ntasks-per-node=1 \
  ./launch.torchrun.sh -- bash -c "$say_place" >logs/submit.log
compare torchrun
rm logs/submit.log
