#!/usr/bin/env bash
# interleaved.sh BUNDLE COMPARE...: srun and mpirun place ranks as the map says.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=test/Engines/Inputs/slurm_jobs.sh
source "$here/slurm_jobs.sh"
cd "$1"
shift
run_job launch.sbatch -- bash -c "$say_place"
"$@" .
rm -rf logs/*/
OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 \
  salloc --quiet --nodes=12 --ntasks=24 --exclusive ./launch.mpirun.sh -- bash -c "$say_place"
"$@" .
echo '== torchrun'
./launch.torchrun.sh --node-rank 0 --master-addr node1 -- true || true
